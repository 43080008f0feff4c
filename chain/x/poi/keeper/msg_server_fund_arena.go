package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// FundArena adds to an arena's pot. Its creator may also set what an epoch pays.
func (s msgServer) FundArena(ctx context.Context, msg *types.MsgFundArena) (*types.MsgFundArenaResponse, error) {
	funder, err := s.address("funder", msg.Funder)
	if err != nil {
		return nil, err
	}
	if err := types.CheckAmount("amount", msg.Amount); err != nil {
		return nil, err
	}
	if err := types.CheckAmount("per_epoch", msg.PerEpoch); err != nil {
		return nil, err
	}
	if msg.Amount.IsZero() && msg.PerEpoch.IsZero() {
		return nil, types.ErrAmount.Wrap("amount and per_epoch are zero, expected at least one")
	}
	arena, err := s.arenaByID(ctx, msg.Arena)
	if err != nil {
		return nil, err
	}
	if err := s.deposit(ctx, funder, arenaPot(arena.Id), msg.Amount); err != nil {
		return nil, err
	}
	if msg.PerEpoch.IsPositive() {
		if msg.Funder != arena.Creator {
			return nil, types.ErrUnauthorized.Wrapf("per_epoch of arena %d is set by its creator %s, not by %s", arena.Id, arena.Creator, msg.Funder)
		}
		arena.PotPerEpoch = msg.PerEpoch
		if err := s.arenas.Set(ctx, arena.Id, arena); err != nil {
			return nil, err
		}
	}
	return &types.MsgFundArenaResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventArenaFunded{
		Arena: arena.Id, Funder: msg.Funder, Amount: msg.Amount, PerEpoch: arena.PotPerEpoch,
	})
}
