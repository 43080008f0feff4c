package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// UpdateService replaces texts, endpoint, price and promise of a service on offer.
// Channels that are open keep the promise of their opening.
func (s msgServer) UpdateService(ctx context.Context, msg *types.MsgUpdateService) (*types.MsgUpdateServiceResponse, error) {
	if _, err := s.address("provider", msg.Provider); err != nil {
		return nil, err
	}
	service, err := s.ownService(ctx, msg.Service, msg.Provider)
	if err != nil {
		return nil, err
	}
	if err := requireActive(service); err != nil {
		return nil, err
	}
	if err := types.CheckServiceTexts(msg.Name, msg.Description, msg.Endpoint); err != nil {
		return nil, err
	}
	if err := s.checkNewPromise(ctx, service, msg.Promise); err != nil {
		return nil, err
	}
	service.Name = msg.Name
	service.Description = msg.Description
	service.Endpoint = msg.Endpoint
	service.Price = msg.Price
	service.Promise = msg.Promise
	if err := s.services.Set(ctx, service.Id, service); err != nil {
		return nil, err
	}
	return &types.MsgUpdateServiceResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventServiceUpdated{
		Service: service,
	})
}

// checkNewPromise checks what a service is to promise from now on.
func (k Keeper) checkNewPromise(ctx context.Context, service types.Service, promise uint32) error {
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	var scoredItems uint64
	if len(service.Model) > 0 {
		model, err := k.poi.GetModel(ctx, service.Model)
		if err != nil {
			return err
		}
		scoredItems = model.ScoredItems
	}
	return types.CheckPromise(promise, scoredItems, params)
}
