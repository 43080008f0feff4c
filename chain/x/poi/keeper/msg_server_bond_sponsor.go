package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// BondSponsor fills a sponsor's bond up to what is required.
func (s msgServer) BondSponsor(ctx context.Context, msg *types.MsgBondSponsor) (*types.MsgBondSponsorResponse, error) {
	key, sponsor, err := s.sponsorOf(ctx, msg.Arena, msg.Sponsor)
	if err != nil {
		return nil, err
	}
	if !sponsor.Approved {
		return nil, types.ErrUnauthorized.Wrapf("the curator of arena %d has dismissed sponsor %s", msg.Arena, msg.Sponsor)
	}
	params, err := s.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	toppedUp, err := s.fillBond(ctx, key.K2(), sponsorBond(msg.Arena, msg.Sponsor), params.SponsorBond)
	if err != nil {
		return nil, err
	}
	if sponsor.Bonded && !toppedUp {
		return nil, types.ErrExists.Wrapf("the bond of sponsor %s in arena %d is complete", msg.Sponsor, msg.Arena)
	}
	sponsor.Bonded = true
	if err := s.sponsors.Set(ctx, key, sponsor); err != nil {
		return nil, err
	}
	return &types.MsgBondSponsorResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventSponsorBonded{
		Arena: msg.Arena, Sponsor: msg.Sponsor,
	})
}
