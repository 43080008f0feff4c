package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

func TestCloseChannel(t *testing.T) {
	start := func(f *fixture) { openClaims(f) }
	id := firstChannel()
	msg := func(sender string, vouchers ...types.Voucher) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			return &types.MsgCloseChannel{Sender: who(sender), Channel: id, Vouchers: vouchers}
		}
	}
	closed := func(returned int64) func(*fixture) proto.Message {
		return func(*fixture) proto.Message {
			return &types.EventChannelClosed{Channel: id, Service: 1, Returned: coin(types.BondDenom, amount(returned))}
		}
	}
	closing := func(*fixture) proto.Message {
		return &types.EventChannelClosing{Channel: id, Service: 1, CloseHeight: 21}
	}
	many := make([]types.Voucher, 101)
	for i := range many {
		many[i] = types.Voucher{Channel: id}
	}
	runMsgCases(t, start, []msgCase{
		{
			name:  "success - the provider at once, with its last vouchers",
			msg:   msg("provider", voucher(id, 0, 10_000), signedBy(key("somebody"), voucher(id, 1, 5)), voucher(id, 1, 500)),
			event: closed(89_500),
			check: func(f *fixture, r *sdk.Result) {
				require.Equal(t, types.MsgCloseChannelResponse{Results: []types.ClaimResult{
					result(types.CLAIM_STATUS_OK, 10_000, 10_000), result(types.CLAIM_STATUS_BAD_SIGNATURE, 0, 0), result(types.CLAIM_STATUS_OK, 500, 500),
				}}, *response(f, r, &types.MsgCloseChannelResponse{}))
				f.requireEvent(&types.EventProtocolFeePaid{Burned: coin(types.BondDenom, amount(105)), Pooled: coin(types.BondDenom, amount(105))})
				channel := f.channel(id)
				require.Equal(t, types.CHANNEL_STATUS_CLOSED, channel.Status)
				require.Equal(t, []uint64{10_000, 500, 0, 0}, channel.Lanes)
				require.Equal(t, "0 10500 89500", channel.Avail.String()+" "+channel.Released.String()+" "+channel.Returned.String())
				require.Equal(t, "89500", f.owed("payer", types.BondDenom))
			},
		},
		{name: "success - the provider without any", msg: msg("provider"), event: closed(100_000)},
		{
			name:  "success - the provider, when all is spent",
			msg:   msg("provider", voucher(id, 0, 100_001)),
			event: closed(0),
			check: func(f *fixture, _ *sdk.Result) { require.Equal(t, "0", f.owed("payer", types.BondDenom)) },
		},
		{
			name:  "success - the provider, while it is closing",
			setUp: func(f *fixture) { f.mustSend(msg("payer")(f)) },
			msg:   msg("provider", voucher(id, 0, 1)),
			event: closed(99_999),
		},
		{
			name:  "success - the payer after the grace",
			msg:   msg("payer"),
			event: closing,
			check: func(f *fixture, r *sdk.Result) {
				require.EqualValues(t, 21, response(f, r, &types.MsgCloseChannelResponse{}).CloseHeight)
				require.Equal(t, types.CHANNEL_STATUS_CLOSING, f.channel(id).Status)
			},
		},
		{
			name: "success - the grace is that of the opening",
			setUp: func(f *fixture) {
				f.setParams(func(p *types.Params) { p.GraceBlocks = 1 })
			},
			msg:   msg("payer"),
			event: closing,
		},
		{
			name: "success - the funder of an agent's channel, who is paid",
			setUp: func(f *fixture) {
				f.mustSend(approving())
				f.open(func(m *types.MsgOpenChannel) { m.Funder = who("owner") })
			},
			msg: func(*fixture) sdk.Msg {
				return &types.MsgCloseChannel{Sender: who("owner"), Channel: protocolChannel("payer", 1)}
			},
			check: func(f *fixture, _ *sdk.Result) {
				f.skip(20)
				f.mustSend(&types.MsgFinaliseChannel{Sender: who("payer"), Channel: protocolChannel("payer", 1)})
				require.Equal(t, "100000", f.owed("owner", types.BondDenom))
				require.Equal(t, "0", f.owed("payer", types.BondDenom))
			},
		},
		{name: "success - the payer at once, if the service was convicted", setUp: convicted, msg: msg("payer"), event: closed(100_000)},
		{
			name:  "success - and in the middle of the grace",
			setUp: func(f *fixture) { f.mustSend(msg("payer")(f)); convicted(f) },
			msg:   msg("payer"),
			event: closed(100_000),
		},
		{
			name:  "success - a convicted provider, whose vouchers count no longer",
			setUp: convicted,
			msg:   msg("provider", voucher(id, 0, 10)),
			event: closed(100_000),
			check: func(f *fixture, r *sdk.Result) {
				require.Equal(t, []types.ClaimResult{result(types.CLAIM_STATUS_CONVICTED, 0, 0)}, response(f, r, &types.MsgCloseChannelResponse{}).Results)
			},
		},
		{name: "error - the payer twice", setUp: func(f *fixture) { f.mustSend(msg("payer")(f)); f.skip(5) }, msg: msg("payer"), err: "can be finalised from height 21"},
		{name: "error - the payer with vouchers", msg: msg("payer", voucher(id, 0, 1)), err: "vouchers are claimed by the provider"},
		{name: "error - somebody else", msg: msg("owner"), err: "is closed by its provider, payer or funder"},
		{name: "error - a voucher of another channel", msg: msg("provider", voucher(id, 0, 1), voucher(hash("x"), 0, 1)), err: "voucher 1 is of channel"},
		{name: "error - too many rows", msg: msg("provider", many...), err: "101 vouchers, expected at most 100"},
		{name: "error - closed", setUp: func(f *fixture) { f.mustSend(msg("provider")(f)) }, msg: msg("provider"), err: "channel is not open"},
		{name: "error - no such channel", msg: func(*fixture) sdk.Msg { return &types.MsgCloseChannel{Sender: who("payer"), Channel: hash("x")} }, err: "not found"},
		{name: "error - no address", msg: func(*fixture) sdk.Msg { return &types.MsgCloseChannel{Channel: id} }, err: `sender address ""`},
	})
}
