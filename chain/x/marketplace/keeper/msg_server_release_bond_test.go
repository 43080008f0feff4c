package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

func TestReleaseBond(t *testing.T) {
	start := func(f *fixture) { openMarket(f); f.list(nil) }
	msg := func(provider string, service uint64) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg { return &types.MsgReleaseBond{Provider: who(provider), Service: service} }
	}
	closed := func(blocks int64) func(*fixture) {
		return func(f *fixture) {
			f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 1})
			f.skip(blocks)
		}
	}
	runMsgCases(t, start, []msgCase{
		{
			name:  "success - after the last height at which receipts count",
			setUp: closed(61),
			msg:   msg("provider", 1),
			event: func(*fixture) proto.Message {
				return &types.EventBondReleased{Service: 1, Amount: coin(types.BondDenom, amount(100_000_000))}
			},
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, "100000000", f.owed("provider", types.BondDenom))
				model, err := f.poi.GetModel(f.ctx, hash("model"))
				require.NoError(t, err)
				require.Zero(t, model.Holds)
				_, err = f.send(msg("provider", 1)(f))
				require.ErrorIs(t, err, types.ErrReleased)
			},
		},
		{name: "error - a block too early", setUp: closed(60), msg: msg("provider", 1), err: "this is height 61, expected above 61"},
		{name: "error - on offer", msg: msg("provider", 1), err: "service 1 is on offer"},
		{name: "error - convicted", setUp: convicted, msg: msg("provider", 1), err: "service is convicted"},
		{name: "error - of another", setUp: closed(61), msg: msg("payer", 1), err: "service 1 is provided by"},
		{name: "error - no such service", msg: msg("provider", 2), err: "service 2: not found"},
		{
			name: "error - nothing was locked",
			setUp: func(f *fixture) {
				f.list(func(m *types.MsgListService) { m.Model, m.Bond = nil, amount(0) })
				f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 2})
				f.skip(61)
			},
			msg: msg("provider", 2),
			err: "service 2 has no bond",
		},
	})
}
