package corpus

import (
	"fmt"
	"math/bits"
)

// Builder writes a Model node by node. Every method that adds a node returns the
// name of its output.
type Builder struct {
	Model
	serial int
}

// NewBuilder starts a model with one input "x" of the given element type; dims
// leave out the batch.
func NewBuilder(typ int64, dims ...int) *Builder {
	return &Builder{Model: Model{IR: 8, Opset: 13,
		Inputs: []Value{{Name: "x", Type: typ, Dims: append([]int{0}, dims...)}}}}
}

func (b *Builder) name(prefix string) string {
	b.serial++
	return fmt.Sprintf("%s%d", prefix, b.serial)
}

// Node adds a node.
func (b *Builder) Node(operator string, inputs []string, attributes ...[]byte) string {
	out := b.name("t")
	b.Nodes = append(b.Nodes, Node{Operator: operator, Inputs: inputs, Outputs: []string{out}, Attributes: attributes})
	return out
}

// Cast adds a Cast to the element type.
func (b *Builder) Cast(x string, to int) string {
	return b.Node("Cast", []string{x}, IntAttr("to", to))
}

// Const adds an integer initializer of the smallest fitting type and its Cast.
func (b *Builder) Const(values []int, dims ...int) string {
	typ := int64(Int8)
	for _, v := range values {
		switch {
		case v < -1<<15 || v >= 1<<15:
			typ = Int32
		case (v < -1<<7 || v >= 1<<7) && typ == Int8:
			typ = Int16
		}
	}
	name := b.name("c")
	b.Initializers = append(b.Initializers, Tensor{Name: name, Type: typ, Dims: dims, Raw: RawInts(typ, values)})
	return b.Cast(name, Float)
}

// FloatConst adds a float32 initializer of the values v[i] * 2^-k[i]; a missing
// k is 0.
func (b *Builder) FloatConst(values, shifts []int, dims ...int) string {
	raw := make([]int64, len(values))
	for i, v := range values {
		k := 0
		if i < len(shifts) {
			k = shifts[i]
		}
		raw[i] = int64(FloatBits(v, k))
	}
	name := b.name("f")
	b.Initializers = append(b.Initializers, Tensor{Name: name, Type: Float, Dims: dims, Raw: RawInts(Float, raw)})
	return name
}

// Int64s adds an int64 initializer of rank 1, for shapes and axes.
func (b *Builder) Int64s(values ...int) string {
	name := b.name("s")
	b.Initializers = append(b.Initializers, Tensor{Name: name, Type: Int64, Dims: []int{len(values)}, Raw: RawInts(Int64, values)})
	return name
}

// Shift adds Mul by 2^-k and Floor; dims are those of the factor.
func (b *Builder) Shift(x string, shifts []int, dims ...int) string {
	ones := make([]int, len(shifts))
	for i := range ones {
		ones[i] = 1
	}
	scaled := b.Node("Mul", []string{x, b.FloatConst(ones, shifts, dims...)})
	return b.Node("Floor", []string{scaled})
}

// Clip adds a Clip to [lo, hi].
func (b *Builder) Clip(x string, lo, hi int) string {
	return b.Node("Clip", []string{x, b.Const([]int{lo}), b.Const([]int{hi})})
}

// Output casts x to int32 and makes it the graph output; dims leave out the batch.
func (b *Builder) Output(x string, dims ...int) {
	y := b.Cast(x, Int32)
	b.Outputs = []Value{{Name: y, Type: Int32, Dims: append([]int{0}, dims...)}}
}

func bitLen(v int) int { return bits.Len(uint(v)) }
