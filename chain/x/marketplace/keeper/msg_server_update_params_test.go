package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

func TestUpdateParams(t *testing.T) {
	governance := bech32(authtypes.NewModuleAddress("gov"))
	changed := testParams()
	changed.GraceBlocks = 99
	with := func(change func(m *types.MsgUpdateParams)) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			msg := &types.MsgUpdateParams{Authority: governance, Params: changed}
			change(msg)
			return msg
		}
	}
	runMsgCases(t, openMarket, []msgCase{
		{
			name: "success", msg: with(func(*types.MsgUpdateParams) {}),
			event: func(*fixture) proto.Message { return &types.EventParamsUpdated{Params: changed} },
			check: func(f *fixture, _ *sdk.Result) {
				params, err := f.keeper.params.Get(f.ctx)
				require.NoError(f.t, err)
				require.Equal(f.t, changed, params)
			},
		},
		{
			name: "success - an open channel keeps its terms",
			setUp: func(f *fixture) {
				f.list(nil)
				f.open(nil)
			},
			msg: with(func(*types.MsgUpdateParams) {}),
			check: func(f *fixture, _ *sdk.Result) {
				channels, err := NewQueryServerImpl(f.keeper).Channels(f.ctx, &types.QueryChannelsRequest{})
				require.NoError(f.t, err)
				require.Equal(f.t, testParams().GraceBlocks, channels.Channels[0].GraceBlocks)
			},
		},
		{name: "error - not governance", msg: with(func(m *types.MsgUpdateParams) { m.Authority = who("payer") }), err: types.ErrUnauthorized.Error()},
		{name: "error - out of bounds", msg: with(func(m *types.MsgUpdateParams) { m.Params.GraceBlocks = 0 }), err: "grace_blocks is 0"},
	})
}
