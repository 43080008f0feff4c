package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestUpdateScorer(t *testing.T) {
	msg := func(hotKey string) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg { return &types.MsgUpdateScorer{Operator: who("val"), HotKey: hotKey} }
	}
	runMsgCases(t, func(f *fixture) { f.bondScorer("val") }, []msgCase{
		{
			name: "success - the old key acts no longer", msg: msg(who("new")),
			event: func(*fixture) proto.Message {
				return &types.EventScorerUpdated{Operator: who("val"), HotKey: who("new"), Tip: hash("tip of val")}
			},
			check: func(f *fixture, _ *sdk.Result) {
				_, err := f.send(&types.MsgSetTip{HotKey: who("val-hot"), Tip: hash("other")})
				require.ErrorContains(t, err, "is no scorer's hot key")
				f.mustSend(&types.MsgSetTip{HotKey: who("new"), Tip: hash("other")})
			},
		},
		{name: "success - the same key", msg: msg(who("val-hot"))},
		{name: "error - key of another", setUp: func(f *fixture) { f.bondScorer("other") }, msg: msg(who("other-hot")), err: "belongs to another scorer"},
		{name: "error - no key", msg: msg(""), err: `hot key address ""`},
		{
			name: "error - no scorer",
			msg:  func(*fixture) sdk.Msg { return &types.MsgUpdateScorer{Operator: who("alice"), HotKey: who("new")} },
			err:  "not found",
		},
	})
}
