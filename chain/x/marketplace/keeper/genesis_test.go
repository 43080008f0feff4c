package keeper

import (
	"encoding/hex"
	"testing"

	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	poitypes "github.com/assay-network/assay/chain/x/poi/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// wholeMarket has something of everything: services on offer, closed, convicted and
// without a model, channels open, closing and closed in two coins, credits, an
// approval in use, probes.
func wholeMarket(t *testing.T) (*fixture, *types.GenesisState) {
	t.Helper()
	f := newFixture(t)
	openMarket(f)
	f.list(func(m *types.MsgListService) { m.Promise = 800_000 })
	f.list(func(m *types.MsgListService) { m.Denom = usd })
	f.list(func(m *types.MsgListService) { m.Model, m.Bond = nil, amount(0) })
	f.list(nil)
	f.list(nil)
	f.mustSend(approving())
	open := f.open(nil)
	closing := f.open(func(m *types.MsgOpenChannel) { m.Service, m.Deposit = 2, coin(usd, amount(5_000)) })
	closed := f.open(func(m *types.MsgOpenChannel) { m.Funder = who("owner") })
	convicting := f.open(func(m *types.MsgOpenChannel) { m.Service = 4 })
	f.claim(voucher(open, 1, 777), voucher(closing, 0, 333), voucher(closed, 0, 55), voucher(convicting, 0, 1))
	f.mustSend(&types.MsgCloseChannel{Sender: who("payer"), Channel: closing})
	f.mustSend(&types.MsgCloseChannel{Sender: who("provider"), Channel: closed})
	require.NoError(t, f.keeper.convict(f.ctx, f.service(4), types.Receipt{Channel: convicting}, who("owner"), 0))
	f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 5})
	f.poi.scorers[string(addr("scorer"))] = who("operator")
	f.mustSend(&types.MsgReportProbes{HotKey: who("scorer"), Epoch: 1, Probes: []types.Probe{{Service: 1, Calls: 9, Answered: 8, P50Ms: 3, P95Ms: 4}}})
	gs, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	return f, gs
}

func TestExportAndImport(t *testing.T) {
	f, gs := wholeMarket(t)
	require.NoError(t, gs.Validate())
	again := reimported(f, gs)
	require.Equal(t, gs, again, "export -> import -> export changes nothing")
}

func TestDefaultGenesis(t *testing.T) {
	require.NoError(t, types.DefaultGenesis().Validate())
	f := newFixture(t)
	require.Equal(t, types.DefaultGenesis(), reimported(f, types.DefaultGenesis()))
}

func TestGenesisMustAgreeWithTheChain(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(fresh *fixture, gs *types.GenesisState)
		err    string
	}{
		{"the module holds too little", func(_ *fixture, gs *types.GenesisState) {
			gs.Credits[0].Amount = gs.Credits[0].Amount.AddAmount(math.OneInt())
		}, "add up to"},
		{"the module holds too much", func(f *fixture, _ *types.GenesisState) {
			require.NoError(f.t, f.bank.MintCoins(f.ctx, faucet, sdk.NewCoins(coin("doge", amount(1)))))
			require.NoError(f.t, f.bank.SendCoinsFromModuleToModule(f.ctx, faucet, types.ModuleName, sdk.NewCoins(coin("doge", amount(1)))))
		}, `the module account holds "1doge`},
		{"another chain's channels", func(f *fixture, _ *types.GenesisState) { f.ctx = f.ctx.WithChainID("assay-test-2") }, "expected the id"},
		{"a model that is gone", func(f *fixture, _ *types.GenesisState) {
			require.NoError(f.t, f.poi.models.Remove(f.ctx, hash("model")))
		}, "not found"},
		{"a model whose file is held by too few", func(f *fixture, _ *types.GenesisState) {
			f.poi.change(f.ctx, hash("model"), func(m *poitypes.Model) { m.Holds-- })
		}, "is held 2 times, its bonded services are 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, gs := wholeMarket(t)
			fresh := newFixture(t)
			require.NoError(t, f.poi.models.Walk(f.ctx, nil, func(id []byte, m poitypes.Model) (bool, error) {
				return false, fresh.poi.models.Set(fresh.ctx, id, m)
			}))
			require.NoError(t, fresh.bank.MintCoins(fresh.ctx, faucet, gs.Held()))
			require.NoError(t, fresh.bank.SendCoinsFromModuleToModule(fresh.ctx, faucet, types.ModuleName, gs.Held()))
			start := fresh.ctx
			fresh.inCopy(func() { require.NoError(t, fresh.keeper.InitGenesis(fresh.ctx, *gs)) })
			fresh.ctx = start
			c.change(fresh, gs)
			require.ErrorContains(t, fresh.keeper.InitGenesis(fresh.ctx, *gs), c.err)
		})
	}
}

// A genesis with everything in it, and one thing wrong.
func TestGenesisRefused(t *testing.T) {
	_, whole := wholeMarket(t)
	raw, err := whole.Marshal()
	require.NoError(t, err)
	small, err := hex.DecodeString("0100000000000000000000000000000000000000000000000000000000000000")
	require.NoError(t, err)
	// channel is the one that was opened as the n-th.
	channel := func(gs *types.GenesisState, n uint64) *types.Channel {
		for i := range gs.Channels {
			if gs.Channels[i].N == n {
				return &gs.Channels[i]
			}
		}
		require.FailNow(t, "no channel", n)
		return nil
	}
	const open, closing, closed = 0, 1, 2
	for _, c := range []struct {
		name   string
		change func(gs *types.GenesisState)
		err    string
	}{
		{"parameters out of bounds", func(gs *types.GenesisState) { gs.Params.GraceBlocks = 0 }, "grace_blocks is 0"},

		{"service twice", func(gs *types.GenesisState) { gs.Services = append(gs.Services, gs.Services[0]) }, "service 1 is listed twice"},
		{"service beyond the last", func(gs *types.GenesisState) { gs.LastService = 4 }, "service 5, expected 1 to the last number given, 4"},
		{"service zero", func(gs *types.GenesisState) { gs.Services[0].Id = 0 }, "service 0, expected 1"},
		{"provider that is no address", func(gs *types.GenesisState) { gs.Services[0].Provider = "me" }, "provider address"},
		{"service without a name", func(gs *types.GenesisState) { gs.Services[0].Name = "" }, "name is empty"},
		{"service at no URL", func(gs *types.GenesisState) { gs.Services[0].Endpoint = "x" }, "endpoint"},
		{"service of another interface", func(gs *types.GenesisState) { gs.Services[0].Interface = "x" }, "interface"},
		{"serving key of small order", func(gs *types.GenesisState) { gs.Services[0].ServingKey = small }, "serving key"},
		{"service in no coin", func(gs *types.GenesisState) { gs.Services[0].Denom = "" }, "invalid denom"},
		{"negative bond", func(gs *types.GenesisState) { gs.Services[0].Bond = amount(-1) }, "bond is -1"},
		{"missing bond", func(gs *types.GenesisState) { gs.Services[0].Bond = math.Int{} }, "bond is"},
		{"promise above certainty", func(gs *types.GenesisState) { gs.Services[0].Promise = 1_000_001 }, "promise is 1000001"},
		{"service on offer without its bond", func(gs *types.GenesisState) { gs.Services[0].Bond = amount(0) }, "it has a model and no bond"},
		{"bond without a model", func(gs *types.GenesisState) { gs.Services[2].Bond = amount(5) }, "without a model"},
		{"promise without a model", func(gs *types.GenesisState) { gs.Services[2].Promise = 5 }, "without a model"},
		{"convicted with its bond", func(gs *types.GenesisState) { gs.Services[3].Bond = amount(5) }, "it is convicted with a bond of 5"},
		{"closed without a height", func(gs *types.GenesisState) { gs.Services[4].UnlockHeight = 0 }, "unlock height 0"},
		{"service of no status", func(gs *types.GenesisState) { gs.Services[0].Status = 0 }, "status 0"},
		{"short model id", func(gs *types.GenesisState) { gs.Services[0].Model = gs.Services[0].Model[1:] }, "model has 31 bytes"},

		{"counter twice", func(gs *types.GenesisState) { gs.Counters = append(gs.Counters, gs.Counters[0]) }, "is listed twice"},
		{"counter of nobody", func(gs *types.GenesisState) { gs.Counters[0].Payer = "me" }, "payer address"},
		{"counter that would bring an id back", func(gs *types.GenesisState) { gs.Counters[0].Next = 3 }, "n is 3, the counter of its payer is 3"},

		{"channel twice", func(gs *types.GenesisState) { gs.Channels = append(gs.Channels, gs.Channels[0]) }, "is listed twice"},
		{"channel of no service", func(gs *types.GenesisState) { gs.Channels[0].Service = 9 }, "its service 9 does not exist"},
		{"channel in another coin", func(gs *types.GenesisState) { channel(gs, open).Denom = usd }, "the service is paid uassay"},
		{"channel to another provider", func(gs *types.GenesisState) { channel(gs, open).Split.Provider = who("payer") }, "the service is paid uassay to"},
		{"payer that is no address", func(gs *types.GenesisState) { gs.Channels[0].Payer = "me" }, "payer address"},
		{"funder that is no address", func(gs *types.GenesisState) { gs.Channels[0].Funder = "me" }, "funder address"},
		{"voucher key of small order", func(gs *types.GenesisState) { gs.Channels[0].VoucherKey = small }, "voucher key"},
		{"no lanes", func(gs *types.GenesisState) { gs.Channels[0].Lanes = nil }, "0 lanes, expected 1 to 64"},
		{"too many lanes", func(gs *types.GenesisState) { gs.Channels[0].Lanes = make([]uint64, 65) }, "65 lanes, expected 1 to 64"},
		{"channel of a promise above certainty", func(gs *types.GenesisState) { gs.Channels[0].Promise = 1_000_001 }, "promise is 1000001"},
		{"avail that appeared", func(gs *types.GenesisState) { channel(gs, open).Avail = amount(100_000) }, "deposited is 100000; avail, released and returned add up to 100777"},
		{"avail below zero", func(gs *types.GenesisState) { channel(gs, open).Avail = amount(-1) }, "avail is -1"},
		{"missing amount", func(gs *types.GenesisState) { channel(gs, open).Returned = math.Int{} }, "returned is"},
		{"open and returned", func(gs *types.GenesisState) {
			c := channel(gs, open)
			c.Returned, c.Avail = c.Avail, amount(0)
		}, "is returned, its status is CHANNEL_STATUS_OPEN"},
		{"closed with something available", func(gs *types.GenesisState) {
			c := channel(gs, closed)
			c.Returned, c.Avail = c.Avail, c.Returned
		}, "is available, its status is CHANNEL_STATUS_CLOSED"},
		{"closing without a height", func(gs *types.GenesisState) { channel(gs, closing).CloseHeight = 0 }, "close height is 0"},
		{"channel of no status", func(gs *types.GenesisState) { channel(gs, open).Status = 9 }, "status 9"},
		{"released without a lane that moved", func(gs *types.GenesisState) { channel(gs, open).Lanes[1] = 776 }, "777 is released, its lanes add up to 776"},
		{"split above the whole", func(gs *types.GenesisState) { channel(gs, open).Split.ProtocolFeeBps = 9_001 }, "add up to 10001 basis points"},
		{"royalty of nothing", func(gs *types.GenesisState) { channel(gs, open).Split.Royalties[0].Bps = 0 }, "is 0"},
		{"royalty twice", func(gs *types.GenesisState) {
			s := &channel(gs, open).Split
			s.Royalties = append(s.Royalties, s.Royalties[0])
		}, "is listed twice"},
		{"too many royalties", func(gs *types.GenesisState) { channel(gs, open).Split.Royalties = make([]types.Royalty, 9) }, "9 royalties, expected at most 8"},
		{"royalty of nobody", func(gs *types.GenesisState) { channel(gs, open).Split.Royalties[0].Recipient = "me" }, "royalty address"},

		{"credit twice", func(gs *types.GenesisState) { gs.Credits = append(gs.Credits, gs.Credits[0]) }, "is listed twice"},
		{"credit of nobody", func(gs *types.GenesisState) { gs.Credits[0].Owner = "me" }, "credit address"},
		{"credit of nothing", func(gs *types.GenesisState) { gs.Credits[0].Amount.Amount = amount(0) }, "is 0"},
		{"negative credit", func(gs *types.GenesisState) { gs.Credits[0].Amount.Amount = amount(-1) }, "credit of"},

		{"approval twice", func(gs *types.GenesisState) { gs.Approvals = append(gs.Approvals, gs.Approvals[0]) }, "is listed twice"},
		{"approval by nobody", func(gs *types.GenesisState) { gs.Approvals[0].Owner = "me" }, "owner address"},
		{"approval for nobody", func(gs *types.GenesisState) { gs.Approvals[0].Spender = "me" }, "spender address"},
		{"approval of oneself", func(gs *types.GenesisState) { gs.Approvals[0].Spender = gs.Approvals[0].Owner }, "the same account"},
		{"approval that is overspent", func(gs *types.GenesisState) { gs.Approvals[0].Spent = amount(250_001) }, "spent is 250001, expected 0 to 250000"},
		{"approval in no coin", func(gs *types.GenesisState) { gs.Approvals[0].MaxTotal.Denom = "" }, "invalid denom"},

		{"probe twice", func(gs *types.GenesisState) { gs.Probes = append(gs.Probes, gs.Probes[0]) }, "is listed twice"},
		{"probe of no service", func(gs *types.GenesisState) { gs.Probes[0].Probe.Service = 9 }, "probe of service 9, which does not exist"},
		{"probe by nobody", func(gs *types.GenesisState) { gs.Probes[0].Operator = "me" }, "operator address"},
		{"probe that cannot be", func(gs *types.GenesisState) { gs.Probes[0].Probe.Answered = 10 }, "10 answers to 9 calls"},

		{"sales twice", func(gs *types.GenesisState) { gs.Sales = append(gs.Sales, gs.Sales[0]) }, "is listed twice"},
		{"sales missing", func(gs *types.GenesisState) { gs.Sales = gs.Sales[1:] }, "are missing"},
		{"sales that nobody made", func(gs *types.GenesisState) {
			s := gs.Sales[0]
			s.Model = hash("x")
			gs.Sales = append(gs.Sales, s)
		}, "its channels released"},
		{"sales too high", func(gs *types.GenesisState) { gs.Sales[0].Released.Amount = amount(1_000) }, "its channels released 833"},
		{"sales with too much burned", func(gs *types.GenesisState) { gs.Sales[0].Burned = amount(9) }, "with 9 burned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var gs types.GenesisState
			require.NoError(t, gs.Unmarshal(raw))
			c.change(&gs)
			require.ErrorIs(t, gs.Validate(), types.ErrGenesis)
			require.ErrorContains(t, gs.Validate(), c.err)
		})
	}
}
