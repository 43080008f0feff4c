package protocol

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func TestDrawBatchesTakesEachOnce(t *testing.T) {
	s := newSource("deck")
	for range 60 {
		total := uint32(s.below(300))
		deck, remaining, epoch := memoryDeck{}, total, uint64(0)
		var seen []uint32
		for remaining > 0 {
			k := uint32(s.below(8))
			batches, left, err := DrawBatches(BatchStream(u64(epoch), 1, []byte("sponsor")), deck, remaining, k)
			if err != nil {
				t.Fatal(err)
			}
			if want := min(k, remaining); uint32(len(batches)) != want || left != remaining-want {
				t.Fatalf("drew %d of %d leaving %d, expected %d", len(batches), remaining, left, want)
			}
			seen, remaining, epoch = append(seen, batches...), left, epoch+1
			if stored := uint32(len(deck)); stored > min(uint32(len(seen)), left) {
				t.Fatalf("%d positions stored after %d draws with %d left", stored, len(seen), left)
			}
		}
		slices.Sort(seen)
		for i, batch := range seen {
			if batch != uint32(i) {
				t.Fatalf("deck of %d gave %v", total, seen)
			}
		}
		if len(seen) != int(total) || len(deck) != 0 {
			t.Fatalf("deck of %d gave %d batches and keeps %d positions", total, len(seen), len(deck))
		}
	}
}

// A persisted deck drawn with one stream is the in-memory sample.
func TestDrawBatchesIsSample(t *testing.T) {
	whole := must[[]uint32](t)(NewStream([]byte("x"), "test").Sample(50, 20))
	batches, left, err := DrawBatches(NewStream([]byte("x"), "test"), memoryDeck{}, 50, 20)
	if err != nil || left != 30 || !slices.Equal(batches, whole) {
		t.Errorf("got %v leaving %d (%v), expected %v", batches, left, err, whole)
	}
}

type brokenDeck struct{ gets, sets int }

var errBroken = errors.New("broken store")

func (d *brokenDeck) Get(position uint32) (uint32, error) {
	if d.gets--; d.gets < 0 {
		return 0, errBroken
	}
	return position, nil
}

func (d *brokenDeck) Set(uint32, uint32) error {
	if d.sets--; d.sets < 0 {
		return errBroken
	}
	return nil
}

func TestDrawBatchesReportsStoreErrors(t *testing.T) {
	for _, deck := range []brokenDeck{{0, 9}, {1, 9}, {9, 0}, {9, 1}} {
		if _, _, err := DrawBatches(NewStream([]byte("x"), "test"), &deck, 1000, 1); !errors.Is(err, errBroken) {
			t.Errorf("%+v: got %v", deck, err)
		}
	}
}

func TestAssignScorers(t *testing.T) {
	s := newSource("assign")
	for range 50 {
		k, slots := 1+s.below(12), uint32(s.below(60))
		scorers, beacon := s.list(k, 20), s.bytes(32)
		assigned := must[[][]byte](t)(AssignScorers(beacon, scorers, slots))
		reversed := slices.Clone(scorers)
		slices.Reverse(reversed)
		if !slices.EqualFunc(assigned, must[[][]byte](t)(AssignScorers(beacon, reversed, slots)), bytes.Equal) {
			t.Fatal("the order of the scorers changes the assignment")
		}
		for _, scorer := range scorers {
			count := 0
			for _, a := range assigned {
				if bytes.Equal(a, scorer) {
					count++
				}
			}
			if low := int(slots) / k; count < low || count > low+1 {
				t.Fatalf("%d slots of %d for one of %d scorers", count, slots, k)
			}
		}
	}
	if _, err := AssignScorers(nil, nil, 1); err == nil {
		t.Error("a slot was given to nobody")
	}
	if _, err := AssignScorers(nil, [][]byte{{1}, {2}, {1}}, 1); err == nil {
		t.Error("a scorer was taken twice")
	}
}

func TestAuditCount(t *testing.T) {
	for _, c := range [][3]uint32{{64, 1000, 7}, {64, 0, 0}, {64, 1, 1}, {64, BasisPoints, 64}, {0, 1000, 0}, {1<<32 - 1, BasisPoints, 1<<32 - 1}} {
		if got := must[uint32](t)(AuditCount(c[0], c[1])); got != c[2] {
			t.Errorf("%d of %d basis points: %d, expected %d", c[0], c[1], got, c[2])
		}
	}
	if _, err := AuditItems(nil, 0, nil, 64, BasisPoints+1); err == nil {
		t.Error("more than the whole row was audited")
	}
}
