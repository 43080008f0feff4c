package intonnx_test

import (
	"math/rand/v2"
	"testing"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/intonnx/internal/corpus"
)

var benchModels = []struct {
	name string
	file func() []byte
}{{"MLP", corpus.MLP}, {"LeNet", corpus.LeNet}, {"Separable", corpus.Separable}}

func BenchmarkRun(b *testing.B) {
	for _, m := range benchModels {
		b.Run(m.name, func(b *testing.B) {
			p, err := intonnx.Check(m.file(), intonnx.Limits{})
			if err != nil {
				b.Fatal(err)
			}
			input := corpus.RandomInputs(rand.New(rand.NewPCG(1, 2)), p, 1)
			out := make([]int32, p.Info.OutputSize())
			var scratch intonnx.Scratch
			b.ReportAllocs()
			for b.Loop() {
				if err := p.RunInto(&scratch, out, input); err != nil {
					b.Fatal(err)
				}
			}
			reportSpeed(b, p)
		})
	}
}

func BenchmarkRunNaive(b *testing.B) {
	p, err := intonnx.Check(corpus.LeNet(), intonnx.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	input := corpus.RandomInputs(rand.New(rand.NewPCG(1, 2)), p, 1)
	for b.Loop() {
		if _, err := p.RunNaive(input); err != nil {
			b.Fatal(err)
		}
	}
	reportSpeed(b, p)
}

func BenchmarkCheck(b *testing.B) {
	for _, m := range benchModels {
		b.Run(m.name, func(b *testing.B) {
			file := m.file()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := intonnx.Check(file, intonnx.Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func reportSpeed(b *testing.B, p *intonnx.Program) {
	macs := float64(p.Info.MACs) * float64(b.N)
	b.ReportMetric(macs/float64(b.Elapsed().Nanoseconds()), "GMAC/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ms/run")
}
