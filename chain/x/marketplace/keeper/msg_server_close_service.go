package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// CloseService takes a service off the market. Its channels can still be claimed
// and closed; its bond stays locked for its receipts.
func (s msgServer) CloseService(ctx context.Context, msg *types.MsgCloseService) (*types.MsgCloseServiceResponse, error) {
	if _, err := s.address("provider", msg.Provider); err != nil {
		return nil, err
	}
	service, err := s.ownService(ctx, msg.Service, msg.Provider)
	if err != nil {
		return nil, err
	}
	if err := requireActive(service); err != nil {
		return nil, err
	}
	params, err := s.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	service.Status = types.SERVICE_STATUS_CLOSED
	service.UnlockHeight = sdk.UnwrapSDKContext(ctx).BlockHeight() + int64(params.UnbondingBlocks)
	if err := s.services.Set(ctx, service.Id, service); err != nil {
		return nil, err
	}
	if err := s.activeServices.Remove(ctx, service.Id); err != nil {
		return nil, err
	}
	return &types.MsgCloseServiceResponse{UnlockHeight: service.UnlockHeight}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventServiceClosed{
		Service: service.Id, UnlockHeight: service.UnlockHeight,
	})
}
