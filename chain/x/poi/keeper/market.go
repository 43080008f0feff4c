package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// What the market asks of x/poi: what is known of a model, who scores, that files
// of models it answers for stay, and runs to judge answers with.

// GetModel returns a registered model.
func (k Keeper) GetModel(ctx context.Context, id []byte) (types.Model, error) {
	return k.modelByID(ctx, id)
}

// GetArena returns an arena.
func (k Keeper) GetArena(ctx context.Context, id uint64) (types.Arena, error) {
	return k.arenaByID(ctx, id)
}

// GetClock returns the running epoch and phase.
func (k Keeper) GetClock(ctx context.Context) (types.Clock, error) { return k.clock.Get(ctx) }

// EligibleScorer returns the operator of a hot key whose scorer would be frozen
// into an epoch now: who is jailed or lacks a bond reports nothing either.
func (k Keeper) EligibleScorer(ctx context.Context, hotKey []byte) (string, error) {
	operator, ok, err := found(ctx, k.hotKeys, hotKey)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", types.ErrUnauthorized.Wrap("the signer is no scorer's hot key")
	}
	scorer, err := k.scorers.Get(ctx, operator)
	if err != nil {
		return "", err
	}
	clock, err := k.clock.Get(ctx)
	if err != nil {
		return "", err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return "", err
	}
	reason, err := k.scorerIneligible(ctx, scorer, clock.Epoch, params)
	if err != nil {
		return "", err
	}
	if reason != "" {
		return "", types.ErrUnauthorized.Wrapf("scorer %s does not count: %s", scorer.Operator, reason)
	}
	return scorer.Operator, nil
}

// HoldModel keeps the file of a model until ReleaseHold was called as often.
func (k Keeper) HoldModel(ctx context.Context, id []byte) error {
	model, err := k.modelByID(ctx, id)
	if err != nil {
		return err
	}
	if !model.HasFile {
		return types.ErrNotFound.Wrapf("file of model %x", id)
	}
	model.Holds++
	return k.models.Set(ctx, id, model)
}

// ReleaseHold takes a hold back; the file goes when it was the last thing that
// kept it.
func (k Keeper) ReleaseHold(ctx context.Context, id []byte) error {
	model, err := k.modelByID(ctx, id)
	if err != nil {
		return err
	}
	if model.Holds == 0 {
		return types.ErrInvalid.Wrapf("nothing holds model %x", id)
	}
	model.Holds--
	return k.keepOrDelete(ctx, model)
}

// RunReserved runs a model on one raw item within what the transaction has
// reserved (ReserveInference). A simulation spends the same and does not run: it
// returns ran = false and no logits.
func (k Keeper) RunReserved(ctx context.Context, id, input []byte) (logits []int32, ran bool, err error) {
	model, err := k.modelByID(ctx, id)
	if err != nil {
		return nil, false, err
	}
	return k.runReserved(sdk.UnwrapSDKContext(ctx), model, input)
}
