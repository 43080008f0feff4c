package keeper

import (
	"github.com/assay-network/assay/chain/internal/strictaddress"
	"github.com/assay-network/assay/chain/x/poi/types"
)

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
	raw, err := strictaddress.Parse(k.addressCodec, what, text)
	if err != nil {
		return nil, types.ErrInvalid.Wrap(err.Error())
	}
	return raw, nil
}
