package keeper

import (
	"context"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// Challenge escrows a bond and queues one item of one row to be run by the chain.
func (s msgServer) Challenge(ctx context.Context, msg *types.MsgChallenge) (*types.MsgChallengeResponse, error) {
	clock, params, err := s.inPhase(ctx, msg.Epoch, types.PHASE_CHALLENGE)
	if err != nil {
		return nil, err
	}
	challenger, err := s.address("challenger", msg.Challenger)
	if err != nil {
		return nil, err
	}
	if err := checkModelID(msg.Model); err != nil {
		return nil, err
	}
	slot, err := s.runningSlot(ctx, msg.Epoch, msg.Slot)
	if err != nil {
		return nil, err
	}
	if msg.Item >= params.BatchItems {
		return nil, types.ErrInvalid.Wrapf("item %d, a batch has %d", msg.Item, params.BatchItems)
	}
	if ok, err := s.rows.Has(ctx, collections.Join(slot.Id, msg.Model)); err != nil || !ok {
		if err != nil {
			return nil, err
		}
		return nil, types.ErrNotFound.Wrapf("row of model %X in slot %d", msg.Model, slot.Id)
	}
	convicted, err := s.isConvicted(ctx, slot.Scorer)
	if err != nil {
		return nil, err
	}
	if convicted {
		return nil, types.ErrConvicted.Wrapf("scorer %s of slot %d", slot.Scorer, slot.Id)
	}
	cell := collections.Join3(slot.Id, msg.Model, msg.Item)
	if ok, err := s.challenged.Has(ctx, cell); err != nil || ok {
		if err != nil {
			return nil, err
		}
		return nil, types.ErrExists.Wrapf("challenge of item %d of model %X in slot %d", msg.Item, msg.Model, slot.Id)
	}

	seq, err := s.nextSequence(ctx, func(n *types.Sequences) *uint64 { return &n.Challenge })
	if err != nil {
		return nil, err
	}
	if err := s.deposit(ctx, challenger, challengeBond(seq), params.ChallengeBond); err != nil {
		return nil, err
	}
	challenge := types.Challenge{Seq: seq, Challenger: msg.Challenger, Epoch: clock.Epoch, Slot: slot.Id, Model: msg.Model, Item: msg.Item}
	if err := s.challenges.Set(ctx, seq, challenge); err != nil {
		return nil, err
	}
	if err := s.challenged.Set(ctx, cell); err != nil {
		return nil, err
	}
	return &types.MsgChallengeResponse{Seq: seq}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventChallengeQueued{Challenge: challenge})
}
