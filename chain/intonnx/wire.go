package intonnx

import (
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is one field of a protobuf message. For length-delimited fields bytes
// is set, for all others number holds the raw bits.
type field struct {
	num    protowire.Number
	typ    protowire.Type
	number uint64
	bytes  []byte
}

// reader walks over the fields of one protobuf message. It is stricter than
// protobuf asks for, so that no two parsers can read one file in two ways: a
// singular field may appear once, varints are as short as possible, groups do
// not exist.
type reader struct {
	message string // name of the ONNX message, for errors
	rest    []byte
	seen    uint64 // singular fields met so far; ONNX has no field number above 63
}

func newReader(message string, data []byte) *reader {
	return &reader{message: message, rest: data}
}

func (r *reader) malformed(format string, args ...any) error {
	return fail(CodeMalformed, "", r.message+": "+format, args...)
}

func (r *reader) varint() (uint64, error) {
	v, n := protowire.ConsumeVarint(r.rest)
	if n < 0 || n != protowire.SizeVarint(v) {
		return 0, r.malformed("a varint is truncated or longer than needed")
	}
	r.rest = r.rest[n:]
	return v, nil
}

// next returns the next field, or false at the end of the message.
func (r *reader) next() (field, bool, error) {
	if len(r.rest) == 0 {
		return field{}, false, nil
	}
	tag, err := r.varint()
	if err != nil {
		return field{}, false, err
	}
	if tag>>3 == 0 {
		return field{}, false, r.malformed("field 0")
	}
	if tag>>3 > 63 {
		return field{}, false, r.unknown(tag >> 3)
	}
	f := field{num: protowire.Number(tag >> 3), typ: protowire.Type(tag & 7)}
	switch f.typ {
	case protowire.VarintType:
		f.number, err = r.varint()
		return f, err == nil, err
	case protowire.Fixed32Type:
		v, n := protowire.ConsumeFixed32(r.rest)
		if n < 0 {
			return f, false, r.malformed("field %d is truncated", f.num)
		}
		f.number, r.rest = uint64(v), r.rest[n:]
	case protowire.BytesType:
		size, err := r.varint()
		if err != nil {
			return f, false, err
		}
		if size > uint64(len(r.rest)) {
			return f, false, r.malformed("field %d is truncated", f.num)
		}
		f.bytes, r.rest = r.rest[:size:size], r.rest[size:]
	default:
		return f, false, r.malformed("field %d has the unexpected wire type %d", f.num, f.typ)
	}
	return f, true, nil
}

func (r *reader) expect(f field, typ protowire.Type) error {
	if f.typ != typ {
		return r.malformed("field %d has wire type %d, expected %d", f.num, f.typ, typ)
	}
	return nil
}

// once marks a singular field and refuses it the second time.
func (r *reader) once(f field, typ protowire.Type) error {
	if r.seen&(1<<f.num) != 0 {
		return r.malformed("field %d is given twice", f.num)
	}
	r.seen |= 1 << f.num
	return r.expect(f, typ)
}

// int64 reads a singular integer field.
func (r *reader) int64(f field, into *int64) error {
	*into = int64(f.number)
	return r.once(f, protowire.VarintType)
}

// text reads a singular string field.
func (r *reader) text(f field, into *string) error {
	if err := r.once(f, protowire.BytesType); err != nil {
		return err
	}
	return r.entry(f, into)
}

// entry reads one entry of a repeated string field.
func (r *reader) entry(f field, into *string) error {
	if err := r.expect(f, protowire.BytesType); err != nil {
		return err
	}
	if !utf8.Valid(f.bytes) {
		return r.malformed("field %d is not UTF-8", f.num)
	}
	*into = string(f.bytes)
	return nil
}

// note reads a singular string that the profile has no use for.
func (r *reader) note(f field) error {
	var ignored string
	return r.text(f, &ignored)
}

// metadata reads one StringStringEntryProto, which the profile has no use for.
func (r *reader) metadata(f field) error {
	if err := r.expect(f, protowire.BytesType); err != nil {
		return err
	}
	entry := newReader("StringStringEntryProto", f.bytes)
	for {
		f, ok, err := entry.next()
		if err != nil || !ok {
			return err
		}
		if f.num > 2 {
			return entry.unknown(uint64(f.num))
		}
		if err := entry.note(f); err != nil {
			return err
		}
	}
}

func (r *reader) unknown(num uint64) error {
	return fail(CodeForbidden, "", "%s: field %d is not part of the profile", r.message, num)
}

// varints reads a repeated integer field, packed or not, one value a call of
// add.
func (r *reader) varints(f field, add func(uint64) error) error {
	if f.typ == protowire.VarintType {
		return add(f.number)
	}
	if err := r.expect(f, protowire.BytesType); err != nil {
		return err
	}
	packed := newReader(r.message, f.bytes)
	for len(packed.rest) > 0 {
		v, err := packed.varint()
		if err != nil {
			return err
		}
		if err := add(v); err != nil {
			return err
		}
	}
	return nil
}
