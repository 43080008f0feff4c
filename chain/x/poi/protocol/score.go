package protocol

import (
	"fmt"
	"slices"
)

// D is the whole, where an accuracy is a fraction.
const D = 1_000_000

// MinSponsors is the least number of sponsors that makes a draw or a settlement.
const MinSponsors = 3

// SponsorAccuracy is the accuracy of a model on one sponsor's n items, out of D,
// rounded down.
func SponsorAccuracy(correct, n int64) (int64, error) {
	if n <= 0 || n > MaxCount || correct < 0 || correct > n {
		return 0, fmt.Errorf("%d correct of %d items", correct, n)
	}
	return correct * D / n, nil
}

// Accuracy is the lower median of the accuracies per counting sponsor: the
// middle one, the smaller of the two if there are two.
func Accuracy(perSponsor []int64) (int64, error) {
	if len(perSponsor) == 0 {
		return 0, fmt.Errorf("accuracy without a counting sponsor")
	}
	sorted := slices.Clone(perSponsor)
	slices.Sort(sorted)
	return sorted[(len(sorted)-1)/2], nil
}

// Smooth moves the smoothed accuracy of a model three tenths of the way to its
// newest one; the first accuracy is taken as it is.
func Smooth(accuracy, smoothed int64, first bool) int64 {
	if first {
		return accuracy
	}
	return (3*accuracy + 7*smoothed) / 10
}

// EpochVoid says whether too few of the frozen scorers revealed their link.
func EpochVoid(revealed, frozen int) bool {
	return revealed == 0 || 2*revealed < frozen
}

// ArenaSettles says whether enough of an arena's frozen sponsors count.
func ArenaSettles(counting, frozen int) bool {
	return counting >= MinSponsors && 2*counting > frozen
}
