package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// convicted convicts service 1 without a channel.
func convicted(f *fixture) {
	f.t.Helper()
	require.NoError(f.t, f.keeper.convict(f.ctx, f.service(1), types.Receipt{Service: 1}, who("owner"), 0))
}

func TestCloseService(t *testing.T) {
	start := func(f *fixture) { openMarket(f); f.list(nil) }
	msg := func(provider string, service uint64) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg { return &types.MsgCloseService{Provider: who(provider), Service: service} }
	}
	runMsgCases(t, start, []msgCase{
		{
			name:  "success - the bond stays locked",
			msg:   msg("provider", 1),
			event: func(*fixture) proto.Message { return &types.EventServiceClosed{Service: 1, UnlockHeight: 61} },
			check: func(f *fixture, result *sdk.Result) {
				require.EqualValues(t, 61, response(f, result, &types.MsgCloseServiceResponse{}).UnlockHeight)
				require.Equal(t, types.SERVICE_STATUS_CLOSED, f.service(1).Status)
				require.Equal(t, "100000000", f.service(1).Bond.String())
			},
		},
		{name: "error - of another", msg: msg("payer", 1), err: "service 1 is provided by"},
		{name: "error - no such service", msg: msg("provider", 2), err: "service 2: not found"},
		{name: "error - closed", setUp: func(f *fixture) { f.mustSend(msg("provider", 1)(f)) }, msg: msg("provider", 1), err: "service is closed"},
		{name: "error - convicted", setUp: convicted, msg: msg("provider", 1), err: "service is convicted"},
	})
}
