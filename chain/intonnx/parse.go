package intonnx

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// Element types of ONNX TensorProto that the profile knows.
const (
	typeFloat = 1
	typeUint8 = 2
	typeInt8  = 3
	typeInt16 = 5
	typeInt32 = 6
	typeInt64 = 7
)

// Attribute types of ONNX AttributeProto that the profile knows.
const (
	attrFloat = 1
	attrInt   = 2
	attrInts  = 7
)

const (
	minIR, maxIR       = 8, 13
	minOpset, maxOpset = 13, 21

	maxInitializers = 1024
	maxOperands     = 64 // inputs of one node
	maxAttributes   = 16 // attributes of one node
	maxInts         = 8  // entries of a list attribute, and dimensions of a tensor
	maxNameBytes    = 256
	maxDim          = 1 << 21
)

// model is an ONNX file as parsed: well-formed, bounded in size, without the
// parts of ONNX that the profile forbids, but not yet checked as a graph.
type model struct {
	opset        int64
	nodes        []node
	initializers []initializer
	inputs       []valueInfo
	outputs      []valueInfo
}

type node struct {
	name       string
	operator   string
	inputs     []string
	outputs    []string
	attributes []attribute
}

// label names the node in errors.
func (n *node) label() string {
	if n.name == "" && len(n.outputs) > 0 {
		return n.outputs[0]
	}
	return n.name
}

type attribute struct {
	name string
	typ  int64
	bits uint32  // attrFloat: IEEE-754 bits
	num  int64   // attrInt
	nums []int64 // attrInts
}

type initializer struct {
	name string
	typ  int64
	dims []int
	ints []int32 // values; for typeFloat the IEEE-754 bits
	long []int64 // values of typeInt64
}

type valueInfo struct {
	name string
	typ  int64
	dims []int // the batch dimension is 0
}

// fields calls handle for every field of a message.
func fields(message string, data []byte, handle func(*reader, field) error) error {
	r := newReader(message, data)
	for {
		f, ok, err := r.next()
		if err != nil || !ok {
			return err
		}
		if err := handle(r, f); err != nil {
			return err
		}
	}
}

func parse(file []byte, limits Limits) (*model, error) {
	if len(file) > limits.FileBytes {
		return nil, fail(CodeFileSize, "", "the file is larger than %d bytes", limits.FileBytes)
	}
	m := &model{}
	var ir, ignored int64
	var graph []byte
	opsets := 0
	err := fields("ModelProto", file, func(r *reader, f field) error {
		switch f.num {
		case 1:
			return r.int64(f, &ir)
		case 2, 3, 4, 6: // producer name and version, domain, doc_string
			return r.note(f)
		case 5: // model_version
			return r.int64(f, &ignored)
		case 7:
			graph = f.bytes
			return r.once(f, protowire.BytesType)
		case 8:
			if err := r.expect(f, protowire.BytesType); err != nil {
				return err
			}
			if opsets++; opsets > 1 {
				return fail(CodeForbidden, "", "more than one operator set")
			}
			return parseOpset(f.bytes, &m.opset)
		case 14:
			return r.metadata(f)
		default:
			return r.unknown(uint64(f.num))
		}
	})
	if err != nil {
		return nil, err
	}
	if ir < minIR || ir > maxIR {
		return nil, fail(CodeVersion, "", "IR version %d, expected %d to %d", ir, minIR, maxIR)
	}
	if m.opset < minOpset || m.opset > maxOpset {
		return nil, fail(CodeVersion, "", "operator set %d, expected %d to %d", m.opset, minOpset, maxOpset)
	}
	if graph == nil {
		return nil, fail(CodeMalformed, "", "the model has no graph")
	}
	return m, parseGraph(m, graph, limits)
}

func parseOpset(data []byte, version *int64) error {
	return fields("OperatorSetIdProto", data, func(r *reader, f field) error {
		switch f.num {
		case 1:
			var domain string
			if err := r.text(f, &domain); err != nil {
				return err
			}
			return defaultDomain(domain, "")
		case 2:
			return r.int64(f, version)
		default:
			return r.unknown(uint64(f.num))
		}
	})
}

func defaultDomain(domain, node string) error {
	if domain != "" && domain != "ai.onnx" {
		return fail(CodeForbidden, node, "operator domain %q, only the default one is allowed", domain)
	}
	return nil
}

func parseGraph(m *model, data []byte, limits Limits) error {
	return fields("GraphProto", data, func(r *reader, f field) error {
		switch f.num {
		case 1:
			if len(m.nodes) == limits.Nodes {
				return fail(CodeCount, "", "more than %d nodes", limits.Nodes)
			}
			if err := r.expect(f, protowire.BytesType); err != nil {
				return err
			}
			n, err := parseNode(f.bytes)
			m.nodes = append(m.nodes, n)
			return err
		case 2, 10: // name, doc_string
			return r.note(f)
		case 5:
			if len(m.initializers) == maxInitializers {
				return fail(CodeCount, "", "more than %d initializers", maxInitializers)
			}
			if err := r.expect(f, protowire.BytesType); err != nil {
				return err
			}
			t, err := parseTensor(f.bytes)
			m.initializers = append(m.initializers, t)
			return err
		case 11, 12:
			if err := r.expect(f, protowire.BytesType); err != nil {
				return err
			}
			side := &m.inputs
			if f.num == 12 {
				side = &m.outputs
			}
			if len(*side) == 1 {
				return fail(CodeGraph, "", "the graph needs exactly one input and one output")
			}
			v, err := parseValueInfo(f.bytes)
			*side = append(*side, v)
			return err
		case 13:
			return fail(CodeForbidden, "", "value_info is not allowed, shapes are inferred: remove it")
		case 16:
			return r.metadata(f)
		default: // among others quantization_annotation and sparse_initializer
			return r.unknown(uint64(f.num))
		}
	})
}

func parseNode(data []byte) (node, error) {
	var n node
	var domain string
	err := fields("NodeProto", data, func(r *reader, f field) error {
		switch f.num {
		case 1, 2:
			side := &n.inputs
			if f.num == 2 {
				side = &n.outputs
			}
			if len(*side) == maxOperands {
				return fail(CodeCount, n.label(), "more than %d inputs or outputs", maxOperands)
			}
			var name string
			err := r.entry(f, &name)
			*side = append(*side, name)
			return err
		case 3:
			return r.text(f, &n.name)
		case 4:
			return r.text(f, &n.operator)
		case 5:
			if len(n.attributes) == maxAttributes {
				return fail(CodeCount, n.label(), "more than %d attributes", maxAttributes)
			}
			if err := r.expect(f, protowire.BytesType); err != nil {
				return err
			}
			a, err := parseAttribute(f.bytes)
			n.attributes = append(n.attributes, a)
			return err
		case 6:
			return r.note(f)
		case 7:
			return r.text(f, &domain)
		case 9:
			return r.metadata(f)
		default:
			return r.unknown(uint64(f.num))
		}
	})
	if err == nil {
		err = defaultDomain(domain, n.label())
	}
	var e *Error
	if errors.As(err, &e) && e.Node == "" {
		e.Node = n.label()
	}
	return n, err
}

func parseAttribute(data []byte) (attribute, error) {
	var a attribute
	var given uint64 // value fields met
	err := fields("AttributeProto", data, func(r *reader, f field) error {
		switch f.num {
		case 1:
			return r.text(f, &a.name)
		case 2:
			given |= 1 << 2
			a.bits = uint32(f.number)
			return r.once(f, protowire.Fixed32Type)
		case 3:
			given |= 1 << 3
			return r.int64(f, &a.num)
		case 8:
			given |= 1 << 8
			return r.varints(f, func(v uint64) error {
				if len(a.nums) == maxInts {
					return fail(CodeCount, "", "attribute %q has more than %d entries", a.name, maxInts)
				}
				a.nums = append(a.nums, int64(v))
				return nil
			})
		case 13:
			return r.note(f)
		case 20:
			return r.int64(f, &a.typ)
		default:
			return fail(CodeForbidden, "", "attribute %q holds a string, a tensor, a graph or a reference", a.name)
		}
	})
	if err != nil {
		return a, err
	}
	var fits uint64
	switch a.typ {
	case attrFloat:
		fits = 1 << 2
	case attrInt:
		fits = 1 << 3
	case attrInts:
		fits = 1 << 8
	}
	if fits == 0 || given&^fits != 0 {
		return a, fail(CodeAttribute, "", "attribute %q: its type is %d and does not match its value", a.name, a.typ)
	}
	return a, nil
}

// tensorData collects the ways in which a TensorProto may carry values.
type tensorData struct {
	raw       []byte  // raw_data, little-endian
	floats    []byte  // float_data, packed
	ints      []int64 // int32_data
	longs     []int64 // int64_data
	hasRaw    bool
	hasFloats bool
}

func parseTensor(data []byte) (initializer, error) {
	var t initializer
	var d tensorData
	var location int64
	err := fields("TensorProto", data, func(r *reader, f field) error {
		switch f.num {
		case 1:
			return r.varints(f, func(v uint64) error {
				if len(t.dims) == maxInts {
					return fail(CodeCount, t.name, "more than %d dimensions", maxInts)
				}
				if v == 0 || v > maxDim {
					return fail(CodeShape, t.name, "dimension %d, expected 1 to %d", int64(v), maxDim)
				}
				t.dims = append(t.dims, int(v))
				return nil
			})
		case 2:
			return r.int64(f, &t.typ)
		case 4:
			d.floats, d.hasFloats = f.bytes, true
			return r.once(f, protowire.BytesType)
		case 5:
			return r.varints(f, func(v uint64) error {
				d.ints = append(d.ints, int64(v))
				return nil
			})
		case 7:
			return r.varints(f, func(v uint64) error {
				d.longs = append(d.longs, int64(v))
				return nil
			})
		case 8:
			return r.text(f, &t.name)
		case 9:
			d.raw, d.hasRaw = f.bytes, true
			return r.once(f, protowire.BytesType)
		case 12:
			return r.note(f)
		case 13:
			return fail(CodeExternalData, t.name, "tensor data outside of the file is not allowed")
		case 14:
			return r.int64(f, &location)
		case 16:
			return r.metadata(f)
		default: // segments, strings, double and uint64 data
			return r.unknown(uint64(f.num))
		}
	})
	if err != nil {
		return t, err
	}
	if location != 0 {
		return t, fail(CodeExternalData, t.name, "tensor data outside of the file is not allowed")
	}
	return t, t.decode(d)
}

// elements returns the product of dims, or false when it is above maxDim.
func elements(dims []int) (int, bool) {
	n := 1
	for _, d := range dims {
		n *= d // at most 2^42: both factors are at most maxDim
		if n > maxDim {
			return 0, false
		}
	}
	return n, true
}

// decode turns the carried data into values and checks their number and range.
func (t *initializer) decode(d tensorData) error {
	n, ok := elements(t.dims)
	if !ok {
		return fail(CodeShape, t.name, "more than %d elements", maxDim)
	}
	var low, high int64
	size := 4
	switch t.typ {
	case typeFloat:
	case typeInt8:
		low, high, size = -1<<7, 1<<7-1, 1
	case typeInt16:
		low, high, size = -1<<15, 1<<15-1, 2
	case typeInt32:
		low, high = -1<<31, 1<<31-1
	case typeInt64:
		size = 8
	default:
		return fail(CodeType, t.name, "initializer of element type %d, expected float, int8, int16, int32 or int64", t.typ)
	}
	if t.typ == typeInt64 && n > maxInts {
		return fail(CodeType, t.name, "int64 is for shapes and axes, at most %d entries", maxInts)
	}
	carriers := 0
	for _, has := range []bool{d.hasRaw, d.hasFloats, d.ints != nil, d.longs != nil} {
		if has {
			carriers++
		}
	}
	fits := carriers == 1
	var at func(i int) int64
	switch {
	case d.ints != nil:
		fits = fits && t.typ != typeFloat && t.typ != typeInt64 && len(d.ints) == n
		at = func(i int) int64 { return d.ints[i] }
	case d.longs != nil:
		fits = fits && t.typ == typeInt64 && len(d.longs) == n
		at = func(i int) int64 { return d.longs[i] }
	default:
		raw := d.raw
		if d.hasFloats {
			fits = fits && t.typ == typeFloat
			raw = d.floats
		}
		fits = fits && len(raw) == n*size
		at = func(i int) int64 { return little(raw[i*size : (i+1)*size]) }
	}
	if !fits {
		return fail(CodeConstant, t.name, "expected the data of %d values, in one field that fits the element type", n)
	}
	if t.typ == typeInt64 {
		t.long = make([]int64, n)
		for i := range t.long {
			t.long[i] = at(i)
		}
		return nil
	}
	t.ints = make([]int32, n)
	for i := range t.ints {
		v := at(i)
		if t.typ != typeFloat && (v < low || v > high) {
			return fail(CodeConstant, t.name, "value %d does not fit the element type", v)
		}
		t.ints[i] = int32(v)
	}
	return nil
}

// little reads a signed little-endian integer of 1, 2, 4 or 8 bytes.
func little(raw []byte) int64 {
	var v uint64
	for i, b := range raw {
		v |= uint64(b) << (8 * i)
	}
	unused := 64 - 8*len(raw)
	return int64(v<<unused) >> unused
}

func parseValueInfo(data []byte) (valueInfo, error) {
	var v valueInfo
	var typ []byte
	err := fields("ValueInfoProto", data, func(r *reader, f field) error {
		switch f.num {
		case 1:
			return r.text(f, &v.name)
		case 2:
			typ = f.bytes
			return r.once(f, protowire.BytesType)
		case 3:
			return r.note(f)
		case 4:
			return r.metadata(f)
		default:
			return r.unknown(uint64(f.num))
		}
	})
	if err != nil {
		return v, err
	}
	var tensor []byte
	err = fields("TypeProto", typ, func(r *reader, f field) error {
		switch f.num {
		case 1:
			tensor = f.bytes
			return r.once(f, protowire.BytesType)
		case 6:
			return r.note(f)
		default: // sequences, maps, optionals, sparse tensors
			return r.unknown(uint64(f.num))
		}
	})
	if err != nil {
		return v, err
	}
	var shape []byte
	err = fields("TypeProto.Tensor", tensor, func(r *reader, f field) error {
		switch f.num {
		case 1:
			return r.int64(f, &v.typ)
		case 2:
			shape = f.bytes
			return r.once(f, protowire.BytesType)
		default:
			return r.unknown(uint64(f.num))
		}
	})
	if err != nil {
		return v, err
	}
	return v, fields("TensorShapeProto", shape, func(r *reader, f field) error {
		if f.num != 1 {
			return r.unknown(uint64(f.num))
		}
		if err := r.expect(f, protowire.BytesType); err != nil {
			return err
		}
		if len(v.dims) == maxInts {
			return fail(CodeCount, v.name, "more than %d dimensions", maxInts)
		}
		d, err := parseDim(v.name, f.bytes)
		if err == nil && (d == 0) != (len(v.dims) == 0) {
			err = fail(CodeShape, v.name, "the first dimension, and no other, must be the symbolic batch")
		}
		v.dims = append(v.dims, d)
		return err
	})
}

// parseDim returns a static dimension, or 0 for a symbolic one.
func parseDim(tensor string, data []byte) (int, error) {
	var value int64
	var static, symbolic bool
	err := fields("TensorShapeProto.Dimension", data, func(r *reader, f field) error {
		switch f.num {
		case 1:
			static = true
			return r.int64(f, &value)
		case 2:
			symbolic = true
			return r.note(f)
		case 3:
			return r.note(f)
		default:
			return r.unknown(uint64(f.num))
		}
	})
	if err != nil || !static {
		return 0, err
	}
	if symbolic {
		return 0, fail(CodeMalformed, tensor, "a dimension is both static and symbolic")
	}
	if value < 1 || value > maxDim {
		return 0, fail(CodeShape, tensor, "dimension %d, expected 1 to %d", value, maxDim)
	}
	return int(value), nil
}
