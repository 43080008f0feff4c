package keeper

import (
	"encoding/hex"
	"testing"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	poitypes "github.com/assay-network/assay/chain/x/poi/types"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

func TestOpenChannel(t *testing.T) {
	start := func(f *fixture) {
		openMarket(f)
		f.list(func(m *types.MsgListService) { m.Promise = 800_000 })
	}
	msg := func(change func(m *types.MsgOpenChannel)) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			m := opening()
			if change != nil {
				change(m)
			}
			return m
		}
	}
	opened := func(change func(c *types.Channel)) func(*fixture) proto.Message {
		return func(*fixture) proto.Message {
			c := types.Channel{
				Id: firstChannel(), Payer: who("payer"), Funder: who("payer"), Service: 1, VoucherKey: publicKey("voucher"),
				Status: types.CHANNEL_STATUS_OPEN, OpenedHeight: 1, GraceBlocks: 20, Denom: types.BondDenom,
				Deposited: amount(100_000), Avail: amount(100_000), Released: amount(0), Returned: amount(0), Lanes: make([]uint64, 4),
				Split: types.Split{Provider: who("provider"), ProtocolFeeBps: 200, Royalties: []types.Royalty{
					{Recipient: who("author"), Bps: 800}, {Recipient: who("ancestor"), Bps: 200},
				}},
				Promise: 800_000, AccuracySum: 2_700_000, ScoredEpochs: 3, Smoothed: 900_000,
			}
			if change != nil {
				change(&c)
			}
			return &types.EventChannelOpened{Channel: c}
		}
	}
	all := math.NewIntFromUint64(1<<64 - 1)
	cases := []msgCase{
		{
			name:  "success - on the terms of now",
			msg:   msg(nil),
			event: opened(nil),
			check: func(f *fixture, result *sdk.Result) {
				require.Equal(t, firstChannel(), response(f, result, &types.MsgOpenChannelResponse{}).Channel)
				require.Equal(t, "999999900000", f.funds("payer", types.BondDenom))
				for _, has := range []func() (bool, error){
					func() (bool, error) {
						return f.keeper.channelsByPayer.Has(f.ctx, collections.Join([]byte(addr("payer")), firstChannel()))
					},
					func() (bool, error) {
						return f.keeper.channelsByService.Has(f.ctx, collections.Join(uint64(1), firstChannel()))
					},
				} {
					ok, err := has()
					require.NoError(t, err)
					require.True(t, ok)
				}
				// What changes later does not reach it.
				f.setParams(func(p *types.Params) { p.ProtocolFeeBps, p.LineageBps, p.GraceBlocks = 0, 0, 1 })
				f.poi.change(f.ctx, hash("model"), func(m *poitypes.Model) { m.Terms.RoyaltyBps = 0 })
				f.claim(voucher(firstChannel(), 0, 10_000))
				require.Equal(t, "8800", f.owed("provider", types.BondDenom))
			},
		},
		{name: "success - the promise is what was expected", msg: msg(func(m *types.MsgOpenChannel) { m.MinPromise = 800_000 }), event: opened(nil)},
		{name: "success - naming oneself as the funder", msg: msg(func(m *types.MsgOpenChannel) { m.Funder = who("payer") }), event: opened(nil)},
		{
			name: "success - the least deposit, one lane",
			msg:  msg(func(m *types.MsgOpenChannel) { m.Deposit, m.Lanes = coin(types.BondDenom, amount(1_000)), 1 }),
			event: opened(func(c *types.Channel) {
				c.Deposited, c.Avail, c.Lanes = amount(1_000), amount(1_000), make([]uint64, 1)
			}),
		},
		{
			name: "success - the largest deposit, 64 lanes",
			setUp: func(f *fixture) {
				given := sdk.NewCoins(coin(types.BondDenom, all))
				require.NoError(t, f.bank.MintCoins(f.ctx, faucet, given))
				require.NoError(t, f.bank.SendCoinsFromModuleToAccount(f.ctx, faucet, addr("payer"), given))
			},
			msg:   msg(func(m *types.MsgOpenChannel) { m.Deposit, m.Lanes = coin(types.BondDenom, all), 64 }),
			event: opened(func(c *types.Channel) { c.Deposited, c.Avail, c.Lanes = all, all, make([]uint64, 64) }),
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, []types.ClaimResult{result(types.CLAIM_STATUS_OK, 1<<64-1, 1<<64-1)}, f.claim(voucher(firstChannel(), 63, 1<<64-1)))
			},
		},
		{
			name:  "success - a second one",
			setUp: func(f *fixture) { f.open(nil) },
			msg:   msg(func(m *types.MsgOpenChannel) { m.N = 1 }),
			event: opened(func(c *types.Channel) { c.N, c.Id = 1, protocol.ChannelID(testChainID, addr("payer"), 1) }),
		},
		{
			name: "success - a service without a model has no royalties",
			setUp: func(f *fixture) {
				f.list(func(m *types.MsgListService) { m.Model, m.Bond = nil, amount(0) })
			},
			msg: msg(func(m *types.MsgOpenChannel) { m.Service = 2 }),
			event: opened(func(c *types.Channel) {
				c.Service, c.Split.Royalties, c.Promise, c.AccuracySum, c.ScoredEpochs, c.Smoothed = 2, nil, 0, 0, 0, 0
			}),
		},
		{
			name:  "success - with another's coins",
			setUp: func(f *fixture) { f.mustSend(approving()) },
			msg:   msg(func(m *types.MsgOpenChannel) { m.Funder = who("owner") }),
			event: opened(func(c *types.Channel) { c.Funder = who("owner") }),
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, "1000000000000", f.funds("payer", types.BondDenom))
				require.Equal(t, "999999900000", f.funds("owner", types.BondDenom))
				approval, err := f.keeper.approvals.Get(f.ctx, collections.Join([]byte(addr("owner")), []byte(addr("payer"))))
				require.NoError(t, err)
				require.Equal(t, "100000", approval.Spent.String())
			},
		},
		{name: "error - no address", msg: msg(func(m *types.MsgOpenChannel) { m.Payer = "" }), err: `payer address ""`},
		{name: "error - short key", msg: msg(func(m *types.MsgOpenChannel) { m.VoucherKey = m.VoucherKey[1:] }), err: "voucher key: ed25519 key of 31 bytes"},
		{name: "error - no lane", msg: msg(func(m *types.MsgOpenChannel) { m.Lanes = 0 }), err: "lanes is 0, expected 1 to 64"},
		{name: "error - 65 lanes", msg: msg(func(m *types.MsgOpenChannel) { m.Lanes = 65 }), err: "lanes is 65, expected 1 to 64"},
		{name: "error - n ahead", msg: msg(func(m *types.MsgOpenChannel) { m.N = 1 }), err: "n is 1, expected 0"},
		{name: "error - n again", setUp: func(f *fixture) { f.open(nil) }, msg: msg(nil), err: "n is 0, expected 1"},
		{
			name: "error - n again after the channel is closed",
			setUp: func(f *fixture) {
				f.mustSend(&types.MsgCloseChannel{Sender: who("provider"), Channel: f.open(nil)})
			},
			msg: msg(nil),
			err: "n is 0, expected 1",
		},
		{name: "error - no such service", msg: msg(func(m *types.MsgOpenChannel) { m.Service = 2 }), err: "service 2: not found"},
		{
			name:  "error - closed service",
			setUp: func(f *fixture) { f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 1}) },
			msg:   msg(nil),
			err:   "service is closed",
		},
		{name: "error - convicted service", setUp: convicted, msg: msg(nil), err: "service is convicted"},
		{name: "error - promise too low", msg: msg(func(m *types.MsgOpenChannel) { m.MinPromise = 800_001 }), err: "service 1 promises 800000, expected at least 800001"},
		{name: "error - other coin", msg: msg(func(m *types.MsgOpenChannel) { m.Deposit.Denom = usd }), err: `deposit is in "usd", expected "uassay"`},
		{name: "error - too little", msg: msg(func(m *types.MsgOpenChannel) { m.Deposit.Amount = amount(999) }), err: "deposit is 999uassay, expected at least 1000"},
		{name: "error - nothing", msg: msg(func(m *types.MsgOpenChannel) { m.Deposit.Amount = amount(0) }), err: "deposit is 0, expected 1 to"},
		{name: "error - negative", msg: msg(func(m *types.MsgOpenChannel) { m.Deposit.Amount = amount(-5) }), err: "deposit is -5, expected 1 to"},
		{name: "error - no amount", msg: msg(func(m *types.MsgOpenChannel) { m.Deposit.Amount = math.Int{} }), err: "expected 1 to"},
		{name: "error - 2^64", msg: msg(func(m *types.MsgOpenChannel) { m.Deposit.Amount = all.AddRaw(1) }), err: "deposit is 18446744073709551616, expected 1 to 18446744073709551615"},
		{name: "error - above balance", msg: msg(func(m *types.MsgOpenChannel) { m.Deposit.Amount = amount(1_000_000_000_001) }), err: "insufficient funds"},
		{
			name:  "error - a coin that is not allowed any more",
			setUp: func(f *fixture) { f.setParams(func(p *types.Params) { p.Denoms = p.Denoms[1:] }) },
			msg:   msg(nil),
			err:   `denom "uassay", expected one of params.denoms`,
		},
		{name: "error - another's coins without an approval", msg: msg(func(m *types.MsgOpenChannel) { m.Funder = who("owner") }), err: "there is none of"},
		{name: "error - bad funder", msg: msg(func(m *types.MsgOpenChannel) { m.Funder = "owner" }), err: `funder address "owner"`},
		{
			name:  "error - an approval for somebody else",
			setUp: func(f *fixture) { f.mustSend(approving()) },
			msg:   msg(func(m *types.MsgOpenChannel) { m.Payer, m.Funder = who("provider"), who("owner") }),
			err:   "there is none of",
		},
	}
	for _, small := range smallOrderKeys(t) {
		cases = append(cases, msgCase{
			name: "error - key " + hex.EncodeToString(small[:2]),
			msg:  msg(func(m *types.MsgOpenChannel) { m.VoucherKey = small }),
			err:  "voucher key: ed25519 key",
		})
	}
	runMsgCases(t, start, cases)
}

// Royalties follow the lineage three generations up, and the split of a channel is
// what the protocol's function says of the models x/poi has.
func TestSplitFollowsLineage(t *testing.T) {
	f := newFixture(t)
	openMarket(f)
	f.setParams(func(p *types.Params) { p.LineageBps = 5_000 })
	parent := ""
	for _, name := range []string{"g4", "g3", "g2", "g1", "g0"} {
		model := poitypes.Model{Id: hash(name), Author: who(name), Terms: poitypes.ModelTerms{RoyaltyBps: 1_600}}
		if parent != "" {
			model.Terms.Parents = [][]byte{hash(parent)}
		}
		f.poi.add(f.ctx, model)
		parent = name
	}
	f.list(func(m *types.MsgListService) { m.Model = hash("g0") })
	require.Equal(t, []types.Royalty{
		{Recipient: who("g0"), Bps: 800}, {Recipient: who("g1"), Bps: 400}, {Recipient: who("g2"), Bps: 200}, {Recipient: who("g3"), Bps: 200},
	}, f.channel(f.open(nil)).Split.Royalties)
}
