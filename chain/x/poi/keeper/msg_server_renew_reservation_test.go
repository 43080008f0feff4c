package keeper

import (
	"testing"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestRenewReservation(t *testing.T) {
	id := idOf(testFile(1))
	key := collections.Join(uint64(1), id)
	msg := func(*fixture) sdk.Msg { return &types.MsgRenewReservation{Owner: who("alice"), Model: id} }
	commit := func(f *fixture, name, root string) {
		f.mustSend(&types.MsgCommitBatches{Sponsor: who(name), Arena: 1, Root: hash(root), Count: 256})
	}
	change := func(f *fixture, change func(c *types.Contender)) {
		contender, err := f.keeper.contenders.Get(f.ctx, key)
		require.NoError(t, err)
		change(&contender)
		require.NoError(t, f.keeper.contenders.Set(f.ctx, key, contender))
	}
	spend := func(f *fixture, name string) {
		at := collections.Join3(uint64(1), []byte(addr(name)), uint32(0))
		commitment, err := f.keeper.commitments.Get(f.ctx, at)
		require.NoError(t, err)
		commitment.Remaining = 0
		require.NoError(t, f.keeper.commitments.Set(f.ctx, at, commitment))
	}
	// Four sponsors, three of them with a batch older than the reservation; a
	// contender that has been measured.
	start := func(f *fixture) {
		openArena(f)
		for _, name := range []string{"s1", "s2", "s3", "s4"} {
			f.join(name)
		}
		for _, name := range []string{"s1", "s2", "s3"} {
			commit(f, name, name)
		}
		f.nextBlock()
		f.contend("alice", 1)
		commit(f, "s4", "s4")
		change(f, func(c *types.Contender) {
			c.Sponsors = []string{who("s1"), who("s2"), who("s3"), who("s4")}
			c.FirstEpoch, c.Calls = 2, 3
			c.Screening = []types.Counts{{Sponsor: who("s1"), B: 2, C: 1, N: 64, WrongOld: 9, WrongNew: 8}}
			c.Trials = []types.Trial{{Opponent: idOf(testFile(100)), Counts: c.Screening}}
		})
	}
	runMsgCases(t, start, []msgCase{
		{
			name: "success - starts again at the end of the order",
			setUp: func(f *fixture) {
				spend(f, "s1")
				arena, err := f.keeper.arenas.Get(f.ctx, 1)
				require.NoError(t, err)
				arena.Called = id
				require.NoError(t, f.keeper.arenas.Set(f.ctx, 1, arena))
			},
			msg:   msg,
			event: func(*fixture) proto.Message { return &types.EventReservationRenewed{Model: id, Seq: 2} },
			check: func(f *fixture, _ *sdk.Result) {
				contender, err := f.keeper.contenders.Get(f.ctx, key)
				require.NoError(t, err)
				require.Equal(t, types.Contender{
					Arena: 1, Model: id, ReservationSeq: 2, ReservationHeight: f.ctx.BlockHeight(), Calls: 3,
				}, contender)
				arena, err := f.keeper.arenas.Get(f.ctx, 1)
				require.NoError(t, err)
				require.Empty(t, arena.Called)
			},
		},
		{
			name:  "success - a sponsor left",
			setUp: func(f *fixture) { f.mustSend(&types.MsgUnbondSponsor{Sponsor: who("s2"), Arena: 1}) },
			msg:   msg,
		},
		{
			name: "success - a sponsor was dismissed",
			setUp: func(f *fixture) {
				f.mustSend(&types.MsgApproveSponsor{Curator: who("curator"), Arena: 1, Sponsor: who("s3"), Approved: false})
			},
			msg: msg,
		},
		{
			name: "success - a sponsor came after its first epoch",
			setUp: func(f *fixture) {
				change(f, func(c *types.Contender) {
					c.Sponsors = []string{who("s1"), who("s2"), who("s4")}
				})
			},
			msg: msg,
		},
		{name: "error - three sponsors can measure it", msg: msg, err: "has 3 usable sponsors, expected fewer than 3"},
		{
			name: "error - was in no epoch", msg: msg, err: "was in no epoch yet",
			setUp: func(f *fixture) {
				change(f, func(c *types.Contender) { c.Sponsors, c.Screening, c.Trials = nil, nil, nil })
			},
		},
		{
			name: "error - withdrawn", msg: msg, err: "the model's status is MODEL_STATUS_WITHDRAWN",
			setUp: func(f *fixture) { f.mustSend(&types.MsgWithdrawModel{Owner: who("alice"), Model: id}) },
		},
		{
			name: "error - of another",
			msg:  func(*fixture) sdk.Msg { return &types.MsgRenewReservation{Owner: who("bob"), Model: id} },
			err:  "belongs to " + who("alice"),
		},
		{
			name: "error - unknown model",
			msg:  func(*fixture) sdk.Msg { return &types.MsgRenewReservation{Owner: who("bob"), Model: hash("x")} },
			err:  "not found",
		},
	})
}
