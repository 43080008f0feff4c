package intonnx_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

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
			best := time.Duration(math.MaxInt64)
			for b.Loop() {
				start := time.Now()
				if err := p.RunInto(&scratch, out, input); err != nil {
					b.Fatal(err)
				}
				best = min(best, time.Since(start))
			}
			reportSpeed(b, p, best)
		})
	}
}

func BenchmarkRunNaive(b *testing.B) {
	p, err := intonnx.Check(corpus.LeNet(), intonnx.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	input := corpus.RandomInputs(rand.New(rand.NewPCG(1, 2)), p, 1)
	best := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		if _, err := p.RunNaive(input); err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	reportSpeed(b, p, best)
}

// What a unit of cost takes at worst bounds the time of a block's audits.
func BenchmarkSlow(b *testing.B) {
	for name, file := range corpus.Slow() {
		b.Run(name, func(b *testing.B) {
			p, err := intonnx.Check(file, intonnx.Limits{})
			if err != nil {
				b.Fatal(err)
			}
			input, out := make([]byte, p.Info.Input.Bytes()), make([]int32, p.Info.OutputSize())
			var scratch intonnx.Scratch
			best := time.Duration(math.MaxInt64)
			for b.Loop() {
				start := time.Now()
				if err := p.RunInto(&scratch, out, input); err != nil {
					b.Fatal(err)
				}
				best = min(best, time.Since(start))
			}
			b.ReportMetric(float64(best.Nanoseconds())/float64(p.Info.Cost()), "best-ns/cost")
		})
	}
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

// reportSpeed reports the mean, and the best run: what the interpreter does when
// nothing else has the processor.
func reportSpeed(b *testing.B, p *intonnx.Program, best time.Duration) {
	macs := float64(p.Info.MACs)
	b.ReportMetric(macs*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GMAC/s")
	b.ReportMetric(macs/float64(best.Nanoseconds()), "best-GMAC/s")
	b.ReportMetric(float64(best.Nanoseconds())/1e6, "best-ms/run")
}
