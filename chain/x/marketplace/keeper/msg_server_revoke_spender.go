package keeper

import (
	"context"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// RevokeSpender ends an approval. It does not reach channels already open: what
// they hold can still be spent on calls, and what is left returns to the owner.
func (s msgServer) RevokeSpender(ctx context.Context, msg *types.MsgRevokeSpender) (*types.MsgRevokeSpenderResponse, error) {
	owner, err := s.address("owner", msg.Owner)
	if err != nil {
		return nil, err
	}
	spender, err := s.address("spender", msg.Spender)
	if err != nil {
		return nil, err
	}
	key := collections.Join(owner, spender)
	has, err := s.approvals.Has(ctx, key)
	if err != nil {
		return nil, err
	}
	if !has {
		return nil, types.ErrNotFound.Wrapf("approval of %s for %s", msg.Owner, msg.Spender)
	}
	if err := s.approvals.Remove(ctx, key); err != nil {
		return nil, err
	}
	return &types.MsgRevokeSpenderResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventSpenderRevoked{
		Owner: msg.Owner, Spender: msg.Spender,
	})
}
