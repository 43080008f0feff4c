package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// UpdateParams replaces all parameters. The running epoch keeps its own.
func (s msgServer) UpdateParams(ctx context.Context, msg *types.MsgUpdateParams) (*types.MsgUpdateParamsResponse, error) {
	if err := s.checkAuthority(ctx, msg.Authority); err != nil {
		return nil, err
	}
	if err := msg.Params.Validate(); err != nil {
		return nil, err
	}
	if err := s.checkFits(ctx, msg.Params); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, s.params.Set(ctx, msg.Params)
}

// checkAuthority says whether the signer is governance.
func (k Keeper) checkAuthority(ctx context.Context, signer string) error {
	if err := sdk.ValidateAuthority(sdk.UnwrapSDKContext(ctx), k.authority, signer); err != nil {
		return types.ErrUnauthorized.Wrap(err.Error())
	}
	return nil
}

// checkFits checks new parameters against what the chain already holds.
func (k Keeper) checkFits(ctx context.Context, params types.Params) error {
	emission, err := getOr(ctx, k.emission, types.EmissionState{Minted: math.ZeroInt()})
	if err != nil {
		return err
	}
	if params.EmissionCap.LT(emission.Minted) {
		return types.ErrInvalid.Wrapf("emission_cap is %s, expected at least the %s minted so far", params.EmissionCap, emission.Minted)
	}
	arenas, err := values(ctx, k.arenas, nil)
	if err != nil {
		return err
	}
	current, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	for _, arena := range arenas {
		if err := checkBatchSize(arena.Spec, params); err != nil {
			return err
		}
		if params.BatchItems != current.BatchItems {
			if err := k.checkNoUnspentBatches(ctx, arena.Id); err != nil {
				return err
			}
		}
		approved, err := k.approvedSponsors(ctx, arena.Id)
		if err != nil {
			return err
		}
		if approved > params.MaxSponsors {
			return types.ErrInvalid.Wrapf("max_sponsors is %d, arena %d has %d", params.MaxSponsors, arena.Id, approved)
		}
	}
	return k.checkAdmission(ctx, params)
}

// checkNoUnspentBatches refuses a new batch_items while batches of the present
// size wait to be drawn: nobody could open them, and their sponsors, also those
// that have left and may come back, would be punished for it.
func (k Keeper) checkNoUnspentBatches(ctx context.Context, arena uint64) error {
	sponsors, err := values(ctx, k.sponsors, collections.NewPrefixedPairRange[uint64, []byte](arena))
	if err != nil {
		return err
	}
	for _, sponsor := range sponsors {
		// The current commitment moves on with its last batch.
		if sponsor.CurrentCommitment < sponsor.Commitments {
			return types.ErrUnspentBatches.Wrapf("sponsor %s of arena %d could not open what it has committed with another batch_items", sponsor.Address, arena)
		}
	}
	return nil
}

// checkBatchSize checks that a batch of an arena may lie in state.
func checkBatchSize(spec types.ArenaSpec, params types.Params) error {
	if bytes := spec.ItemBytes() * int(params.BatchItems); bytes > types.MaxBatchBytes {
		return types.ErrInvalid.Wrapf("a batch of arena %s has %d bytes, expected at most %d", spec.Name, bytes, types.MaxBatchBytes)
	}
	return nil
}
