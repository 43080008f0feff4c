package corpus

// LeNet returns a convolutional model of the size of LeNet: 0.83M MACs.
func LeNet() []byte {
	b := NewBuilder(Uint8, 1, 28, 28)
	h := b.Cast("x", Float)
	for _, layer := range [][2]int{{1, 8}, {8, 16}} {
		in, out := layer[0], layer[1]
		h = b.Node("Conv", []string{h, b.Const(ramp(out*in*25, 127), out, in, 5, 5), b.Const(ramp(out, 999), out)}, IntsAttr("pads", 2, 2, 2, 2))
		h = b.Clip(b.Shift(h, []int{9}), 0, 255)
		h = b.Node("MaxPool", []string{h}, IntsAttr("kernel_shape", 2, 2), IntsAttr("strides", 2, 2))
	}
	h = b.Node("Flatten", []string{h})
	h = b.Clip(b.Shift(b.Node("Gemm", []string{h, b.Const(ramp(784*64, 99), 784, 64)}), []int{9}), 0, 255)
	b.Output(b.Node("Gemm", []string{h, b.Const(ramp(64*10, 127), 64, 10)}), 10)
	return b.Encode()
}

// MLP returns a model of two dense layers with 0.10M MACs.
func MLP() []byte {
	b := NewBuilder(Uint8, 1, 28, 28)
	h := b.Node("Flatten", []string{b.Cast("x", Float)})
	h = b.Node("Gemm", []string{h, b.Const(ramp(784*128, 80), 128, 784), b.Const(ramp(128, 999), 128)}, IntAttr("transB", 1))
	h = b.Clip(b.Shift(h, []int{9}), 0, 255)
	b.Output(b.Node("Gemm", []string{h, b.Const(ramp(128*10, 127), 128, 10)}), 10)
	return b.Encode()
}

// Separable returns a model of depthwise and pointwise convolutions, 2.7M MACs.
func Separable() []byte {
	b := NewBuilder(Uint8, 1, 49, 10)
	h := b.Cast("x", Float)
	h = b.Node("Conv", []string{h, b.Const(ramp(64*40, 127), 64, 1, 10, 4)}, IntsAttr("pads", 4, 1, 5, 1), IntsAttr("strides", 2, 2))
	h = b.Clip(b.Shift(h, []int{9}), 0, 255)
	for range 4 {
		h = b.Node("Conv", []string{h, b.Const(ramp(64*9, 127), 64, 1, 3, 3)}, IntAttr("group", 64), IntsAttr("pads", 1, 1, 1, 1))
		h = b.Clip(b.Shift(h, []int{9}), 0, 255)
		h = b.Node("Conv", []string{h, b.Const(ramp(64*64, 127), 64, 64, 1, 1)})
		h = b.Clip(b.Shift(h, []int{10}), 0, 255)
	}
	h = b.Shift(b.Node("ReduceSum", []string{h, b.Int64s(2, 3)}, IntAttr("keepdims", 0)), []int{7})
	b.Output(b.Node("Gemm", []string{h, b.Const(ramp(64*12, 127), 64, 12)}), 12)
	return b.Encode()
}

// Slow returns models whose runs take the most time per unit of cost: next to
// nothing to multiply for every value that is touched.
func Slow() map[string][]byte {
	one := func(x string, b *Builder, dims ...int) []byte {
		b.Output(x, dims...)
		return b.Encode()
	}
	column := NewBuilder(Uint8, 256, 200, 1)
	depthwise := column.Node("Conv", []string{column.Cast("x", Float), column.Const(ramp(256, 9), 256, 1, 1, 1)}, IntAttr("group", 256))
	pairs := NewBuilder(Uint8, 200, 300, 1)
	grouped := pairs.Node("Conv", []string{pairs.Cast("x", Float), pairs.Const(ramp(400, 9), 200, 2, 1, 1)}, IntAttr("group", 100))
	flat := NewBuilder(Uint8, 100_000)
	relu := flat.Node("Relu", []string{flat.Cast("x", Float)})
	list := NewBuilder(Uint8, 50_000, 1)
	x := list.Cast("x", Float)
	joined := list.Node("Concat", []string{x, x}, IntAttr("axis", 2))
	return map[string][]byte{
		"Column": one(depthwise, column, 256, 200, 1),
		"Pairs":  one(grouped, pairs, 200, 300, 1),
		"Relu":   one(relu, flat, 100_000),
		"Concat": one(joined, list, 50_000, 2),
	}
}
