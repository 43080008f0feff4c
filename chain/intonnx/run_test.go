package intonnx_test

import (
	"testing"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/intonnx/internal/corpus"
)

// The fast kernel and the oracle must agree on every model and input.
func TestRunAgreesWithNaiveOnRandomModels(t *testing.T) {
	var scratch intonnx.Scratch
	for seed := range uint64(400) {
		_, p, inputs := corpus.Random(seed, 3)
		fast, err := p.RunBatch(&scratch, inputs)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		size := p.Info.Input.Bytes()
		for i := range fast {
			naive, err := p.RunNaive(inputs[i*size:][:size])
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			for j := range naive {
				if naive[j] != fast[i][j] {
					t.Fatalf("seed %d item %d output %d: fast %d, naive %d", seed, i, j, fast[i][j], naive[j])
				}
			}
		}
	}
}
