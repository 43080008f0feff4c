package intonnx_test

import (
	"runtime"
	"slices"
	"testing"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/intonnx/internal/corpus"
)

// FuzzCheck: whatever the bytes, the checker neither panics nor allocates out of
// proportion, and what it accepts runs the same in both interpreters.
func FuzzCheck(f *testing.F) {
	for _, e := range readCorpus(f) {
		if e.File != "" {
			f.Add(readEntry(f, e), []byte{1, 2, 3})
		}
	}
	f.Add(corpus.MLP(), []byte{})
	f.Fuzz(func(t *testing.T, file, input []byte) {
		const cost = 20_000
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := intonnx.Check(file, intonnx.Limits{Cost: cost})
		runtime.ReadMemStats(&after)
		// The worst of the corpus takes 60 bytes per byte of file and unit of cost.
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+200*(len(file)+cost)); got > most {
			t.Fatalf("%d bytes allocated for a file of %d (%v)", got, len(file), err)
		}
		checkAndCompare(t, file, input)
	})
}

// FuzzRun: on every random model and input the interpreters agree.
func FuzzRun(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed, []byte{byte(seed), 255, 0, 128})
	}
	f.Fuzz(func(t *testing.T, seed uint64, input []byte) {
		_, p, item := corpus.Random(seed, 1)
		copy(item, input)
		naive, err := p.RunNaive(item)
		if err != nil {
			t.Fatal(err)
		}
		fast, err := p.Run(new(intonnx.Scratch), item)
		if err != nil || !slices.Equal(naive, fast) {
			t.Fatalf("naive %v, fast %v, %v", naive, fast, err)
		}
	})
}
