package keeper

import (
	"context"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// ReserveModel gives an owner a place in the order of contenders for a file that
// nobody has seen yet.
func (s msgServer) ReserveModel(ctx context.Context, msg *types.MsgReserveModel) (*types.MsgReserveModelResponse, error) {
	if _, err := s.address("owner", msg.Owner); err != nil {
		return nil, err
	}
	if len(msg.Hash) != protocol.HashSize {
		return nil, types.ErrInvalid.Wrapf("hash has %d bytes, expected %d", len(msg.Hash), protocol.HashSize)
	}
	known, err := s.reservations.Has(ctx, msg.Hash)
	if err != nil {
		return nil, err
	}
	if known {
		return nil, types.ErrExists.Wrapf("reservation %x", msg.Hash)
	}
	seq, err := s.nextSequence(ctx, func(n *types.Sequences) *uint64 { return &n.Reservation })
	if err != nil {
		return nil, err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	reservation := types.Reservation{Hash: msg.Hash, Owner: msg.Owner, Seq: seq, Height: sdkCtx.BlockHeight()}
	if err := s.reservations.Set(ctx, msg.Hash, reservation); err != nil {
		return nil, err
	}
	if err := s.reservationHeights.Set(ctx, collections.Join(reservation.Height, msg.Hash)); err != nil {
		return nil, err
	}
	return &types.MsgReserveModelResponse{Seq: seq}, sdkCtx.EventManager().EmitTypedEvent(&types.EventModelReserved{
		Hash: msg.Hash, Owner: msg.Owner, Seq: seq,
	})
}
