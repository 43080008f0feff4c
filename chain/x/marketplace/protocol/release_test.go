package protocol

import (
	"math"
	"testing"
)

func TestReleaseWrittenOut(t *testing.T) {
	for _, c := range []struct {
		name        string
		moved       uint64
		promise     uint32
		sum, epochs uint64
		want        uint64
	}{
		{"nothing promised", 1001, 0, 0, 1, 1001},
		{"promise reached exactly", 1001, 900_000, 1_800_000, 2, 1001},
		{"one millionth short", 1000, 900_000, 899_999, 1, 999},
		{"three quarters", 1001, 800_000, 600_000, 1, 750},
		{"half at least", 1001, 800_000, 100_000, 1, 500},
		{"docs/protocol/market.md", 1_000_000, 950_000, 2_736_000, 3, 960_000},
		{"docs/protocol/market.md, half", 1000, 950_000, 400_000, 1, 500},
		{"never right", 1, 1, 0, 1, 0},
		{"good epochs make up for bad ones", 10, 500_000, 1_000_000, 2, 10},
		{"largest, just short", math.MaxUint64, Million, Million - 1, 1, 18446725626965477905},
		{"largest, half", math.MaxUint64, Million, 0, math.MaxUint64, math.MaxUint64 / 2},
		{"largest of all", math.MaxUint64, math.MaxUint32, math.MaxUint64, math.MaxUint64, math.MaxUint64 / 2},
	} {
		if got := Release(c.moved, c.promise, c.sum, c.epochs); got != c.want {
			t.Errorf("%s: released %d, expected %d", c.name, got, c.want)
		}
	}
}

func TestRelease(t *testing.T) {
	s := newSource("release")
	for range 20_000 {
		epochs := 1 + s.below(1000)
		promise := uint32(s.below(Million + 1))
		sum := s.below(epochs*Million + 1)
		moved := s.amount()
		released := Release(moved, promise, sum, epochs)
		if released > moved || released < moved/2 {
			t.Fatalf("%d of %d released", released, moved)
		}
		if kept := sum >= epochs*uint64(promise); kept && released != moved {
			t.Fatalf("promise of %d kept (%d in %d epochs), %d of %d released", promise, sum, epochs, released, moved)
		}
		if better := Release(moved, promise, sum+s.below(Million), epochs); better < released {
			t.Fatalf("better answers released less: %d instead of %d", better, released)
		}
		if lower := Release(moved, uint32(s.below(uint64(promise)+1)), sum, epochs); lower < released {
			t.Fatalf("a lower promise released less: %d instead of %d", lower, released)
		}
		if less := Release(moved-s.below(moved/2+1), promise, sum, epochs); less > released {
			t.Fatalf("a smaller claim released more: %d instead of %d", less, released)
		}

		// The same claim in pieces.
		pieces, left, parts := 1+s.below(6), moved, uint64(0)
		for i := uint64(1); i < pieces; i++ {
			piece := s.below(left/2 + 1)
			parts += Release(piece, promise, sum, epochs)
			left -= piece
		}
		parts += Release(left, promise, sum, epochs)
		if parts > released || released-parts > pieces-1 {
			t.Fatalf("%d pieces of %d released %d, at once %d", pieces, moved, parts, released)
		}
	}
}
