package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// FinaliseChannel ends a closing channel whose grace is over. Anyone may send it:
// what is left goes to the funder in any case.
func (s msgServer) FinaliseChannel(ctx context.Context, msg *types.MsgFinaliseChannel) (*types.MsgFinaliseChannelResponse, error) {
	if _, err := s.address("sender", msg.Sender); err != nil {
		return nil, err
	}
	channel, err := s.channelByID(ctx, msg.Channel)
	if err != nil {
		return nil, err
	}
	height := sdk.UnwrapSDKContext(ctx).BlockHeight()
	switch {
	case channel.Status == types.CHANNEL_STATUS_CLOSED:
		return nil, types.ErrChannelClosed.Wrapf("channel %x", channel.Id)
	case channel.Status != types.CHANNEL_STATUS_CLOSING:
		return nil, types.ErrGrace.Wrapf("channel %x is open: its payer, funder or provider closes it first", channel.Id)
	case height < channel.CloseHeight:
		return nil, types.ErrGrace.Wrapf("channel %x: this is height %d, expected at least %d", channel.Id, height, channel.CloseHeight)
	}
	return &types.MsgFinaliseChannelResponse{}, s.finalise(ctx, channel)
}
