package keeper

import (
	"testing"

	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// approving is a message that lets "payer" spend 250000 uassay of "owner", 150000 a
// channel.
func approving() *types.MsgApproveSpender {
	return &types.MsgApproveSpender{
		Owner: who("owner"), Spender: who("payer"),
		MaxTotal: coin(types.BondDenom, amount(250_000)), MaxPerChannel: amount(150_000),
	}
}

// protocolChannel is the id of an account's channel.
func protocolChannel(payer string, n uint64) []byte {
	return protocol.ChannelID(testChainID, addr(payer), n)
}

func TestApproveSpender(t *testing.T) {
	start := func(f *fixture) { openMarket(f); f.list(nil) }
	msg := func(change func(m *types.MsgApproveSpender)) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			m := approving()
			if change != nil {
				change(m)
			}
			return m
		}
	}
	approved := func(change func(a *types.Approval)) func(*fixture) proto.Message {
		return func(*fixture) proto.Message {
			m := approving()
			a := types.Approval{Owner: m.Owner, Spender: m.Spender, MaxTotal: m.MaxTotal, MaxPerChannel: m.MaxPerChannel, Spent: amount(0)}
			if change != nil {
				change(&a)
			}
			return &types.EventSpenderApproved{Approval: a}
		}
	}
	services := make([]uint64, 33)
	for i := range services {
		services[i] = uint64(i + 1)
	}
	runMsgCases(t, start, []msgCase{
		{name: "success - for all services", msg: msg(nil), event: approved(nil)},
		{
			name:  "success - for one service, until this height",
			msg:   msg(func(m *types.MsgApproveSpender) { m.Services, m.Expiry = []uint64{1}, 1 }),
			event: approved(func(a *types.Approval) { a.Services, a.Expiry = []uint64{1}, 1 }),
		},
		{
			name: "success - anew: what was spent starts again",
			setUp: func(f *fixture) {
				f.mustSend(approving())
				f.open(func(m *types.MsgOpenChannel) { m.Funder = who("owner") })
			},
			msg:   msg(nil),
			event: approved(nil),
		},
		{name: "error - oneself", msg: msg(func(m *types.MsgApproveSpender) { m.Spender = m.Owner }), err: "owner and spender are the same account"},
		{name: "error - no owner", msg: msg(func(m *types.MsgApproveSpender) { m.Owner = "" }), err: `owner address ""`},
		{name: "error - no spender", msg: msg(func(m *types.MsgApproveSpender) { m.Spender = "" }), err: `spender address ""`},
		{name: "error - nothing", msg: msg(func(m *types.MsgApproveSpender) { m.MaxTotal.Amount = amount(0) }), err: "max_total is 0, expected 1 to"},
		{name: "error - negative", msg: msg(func(m *types.MsgApproveSpender) { m.MaxTotal.Amount = amount(-1) }), err: "max_total is -1"},
		{name: "error - 2^64", msg: msg(func(m *types.MsgApproveSpender) { m.MaxTotal.Amount = math.NewIntFromUint64(1<<64 - 1).AddRaw(1) }), err: "max_total is 18446744073709551616"},
		{name: "error - no amount", msg: msg(func(m *types.MsgApproveSpender) { m.MaxTotal.Amount = math.Int{} }), err: "max_total is"},
		{name: "error - nothing per channel", msg: msg(func(m *types.MsgApproveSpender) { m.MaxPerChannel = amount(0) }), err: "max_per_channel is 0, expected 1 to"},
		{name: "error - other coin", msg: msg(func(m *types.MsgApproveSpender) { m.MaxTotal.Denom = "doge" }), err: `denom "doge"`},
		{name: "error - too many services", msg: msg(func(m *types.MsgApproveSpender) { m.Services = services }), err: "33 services, expected at most 32"},
		{name: "error - unordered services", msg: msg(func(m *types.MsgApproveSpender) { m.Services = []uint64{1, 1} }), err: "1 follows 1"},
		{name: "error - no such service", msg: msg(func(m *types.MsgApproveSpender) { m.Services = []uint64{1, 2} }), err: "service 2: not found"},
		{name: "error - over already", setUp: func(f *fixture) { f.skip(5) }, msg: msg(func(m *types.MsgApproveSpender) { m.Expiry = 5 }), err: "expiry is 5, expected at least this height, 6"},
		{name: "error - negative height", msg: msg(func(m *types.MsgApproveSpender) { m.Expiry = -1 }), err: "expiry is -1"},
	})
}

// What an approval allows, by opening channels and topping them up.
func TestSpendingAnApproval(t *testing.T) {
	open := func(units int64) *types.MsgOpenChannel {
		m := opening()
		m.Funder, m.Deposit = who("owner"), coin(types.BondDenom, amount(units))
		return m
	}
	topUp := func(units int64) *types.MsgTopUp {
		return &types.MsgTopUp{Sender: who("payer"), Funder: who("owner"), Channel: firstChannel(), Amount: coin(types.BondDenom, amount(units))}
	}
	next := func(m *types.MsgOpenChannel) *types.MsgOpenChannel { m.N++; return m }
	in := func(m *types.MsgOpenChannel, service uint64, denom string) *types.MsgOpenChannel {
		m.Service, m.Deposit.Denom = service, denom
		return m
	}
	for _, c := range []struct {
		name   string
		change func(m *types.MsgApproveSpender)
		first  []sdk.Msg
		last   sdk.Msg
		err    string
	}{
		{"up to the total", nil, []sdk.Msg{open(150_000)}, next(open(100_000)), ""},
		{"above the total", nil, []sdk.Msg{open(150_000)}, next(open(100_001)), "250001 in total, expected at most 250000"},
		{"above the total by top-ups", nil, []sdk.Msg{open(100_000), next(open(150_000))}, topUp(1), "250001 in total, expected at most 250000"},
		{"what came back is not counted back", nil, []sdk.Msg{
			open(150_000), &types.MsgCloseChannel{Sender: who("provider"), Channel: firstChannel()},
		}, next(open(100_001)), "250001 in total"},
		{"up to a channel's limit", nil, []sdk.Msg{open(100_000)}, topUp(50_000), ""},
		{"above a channel's limit", nil, nil, open(150_001), "150001 in one channel, expected at most 150000"},
		{"above a channel's limit by top-ups", nil, []sdk.Msg{open(100_000), topUp(49_999)}, topUp(2), "150001 in one channel"},
		{"a service that is named", func(m *types.MsgApproveSpender) { m.Services = []uint64{1} }, nil, open(1_000), ""},
		{"a service that is not named", func(m *types.MsgApproveSpender) { m.Services = []uint64{2} }, nil, open(1_000), "service 1, expected one of [2]"},
		{"another coin", nil, nil, in(open(1_000), 2, usd), "usd, expected uassay"},
		{"at the last height", func(m *types.MsgApproveSpender) { m.Expiry = 11 }, nil, open(1_000), ""},
		{"after the last height", func(m *types.MsgApproveSpender) { m.Expiry = 10 }, nil, open(1_000), "it ended at height 10, this is 11"},
		{"revoked", nil, []sdk.Msg{&types.MsgRevokeSpender{Owner: who("owner"), Spender: who("payer")}}, open(1_000), "there is none of"},
		{"more than the owner has", func(m *types.MsgApproveSpender) {
			m.MaxTotal.Amount, m.MaxPerChannel = amount(2_000_000_000_000), amount(2_000_000_000_000)
		}, nil, open(1_000_000_000_001), "insufficient funds"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			openMarket(f)
			f.list(nil)
			f.list(func(m *types.MsgListService) { m.Denom = usd })
			m := approving()
			if c.change != nil {
				c.change(m)
			}
			f.mustSend(m)
			f.skip(10)
			for _, msg := range c.first {
				f.mustSend(msg)
			}
			_, err := f.send(c.last)
			if c.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.err)
			}
			require.NoError(t, f.invariants())
		})
	}
}
