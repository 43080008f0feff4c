package protocol

import (
	"fmt"
	"math"
	"math/bits"
)

// Parts of the emission, in basis points.
const (
	AuthorsBps    = 5000
	ScorersBps    = 2000
	SponsorsBps   = 1000
	ValidatorsBps = 1000
	PoolBps       = 1000
)

// Schedule is how fast new coins may appear.
type Schedule struct {
	Rate             int64 // base units per block in the first era
	BlocksPerHalving int64 // length of an era
	Cap              int64 // base units that may ever be minted
}

// Emission is the most that may be minted for the blocks after height from, up
// to and including height to: era k holds the blocks k*BlocksPerHalving+1 to
// (k+1)*BlocksPerHalving and pays Rate >> k for each. It is at most Cap - minted.
func (s Schedule) Emission(from, to, minted int64) (int64, error) {
	if s.Rate < 0 || s.BlocksPerHalving <= 0 || minted < 0 || minted > s.Cap {
		return 0, fmt.Errorf("emission of %d after minting %d of %d, halving every %d blocks", s.Rate, minted, s.Cap, s.BlocksPerHalving)
	}
	if from < 0 || to < from {
		return 0, fmt.Errorf("emission from height %d to %d", from, to)
	}
	left := uint64(s.Cap - minted)
	var sum uint64
	for from < to {
		era := from / s.BlocksPerHalving
		if era >= 63 {
			break
		}
		// The era's end, unless it is beyond to (or beyond the largest height).
		end := to
		if rest := s.BlocksPerHalving - from%s.BlocksPerHalving; rest < to-from {
			end = from + rest
		}
		hi, lo := bits.Mul64(uint64(s.Rate>>era), uint64(end-from))
		if hi > 0 || lo >= left-sum {
			return int64(left), nil
		}
		sum += lo
		from = end
	}
	return int64(sum), nil
}

// Shares is an emission split among those who earn it.
type Shares struct {
	Authors    int64
	Scorers    int64
	Sponsors   int64
	Validators int64
	Pool       int64
}

// Split divides an emission, every share rounded down.
func Split(emission int64) (Shares, error) {
	var shares Shares
	for _, part := range []struct {
		share *int64
		bps   int64
	}{
		{&shares.Authors, AuthorsBps},
		{&shares.Scorers, ScorersBps},
		{&shares.Sponsors, SponsorsBps},
		{&shares.Validators, ValidatorsBps},
		{&shares.Pool, PoolBps},
	} {
		amount, err := mulDiv(emission, part.bps, BasisPoints)
		if err != nil {
			return Shares{}, err
		}
		*part.share = amount
	}
	return shares, nil
}

// NextFee is the registration fee of the next epoch: twice the last one (at most
// ceiling) after an epoch with more registrations than target, half of it (at
// least base) after one with none, else the same.
func NextFee(fee, base, ceiling int64, registrations, target uint32) (int64, error) {
	if base < 0 || ceiling < base || ceiling > math.MaxInt64/2 {
		return 0, fmt.Errorf("registration fee between %d and %d", base, ceiling)
	}
	if fee < 0 || fee > math.MaxInt64/2 {
		return 0, fmt.Errorf("registration fee %d", fee)
	}
	switch {
	case registrations > target:
		fee *= 2
	case registrations == 0:
		fee /= 2
	}
	// Clamping last also brings a fee back into bounds that have changed.
	return min(max(fee, base), ceiling), nil
}
