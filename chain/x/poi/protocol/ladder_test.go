package protocol

import (
	"math/big"
	"slices"
	"testing"
)

func (s source) sponsorTrials(n int) []SponsorTrial {
	trials := make([]SponsorTrial, n)
	for i := range trials {
		trials[i] = SponsorTrial{Sponsor: append(s.bytes(2), byte(i)), Trial: s.trial(s.below(60), 40, 30)}
	}
	return trials
}

func shuffled[T any](s source, list []T) []T {
	out := slices.Clone(list)
	for i := range out {
		j := i + s.below(len(out)-i)
		out[i], out[j] = out[j], out[i]
	}
	return out
}

func TestSumKeptIgnoresOrder(t *testing.T) {
	s := newSource("kept")
	for range 300 {
		trials := s.sponsorTrials(s.below(9))
		sum := must[Trial](t)(SumKept(trials))
		if other := must[Trial](t)(SumKept(shuffled(s, trials))); other != sum {
			t.Fatalf("%+v in one order, %+v in another", sum, other)
		}
		if err := sum.Validate(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSumKeptNumbers(t *testing.T) {
	// Sponsor i has b = 2^i, so the sum says who was kept.
	for k, want := range []int64{0, 0, 0b1, 0b11, 0b111, 0b110, 0b1110, 0b11110} {
		trials := make([]SponsorTrial, k)
		for i := range trials {
			b := int64(1) << i
			trials[i] = SponsorTrial{Sponsor: []byte{byte(i)}, Trial: Trial{B: b, N: b, WrongOld: b}}
		}
		if sum := must[Trial](t)(SumKept(trials)); sum.B != want {
			t.Errorf("%d sponsors: kept %b, expected %b", k, sum.B, want)
		}
	}
}

// Whatever two of five sponsors hand out, the sum is bounded by what the three
// others saw: the two kept are at most the two best of those three.
func TestTwoLeakingSponsorsDoNotLift(t *testing.T) {
	s := newSource("leak")
	for range 300 {
		trials := s.sponsorTrials(5)
		for i := range 2 { // leaking: the contender knows every label
			trials[i].Trial = Trial{B: 50, N: 50, WrongOld: 50}
		}
		sum := must[Trial](t)(SumKept(trials))
		var honest []int64
		for _, st := range trials[2:] {
			honest = append(honest, st.Trial.B-st.Trial.C)
		}
		slices.Sort(honest)
		if sum.B-sum.C > honest[1]+honest[2] {
			t.Fatalf("lifted to %d above %v", sum.B-sum.C, honest)
		}
	}
}

func TestSumKeptRefuses(t *testing.T) {
	good := SponsorTrial{Sponsor: []byte{1}, Trial: Trial{B: 1, N: 1, WrongOld: 1}}
	_, err := SumKept([]SponsorTrial{good, good})
	wantError(t, err, "sponsor 01 is listed twice")
	for _, bad := range []Trial{
		{B: -1, N: 1, WrongOld: -1}, {C: -1, N: 1, WrongNew: -1}, {B: 1, WrongOld: 1}, {B: 1, N: 1}, {N: 5, WrongOld: 6, WrongNew: 6},
		{N: MaxCount + 1}, {C: 1, N: 1, WrongOld: 1}, {B: 1, N: 3, WrongOld: 1, WrongNew: 1},
	} {
		_, err := SumKept([]SponsorTrial{{Sponsor: []byte{1}, Trial: bad}})
		wantError(t, err, "impossible trial")
	}
}

func TestTrialAddStopsWhenFull(t *testing.T) {
	full := Trial{N: MaxCount - 1, WrongOld: 5, WrongNew: 5}
	one := Trial{B: 1, N: 1, WrongOld: 1}
	grown := full.Add(one)
	if grown.N != MaxCount || grown.B != 1 || grown.WrongOld != 6 {
		t.Errorf("got %+v", grown)
	}
	if again := grown.Add(one); again != grown {
		t.Errorf("a full trial grew to %+v", again)
	}
}

// significant against big integers, at sizes that overflow 64 bits too.
func TestSignificantIsExact(t *testing.T) {
	s := newSource("significant")
	for range 2000 {
		size := uint(1 + s.below(40))
		tr := Trial{B: int64(s.Word() >> (64 - size)), C: int64(s.Word() >> (64 - size)), N: 1 << 41}
		factor := uint32(s.Word() >> (32 + uint(s.below(32))))
		d := big.NewInt(tr.B - tr.C)
		right := new(big.Int).Mul(big.NewInt(int64(factor)), big.NewInt(tr.B+tr.C))
		want := tr.B > tr.C && new(big.Int).Mul(d, d).Cmp(right) >= 0
		if got := tr.Significant(1, factor); got != want {
			t.Fatalf("%+v, factor %d: %t", tr, factor, got)
		}
	}
	if edge := (Trial{B: 16, C: 0, N: 100, WrongOld: 16}); !edge.Significant(100, 16) || edge.Significant(101, 16) || edge.Significant(100, 17) {
		t.Error("the limits themselves must count")
	}
}

func (s source) contenders(n int) []Contender {
	contenders := make([]Contender, n)
	for i := range contenders {
		contenders[i] = Contender{Sequence: uint64(i), Trial: s.trial(80+s.below(200), 40, 15+s.below(35))}
	}
	return shuffled(s, contenders)
}

// The rule of ladder.md, step by step in big rationals.
func chooseCalledPlainly(contenders []Contender, minItems uint32) (uint64, bool) {
	rate := func(c Contender) *big.Rat { return big.NewRat(c.Trial.B-c.Trial.C, c.Trial.N) }
	var m *big.Rat
	for _, c := range contenders {
		if c.Trial.Significant(minItems, 4) && (m == nil || rate(c).Cmp(m) > 0) {
			m = rate(c)
		}
	}
	if m == nil {
		return 0, false
	}
	third := new(big.Rat).Quo(m, big.NewRat(3, 1))
	var sequences []uint64
	for _, c := range contenders {
		if c.Trial.Significant(minItems, 1) && rate(c).Cmp(third) >= 0 {
			sequences = append(sequences, c.Sequence)
		}
	}
	return slices.Min(sequences), true
}

func TestChooseCalled(t *testing.T) {
	s := newSource("called")
	calls := 0
	for range 500 {
		contenders := s.contenders(s.below(9))
		want, wantOK := chooseCalledPlainly(contenders, 100)
		i, ok := ChooseCalled(contenders, 100)
		if ok != wantOK || ok && contenders[i].Sequence != want {
			t.Fatalf("called %d (%t) of %+v, expected %d (%t)", i, ok, contenders, want, wantOK)
		}
		if !ok {
			continue
		}
		calls++
		other := shuffled(s, contenders)
		if j, _ := ChooseCalled(other, 100); other[j] != contenders[i] {
			t.Fatal("the order of the contenders changes the call")
		}
		// Copies are reserved later, so they change nothing.
		joined := slices.Clone(contenders)
		for range 1 + s.below(4) {
			twin := contenders[s.below(len(contenders))]
			twin.Sequence = uint64(len(joined))
			joined = append(joined, twin)
		}
		if j, _ := ChooseCalled(joined, 100); joined[j] != contenders[i] {
			t.Fatal("a copy of a contender changes the call")
		}
	}
	if calls < 100 {
		t.Errorf("only %d calls were tested", calls)
	}
}

func TestChooseEvicted(t *testing.T) {
	better := Trial{B: 3, C: 1, N: 9, WrongOld: 3, WrongNew: 1}
	equal := Trial{N: 9}
	worse := Trial{B: 1, C: 3, N: 9, WrongOld: 1, WrongNew: 3}
	for _, c := range []struct {
		name   string
		trials []Trial
		called int
		want   int
	}{
		{"the lowest gives way", []Trial{equal, worse, better}, -1, 1},
		{"not the called one", []Trial{equal, worse, better}, 1, 0},
		{"of equals the latest reserved", []Trial{equal, worse, worse, equal}, -1, 2},
		{"never one above the top", []Trial{better, better}, -1, -1},
		{"nobody is there", nil, -1, -1},
	} {
		contenders := make([]Contender, len(c.trials))
		for i, trial := range c.trials {
			contenders[i] = Contender{Sequence: uint64(i), Trial: trial}
		}
		got, ok := ChooseEvicted(contenders, c.called)
		if ok != (c.want >= 0) || ok && got != c.want {
			t.Errorf("%s: %d gives way (%t), expected %d", c.name, got, ok, c.want)
		}
	}
}

func TestStepHeight(t *testing.T) {
	good := Trial{B: 300, C: 100, N: 1000, WrongOld: 400, WrongNew: 200}
	smaller := Trial{B: 150, C: 50, N: 1000, WrongOld: 300, WrongNew: 200}
	copied := Trial{N: 1000, WrongOld: 200, WrongNew: 200}
	height := func(trials ...Trial) int64 { return must[int64](t)(StepHeight(trials, 512, 12)) }
	big, small := must[int64](t)(Gain(400, 200)), must[int64](t)(Gain(300, 200))
	for _, c := range []struct{ got, want int64 }{
		{height(good), big}, {height(smaller), small}, {height(good, smaller, good), small},
		{height(copied), 0}, {height(good, copied), 0},
		{must[int64](t)(StepHeight([]Trial{good}, 1001, 12)), 0},
		{must[int64](t)(StepHeight([]Trial{good}, 1000, 100)), big},
		{must[int64](t)(StepHeight([]Trial{good}, 1000, 101)), 0},
	} {
		if c.got != c.want {
			t.Errorf("height %d, expected %d", c.got, c.want)
		}
	}
	_, err := StepHeight(nil, 512, 12)
	wantError(t, err, "0 trials")
	_, err = StepHeight([]Trial{good, good, good, good}, 512, 12)
	wantError(t, err, "4 trials")
}

func TestHeightsAddUp(t *testing.T) {
	s := newSource("heights")
	for range 200 {
		first := int64(s.below(100_000))
		at, sum := first, int64(0)
		for range s.below(8) {
			next := int64(s.below(100_000))
			sum += must[int64](t)(Gain(at, next))
			at = next
		}
		if whole := must[int64](t)(Gain(first, at)); sum != whole {
			t.Fatalf("steps add up to %d, the whole way is %d", sum, whole)
		}
	}
}

// Log2 is rounded down: 2^(L/2^16) <= x, and one more bit of Q16 is too much, but
// for the rounding of the 16 squarings, which stays below one unit.
func TestLog2(t *testing.T) {
	for _, c := range [][2]uint64{{1, 0}, {2, 1 << 16}, {3, 103872}, {10, 217705}, {1 << 40, 40 << 16}} {
		if got := must[int64](t)(Log2(c[0])); got != int64(c[1]) {
			t.Errorf("L(%d) = %d, expected %d", c[0], got, c[1])
		}
	}
	_, err := Log2(0)
	wantError(t, err, "logarithm of 0")

	s := newSource("log2")
	for range 20 {
		x := 2 + uint64(s.below(1<<20))
		l := must[int64](t)(Log2(x))
		power := new(big.Int).Exp(new(big.Int).SetUint64(x), big.NewInt(1<<16), nil)
		if exact := int64(power.BitLen() - 1); l != exact && l != exact-1 {
			t.Errorf("L(%d) = %d, exactly %d", x, l, exact)
		}
	}
	last := int64(0)
	for x := uint64(1); x < 20_000; x++ {
		l := must[int64](t)(Log2(x))
		if l < last {
			t.Fatalf("L falls at %d", x)
		}
		last = l
	}
}
