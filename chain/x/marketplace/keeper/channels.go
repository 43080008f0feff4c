package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// channelByID returns a channel; ErrNotFound if there is none.
func (k Keeper) channelByID(ctx context.Context, id []byte) (types.Channel, error) {
	channel, ok, err := found(ctx, k.channels, id)
	if err == nil && !ok {
		err = types.ErrNotFound.Wrapf("channel %x", id)
	}
	return channel, err
}

// split is how a channel of the service that opened now would divide what it
// releases: by the fee, the lineage and the terms of the model as they are now.
func (k Keeper) split(ctx context.Context, service types.Service) (types.Split, error) {
	params, err := k.params.Get(ctx)
	if err != nil {
		return types.Split{}, err
	}
	split := types.Split{Provider: service.Provider, ProtocolFeeBps: params.ProtocolFeeBps}
	if len(service.Model) == 0 {
		return split, nil
	}
	shares, err := protocol.Royalties(service.Model, params.ProtocolFeeBps, params.LineageBps, func(id []byte) (protocol.Terms, error) {
		model, err := k.poi.GetModel(ctx, id)
		return protocol.Terms{Author: model.Author, RoyaltyBps: model.Terms.RoyaltyBps, Parents: model.Terms.Parents}, err
	})
	for _, share := range shares {
		split.Royalties = append(split.Royalties, types.Royalty{Recipient: share.Recipient, Bps: share.Bps})
	}
	return split, err
}

// addChannel writes a new channel and its indices.
func (k Keeper) addChannel(ctx context.Context, channel types.Channel) error {
	payer, err := k.address("payer", channel.Payer)
	if err != nil {
		return err
	}
	if err := k.channels.Set(ctx, channel.Id, channel); err != nil {
		return err
	}
	if err := k.channelsByPayer.Set(ctx, collections.Join(payer, channel.Id)); err != nil {
		return err
	}
	return k.channelsByService.Set(ctx, collections.Join(channel.Service, channel.Id))
}

// finalise closes a channel for good: what is left is credited to its funder.
func (k Keeper) finalise(ctx context.Context, channel types.Channel) error {
	left := coin(channel.Denom, channel.Avail)
	if err := k.refund(ctx, channel.Funder, left); err != nil {
		return err
	}
	channel.Returned = left.Amount
	channel.Avail = math.ZeroInt()
	channel.Status = types.CHANNEL_STATUS_CLOSED
	if err := k.channels.Set(ctx, channel.Id, channel); err != nil {
		return err
	}
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventChannelClosed{
		Channel: channel.Id, Service: channel.Service, Returned: left,
	})
}
