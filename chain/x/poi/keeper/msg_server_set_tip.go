package keeper

import (
	"context"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// SetTip starts a new hash chain. The running epoch asks for a link of the chain
// that was frozen.
func (s msgServer) SetTip(ctx context.Context, msg *types.MsgSetTip) (*types.MsgSetTipResponse, error) {
	key, err := s.address("hot key", msg.HotKey)
	if err != nil {
		return nil, err
	}
	if err := checkTip(msg.Tip); err != nil {
		return nil, err
	}
	operator, ok, err := found(ctx, s.hotKeys, key)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, types.ErrUnauthorized.Wrapf("%s is no scorer's hot key", msg.HotKey)
	}
	scorer, err := s.scorers.Get(ctx, operator)
	if err != nil {
		return nil, err
	}
	scorer.Tip = msg.Tip
	if err := s.scorers.Set(ctx, operator, scorer); err != nil {
		return nil, err
	}
	return &types.MsgSetTipResponse{}, emitScorerUpdated(ctx, scorer)
}
