package corpus

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/assay-network/assay/chain/intonnx"
)

// Entry is one line of corpus.json.
type Entry struct {
	File     string        `json:"file,omitempty"`     // in files/
	Generate *Generate     `json:"generate,omitempty"` // instead of a file too large to keep
	About    string        `json:"about"`
	OK       bool          `json:"ok"`
	Info     *intonnx.Info `json:"info,omitempty"`
	Code     intonnx.Code  `json:"code,omitempty"`
	Vectors  []Vector      `json:"vectors,omitempty"`
}

// Generate describes a file as parts that follow each other: the decoded hex of
// each, so many times.
type Generate struct {
	Parts []Part `json:"parts"`
}

// Part is a run of repeated bytes.
type Part struct {
	Hex   string `json:"hex"`
	Times int    `json:"times"`
}

// Bytes returns the described file.
func (g *Generate) Bytes() ([]byte, error) {
	var file []byte
	for _, p := range g.Parts {
		b, err := hex.DecodeString(p.Hex)
		if err != nil {
			return nil, err
		}
		for range p.Times {
			file = append(file, b...)
		}
	}
	return file, nil
}

// Vector is one item: raw input bytes in hex, and the int32 outputs.
type Vector struct {
	Input  string  `json:"input"`
	Output []int32 `json:"output"`
}

// Shared returns the corpus: the files by name, and corpus.json.
func Shared() (files map[string][]byte, index []byte, err error) {
	files = map[string][]byte{}
	var entries []Entry
	for i, g := range good() {
		file := g.b.Encode()
		p, err := intonnx.Check(file, intonnx.Limits{})
		if err != nil {
			return nil, nil, fmt.Errorf("good file %q: %w", g.name, err)
		}
		e := Entry{File: "good-" + g.name + ".onnx", About: g.about, OK: true, Info: &p.Info}
		r := rand.New(rand.NewPCG(uint64(i), 7))
		for range 3 {
			input := RandomInputs(r, p, 1)
			output, err := p.RunNaive(input)
			if err != nil {
				return nil, nil, err
			}
			e.Vectors = append(e.Vectors, Vector{hex.EncodeToString(input), output})
		}
		files[e.File] = file
		entries = append(entries, e)
	}
	for _, b := range bad() {
		_, err := intonnx.Check(b.file, intonnx.Limits{})
		var refusal *intonnx.Error
		if !errors.As(err, &refusal) || refusal.Code != b.code {
			return nil, nil, fmt.Errorf("bad file %q: expected the code %s, got: %w", b.name, b.code, err)
		}
		entry := Entry{File: "bad-" + b.name + ".onnx", About: b.about, Code: b.code}
		files[entry.File] = b.file
		entries = append(entries, entry)
	}
	entries = append(entries, oversized()...)
	// One entry a line, so that a diff shows what changed.
	index = []byte("[\n")
	for i, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			return nil, nil, err
		}
		index = append(append(index, ' ', ' '), line...)
		if i+1 < len(entries) {
			index = append(index, ',')
		}
		index = append(index, '\n')
	}
	return files, append(index, "]\n"...), nil
}

type goodFile struct {
	name, about string
	b           *Builder
}

// ramp returns n small integers of both signs without a pattern of short period.
func ramp(n, top int) []int {
	values := make([]int, n)
	for i := range values {
		values[i] = (i*i*7+i*13+5)%(2*top+1) - top
	}
	return values
}

func good() []goodFile {
	var list []goodFile
	add := func(name, about string, b *Builder) {
		list = append(list, goodFile{name, about, b})
	}

	b := NewBuilder(Uint8, 4)
	b.Output(b.Cast("x", Float), 4)
	add("cast", "the smallest model: uint8 in, int32 out", b)

	b = NewBuilder(Int8, 6)
	h := b.Node("Gemm", []string{b.Cast("x", Float), b.Const(ramp(6*5, 127), 5, 6), b.Const(ramp(5, 9000), 5)}, IntAttr("transB", 1))
	h = b.Clip(b.Shift(h, []int{7, 0, 8, 9, 6}, 5), 0, 255)
	h = b.Node("Gemm", []string{h, b.Const(ramp(5*3, 127), 5, 3), b.Const(ramp(3, 200), 1, 3)},
		FloatAttr("alpha", FloatBits(1, 0)), FloatAttr("beta", FloatBits(1, 0)), IntAttr("transA", 0))
	b.Output(h, 3)
	add("mlp", "two Gemm, weights transposed or not, shifts per channel, bias as row", b)

	b = NewBuilder(Uint8, 2, 9, 8)
	h = b.Node("Conv", []string{b.Cast("x", Float), b.Const(ramp(5*2*3*3, 127), 5, 2, 3, 3), b.Const(ramp(5, 30000), 5)},
		IntsAttr("pads", 1, 1, 1, 1), IntsAttr("strides", 1, 1), IntsAttr("kernel_shape", 3, 3))
	h = b.Clip(b.Shift(h, []int{9}), 0, 255)
	h = b.Node("MaxPool", []string{h}, IntsAttr("kernel_shape", 3, 2), IntsAttr("strides", 2, 2), IntsAttr("pads", 1, 0, 1, 1))
	h = b.Node("Conv", []string{h, b.Const(ramp(5*3*3, 60), 5, 1, 3, 3)}, IntAttr("group", 5), IntsAttr("pads", 1, 1, 1, 1))
	h = b.Node("Relu", []string{b.Shift(h, []int{8, 7, 6, 5, 4}, 5, 1, 1)})
	h = b.Node("Flatten", []string{h})
	h = b.Node("MatMul", []string{h, b.Const(ramp(5*5*4*3, 90), 100, 3)})
	b.Output(b.Node("Add", []string{h, b.Const(ramp(3, 5000), 3)}), 3)
	add("cnn", "Conv with pads, MaxPool with pads, depthwise Conv, Flatten, MatMul and Add", b)

	b = NewBuilder(Int16, 3, 7, 10)
	h = b.Clip(b.Cast("x", Float), -512, 511)
	h = b.Node("Conv", []string{h, b.FloatConst(ramp(4*3*2*3, 100), nil, 4, 3, 2, 3)},
		IntsAttr("dilations", 2, 3), IntsAttr("strides", 2, 1), IntsAttr("pads", 0, 2, 1, 3))
	b.Output(h, 4, 3, 9)
	add("dilated", "int16 input, float weights, dilations, uneven pads; an image as output", b)

	b = NewBuilder(Uint8, 4, 5, 5)
	x := b.Cast("x", Float)
	h = b.Node("Conv", []string{x, b.Const(ramp(6*2*1*1, 127), 6, 2, 1, 1)}, IntAttr("group", 2))
	b.Output(h, 6, 5, 5)
	add("grouped", "a convolution in two groups of odd size", b)

	b = NewBuilder(Uint8, 3, 4, 4)
	x = b.Cast("x", Float)
	h = b.Clip(b.Shift(b.Node("Conv", []string{x, b.Const(ramp(27, 100), 3, 1, 3, 3)}, IntAttr("group", 3), IntsAttr("pads", 1, 1, 1, 1)), []int{5}), -1023, 1023)
	h = b.Node("Add", []string{h, x})
	h = b.Node("Sub", []string{h, b.Node("Mul", []string{x, b.Const([]int{2, -3, 5}, 3, 1, 1)})})
	h = b.Node("Sub", []string{h, b.Const([]int{-100})})
	h = b.Node("Add", []string{b.Const([]int{7, 8, 9}, 1, 3, 1, 1), h})
	h = b.Node("ReduceSum", []string{h, b.Int64s(2, 3)}, IntAttr("keepdims", 0))
	h = b.Shift(h, []int{4})
	b.Output(h, 3)
	add("residual", "Add and Sub of tensors and of constants, Mul by integers, ReduceSum over the image", b)

	b = NewBuilder(Uint8, 5)
	h = b.Node("Gather", []string{b.Const(ramp(256*3, 127), 256, 3), b.Cast("x", Int64)}, IntAttr("axis", 0))
	h = b.Node("ReduceSum", []string{h, b.Int64s(1)}, IntAttr("keepdims", 0))
	h = b.Node("Gemm", []string{h, b.Const(ramp(3*4, 127), 3, 4)})
	b.Output(h, 4)
	add("tokens", "token ids, embedding, sum over the sequence, Gemm", b)

	b = NewBuilder(Int16, 4)
	h = b.Cast(b.Clip(b.Cast("x", Float), 0, 9), Int64)
	h = b.Node("Gather", []string{b.Const(ramp(10*2, 9000), 10, 2), h})
	h = b.Node("Mul", []string{h, b.Const([]int{3, -1}, 2)})
	h = b.Node("Reshape", []string{h, b.Int64s(0, -1)})
	b.Output(h, 8)
	add("sequence", "clipped int16 ids, factors along the last axis, Reshape of a sequence", b)

	b = NewBuilder(Int8, 2, 3, 3)
	x = b.Cast("x", Float)
	table := b.Const(ramp(16, 255), 16)
	h = b.Node("Gather", []string{table, b.Cast(b.Clip(x, 0, 15), Int64)})
	h = b.Node("Concat", []string{h, x, h}, IntAttr("axis", -3))
	h = b.Node("ReduceSum", []string{h, b.Int64s(-1, -2)})
	h = b.Node("Identity", []string{h})
	b.Output(b.Node("Flatten", []string{h}, IntAttr("axis", 1)), 6)
	add("table", "a look-up table as activation, Concat of three, ReduceSum with negative axes, Identity", b)

	b = NewBuilder(Uint8, 3, 2)
	x = b.Cast("x", Float)
	h = b.Node("Concat", []string{x, b.Node("Clip", []string{x, "", b.Const([]int{99})})}, IntAttr("axis", 2))
	h = b.Node("ReduceSum", []string{h, b.Int64s(1)}, IntAttr("keepdims", 1))
	b.Output(h, 1, 4)
	add("rank3", "an input of rank 3, Clip without lower limit, Concat and ReduceSum along it", b)

	b = NewBuilder(Uint8, 3)
	w := b.Node("Transpose", []string{b.Node("Identity", []string{b.Const(ramp(12, 127), 4, 3)})})
	b.Output(b.Node("MatMul", []string{b.Cast("x", Float), w}), 4)
	add("transpose", "constants made from constants: Cast, Identity, Transpose", b)

	b = NewBuilder(Uint8, 2)
	b.Output(b.Node("Gemm", []string{b.Cast("x", Float), b.Const([]int{65793 - 1, 65793 - 257, 0, 255}, 2, 2)}), 2)
	add("limit", "sums that come as close to 2^24 as whole numbers of weights allow", b)

	b = NewBuilder(Uint8, 3)
	ones := b.FloatConst([]int{1}, []int{0})
	h = b.Node("Floor", []string{b.Node("Mul", []string{ones, b.Cast("x", Float)})})
	b.Output(b.Shift(h, []int{24}), 3)
	add("shifts", "the smallest and the largest shift: 2^-0 and 2^-24", b)

	b = NewBuilder(Int8, 4)
	b.IR, b.Opset = 13, 21
	signed := Number(Number(Number(Number(nil, 5, -300), 5, 2), 5, 300), 5, -1)
	floats := Message(nil, 4, RawInts(Float, []int64{int64(FloatBits(5, 0)), int64(FloatBits(-7, 0)), 1 << 31, int64(FloatBits(1<<23+1, 0))}))
	b.Initializers = append(b.Initializers,
		Tensor{Name: "w", Type: Int16, Dims: []int{4}, Extra: signed},
		Tensor{Name: "b", Type: Float, Dims: []int{4}, Extra: floats})
	h = b.Node("Mul", []string{b.Cast("x", Float), b.Cast("w", Float)})
	b.Output(b.Node("Sub", []string{h, "b"}), 4)
	add("typed", "data in int32_data and float_data (one value is -0), newest versions", b)

	b = NewBuilder(Int8, 3, 4)
	b.Opset = 14
	x = b.Cast("x", Float)
	h = b.Node("Add", []string{x, b.Const([]int{9}, 1, 1, 1)})
	h = b.Node("Concat", []string{b.Node("Sub", []string{h, b.Const(ramp(4, 50), 1, 4)})}, IntAttr("axis", -1))
	h = b.Node("Reshape", []string{h, b.Int64s(0, -1)}, IntAttr("allowzero", 0))
	h = b.Node("Flatten", []string{b.Node("Identity", []string{h})})
	h = b.Node("Clip", []string{h, b.Const([]int{-90}, 1), ""})
	h = b.Node("Gemm", []string{h, b.Const(ramp(24, 99), 12, 2), b.Const([]int{77})})
	h = b.Node("Gemm", []string{b.Shift(h, []int{6}, 1, 1), b.Const(ramp(4, 99), 2, 2), b.Const([]int{-7}, 1, 1)})
	h = b.Node("Gemm", []string{b.Shift(h, []int{9, 8}, 2), b.Const(ramp(4, 99), 2, 2), ""})
	b.Nodes[len(b.Nodes)-1].Name = "the last product"
	b.Output(h, 2)
	add("broadcast", "every shape of scalar and per-channel constants, omitted operands, a name with spaces", b)

	return list
}
