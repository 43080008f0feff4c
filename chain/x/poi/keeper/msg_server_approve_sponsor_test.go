package keeper

import (
	"fmt"
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestApproveSponsor(t *testing.T) {
	msg := func(curator string, arena uint64, sponsor string, approved bool) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			return &types.MsgApproveSponsor{Curator: who(curator), Arena: arena, Sponsor: who(sponsor), Approved: approved}
		}
	}
	fill := func(f *fixture) {
		for i := range f.params().MaxSponsors {
			f.mustSend(msg("curator", 1, fmt.Sprintf("s%d", i), true)(f))
		}
	}
	runMsgCases(t, openArena, []msgCase{
		{
			name: "success - approved",
			msg:  msg("curator", 1, "alice", true),
			event: func(*fixture) proto.Message {
				return &types.EventSponsorApproved{Arena: 1, Sponsor: who("alice"), Approved: true}
			},
		},
		{
			name:  "success - dismissed, the bond stays with it",
			setUp: func(f *fixture) { f.join("alice") },
			msg:   msg("curator", 1, "alice", false),
			event: func(*fixture) proto.Message {
				return &types.EventSponsorApproved{Arena: 1, Sponsor: who("alice"), Approved: false}
			},
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, f.params().SponsorBond.String(), f.held("bond/sponsor/1/"+who("alice")))
				f.mustSend(&types.MsgUnbondSponsor{Sponsor: who("alice"), Arena: 1})
			},
		},
		{
			name: "success - a place that was given up can be taken",
			setUp: func(f *fixture) {
				fill(f)
				f.mustSend(msg("curator", 1, "s0", false)(f))
			},
			msg: msg("curator", 1, "alice", true),
		},
		{name: "error - all places taken", setUp: fill, msg: msg("curator", 1, "alice", true), err: "arena 1 has 5 sponsors, at most 5 are allowed"},
		{name: "error - not the curator", msg: msg("alice", 1, "alice", true), err: "arena 1 is curated by " + who("curator")},
		{name: "error - no such arena", msg: msg("curator", 2, "alice", true), err: "arena 2: not found"},
		{name: "error - dismissed without approval", msg: msg("curator", 1, "alice", false), err: "not found"},
		{name: "error - approved twice", setUp: func(f *fixture) { f.join("alice") }, msg: msg("curator", 1, "alice", true), err: "exists already"},
		{
			name: "error - sponsor is no address",
			msg: func(*fixture) sdk.Msg {
				return &types.MsgApproveSponsor{Curator: who("curator"), Arena: 1, Sponsor: "", Approved: true}
			},
			err: `sponsor address ""`,
		},
	})
}
