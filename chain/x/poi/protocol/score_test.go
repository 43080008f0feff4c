package protocol

import "testing"

func TestAccuracyIsTheLowerMedian(t *testing.T) {
	for _, c := range []struct {
		each []int64
		want int64
	}{{[]int64{5}, 5}, {[]int64{9, 2}, 2}, {[]int64{9, 2, 4}, 4}, {[]int64{7, 1, 3, 5}, 3}} {
		if got := must[int64](t)(Accuracy(c.each)); got != c.want {
			t.Errorf("%v: %d, expected %d", c.each, got, c.want)
		}
	}
	_, err := Accuracy(nil)
	wantError(t, err, "without a counting sponsor")
	for _, c := range [][2]int64{{1, 0}, {2, 1}, {-1, 5}, {0, MaxCount + 1}} {
		_, err := SponsorAccuracy(c[0], c[1])
		wantError(t, err, "correct of")
	}
	if a := must[int64](t)(SponsorAccuracy(MaxCount, MaxCount)); a != D {
		t.Errorf("all correct gives %d", a)
	}
}

func TestSmooth(t *testing.T) {
	if e := Smooth(900_000, 123, true); e != 900_000 {
		t.Errorf("the first accuracy gives %d", e)
	}
	if e := Smooth(900_000, 800_001, false); e != 830_000 {
		t.Errorf("got %d, expected 830000", e)
	}
}

func TestQuorums(t *testing.T) {
	for _, c := range []struct {
		revealed, frozen int
		void             bool
	}{{0, 0, true}, {0, 4, true}, {1, 3, true}, {2, 4, false}, {1, 2, false}, {4, 4, false}} {
		if got := EpochVoid(c.revealed, c.frozen); got != c.void {
			t.Errorf("%d of %d reveal: void %t", c.revealed, c.frozen, got)
		}
	}
	for _, c := range []struct {
		counting, frozen int
		settles          bool
	}{{2, 2, false}, {3, 5, true}, {3, 6, false}, {4, 6, true}, {3, 3, true}} {
		if got := ArenaSettles(c.counting, c.frozen); got != c.settles {
			t.Errorf("%d of %d count: settles %t", c.counting, c.frozen, got)
		}
	}
}
