package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// ClaimRewards pays out what the ledger holds for an account.
func (s msgServer) ClaimRewards(ctx context.Context, msg *types.MsgClaimRewards) (*types.MsgClaimRewardsResponse, error) {
	owner, err := s.address("owner", msg.Owner)
	if err != nil {
		return nil, err
	}
	amount, err := s.balance(ctx, rewardEntry(msg.Owner))
	if err != nil {
		return nil, err
	}
	if amount.IsZero() {
		return nil, types.ErrNothingToCollect.Wrapf("rewards of %s", msg.Owner)
	}
	if err := s.withdraw(ctx, rewardEntry(msg.Owner), owner, amount); err != nil {
		return nil, err
	}
	return &types.MsgClaimRewardsResponse{Amount: amount}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventRewardsClaimed{
		Owner: msg.Owner, Amount: amount,
	})
}
