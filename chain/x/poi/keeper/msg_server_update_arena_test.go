package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestUpdateArena(t *testing.T) {
	runMsgCases(t, openArena, []msgCase{
		{
			name: "success - weight, the curator stays",
			msg: func(f *fixture) sdk.Msg {
				return &types.MsgUpdateArena{Authority: f.authority, Arena: 1, Weight: 100}
			},
			event: func(*fixture) proto.Message {
				return &types.EventArenaUpdated{Arena: 1, Weight: 100, Curator: who("curator")}
			},
		},
		{
			name: "success - curator",
			msg: func(f *fixture) sdk.Msg {
				return &types.MsgUpdateArena{Authority: f.authority, Arena: 1, Weight: 5, Curator: who("alice")}
			},
			event: func(*fixture) proto.Message {
				return &types.EventArenaUpdated{Arena: 1, Weight: 5, Curator: who("alice")}
			},
		},
		{
			name: "error - not governance",
			msg: func(*fixture) sdk.Msg {
				return &types.MsgUpdateArena{Authority: who("curator"), Arena: 1, Weight: 100}
			},
			err: "invalid authority: expected " + bech32(govAddress()) + ", got " + who("curator"),
		},
		{
			name: "error - no such arena",
			msg:  func(f *fixture) sdk.Msg { return &types.MsgUpdateArena{Authority: f.authority, Arena: 2} },
			err:  "arena 2: not found",
		},
		{
			name: "error - curator is no address",
			msg: func(f *fixture) sdk.Msg {
				return &types.MsgUpdateArena{Authority: f.authority, Arena: 1, Curator: "nobody"}
			},
			err: `curator address "nobody"`,
		},
	})
}
