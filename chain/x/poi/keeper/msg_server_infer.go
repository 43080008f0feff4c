package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// Infer runs a model on one item. Gas is charged by formula, whatever the node
// has cached; a simulation pays and charges the same and returns zeros.
func (s msgServer) Infer(ctx context.Context, msg *types.MsgInfer) (*types.MsgInferResponse, error) {
	sender, err := s.address("sender", msg.Sender)
	if err != nil {
		return nil, err
	}
	if err := types.CheckAmount("max_fee", msg.MaxFee); err != nil {
		return nil, err
	}
	model, err := s.modelByID(ctx, msg.Model)
	if err != nil {
		return nil, err
	}
	if !model.HasFile {
		return nil, types.ErrNotFound.Wrapf("file of model %x", model.Id)
	}
	fee := model.Terms.InferFee
	if fee.GT(msg.MaxFee) {
		return nil, types.ErrFeeTooHigh.Wrapf("model %x asks %s%s, accepted are %s", model.Id, fee, types.Denom, msg.MaxFee)
	}
	arena, err := s.arenas.Get(ctx, model.Arena)
	if err != nil {
		return nil, err
	}
	if want := arena.Spec.ItemBytes(); len(msg.Input) != want {
		return nil, types.ErrInvalid.Wrapf("input has %d bytes, expected %d", len(msg.Input), want)
	}
	params, err := s.params.Get(ctx)
	if err != nil {
		return nil, err
	}

	sdkCtx := sdk.UnwrapSDKContext(ctx)
	sdkCtx.GasMeter().ConsumeGas(inferGas(model, len(msg.Input), params), "inference")
	if err := s.spendInference(ctx, model.Cost(), params.InferMacsPerBlock); err != nil {
		return nil, err
	}
	if err := s.deposit(ctx, sender, rewardEntry(model.Author), fee); err != nil {
		return nil, err
	}
	format := arena.Spec.Format()
	logits := make([]int32, format.Outputs())
	if sdkCtx.ExecMode() != sdk.ExecModeSimulate {
		if logits, err = s.RunModel(ctx, model.Id, msg.Input); err != nil {
			return nil, err
		}
	}
	answer, err := format.Answer(logits)
	if err != nil {
		return nil, types.ErrModelFile.Wrapf("model %x: %s", model.Id, err)
	}
	return &types.MsgInferResponse{Logits: logits, Answer: answer}, sdkCtx.EventManager().EmitTypedEvent(&types.EventInferred{
		Model: model.Id, Sender: msg.Sender, Fee: fee,
	})
}

// inferGas is what a run is charged beside ordinary store access.
func inferGas(model types.Model, input int, params types.Params) uint64 {
	bytes := uint64(input) + uint64(model.FileBytes)
	return params.InferGasBase + model.Cost()/params.InferMacsPerGas + params.InferGasPerByte*bytes
}

// spendInference counts a run against the budget of the block.
func (k Keeper) spendInference(ctx context.Context, cost, budget uint64) error {
	spent, err := getOr(ctx, k.inferSpent, 0)
	if err != nil {
		return err
	}
	if spent+cost > budget {
		return types.ErrInferBudget.Wrapf("%d of %d are spent, the run costs %d: try a later block", spent, budget, cost)
	}
	return k.inferSpent.Set(ctx, spent+cost)
}
