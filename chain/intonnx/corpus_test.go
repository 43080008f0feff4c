package intonnx_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/intonnx/internal/corpus"
)

const corpusDir = "../../testdata/intonnx"

func readCorpus(t testing.TB) []corpus.Entry {
	t.Helper()
	index, err := os.ReadFile(filepath.Join(corpusDir, "corpus.json"))
	if err != nil {
		t.Fatal(err)
	}
	var entries []corpus.Entry
	if err := json.Unmarshal(index, &entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

func readEntry(t testing.TB, e corpus.Entry) []byte {
	t.Helper()
	if e.Generate != nil {
		file, err := e.Generate.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	file, err := os.ReadFile(filepath.Join(corpusDir, "files", e.File))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Every file of the shared corpus gets its verdict, and the good ones their outputs.
func TestCorpus(t *testing.T) {
	covered := map[intonnx.Code]bool{}
	for _, e := range readCorpus(t) {
		t.Run(e.File+e.About, func(t *testing.T) {
			p, err := intonnx.Check(readEntry(t, e), intonnx.Limits{})
			if !e.OK {
				covered[e.Code] = true
				var refusal *intonnx.Error
				if !errors.As(err, &refusal) || refusal.Code != e.Code {
					t.Fatalf("expected the code %s, got %v", e.Code, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(p.Info, *e.Info) {
				t.Fatalf("expected %+v, got %+v", *e.Info, p.Info)
			}
			var scratch intonnx.Scratch
			for _, v := range e.Vectors {
				input, err := hex.DecodeString(v.Input)
				if err != nil {
					t.Fatal(err)
				}
				fast, err := p.Run(&scratch, input)
				if err != nil {
					t.Fatal(err)
				}
				naive, err := p.RunNaive(input)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(fast, v.Output) || !slices.Equal(naive, v.Output) {
					t.Fatalf("input %s: expected %v, fast %v, naive %v", v.Input, v.Output, fast, naive)
				}
			}
		})
	}
	for _, code := range intonnx.Codes {
		if !covered[code] {
			t.Errorf("no bad file has the code %s", code)
		}
	}
}

// The files in testdata are those that the generator writes.
func TestCorpusIsGenerated(t *testing.T) {
	files, index, err := corpus.Shared()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(filepath.Join(corpusDir, "corpus.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, index) {
		t.Error("corpus.json differs: run go generate ./intonnx")
	}
	names, err := os.ReadDir(filepath.Join(corpusDir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != len(files) {
		t.Errorf("%d files, expected %d: run go generate ./intonnx", len(names), len(files))
	}
	for name, file := range files {
		kept, err := os.ReadFile(filepath.Join(corpusDir, "files", name))
		if err != nil || !bytes.Equal(kept, file) {
			t.Errorf("%s differs (%v): run go generate ./intonnx", name, err)
		}
	}
}
