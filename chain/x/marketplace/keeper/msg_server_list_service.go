package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// ListService offers a service, locks its bond and holds the file of its model.
func (s msgServer) ListService(ctx context.Context, msg *types.MsgListService) (*types.MsgListServiceResponse, error) {
	provider, err := s.address("provider", msg.Provider)
	if err != nil {
		return nil, err
	}
	params, err := s.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	if err := types.CheckServiceTexts(msg.Name, msg.Description, msg.Endpoint); err != nil {
		return nil, err
	}
	if err := types.CheckInterface(msg.Interface); err != nil {
		return nil, err
	}
	if _, err := params.MinDeposit(msg.Denom); err != nil {
		return nil, err
	}
	if err := protocol.CheckKey(msg.ServingKey); err != nil {
		return nil, types.ErrKey.Wrapf("serving key: %s", err)
	}
	if err := s.checkServiceModel(ctx, msg, params); err != nil {
		return nil, err
	}

	last, err := s.lastService.Get(ctx)
	if err != nil {
		return nil, err
	}
	service := types.Service{
		Id:            last + 1,
		Provider:      msg.Provider,
		Name:          msg.Name,
		Description:   msg.Description,
		Endpoint:      msg.Endpoint,
		Interface:     msg.Interface,
		Model:         msg.Model,
		Price:         msg.Price,
		Denom:         msg.Denom,
		Promise:       msg.Promise,
		ServingKey:    msg.ServingKey,
		Status:        types.SERVICE_STATUS_ACTIVE,
		CreatedHeight: sdk.UnwrapSDKContext(ctx).BlockHeight(),
		Bond:          msg.Bond,
	}
	if err := s.lastService.Set(ctx, service.Id); err != nil {
		return nil, err
	}
	if err := s.lockBond(ctx, provider, service.Bond); err != nil {
		return nil, err
	}
	if len(service.Model) > 0 {
		if err := s.poi.HoldModel(ctx, service.Model); err != nil {
			return nil, err
		}
	}
	if err := s.addService(ctx, service); err != nil {
		return nil, err
	}
	return &types.MsgListServiceResponse{Service: service.Id}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventServiceListed{
		Service: service,
	})
}

// checkServiceModel checks model, promise and bond of a new service: the bond
// answers for the model, and only a model can be answered for.
func (k Keeper) checkServiceModel(ctx context.Context, msg *types.MsgListService, params types.Params) error {
	if len(msg.Model) == 0 {
		if msg.Bond.IsNil() || !msg.Bond.IsZero() {
			return types.ErrBond.Wrapf("bond is %s, expected 0 for a service without a model", msg.Bond)
		}
		return types.CheckPromise(msg.Promise, 0, params)
	}
	model, err := k.poi.GetModel(ctx, msg.Model)
	if err != nil {
		return err
	}
	if !model.HasFile {
		return types.ErrNotFound.Wrapf("file of model %x", model.Id)
	}
	if msg.Bond.IsNil() || msg.Bond.LT(params.ServiceBond) {
		return types.ErrBond.Wrapf("bond is %s, expected at least %s%s", msg.Bond, params.ServiceBond, types.BondDenom)
	}
	return types.CheckPromise(msg.Promise, model.ScoredItems, params)
}
