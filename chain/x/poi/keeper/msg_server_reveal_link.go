package keeper

import (
	"bytes"
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// RevealLink takes a scorer's next link. It becomes the scorer's tip at once, so
// it is spent even if the epoch turns out void.
func (s msgServer) RevealLink(ctx context.Context, msg *types.MsgRevealLink) (*types.MsgRevealLinkResponse, error) {
	clock, _, err := s.inPhase(ctx, msg.Epoch, types.PHASE_BEACON)
	if err != nil {
		return nil, err
	}
	operator, frozen, err := s.hotKeyScorer(ctx, msg.HotKey)
	if err != nil {
		return nil, err
	}
	if len(frozen.Link) != 0 {
		return nil, types.ErrExists.Wrapf("scorer %s has revealed its link of epoch %d", frozen.Operator, msg.Epoch)
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	if err := linkLeadsToTip(sdkCtx.ChainID(), operator, msg.Link, frozen.Tip); err != nil {
		return nil, err
	}

	frozen.Link = msg.Link
	if err := s.frozenScorers.Set(ctx, operator, frozen); err != nil {
		return nil, err
	}
	scorer, err := s.scorers.Get(ctx, operator)
	if err != nil {
		return nil, err
	}
	// A tip set since the freeze starts another chain and stays.
	if bytes.Equal(scorer.Tip, frozen.Tip) {
		scorer.Tip = msg.Link
		if err := s.scorers.Set(ctx, operator, scorer); err != nil {
			return nil, err
		}
	}
	return &types.MsgRevealLinkResponse{}, sdkCtx.EventManager().EmitTypedEvent(&types.EventLinkRevealed{Epoch: clock.Epoch, Scorer: frozen.Operator})
}
