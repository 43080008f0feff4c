package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// expiringPerBlock bounds the work of a block.
const expiringPerBlock = 100

// expireReservations forgets reservations that can no longer be used.
func (k Keeper) expireReservations(ctx sdk.Context) error {
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	last := ctx.BlockHeight() - int64(params.ReservationBlocks) - 1
	iterator, err := k.reservationHeights.Iterate(ctx, collections.NewPrefixUntilPairRange[int64, []byte](last))
	if err != nil {
		return err
	}
	var expired []collections.Pair[int64, []byte]
	for ; iterator.Valid() && len(expired) < expiringPerBlock; iterator.Next() {
		key, err := iterator.Key()
		if err != nil {
			return err
		}
		expired = append(expired, key)
	}
	if err := iterator.Close(); err != nil {
		return err
	}
	for _, key := range expired {
		if err := k.removeReservation(ctx, key.K1(), key.K2()); err != nil {
			return err
		}
	}
	return nil
}

func (k Keeper) removeReservation(ctx context.Context, height int64, hash []byte) error {
	if err := k.reservations.Remove(ctx, hash); err != nil {
		return err
	}
	return k.reservationHeights.Remove(ctx, collections.Join(height, hash))
}

// rollRegistrationFee sets the fee of the next epoch by what the ended one saw.
func (k Keeper) rollRegistrationFee(ctx context.Context) error {
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	fee, err := k.fee.Get(ctx)
	if err != nil {
		return err
	}
	next, err := protocol.NextFee(
		fee.Amount.Int64(), params.RegistrationFee.Int64(), params.RegistrationFeeCap.Int64(),
		fee.Registered, params.RegistrationTarget,
	)
	if err != nil {
		return err
	}
	return k.fee.Set(ctx, types.RegistrationFee{Amount: math.NewInt(next)})
}
