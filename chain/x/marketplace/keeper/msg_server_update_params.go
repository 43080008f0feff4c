package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// UpdateParams replaces all parameters. Channels keep the terms of their opening,
// closed services the height of their unlocking.
func (s msgServer) UpdateParams(ctx context.Context, msg *types.MsgUpdateParams) (*types.MsgUpdateParamsResponse, error) {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	if err := sdk.ValidateAuthority(sdkCtx, s.authority, msg.Authority); err != nil {
		return nil, types.ErrUnauthorized.Wrap(err.Error())
	}
	if err := msg.Params.Validate(); err != nil {
		return nil, err
	}
	if err := s.params.Set(ctx, msg.Params); err != nil {
		return nil, err
	}
	return &types.MsgUpdateParamsResponse{}, sdkCtx.EventManager().EmitTypedEvent(&types.EventParamsUpdated{Params: msg.Params})
}
