package keeper

import (
	"context"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// WithdrawModel takes a model out of competition. One that holds a step keeps it,
// and its file, and goes on earning.
func (s msgServer) WithdrawModel(ctx context.Context, msg *types.MsgWithdrawModel) (*types.MsgWithdrawModelResponse, error) {
	model, err := s.ownModel(ctx, msg.Model, msg.Owner)
	if err != nil {
		return nil, err
	}
	switch model.Status {
	case types.MODEL_STATUS_CONTENDER, types.MODEL_STATUS_TOP, types.MODEL_STATUS_ARCHIVED:
	default:
		return nil, types.ErrNotFound.Wrapf("place of model %x: its status is %s", model.Id, model.Status)
	}
	return &types.MsgWithdrawModelResponse{}, s.retireModel(ctx, model, types.MODEL_STATUS_WITHDRAWN)
}
