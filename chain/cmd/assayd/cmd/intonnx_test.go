package cmd

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const corpusDir = "../../../../testdata/intonnx"

// runIntONNX runs the command and returns what it printed.
func runIntONNX(args ...string) (string, error) {
	command := IntONNXCommand()
	command.SilenceErrors, command.SilenceUsage = true, true
	var out bytes.Buffer
	command.SetOut(&out)
	command.SetArgs(args)
	err := command.Execute()
	return out.String(), err
}

func corpusFile(name string) string { return filepath.Join(corpusDir, "files", name) }

func TestIntONNXCheckPrintsInfo(t *testing.T) {
	out, err := runIntONNX("check", corpusFile("good-mlp.onnx"))
	require.NoError(t, err)
	require.JSONEq(t, `{"ok":true,"sha256":"fc70354718f815e72b44622bc8d59e8688e81d21a02ce5cac146d4b2a1d95e70",
		"macs":45,"elements":32,"bound_bits":17,"input":{"type":"int8","shape":[6]},"outputs":[3]}`, out)
}

func TestIntONNXRefusalIsJSONAndAnError(t *testing.T) {
	large := filepath.Join(t.TempDir(), "large.onnx")
	require.NoError(t, os.WriteFile(large, make([]byte, 10<<20), 0o600))
	for file, code := range map[string]string{
		corpusFile("bad-bound-gemm.onnx"):       "bound",
		corpusFile("bad-operator-Sigmoid.onnx"): "operator",
		corpusFile("bad-truncated.onnx"):        "malformed",
		large:                                   "file_size",
	} {
		for _, args := range [][]string{{"check", file}, {"run", file, "--input", file}} {
			out, err := runIntONNX(args...)
			require.Error(t, err, "%v", args)
			var printed struct {
				Error struct{ Code, Node, Message string }
			}
			require.NoError(t, json.Unmarshal([]byte(out), &printed), "%v printed %s", args, out)
			require.Equal(t, code, printed.Error.Code)
			require.NotEmpty(t, printed.Error.Message)
		}
	}
}

func TestIntONNXRunGivesTheOutputsOfTheCorpus(t *testing.T) {
	index, err := os.ReadFile(filepath.Join(corpusDir, "corpus.json"))
	require.NoError(t, err)
	var entries []struct {
		File    string
		Vectors []struct {
			Input  string
			Output []int32
		}
	}
	require.NoError(t, json.Unmarshal(index, &entries))
	raw := filepath.Join(t.TempDir(), "items.bin")
	ran := 0
	for _, e := range entries {
		if !strings.HasPrefix(e.File, "good-") {
			continue
		}
		var items []byte
		var want [][]int32
		for _, v := range e.Vectors {
			item, err := hex.DecodeString(v.Input)
			require.NoError(t, err)
			items, want = append(items, item...), append(want, v.Output)
		}
		require.NoError(t, os.WriteFile(raw, items, 0o600))
		out, err := runIntONNX("run", corpusFile(e.File), "--input", raw, "--batch", "3")
		require.NoError(t, err, e.File)
		var got struct{ Outputs [][]int32 }
		require.NoError(t, json.Unmarshal([]byte(out), &got))
		require.Equal(t, want, got.Outputs, e.File)
		ran++
	}
	require.Positive(t, ran)
}

func TestIntONNXRunRefusesWrongInputs(t *testing.T) {
	raw := filepath.Join(t.TempDir(), "items.bin")
	require.NoError(t, os.WriteFile(raw, make([]byte, 12), 0o600))
	for _, c := range []struct {
		args []string
		text string
	}{
		{[]string{"run", corpusFile("good-mlp.onnx"), "--input", raw}, "has 12 bytes, expected 1 items of 6 bytes"},
		{[]string{"run", corpusFile("good-mlp.onnx"), "--input", raw, "--batch", "0"}, "expected 0 items"},
		{[]string{"run", corpusFile("good-mlp.onnx"), "--input", raw + "x"}, "no such file"},
		{[]string{"run", corpusFile("good-mlp.onnx")}, `required flag(s) "input" not set`},
		{[]string{"check", "missing.onnx"}, "no such file"},
		{[]string{"check"}, "accepts 1 arg(s)"},
	} {
		_, err := runIntONNX(c.args...)
		require.ErrorContains(t, err, c.text)
	}
}
