package keeper

import (
	"testing"

	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

func TestTopUp(t *testing.T) {
	start := func(f *fixture) { openClaims(f); f.mustSend(approving()) }
	id := firstChannel()
	msg := func(change func(m *types.MsgTopUp)) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			m := &types.MsgTopUp{Sender: who("payer"), Channel: id, Amount: coin(types.BondDenom, amount(50))}
			if change != nil {
				change(m)
			}
			return m
		}
	}
	toppedUp := func(sender string) func(*fixture) proto.Message {
		return func(*fixture) proto.Message {
			return &types.EventChannelToppedUp{Channel: id, Service: 1, Sender: who(sender), Amount: coin(types.BondDenom, amount(50))}
		}
	}
	funded := func(f *fixture) { f.open(func(m *types.MsgOpenChannel) { m.Funder = who("owner") }) }
	second := func(m *types.MsgTopUp) { m.Channel = protocolChannel("payer", 1) }
	runMsgCases(t, start, []msgCase{
		{
			name:  "success - by the payer",
			msg:   msg(nil),
			event: toppedUp("payer"),
			check: func(f *fixture, _ *sdk.Result) {
				channel := f.channel(id)
				require.Equal(t, "100050 100050", channel.Deposited.String()+" "+channel.Avail.String())
			},
		},
		{
			name:  "success - by anyone; what is left goes to the funder",
			msg:   msg(func(m *types.MsgTopUp) { m.Sender = who("owner") }),
			event: toppedUp("owner"),
			check: func(f *fixture, _ *sdk.Result) {
				f.mustSend(&types.MsgCloseChannel{Sender: who("provider"), Channel: id})
				require.Equal(t, "100050", f.owed("payer", types.BondDenom))
				require.Equal(t, "0", f.owed("owner", types.BondDenom))
			},
		},
		{
			name:  "success - with the funder's coins, by its approval",
			setUp: funded,
			msg:   msg(func(m *types.MsgTopUp) { second(m); m.Funder = who("owner") }),
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, "999999899950", f.funds("owner", types.BondDenom))
			},
		},
		{name: "success - in full", msg: msg(func(m *types.MsgTopUp) { m.Funder = who("payer") })},
		{
			name:  "error - with the funder's coins, more than it allows",
			setUp: funded,
			msg:   msg(func(m *types.MsgTopUp) { second(m); m.Funder = who("owner"); m.Amount.Amount = amount(50_001) }),
			err:   "150001 in one channel, expected at most 150000",
		},
		{name: "error - with coins of somebody who is not the funder", msg: msg(func(m *types.MsgTopUp) { m.Funder = who("owner") }), err: "expected that of the channel"},
		{
			name:  "error - with the funder's coins, by somebody without an approval",
			setUp: funded,
			msg:   msg(func(m *types.MsgTopUp) { second(m); m.Sender, m.Funder = who("provider"), who("owner") }),
			err:   "there is none of",
		},
		{name: "error - no such channel", msg: msg(func(m *types.MsgTopUp) { m.Channel = hash("x") }), err: "not found"},
		{name: "error - no channel", msg: msg(func(m *types.MsgTopUp) { m.Channel = nil }), err: "not found"},
		{name: "error - no address", msg: msg(func(m *types.MsgTopUp) { m.Sender = "" }), err: `signer address ""`},
		{name: "error - other coin", msg: msg(func(m *types.MsgTopUp) { m.Amount.Denom = usd }), err: `amount is in "usd", expected "uassay"`},
		{name: "error - nothing", msg: msg(func(m *types.MsgTopUp) { m.Amount.Amount = amount(0) }), err: "amount is 0, expected 1 to"},
		{name: "error - negative", msg: msg(func(m *types.MsgTopUp) { m.Amount.Amount = amount(-1) }), err: "amount is -1, expected 1 to"},
		{
			name: "error - 2^64 in all",
			msg:  msg(func(m *types.MsgTopUp) { m.Amount.Amount = math.NewIntFromUint64(1<<64 - 100_000) }),
			err:  "sum of deposits is 18446744073709551616, expected 1 to 18446744073709551615",
		},
		{name: "error - above balance", msg: msg(func(m *types.MsgTopUp) { m.Amount.Amount = amount(1_000_000_000_001) }), err: "insufficient funds"},
		{
			name:  "error - closing",
			setUp: func(f *fixture) { f.mustSend(&types.MsgCloseChannel{Sender: who("payer"), Channel: id}) },
			msg:   msg(nil),
			err:   "channel is not open",
		},
		{
			name:  "error - closed",
			setUp: func(f *fixture) { f.mustSend(&types.MsgCloseChannel{Sender: who("provider"), Channel: id}) },
			msg:   msg(nil),
			err:   "channel is not open",
		},
		{
			name:  "error - closed service",
			setUp: func(f *fixture) { f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 1}) },
			msg:   msg(nil),
			err:   "service is closed",
		},
		{name: "error - convicted service", setUp: convicted, msg: msg(nil), err: "service is convicted"},
		{
			name:  "error - a coin that is not allowed any more",
			setUp: func(f *fixture) { f.setParams(func(p *types.Params) { p.Denoms = p.Denoms[1:] }) },
			msg:   msg(nil),
			err:   `denom "uassay", expected one of params.denoms`,
		},
	})
}
