package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestBondSponsor(t *testing.T) {
	approve := func(f *fixture, approved bool) {
		f.mustSend(&types.MsgApproveSponsor{Curator: who("curator"), Arena: 1, Sponsor: who("alice"), Approved: approved})
	}
	msg := func(*fixture) sdk.Msg { return &types.MsgBondSponsor{Sponsor: who("alice"), Arena: 1} }
	bonded := func(*fixture) proto.Message { return &types.EventSponsorBonded{Arena: 1, Sponsor: who("alice")} }
	entry := "bond/sponsor/1/" + who("alice")
	runMsgCases(t, openArena, []msgCase{
		{
			name:  "success - locks the bond",
			setUp: func(f *fixture) { approve(f, true); f.rich("alice") },
			msg:   msg, event: bonded,
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, f.params().SponsorBond.String(), f.held(entry))
			},
		},
		{
			name: "success - tops up what was slashed",
			setUp: func(f *fixture) {
				f.join("alice")
				_, _, err := f.keeper.slash(f.ctx, entry, 1_000, "")
				require.NoError(t, err)
			},
			msg: msg, event: bonded,
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, f.params().SponsorBond.String(), f.held(entry))
			},
		},
		{
			name: "success - a whole new bond after unbonding",
			setUp: func(f *fixture) {
				f.join("alice")
				f.mustSend(&types.MsgUnbondSponsor{Sponsor: who("alice"), Arena: 1})
			},
			msg: msg, event: bonded,
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, f.params().SponsorBond.String(), f.held(entry))
				require.Equal(t, f.params().SponsorBond.String(), f.held("unbonding/1"))
			},
		},
		{name: "error - complete already", setUp: func(f *fixture) { f.join("alice") }, msg: msg, err: "is complete"},
		{name: "error - not approved", setUp: func(f *fixture) { f.rich("alice") }, msg: msg, err: "its curator has to approve it first"},
		{
			name:  "error - dismissed",
			setUp: func(f *fixture) { approve(f, true); approve(f, false); f.rich("alice") },
			msg:   msg, err: "has dismissed sponsor",
		},
		{name: "error - cannot pay", setUp: func(f *fixture) { approve(f, true) }, msg: msg, err: "insufficient funds"},
	})
}
