package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestUnbondScorer(t *testing.T) {
	msg := func(*fixture) sdk.Msg { return &types.MsgUnbondScorer{Operator: who("val")} }
	runMsgCases(t, func(*fixture) {}, []msgCase{
		{
			name: "success - the bond is on its way", setUp: func(f *fixture) { f.bondScorer("val") }, msg: msg,
			event: func(f *fixture) proto.Message {
				return &types.EventUnbondingStarted{
					Unbonding: types.Unbonding{
						Seq: 1, Matures: f.ctx.BlockHeight() + int64(f.params().UnbondingBlocks), Owner: who("val"), Origin: "bond/scorer/" + who("val"),
					},
					Amount: f.params().ScorerBond,
				}
			},
			check: func(f *fixture, _ *sdk.Result) {
				before := f.funds("val")
				f.blocks(f.params().UnbondingBlocks)
				require.Equal(t, before.String(), f.funds("val").String())
				f.blocks(1)
				require.Equal(t, before.Add(f.params().ScorerBond).String(), f.funds("val").String())
			},
		},
		{
			name:  "error - twice",
			setUp: func(f *fixture) { f.bondScorer("val"); f.mustSend(msg(f)) }, msg: msg, err: "no bond",
		},
		{name: "error - no scorer", msg: msg, err: "not found"},
	})
}
