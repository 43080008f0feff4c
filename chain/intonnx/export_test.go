package intonnx

import "math/rand/v2"

// Violation checks a file, runs the oracle on one item and reports the first value outside of
// the range the checker gave it, or the first partial sum, taken in random
// order, outside of its hull; or nothing.
func Violation(file, input []byte, r *rand.Rand) (tensor int, value int64, found bool) {
	m, err := parse(file, Limits{}.withCeilings())
	if err != nil {
		panic(err)
	}
	g, err := check(m, Limits{}.withCeilings())
	if err != nil {
		panic(err)
	}
	values := make([][]int64, len(g.tensors))
	raw := make([]int32, size(g.tensors[0].shape))
	load(raw, input, g.info.Input.Type)
	values[0] = widen(raw)
	for i := range g.steps {
		s := &g.steps[i]
		values[s.out] = s.naive(g, values)
		t := &g.tensors[s.out]
		_, channels, inner := layout(t.shape)
		for n, v := range values[s.out] {
			if b := t.ranges[n/inner%channels]; v < int64(b.lo) || v > int64(b.hi) {
				return s.out, v, true
			}
		}
		if s.op != opConv {
			continue
		}
		w := &s.win
		w.each(func(o, y, x, _ int) {
			terms := []int64{int64(s.values[o])}
			perGroup := w.inC / w.group
			for c := range perGroup {
				plane := values[s.in[0]][(o/(w.outC/w.group)*perGroup+c)*w.inH*w.inW:]
				weights := s.weights[(o*perGroup+c)*w.kernH*w.kernW:]
				w.taps(y, x, func(tap, source int) {
					terms = append(terms, int64(weights[tap])*plane[source])
				})
			}
			r.Shuffle(len(terms), func(a, b int) { terms[a], terms[b] = terms[b], terms[a] })
			var sum int64
			for _, term := range terms {
				sum += term
				if b := t.hulls[o]; !found && (sum < int64(b.lo) || sum > int64(b.hi)) {
					tensor, value, found = s.out, sum, true
				}
			}
		})
		if found {
			return tensor, value, true
		}
	}
	return 0, 0, false
}

// Conversions of float32 bits, for their tests.
var (
	IntegerFromBits = integerFromBits
	ShiftFromBits   = shiftFromBits
)
