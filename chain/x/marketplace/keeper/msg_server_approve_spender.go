package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// ApproveSpender lets another account open and top up channels with the owner's
// coins. An earlier approval of it is replaced.
func (s msgServer) ApproveSpender(ctx context.Context, msg *types.MsgApproveSpender) (*types.MsgApproveSpenderResponse, error) {
	owner, err := s.address("owner", msg.Owner)
	if err != nil {
		return nil, err
	}
	spender, err := s.address("spender", msg.Spender)
	if err != nil {
		return nil, err
	}
	approval := types.Approval{
		Owner:         msg.Owner,
		Spender:       msg.Spender,
		MaxTotal:      msg.MaxTotal,
		MaxPerChannel: msg.MaxPerChannel,
		Services:      msg.Services,
		Expiry:        msg.Expiry,
		Spent:         math.ZeroInt(),
	}
	if err := approval.Validate(); err != nil {
		return nil, err
	}
	params, err := s.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := params.MinDeposit(msg.MaxTotal.Denom); err != nil {
		return nil, err
	}
	if height := sdk.UnwrapSDKContext(ctx).BlockHeight(); msg.Expiry != 0 && msg.Expiry < height {
		return nil, types.ErrInvalid.Wrapf("expiry is %d, expected at least this height, %d", msg.Expiry, height)
	}
	for _, id := range msg.Services {
		if _, err := s.serviceByID(ctx, id); err != nil {
			return nil, err
		}
	}
	if err := s.approvals.Set(ctx, collections.Join(owner, spender), approval); err != nil {
		return nil, err
	}
	return &types.MsgApproveSpenderResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventSpenderApproved{
		Approval: approval,
	})
}
