// Command gen writes what other programs need to test intonnx:
//
//	gen corpus DIR             the shared corpus
//	gen random COUNT SEED      random models, one JSON object a line, to standard output
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/intonnx/internal/corpus"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "corpus":
		return writeCorpus(args[1])
	case len(args) == 3 && args[0] == "random":
		count, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		seed, err := strconv.ParseUint(args[2], 10, 64)
		if err != nil {
			return err
		}
		return writeRandom(count, seed)
	default:
		return fmt.Errorf("usage: gen corpus DIR | gen random COUNT SEED")
	}
}

func writeCorpus(dir string) error {
	files, index, err := corpus.Shared()
	if err != nil {
		return err
	}
	kept := filepath.Join(dir, "files")
	if err := os.RemoveAll(kept); err != nil {
		return err
	}
	if err := os.MkdirAll(kept, 0o755); err != nil {
		return err
	}
	for name, file := range files {
		if err := os.WriteFile(filepath.Join(kept, name), file, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "corpus.json"), index, 0o644)
}

// sample is a random model with inputs back to back and the outputs of each.
type sample struct {
	Seed    uint64       `json:"seed"`
	Model   []byte       `json:"model"`  // base64
	Inputs  []byte       `json:"inputs"` // base64
	Batch   int          `json:"batch"`
	Info    intonnx.Info `json:"info"`
	Outputs [][]int32    `json:"outputs"`
}

func writeRandom(count int, seed uint64) error {
	const batch = 3
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	var scratch intonnx.Scratch
	for i := range uint64(count) {
		file, p, inputs := corpus.Random(seed+i, batch)
		outputs, err := p.RunBatch(&scratch, inputs)
		if err != nil {
			return err
		}
		if err := encoder.Encode(sample{seed + i, file, inputs, batch, p.Info, outputs}); err != nil {
			return err
		}
	}
	return out.Flush()
}
