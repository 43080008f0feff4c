package keeper

import (
	"testing"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

func TestRevokeSpender(t *testing.T) {
	msg := func(owner string) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg { return &types.MsgRevokeSpender{Owner: who(owner), Spender: who("payer")} }
	}
	start := func(f *fixture) { openMarket(f); f.list(nil); f.mustSend(approving()) }
	runMsgCases(t, start, []msgCase{
		{
			name:  "success - open channels stay",
			setUp: func(f *fixture) { f.open(func(m *types.MsgOpenChannel) { m.Funder = who("owner") }) },
			msg:   msg("owner"),
			event: func(*fixture) proto.Message {
				return &types.EventSpenderRevoked{Owner: who("owner"), Spender: who("payer")}
			},
			check: func(f *fixture, _ *sdk.Result) {
				has, err := f.keeper.approvals.Has(f.ctx, collections.Join([]byte(addr("owner")), []byte(addr("payer"))))
				require.NoError(t, err)
				require.False(t, has)
				require.Equal(t, types.CLAIM_STATUS_OK, f.claim(voucher(firstChannel(), 0, 10))[0].Status)
			},
		},
		{name: "error - there is none", msg: msg("provider"), err: "not found"},
		{name: "error - no owner", msg: func(*fixture) sdk.Msg { return &types.MsgRevokeSpender{Spender: who("payer")} }, err: `owner address ""`},
		{name: "error - no spender", msg: func(*fixture) sdk.Msg { return &types.MsgRevokeSpender{Owner: who("owner")} }, err: `spender address ""`},
	})
}
