package protocol

import (
	"math"
	"math/big"
	"slices"
	"testing"
)

// t = round(v) for v = 2^(32 - i/256) means t - 1/2 <= v < t + 1/2; doubled and
// to the power of 256 these are integers.
func TestDecay(t *testing.T) {
	power := func(v uint64) *big.Int { return new(big.Int).Exp(new(big.Int).SetUint64(v), big.NewInt(256), nil) }
	for i, entry := range decay {
		exact := new(big.Int).Lsh(big.NewInt(1), uint(33*256-i))
		if power(2*entry-1).Cmp(exact) > 0 || power(2*entry+1).Cmp(exact) <= 0 {
			t.Errorf("decay[%d] = %d is not the nearest integer", i, entry)
		}
	}
}

func TestStrength(t *testing.T) {
	s := newSource("strength")
	for range 300 {
		height, halfLife := int64(s.below(1<<21)), int64(1+s.below(1000))
		age := int64(s.below(5000))
		now, next := must[int64](t)(Strength(height, age, halfLife)), must[int64](t)(Strength(height, age+1, halfLife))
		half := must[int64](t)(Strength(height, age+halfLife, halfLife))
		if next > now || half != now>>1 {
			t.Fatalf("height %d, age %d, half-life %d: %d, then %d, a half-life on %d", height, age, halfLife, now, next, half)
		}
		if must[int64](t)(Strength(height, 0, halfLife)) != height {
			t.Fatal("a new step does not have its height")
		}
	}
	for _, c := range [][3]int64{{-1, 0, 1}, {MaxCount + 1, 0, 1}, {1, -1, 1}, {1, 0, 0}, {1, 0, MaxCount + 1}} {
		_, err := Strength(c[0], c[1], c[2])
		wantError(t, err, "strength of height")
	}
}

func (s source) heights(n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(s.below(4 << 16))
	}
	return out
}

const fullGain = 8 << 16

func TestLadderPay(t *testing.T) {
	s := newSource("ladder pay")
	for range 500 {
		pot := int64(s.below(1_000_000_000_000_000))
		strengths := s.heights(s.below(9))
		pays, total, err := LadderPay(pot, strengths, fullGain)
		if err != nil {
			t.Fatal(err)
		}
		var sum, all int64
		for i, pay := range pays {
			sum += pay
			all += strengths[i]
		}
		if sum != total || total > pot {
			t.Fatalf("%d paid, %d as total, of %d", sum, total, pot)
		}
		// All of the pot but rounding, once the ladder is high enough.
		if all >= fullGain && pot-total >= int64(len(pays)) {
			t.Fatalf("%d of %d unpaid", pot-total, pot)
		}
		order := make([]int, len(strengths))
		for i := range order {
			order[i] = i
		}
		order = shuffled(s, order)
		moved := make([]int64, len(strengths))
		for i, from := range order {
			moved[i] = strengths[from]
		}
		movedPays, _, err := LadderPay(pot, moved, fullGain)
		if err != nil {
			t.Fatal(err)
		}
		for i, from := range order {
			if movedPays[i] != pays[from] {
				t.Fatal("the order of the steps changes a pay")
			}
		}
	}
}

func TestSplittingAStepNeverPays(t *testing.T) {
	s := newSource("splitting")
	for range 500 {
		pot, age := int64(s.below(1_000_000_000_000)), int64(s.below(3000))
		others, parts := s.heights(s.below(5)), s.heights(1+s.below(6))
		var whole int64
		split := slices.Clone(others)
		for _, part := range parts {
			whole += part
			split = append(split, must[int64](t)(Strength(part, age, 1000)))
		}
		one := append(slices.Clone(others), must[int64](t)(Strength(whole, age, 1000)))
		onePays, _, err := LadderPay(pot, one, fullGain)
		if err != nil {
			t.Fatal(err)
		}
		splitPays, _, err := LadderPay(pot, split, fullGain)
		if err != nil {
			t.Fatal(err)
		}
		var asMany int64
		for _, pay := range splitPays[len(others):] {
			asMany += pay
		}
		if asOne := onePays[len(others)]; asMany > asOne {
			t.Fatalf("%v earns %d in parts and %d as one", parts, asMany, asOne)
		}
	}
}

func TestSharePay(t *testing.T) {
	s := newSource("share pay")
	for range 300 {
		pot := int64(s.below(1_000_000_000))
		done := s.heights(s.below(7))
		var sum int64
		for _, d := range done {
			sum += d
		}
		asked := sum + int64(s.below(1000))
		_, total, err := SharePay(pot, done, asked)
		if err != nil || total > pot {
			t.Fatalf("%d of %d paid (%v)", total, pot, err)
		}
		_, merged, err := SharePay(pot, []int64{sum}, asked)
		if err != nil || total > merged {
			t.Fatalf("%d earned in parts, %d as one (%v)", total, merged, err)
		}
	}
	_, _, err := SharePay(1, []int64{2, 2}, 3)
	wantError(t, err, "4 done out of 3")
	_, _, err = SharePay(1, []int64{math.MaxInt64, 1}, math.MaxInt64)
	wantError(t, err, "cannot add 1")
}

func TestArenaCut(t *testing.T) {
	s := newSource("cut")
	for range 200 {
		share, weights := int64(s.below(1_000_000)), s.heights(1+s.below(6))
		var sum, total int64
		for _, w := range weights {
			sum += w
		}
		for _, w := range weights {
			total += must[int64](t)(ArenaCut(share, w, sum))
		}
		if total > share {
			t.Fatalf("%d cut out of %d", total, share)
		}
	}
	for _, c := range [][3]int64{{1, 2, 1}, {1, -1, 1}, {-1, 1, 1}} {
		if _, err := ArenaCut(c[0], c[1], c[2]); err == nil {
			t.Errorf("cut %v", c)
		}
	}
}

func TestMulDiv(t *testing.T) {
	s := newSource("muldiv")
	for range 1000 {
		a, b, d := int64(s.Word()>>1>>s.below(60)), int64(s.Word()>>1>>s.below(60)), int64(s.Word()>>1>>s.below(60))
		want := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		fits := d > 0
		if fits {
			want.Div(want, big.NewInt(d))
			fits = want.IsInt64()
		}
		got, err := mulDiv(a, b, d)
		if fits != (err == nil) || fits && got != want.Int64() {
			t.Fatalf("%d * %d / %d = %d (%v), expected %s", a, b, d, got, err, want)
		}
	}
}
