package keeper

import "github.com/assay-network/assay/chain/x/marketplace/types"

type msgServer struct {
	Keeper
}

var _ types.MsgServer = msgServer{}

// NewMsgServerImpl returns the transaction service of the module.
func NewMsgServerImpl(k *Keeper) types.MsgServer {
	return msgServer{Keeper: *k}
}

// maxAddressBytes is more than any address of 32 bytes or fewer takes as text.
const maxAddressBytes = 128

// address parses an account address; what names the field in errors. It takes
// only the one text that stands for the account: records keep and compare the
// text, and bech32 would allow capitals as well.
func (k Keeper) address(what, text string) ([]byte, error) {
	if len(text) > maxAddressBytes {
		return nil, types.ErrInvalid.Wrapf("%s address has %d bytes, expected at most %d", what, len(text), maxAddressBytes)
	}
	raw, err := k.addressCodec.StringToBytes(text)
	if err != nil {
		return nil, types.ErrInvalid.Wrapf("%s address %q: %s", what, text, err)
	}
	canonical, err := k.addressCodec.BytesToString(raw)
	if err != nil {
		return nil, types.ErrInvalid.Wrapf("%s address %q: %s", what, text, err)
	}
	if text != canonical {
		return nil, types.ErrInvalid.Wrapf("%s address %q, expected %q", what, text, canonical)
	}
	return raw, nil
}
