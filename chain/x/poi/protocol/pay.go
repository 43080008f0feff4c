package protocol

import (
	"fmt"
	"math"
	"math/bits"
)

// mulDiv returns floor(a * b / d), the product taken in 128 bits.
func mulDiv(a, b, d int64) (int64, error) {
	if a < 0 || b < 0 || d <= 0 {
		return 0, fmt.Errorf("cannot take %d * %d / %d", a, b, d)
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(d) {
		return 0, fmt.Errorf("%d * %d / %d overflows", a, b, d)
	}
	q, _ := bits.Div64(hi, lo, uint64(d))
	if q > math.MaxInt64 {
		return 0, fmt.Errorf("%d * %d / %d overflows", a, b, d)
	}
	return int64(q), nil
}

// Strength is what is left, after age settled epochs, of the height of a step
// (Q16, at most MaxCount): it halves every halfLife epochs, in 256 small stairs.
func Strength(height, age, halfLife int64) (int64, error) {
	if height < 0 || height > MaxCount || age < 0 || halfLife <= 0 || halfLife > MaxCount {
		return 0, fmt.Errorf("strength of height %d at age %d, half-life %d", height, age, halfLife)
	}
	halvings := age / halfLife
	if halvings >= 63 {
		return 0, nil
	}
	i := age % halfLife * 256 / halfLife
	return int64(uint64(height) * decay[i] >> 32 >> halvings), nil
}

// LadderPay divides an arena's pot among the steps of its ladder by strength.
// While the strengths add up to less than fullGain, part of the pot stays
// unpaid: a ladder earns the whole pot only by removing error. Every pay is
// rounded down, so total <= pot and splitting a step gains nothing.
func LadderPay(pot int64, strengths []int64, fullGain int64) (pays []int64, total int64, err error) {
	if fullGain <= 0 {
		return nil, 0, fmt.Errorf("full gain %d, expected above 0", fullGain)
	}
	sum, err := addUp(strengths)
	if err != nil {
		return nil, 0, err
	}
	return divide(pot, strengths, max(fullGain, sum))
}

// SharePay divides a pot by what was done out of what was asked for: rows of a
// scorer that stood out of all rows assigned, batches of a sponsor that counted
// out of all drawn. What was not done is not paid, to nobody.
func SharePay(pot int64, done []int64, asked int64) (pays []int64, total int64, err error) {
	sum, err := addUp(done)
	if err != nil {
		return nil, 0, err
	}
	if sum > asked {
		return nil, 0, fmt.Errorf("%d done out of %d", sum, asked)
	}
	if asked == 0 {
		return make([]int64, len(done)), 0, nil
	}
	return divide(pot, done, asked)
}

// ArenaCut is an arena's part of a share: floor(share * weight / sum of weights).
func ArenaCut(share, weight, weights int64) (int64, error) {
	if weight < 0 || weight > weights {
		return 0, fmt.Errorf("arena weight %d out of %d", weight, weights)
	}
	if weight == 0 {
		return 0, nil
	}
	return mulDiv(share, weight, weights)
}

func divide(pot int64, parts []int64, whole int64) (pays []int64, total int64, err error) {
	pays = make([]int64, len(parts))
	for i, part := range parts {
		if pays[i], err = mulDiv(pot, part, whole); err != nil {
			return nil, 0, err
		}
		total += pays[i]
	}
	return pays, total, nil
}

func addUp(values []int64) (int64, error) {
	var sum int64
	for _, v := range values {
		if v < 0 || sum > math.MaxInt64-v {
			return 0, fmt.Errorf("cannot add %d to %d", v, sum)
		}
		sum += v
	}
	return sum, nil
}
