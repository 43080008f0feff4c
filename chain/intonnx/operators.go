package intonnx

import "slices"

// maxSide limits kernel sides, strides, dilations and pads.
const maxSide = 4096

// operator is one row of the profile's table. Inputs above minInputs are
// optional and may be left out with an empty name.
type operator struct {
	minInputs, maxInputs int
	check                func(*checker) error
}

// operators is the whole table; it is only ever looked up.
var operators = map[string]operator{
	"Add":       {2, 2, (*checker).add},
	"Cast":      {1, 1, (*checker).cast},
	"Clip":      {1, 3, (*checker).clip},
	"Concat":    {1, maxOperands, (*checker).concat},
	"Conv":      {2, 3, (*checker).conv},
	"Flatten":   {1, 1, (*checker).flatten},
	"Floor":     {1, 1, (*checker).floor},
	"Gather":    {2, 2, (*checker).gather},
	"Gemm":      {2, 3, (*checker).gemm},
	"Identity":  {1, 1, (*checker).identity},
	"MatMul":    {2, 2, (*checker).matmul},
	"MaxPool":   {1, 1, (*checker).maxPool},
	"Mul":       {2, 2, (*checker).mul},
	"ReduceSum": {2, 2, (*checker).reduceSum},
	"Relu":      {1, 1, (*checker).relu},
	"Reshape":   {2, 2, (*checker).reshape},
	"Sub":       {2, 2, (*checker).sub},
	"Transpose": {1, 1, (*checker).transpose},
}

func (c *checker) cast() error {
	to, err := c.attribute("to", attrInt)
	if err != nil {
		return err
	}
	if to == nil {
		return c.fail(CodeAttribute, "attribute \"to\" is missing")
	}
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	in := c.inputs[0]
	if k := in.constant; k != nil {
		if to.num != typeFloat || k.typ == typeFloat || k.typ == typeInt64 {
			return c.fail(CodeType, "a constant is cast from int8, int16 or int32 to float, not from type %d to %d", k.typ, to.num)
		}
		return c.derive(&constant{typ: typeFloat, dims: k.dims, ints: k.ints})
	}
	t := c.tensors[in.tensor]
	fromInput := in.tensor == 0
	switch {
	case to.num == typeFloat && fromInput:
	case to.num == typeInt64 && (fromInput || t.typ == typeFloat): // indices of a Gather
	case to.num == typeInt32 && t.typ == typeFloat: // the graph output
	default:
		return c.fail(CodeType, "a cast from element type %d to %d is not in the profile", t.typ, to.num)
	}
	if err := c.charge(t.shape, 0); err != nil {
		return err
	}
	if to.num == typeFloat {
		r := t.ranges[0] // the same for every channel of the input
		if _, err := c.reachable(int64(r.lo), int64(r.hi)); err != nil {
			return err
		}
	}
	t.typ = to.num
	return c.emit(step{op: opCopy}, t)
}

func (c *checker) identity() error {
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	if k := c.inputs[0].constant; k != nil {
		return c.derive(k)
	}
	t, err := c.tensor(0)
	if err != nil {
		return err
	}
	if err := c.charge(t.shape, 0); err != nil {
		return err
	}
	return c.emit(step{op: opCopy}, *t)
}

func (c *checker) transpose() error {
	k := c.inputs[0].constant
	if k == nil || k.typ == typeInt64 {
		return c.fail(CodeType, "only constants can be transposed")
	}
	rank := len(k.dims)
	const absent = -1
	perm, err := c.intsAttribute("perm", rank, absent, 0, int64(rank-1))
	if err != nil {
		return err
	}
	if rank > 0 && perm[0] == absent {
		for i := range perm {
			perm[i] = rank - 1 - i
		}
	}
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	dims := make([]int, rank)
	taken := make([]bool, rank)
	for i, from := range perm {
		if taken[from] {
			return c.fail(CodeAttribute, "attribute \"perm\" is not a permutation")
		}
		taken[from] = true
		dims[i] = k.dims[from]
	}
	t := &constant{typ: k.typ, dims: dims, bits: k.bits}
	if err := c.derive(t); err != nil {
		return err
	}
	t.ints = transpose(k.ints, k.dims, perm)
	return nil
}

func (c *checker) conv() error {
	x, err := c.tensor(0)
	if err != nil {
		return err
	}
	weights, k, err := c.integers(1)
	if err != nil {
		return err
	}
	if len(x.shape) != 3 || len(k.dims) != 4 {
		return c.fail(CodeShape, "only 2-D convolutions: input [batch %v], weights %v", x.shape, k.dims)
	}
	group, err := c.intAttribute("group", 1, 1, maxDim)
	if err != nil {
		return err
	}
	w := window{outC: k.dims[0], group: group}
	kernel, err := c.intsAttribute("kernel_shape", 2, 0, 1, maxDim)
	if err != nil {
		return err
	}
	for i, side := range kernel {
		if side != 0 && side != k.dims[2+i] {
			return c.fail(CodeAttribute, "attribute \"kernel_shape\" is %v, the weights have %v", kernel, k.dims[2:])
		}
	}
	shape, err := c.window(&w, x.shape, k.dims[2:])
	if err != nil {
		return err
	}
	if w.inC%group != 0 || w.outC%group != 0 || k.dims[1] != w.inC/group {
		return c.fail(CodeShape, "weights %v with %d groups do not fit %d input channels", k.dims, group, w.inC)
	}
	bias, err := c.bias(w.outC, false)
	if err != nil {
		return err
	}
	return c.products(step{op: opConv, win: w, weights: weights, values: bias}, x, shape)
}

// window takes strides, pads and dilations, fills w and returns the output shape.
func (c *checker) window(w *window, in, kernel []int) ([]int, error) {
	strides, err := c.intsAttribute("strides", 2, 1, 1, maxSide)
	if err != nil {
		return nil, err
	}
	dilations, err := c.intsAttribute("dilations", 2, 1, 1, maxSide)
	if err != nil {
		return nil, err
	}
	pads, err := c.intsAttribute("pads", 4, 0, 0, maxSide) // top, left, bottom, right
	if err != nil {
		return nil, err
	}
	if err := c.noMoreAttributes(); err != nil {
		return nil, err
	}
	shape := []int{w.outC, 0, 0}
	for i := range 2 {
		reach := (kernel[i]-1)*dilations[i] + 1
		if pads[i] >= reach || pads[2+i] >= reach {
			return nil, c.fail(CodeAttribute, "pads %v must be smaller than the dilated kernel", pads)
		}
		room := in[1+i] + pads[i] + pads[2+i] - reach
		if room < 0 {
			return nil, c.fail(CodeShape, "a kernel of %v does not fit into [batch %v]", kernel, in)
		}
		shape[1+i] = room/strides[i] + 1
	}
	w.inC, w.inH, w.inW = in[0], in[1], in[2]
	w.outH, w.outW = shape[1], shape[2]
	w.kernH, w.kernW = kernel[0], kernel[1]
	w.strideH, w.strideW = strides[0], strides[1]
	w.dilateH, w.dilateW = dilations[0], dilations[1]
	w.padTop, w.padLeft = pads[0], pads[1]
	w.padded = pads[0]+pads[1]+pads[2]+pads[3] > 0
	return shape, nil
}

// bias returns input 2 as one value per output channel; an absent one is zero.
// Conv takes it as [channels] only, Gemm also as a scalar or a row.
func (c *checker) bias(channels int, broadcast bool) ([]int32, error) {
	if len(c.inputs) < 3 || c.inputs[2] == nil {
		return make([]int32, channels), nil
	}
	values, k, err := c.integers(2)
	if err != nil {
		return nil, err
	}
	if !broadcast && !slices.Equal(k.dims, []int{channels}) {
		return nil, c.fail(CodeShape, "the bias has shape %v, expected [%d]", k.dims, channels)
	}
	return perChannel(c, values, k.dims, []int{channels})
}

func (c *checker) matmul() error {
	return c.dense(false)
}

func (c *checker) gemm() error {
	if _, err := c.intAttribute("transA", 0, 0, 0); err != nil {
		return err
	}
	transB, err := c.intAttribute("transB", 0, 0, 1)
	if err != nil {
		return err
	}
	for _, name := range []string{"alpha", "beta"} {
		a, err := c.attribute(name, attrFloat)
		if err != nil {
			return err
		}
		if a != nil {
			if k, ok := shiftFromBits(a.bits); !ok || k != 0 {
				return c.fail(CodeAttribute, "attribute %q must be 1", name)
			}
		}
	}
	return c.dense(transB == 1)
}

// dense checks a product of [batch, K] and a constant [K, M] or, transposed, [M, K].
func (c *checker) dense(transposed bool) error {
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	x, err := c.tensor(0)
	if err != nil {
		return err
	}
	weights, k, err := c.integers(1)
	if err != nil {
		return err
	}
	if len(x.shape) != 1 || len(k.dims) != 2 {
		return c.fail(CodeShape, "only products of rank 2: input [batch %v], weights %v", x.shape, k.dims)
	}
	in, out := k.dims[0], k.dims[1]
	if transposed {
		in, out = out, in
	}
	if in != x.shape[0] {
		return c.fail(CodeShape, "weights %v do not fit %d inputs", k.dims, x.shape[0])
	}
	bias, err := c.bias(out, true)
	if err != nil {
		return err
	}
	if !transposed {
		weights = k.swapped()
	}
	w := window{inC: in, inH: 1, inW: 1, outC: out, outH: 1, outW: 1, kernH: 1, kernW: 1,
		strideH: 1, strideW: 1, dilateH: 1, dilateW: 1, group: 1}
	return c.products(step{op: opConv, win: w, weights: weights, values: bias}, x, []int{out})
}

// products bounds the sums of a convolution. The hull [N, P] holds every
// partial sum in any order: P adds all that can be positive, N the rest.
func (c *checker) products(s step, x *tensor, shape []int) error {
	w := &s.win
	taps := w.kernH * w.kernW
	channels := w.inC / w.group
	if err := c.charge(shape, channels*taps); err != nil {
		return err
	}
	ranges := make([]interval, w.outC)
	hulls := make([]interval, w.outC)
	var err error
	for o := range w.outC {
		b := int64(s.values[o])
		low, high := b, b
		negative, positive := min(b, 0), max(b, 0)
		first := o / (w.outC / w.group) * channels
		for i := range channels {
			r := x.ranges[first+i]
			if w.padded {
				r = r.union(interval{})
			}
			dead, h := r == interval{}, r.alive()
			for _, v := range s.weights[(o*channels+i)*taps:][:taps] {
				p, q := int64(v)*int64(h.lo), int64(v)*int64(h.hi)
				p, q = min(p, q), max(p, q)
				if !dead {
					low += p
					high += q
				}
				negative += min(p, 0)
				positive += max(q, 0)
				if negative <= -bound || positive >= bound { // before the sums can overflow
					return c.unbounded(negative, positive)
				}
			}
		}
		if hulls[o], err = c.reachable(negative, positive); err != nil {
			return err
		}
		ranges[o] = interval{int32(low), int32(high)}
	}
	return c.emit(s, tensor{typ: typeFloat, shape: shape, ranges: ranges, hulls: hulls})
}

func (c *checker) add() error {
	if c.inputs[0].constant != nil {
		c.inputs[0], c.inputs[1] = c.inputs[1], c.inputs[0]
	}
	return c.sum(1)
}

func (c *checker) sub() error { return c.sum(-1) }

// sum checks x + sign*y for a tensor x and a constant or tensor y.
func (c *checker) sum(sign int64) error {
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	x, err := c.tensor(0)
	if err != nil {
		return err
	}
	s := step{op: opAdd}
	if sign < 0 {
		s.op = opSub
	}
	t := tensor{typ: typeFloat, shape: x.shape}
	var other func(channel int) (ranges, hulls interval)
	constant := c.inputs[1].constant != nil
	if constant {
		values, k, err := c.integers(1)
		if err != nil {
			return err
		}
		values, err = perChannel(c, values, k.dims, x.shape)
		if err != nil {
			return err
		}
		if sign < 0 {
			values = slices.Clone(values)
			for i := range values {
				values[i] = -values[i]
			}
		}
		s.op, s.values = opAddConst, values
		other = func(i int) (interval, interval) {
			v := interval{values[i], values[i]}
			return v, v
		}
	} else {
		y, err := c.tensor(1)
		if err != nil {
			return err
		}
		if !slices.Equal(x.shape, y.shape) {
			return c.fail(CodeShape, "the shapes [batch %v] and [batch %v] differ", x.shape, y.shape)
		}
		other = func(i int) (interval, interval) {
			r, h := y.ranges[i], y.hulls[i]
			if sign < 0 {
				r, h = interval{-r.hi, -r.lo}, interval{-h.hi, -h.lo}
			}
			return r, h
		}
	}
	if err := c.charge(x.shape, 0); err != nil {
		return err
	}
	t.ranges = make([]interval, len(x.ranges))
	t.hulls = make([]interval, len(x.ranges))
	for i := range x.ranges {
		r, h := other(i)
		xr, xh := x.ranges[i], x.hulls[i]
		hull, err := c.reachable(int64(xh.lo)+int64(h.lo), int64(xh.hi)+int64(h.hi))
		if err != nil {
			return err
		}
		if constant { // a fusion into the bias may add it before or after the rest
			hull = hull.union(xh)
		}
		t.hulls[i] = hull
		t.ranges[i] = interval{xr.lo + r.lo, xr.hi + r.hi}
	}
	return c.emit(s, t)
}

// mul checks a product with a constant: 2^-k, pending until Floor, when every
// value is such a power (1 is 2^-0), integers otherwise.
func (c *checker) mul() error {
	if c.inputs[0].constant != nil {
		c.inputs[0], c.inputs[1] = c.inputs[1], c.inputs[0]
	}
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	x, err := c.tensor(0)
	if err != nil {
		return err
	}
	k, err := c.constant(1, typeFloat)
	if err != nil {
		return err
	}
	if shifts, ok := k.shifts(); ok {
		shifts, err = perChannel(c, shifts, k.dims, x.shape)
		if err != nil {
			return err
		}
		if err := c.charge(x.shape, 0); err != nil {
			return err
		}
		t := *x
		t.shift = shifts
		return c.emit(step{op: opCopy}, t)
	}
	values, ok := k.integers()
	if !ok {
		return c.fail(CodeConstant, "the factors must all be 2^-k (0 <= k <= 24) or all integers strictly inside ±2^24")
	}
	values, err = perChannel(c, values, k.dims, x.shape)
	if err != nil {
		return err
	}
	if err := c.charge(x.shape, 0); err != nil {
		return err
	}
	t := tensor{typ: typeFloat, shape: x.shape, ranges: make([]interval, len(values)), hulls: make([]interval, len(values))}
	for i, v := range values {
		h := x.hulls[i].alive()
		p, q := int64(v)*int64(h.lo), int64(v)*int64(h.hi)
		if t.hulls[i], err = c.reachable(min(p, q), max(p, q)); err != nil {
			return err
		}
		a, b := v*x.ranges[i].lo, v*x.ranges[i].hi // inside the hull
		t.ranges[i] = interval{min(a, b), max(a, b)}
	}
	return c.emit(step{op: opMulConst, values: values}, t)
}

func (c *checker) floor() error {
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	x, err := c.tensor(0)
	if err != nil {
		return err
	}
	if x.shift == nil {
		return c.fail(CodeShift, "Floor is allowed only after a product with 2^-k")
	}
	if err := c.charge(x.shape, 0); err != nil {
		return err
	}
	ranges := make([]interval, len(x.ranges))
	for i, r := range x.ranges {
		ranges[i] = interval{r.lo >> x.shift[i], r.hi >> x.shift[i]}
	}
	return c.emit(step{op: opShift, shift: x.shift}, tensor{typ: typeFloat, shape: x.shape, ranges: ranges, hulls: ranges})
}

func (c *checker) relu() error { return c.clamp(0, bound-1) }

func (c *checker) clip() error {
	limits := [2]int32{-bound + 1, bound - 1}
	for i := 1; i < len(c.inputs); i++ {
		if c.inputs[i] == nil {
			continue
		}
		values, k, err := c.integers(i)
		if err != nil {
			return err
		}
		if len(k.dims) > 1 || len(values) != 1 {
			return c.fail(CodeShape, "the limits must be scalars, input %d has shape %v", i, k.dims)
		}
		limits[i-1] = values[0]
	}
	if limits[0] > limits[1] {
		return c.fail(CodeConstant, "the lower limit %d is above the upper limit %d", limits[0], limits[1])
	}
	return c.clamp(limits[0], limits[1])
}

func (c *checker) clamp(lo, hi int32) error {
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	x, err := c.tensor(0)
	if err != nil {
		return err
	}
	if err := c.charge(x.shape, 0); err != nil {
		return err
	}
	ranges := make([]interval, len(x.ranges))
	for i, r := range x.ranges {
		ranges[i] = r.clamp(lo, hi)
	}
	return c.emit(step{op: opClip, lo: lo, hi: hi}, tensor{typ: typeFloat, shape: x.shape, ranges: ranges, hulls: ranges})
}

func (c *checker) maxPool() error {
	x, err := c.tensor(0)
	if err != nil {
		return err
	}
	if len(x.shape) != 3 {
		return c.fail(CodeShape, "only 2-D pooling: input [batch %v]", x.shape)
	}
	kernel, err := c.intsAttribute("kernel_shape", 2, 0, 1, maxSide)
	if err != nil {
		return err
	}
	if kernel[0] == 0 {
		return c.fail(CodeAttribute, "attribute \"kernel_shape\" is missing")
	}
	for _, name := range []string{"ceil_mode", "storage_order"} {
		if _, err := c.intAttribute(name, 0, 0, 0); err != nil {
			return err
		}
	}
	w := window{outC: x.shape[0], group: x.shape[0]}
	shape, err := c.window(&w, x.shape, kernel)
	if err != nil {
		return err
	}
	if w.dilateH != 1 || w.dilateW != 1 {
		return c.fail(CodeAttribute, "attribute \"dilations\" must be 1 here")
	}
	if err := c.charge(shape, w.kernH*w.kernW); err != nil {
		return err
	}
	return c.emit(step{op: opMaxPool, win: w}, tensor{typ: typeFloat, shape: shape, ranges: x.ranges, hulls: x.ranges})
}

// reduceSum sums [N, C, H, W] over H and W, or [N, L, D] over L.
func (c *checker) reduceSum() error {
	x, err := c.tensor(0)
	if err != nil {
		return err
	}
	k, err := c.constant(1, typeInt64)
	if err != nil {
		return err
	}
	keep, err := c.intAttribute("keepdims", 1, 0, 1)
	if err != nil {
		return err
	}
	if _, err := c.intAttribute("noop_with_empty_axes", 0, 0, 0); err != nil {
		return err
	}
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	axes := slices.Clone(k.long)
	for i, a := range axes {
		if a < 0 {
			axes[i] = a + int64(len(x.shape)) + 1
		}
	}
	slices.Sort(axes)
	var n int
	var shape []int
	switch {
	case len(k.dims) == 1 && len(x.shape) == 3 && slices.Equal(axes, []int64{2, 3}):
		n, shape = x.shape[1]*x.shape[2], []int{x.shape[0], 1, 1}
		if keep == 0 {
			shape = shape[:1]
		}
	case len(k.dims) == 1 && len(x.shape) == 2 && slices.Equal(axes, []int64{1}):
		n, shape = x.shape[0], []int{1, x.shape[1]}
		if keep == 0 {
			shape = shape[1:]
		}
	default:
		return c.fail(CodeShape, "axes %v of [batch %v]: only [2, 3] of rank 4 and [1] of rank 3", k.long, x.shape)
	}
	if err := c.charge(shape, 0); err != nil {
		return err
	}
	ranges := make([]interval, len(x.ranges))
	hulls := make([]interval, len(x.ranges))
	for i, r := range x.ranges {
		low, high := int64(n)*int64(r.lo), int64(n)*int64(r.hi)
		if hulls[i], err = c.reachable(min(low, 0), max(high, 0)); err != nil {
			return err
		}
		ranges[i] = interval{int32(low), int32(high)}
	}
	return c.emit(step{op: opSum}, tensor{typ: typeFloat, shape: shape, ranges: ranges, hulls: hulls})
}

// gather looks up whole rows of a table of rank 1 or 2.
func (c *checker) gather() error {
	table, k, err := c.integers(0)
	if err != nil {
		return err
	}
	if _, err := c.intAttribute("axis", 0, 0, 0); err != nil {
		return err
	}
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	in := c.inputs[1]
	if in.constant != nil || c.tensors[in.tensor].typ != typeInt64 {
		return c.fail(CodeType, "the indices must be a computed tensor cast to int64")
	}
	x := &c.tensors[in.tensor]
	shape := slices.Clone(x.shape)
	switch {
	case len(k.dims) == 1:
	case len(k.dims) == 2 && len(x.shape) == 1:
		shape = append(shape, k.dims[1])
	default:
		return c.fail(CodeShape, "a table of shape %v with indices [batch %v]: only rank 1, or rank 2 with indices of rank 2", k.dims, x.shape)
	}
	if err := c.charge(shape, 0); err != nil {
		return err
	}
	rows := k.dims[0]
	for _, r := range x.ranges {
		if r.lo < 0 || int(r.hi) >= rows {
			return c.fail(CodeBound, "indices from %d to %d leave the table of %d rows", r.lo, r.hi, rows)
		}
	}
	ranges := k.columns()
	for _, r := range ranges {
		if _, err := c.reachable(int64(r.lo), int64(r.hi)); err != nil {
			return err
		}
	}
	if len(k.dims) == 1 {
		ranges = slices.Repeat(ranges, len(x.ranges))
	}
	return c.emit(step{op: opGather, values: table}, tensor{typ: typeFloat, shape: shape, ranges: ranges, hulls: ranges})
}

// concat joins along the channel axis.
func (c *checker) concat() error {
	first, err := c.tensor(0)
	if err != nil {
		return err
	}
	axis := 0 // in shape
	if len(first.shape) == 2 {
		axis = 1
	}
	a, err := c.attribute("axis", attrInt)
	if err != nil {
		return err
	}
	if a == nil || a.num != int64(axis+1) && a.num != int64(axis-len(first.shape)) {
		return c.fail(CodeAttribute, "attribute \"axis\" must name the channels, %d here", axis+1)
	}
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	t := tensor{typ: typeFloat, shape: slices.Clone(first.shape)}
	t.shape[axis] = 0
	for i := range c.inputs {
		if c.inputs[i] == nil {
			return c.fail(CodeGraph, "input %d has no name", i)
		}
		x, err := c.tensor(i)
		if err != nil {
			return err
		}
		if len(x.shape) != len(t.shape) {
			return c.fail(CodeShape, "the ranks of the inputs differ")
		}
		for j, d := range x.shape {
			if j != axis && d != t.shape[j] {
				return c.fail(CodeShape, "[batch %v] and [batch %v] differ outside of the channels", first.shape, x.shape)
			}
		}
		t.shape[axis] += x.shape[axis]
	}
	if err := c.charge(t.shape, 0); err != nil {
		return err
	}
	for _, v := range c.inputs {
		x := &c.tensors[v.tensor]
		t.ranges = append(t.ranges, x.ranges...)
		t.hulls = append(t.hulls, x.hulls...)
	}
	return c.emit(step{op: opConcat}, t)
}

func (c *checker) flatten() error {
	if _, err := c.intAttribute("axis", 1, 1, 1); err != nil {
		return err
	}
	return c.flat()
}

func (c *checker) reshape() error {
	if c.opset >= 14 { // where the attribute began
		if _, err := c.intAttribute("allowzero", 0, 0, 0); err != nil {
			return err
		}
	}
	k, err := c.constant(1, typeInt64)
	if err != nil {
		return err
	}
	if len(k.dims) != 1 || !slices.Equal(k.long, []int64{0, -1}) {
		return c.fail(CodeShape, "only a reshape to [0, -1] is in the profile, not to %v", k.long)
	}
	return c.flat()
}

// flat turns any shape into [batch, F].
func (c *checker) flat() error {
	if err := c.noMoreAttributes(); err != nil {
		return err
	}
	x, err := c.tensor(0)
	if err != nil {
		return err
	}
	if err := c.charge(x.shape, 0); err != nil {
		return err
	}
	t := tensor{typ: typeFloat, shape: []int{size(x.shape)}, ranges: x.ranges, hulls: x.hulls}
	if outer, _, inner := layout(x.shape); outer*inner > 1 {
		t.ranges = spread(x.ranges, outer, inner)
		t.hulls = spread(x.hulls, outer, inner)
	}
	return c.emit(step{op: opCopy}, t)
}

// spread gives each of [outer][channels][inner] elements its channel's interval.
func spread(channels []interval, outer, inner int) []interval {
	result := make([]interval, 0, outer*len(channels)*inner)
	for range outer {
		for _, r := range channels {
			for range inner {
				result = append(result, r)
			}
		}
	}
	return result
}
