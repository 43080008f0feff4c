package keeper

import (
	"bytes"
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// CloseChannel closes a channel: at once for the provider, with its last vouchers;
// for payer and funder after the channel's grace, in which claims still count, or
// at once if the service was convicted, because nothing can be claimed then.
func (s msgServer) CloseChannel(ctx context.Context, msg *types.MsgCloseChannel) (*types.MsgCloseChannelResponse, error) {
	if _, err := s.address("sender", msg.Sender); err != nil {
		return nil, err
	}
	channel, err := s.channelByID(ctx, msg.Channel)
	if err != nil {
		return nil, err
	}
	if channel.Status == types.CHANNEL_STATUS_CLOSED {
		return nil, types.ErrChannelClosed.Wrapf("channel %x", channel.Id)
	}
	byProvider := msg.Sender == channel.Split.Provider
	if !byProvider && msg.Sender != channel.Payer && msg.Sender != channel.Funder {
		return nil, types.ErrUnauthorized.Wrapf("channel %x is closed by its provider, payer or funder, not by %s", channel.Id, msg.Sender)
	}
	if byProvider {
		return s.closeByProvider(ctx, msg)
	}
	if len(msg.Vouchers) > 0 {
		return nil, types.ErrRows.Wrapf("vouchers are claimed by the provider, %s", channel.Split.Provider)
	}
	service, err := s.serviceByID(ctx, channel.Service)
	if err != nil {
		return nil, err
	}
	if service.Status == types.SERVICE_STATUS_CONVICTED {
		return &types.MsgCloseChannelResponse{}, s.finalise(ctx, channel)
	}
	if channel.Status == types.CHANNEL_STATUS_CLOSING {
		return nil, types.ErrChannelClosed.Wrapf("channel %x can be finalised from height %d", channel.Id, channel.CloseHeight)
	}
	channel.Status = types.CHANNEL_STATUS_CLOSING
	channel.CloseHeight = sdk.UnwrapSDKContext(ctx).BlockHeight() + int64(channel.GraceBlocks)
	if err := s.channels.Set(ctx, channel.Id, channel); err != nil {
		return nil, err
	}
	return &types.MsgCloseChannelResponse{CloseHeight: channel.CloseHeight}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventChannelClosing{
		Channel: channel.Id, Service: channel.Service, CloseHeight: channel.CloseHeight,
	})
}

// closeByProvider settles the last vouchers of a channel and finalises it.
func (s msgServer) closeByProvider(ctx context.Context, msg *types.MsgCloseChannel) (*types.MsgCloseChannelResponse, error) {
	for i, voucher := range msg.Vouchers {
		if !bytes.Equal(voucher.Channel, msg.Channel) {
			return nil, types.ErrRows.Wrapf("voucher %d is of channel %x, expected %x", i, voucher.Channel, msg.Channel)
		}
	}
	results, err := s.settle(ctx, msg.Sender, msg.Vouchers)
	if err != nil {
		return nil, err
	}
	// Settling has changed it.
	channel, err := s.channelByID(ctx, msg.Channel)
	if err != nil {
		return nil, err
	}
	return &types.MsgCloseChannelResponse{Results: results}, s.finalise(ctx, channel)
}
