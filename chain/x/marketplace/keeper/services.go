package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// rewardDivisor is the payer's part of a slashed bond: a tenth. More would make it
// worth one's while to be cheated by oneself.
const rewardDivisor = 10

// serviceByID returns a service; ErrNotFound if there is none.
func (k Keeper) serviceByID(ctx context.Context, id uint64) (types.Service, error) {
	service, ok, err := found(ctx, k.services, id)
	if err == nil && !ok {
		err = types.ErrNotFound.Wrapf("service %d", id)
	}
	return service, err
}

// ownService returns a service that the signer of a message must provide.
func (k Keeper) ownService(ctx context.Context, id uint64, provider string) (types.Service, error) {
	service, err := k.serviceByID(ctx, id)
	if err == nil && service.Provider != provider {
		err = types.ErrUnauthorized.Wrapf("service %d is provided by %s, not by %s", id, service.Provider, provider)
	}
	return service, err
}

// requireActive refuses a service that is not on offer.
func requireActive(service types.Service) error {
	switch service.Status {
	case types.SERVICE_STATUS_ACTIVE:
		return nil
	case types.SERVICE_STATUS_CONVICTED:
		return types.ErrConvicted.Wrapf("service %d", service.Id)
	}
	return types.ErrServiceClosed.Wrapf("service %d", service.Id)
}

// addService writes a service and its indices.
func (k Keeper) addService(ctx context.Context, service types.Service) error {
	provider, err := k.address("provider", service.Provider)
	if err != nil {
		return err
	}
	if err := k.services.Set(ctx, service.Id, service); err != nil {
		return err
	}
	if err := k.servicesByProvider.Set(ctx, collections.Join(provider, service.Id)); err != nil {
		return err
	}
	if service.Status == types.SERVICE_STATUS_ACTIVE {
		if err := k.activeServices.Set(ctx, service.Id); err != nil {
			return err
		}
	}
	if len(service.Model) == 0 {
		return nil
	}
	model, err := k.poi.GetModel(ctx, service.Model)
	if err != nil {
		return err
	}
	if err := k.servicesByModel.Set(ctx, collections.Join(service.Model, service.Id)); err != nil {
		return err
	}
	return k.servicesByArena.Set(ctx, collections.Join(model.Arena, service.Id))
}

// convict takes a service off the market for good, because an answer of its
// receipt was wrong: the whole bond is slashed, a tenth of it goes to the funder of
// the receipt's channel whoever found it, the rest is burned. The receipt and the
// answer have been checked; index is the item that was wrong.
func (k Keeper) convict(ctx context.Context, service types.Service, receipt types.Receipt, challenger string, index uint32) error {
	if service.Status == types.SERVICE_STATUS_CONVICTED {
		return types.ErrConvicted.Wrapf("service %d", service.Id)
	}
	if !service.Bond.IsPositive() {
		return types.ErrReleased.Wrapf("service %d", service.Id)
	}
	bond, reward, rewarded := service.Bond, math.ZeroInt(), ""
	channel, ok, err := found(ctx, k.channels, receipt.Channel)
	if err != nil {
		return err
	}
	if ok && channel.Service == service.Id {
		reward, rewarded = bond.QuoRaw(rewardDivisor), channel.Funder
	}
	if err := k.slash(ctx, bond, rewarded, reward); err != nil {
		return err
	}
	if err := k.poi.ReleaseHold(ctx, service.Model); err != nil {
		return err
	}
	service.Status = types.SERVICE_STATUS_CONVICTED
	service.Bond = math.ZeroInt()
	if err := k.services.Set(ctx, service.Id, service); err != nil {
		return err
	}
	if err := k.activeServices.Remove(ctx, service.Id); err != nil {
		return err
	}
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventServiceConvicted{
		Service:    service.Id,
		Challenger: challenger,
		Index:      index,
		CallHash:   receipt.CallHash,
		Slashed:    coin(types.BondDenom, bond),
		Rewarded:   rewarded,
		Reward:     coin(types.BondDenom, reward),
	})
}
