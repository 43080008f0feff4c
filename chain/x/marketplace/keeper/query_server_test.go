package keeper

import (
	"encoding/hex"
	"fmt"
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// queried is a market with services 1 (active), 2 (of another provider, without a
// model, in usd) and 3 (closed), and a channel to each of the first two.
func queried(t *testing.T) (*fixture, types.QueryServer, [2][]byte) {
	t.Helper()
	f := newFixture(t)
	openMarket(f)
	f.rich("other")
	f.list(nil)
	f.list(func(m *types.MsgListService) {
		m.Provider, m.Model, m.Bond, m.Denom = who("other"), nil, amount(0), usd
	})
	f.list(nil)
	f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 3})
	channels := [2][]byte{
		f.open(nil),
		f.open(func(m *types.MsgOpenChannel) { m.Service, m.Deposit = 2, coin(usd, amount(500)) }),
	}
	return f, NewQueryServerImpl(f.keeper), channels
}

func ids(services []types.ServiceEntry) string {
	var list []uint64
	for _, s := range services {
		list = append(list, s.Service.Id)
	}
	return fmt.Sprint(list)
}

func TestQueryServices(t *testing.T) {
	f, q, _ := queried(t)
	model := hex.EncodeToString(hash("model"))
	for _, c := range []struct {
		request types.QueryServicesRequest
		ids     string
	}{
		{types.QueryServicesRequest{}, "[1 2]"},
		{types.QueryServicesRequest{All: true}, "[1 2 3]"},
		{types.QueryServicesRequest{Arena: 7}, "[1]"},
		{types.QueryServicesRequest{Arena: 7, All: true}, "[1 3]"},
		{types.QueryServicesRequest{Arena: 8, All: true}, "[]"},
		{types.QueryServicesRequest{ModelHex: model}, "[1]"},
		{types.QueryServicesRequest{ModelHex: model, All: true}, "[1 3]"},
		{types.QueryServicesRequest{Provider: who("provider"), All: true}, "[1 3]"},
		{types.QueryServicesRequest{Provider: who("other")}, "[2]"},
	} {
		t.Run(fmt.Sprint(c.request), func(t *testing.T) {
			response, err := q.Services(f.ctx, &c.request)
			require.NoError(t, err)
			require.Equal(t, c.ids, ids(response.Services))
		})
	}
	for _, request := range []types.QueryServicesRequest{
		{Arena: 7, ModelHex: model},
		{ModelHex: "ab"},
		{ModelHex: "no hex"},
		{Provider: "nobody"},
	} {
		_, err := q.Services(f.ctx, &request)
		require.Equal(t, codes.InvalidArgument, status.Code(err), "%v: %v", request, err)
	}

	service, err := q.Service(f.ctx, &types.QueryServiceRequest{Id: 1})
	require.NoError(t, err)
	require.Equal(t, f.service(1), service.Entry.Service)
	require.EqualValues(t, 7, service.Entry.Arena)
	require.EqualValues(t, 900_000, service.Entry.Smoothed)
	require.EqualValues(t, 1_000, service.Entry.ScoredItems)
	service, err = q.Service(f.ctx, &types.QueryServiceRequest{Id: 2})
	require.NoError(t, err)
	require.Equal(t, types.ServiceEntry{Service: f.service(2)}, service.Entry)
	_, err = q.Service(f.ctx, &types.QueryServiceRequest{Id: 4})
	require.Equal(t, codes.NotFound, status.Code(err))

	split, err := q.Split(f.ctx, &types.QuerySplitRequest{Service: 1})
	require.NoError(t, err)
	require.Equal(t, who("author"), split.Split.Royalties[0].Recipient)
	_, err = q.Split(f.ctx, &types.QuerySplitRequest{Service: 4})
	require.Equal(t, codes.NotFound, status.Code(err))
}

func TestQueryChannels(t *testing.T) {
	f, q, channels := queried(t)
	for _, c := range []struct {
		request types.QueryChannelsRequest
		want    [][]byte
	}{
		{types.QueryChannelsRequest{Payer: who("payer")}, channels[:]},
		{types.QueryChannelsRequest{}, channels[:]},
		{types.QueryChannelsRequest{Service: 2}, channels[1:]},
		{types.QueryChannelsRequest{Service: 3}, nil},
		{types.QueryChannelsRequest{Payer: who("owner")}, nil},
	} {
		response, err := q.Channels(f.ctx, &c.request)
		require.NoError(t, err)
		var got [][]byte
		for _, channel := range response.Channels {
			require.Equal(t, f.channel(channel.Id), channel)
			got = append(got, channel.Id)
		}
		require.ElementsMatch(t, c.want, got, "%v", c.request)
	}
	_, err := q.Channels(f.ctx, &types.QueryChannelsRequest{Payer: who("payer"), Service: 1})
	require.Equal(t, codes.InvalidArgument, status.Code(err))

	channel, err := q.Channel(f.ctx, &types.QueryChannelRequest{IdHex: hex.EncodeToString(channels[0])})
	require.NoError(t, err)
	require.Equal(t, f.channel(channels[0]), channel.Channel)
	_, err = q.Channel(f.ctx, &types.QueryChannelRequest{IdHex: hex.EncodeToString(hash("x"))})
	require.Equal(t, codes.NotFound, status.Code(err))
	_, err = q.Channel(f.ctx, &types.QueryChannelRequest{IdHex: "00"})
	require.Equal(t, codes.InvalidArgument, status.Code(err))

	for payer, want := range map[string]uint64{"payer": 2, "owner": 0} {
		counter, err := q.PayerCounter(f.ctx, &types.QueryPayerCounterRequest{Payer: who(payer)})
		require.NoError(t, err)
		require.Equal(t, want, counter.Next)
	}
	_, err = q.PayerCounter(f.ctx, &types.QueryPayerCounterRequest{})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
}

func TestQueryMoney(t *testing.T) {
	f, q, channels := queried(t)
	f.claim(voucher(channels[0], 0, 1_000))
	f.mustSend(&types.MsgClaim{Provider: who("other"), Vouchers: []types.Voucher{voucher(channels[1], 0, 100)}})

	for name, want := range map[string]string{"author": "80uassay", "other": "98usd", "payer": ""} {
		credits, err := q.Credits(f.ctx, &types.QueryCreditsRequest{Owner: who(name)})
		require.NoError(t, err)
		require.Equal(t, want, sdk.Coins(credits.Credits).String(), name)
	}
	ledger, err := q.Ledger(f.ctx, &types.QueryLedgerRequest{})
	require.NoError(t, err)
	require.Equal(t, "99000uassay,400usd", sdk.Coins(ledger.Avail).String())
	require.Equal(t, "200000000uassay", sdk.Coins(ledger.Bonds).String())
	require.Equal(t, "980uassay,98usd", sdk.Coins(ledger.Credits).String())
	total := sdk.NewCoins()
	for _, part := range [][]sdk.Coin{ledger.Avail, ledger.Bonds, ledger.Credits} {
		total = total.Add(part...)
	}
	require.Equal(t, sdk.Coins(ledger.Balance), total)

	sales, err := q.Sales(f.ctx, &types.QuerySalesRequest{})
	require.NoError(t, err)
	require.Equal(t, []types.ModelSales{{
		Model: hash("model"), Released: coin(types.BondDenom, amount(1_000)), Burned: amount(10),
	}}, sales.Sales)
	sales, err = q.Sales(f.ctx, &types.QuerySalesRequest{ModelHex: hex.EncodeToString(hash("parent"))})
	require.NoError(t, err)
	require.Empty(t, sales.Sales)

	approve := &types.MsgApproveSpender{
		Owner: who("owner"), Spender: who("payer"), MaxTotal: coin(usd, amount(50)), MaxPerChannel: amount(50), Services: []uint64{2},
	}
	f.mustSend(approve)
	for _, spender := range []string{"", who("payer")} {
		approvals, err := q.Approvals(f.ctx, &types.QueryApprovalsRequest{Owner: who("owner"), Spender: spender})
		require.NoError(t, err)
		require.Len(t, approvals.Approvals, 1)
		require.Equal(t, who("payer"), approvals.Approvals[0].Spender)
	}
	_, err = q.Approvals(f.ctx, &types.QueryApprovalsRequest{Owner: who("owner"), Spender: who("other")})
	require.Equal(t, codes.NotFound, status.Code(err))

	params, err := q.Params(f.ctx, &types.QueryParamsRequest{})
	require.NoError(t, err)
	require.Equal(t, testParams(), params.Params)
}

// A page is never longer than its limit, and pages follow one another.
func TestQueryPages(t *testing.T) {
	f := newFixture(t)
	openMarket(f)
	for range maxPage + 3 {
		f.list(func(m *types.MsgListService) { m.Model, m.Bond = nil, amount(0) })
	}
	q := NewQueryServerImpl(f.keeper)
	for _, request := range []types.QueryServicesRequest{{}, {Provider: who("provider")}, {All: true}} {
		request.Pagination = &query.PageRequest{Limit: 100_000}
		first, err := q.Services(f.ctx, &request)
		require.NoError(t, err)
		require.Len(t, first.Services, maxPage)
		request.Pagination = &query.PageRequest{Key: first.Pagination.NextKey}
		second, err := q.Services(f.ctx, &request)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint([]uint64{maxPage + 1, maxPage + 2, maxPage + 3}), ids(second.Services))
		require.Empty(t, second.Pagination.NextKey)
	}
}
