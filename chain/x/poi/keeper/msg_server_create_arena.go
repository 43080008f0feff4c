package keeper

import (
	"context"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// CreateArena opens an arena with weight 0, whose creator curates it and owns its
// reference model.
func (s msgServer) CreateArena(ctx context.Context, msg *types.MsgCreateArena) (*types.MsgCreateArenaResponse, error) {
	creator, err := s.address("creator", msg.Creator)
	if err != nil {
		return nil, err
	}
	params, err := s.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	// Arenas are never closed, so the number of the newest counts them.
	id, err := s.nextSequence(ctx, func(n *types.Sequences) *uint64 { return &n.Arena })
	if err != nil {
		return nil, err
	}
	if id > uint64(params.MaxArenas) {
		return nil, types.ErrInvalid.Wrapf("arena would be number %d, at most %d are allowed", id, params.MaxArenas)
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	arena, model, step, err := types.OpenArena(id, msg.Spec, msg.Creator, types.Reference{
		File: msg.ReferenceFile, Name: msg.ReferenceName, Card: msg.ReferenceCard, Licence: msg.ReferenceLicence,
	}, fileLimits(params), sdkCtx.BlockHeight())
	if err != nil {
		return nil, err
	}
	if err := checkBatchSize(arena.Spec, params); err != nil {
		return nil, err
	}
	taken, err := s.arenaNames.Has(ctx, arena.Spec.Name)
	if err != nil {
		return nil, err
	}
	if taken {
		return nil, types.ErrExists.Wrapf("arena %s", arena.Spec.Name)
	}

	if err := s.deposit(ctx, creator, arenaBond(id), params.ArenaBond); err != nil {
		return nil, err
	}
	if err := s.arenas.Set(ctx, id, arena); err != nil {
		return nil, err
	}
	if err := s.arenaNames.Set(ctx, arena.Spec.Name, id); err != nil {
		return nil, err
	}
	if err := s.steps.Set(ctx, collections.Join(id, step.Index), step); err != nil {
		return nil, err
	}
	if err := s.addModel(ctx, model, creator, msg.ReferenceFile); err != nil {
		return nil, err
	}
	if err := s.checkAdmission(ctx, params); err != nil {
		return nil, err
	}
	return &types.MsgCreateArenaResponse{Arena: id, Reference: model.Id}, sdkCtx.EventManager().EmitTypedEvent(&types.EventArenaCreated{
		Arena: id, Name: arena.Spec.Name, Creator: msg.Creator, Reference: model.Id,
	})
}

// fileLimits are the limits on a model file that is offered now.
func fileLimits(params types.Params) intonnx.Limits {
	return intonnx.Limits{FileBytes: int(params.MaxFileBytes), Cost: params.MaxModelMacs}
}
