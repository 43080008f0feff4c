package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// Infer runs a model on one item. Room in the block and gas were taken before the
// transaction's messages (ReserveInference); a simulation takes and pays the same
// and returns zeros.
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
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	if err := spendReserved(sdkCtx, model.Cost()); err != nil {
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

// inferReservation is what the runs of a transaction may still cost. It is shared
// by all contexts derived from the one it was made for and not kept in the store,
// because a message that fails after a run must not give the run back.
type inferReservation struct{ left uint64 }

// inferReservationKey finds the reservation in a transaction's context.
type inferReservationKey struct{}

// ReserveInference takes the runs of a transaction out of the block's budget, and
// their gas from the transaction, before any of its messages runs. It belongs into
// the ante handler: what that writes stays when a message fails, so a block's runs
// stay within the budget whatever becomes of the transactions around them.
//
// Without room for all runs none is reserved, and the first one fails: the
// transaction still pays its fee. More than a whole block's budget is an error.
// Only delivery counts; a check or a simulation sees an empty block.
func (k Keeper) ReserveInference(ctx sdk.Context, runs []*types.MsgInfer) (sdk.Context, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return ctx, err
	}
	var cost, gas uint64
	for _, run := range runs {
		model, ok, err := found(ctx, k.models, run.Model)
		if err != nil {
			return ctx, err
		}
		if !ok || !model.HasFile {
			continue // the handler refuses it
		}
		cost += model.Cost()
		gas += inferGas(model, len(run.Input), params)
	}
	if cost > params.InferMacsPerBlock {
		return ctx, types.ErrInferBudget.Wrapf("the runs of the transaction cost %d, a block has room for %d: send fewer", cost, params.InferMacsPerBlock)
	}
	reservation := &inferReservation{}
	ctx = ctx.WithValue(inferReservationKey{}, reservation)
	if ctx.ExecMode() == sdk.ExecModeFinalize {
		// Free of gas, so that a simulation, which skips it, costs the same.
		free := freeOfGas(ctx)
		spent, err := getOr(free, k.inferSpent, 0)
		if err != nil {
			return ctx, err
		}
		if spent+cost > params.InferMacsPerBlock {
			return ctx, nil
		}
		if err := k.inferSpent.Set(free, spent+cost); err != nil {
			return ctx, err
		}
	}
	// Who reserves pays, also when an earlier message fails and nothing is run:
	// taking room away from others must not be cheaper than using it.
	ctx.GasMeter().ConsumeGas(gas, "inference")
	reservation.left = cost
	return ctx, nil
}

// spendReserved counts a run against what its transaction has reserved.
func spendReserved(ctx sdk.Context, cost uint64) error {
	reservation, ok := ctx.Value(inferReservationKey{}).(*inferReservation)
	if !ok {
		return types.ErrInferBudget.Wrap("nothing is reserved: models run in transactions only, not in proposals")
	}
	if reservation.left < cost {
		return types.ErrInferBudget.Wrapf("the run costs %d, reserved are %d: try a later block", cost, reservation.left)
	}
	reservation.left -= cost
	return nil
}

// inferGas is what a run is charged beside ordinary store access. It does not
// depend on what the node has cached.
func inferGas(model types.Model, input int, params types.Params) uint64 {
	bytes := uint64(input) + uint64(model.FileBytes)
	return params.InferGasBase + model.Cost()/params.InferMacsPerGas + params.InferGasPerByte*bytes
}
