package corpus

import (
	"math/rand/v2"

	"github.com/assay-network/assay/chain/intonnx"
)

// flow is the tensor a random model has arrived at.
type flow struct {
	name  string
	shape []int // without the batch
	top   int   // no value is larger in magnitude
}

func (f flow) channels() (n int, dims func(n int) []int) {
	switch len(f.shape) {
	case 3:
		return f.shape[0], func(n int) []int { return []int{n, 1, 1} }
	case 2:
		return f.shape[1], func(n int) []int { return []int{n} }
	default:
		return f.shape[0], func(n int) []int { return []int{n} }
	}
}

type maker struct {
	*Builder
	r *rand.Rand
}

// Random returns a random model that the checker accepts, its program, and one
// batch of random inputs, all from the seed.
func Random(seed uint64, batch int) (file []byte, program *intonnx.Program, inputs []byte) {
	r := rand.New(rand.NewPCG(seed, 0x1b1b1b1b))
	for {
		file = randomModel(r)
		p, err := intonnx.Check(file, intonnx.Limits{Cost: 400_000})
		if err != nil { // a bound or cost that the coarse estimate here missed
			continue
		}
		return file, p, RandomInputs(r, p, batch)
	}
}

// RandomInputs returns raw bytes for a batch: noise, extremes or sparse.
func RandomInputs(r *rand.Rand, p *intonnx.Program, batch int) []byte {
	inputs := make([]byte, batch*p.Info.Input.Bytes())
	style := r.IntN(3)
	for i := range inputs {
		switch {
		case style == 1:
			inputs[i] = []byte{0, 255, 127, 128}[r.IntN(4)]
		case style == 0 || r.IntN(4) == 0:
			inputs[i] = byte(r.Uint32())
		}
	}
	return inputs
}

func randomModel(r *rand.Rand) []byte {
	typ := []int64{Uint8, Uint8, Int8, Int16}[r.IntN(4)]
	var shape []int
	ids := false
	switch r.IntN(4) {
	case 0:
		shape = []int{1 + r.IntN(60)}
		ids = typ == Uint8 && r.IntN(2) == 0
	case 1, 2:
		shape = []int{1 + r.IntN(4), 1 + r.IntN(14), 1 + r.IntN(14)}
	default:
		shape = []int{1 + r.IntN(12), 1 + r.IntN(12)}
	}
	m := &maker{NewBuilder(typ, shape...), r}
	m.IR, m.Opset = int64(8+r.IntN(3)), int64(13+r.IntN(9))
	x := flow{name: "x", shape: shape}
	if ids {
		x = m.embed(x)
	} else {
		x.name = m.Cast("x", Float)
		x.top = map[int64]int{Uint8: 255, Int8: 128, Int16: 32768}[typ]
		if typ == Int16 || r.IntN(4) == 0 {
			x = m.clip(x)
		}
	}
	for range 1 + r.IntN(7) {
		x = m.layer(x)
	}
	if r.IntN(3) > 0 {
		x = m.gemm(m.flat(x), false)
	}
	m.Output(x.name, x.shape...)
	return m.Encode()
}

// values returns n random integers of at most top in magnitude.
func (m *maker) values(n, top int) []int {
	values := make([]int, n)
	for i := range values {
		values[i] = m.r.IntN(2*top+1) - top
	}
	return values
}

// weights picks a magnitude at which sums of n products with x stay in the
// bound, sometimes close to it, sometimes those of int8.
func (m *maker) weights(n, products, top int) (values []int, sum int) {
	room := (1<<24 - 1 - 4096) / (products * max(top, 1))
	limit := min(room, 127)
	if m.r.IntN(4) == 0 {
		limit = min(room, 1<<20)
	}
	limit = max(limit, 1)
	return m.values(n, limit), limit*products*top + 4096
}

func (m *maker) constant(values []int, dims ...int) string {
	if m.r.IntN(4) == 0 {
		return m.FloatConst(values, nil, dims...)
	}
	return m.Const(values, dims...)
}

// scalarOrChannels returns a constant for elementwise use.
func (m *maker) scalarOrChannels(x flow, top int, make func(values []int, dims ...int) string) string {
	n, dims := x.channels()
	if m.r.IntN(2) == 0 {
		return make(m.values(1, top))
	}
	return make(m.values(n, top), dims(n)...)
}

func (m *maker) clip(x flow) flow {
	hi := []int{127, 255, 255, 1023}[m.r.IntN(4)]
	lo := []int{0, 0, -hi - 1}[m.r.IntN(3)]
	x.name, x.top = m.Clip(x.name, lo, hi), max(hi, -lo)
	return x
}

// settle brings sums back to activations, in one of several ways.
func (m *maker) settle(x flow) flow {
	n, dims := x.channels()
	want := max(0, bitLen(x.top)-8-m.r.IntN(4))
	if m.r.IntN(2) == 0 {
		x.name = m.Shift(x.name, []int{min(want, 24)})
	} else {
		shifts := make([]int, n)
		for i := range shifts {
			shifts[i] = min(max(0, want+m.r.IntN(3)-1), 24)
		}
		x.name = m.Shift(x.name, shifts, dims(n)...)
	}
	if m.r.IntN(4) == 0 {
		x.name = m.Node("Relu", []string{x.name})
	}
	return m.clip(x)
}

func (m *maker) layer(x flow) flow {
	switch m.r.IntN(12) {
	case 0, 1, 2, 3:
		switch len(x.shape) {
		case 3:
			return m.conv(x)
		case 1:
			return m.gemm(x, true)
		}
	case 4:
		if len(x.shape) == 3 {
			return m.maxPool(x)
		}
	case 5:
		if len(x.shape) > 1 {
			return m.reduceSum(x)
		}
	case 6:
		return m.residual(x)
	case 7:
		return m.concat(x)
	case 8:
		return m.lookUp(x)
	case 9:
		return m.scale(x)
	case 10:
		if m.r.IntN(3) == 0 {
			return m.flat(x)
		}
	default:
		x.name = m.Node("Identity", []string{x.name})
	}
	return x
}

func (m *maker) conv(x flow) flow {
	in := x.shape[0]
	group := 1
	if m.r.IntN(3) == 0 {
		group = in
	}
	out := group * (1 + m.r.IntN(max(1, 18/group)))
	if group == 1 && m.r.IntN(3) == 0 { // block sizes for which runtimes have kernels of their own
		out = []int{8, 16, 32}[m.r.IntN(3)]
	}
	kernel := [2]int{1 + m.r.IntN(5), 1 + m.r.IntN(5)}
	var pads, strides, dilations [2]int
	var after [2]int
	shape := []int{out, 0, 0}
	for i := range 2 {
		dilations[i] = 1 + m.r.IntN(4)/3
		reach := (kernel[i]-1)*dilations[i] + 1
		if reach > x.shape[1+i] {
			kernel[i], dilations[i], reach = 1, 1, 1
		}
		pads[i], after[i] = m.r.IntN(reach), m.r.IntN(reach)
		strides[i] = 1 + m.r.IntN(4)/2
		shape[1+i] = (x.shape[1+i]+pads[i]+after[i]-reach)/strides[i] + 1
	}
	products := in / group * kernel[0] * kernel[1]
	w, top := m.weights(out*products, products, x.top)
	inputs := []string{x.name, m.constant(w, out, in/group, kernel[0], kernel[1])}
	if m.r.IntN(3) > 0 {
		inputs = append(inputs, m.constant(m.values(out, 4096), out))
	}
	attributes := [][]byte{
		IntsAttr("pads", pads[0], pads[1], after[0], after[1]),
		IntsAttr("strides", strides[0], strides[1]),
		IntsAttr("dilations", dilations[0], dilations[1]),
		IntAttr("group", group),
	}
	if m.r.IntN(2) == 0 {
		attributes = append(attributes, IntsAttr("kernel_shape", kernel[0], kernel[1]))
	}
	y := flow{name: m.Node("Conv", inputs, attributes...), shape: shape, top: top}
	return m.settle(m.affine(y))
}

// affine sometimes adds what an optimiser may fuse into the convolution.
func (m *maker) affine(x flow) flow {
	if m.r.IntN(4) == 0 && x.top < 1<<22 {
		x.name = m.Node([]string{"Add", "Sub"}[m.r.IntN(2)], []string{x.name, m.scalarOrChannels(x, 100, m.constant)})
		x.top += 100
	}
	if m.r.IntN(4) == 0 && x.top < 1<<21 {
		x.name = m.Node("Mul", []string{m.scalarOrChannels(x, 7, m.constant), x.name})
		x.top *= 7
	}
	return x
}

func (m *maker) gemm(x flow, hidden bool) flow {
	in, out := x.shape[0], 1+m.r.IntN(40)
	w, top := m.weights(in*out, in, x.top)
	y := flow{shape: []int{out}, top: top}
	switch m.r.IntN(4) {
	case 0:
		y.name = m.Node("MatMul", []string{x.name, m.constant(w, in, out)})
		if m.r.IntN(2) == 0 {
			y.name = m.Node("Add", []string{y.name, m.constant(m.values(out, 4096), out)})
		}
	case 1:
		transposed := m.Node("Transpose", []string{m.constant(w, out, in)}, IntsAttr("perm", 1, 0))
		y.name = m.Node("MatMul", []string{x.name, transposed})
	case 2:
		y.name = m.Node("Gemm", []string{x.name, m.constant(w, in, out)})
	default:
		bias := m.constant(m.values(out, 4096), out)
		y.name = m.Node("Gemm", []string{x.name, m.constant(w, out, in), bias}, IntAttr("transB", 1), FloatAttr("alpha", FloatBits(1, 0)))
	}
	y = m.affine(y)
	if hidden {
		y = m.settle(y)
	}
	return y
}

func (m *maker) maxPool(x flow) flow {
	var kernel, pads, after, strides [2]int
	shape := []int{x.shape[0], 0, 0}
	for i := range 2 {
		kernel[i] = 1 + m.r.IntN(min(3, x.shape[1+i]))
		pads[i], after[i] = m.r.IntN(kernel[i]), m.r.IntN(kernel[i])
		strides[i] = 1 + m.r.IntN(3)
		shape[1+i] = (x.shape[1+i]+pads[i]+after[i]-kernel[i])/strides[i] + 1
	}
	x.name = m.Node("MaxPool", []string{x.name},
		IntsAttr("kernel_shape", kernel[0], kernel[1]),
		IntsAttr("strides", strides[0], strides[1]),
		IntsAttr("pads", pads[0], pads[1], after[0], after[1]))
	x.shape = shape
	return x
}

func (m *maker) reduceSum(x flow) flow {
	axes, n, shape := []int{1}, x.shape[0], []int{x.shape[1]}
	if len(x.shape) == 3 {
		axes, n, shape = []int{2, 3}, x.shape[1]*x.shape[2], []int{x.shape[0]}
	}
	keep := m.r.IntN(2)
	if keep == 1 && len(x.shape) == 3 {
		shape = append(shape, 1, 1)
	} else if keep == 1 {
		shape = []int{1, shape[0]}
	}
	if x.top*n >= 1<<24 {
		return x
	}
	y := flow{shape: shape, top: x.top * n}
	y.name = m.Node("ReduceSum", []string{x.name, m.Int64s(axes...)}, IntAttr("keepdims", keep))
	return m.settle(y)
}

// residual adds two branches that start from x.
func (m *maker) residual(x flow) flow {
	a, b := x, m.scale(x)
	if len(x.shape) == 3 && m.r.IntN(2) == 0 { // a convolution that keeps the shape
		n := x.shape[0]
		w, top := m.weights(n*n*9, n*9, x.top)
		a.name = m.Node("Conv", []string{x.name, m.constant(w, n, n, 3, 3)}, IntsAttr("pads", 1, 1, 1, 1))
		a.top = top
		if m.r.IntN(2) == 0 || top+b.top >= 1<<24 {
			a = m.settle(a)
		}
	}
	if a.top+b.top >= 1<<24 {
		return x
	}
	a.name = m.Node([]string{"Add", "Sub"}[m.r.IntN(2)], []string{a.name, b.name})
	a.top += b.top
	return m.settle(a)
}

func (m *maker) concat(x flow) flow {
	y := m.scale(x)
	axis := 1
	shape := append([]int{}, x.shape...)
	if len(shape) == 2 {
		axis, shape[1] = 2, 2*shape[1]
	} else {
		shape[0] *= 2
	}
	name := m.Node("Concat", []string{x.name, y.name}, IntAttr("axis", axis))
	return flow{name: name, shape: shape, top: max(x.top, y.top)}
}

// lookUp applies a table to every value.
func (m *maker) lookUp(x flow) flow {
	const rows = 64
	x.name = m.Clip(x.name, 0, rows-1)
	table := m.constant(m.values(rows, 300), rows)
	x.name = m.Node("Gather", []string{table, m.Cast(x.name, Int64)}, IntAttr("axis", 0))
	x.top = 300
	return x
}

// scale multiplies and adds per channel, then settles.
func (m *maker) scale(x flow) flow {
	if x.top >= 1<<20 {
		return m.settle(x)
	}
	x.name = m.Node("Mul", []string{x.name, m.scalarOrChannels(x, 9, m.constant)})
	x.name = m.Node("Add", []string{m.scalarOrChannels(x, 500, m.constant), x.name})
	x.top = x.top*9 + 500
	return m.settle(x)
}

// embed turns token ids into rows of a table, or single values.
func (m *maker) embed(x flow) flow {
	indices := m.Cast("x", Int64)
	y := flow{shape: x.shape, top: 127}
	if m.r.IntN(3) == 0 {
		y.name = m.Node("Gather", []string{m.constant(m.values(256, 127), 256), indices})
		return y
	}
	width := 1 + m.r.IntN(8)
	y.name = m.Node("Gather", []string{m.constant(m.values(256*width, 127), 256, width), indices})
	y.shape = []int{x.shape[0], width}
	return m.reduceSum(y)
}

func (m *maker) flat(x flow) flow {
	if m.r.IntN(2) == 0 {
		x.name = m.Node("Flatten", []string{x.name})
	} else {
		x.name = m.Node("Reshape", []string{x.name, m.Int64s(0, -1)})
	}
	n := 1
	for _, d := range x.shape {
		n *= d
	}
	x.shape = []int{n}
	return x
}
