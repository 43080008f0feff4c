package types

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/x/poi/protocol"
)

func classSpec() ArenaSpec {
	return ArenaSpec{
		Name: "digits", Description: "Handwritten digits", InputType: TENSOR_TYPE_INT16, InputShape: []uint32{1, 28, 28},
		Preprocessing: "gray-28x28", Answer: ANSWER_KIND_CLASS, Labels: []string{"zero", "one"},
	}
}

func TestArenaSpec(t *testing.T) {
	scalar := func(s *ArenaSpec) { s.Answer, s.Labels, s.Tolerance = ANSWER_KIND_SCALAR, nil, 5 }
	many := make([]string, 257)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for _, c := range []struct {
		name   string
		change func(s *ArenaSpec)
		err    string // empty for success
	}{
		{"success - classes", func(*ArenaSpec) {}, ""},
		{"success - scalar", scalar, ""},
		{"success - 256 classes", func(s *ArenaSpec) { s.Labels = many[:256] }, ""},
		{"success - description of lines", func(s *ArenaSpec) { s.Description = "a\n\tb" }, ""},
		{"error - no name", func(s *ArenaSpec) { s.Name = "" }, `arena name ""`},
		{"error - long name", func(s *ArenaSpec) { s.Name = strings.Repeat("a", 33) }, "expected 1 to 32"},
		{"error - name with a line break", func(s *ArenaSpec) { s.Name = "digits\n" }, "expected 1 to 32"},
		{"error - no preprocessing", func(s *ArenaSpec) { s.Preprocessing = "" }, `preprocessing ""`},
		{"error - description rings", func(s *ArenaSpec) { s.Description = "\a" }, "control character U+0007"},
		{"error - unknown input type", func(s *ArenaSpec) { s.InputType = 9 }, "expected uint8, int8 or int16"},
		{"error - four dimensions", func(s *ArenaSpec) { s.InputShape = []uint32{1, 1, 1, 1} }, "1 to 3 dimensions"},
		{"error - item too large", func(s *ArenaSpec) { s.InputShape = []uint32{32_769} }, "at most 65536 bytes"},
		{"error - 257 classes", func(s *ArenaSpec) { s.Labels = many }, "257 classes"},
		{"error - empty label", func(s *ArenaSpec) { s.Labels = []string{"a", ""} }, "label is empty"},
		{"error - unknown kind of answer", func(s *ArenaSpec) { s.Answer = 7 }, "unknown kind of answer 7"},
		{"error - no kind of answer", func(s *ArenaSpec) { s.Answer = ANSWER_KIND_UNSPECIFIED }, "unknown kind of answer 0"},
		{"error - scalar with labels", func(s *ArenaSpec) { scalar(s); s.Labels = []string{"a", "b"} }, "2 classes in a scalar arena"},
		{"error - tolerance of everything", func(s *ArenaSpec) { scalar(s); s.Tolerance = 1<<24 + 1 }, "tolerance 16777217"},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := classSpec()
			c.change(&spec)
			if c.err == "" {
				require.NoError(t, spec.Validate())
			} else {
				require.ErrorIs(t, spec.Validate(), ErrInvalid)
				require.ErrorContains(t, spec.Validate(), c.err)
			}
		})
	}
	require.Equal(t, 2*28*28, classSpec().ItemBytes())
	require.Equal(t, protocol.Format{Kind: protocol.KindClass, Classes: 2}, classSpec().Format())
	spec := classSpec()
	scalar(&spec)
	require.Equal(t, protocol.Format{Kind: protocol.KindScalar, Tolerance: 5}, spec.Format())
}

func TestArenaAccepts(t *testing.T) {
	info := func(change func(i *intonnx.Info)) intonnx.Info {
		i := intonnx.Info{Input: intonnx.TensorInfo{Type: "int16", Shape: []int{1, 28, 28}}, Outputs: []int{2}}
		change(&i)
		return i
	}
	require.NoError(t, classSpec().Accepts(info(func(*intonnx.Info) {})))
	for text, change := range map[string]func(i *intonnx.Info){
		"input type TENSOR_TYPE_UINT8, arena digits expects TENSOR_TYPE_INT16": func(i *intonnx.Info) { i.Input.Type = "uint8" },
		"input shape [28 28], arena digits expects [1 28 28]":                  func(i *intonnx.Info) { i.Input.Shape = []int{28, 28} },
		"input shape [28 28 1], arena digits expects [1 28 28]":                func(i *intonnx.Info) { i.Input.Shape = []int{28, 28, 1} },
		"output shape [3], arena digits expects [2]":                           func(i *intonnx.Info) { i.Outputs = []int{3} },
		"output shape [2 1], arena digits expects [2]":                         func(i *intonnx.Info) { i.Outputs = []int{2, 1} },
	} {
		err := classSpec().Accepts(info(change))
		require.ErrorIs(t, err, ErrModelFile)
		require.ErrorContains(t, err, text)
	}
	_, err := InputType("float")
	require.ErrorContains(t, err, `input type "float"`)
}
