package keeper

import (
	"context"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// ApproveSponsor lets an address join an arena, or takes that back.
func (s msgServer) ApproveSponsor(ctx context.Context, msg *types.MsgApproveSponsor) (*types.MsgApproveSponsorResponse, error) {
	address, err := s.address("sponsor", msg.Sponsor)
	if err != nil {
		return nil, err
	}
	arena, err := s.arenaByID(ctx, msg.Arena)
	if err != nil {
		return nil, err
	}
	if msg.Curator != arena.Curator {
		return nil, types.ErrUnauthorized.Wrapf("arena %d is curated by %s, not by %s", arena.Id, arena.Curator, msg.Curator)
	}
	key := collections.Join(arena.Id, address)
	sponsor, ok, err := found(ctx, s.sponsors, key)
	if err != nil {
		return nil, err
	}
	switch {
	case !ok && !msg.Approved:
		return nil, types.ErrNotFound.Wrapf("sponsor %s of arena %d", msg.Sponsor, arena.Id)
	case ok && sponsor.Approved == msg.Approved:
		return nil, types.ErrExists.Wrapf("sponsor %s of arena %d with approved %t", msg.Sponsor, arena.Id, msg.Approved)
	case !ok:
		sponsor = types.Sponsor{Arena: arena.Id, Address: msg.Sponsor}
	}
	if msg.Approved {
		params, err := s.params.Get(ctx)
		if err != nil {
			return nil, err
		}
		approved, err := s.approvedSponsors(ctx, arena.Id)
		if err != nil {
			return nil, err
		}
		if approved >= params.MaxSponsors {
			return nil, types.ErrInvalid.Wrapf("arena %d has %d sponsors, at most %d are allowed", arena.Id, approved, params.MaxSponsors)
		}
	}
	sponsor.Approved = msg.Approved
	if err := s.sponsors.Set(ctx, key, sponsor); err != nil {
		return nil, err
	}
	return &types.MsgApproveSponsorResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventSponsorApproved{
		Arena: arena.Id, Sponsor: msg.Sponsor, Approved: msg.Approved,
	})
}

// approvedSponsors counts the sponsors that may take part in an arena.
func (k Keeper) approvedSponsors(ctx context.Context, arena uint64) (uint32, error) {
	sponsors, err := values(ctx, k.sponsors, collections.NewPrefixedPairRange[uint64, []byte](arena))
	if err != nil {
		return 0, err
	}
	var approved uint32
	for _, sponsor := range sponsors {
		if sponsor.Approved {
			approved++
		}
	}
	return approved, nil
}

// sponsorOf loads the sponsor that signs a message.
func (k Keeper) sponsorOf(ctx context.Context, arena uint64, address string) (arenaAddress, types.Sponsor, error) {
	raw, err := k.address("sponsor", address)
	if err != nil {
		return arenaAddress{}, types.Sponsor{}, err
	}
	key := collections.Join(arena, raw)
	sponsor, ok, err := found(ctx, k.sponsors, key)
	if err == nil && !ok {
		err = types.ErrUnauthorized.Wrapf("%s is no sponsor of arena %d: its curator has to approve it first", address, arena)
	}
	return key, sponsor, err
}
