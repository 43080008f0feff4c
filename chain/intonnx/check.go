package intonnx

import (
	"math/bits"
	"slices"
)

// interval holds every value that a channel can take, both ends included.
type interval struct{ lo, hi int32 }

func (a interval) union(b interval) interval {
	return interval{min(a.lo, b.lo), max(a.hi, b.hi)}
}

// alive is the interval as a factor of a hull: one that holds only 0 counts as
// [0, 1]. The products are 0 all the same, but an optimiser that merges constants
// does not know that, and multiplies what it merges until it is infinite.
func (a interval) alive() interval {
	if a == (interval{}) {
		return interval{0, 1}
	}
	return a
}

func (a interval) clamp(lo, hi int32) interval {
	return interval{min(max(a.lo, lo), hi), min(max(a.hi, lo), hi)}
}

// tensor is a value that depends on the input. Intervals are kept per channel:
// axis 1 of [N, F] and [N, C, H, W], the last axis of [N, L, D].
type tensor struct {
	typ   int64
	shape []int // without the batch dimension; rank 1 to 3
	// ranges are the values the tensor takes; hulls also cover what any partial
	// sum, or any variant after an optimiser's fusion, can reach on the way.
	ranges, hulls []interval
	// shift is set for a product with 2^-k that waits for its Floor.
	shift []uint8
}

// layout describes a shape as [outer][channels][inner].
func layout(shape []int) (outer, channels, inner int) {
	switch len(shape) {
	case 1:
		return 1, shape[0], 1
	case 2:
		return shape[0], shape[1], 1
	default:
		return 1, shape[0], shape[1] * shape[2]
	}
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

type opcode int

const (
	opCopy opcode = iota // same values, perhaps another shape or type
	opConv               // Conv, and Gemm and MatMul as a 1x1 Conv
	opAddConst
	opMulConst
	opShift
	opClip
	opMaxPool
	opAdd
	opSub
	opSum
	opGather
	opConcat
)

// window is the geometry of Conv and MaxPool.
type window struct {
	inC, inH, inW    int
	outC, outH, outW int
	kernH, kernW     int
	strideH, strideW int
	padTop, padLeft  int
	dilateH, dilateW int
	group            int
	padded           bool // on any side
}

// step is one checked node that runs.
type step struct {
	op  opcode
	in  []int // tensor ids
	out int   // tensor id

	win     window
	weights []int32 // opConv: [outC][inC/group][kernH][kernW]
	values  []int32 // opConv: bias; opAddConst, opMulConst: one per channel; opGather: table
	shift   []uint8 // opShift: one per channel
	lo, hi  int32   // opClip
}

// graph is a checked model.
type graph struct {
	info    Info
	tensors []tensor // tensors[0] is the raw input
	steps   []step
	output  int // tensor id
}

// value is whatever a name stands for.
type value struct {
	name     string
	constant *constant // nil for a tensor
	tensor   int
	used     bool
}

type checker struct {
	graph
	limits  Limits
	opset   int64
	byName  map[string]*value // look-up only
	order   []*value
	derived int // elements of constants made from constants
	reach   int32

	// the node under check
	node   *node
	inputs []*value // nil for an omitted optional input
	attrs  []attribute
}

func check(m *model, limits Limits) (*graph, error) {
	c := &checker{limits: limits, opset: m.opset, byName: make(map[string]*value)}
	if len(m.inputs) != 1 || len(m.outputs) != 1 {
		return nil, fail(CodeGraph, "", "the graph needs exactly one input and one output")
	}
	if err := c.input(m.inputs[0]); err != nil {
		return nil, err
	}
	for i := range m.initializers {
		t := &m.initializers[i]
		k := &constant{typ: t.typ, dims: t.dims, ints: t.ints, long: t.long, bits: t.typ == typeFloat}
		if err := c.define(t.name, &value{constant: k}); err != nil {
			return nil, err
		}
	}
	names := make(map[string]bool, len(m.nodes))
	for i := range m.nodes {
		n := &m.nodes[i]
		if n.name != "" {
			if err := validName(n.name); err != nil {
				return nil, err
			}
			if names[n.name] {
				return nil, fail(CodeName, n.name, "two nodes have this name")
			}
			names[n.name] = true
		}
		if err := c.check(n); err != nil {
			return nil, err
		}
	}
	if err := c.finish(m.outputs[0]); err != nil {
		return nil, err
	}
	return &c.graph, nil
}

func validName(name string) error {
	if len(name) == 0 || len(name) > maxNameBytes {
		return fail(CodeName, "", "a name has %d bytes, expected 1 to %d", len(name), maxNameBytes)
	}
	for i := range len(name) {
		if name[i] < 0x20 || name[i] > 0x7e {
			return fail(CodeName, "", "the name %q is not printable ASCII", name)
		}
	}
	return nil
}

func (c *checker) define(name string, v *value) error {
	if err := validName(name); err != nil {
		return err
	}
	if c.byName[name] != nil {
		return fail(CodeName, name, "two values have this name")
	}
	v.name = name
	c.byName[name] = v
	c.order = append(c.order, v)
	return nil
}

// input takes the graph input as tensor 0.
func (c *checker) input(v valueInfo) error {
	var r interval
	var name string
	switch v.typ {
	case typeUint8:
		name, r = "uint8", interval{0, 255}
	case typeInt8:
		name, r = "int8", interval{-128, 127}
	case typeInt16:
		name, r = "int16", interval{-32768, 32767}
	default:
		return fail(CodeType, v.name, "input of element type %d, expected uint8, int8 or int16", v.typ)
	}
	if len(v.dims) < 2 || len(v.dims) > 4 {
		return fail(CodeShape, v.name, "input of rank %d, expected the batch and 1 to 3 dimensions", len(v.dims))
	}
	shape := v.dims[1:]
	// Its Cast will be charged as much; refused here, before intervals are kept for it.
	most := min(MaxElements, c.limits.Cost)
	if n, ok := elements(shape); !ok || uint64(n) > most {
		return fail(CodeCost, v.name, "the input has more than %d elements", most)
	}
	_, channels, _ := layout(shape)
	ranges := slices.Repeat([]interval{r}, channels)
	c.tensors = []tensor{{typ: v.typ, shape: shape, ranges: ranges, hulls: ranges}}
	c.info.Input = TensorInfo{Type: name, Shape: shape}
	return c.define(v.name, &value{})
}

// finish checks the graph output and that nothing in the file is left over.
func (c *checker) finish(out valueInfo) error {
	v := c.byName[out.name]
	if v == nil {
		return fail(CodeGraph, out.name, "no node makes the graph output")
	}
	if v.constant != nil || c.tensors[v.tensor].typ != typeInt32 || out.typ != typeInt32 {
		return fail(CodeType, out.name, "the graph output must be an int32 tensor made by Cast")
	}
	shape := c.tensors[v.tensor].shape
	if len(out.dims) == 0 || !slices.Equal(out.dims[1:], shape) {
		return fail(CodeShape, out.name, "the graph output is declared as %v, inferred as [batch %v]", out.dims, shape)
	}
	v.used = true
	for _, v := range c.order {
		if !v.used {
			return fail(CodeGraph, v.name, "the value is never used")
		}
	}
	c.output = v.tensor
	c.info.Outputs = shape
	c.info.BoundBits = bits.Len32(uint32(c.reach))
	return nil
}

func (c *checker) fail(code Code, format string, args ...any) error {
	return fail(code, c.node.label(), format, args...)
}

// check takes one node: its inputs, then its operator, then what is left over.
func (c *checker) check(n *node) error {
	c.node, c.inputs, c.attrs = n, c.inputs[:0], n.attributes
	if len(n.outputs) != 1 {
		return c.fail(CodeGraph, "%d outputs, expected 1", len(n.outputs))
	}
	operator, ok := operators[n.operator]
	if !ok {
		return c.fail(CodeOperator, "operator %q is not in the profile", n.operator)
	}
	if len(n.inputs) < operator.minInputs || len(n.inputs) > operator.maxInputs {
		return c.fail(CodeGraph, "%d inputs, expected %d to %d", len(n.inputs), operator.minInputs, operator.maxInputs)
	}
	for i, name := range n.inputs {
		if name == "" && i >= operator.minInputs {
			c.inputs = append(c.inputs, nil)
			continue
		}
		v := c.byName[name]
		if v == nil {
			return c.fail(CodeGraph, "input %q is not defined before this node", name)
		}
		v.used = true
		if v.constant == nil && c.tensors[v.tensor].shift != nil && n.operator != "Floor" {
			return c.fail(CodeShift, "a product with 2^-k may be consumed only by Floor")
		}
		c.inputs = append(c.inputs, v)
	}
	for i := range n.attributes {
		for j := range i {
			if n.attributes[i].name == n.attributes[j].name {
				return c.fail(CodeAttribute, "attribute %q is given twice", n.attributes[i].name)
			}
		}
	}
	// Attributes are taken out of a copy, so that leftovers are unknown ones.
	c.attrs = slices.Clone(n.attributes)
	return operator.check(c)
}

// attribute takes an attribute of the node, or nil when it is absent.
func (c *checker) attribute(name string, typ int64) (*attribute, error) {
	for i := range c.attrs {
		if c.attrs[i].name == name {
			a := c.attrs[i]
			c.attrs = slices.Delete(c.attrs, i, i+1)
			if a.typ != typ {
				return nil, c.fail(CodeAttribute, "attribute %q has type %d, expected %d", name, a.typ, typ)
			}
			return &a, nil
		}
	}
	return nil, nil
}

// intAttribute takes an attribute that must lie between low and high.
func (c *checker) intAttribute(name string, absent, low, high int64) (int, error) {
	a, err := c.attribute(name, attrInt)
	if err != nil || a == nil {
		return int(absent), err
	}
	if a.num < low || a.num > high {
		return 0, c.fail(CodeAttribute, "attribute %q is %d, expected %d to %d", name, a.num, low, high)
	}
	return int(a.num), nil
}

// intsAttribute takes a list attribute of n entries between low and high; an
// absent one is n times absent.
func (c *checker) intsAttribute(name string, n int, absent, low, high int64) ([]int, error) {
	a, err := c.attribute(name, attrInts)
	if err != nil {
		return nil, err
	}
	result := slices.Repeat([]int{int(absent)}, n)
	if a == nil {
		return result, nil
	}
	if len(a.nums) != n {
		return nil, c.fail(CodeAttribute, "attribute %q has %d entries, expected %d", name, len(a.nums), n)
	}
	for i, v := range a.nums {
		if v < low || v > high {
			return nil, c.fail(CodeAttribute, "attribute %q holds %d, expected %d to %d", name, v, low, high)
		}
		result[i] = int(v)
	}
	return result, nil
}

// noMoreAttributes refuses the attributes that the operator did not take.
func (c *checker) noMoreAttributes() error {
	if len(c.attrs) > 0 {
		return c.fail(CodeAttribute, "attribute %q is not allowed here", c.attrs[0].name)
	}
	return nil
}

// tensor returns input i, which must be a computed tensor of type float.
func (c *checker) tensor(i int) (*tensor, error) {
	v := c.inputs[i]
	if v.constant != nil {
		return nil, c.fail(CodeType, "input %d is a constant, expected a computed tensor", i)
	}
	t := &c.tensors[v.tensor]
	if t.typ != typeFloat {
		return nil, c.fail(CodeType, "input %d has element type %d, expected float: put a Cast before it", i, t.typ)
	}
	return t, nil
}

// constant returns input i, which must be a constant of the given type.
func (c *checker) constant(i int, typ int64) (*constant, error) {
	k := c.inputs[i].constant
	if k == nil {
		return nil, c.fail(CodeType, "input %d is computed, expected a constant", i)
	}
	if k.typ != typ {
		return nil, c.fail(CodeType, "input %d has element type %d, expected %d", i, k.typ, typ)
	}
	return k, nil
}

// integers returns the values of input i, which must be a float constant of
// integers strictly inside ±2^24.
func (c *checker) integers(i int) ([]int32, *constant, error) {
	k, err := c.constant(i, typeFloat)
	if err != nil {
		return nil, nil, err
	}
	values, ok := k.integers()
	if !ok {
		return nil, nil, c.fail(CodeConstant, "input %d must hold integers strictly inside ±2^24", i)
	}
	return values, k, nil
}

// perChannel spreads a constant that is scalar or has one entry per channel of
// shape, or fails when broadcasting would do anything else with it.
func perChannel[T any](c *checker, values []T, dims, shape []int) ([]T, error) {
	_, channels, _ := layout(shape)
	axis := 0 // of the channels, counted from the last dimension
	if len(shape) == 3 {
		axis = 2
	}
	fits := len(dims) <= len(shape)+1
	for i, d := range dims {
		if d != 1 && (len(dims)-1-i != axis || d != channels) {
			fits = false
		}
	}
	if !fits {
		return nil, c.fail(CodeShape, "a constant of shape %v is neither scalar nor one value per channel of [batch %v]", dims, shape)
	}
	if len(values) == 1 {
		return slices.Repeat(values, channels), nil
	}
	return values, nil
}

// reachable refuses partial sums that can reach 2^24, and remembers the largest.
func (c *checker) reachable(lo, hi int64) (interval, error) {
	if lo <= -bound || hi >= bound {
		return interval{}, c.unbounded(lo, hi)
	}
	i := interval{int32(lo), int32(hi)}
	c.reach = max(c.reach, i.hi, -i.lo)
	return i, nil
}

func (c *checker) unbounded(lo, hi int64) error {
	return c.fail(CodeBound, "a partial sum may reach %d or %d, it must stay strictly inside ±2^24", lo, hi)
}

// charge adds the cost of a node with an output of the given shape and so many
// MACs per element of it, before anything of that size is allocated.
func (c *checker) charge(shape []int, macs int) error {
	n, ok := elements(shape)
	if !ok {
		return c.fail(CodeCost, "the output has more than %d elements", MaxElements)
	}
	c.info.Elements += uint64(n)
	c.info.MACs += uint64(n) * uint64(macs)
	if c.info.MACs > MaxMACs || c.info.Elements > MaxElements || c.info.Cost() > c.limits.Cost {
		return c.fail(CodeCost, "%d MACs and %d elements up to here, at most %d and %d, together %d, are allowed",
			c.info.MACs, c.info.Elements, MaxMACs, MaxElements, c.limits.Cost)
	}
	return nil
}

// emit defines the node's output as a new tensor made by s.
func (c *checker) emit(s step, t tensor) error {
	s.in = make([]int, 0, len(c.inputs))
	for _, v := range c.inputs {
		if v != nil && v.constant == nil {
			s.in = append(s.in, v.tensor)
		}
	}
	s.out = len(c.tensors)
	c.tensors = append(c.tensors, t)
	c.steps = append(c.steps, s)
	return c.define(c.node.outputs[0], &value{tensor: s.out})
}

// derive defines the node's output as a constant made from a constant.
func (c *checker) derive(k *constant) error {
	c.derived += size(k.dims)
	if c.derived > MaxElements {
		return c.fail(CodeCost, "constants made from constants have more than %d elements", MaxElements)
	}
	return c.define(c.node.outputs[0], &value{constant: k})
}
