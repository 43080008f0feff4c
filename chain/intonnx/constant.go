package intonnx

// constant is an initializer, or what Cast, Transpose and Identity make of one.
type constant struct {
	typ  int64
	dims []int
	ints []int32 // values, or IEEE-754 bits when bits is set
	long []int64 // values of typeInt64
	bits bool    // a float32 initializer

	// Kept, because many nodes may share a large constant.
	exact      []int32    // result of integers
	transposed []int32    // the same with the two dimensions swapped
	spans      []interval // result of columns
}

// integers returns the values of a float constant, or false when one of them is
// no integer strictly inside ±2^24.
func (c *constant) integers() ([]int32, bool) {
	if c.exact != nil {
		return c.exact, true
	}
	values := c.ints
	if c.bits {
		values = make([]int32, len(c.ints))
		for i, b := range c.ints {
			v, ok := integerFromBits(uint32(b))
			if !ok {
				return nil, false
			}
			values[i] = v
		}
	}
	for _, v := range values {
		if v <= -bound || v >= bound {
			return nil, false
		}
	}
	c.exact = values
	return values, true
}

// swapped returns the integers of a constant of rank 2, known to be such, with
// its dimensions swapped.
func (c *constant) swapped() []int32 {
	if c.transposed == nil {
		c.transposed = transpose(c.exact, c.dims, []int{1, 0})
	}
	return c.transposed
}

// columns returns the interval of every column of a table of rank 1 or 2 whose
// integers are known to be such.
func (c *constant) columns() []interval {
	if c.spans == nil {
		width := 1
		if len(c.dims) == 2 {
			width = c.dims[1]
		}
		for _, v := range c.exact[:width] {
			c.spans = append(c.spans, interval{v, v})
		}
		for row := c.exact; len(row) > 0; row = row[width:] {
			for i, v := range row[:width] {
				c.spans[i] = c.spans[i].union(interval{v, v})
			}
		}
	}
	return c.spans
}

// shifts returns k for every value 2^-k of a float constant, or false when one
// of them is not such a power with 0 <= k <= 24.
func (c *constant) shifts() ([]uint8, bool) {
	shifts := make([]uint8, len(c.ints))
	for i, v := range c.ints {
		k, ok := uint8(0), v == 1
		if c.bits {
			k, ok = shiftFromBits(uint32(v))
		}
		if !ok {
			return nil, false
		}
		shifts[i] = k
	}
	return shifts, true
}

// integerFromBits converts float32 bits to the integer they stand for, or false
// when they stand for none, or for one outside of ±2^24. Zero of either sign is 0.
func integerFromBits(b uint32) (int32, bool) {
	exponent, mantissa := int(b>>23&0xff), b&(1<<23-1)
	if exponent == 0 && mantissa == 0 {
		return 0, true
	}
	// The value is (2^23 + mantissa) * 2^(exponent - 150).
	drop := 150 - exponent
	if drop < 0 || drop > 23 {
		return 0, false
	}
	significand := mantissa | 1<<23
	if significand&(1<<drop-1) != 0 {
		return 0, false
	}
	v := int32(significand >> drop)
	if b>>31 == 1 {
		v = -v
	}
	return v, true
}

// shiftFromBits returns k for the float32 bits of 2^-k, 0 <= k <= 24.
func shiftFromBits(b uint32) (uint8, bool) {
	const one = 127 << 23
	if b > one || b < one-24<<23 || b&(1<<23-1) != 0 {
		return 0, false
	}
	return uint8((one - b) >> 23), true
}

// transpose returns values of shape dims with axes permuted: dimension i of the
// result is dimension perm[i] of the source.
func transpose[T any](values []T, dims, perm []int) []T {
	strides := make([]int, len(dims))
	stride := 1
	for i := len(dims) - 1; i >= 0; i-- {
		strides[i] = stride
		stride *= dims[i]
	}
	result := make([]T, len(values))
	index := make([]int, len(dims))
	source := 0
	for i := range result {
		result[i] = values[source]
		for axis := len(perm) - 1; axis >= 0; axis-- {
			from := perm[axis]
			index[axis]++
			source += strides[from]
			if index[axis] < dims[from] {
				break
			}
			source -= strides[from] * dims[from]
			index[axis] = 0
		}
	}
	return result
}
