package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// source returns whose coins a message uses: the signer's own, or, if it names a
// funder, the funder's, whose approval is checked and counted down. amount is about
// to be deposited in a channel of the service, which holds inChannel by then.
func (k Keeper) source(ctx context.Context, signer, funder string, service uint64, amount sdk.Coin, inChannel math.Int) (sdk.AccAddress, error) {
	spender, err := k.address("signer", signer)
	if err != nil {
		return nil, err
	}
	if funder == "" || funder == signer {
		return spender, nil
	}
	owner, err := k.address("funder", funder)
	if err != nil {
		return nil, err
	}
	key := collections.Join(owner, spender)
	approval, ok, err := found(ctx, k.approvals, key)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, types.ErrApproval.Wrapf("there is none of %s for %s", funder, signer)
	}
	height := sdk.UnwrapSDKContext(ctx).BlockHeight()
	if err := approval.Spend(height, service, amount.Denom, amount.Amount, inChannel); err != nil {
		return nil, err
	}
	return owner, k.approvals.Set(ctx, key, approval)
}
