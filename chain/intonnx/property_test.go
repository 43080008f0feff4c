package intonnx_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/intonnx/internal/corpus"
)

// No value leaves its range, and no partial sum in any order its hull.
func TestIntervalsHold(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for seed := range uint64(150) {
		file, p, inputs := corpus.Random(1000+seed, 3)
		size := p.Info.Input.Bytes()
		for i := range 3 {
			if tensor, value, found := intonnx.Violation(file, inputs[i*size:][:size], r); found {
				t.Fatalf("seed %d: tensor %d takes %d, outside of its interval", 1000+seed, tensor, value)
			}
		}
	}
}

// The conversions by bits agree with float arithmetic.
func TestFloatBits(t *testing.T) {
	check := func(b uint32) {
		f := float64(math.Float32frombits(b))
		v, ok := intonnx.IntegerFromBits(b)
		want := f == math.Trunc(f) && math.Abs(f) < 1<<24
		if ok != want || ok && float64(v) != f {
			t.Fatalf("%08x is %v: got %d, %v", b, f, v, ok)
		}
		k, ok := intonnx.ShiftFromBits(b)
		_, exponent := math.Frexp(f)
		want = exponent <= 1 && exponent >= -23 && f == math.Ldexp(1, exponent-1)
		if ok != want || ok && int(k) != 1-exponent {
			t.Fatalf("%08x is %v: got 2^-%d, %v", b, f, k, ok)
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 200_000 {
		check(r.Uint32())
		check(math.Float32bits(float32(r.IntN(1<<26) - 1<<25)))
	}
	for exponent := range uint32(256) {
		for _, mantissa := range []uint32{0, 1, 1 << 22, 1<<23 - 1} {
			check(exponent<<23 | mantissa)
			check(1<<31 | exponent<<23 | mantissa)
		}
	}
}

// Every prefix of a correct file is refused, and no flipped bit makes the checker
// panic or the two interpreters differ.
func TestDamagedFiles(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for seed := range uint64(20) {
		file, _, _ := corpus.Random(2000+seed, 1)
		for range 40 {
			if _, err := intonnx.Check(file[:r.IntN(len(file))], intonnx.Limits{}); err == nil {
				t.Fatalf("seed %d: a prefix of the file is accepted", 2000+seed)
			}
			damaged := bytes.Clone(file)
			damaged[r.IntN(len(file))] ^= 1 << r.IntN(8)
			checkAndCompare(t, damaged, nil)
		}
	}
}

// checkAndCompare checks any bytes; if they are a model, both interpreters must
// agree on the input, cut or padded to size.
func checkAndCompare(t *testing.T, file, input []byte) {
	t.Helper()
	p, err := intonnx.Check(file, intonnx.Limits{Cost: 400_000})
	if err != nil {
		var refusal *intonnx.Error
		if !errors.As(err, &refusal) || !slices.Contains(intonnx.Codes, refusal.Code) {
			t.Fatalf("not a refusal with a known code: %v", err)
		}
		return
	}
	item := make([]byte, p.Info.Input.Bytes())
	copy(item, input)
	naive, err := p.RunNaive(item)
	if err != nil {
		t.Fatal(err)
	}
	fast, err := p.Run(new(intonnx.Scratch), item)
	if err != nil || !slices.Equal(naive, fast) {
		t.Fatalf("naive %v, fast %v, %v", naive, fast, err)
	}
}

// A scratch that has run other programs leaves no trace in later runs.
func TestScratchIsReusable(t *testing.T) {
	var shared intonnx.Scratch
	for seed := range uint64(60) {
		_, p, inputs := corpus.Random(3000+seed, 2)
		reused, err := p.RunBatch(&shared, inputs)
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := p.RunBatch(new(intonnx.Scratch), inputs)
		if err != nil {
			t.Fatal(err)
		}
		for i := range fresh {
			if !slices.Equal(reused[i], fresh[i]) {
				t.Fatalf("seed %d: reused %v, fresh %v", 3000+seed, reused[i], fresh[i])
			}
		}
	}
}

// After the first run nothing is allocated.
func TestRunIntoDoesNotAllocate(t *testing.T) {
	p, err := intonnx.Check(corpus.LeNet(), intonnx.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var scratch intonnx.Scratch
	input, out := make([]byte, p.Info.Input.Bytes()), make([]int32, p.Info.OutputSize())
	if n := testing.AllocsPerRun(3, func() {
		if err := p.RunInto(&scratch, out, input); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Fatalf("%v allocations a run", n)
	}
}

// A program may run in many goroutines, each with its own scratch (see -race).
func TestProgramIsShared(t *testing.T) {
	_, p, inputs := corpus.Random(4000, 2)
	want, err := p.RunBatch(new(intonnx.Scratch), inputs)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			got, err := p.RunBatch(new(intonnx.Scratch), inputs)
			if err != nil || !slices.Equal(got[1], want[1]) {
				t.Errorf("got %v, %v, expected %v", got, err, want)
			}
		})
	}
	wg.Wait()
}

func TestLimits(t *testing.T) {
	file := corpus.MLP()
	p, err := intonnx.Check(file, intonnx.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		limits intonnx.Limits
		code   intonnx.Code // "" for success
	}{
		{"success - ceilings cannot be raised", intonnx.Limits{FileBytes: 1 << 40, Nodes: 1 << 40, Cost: 1 << 60}, ""},
		{"success - cost exactly", intonnx.Limits{Cost: p.Info.Cost()}, ""},
		{"success - size exactly", intonnx.Limits{FileBytes: len(file)}, ""},
		{"error - cost", intonnx.Limits{Cost: p.Info.Cost() - 1}, intonnx.CodeCost},
		{"error - size", intonnx.Limits{FileBytes: len(file) - 1}, intonnx.CodeFileSize},
		{"error - nodes", intonnx.Limits{Nodes: 5}, intonnx.CodeCount},
		{"error - input alone is too large", intonnx.Limits{Cost: 783}, intonnx.CodeCost},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := intonnx.Check(file, c.limits)
			var refusal *intonnx.Error
			if c.code == "" && err != nil || c.code != "" && (!errors.As(err, &refusal) || refusal.Code != c.code) {
				t.Fatalf("expected the code %q, got %v", c.code, err)
			}
		})
	}
}

// Nodes that share weights share what is made of them, so that a small file
// cannot fill a cache of programs.
func TestSharedWeightsAreHeldOnce(t *testing.T) {
	const n = 200
	model := func(layers int) *intonnx.Program {
		b := corpus.NewBuilder(corpus.Uint8, n)
		h, w := b.Cast("x", corpus.Float), b.Const(make([]int, n*n), n, n)
		for range layers {
			h = b.Node("Gemm", []string{h, w})
		}
		b.Output(h, n)
		p, err := intonnx.Check(b.Encode(), intonnx.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	one, many := model(1).Bytes(), model(100).Bytes()
	if one < 8*n*n || many > 3*one {
		t.Fatalf("%d bytes for one layer, %d for a hundred with the same weights", one, many)
	}
}

func TestRunRefusesInputsOfTheWrongSize(t *testing.T) {
	p, err := intonnx.Check(corpus.MLP(), intonnx.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var scratch intonnx.Scratch
	for _, n := range []int{0, 783, 785} {
		if _, err := p.Run(&scratch, make([]byte, n)); err == nil {
			t.Errorf("Run takes %d bytes", n)
		}
		if _, err := p.RunNaive(make([]byte, n)); err == nil {
			t.Errorf("RunNaive takes %d bytes", n)
		}
		if _, err := p.RunBatch(&scratch, make([]byte, n)); n != 0 && err == nil {
			t.Errorf("RunBatch takes %d bytes", n)
		}
	}
	if err := p.RunInto(&scratch, make([]int32, 9), make([]byte, 784)); err == nil {
		t.Error("RunInto takes room for 9 of 10 outputs")
	}
}
