package poi

import (
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/authz"

	"github.com/assay-network/assay/chain/x/poi/keeper"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// FindRuns tells which models a message of some module runs; none for messages it
// does not know and for those that will be refused.
type FindRuns func(ctx sdk.Context, msg sdk.Msg) ([]keeper.Run, error)

// InferenceDecorator reserves room in the block for the models that a transaction
// runs. It comes after the verification of signatures, so that nobody reserves in
// another's name.
type InferenceDecorator struct {
	keeper *keeper.Keeper
	find   []FindRuns
}

// NewInferenceDecorator returns the decorator for the ante handler. It finds the
// runs of this module's messages by itself; others come from find.
func NewInferenceDecorator(k *keeper.Keeper, find ...FindRuns) InferenceDecorator {
	return InferenceDecorator{keeper: k, find: append([]FindRuns{inferences}, find...)}
}

// AnteHandle passes a transaction that runs no model on as it is.
func (d InferenceDecorator) AnteHandle(ctx sdk.Context, tx sdk.Tx, simulate bool, next sdk.AnteHandler) (sdk.Context, error) {
	runs, err := d.runs(ctx, tx.GetMsgs())
	if err != nil {
		return ctx, err
	}
	if len(runs) > 0 {
		if ctx, err = d.keeper.ReserveInference(ctx, runs); err != nil {
			return ctx, err
		}
	}
	return next(ctx, tx, simulate)
}

// runs collects the runs of messages and of those that are executed on behalf of
// others. How deep these can nest is bounded where a transaction is decoded.
func (d InferenceDecorator) runs(ctx sdk.Context, msgs []sdk.Msg) ([]keeper.Run, error) {
	var runs []keeper.Run
	for _, msg := range msgs {
		if exec, ok := msg.(*authz.MsgExec); ok {
			inner, err := exec.GetMessages()
			if err != nil {
				return nil, err
			}
			nested, err := d.runs(ctx, inner)
			if err != nil {
				return nil, err
			}
			runs = append(runs, nested...)
			continue
		}
		for _, find := range d.find {
			more, err := find(ctx, msg)
			if err != nil {
				return nil, err
			}
			runs = append(runs, more...)
		}
	}
	return runs, nil
}

func inferences(_ sdk.Context, msg sdk.Msg) ([]keeper.Run, error) {
	if infer, ok := msg.(*types.MsgInfer); ok {
		return []keeper.Run{{Model: infer.Model, InputBytes: len(infer.Input)}}, nil
	}
	return nil, nil
}
