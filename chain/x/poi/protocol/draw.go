package protocol

import (
	"bytes"
	"fmt"
	"slices"
)

// Purposes of the random stream.
const (
	purposeAssign = "assign"
	purposeAudit  = "audit"
	purposeBatch  = "batch"
)

// BasisPoints is the whole, where a ratio is in basis points.
const BasisPoints = 10_000

// BatchStream is the stream that draws the batches of one sponsor (address, raw)
// in the epoch of beacon, all from one committed root: the oldest unspent one.
func BatchStream(beacon []byte, arena uint64, sponsor []byte) *Stream {
	return NewStream(beacon, purposeBatch, u64(arena), sponsor)
}

// Deck is the unfinished shuffle of one committed root, kept between epochs:
// position -> batch, where a position that was never swapped holds itself. Only
// swapped positions need to be stored; Set with value = position means that
// nothing has to be stored (any more).
type Deck interface {
	Get(position uint32) (uint32, error)
	Set(position, value uint32) error
}

// DrawBatches goes on with the shuffle of a deck of which remaining positions
// are left, takes min(k, remaining) batches, and returns them in draw order with
// the new number remaining. It costs at most two Set per batch, whatever the
// size of the deck. Over the life of a deck every batch is taken exactly once.
func DrawBatches(stream *Stream, deck Deck, remaining, k uint32) (batches []uint32, left uint32, err error) {
	for ; k > 0 && remaining > 0; k-- {
		r, err := stream.Uniform(uint64(remaining))
		if err != nil {
			return nil, 0, err
		}
		position, last := uint32(r), remaining-1
		batch, err := deck.Get(position)
		if err != nil {
			return nil, 0, err
		}
		if position != last {
			moved, err := deck.Get(last)
			if err != nil {
				return nil, 0, err
			}
			if err := deck.Set(position, moved); err != nil {
				return nil, 0, err
			}
		}
		// Positions from last upwards are never looked at again.
		if err := deck.Set(last, last); err != nil {
			return nil, 0, err
		}
		batches = append(batches, batch)
		remaining = last
	}
	return batches, remaining, nil
}

// AssignScorers returns the scorer of each of the slots 0..slots-1: slot i goes
// to perm[i mod K], perm being a random permutation of the K scorers (operator
// addresses, raw) that revealed, given in any order.
func AssignScorers(beacon []byte, revealed [][]byte, slots uint32) ([][]byte, error) {
	if slots == 0 {
		return nil, nil
	}
	if len(revealed) == 0 {
		return nil, fmt.Errorf("%d slots and no scorer", slots)
	}
	scorers := slices.Clone(revealed)
	slices.SortFunc(scorers, bytes.Compare)
	for i := 1; i < len(scorers); i++ {
		if bytes.Equal(scorers[i], scorers[i-1]) {
			return nil, fmt.Errorf("scorer %x is listed twice", scorers[i])
		}
	}
	k := uint32(len(scorers))
	perm, err := NewStream(beacon, purposeAssign).Sample(k, k)
	if err != nil {
		return nil, err
	}
	assigned := make([][]byte, slots)
	for i := range assigned {
		assigned[i] = scorers[perm[uint32(i)%k]]
	}
	return assigned, nil
}

// AuditCount is the number of items of a row of n that are audited.
func AuditCount(n, ratioBps uint32) (uint32, error) {
	if ratioBps > BasisPoints {
		return 0, fmt.Errorf("audit ratio of %d basis points, at most %d", ratioBps, BasisPoints)
	}
	return uint32((uint64(n)*uint64(ratioBps) + BasisPoints - 1) / BasisPoints), nil
}

// AuditItems returns, in draw order, the items of one row that the chain runs
// again: AuditCount of n. seed is the arena's A, model the model's id.
func AuditItems(seed []byte, slot uint64, model []byte, n, ratioBps uint32) ([]uint32, error) {
	count, err := AuditCount(n, ratioBps)
	if err != nil {
		return nil, err
	}
	return NewStream(seed, purposeAudit, u64(slot), model).Sample(n, count)
}
