package keeper

import (
	"context"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// Claim settles vouchers of the provider's channels; each row has its own status.
func (s msgServer) Claim(ctx context.Context, msg *types.MsgClaim) (*types.MsgClaimResponse, error) {
	if _, err := s.address("provider", msg.Provider); err != nil {
		return nil, err
	}
	if len(msg.Vouchers) == 0 {
		return nil, types.ErrRows.Wrap("no voucher, expected at least one")
	}
	results, err := s.settle(ctx, msg.Provider, msg.Vouchers)
	if err != nil {
		return nil, err
	}
	return &types.MsgClaimResponse{Results: results}, nil
}
