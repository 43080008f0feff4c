package keeper

import (
	"context"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// RenewReservation starts a contender again, at the end of the order and with
// empty counts, when too few of its sponsors can still measure it.
func (s msgServer) RenewReservation(ctx context.Context, msg *types.MsgRenewReservation) (*types.MsgRenewReservationResponse, error) {
	model, err := s.ownModel(ctx, msg.Model, msg.Owner)
	if err != nil {
		return nil, err
	}
	key := collections.Join(model.Arena, model.Id)
	contender, ok, err := found(ctx, s.contenders, key)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, types.ErrNotFound.Wrapf("contender %x: the model's status is %s", model.Id, model.Status)
	}
	if len(contender.Sponsors) == 0 {
		return nil, types.ErrNothingToRenew.Wrapf("model %x was in no epoch yet", model.Id)
	}
	usable, err := s.usableSponsors(ctx, contender)
	if err != nil {
		return nil, err
	}
	if usable >= protocol.MinSponsors {
		return nil, types.ErrNothingToRenew.Wrapf("model %x has %d usable sponsors, expected fewer than %d", model.Id, usable, protocol.MinSponsors)
	}

	seq, err := s.nextSequence(ctx, func(n *types.Sequences) *uint64 { return &n.Reservation })
	if err != nil {
		return nil, err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	contender = types.Contender{
		Arena: model.Arena, Model: model.Id, ReservationSeq: seq, ReservationHeight: sdkCtx.BlockHeight(), Calls: contender.Calls,
	}
	if err := s.contenders.Set(ctx, key, contender); err != nil {
		return nil, err
	}
	if err := s.clearCall(ctx, model); err != nil {
		return nil, err
	}
	return &types.MsgRenewReservationResponse{Seq: seq}, sdkCtx.EventManager().EmitTypedEvent(&types.EventReservationRenewed{
		Model: model.Id, Seq: seq,
	})
}
