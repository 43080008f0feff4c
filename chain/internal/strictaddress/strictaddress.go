// Package strictaddress reads account addresses of messages.
package strictaddress

import (
	"fmt"

	"cosmossdk.io/core/address"
)

// maxBytes is more than any address of 32 bytes or fewer takes as text.
const maxBytes = 128

// Parse returns the raw address; what names the field in errors. It takes only the
// one text that stands for the account: records and ledgers keep and compare the
// text, and bech32 would allow capitals as well.
func Parse(codec address.Codec, what, text string) ([]byte, error) {
	if len(text) > maxBytes {
		return nil, fmt.Errorf("%s address has %d bytes, expected at most %d", what, len(text), maxBytes)
	}
	raw, err := codec.StringToBytes(text)
	if err != nil {
		return nil, fmt.Errorf("%s address %q: %w", what, text, err)
	}
	canonical, err := codec.BytesToString(raw)
	if err != nil {
		return nil, fmt.Errorf("%s address %q: %w", what, text, err)
	}
	if text != canonical {
		return nil, fmt.Errorf("%s address %q, expected %q", what, text, canonical)
	}
	return raw, nil
}
