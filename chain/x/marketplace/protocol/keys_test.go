package protocol

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"filippo.io/edwards25519"
)

// smallOrder are all encodings of the eight points of small order that a lax
// decoder takes, canonical ones first.
func smallOrder(t *testing.T) (canonical, other [][]byte) {
	t.Helper()
	for y := range 2 {
		// p + 0 and p + 1 are other ways to write y = 0 and y = 1.
		for _, sign := range []byte{0, 0x80} {
			alias := make([]byte, 32)
			for i := range alias {
				alias[i] = 0xff
			}
			alias[0], alias[31] = byte(0xed+y), 0x7f|sign
			other = append(other, alias)
		}
	}
	// y = 1 and y = -1 have x = 0, whose sign is written as 0.
	minusOne := edwards25519.NewIdentityPoint().Bytes()
	minusOne[0], minusOne[31] = 0xec, 0x7f
	for i := 1; i < 31; i++ {
		minusOne[i] = 0xff
	}
	for _, point := range [][]byte{edwards25519.NewIdentityPoint().Bytes(), minusOne} {
		signed := append([]byte{}, point...)
		signed[31] |= 0x80
		other = append(other, signed)
	}
	for _, point := range torsion(t) {
		canonical = append(canonical, point.Bytes())
	}
	return canonical, other
}

// torsion is the subgroup of order 8: any point of the curve times the order of
// the prime subgroup, as often as it takes to find a generator.
func torsion(t *testing.T) []*edwards25519.Point {
	t.Helper()
	identity := edwards25519.NewIdentityPoint()
	for y := byte(2); ; y++ {
		encoding := make([]byte, 32)
		encoding[0] = y
		point, err := new(edwards25519.Point).SetBytes(encoding)
		if err != nil {
			continue
		}
		generator := new(edwards25519.Point).Add(times(point, orderMinusOne(t)), point)
		four := new(edwards25519.Point).Add(generator, generator)
		four.Add(four, four)
		if four.Equal(identity) == 1 {
			continue // of order 4 at most
		}
		all := []*edwards25519.Point{identity}
		for len(all) < 8 {
			all = append(all, new(edwards25519.Point).Add(all[len(all)-1], generator))
		}
		return all
	}
}

// orderMinusOne is the scalar -1, that is the order of the prime subgroup less one.
func orderMinusOne(t *testing.T) *edwards25519.Scalar {
	t.Helper()
	one := must[*edwards25519.Scalar](t)(edwards25519.NewScalar().SetCanonicalBytes(append([]byte{1}, make([]byte, 31)...)))
	return edwards25519.NewScalar().Negate(one)
}

// times is a multiplication that takes the scalar as the integer it is, for points
// outside the prime subgroup too.
func times(point *edwards25519.Point, scalar *edwards25519.Scalar) *edwards25519.Point {
	product := edwards25519.NewIdentityPoint()
	bytes := scalar.Bytes()
	for bit := 255; bit >= 0; bit-- {
		product.Add(product, product)
		if bytes[bit/8]>>(bit%8)&1 == 1 {
			product.Add(product, point)
		}
	}
	return product
}

func TestCheckKey(t *testing.T) {
	s := newSource("keys")
	for range 20 {
		if err := CheckKey(signer(s).Public().(ed25519.PublicKey)); err != nil {
			t.Error(err)
		}
	}
	canonical, other := smallOrder(t)
	if len(canonical) != 8 {
		t.Fatalf("%d points of small order", len(canonical))
	}
	for _, key := range canonical {
		wantError(t, CheckKey(key), "of small order")
	}
	for _, key := range other {
		wantError(t, CheckKey(key), "is not the canonical encoding")
	}
	off := make([]byte, 32)
	off[0] = 2
	wantError(t, CheckKey(off), "not a point of the curve")
	for _, size := range []int{0, 31, 33, 64} {
		wantError(t, CheckKey(make([]byte, size)), "expected 32")
	}
	// Not of small order as a whole: usable, because every strict signature holds.
	mixed := new(edwards25519.Point).Add(edwards25519.NewGeneratorPoint(), torsion(t)[1])
	if err := CheckKey(mixed.Bytes()); err != nil {
		t.Error(err)
	}
}

func signer(s source) ed25519.PrivateKey { return ed25519.NewKeyFromSeed(s.bytes(ed25519.SeedSize)) }

func TestVerifySignature(t *testing.T) {
	s := newSource("signatures")
	for range 20 {
		private, digest := signer(s), s.bytes(32)
		key, signature := []byte(private.Public().(ed25519.PublicKey)), ed25519.Sign(private, digest)
		if !VerifySignature(key, digest, signature) {
			t.Error("a signature was refused")
		}
		for name, ok := range map[string]bool{
			"another digest": VerifySignature(key, s.bytes(32), signature),
			"another key":    VerifySignature(signer(s).Public().(ed25519.PublicKey), digest, signature),
			"a short key":    VerifySignature(key[:31], digest, signature),
			"no key":         VerifySignature(nil, digest, signature),
			"a short one":    VerifySignature(key, digest, signature[:63]),
			"none":           VerifySignature(key, digest, nil),
		} {
			if ok {
				t.Errorf("a signature with %s was taken", name)
			}
		}
		signature[s.below(64)] ^= 1 << s.below(8)
		if VerifySignature(key, digest, signature) {
			t.Error("a signature with a flipped bit was taken")
		}
	}
}

func wantError(t *testing.T, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("got error %v, expected %q", err, text)
	}
}
