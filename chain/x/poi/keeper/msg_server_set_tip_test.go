package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestSetTip(t *testing.T) {
	msg := func(hotKey string, tip []byte) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg { return &types.MsgSetTip{HotKey: who(hotKey), Tip: tip} }
	}
	runMsgCases(t, func(f *fixture) { f.bondScorer("val") }, []msgCase{
		{
			name: "success - a new chain", msg: msg("val-hot", hash("new")),
			event: func(*fixture) proto.Message {
				return &types.EventScorerUpdated{Operator: who("val"), HotKey: who("val-hot"), Tip: hash("new")}
			},
		},
		{
			name: "success - the running epoch keeps the frozen tip", msg: msg("val-hot", hash("new")),
			setUp: func(f *fixture) { require.NoError(t, f.keeper.BeginBlock(f.ctx)) },
			check: func(f *fixture, _ *sdk.Result) {
				frozen, err := f.keeper.frozenScorers.Get(f.ctx, addr("val"))
				require.NoError(t, err)
				require.Equal(t, hash("tip of val"), frozen.Tip)
			},
		},
		{name: "error - signed by the operator", msg: msg("val", hash("new")), err: "is no scorer's hot key"},
		{name: "error - long tip", msg: msg("val-hot", make([]byte, 33)), err: "tip has 33 bytes, expected 32"},
		{name: "error - no tip", msg: msg("val-hot", nil), err: "tip has 0 bytes, expected 32"},
	})
}
