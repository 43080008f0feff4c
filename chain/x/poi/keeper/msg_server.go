package keeper

import "github.com/assay-network/assay/chain/x/poi/types"

type msgServer struct {
	Keeper
}

var _ types.MsgServer = msgServer{}

// NewMsgServerImpl returns the transaction service of the module.
func NewMsgServerImpl(k *Keeper) types.MsgServer {
	return msgServer{Keeper: *k}
}

// address parses an account address; what names the field in errors.
func (k Keeper) address(what, text string) ([]byte, error) {
	raw, err := k.addressCodec.StringToBytes(text)
	if err != nil {
		return nil, types.ErrInvalid.Wrapf("%s address %q: %s", what, text, err)
	}
	return raw, nil
}
