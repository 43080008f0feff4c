package keeper

import (
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// Run is one run of a model that a message of a transaction asks for.
type Run struct {
	Model      []byte
	InputBytes int
}

// reservation is what the runs of a transaction may still cost. It is shared by
// all contexts derived from the one it was made for and not kept in the store,
// because a message that fails after a run must not give the run back.
type reservation struct{ left uint64 }

// reservationKey finds the reservation in a transaction's context.
type reservationKey struct{}

// ReserveInference takes the runs of a transaction out of the block's budget, and
// their gas from the transaction, before any of its messages runs. It belongs into
// the ante handler: what that writes stays when a message fails, so a block's runs
// stay within the budget whatever becomes of the transactions around them.
//
// Without room for all runs none is reserved, and the first one fails: the
// transaction still pays its fee. More than a whole block's budget is an error.
// Only delivery counts; a check or a simulation sees an empty block.
func (k Keeper) ReserveInference(ctx sdk.Context, runs []Run) (sdk.Context, error) {
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
		gas += inferGas(model, run.InputBytes, params)
	}
	if cost > params.InferMacsPerBlock {
		return ctx, types.ErrInferBudget.Wrapf("the runs of the transaction cost %d, a block has room for %d: send fewer", cost, params.InferMacsPerBlock)
	}
	reserved := &reservation{}
	ctx = ctx.WithValue(reservationKey{}, reserved)
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
	reserved.left = cost
	return ctx, nil
}

// runReserved runs a model on one raw item and counts the run against what its
// transaction has reserved; a simulation only counts.
func (k Keeper) runReserved(ctx sdk.Context, model types.Model, input []byte) (logits []int32, ran bool, err error) {
	if !model.HasFile {
		return nil, false, types.ErrNotFound.Wrapf("file of model %x", model.Id)
	}
	reserved, ok := ctx.Value(reservationKey{}).(*reservation)
	if !ok {
		return nil, false, types.ErrInferBudget.Wrap("nothing is reserved: models run in transactions only, not in proposals")
	}
	if cost := model.Cost(); reserved.left < cost {
		return nil, false, types.ErrInferBudget.Wrapf("the run costs %d, reserved are %d: try a later block", cost, reserved.left)
	}
	reserved.left -= model.Cost()
	if ctx.ExecMode() == sdk.ExecModeSimulate {
		return nil, false, nil
	}
	logits, err = k.RunModel(ctx, model.Id, input)
	return logits, err == nil, err
}

// inferGas is what a run is charged beside ordinary store access. It does not
// depend on what the node has cached.
func inferGas(model types.Model, input int, params types.Params) uint64 {
	bytes := uint64(input) + uint64(model.FileBytes)
	return params.InferGasBase + model.Cost()/params.InferMacsPerGas + params.InferGasPerByte*bytes
}
