package corpus

import (
	"bytes"
	"encoding/hex"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/assay-network/assay/chain/intonnx"
)

type badFile struct {
	name, about string
	code        intonnx.Code
	file        []byte
}

// mlp is a small correct model for breaking: x [4] -> Cast -> Gemm -> Mul ->
// Floor -> Cast. Nodes are 0: Cast of weights, 1: Cast of bias, 2: Cast of x,
// 3: Gemm, 4: Mul, 5: Floor, 6: Cast to int32; initializers weights, bias, factor.
func mlp() *Builder {
	b := NewBuilder(Uint8, 4)
	w, bias := b.Const(ramp(12, 127), 4, 3), b.Const(ramp(3, 99), 3)
	h := b.Node("Gemm", []string{b.Cast("x", Float), w, bias})
	b.Output(b.Shift(h, []int{5}), 3)
	return b
}

// image is a model around one operator on [2, 6, 6].
func image(operator func(b *Builder, x string) string, dims ...int) *Builder {
	b := NewBuilder(Uint8, 2, 6, 6)
	b.Output(operator(b, b.Cast("x", Float)), dims...)
	return b
}

// vector is a model around one operator on [4], as is the result.
func vector(operator func(b *Builder, x string) string) *Builder {
	b := NewBuilder(Uint8, 4)
	b.Output(operator(b, b.Cast("x", Float)), 4)
	return b
}

func bad() []badFile {
	var list []badFile
	raw := func(code intonnx.Code, name, about string, file []byte) {
		list = append(list, badFile{name, about, code, file})
	}
	add := func(code intonnx.Code, name, about string, b *Builder) {
		raw(code, name, about, b.Encode())
	}
	// change breaks the mlp.
	change := func(code intonnx.Code, name, about string, edit func(b *Builder)) {
		b := mlp()
		edit(b)
		add(code, name, about, b)
	}
	// op breaks an attribute or constant of one operator on a vector.
	op := func(code intonnx.Code, name, about string, operator func(b *Builder, x string) string) {
		add(code, name, about, vector(operator))
	}
	// conv breaks a Conv of weights [2, 2, 3, 3] on [2, 6, 6].
	conv := func(code intonnx.Code, name, about string, attributes ...[]byte) {
		add(code, name, about, image(func(b *Builder, x string) string {
			return b.Node("Conv", []string{x, b.Const(ramp(36, 9), 2, 2, 3, 3)}, attributes...)
		}, 2, 4, 4))
	}
	// pool breaks a MaxPool 2x2 on [2, 6, 6].
	pool := func(code intonnx.Code, name, about string, attributes ...[]byte) {
		add(code, name, about, image(func(b *Builder, x string) string {
			return b.Node("MaxPool", []string{x}, attributes...)
		}, 2, 5, 5))
	}

	whole := mlp().Encode()
	malformed := intonnx.CodeMalformed
	raw(malformed, "truncated", "the first half of a correct file", whole[:len(whole)/2])
	raw(malformed, "truncated-by-one", "a correct file without its last byte", whole[:len(whole)-1])
	raw(malformed, "trailing", "a correct file and a byte more", append(bytes.Clone(whole), 0xff))
	raw(malformed, "text", "not a protobuf at all", []byte("This is not a model.\n"))
	change(malformed, "version-twice", "a singular field is given twice", func(b *Builder) { b.Extra = Number(nil, 1, 8) })
	change(malformed, "graph-twice", "two graphs, which protobuf would merge", func(b *Builder) { b.Extra = Message(nil, 7, nil) })
	change(malformed, "wire-type", "a string where a number belongs", func(b *Builder) { b.Extra = Text(nil, 5, "1") })
	change(malformed, "long-varint", "a varint with a needless byte", func(b *Builder) {
		b.Extra = append(protowire.AppendTag(nil, 5, protowire.VarintType), 0x81, 0x00)
	})
	change(malformed, "endless-varint", "a varint of more than 64 bits", func(b *Builder) {
		b.Extra = append(protowire.AppendTag(nil, 5, protowire.VarintType), bytes.Repeat([]byte{0xff}, 11)...)
	})
	change(malformed, "group", "a protobuf group", func(b *Builder) {
		b.Extra = protowire.AppendTag(protowire.AppendTag(nil, 6, protowire.StartGroupType), 6, protowire.EndGroupType)
	})
	change(malformed, "not-utf8", "a string that is not UTF-8", func(b *Builder) { b.Extra = Text(nil, 6, "\xc0\x80") })
	raw(malformed, "no-graph", "a model without a graph", Message(Number(nil, 1, 8), 8, Number(nil, 2, 13)))

	version := intonnx.CodeVersion
	raw(version, "empty", "a file of no bytes has no version", []byte{})
	for _, v := range []struct {
		name      string
		ir, opset int64
	}{{"ir-7", 7, 13}, {"ir-14", 14, 13}, {"ir-negative", -8, 13}, {"opset-12", 8, 12}, {"opset-22", 8, 22}} {
		change(version, v.name, "a version outside of the profile", func(b *Builder) { b.IR, b.Opset = v.ir, v.opset })
	}

	forbidden := intonnx.CodeForbidden
	change(forbidden, "functions", "model-local functions", func(b *Builder) { b.Extra = Message(nil, 25, nil) })
	change(forbidden, "training", "training information", func(b *Builder) { b.Extra = Message(nil, 20, nil) })
	change(forbidden, "unknown-field", "a field that ONNX does not have", func(b *Builder) { b.Extra = Number(nil, 1000, 1) })
	change(forbidden, "value-info", "value_info, which could contradict what is inferred", func(b *Builder) {
		b.GraphExtra = Message(nil, 13, b.Inputs[0].encode())
	})
	change(forbidden, "sparse-initializer", "a sparse tensor", func(b *Builder) { b.GraphExtra = Message(nil, 15, nil) })
	change(forbidden, "quantization", "quantization annotations", func(b *Builder) { b.GraphExtra = Message(nil, 14, nil) })
	change(forbidden, "domain-node", "a node of a custom domain", func(b *Builder) { b.Nodes[3].Extra = Text(nil, 7, "com.microsoft") })
	change(forbidden, "domain-import", "a second operator set", func(b *Builder) {
		b.Extra = Message(nil, 8, Number(Text(nil, 1, "com.microsoft"), 2, 1))
	})
	change(forbidden, "opset-twice", "an operator set of version 0 before the right one", func(b *Builder) {
		b.Opset, b.Extra = 0, Message(nil, 8, Number(nil, 2, 13))
	})
	change(forbidden, "subgraph", "an attribute that is a graph", func(b *Builder) {
		b.Nodes[3].Attributes = [][]byte{Number(Message(Text(nil, 1, "then_branch"), 6, nil), 20, 5)}
	})
	change(forbidden, "string-tensor", "an initializer of strings", func(b *Builder) {
		b.Initializers[0] = Tensor{Name: b.Initializers[0].Name, Type: 8, Dims: []int{1}, Extra: Text(nil, 6, "a")}
	})
	change(forbidden, "sequence-input", "an input that is a sequence", func(b *Builder) {
		b.Inputs = nil
		b.GraphExtra = Message(nil, 11, Message(Text(nil, 1, "x"), 2, Message(nil, 4, nil)))
	})
	conv(forbidden, "auto-pad", "auto_pad, a string; pads must be explicit", TextAttr("auto_pad", "SAME_UPPER"))

	change(intonnx.CodeExternalData, "external-data", "tensor data in another file", func(b *Builder) {
		t := &b.Initializers[0]
		t.Raw, t.Extra = nil, Number(Message(nil, 13, Text(Text(nil, 1, "location"), 2, "weights.bin")), 14, 1)
	})
	change(intonnx.CodeExternalData, "external-location", "data_location says external", func(b *Builder) {
		b.Initializers[0].Extra = Number(nil, 14, 1)
	})

	count := intonnx.CodeCount
	op(count, "nodes-257", "one node too many", func(b *Builder, x string) string {
		for len(b.Nodes) < intonnx.MaxNodes {
			x = b.Node("Relu", []string{x})
		}
		return x
	})
	op(count, "operands-65", "a node with 65 inputs", func(b *Builder, x string) string {
		return b.Node("Concat", slices.Repeat([]string{x}, 65), IntAttr("axis", 1))
	})
	op(count, "attributes-17", "a node with 17 attributes", func(b *Builder, x string) string {
		attributes := make([][]byte, 17)
		for i := range attributes {
			attributes[i] = IntAttr("a", i)
		}
		return b.Node("Relu", []string{x}, attributes...)
	})
	conv(count, "ints-9", "a list attribute of 9 entries", IntsAttr("pads", 0, 0, 0, 0, 0, 0, 0, 0, 0))
	change(count, "rank-9", "an initializer of rank 9", func(b *Builder) {
		b.Initializers[2].Dims = []int{1, 1, 1, 1, 1, 1, 1, 1, 1}
	})

	name := intonnx.CodeName
	change(name, "duplicate-value", "two nodes make the same value", func(b *Builder) { b.Nodes[4].Outputs = b.Nodes[3].Outputs })
	change(name, "duplicate-initializer", "two initializers of one name", func(b *Builder) {
		b.Initializers = append(b.Initializers, b.Initializers[0])
	})
	change(name, "duplicate-node", "two nodes of one name", func(b *Builder) { b.Nodes[3].Name, b.Nodes[4].Name = "n", "n" })
	change(name, "input-is-initializer", "the input has an initializer", func(b *Builder) { b.Initializers[0].Name = "x" })
	change(name, "empty-name", "an output without a name", func(b *Builder) { b.Nodes[3].Outputs = []string{""} })
	change(name, "long-name", "a name of 257 bytes", func(b *Builder) { b.Nodes[3].Name = string(bytes.Repeat([]byte{'n'}, 257)) })
	change(name, "accent", "a name that is not ASCII", func(b *Builder) { b.Nodes[3].Name = "é" })

	graph := intonnx.CodeGraph
	change(graph, "no-input", "no graph input", func(b *Builder) { b.Inputs = nil })
	change(graph, "two-inputs", "two graph inputs", func(b *Builder) { b.Inputs = append(b.Inputs, Value{"y", Uint8, []int{0, 1}}) })
	change(graph, "two-outputs", "two graph outputs", func(b *Builder) { b.Outputs = append(b.Outputs, b.Outputs[0]) })
	change(graph, "no-nodes", "an output that nothing makes", func(b *Builder) { b.Nodes = nil })
	change(graph, "undefined", "a node whose input does not exist", func(b *Builder) { b.Nodes[3].Inputs[0] = "nowhere" })
	change(graph, "order", "a value is used before it is made", func(b *Builder) {
		b.Nodes[3], b.Nodes[4] = b.Nodes[4], b.Nodes[3]
	})
	change(graph, "cycle", "a node that consumes its own output", func(b *Builder) { b.Nodes[3].Inputs[0] = b.Nodes[3].Outputs[0] })
	change(graph, "unused-initializer", "an initializer that nothing uses", func(b *Builder) { b.Const([]int{1}); b.Nodes = b.Nodes[:7] })
	op(graph, "unused-node", "a node whose output nothing uses", func(b *Builder, x string) string {
		b.Node("Relu", []string{x})
		return x
	})
	change(graph, "outputs-2", "a node with two outputs", func(b *Builder) { b.Nodes[3].Outputs = append(b.Nodes[3].Outputs, "more") })
	change(graph, "missing-operand", "a Gemm without weights", func(b *Builder) { b.Nodes[3].Inputs = b.Nodes[3].Inputs[:1] })
	change(graph, "omitted-operand", "a Gemm with an empty name for its weights", func(b *Builder) { b.Nodes[3].Inputs[1] = "" })

	for _, operator := range []string{"Sigmoid", "Softmax", "DequantizeLinear", "AveragePool", "ReduceMean", "Round", "If", "Constant", "relu"} {
		op(intonnx.CodeOperator, "operator-"+operator, "an operator outside of the profile", func(b *Builder, x string) string {
			return b.Node(operator, []string{x})
		})
	}

	attr := intonnx.CodeAttribute
	op(attr, "attribute-unknown", "an attribute that Relu does not have", func(b *Builder, x string) string {
		return b.Node("Relu", []string{x}, IntAttr("axis", 1))
	})
	op(attr, "attribute-twice", "an attribute given twice", func(b *Builder, x string) string {
		return b.Node("Flatten", []string{x}, IntAttr("axis", 1), IntAttr("axis", 1))
	})
	op(attr, "attribute-type", "an attribute of the wrong type", func(b *Builder, x string) string {
		return b.Node("Flatten", []string{x}, IntsAttr("axis", 1))
	})
	op(attr, "attribute-mismatch", "an attribute whose value is not of its type", func(b *Builder, x string) string {
		return b.Node("Flatten", []string{x}, Number(Number(Text(nil, 1, "axis"), 3, 1), 20, 7))
	})
	op(attr, "cast-nowhere", "a Cast without its target", func(b *Builder, x string) string { return b.Node("Cast", []string{x}) })
	op(attr, "flatten-axis", "Flatten must keep the batch", func(b *Builder, x string) string {
		return b.Node("Flatten", []string{x}, IntAttr("axis", 0))
	})
	op(attr, "reshape-too-early", "Reshape with allowzero, which operator set 13 does not have", func(b *Builder, x string) string {
		return b.Node("Reshape", []string{x, b.Int64s(0, -1)}, IntAttr("allowzero", 0))
	})
	op(attr, "reshape-allowzero", "Reshape with allowzero 1", func(b *Builder, x string) string {
		b.Opset = 14
		return b.Node("Reshape", []string{x, b.Int64s(0, -1)}, IntAttr("allowzero", 1))
	})
	op(attr, "concat-axis", "Concat along the batch", func(b *Builder, x string) string {
		return b.Node("Concat", []string{x, x}, IntAttr("axis", 0))
	})
	change(attr, "gemm-alpha", "Gemm with alpha 2", func(b *Builder) { b.Nodes[3].Attributes = [][]byte{FloatAttr("alpha", FloatBits(2, 0))} })
	change(attr, "gemm-beta", "Gemm with beta 0", func(b *Builder) { b.Nodes[3].Attributes = [][]byte{FloatAttr("beta", 0)} })
	change(attr, "gemm-trans-a", "Gemm with transA", func(b *Builder) { b.Nodes[3].Attributes = [][]byte{IntAttr("transA", 1)} })
	change(attr, "transpose-perm", "a perm that is no permutation", func(b *Builder) {
		b.Nodes[0].Operator, b.Nodes[0].Attributes = "Transpose", [][]byte{IntsAttr("perm", 1, 1)}
	})
	conv(attr, "conv-pads", "pads as large as the kernel", IntsAttr("pads", 3, 0, 0, 0))
	conv(attr, "conv-strides", "a stride of 0", IntsAttr("strides", 0, 1))
	conv(attr, "conv-kernel", "a kernel_shape that is not the one of the weights", IntsAttr("kernel_shape", 3, 2))
	conv(attr, "conv-negative", "a negative pad", IntsAttr("pads", -1, 0, 0, 0))
	conv(attr, "conv-one-stride", "one stride for two axes", IntsAttr("strides", 1))
	conv(attr, "conv-huge-dilation", "a dilation far above the limit", IntsAttr("dilations", 1<<40, 1))
	pool(attr, "pool-no-kernel", "MaxPool without kernel_shape")
	pool(attr, "pool-ceil", "MaxPool with ceil_mode", IntsAttr("kernel_shape", 2, 2), IntAttr("ceil_mode", 1))
	pool(attr, "pool-dilations", "MaxPool with dilations", IntsAttr("kernel_shape", 2, 2), IntsAttr("dilations", 2, 2))
	pool(attr, "pool-pads", "pads as large as the window", IntsAttr("kernel_shape", 2, 2), IntsAttr("pads", 2, 2, 2, 2))

	typ := intonnx.CodeType
	change(typ, "input-float", "an input of floats", func(b *Builder) { b.Inputs[0].Type = Float })
	change(typ, "output-float", "an output declared as float", func(b *Builder) { b.Outputs[0].Type = Float })
	change(typ, "output-uncast", "an output that is not cast to int32", func(b *Builder) {
		b.Nodes = b.Nodes[:6]
		b.Outputs[0].Name = b.Nodes[5].Outputs[0]
	})
	change(typ, "initializer-double", "an initializer of doubles", func(b *Builder) { b.Initializers[0].Type = 11 })
	change(typ, "initializer-uint8", "an initializer of uint8", func(b *Builder) { b.Initializers[0].Type = Uint8 })
	change(typ, "weights-uncast", "int8 weights without a Cast", func(b *Builder) {
		b.Nodes[3].Inputs[1] = b.Initializers[0].Name
		b.Nodes = append(b.Nodes[:0], b.Nodes[1:]...)
	})
	change(typ, "input-uncast", "arithmetic on the raw input", func(b *Builder) {
		b.Nodes[3].Inputs[0] = "x"
		b.Nodes = append(b.Nodes[:2], b.Nodes[3:]...)
	})
	op(typ, "weights-computed", "a product of two computed tensors", func(b *Builder, x string) string { return b.Node("MatMul", []string{x, x}) })
	op(typ, "mul-computed", "Mul of two computed tensors", func(b *Builder, x string) string { return b.Node("Mul", []string{x, x}) })
	op(typ, "sub-from-constant", "Sub with the constant on the left", func(b *Builder, x string) string {
		return b.Node("Sub", []string{b.Const([]int{255}), x})
	})
	op(typ, "constant-arithmetic", "Add of two constants", func(b *Builder, x string) string {
		return b.Node("Add", []string{x, b.Node("Add", []string{b.Const([]int{1}), b.Const([]int{2})})})
	})
	op(typ, "cast-int8", "a cast to int8, which wraps", func(b *Builder, x string) string { return b.Cast(b.Cast(x, Int8), Float) })
	op(typ, "cast-float-twice", "a cast from float to float", func(b *Builder, x string) string { return b.Cast(x, Float) })
	op(typ, "transpose-computed", "Transpose of a computed tensor", func(b *Builder, x string) string { return b.Node("Transpose", []string{x}) })
	op(typ, "gather-float", "Gather with float indices", func(b *Builder, x string) string {
		return b.Node("Gather", []string{b.Const(ramp(256, 9), 256), x})
	})
	op(typ, "long-int64", "an int64 initializer with 9 entries", func(b *Builder, x string) string {
		return b.Node("Reshape", []string{x, b.Int64s(0, -1, 1, 1, 1, 1, 1, 1, 1)})
	})

	shape := intonnx.CodeShape
	change(shape, "zero-initializer", "an initializer with a dimension of 0", func(b *Builder) { b.Initializers[1].Dims = []int{0} })
	change(shape, "zero-input", "an input with a dimension of 0", func(b *Builder) { b.Inputs[0].Dims = []int{0, -1} })
	change(shape, "huge-initializer", "an initializer with a dimension of 2^40", func(b *Builder) { b.Initializers[1].Dims = []int{1 << 40} })
	change(shape, "huge-product", "an initializer of 2^42 elements", func(b *Builder) { b.Initializers[1].Dims = []int{1 << 21, 1 << 21} })
	change(shape, "huge-input", "an input with a dimension of 2^40", func(b *Builder) { b.Inputs[0].Dims = []int{0, 1 << 40} })
	change(shape, "static-batch", "a static batch dimension", func(b *Builder) { b.Inputs[0].Dims[0] = 1 })
	change(shape, "symbolic-size", "a second symbolic dimension", func(b *Builder) { b.Inputs[0].Dims = []int{0, 0} })
	change(shape, "input-rank", "an input that is only a batch", func(b *Builder) { b.Inputs[0].Dims = []int{0} })
	change(shape, "input-rank-5", "an input of rank 5", func(b *Builder) { b.Inputs[0].Dims = []int{0, 1, 1, 1, 4} })
	change(shape, "output-shape", "an output declared with another shape", func(b *Builder) { b.Outputs[0].Dims = []int{0, 4} })
	change(shape, "output-scalar", "an output declared without a shape", func(b *Builder) { b.Outputs[0].Dims = nil })
	change(shape, "gemm-fit", "weights that do not fit the input", func(b *Builder) { b.Inputs[0].Dims = []int{0, 5} })
	change(shape, "bias-fit", "a bias that does not fit the weights", func(b *Builder) { b.Initializers[1].Dims, b.Initializers[1].Raw = []int{2}, []byte{1, 2} })
	add(shape, "gemm-image", "Gemm on an image", image(func(b *Builder, x string) string {
		return b.Node("Gemm", []string{x, b.Const(ramp(12, 9), 6, 2)})
	}, 2, 6, 2))
	add(shape, "add-width", "a constant that is broadcast along the width", image(func(b *Builder, x string) string {
		return b.Node("Add", []string{x, b.Const(ramp(6, 9), 6)})
	}, 2, 6, 6))
	add(shape, "add-shapes", "Add of tensors that would be broadcast", image(func(b *Builder, x string) string {
		return b.Node("Add", []string{x, b.Node("ReduceSum", []string{x, b.Int64s(2, 3)})})
	}, 2, 6, 6))
	add(shape, "concat-shapes", "Concat of images of different sizes", image(func(b *Builder, x string) string {
		return b.Node("Concat", []string{x, b.Node("MaxPool", []string{x}, IntsAttr("kernel_shape", 2, 2))}, IntAttr("axis", 1))
	}, 4, 6, 6))
	add(shape, "sum-one-axis", "ReduceSum over one axis of an image", image(func(b *Builder, x string) string {
		return b.Node("ReduceSum", []string{x, b.Int64s(3)})
	}, 2, 6, 1))
	add(shape, "conv-large-kernel", "a kernel larger than the image", image(func(b *Builder, x string) string {
		return b.Node("Conv", []string{x, b.Const(ramp(2*49, 9), 1, 2, 7, 7)})
	}, 1, 1, 1))
	conv(shape, "conv-groups", "groups that do not fit the weights", IntAttr("group", 2))
	op(shape, "conv-vector", "Conv on a vector", func(b *Builder, x string) string {
		return b.Node("Conv", []string{x, b.Const([]int{1}, 1, 1, 1, 1)})
	})
	op(shape, "reshape-other", "a Reshape to anything but [0, -1]", func(b *Builder, x string) string {
		return b.Node("Reshape", []string{x, b.Int64s(-1, 4)})
	})
	op(shape, "clip-vector", "Clip with limits per channel", func(b *Builder, x string) string {
		return b.Node("Clip", []string{x, b.Const(ramp(4, 9), 4)})
	})

	constant := intonnx.CodeConstant
	half := func(b *Builder, values ...int) string {
		shifts := make([]int, len(values))
		shifts[0] = 1
		return b.FloatConst(values, shifts, len(values))
	}
	op(constant, "fraction", "an addend of 1/2", func(b *Builder, x string) string { return b.Node("Add", []string{x, half(b, 1)}) })
	op(constant, "factor-third", "a factor that is neither integer nor 2^-k", func(b *Builder, x string) string { return b.Node("Mul", []string{x, half(b, 3)}) })
	op(constant, "factor-mixed", "factors of which one is 1/2 and one is 3", func(b *Builder, x string) string {
		return b.Node("Mul", []string{x, half(b, 1, 3, 3, 3)})
	})
	op(constant, "factor-small", "a factor of 2^-25", func(b *Builder, x string) string { return b.Shift(x, []int{25}) })
	op(constant, "factor-negative", "a factor of -1/2", func(b *Builder, x string) string { return b.Node("Mul", []string{x, half(b, -1)}) })
	op(constant, "too-large", "an addend of 2^24", func(b *Builder, x string) string { return b.Node("Add", []string{x, b.Const([]int{1 << 24})}) })
	op(constant, "too-large-float", "an addend of 2^24 as float", func(b *Builder, x string) string {
		return b.Node("Add", []string{x, b.FloatConst([]int{1 << 24}, nil)})
	})
	for _, v := range []struct {
		name string
		bits int64
	}{{"nan", 0x7fc00000}, {"infinity", 0x7f800000}, {"denormal", 1}, {"largest-float", 0x7f7fffff}} {
		op(constant, v.name, "a float that stands for no integer of the profile", func(b *Builder, x string) string {
			b.Initializers = append(b.Initializers, Tensor{Name: "v", Type: Float, Dims: []int{1}, Raw: RawInts(Float, []int64{v.bits})})
			return b.Node("Add", []string{x, "v"})
		})
	}
	op(constant, "clip-order", "Clip with its lower limit above the upper", func(b *Builder, x string) string { return b.Clip(x, 5, 4) })
	change(constant, "data-short", "raw data shorter than the shape asks for", func(b *Builder) { b.Initializers[0].Raw = b.Initializers[0].Raw[1:] })
	change(constant, "data-missing", "an initializer without data", func(b *Builder) { b.Initializers[0].Raw = nil })
	change(constant, "data-twice", "raw data and int32_data", func(b *Builder) { b.Initializers[1].Extra = Message(nil, 5, []byte{1, 2, 3}) })
	change(constant, "data-range", "int8 values outside of int8", func(b *Builder) {
		b.Initializers[1].Raw, b.Initializers[1].Extra = nil, Number(Number(Number(nil, 5, 1), 5, 300), 5, 2)
	})

	shift := intonnx.CodeShift
	op(shift, "floor-alone", "Floor of an integer", func(b *Builder, x string) string { return b.Node("Floor", []string{x}) })
	op(shift, "shift-relu", "a product with 2^-k that is not rounded", func(b *Builder, x string) string {
		return b.Node("Relu", []string{b.Node("Mul", []string{x, half(b, 1)})})
	})
	op(shift, "shift-output", "a product with 2^-k that is cast", func(b *Builder, x string) string { return b.Node("Mul", []string{x, half(b, 1)}) })
	op(shift, "shift-twice", "a product with 2^-k that is used rounded and unrounded", func(b *Builder, x string) string {
		scaled := b.Node("Mul", []string{x, half(b, 1)})
		return b.Node("Add", []string{b.Node("Floor", []string{scaled}), scaled})
	})
	op(shift, "factor-one", "a product with 1 counts as 2^-0 and needs its Floor", func(b *Builder, x string) string {
		return b.Node("Mul", []string{x, b.Const([]int{1})})
	})

	bounds := intonnx.CodeBound
	add(bounds, "bound-gemm", "a sum that can reach 2^24", func() *Builder {
		b := NewBuilder(Uint8, 2)
		b.Output(b.Node("Gemm", []string{b.Cast("x", Float), b.Const([]int{65793, 1}, 2, 1), b.Const([]int{1}, 1)}), 1)
		return b
	}())
	op(bounds, "bound-partial", "a small sum whose parts can pass 2^24", func(b *Builder, x string) string {
		h := b.Node("Gemm", []string{x, b.Const([]int{1 << 22, -1 << 22, 0, 0}, 4, 1)})
		return b.Node("Concat", []string{h, h, h, h}, IntAttr("axis", 1))
	})
	op(bounds, "bound-fusion", "Mul after a product whose partial sums, times the factor, pass 2^24", func(b *Builder, x string) string {
		w := make([]int, 16)
		for i := range w {
			w[i] = []int{15000, -15000}[i%2]
		}
		h := b.Node("Sub", []string{x, x})
		h = b.Node("Gemm", []string{b.Clip(h, 0, 255), b.Const(w, 4, 4)})
		return b.Node("Mul", []string{h, b.Const([]int{3})})
	})
	scaled := func(b *Builder, h string) string {
		for range 2 {
			h = b.Node("Mul", []string{h, b.Const([]int{1 << 13})})
		}
		return h
	}
	op(bounds, "bound-dead-gemm", "factors after a product with inputs that are always 0, which a fusion would multiply up", func(b *Builder, x string) string {
		return scaled(b, b.Node("MatMul", []string{b.Clip(x, 0, 0), b.Const(ramp(16, 9), 4, 4)}))
	})
	op(bounds, "bound-dead-input", "factors of a value that is always 0", func(b *Builder, x string) string {
		return b.Node("MatMul", []string{scaled(b, b.Clip(x, 0, 0)), b.Const(ramp(16, 9), 4, 4)})
	})
	add(bounds, "bound-dead-conv", "large weights for inputs that are always 0", image(func(b *Builder, x string) string {
		return b.Node("Conv", []string{b.Clip(x, 0, 0), b.Const([]int{1 << 23, 1 << 23}, 1, 2, 1, 1)})
	}, 1, 6, 6))
	op(bounds, "bound-add", "an addition that can reach 2^24", func(b *Builder, x string) string {
		return b.Node("Add", []string{x, b.Const([]int{1<<24 - 255})})
	})
	op(bounds, "bound-negative", "a subtraction that can reach -2^24", func(b *Builder, x string) string {
		h := b.Node("Sub", []string{x, b.Const([]int{1<<24 - 1})})
		return b.Node("Sub", []string{h, b.Const([]int{1})})
	})
	add(bounds, "bound-sum", "a ReduceSum that can pass 2^24", image(func(b *Builder, x string) string {
		h := b.Node("Mul", []string{x, b.Const([]int{2000})})
		return b.Node("ReduceSum", []string{h, b.Int64s(2, 3)})
	}, 2, 1, 1))
	op(bounds, "gather-outside", "indices above the table", func(b *Builder, x string) string {
		return b.Node("Gather", []string{b.Const(ramp(255, 9), 255), b.Cast(x, Int64)})
	})
	op(bounds, "gather-negative", "indices below zero", func(b *Builder, x string) string {
		h := b.Node("Sub", []string{x, b.Const([]int{1})})
		return b.Node("Gather", []string{b.Const(ramp(256, 9), 256), b.Cast(h, Int64)})
	})

	cost := intonnx.CodeCost
	large := func(name, about string, dims []int, operator func(b *Builder, x string) string) {
		b := NewBuilder(Uint8, dims...)
		b.Output(operator(b, b.Cast("x", Float)), 1)
		add(cost, name, about, b)
	}
	large("cost-macs", "more than 16 million MACs", []int{4, 300, 300}, func(b *Builder, x string) string {
		return b.Node("Conv", []string{x, b.Const(ramp(196, 9), 1, 4, 7, 7)}, IntsAttr("pads", 3, 3, 3, 3))
	})
	large("cost-pool", "a MaxPool with more than 16 million comparisons", []int{1, 200, 200}, func(b *Builder, x string) string {
		return b.Node("MaxPool", []string{x}, IntsAttr("kernel_shape", 99, 99), IntsAttr("pads", 98, 98, 98, 98))
	})
	large("cost-elements", "more than 2 million output elements", []int{700, 1000}, func(b *Builder, x string) string {
		return b.Node("Relu", []string{b.Node("Relu", []string{x})})
	})
	large("cost-input", "an input of more than 2 million elements", []int{2000, 1001}, func(_ *Builder, x string) string { return x })
	large("cost-overflow", "an output of 2^42 elements", []int{1 << 20}, func(b *Builder, _ string) string {
		indices := b.Cast("x", Int64)
		return b.Node("Gather", []string{b.Const(ramp(256*8, 9), 256, 8), indices})
	})
	return list
}

// oversized are the bad files that are described instead of kept.
func oversized() []Entry {
	whole := hex.EncodeToString(mlp().Encode())
	nodes := func(n int) []Part {
		// A model whose graph is n empty nodes.
		head := protowire.AppendVarint(protowire.AppendTag(Number(nil, 1, 8), 7, protowire.BytesType), uint64(2*n))
		return []Part{
			{hex.EncodeToString(head), 1},
			{hex.EncodeToString(Message(nil, 1, nil)), n},
			{hex.EncodeToString(Message(nil, 8, Number(nil, 2, 13))), 1},
		}
	}
	doc := protowire.AppendVarint(protowire.AppendTag(nil, 6, protowire.BytesType), 10<<20)
	return []Entry{
		{About: "10 MB: a correct model with a very long comment", Code: intonnx.CodeFileSize,
			Generate: &Generate{[]Part{{whole, 1}, {hex.EncodeToString(doc), 1}, {"20", 10 << 20}}}},
		{About: "a million nodes", Code: intonnx.CodeFileSize, Generate: &Generate{nodes(1_000_000)}},
		{About: "as many nodes as fit into the file size", Code: intonnx.CodeCount, Generate: &Generate{nodes(524_000)}},
	}
}
