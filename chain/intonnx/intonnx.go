// Package intonnx parses, checks and runs models of the profile IntONNX-24:
// ONNX files that are exact integer functions, because every constant is an
// integer and every partial sum is proven to stay strictly inside ±2^24, where
// float32 arithmetic does not round. Any ONNX runtime on a CPU therefore gives
// the integers that this package gives.
//
// The package is consensus code: no floating point, no goroutines, no maps
// whose order matters, no clock. docs/protocol/intonnx-24.md is the normative
// text; testdata/intonnx holds the corpus that every implementation shares.
package intonnx

//go:generate go run ./internal/gen corpus ../../testdata/intonnx

import (
	"encoding/hex"
	"fmt"
)

// Ceilings of the profile. Limits may lower the first three, never raise them.
const (
	MaxFileBytes = 1 << 20    // bytes of the ONNX file
	MaxNodes     = 256        // nodes of the graph
	MaxMACs      = 16_000_000 // multiply-accumulates of one run
	MaxElements  = 2_000_000  // output elements of one run, summed over nodes
	MaxCost      = MaxMACs + MaxElements

	// bound is the exclusive limit of |value| for every constant, value and
	// partial sum: float32 holds every integer up to 2^24.
	bound = 1 << 24
)

// Sizes are multiplied as int before they are compared with their ceilings; this
// refuses to compile where int has 32 bits and they could wrap.
const _ int = 1 << 62

// Limits are what a chain accepts below the ceilings of the profile. A field
// that is zero, or above the ceiling, means the ceiling.
type Limits struct {
	FileBytes int    // bytes of the ONNX file
	Nodes     int    // nodes of the graph
	Cost      uint64 // MACs + elements of one run
}

func (l Limits) withCeilings() Limits {
	if l.FileBytes <= 0 || l.FileBytes > MaxFileBytes {
		l.FileBytes = MaxFileBytes
	}
	if l.Nodes <= 0 || l.Nodes > MaxNodes {
		l.Nodes = MaxNodes
	}
	if l.Cost == 0 || l.Cost > MaxCost {
		l.Cost = MaxCost
	}
	return l
}

// Hash is the SHA-256 of a model file; in text it is lower-case hex.
type Hash [32]byte

// String returns the hash as 64 hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText lets encoding/json write the hash as hex.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) == hex.EncodedLen(len(h)) {
		if _, err := hex.Decode(h[:], text); err == nil {
			return nil
		}
	}
	return fmt.Errorf("intonnx: %q is not a hash of 64 hex digits", text)
}

// TensorInfo is the element type and the shape of one item, without the batch
// dimension, row-major.
type TensorInfo struct {
	Type  string `json:"type"` // "uint8", "int8" or "int16"
	Shape []int  `json:"shape"`
}

// Bytes returns the size of one raw item.
func (t TensorInfo) Bytes() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	if t.Type == "int16" {
		n *= 2
	}
	return n
}

// Info is what the checker proved about a model.
type Info struct {
	SHA256    Hash       `json:"sha256"`
	MACs      uint64     `json:"macs"`       // multiply-accumulates and pooling comparisons of one run
	Elements  uint64     `json:"elements"`   // output elements of one run, summed over nodes
	BoundBits int        `json:"bound_bits"` // bits of the largest magnitude any partial sum can reach, at most 24
	Input     TensorInfo `json:"input"`
	Outputs   []int      `json:"outputs"` // shape of one item's int32 output, row-major
}

// Cost is what a run is charged: MACs + elements, dense whatever the input.
func (i Info) Cost() uint64 { return i.MACs + i.Elements }

// OutputSize returns the number of int32 values of one item's output.
func (i Info) OutputSize() int {
	n := 1
	for _, d := range i.Outputs {
		n *= d
	}
	return n
}

// Check parses and checks an ONNX file. The error, if any, is an *Error.
func Check(file []byte, limits Limits) (*Program, error) {
	limits = limits.withCeilings()
	m, err := parse(file, limits)
	if err != nil {
		return nil, err
	}
	g, err := check(m, limits)
	if err != nil {
		return nil, err
	}
	return compile(file, g), nil
}
