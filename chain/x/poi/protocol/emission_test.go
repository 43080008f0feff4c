package protocol

import (
	"math"
	"testing"
)

// Block by block, as the rule says it.
func emissionPlainly(s Schedule, from, to, minted int64) int64 {
	var sum int64
	for height := from + 1; height <= to; height++ {
		sum += s.Rate >> min((height-1)/s.BlocksPerHalving, 63)
	}
	return min(sum, s.Cap-minted)
}

func TestEmission(t *testing.T) {
	s := newSource("emission")
	for range 300 {
		schedule := Schedule{Rate: int64(s.below(1 << 20)), BlocksPerHalving: int64(1 + s.below(50)), Cap: int64(s.below(20_000_000))}
		minted := int64(s.below(int(schedule.Cap) + 1))
		from := int64(s.below(300))
		to := from + int64(s.below(300))
		got := must[int64](t)(schedule.Emission(from, to, minted))
		if want := emissionPlainly(schedule, from, to, minted); got != want {
			t.Fatalf("%+v, blocks %d to %d: %d, expected %d", schedule, from, to, got, want)
		}
		// The same in two settlements.
		middle := from + int64(s.below(int(to-from)+1))
		first := must[int64](t)(schedule.Emission(from, middle, minted))
		second := must[int64](t)(schedule.Emission(middle, to, minted+first))
		if first+second != got {
			t.Fatalf("%d and %d in two settlements, %d in one", first, second, got)
		}
	}
}

func TestEmissionExtremes(t *testing.T) {
	huge := Schedule{Rate: math.MaxInt64, BlocksPerHalving: math.MaxInt64, Cap: math.MaxInt64}
	if got := must[int64](t)(huge.Emission(0, math.MaxInt64, 7)); got != math.MaxInt64-7 {
		t.Errorf("got %d", got)
	}
	short := Schedule{Rate: math.MaxInt64, BlocksPerHalving: 1, Cap: math.MaxInt64}
	if got := must[int64](t)(short.Emission(1, math.MaxInt64, 0)); got != math.MaxInt64-63 {
		// The sum of MaxInt64 >> k over k = 1..62: 2^63 - 2 less one for each rounding.
		t.Errorf("got %d", got)
	}
	for _, c := range []struct {
		schedule         Schedule
		from, to, minted int64
	}{
		{Schedule{1, 1, 1}, 2, 1, 0}, {Schedule{1, 1, 1}, -1, 1, 0}, {Schedule{1, 1, 1}, 0, 1, 2}, {Schedule{1, 1, 1}, 0, 1, -1},
		{Schedule{1, 0, 1}, 0, 1, 0}, {Schedule{-1, 1, 1}, 0, 1, 0},
	} {
		_, err := c.schedule.Emission(c.from, c.to, c.minted)
		wantError(t, err, "emission")
	}
}

func TestSplit(t *testing.T) {
	if AuthorsBps+ScorersBps+SponsorsBps+ValidatorsBps+PoolBps != BasisPoints {
		t.Error("the shares are not the whole")
	}
	s := newSource("split")
	for range 200 {
		emission := int64(s.below(1_000_000_000_000_000))
		shares := must[Shares](t)(Split(emission))
		sum := shares.Authors + shares.Scorers + shares.Sponsors + shares.Validators + shares.Pool
		if sum > emission || sum < emission-4 {
			t.Fatalf("%d split into %d", emission, sum)
		}
	}
	_, err := Split(-1)
	wantError(t, err, "-1")
}

func TestNextFee(t *testing.T) {
	for _, c := range []struct {
		fee           int64
		registrations uint32
		want          int64
	}{{100, 0, 100}, {100, 1, 100}, {100, 4, 100}, {100, 5, 200}, {900, 5, 1000}, {401, 0, 200}, {150, 0, 100}, {5000, 1, 1000}, {1, 1, 100}} {
		if got := must[int64](t)(NextFee(c.fee, 100, 1000, c.registrations, 4)); got != c.want {
			t.Errorf("fee %d after %d registrations: %d, expected %d", c.fee, c.registrations, got, c.want)
		}
	}
	for _, c := range [][3]int64{{1, 5, 4}, {1, -1, 4}, {-1, 1, 4}, {math.MaxInt64, 1, 4}, {1, 1, math.MaxInt64}} {
		_, err := NextFee(c[0], c[1], c[2], 1, 1)
		wantError(t, err, "registration fee")
	}
}
