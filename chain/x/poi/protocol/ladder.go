package protocol

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"
)

// MaxRivals is the number of last steps whose models a called contender must beat.
const MaxRivals = 3

// Trial counts the items on which a contender and an older model (that of a step
// of the ladder) were compared.
type Trial struct {
	B        int64 // contender right, older model wrong
	C        int64 // contender wrong, older model right
	N        int64 // items both answered
	WrongOld int64 // older model wrong
	WrongNew int64 // contender wrong
}

// Validate checks that the counts can come from comparing answers.
func (t Trial) Validate() error {
	bothWrong := t.WrongNew - t.C
	if t.B < 0 || t.C < 0 || t.N > MaxCount || bothWrong < 0 ||
		bothWrong != t.WrongOld-t.B || t.B+t.C+bothWrong > t.N {
		return fmt.Errorf("impossible trial %+v", t)
	}
	return nil
}

// Add returns t with the counts of more. At MaxCount items a trial is full and
// stays as it is: capping its counts one by one would bend what they say.
func (t Trial) Add(more Trial) Trial {
	sum := t.plus(more)
	if sum.N > MaxCount {
		return t
	}
	return sum
}

func (t Trial) plus(more Trial) Trial {
	return Trial{
		B: t.B + more.B, C: t.C + more.C, N: t.N + more.N,
		WrongOld: t.WrongOld + more.WrongOld, WrongNew: t.WrongNew + more.WrongNew,
	}
}

// SponsorTrial is the part of a comparison made on one sponsor's items.
type SponsorTrial struct {
	Sponsor []byte // address, raw
	Trial   Trial
}

// SumKept adds up the trials of the sponsors that are kept for one comparison.
// Sorted ascending by (b - c, address), the two most favourable of five or more
// and the least favourable are left out; of fewer, the most favourable. So two
// leaking sponsors do not lift a model, and no single one can veto. trials, in
// any order, holds every sponsor that counts for the contender, with zero counts
// if nothing was compared on its items yet: leaving those out would let a
// leaking sponsor count while honest ones have not spoken.
// The sums stand for at most len(trials) * MaxCount items.
func SumKept(trials []SponsorTrial) (Trial, error) {
	sorted := slices.Clone(trials)
	slices.SortFunc(sorted, func(x, y SponsorTrial) int {
		dx, dy := x.Trial.B-x.Trial.C, y.Trial.B-y.Trial.C
		switch {
		case dx < dy:
			return -1
		case dx > dy:
			return 1
		}
		return bytes.Compare(x.Sponsor, y.Sponsor)
	})
	from, to := 0, len(sorted)-1
	if len(sorted) >= 5 {
		from, to = 1, len(sorted)-2
	}
	var sum Trial
	for i, st := range sorted {
		if err := st.Trial.Validate(); err != nil {
			return Trial{}, fmt.Errorf("sponsor %x: %w", st.Sponsor, err)
		}
		if i > 0 && bytes.Equal(st.Sponsor, sorted[i-1].Sponsor) {
			return Trial{}, fmt.Errorf("sponsor %x is listed twice", st.Sponsor)
		}
		if i >= from && i < to {
			sum = sum.plus(st.Trial)
		}
	}
	return sum, nil
}

// Significant says whether a kept sum shows, on at least minItems items, that
// the contender is better: b > c and (b - c)^2 >= factor * (b + c), McNemar's
// test without its correction.
func (t Trial) Significant(minItems, factor uint32) bool {
	if t.N < int64(minItems) || t.B <= t.C {
		return false
	}
	d := uint64(t.B - t.C)
	return compareProducts(d, d, uint64(factor), uint64(t.B+t.C)) >= 0
}

// compareProducts compares a*b with c*d exactly, in 128 bits.
func compareProducts(a, b, c, d uint64) int {
	hi1, lo1 := bits.Mul64(a, b)
	hi2, lo2 := bits.Mul64(c, d)
	switch {
	case hi1 < hi2 || hi1 == hi2 && lo1 < lo2:
		return -1
	case hi1 == hi2 && lo1 == lo2:
		return 0
	}
	return 1
}

// Contender is a model that competes with the top of the ladder, with its kept
// screening sum against it.
type Contender struct {
	Sequence uint64 // of its reservation; unique, earlier is smaller
	Trial    Trial
}

// ChooseCalled returns the index of the contender that is called for the next
// epoch, and false if none is strong enough to make the chain look. It is the
// earliest-reserved one that is significantly better (factor 1) and gains, per
// item, at least a third of the most that a strong one (factor 4) does: a later,
// slightly better copy does not overtake the model it was made from.
func ChooseCalled(contenders []Contender, minItems uint32) (int, bool) {
	best := -1
	for i, c := range contenders {
		if c.Trial.Significant(minItems, 4) && (best < 0 || gainsMore(c.Trial, contenders[best].Trial)) {
			best = i
		}
	}
	if best < 0 {
		return 0, false
	}
	m := contenders[best].Trial
	called := best
	for i, c := range contenders {
		if !c.Trial.Significant(minItems, 1) || c.Sequence >= contenders[called].Sequence {
			continue
		}
		// (b - c)/n >= m/3
		if compareProducts(3*uint64(c.Trial.B-c.Trial.C), uint64(m.N), uint64(m.B-m.C), uint64(c.Trial.N)) >= 0 {
			called = i
		}
	}
	return called, true
}

// gainsMore compares (b - c)/n; both trials have b > c.
func gainsMore(x, y Trial) bool {
	return compareProducts(uint64(x.B-x.C), uint64(y.N), uint64(y.B-y.C), uint64(x.N)) > 0
}

// ChooseEvicted returns the index of the contender that gives way to a newcomer
// in a full arena: of those not called now and not better than the top, the one
// with the lowest b - c, of equal ones the latest reserved. False: none has to,
// and the newcomer is refused. called is an index or -1.
func ChooseEvicted(contenders []Contender, called int) (int, bool) {
	worst := -1
	for i, c := range contenders {
		d := c.Trial.B - c.Trial.C
		if i == called || d > 0 {
			continue
		}
		if worst >= 0 {
			w := contenders[worst]
			if wd := w.Trial.B - w.Trial.C; d > wd || d == wd && c.Sequence < w.Sequence {
				continue
			}
		}
		worst = i
	}
	return worst, worst >= 0
}

// StepHeight decides whether a called contender takes a step, and how high it
// is. trials are its kept sums against the models of the last one to MaxRivals
// steps; each must show, with factor z2, that it is better. The height is the
// smallest error removed over them, in bits as Q16. 0 means no step.
func StepHeight(trials []Trial, minItems, z2 uint32) (int64, error) {
	if len(trials) == 0 || len(trials) > MaxRivals {
		return 0, fmt.Errorf("%d trials, expected 1 to %d", len(trials), MaxRivals)
	}
	var height int64
	for i, t := range trials {
		if !t.Significant(minItems, z2) {
			return 0, nil
		}
		g, err := Gain(t.WrongOld, t.WrongNew)
		if err != nil {
			return 0, err
		}
		if i == 0 || g < height {
			height = g
		}
	}
	return max(height, 0), nil
}

// Gain is the error removed between two wrong counts on the same items, in bits
// as Q16. The 1 added to both keeps it finite for a model without errors.
func Gain(wrongOld, wrongNew int64) (int64, error) {
	if wrongOld < 0 || wrongNew < 0 {
		return 0, fmt.Errorf("wrong counts %d and %d", wrongOld, wrongNew)
	}
	older, err := Log2(uint64(wrongOld) + 1)
	if err != nil {
		return 0, err
	}
	newer, err := Log2(uint64(wrongNew) + 1)
	if err != nil {
		return 0, err
	}
	return older - newer, nil
}

// Log2 is the binary logarithm of x as Q16, bit by bit: x is normalised to
// [1, 2) in Q31, and each squaring yields the next binary digit.
func Log2(x uint64) (int64, error) {
	if x == 0 {
		return 0, fmt.Errorf("logarithm of 0")
	}
	whole := bits.Len64(x) - 1
	m := x
	if whole <= 31 {
		m <<= 31 - whole
	} else {
		m >>= whole - 31
	}
	result := int64(whole)
	for range 16 {
		m = m * m >> 31
		result <<= 1
		if m>>32 != 0 {
			m >>= 1
			result |= 1
		}
	}
	return result, nil
}
