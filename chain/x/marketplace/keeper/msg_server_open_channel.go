package keeper

import (
	"context"

	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// OpenChannel locks coins for the calls of a service, on the terms of now.
func (s msgServer) OpenChannel(ctx context.Context, msg *types.MsgOpenChannel) (*types.MsgOpenChannelResponse, error) {
	payer, err := s.address("payer", msg.Payer)
	if err != nil {
		return nil, err
	}
	if err := protocol.CheckKey(msg.VoucherKey); err != nil {
		return nil, types.ErrKey.Wrapf("voucher key: %s", err)
	}
	if msg.Lanes < 1 || msg.Lanes > protocol.MaxLanes {
		return nil, types.ErrInvalid.Wrapf("lanes is %d, expected 1 to %d", msg.Lanes, protocol.MaxLanes)
	}
	next, _, err := found(ctx, s.counters, payer)
	if err != nil {
		return nil, err
	}
	if msg.N != next {
		return nil, types.ErrCounter.Wrapf("n is %d, expected %d", msg.N, next)
	}
	params, err := s.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	service, err := s.serviceByID(ctx, msg.Service)
	if err != nil {
		return nil, err
	}
	if err := requireActive(service); err != nil {
		return nil, err
	}
	if service.Promise < msg.MinPromise {
		return nil, types.ErrPromise.Wrapf("service %d promises %d, expected at least %d", service.Id, service.Promise, msg.MinPromise)
	}
	if err := checkDeposit(params, service.Denom, msg.Deposit); err != nil {
		return nil, err
	}
	source, err := s.source(ctx, msg.Payer, msg.Funder, service.Id, msg.Deposit, msg.Deposit.Amount)
	if err != nil {
		return nil, err
	}

	sdkCtx := sdk.UnwrapSDKContext(ctx)
	channel := types.Channel{
		Id:           protocol.ChannelID(sdkCtx.ChainID(), payer, msg.N),
		Payer:        msg.Payer,
		N:            msg.N,
		Funder:       msg.Payer,
		Service:      service.Id,
		VoucherKey:   msg.VoucherKey,
		Status:       types.CHANNEL_STATUS_OPEN,
		OpenedHeight: sdkCtx.BlockHeight(),
		GraceBlocks:  params.GraceBlocks,
		Denom:        service.Denom,
		Deposited:    msg.Deposit.Amount,
		Avail:        msg.Deposit.Amount,
		Released:     math.ZeroInt(),
		Returned:     math.ZeroInt(),
		Lanes:        make([]uint64, msg.Lanes),
		Promise:      service.Promise,
	}
	if msg.Funder != "" {
		channel.Funder = msg.Funder
	}
	if channel.Split, err = s.split(ctx, service); err != nil {
		return nil, err
	}
	if len(service.Model) > 0 {
		model, err := s.poi.GetModel(ctx, service.Model)
		if err != nil {
			return nil, err
		}
		channel.AccuracySum, channel.ScoredEpochs, channel.Smoothed = model.AccuracySum, model.ScoredEpochs, model.Smoothed
	}
	if err := s.deposit(ctx, source, msg.Deposit); err != nil {
		return nil, err
	}
	if err := s.counters.Set(ctx, payer, next+1); err != nil {
		return nil, err
	}
	if err := s.addChannel(ctx, channel); err != nil {
		return nil, err
	}
	return &types.MsgOpenChannelResponse{Channel: channel.Id}, sdkCtx.EventManager().EmitTypedEvent(&types.EventChannelOpened{Channel: channel})
}

// checkDeposit checks what a channel of a denom is opened with.
func checkDeposit(params types.Params, denom string, deposit sdk.Coin) error {
	least, err := params.MinDeposit(denom)
	if err != nil {
		return err
	}
	if err := types.CheckCoin("deposit", deposit, denom); err != nil {
		return err
	}
	if deposit.Amount.LT(least) {
		return types.ErrAmount.Wrapf("deposit is %s, expected at least %s", deposit, least)
	}
	return nil
}
