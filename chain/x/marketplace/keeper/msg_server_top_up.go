package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// TopUp adds to an open channel of a service on offer. What is left of it in the
// end goes to the channel's funder, whoever sent it.
func (s msgServer) TopUp(ctx context.Context, msg *types.MsgTopUp) (*types.MsgTopUpResponse, error) {
	channel, err := s.channelByID(ctx, msg.Channel)
	if err != nil {
		return nil, err
	}
	if channel.Status != types.CHANNEL_STATUS_OPEN {
		return nil, types.ErrChannelClosed.Wrapf("channel %x", channel.Id)
	}
	service, err := s.serviceByID(ctx, channel.Service)
	if err != nil {
		return nil, err
	}
	if err := requireActive(service); err != nil {
		return nil, err
	}
	params, err := s.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := params.MinDeposit(channel.Denom); err != nil {
		return nil, err
	}
	if err := types.CheckCoin("amount", msg.Amount, channel.Denom); err != nil {
		return nil, err
	}
	channel.Deposited = channel.Deposited.Add(msg.Amount.Amount)
	channel.Avail = channel.Avail.Add(msg.Amount.Amount)
	if err := types.CheckAmount("sum of deposits", channel.Deposited); err != nil {
		return nil, err
	}
	if msg.Funder != "" && msg.Funder != msg.Sender && msg.Funder != channel.Funder {
		return nil, types.ErrApproval.Wrapf("funder is %s, expected that of the channel, %s", msg.Funder, channel.Funder)
	}
	source, err := s.source(ctx, msg.Sender, msg.Funder, channel.Service, msg.Amount, channel.Deposited)
	if err != nil {
		return nil, err
	}
	if err := s.deposit(ctx, source, msg.Amount); err != nil {
		return nil, err
	}
	if err := s.channels.Set(ctx, channel.Id, channel); err != nil {
		return nil, err
	}
	return &types.MsgTopUpResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventChannelToppedUp{
		Channel: channel.Id, Service: channel.Service, Sender: msg.Sender, Amount: msg.Amount,
	})
}
