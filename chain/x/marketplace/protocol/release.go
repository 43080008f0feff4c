package protocol

import "math/big"

// Release is how much of moved, the part of a claim that a channel covers, goes
// to the recipients of its split; the rest stays with the payer. sum is that of
// the model's accuracies (parts per million) in so many epochs, at least one,
// since the channel opened. All is released if they reach the promise (parts per
// million, 0 promises nothing) on average, else in proportion, but at least half:
// the answers were given, only worse than promised.
//
// This is floor(moved * c) for a c of at most 1, so that a claim cut into pieces
// releases no more than in one, and at most one unit per piece less.
func Release(moved uint64, promise uint32, sum, epochs uint64) uint64 {
	expected := new(big.Int).Mul(new(big.Int).SetUint64(epochs), big.NewInt(int64(promise)))
	reached := new(big.Int).SetUint64(sum)
	if reached.Cmp(expected) >= 0 {
		return moved
	}
	// Below moved, because reached is below expected.
	part := reached.Mul(reached, new(big.Int).SetUint64(moved))
	return max(moved/2, part.Div(part, expected).Uint64())
}
