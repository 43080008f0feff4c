package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// Withdraw pays out everything credited to an account.
func (s msgServer) Withdraw(ctx context.Context, msg *types.MsgWithdraw) (*types.MsgWithdrawResponse, error) {
	owner, err := s.address("owner", msg.Owner)
	if err != nil {
		return nil, err
	}
	amount, err := s.withdraw(ctx, owner)
	if err != nil {
		return nil, err
	}
	if amount.IsZero() {
		return nil, types.ErrNothingToPay.Wrap(msg.Owner)
	}
	return &types.MsgWithdrawResponse{Amount: amount}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventWithdrawn{
		Owner: msg.Owner, Amount: amount,
	})
}
