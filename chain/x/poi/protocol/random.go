package protocol

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
)

// Stream yields the random words of one seed and purpose:
// word_i = first 8 bytes of H("assay/rand/v1", seed, purpose parts..., i) as a
// big-endian u64, i from 0. It is stateful; draws from one stream follow each other.
type Stream struct {
	prefix []byte
	next   uint64
}

// NewStream returns the stream of seed for a purpose: a word and what it applies to.
func NewStream(seed []byte, purpose string, parts ...[]byte) *Stream {
	all := append([][]byte{seed, []byte(purpose)}, parts...)
	return &Stream{prefix: preimage(DomainRand, all)}
}

// Word returns the next 64 random bits.
func (s *Stream) Word() uint64 {
	buf := make([]byte, 0, len(s.prefix)+12)
	buf = append(buf, s.prefix...)
	sum := sha256.Sum256(appendPart(buf, u64(s.next)))
	s.next++
	return binary.BigEndian.Uint64(sum[:8])
}

// Uniform returns an unbiased number below n. Words from 2^64 - (2^64 mod n)
// upwards are rejected, since they would favour the small residues.
func (s *Stream) Uniform(n uint64) (uint64, error) {
	if n == 0 {
		return 0, fmt.Errorf("uniform draw below 0")
	}
	excess := (math.MaxUint64 - n + 1) % n // 2^64 mod n
	for {
		if w := s.Word(); w <= math.MaxUint64-excess {
			return w % n, nil
		}
	}
}

// Sample takes k of the numbers 0..n-1 without replacement, in the order in
// which a Fisher-Yates shuffle takes them: for j from n-1 down, position j is
// swapped with position Uniform(j+1) and taken. With k = n it is a permutation.
func (s *Stream) Sample(n, k uint32) ([]uint32, error) {
	if k > n {
		return nil, fmt.Errorf("sample of %d out of %d", k, n)
	}
	positions := make([]uint32, n)
	for i := range positions {
		positions[i] = uint32(i)
	}
	taken := make([]uint32, 0, k)
	for j := n; j > n-k; j-- {
		r, err := s.Uniform(uint64(j))
		if err != nil {
			return nil, err
		}
		positions[r], positions[j-1] = positions[j-1], positions[r]
		taken = append(taken, positions[j-1])
	}
	return taken, nil
}
