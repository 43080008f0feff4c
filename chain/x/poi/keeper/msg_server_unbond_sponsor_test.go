package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestUnbondSponsor(t *testing.T) {
	msg := func(*fixture) sdk.Msg { return &types.MsgUnbondSponsor{Sponsor: who("alice"), Arena: 1} }
	entry := "bond/sponsor/1/" + who("alice")
	runMsgCases(t, openArena, []msgCase{
		{
			name:  "success - the bond is on its way",
			setUp: func(f *fixture) { f.join("alice") },
			msg:   msg,
			event: func(f *fixture) proto.Message {
				return &types.EventUnbondingStarted{
					Unbonding: types.Unbonding{
						Seq: 1, Matures: f.ctx.BlockHeight() + int64(f.params().UnbondingBlocks), Owner: who("alice"), Origin: entry,
					},
					Amount: f.params().SponsorBond,
				}
			},
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, "0", f.held(entry))
				_, err := f.send(msg(f))
				require.ErrorContains(t, err, "no bond")
			},
		},
		{
			name: "error - approved, never bonded",
			setUp: func(f *fixture) {
				f.mustSend(&types.MsgApproveSponsor{Curator: who("curator"), Arena: 1, Sponsor: who("alice"), Approved: true})
			},
			msg: msg, err: "no bond",
		},
		{name: "error - no sponsor", msg: msg, err: "is no sponsor of arena 1"},
	})
}
