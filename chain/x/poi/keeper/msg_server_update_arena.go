package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// UpdateArena sets an arena's weight, and its curator when one is given.
func (s msgServer) UpdateArena(ctx context.Context, msg *types.MsgUpdateArena) (*types.MsgUpdateArenaResponse, error) {
	if err := s.checkAuthority(ctx, msg.Authority); err != nil {
		return nil, err
	}
	arena, err := s.arenaByID(ctx, msg.Arena)
	if err != nil {
		return nil, err
	}
	if msg.Curator != "" {
		if _, err := s.address("curator", msg.Curator); err != nil {
			return nil, err
		}
		arena.Curator = msg.Curator
	}
	arena.Weight = msg.Weight
	if err := s.arenas.Set(ctx, arena.Id, arena); err != nil {
		return nil, err
	}
	return &types.MsgUpdateArenaResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventArenaUpdated{
		Arena: arena.Id, Weight: arena.Weight, Curator: arena.Curator,
	})
}
