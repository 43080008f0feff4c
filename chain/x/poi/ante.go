package poi

import (
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/authz"

	"github.com/assay-network/assay/chain/x/poi/keeper"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// InferenceDecorator reserves room in the block for the models that a transaction
// runs. It comes after the verification of signatures, so that nobody reserves in
// another's name.
type InferenceDecorator struct{ keeper *keeper.Keeper }

// NewInferenceDecorator returns the decorator for the ante handler.
func NewInferenceDecorator(k *keeper.Keeper) InferenceDecorator { return InferenceDecorator{keeper: k} }

// AnteHandle passes a transaction that runs no model on as it is.
func (d InferenceDecorator) AnteHandle(ctx sdk.Context, tx sdk.Tx, simulate bool, next sdk.AnteHandler) (sdk.Context, error) {
	runs, err := inferences(tx.GetMsgs())
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

// inferences finds the runs among messages and in those that are executed on
// behalf of others. How deep these can nest is bounded where a transaction is
// decoded.
func inferences(msgs []sdk.Msg) ([]*types.MsgInfer, error) {
	var runs []*types.MsgInfer
	for _, msg := range msgs {
		switch msg := msg.(type) {
		case *types.MsgInfer:
			runs = append(runs, msg)
		case *authz.MsgExec:
			inner, err := msg.GetMessages()
			if err != nil {
				return nil, err
			}
			nested, err := inferences(inner)
			if err != nil {
				return nil, err
			}
			runs = append(runs, nested...)
		}
	}
	return runs, nil
}
