// Command gen writes what other programs need to test intonnx:
//
//	gen corpus DIR             the shared corpus
//	gen random COUNT SEED      random models and inputs, one JSON object a line, to standard output
//	gen files SEED FILE...     the same for model files and random inputs
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
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
	case len(args) >= 3 && args[0] == "files":
		seed, err := strconv.ParseUint(args[1], 10, 64)
		if err != nil {
			return err
		}
		return writeFiles(seed, args[2:])
	default:
		return fmt.Errorf("usage: gen corpus DIR | gen random COUNT SEED | gen files SEED FILE [FILE ...]")
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

// sample is a model with random inputs back to back and the outputs of each.
type sample struct {
	Name    string       `json:"name"`
	Model   []byte       `json:"model"`  // base64
	Inputs  []byte       `json:"inputs"` // base64
	Batch   int          `json:"batch"`
	Info    intonnx.Info `json:"info"`
	Outputs [][]int32    `json:"outputs"`
}

func writeRandom(count int, seed uint64) error {
	const batch = 3
	return writeSamples(count, func(i int) (sample, *intonnx.Program, error) {
		file, p, inputs := corpus.Random(seed+uint64(i), batch)
		return sample{Name: fmt.Sprintf("seed %d", seed+uint64(i)), Model: file, Inputs: inputs, Batch: batch}, p, nil
	})
}

func writeFiles(seed uint64, paths []string) error {
	const batch = 16
	r := rand.New(rand.NewPCG(seed, 0))
	return writeSamples(len(paths), func(i int) (sample, *intonnx.Program, error) {
		file, err := os.ReadFile(paths[i])
		if err != nil {
			return sample{}, nil, err
		}
		p, err := intonnx.Check(file, intonnx.Limits{})
		if err != nil {
			return sample{}, nil, fmt.Errorf("%s: %w", paths[i], err)
		}
		return sample{Name: paths[i], Model: file, Inputs: corpus.RandomInputs(r, p, batch), Batch: batch}, p, nil
	})
}

// writeSamples runs the samples and prints them.
func writeSamples(count int, next func(int) (sample, *intonnx.Program, error)) error {
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	var scratch intonnx.Scratch
	for i := range count {
		s, p, err := next(i)
		if err != nil {
			return err
		}
		s.Info = p.Info
		if s.Outputs, err = p.RunBatch(&scratch, s.Inputs); err != nil {
			return err
		}
		if err := encoder.Encode(s); err != nil {
			return err
		}
	}
	return out.Flush()
}
