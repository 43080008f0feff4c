package keeper

import (
	"context"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// UnbondSponsor lets a sponsor leave. The running epoch still counts on it.
func (s msgServer) UnbondSponsor(ctx context.Context, msg *types.MsgUnbondSponsor) (*types.MsgUnbondSponsorResponse, error) {
	key, sponsor, err := s.sponsorOf(ctx, msg.Arena, msg.Sponsor)
	if err != nil {
		return nil, err
	}
	if !sponsor.Bonded {
		return nil, types.ErrNotBonded.Wrapf("sponsor %s of arena %d", msg.Sponsor, msg.Arena)
	}
	sponsor.Bonded = false
	if err := s.sponsors.Set(ctx, key, sponsor); err != nil {
		return nil, err
	}
	return &types.MsgUnbondSponsorResponse{}, s.startUnbonding(ctx, sponsorBond(msg.Arena, msg.Sponsor), msg.Sponsor)
}
