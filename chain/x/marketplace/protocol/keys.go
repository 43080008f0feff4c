package protocol

import (
	"bytes"
	"fmt"

	"filippo.io/edwards25519"
	"github.com/cosmos/cosmos-sdk/crypto/keys/ed25519"
)

// CheckKey refuses what may not become a voucher key or a serving key: anything
// but the canonical encoding of a point whose order is not small. Under a key of
// small order one signature fits any message for some verifiers and none for
// others, so a provider would serve what it cannot claim.
func CheckKey(key []byte) error {
	if len(key) != ed25519.PubKeySize {
		return fmt.Errorf("ed25519 key of %d bytes, expected %d", len(key), ed25519.PubKeySize)
	}
	point, err := new(edwards25519.Point).SetBytes(key)
	if err != nil {
		return fmt.Errorf("ed25519 key %x is not a point of the curve", key)
	}
	// SetBytes takes y beyond the field's prime, and a sign on x = 0.
	if !bytes.Equal(point.Bytes(), key) {
		return fmt.Errorf("ed25519 key %x is not the canonical encoding of its point, %x", key, point.Bytes())
	}
	if new(edwards25519.Point).MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return fmt.Errorf("ed25519 key %x is a point of small order", key)
	}
	return nil
}

// VerifySignature says whether signature over digest is one of key, by the rules
// of ZIP-215. It takes whatever a strict verifier takes, and more: so what the
// programs of the market accept can always be claimed and challenged.
func VerifySignature(key, digest, signature []byte) bool {
	return (&ed25519.PubKey{Key: key}).VerifySignature(digest, signature)
}
