package protocol

import (
	"testing"

	poi "github.com/assay-network/assay/chain/x/poi/protocol"
)

const chainID = "assay-local-1"

// source is random input for tests, the same on every run.
type source struct{ *poi.Stream }

func newSource(name string) source { return source{poi.NewStream([]byte(name), "test")} }

func (s source) below(n uint64) uint64 {
	v, err := s.Uniform(n)
	if err != nil {
		panic(err)
	}
	return v
}

func (s source) bytes(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(s.Word())
	}
	return out
}

// amount is of any magnitude, up to 2^64 - 1.
func (s source) amount() uint64 { return s.Word() >> s.below(64) }

// split is a fee and up to MaxRoyalties shares that fit in the whole.
func (s source) split() (feeBps uint32, shares []Share) {
	left := s.below(BasisPoints + 1)
	feeBps = uint32(BasisPoints - left)
	for i := range s.below(MaxRoyalties + 1) {
		bps := s.below(left + 1)
		left -= bps
		shares = append(shares, Share{Recipient: string(rune('a' + i)), Bps: uint32(bps)})
	}
	return feeBps, shares
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
