package keeper

import (
	"context"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// UnbondScorer lets a scorer leave. The running epoch still counts on it, and its
// record stays, so that bonding again does not wipe out offences.
func (s msgServer) UnbondScorer(ctx context.Context, msg *types.MsgUnbondScorer) (*types.MsgUnbondScorerResponse, error) {
	operator, scorer, err := s.scorerOf(ctx, msg.Operator)
	if err != nil {
		return nil, err
	}
	if !scorer.Bonded {
		return nil, types.ErrNotBonded.Wrapf("scorer %s", msg.Operator)
	}
	scorer.Bonded = false
	if err := s.scorers.Set(ctx, operator, scorer); err != nil {
		return nil, err
	}
	return &types.MsgUnbondScorerResponse{}, s.startUnbonding(ctx, scorerBond(msg.Operator), msg.Operator)
}
