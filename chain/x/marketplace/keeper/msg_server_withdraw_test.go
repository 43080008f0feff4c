package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

func TestWithdraw(t *testing.T) {
	msg := func(owner string) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg { return &types.MsgWithdraw{Owner: who(owner)} }
	}
	earned := func(f *fixture) {
		f.list(func(m *types.MsgListService) { m.Denom = usd })
		f.open(func(m *types.MsgOpenChannel) { m.Service, m.Deposit = 2, coin(usd, amount(1_000)) })
		f.claim(voucher(firstChannel(), 0, 10_000), voucher(protocolChannel("payer", 1), 0, 1_000))
	}
	runMsgCases(t, func(f *fixture) { openClaims(f) }, []msgCase{
		{
			name:  "success - everything, in all coins",
			setUp: earned,
			msg:   msg("author"),
			event: func(*fixture) proto.Message {
				return &types.EventWithdrawn{Owner: who("author"), Amount: sdk.NewCoins(coin(types.BondDenom, amount(800)), coin(usd, amount(80)))}
			},
			check: func(f *fixture, r *sdk.Result) {
				require.Equal(t, "800uassay,80usd", sdk.Coins(response(f, r, &types.MsgWithdrawResponse{}).Amount).String())
				require.Equal(t, "800", f.funds("author", types.BondDenom))
				require.Equal(t, "80", f.funds("author", usd))
				require.Equal(t, "0", f.owed("author", types.BondDenom))
				require.Equal(t, "200", f.owed("ancestor", types.BondDenom))
				_, err := f.send(msg("author")(f))
				require.ErrorIs(t, err, types.ErrNothingToPay)
			},
		},
		{name: "error - nothing there", msg: msg("author"), err: "nothing to withdraw"},
		{name: "error - no address", msg: func(*fixture) sdk.Msg { return &types.MsgWithdraw{} }, err: `owner address ""`},
	})
}
