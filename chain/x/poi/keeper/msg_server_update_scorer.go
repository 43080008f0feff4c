package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// UpdateScorer replaces a scorer's hot key at once, also in mid-epoch: a key that
// has leaked must not act any longer.
func (s msgServer) UpdateScorer(ctx context.Context, msg *types.MsgUpdateScorer) (*types.MsgUpdateScorerResponse, error) {
	operator, scorer, err := s.scorerOf(ctx, msg.Operator)
	if err != nil {
		return nil, err
	}
	if err := s.setHotKey(ctx, &scorer, operator, msg.HotKey); err != nil {
		return nil, err
	}
	if err := s.scorers.Set(ctx, operator, scorer); err != nil {
		return nil, err
	}
	return &types.MsgUpdateScorerResponse{}, emitScorerUpdated(ctx, scorer)
}

func emitScorerUpdated(ctx context.Context, scorer types.Scorer) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventScorerUpdated{
		Operator: scorer.Operator, HotKey: scorer.HotKey, Tip: scorer.Tip,
	})
}
