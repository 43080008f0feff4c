package keeper

import (
	"context"

	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// ReleaseBond credits the bond of a closed service to its provider, once its
// receipts no longer count, and lets the file of its model go.
func (s msgServer) ReleaseBond(ctx context.Context, msg *types.MsgReleaseBond) (*types.MsgReleaseBondResponse, error) {
	if _, err := s.address("provider", msg.Provider); err != nil {
		return nil, err
	}
	service, err := s.ownService(ctx, msg.Service, msg.Provider)
	if err != nil {
		return nil, err
	}
	height := sdk.UnwrapSDKContext(ctx).BlockHeight()
	switch {
	case service.Status == types.SERVICE_STATUS_CONVICTED:
		return nil, types.ErrConvicted.Wrapf("service %d", service.Id)
	case service.Status != types.SERVICE_STATUS_CLOSED:
		return nil, types.ErrLocked.Wrapf("service %d is on offer: close it first", service.Id)
	case !service.Bond.IsPositive():
		return nil, types.ErrReleased.Wrapf("service %d has no bond", service.Id)
	case height <= service.UnlockHeight:
		return nil, types.ErrLocked.Wrapf("service %d: this is height %d, expected above %d", service.Id, height, service.UnlockHeight)
	}
	bond := service.Bond
	if err := s.releaseBond(ctx, service.Provider, bond); err != nil {
		return nil, err
	}
	if err := s.poi.ReleaseHold(ctx, service.Model); err != nil {
		return nil, err
	}
	service.Bond = math.ZeroInt()
	if err := s.services.Set(ctx, service.Id, service); err != nil {
		return nil, err
	}
	return &types.MsgReleaseBondResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventBondReleased{
		Service: service.Id, Amount: coin(types.BondDenom, bond),
	})
}
