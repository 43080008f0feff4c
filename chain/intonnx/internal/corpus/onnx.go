// Package corpus makes ONNX files for the tests of intonnx: the shared corpus
// in testdata/intonnx, and random models for differential tests. Everything is
// deterministic.
package corpus

import (
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"
)

// Element types of TensorProto.
const (
	Float = 1
	Uint8 = 2
	Int8  = 3
	Int16 = 5
	Int32 = 6
	Int64 = 7
)

// Model is an ONNX file about to be encoded. The Extra fields hold encoded
// protobuf fields that are appended to their message, for files that break rules.
type Model struct {
	IR, Opset    int64
	Nodes        []Node
	Initializers []Tensor
	Inputs       []Value
	Outputs      []Value
	GraphExtra   []byte
	Extra        []byte
}

// Node is a NodeProto; Attributes are encoded AttributeProtos.
type Node struct {
	Name, Operator  string
	Inputs, Outputs []string
	Attributes      [][]byte
	Extra           []byte
}

// Tensor is a TensorProto that carries raw data, unless Extra carries other data.
type Tensor struct {
	Name  string
	Type  int64
	Dims  []int
	Raw   []byte
	Extra []byte
}

// Value is a ValueInfoProto of a tensor. A dimension of 0 becomes the symbolic
// batch, a negative one is written as the static dimension 0.
type Value struct {
	Name string
	Type int64
	Dims []int
}

// Message appends a length-delimited field.
func Message(b []byte, field protowire.Number, content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), content)
}

// Text appends a string field, if it is not empty.
func Text(b []byte, field protowire.Number, text string) []byte {
	if text == "" {
		return b
	}
	return Message(b, field, []byte(text))
}

// Number appends an integer field.
func Number(b []byte, field protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(v))
}

// IntAttr encodes an attribute of type INT.
func IntAttr(name string, v int) []byte {
	return Number(Number(Text(nil, 1, name), 3, int64(v)), 20, 2)
}

// IntsAttr encodes an attribute of type INTS.
func IntsAttr(name string, values ...int) []byte {
	b := Text(nil, 1, name)
	for _, v := range values {
		b = Number(b, 8, int64(v))
	}
	return Number(b, 20, 7)
}

// FloatAttr encodes an attribute of type FLOAT from its IEEE-754 bits.
func FloatAttr(name string, bits uint32) []byte {
	b := protowire.AppendTag(Text(nil, 1, name), 2, protowire.Fixed32Type)
	return Number(protowire.AppendFixed32(b, bits), 20, 1)
}

// TextAttr encodes an attribute of type STRING.
func TextAttr(name, text string) []byte {
	return Number(Text(Text(nil, 1, name), 4, text), 20, 3)
}

// Encode returns the file.
func (m *Model) Encode() []byte {
	var graph []byte
	for _, n := range m.Nodes {
		graph = Message(graph, 1, n.encode())
	}
	graph = Text(graph, 2, "g")
	for _, t := range m.Initializers {
		graph = Message(graph, 5, t.encode())
	}
	for _, v := range m.Inputs {
		graph = Message(graph, 11, v.encode())
	}
	for _, v := range m.Outputs {
		graph = Message(graph, 12, v.encode())
	}
	graph = append(graph, m.GraphExtra...)
	file := Number(nil, 1, m.IR)
	file = Text(file, 2, "assay")
	file = Message(file, 7, graph)
	file = Message(file, 8, Number(nil, 2, m.Opset))
	return append(file, m.Extra...)
}

func (n *Node) encode() []byte {
	var b []byte
	for _, name := range n.Inputs {
		b = Message(b, 1, []byte(name))
	}
	for _, name := range n.Outputs {
		b = Message(b, 2, []byte(name))
	}
	b = Text(b, 3, n.Name)
	b = Text(b, 4, n.Operator)
	for _, a := range n.Attributes {
		b = Message(b, 5, a)
	}
	return append(b, n.Extra...)
}

func (t *Tensor) encode() []byte {
	var b []byte
	for _, d := range t.Dims {
		b = Number(b, 1, int64(d))
	}
	b = Number(b, 2, t.Type)
	b = Text(b, 8, t.Name)
	if t.Raw != nil {
		b = Message(b, 9, t.Raw)
	}
	return append(b, t.Extra...)
}

func (v *Value) encode() []byte {
	var shape []byte
	for _, d := range v.Dims {
		switch {
		case d == 0:
			shape = Message(shape, 1, Text(nil, 2, "batch"))
		case d < 0:
			shape = Message(shape, 1, Number(nil, 1, 0))
		default:
			shape = Message(shape, 1, Number(nil, 1, int64(d)))
		}
	}
	tensor := Message(Number(nil, 1, v.Type), 2, shape)
	return Message(Text(nil, 1, v.Name), 2, Message(nil, 1, tensor))
}

// RawInts encodes integers as little-endian raw data of the element type.
func RawInts[T int | int32 | int64](typ int64, values []T) []byte {
	raw := []byte{}
	for _, v := range values {
		switch typ {
		case Int8, Uint8:
			raw = append(raw, byte(v))
		case Int16:
			raw = binary.LittleEndian.AppendUint16(raw, uint16(v))
		case Int64:
			raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
		default:
			raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
		}
	}
	return raw
}

// FloatBits returns the IEEE-754 bits of the float32 with the value v * 2^-k.
func FloatBits(v, k int) uint32 {
	if v == 0 {
		return 0
	}
	var sign uint32
	if v < 0 {
		sign, v = 1<<31, -v
	}
	exponent := 150 - k
	for v < 1<<23 {
		v <<= 1
		exponent--
	}
	for v >= 1<<24 { // powers of two only
		v >>= 1
		exponent++
	}
	return sign | uint32(exponent)<<23 | uint32(v)&(1<<23-1)
}
