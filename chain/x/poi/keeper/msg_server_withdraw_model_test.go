package keeper

import (
	"testing"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestWithdrawModel(t *testing.T) {
	id := idOf(testFile(1))
	reference := idOf(testFile(100))
	msg := func(owner string, model []byte) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg { return &types.MsgWithdrawModel{Owner: who(owner), Model: model} }
	}
	start := func(f *fixture) {
		openArena(f)
		f.contend("alice", 1)
	}
	runMsgCases(t, start, []msgCase{
		{
			name: "success - a contender loses its place, then its file",
			msg:  msg("alice", id),
			event: func(*fixture) proto.Message {
				return &types.EventModelStatusChanged{Model: id, Arena: 1, Status: types.MODEL_STATUS_WITHDRAWN}
			},
			check: func(f *fixture, _ *sdk.Result) {
				contends, err := f.keeper.contenders.Has(f.ctx, collections.Join(uint64(1), id))
				require.NoError(t, err)
				require.False(t, contends)
				before := f.funds("alice")
				f.blocks(f.params().UnbondingBlocks)
				require.True(t, f.storedModel(id).HasFile)
				f.blocks(1)
				model := f.storedModel(id)
				require.False(t, model.HasFile || model.Bonded)
				_, err = f.keeper.RunModel(f.ctx, id, make([]byte, 4))
				require.ErrorContains(t, err, "not found")
				require.Equal(t, before.Add(f.params().ModelBond).String(), f.funds("alice").String())
			},
		},
		{
			name: "success - its call is taken back",
			setUp: func(f *fixture) {
				arena, err := f.keeper.arenas.Get(f.ctx, 1)
				require.NoError(t, err)
				arena.Called = id
				require.NoError(t, f.keeper.arenas.Set(f.ctx, 1, arena))
			},
			msg: msg("alice", id),
			check: func(f *fixture, _ *sdk.Result) {
				arena, err := f.keeper.arenas.Get(f.ctx, 1)
				require.NoError(t, err)
				require.Empty(t, arena.Called)
			},
		},
		{
			name: "success - the top keeps its file and its step",
			msg:  msg("curator", reference),
			check: func(f *fixture, _ *sdk.Result) {
				f.blocks(f.params().UnbondingBlocks + 1)
				require.True(t, f.storedModel(reference).HasFile)
				arena, err := f.keeper.arenas.Get(f.ctx, 1)
				require.NoError(t, err)
				require.Equal(t, reference, arena.Top)
			},
		},
		{
			name:  "error - twice",
			setUp: func(f *fixture) { f.mustSend(msg("alice", id)(f)) },
			msg:   msg("alice", id), err: "its status is MODEL_STATUS_WITHDRAWN",
		},
		{name: "error - of another", msg: msg("bob", id), err: "belongs to " + who("alice")},
		{name: "error - unknown model", msg: msg("alice", hash("x")), err: "not found"},
	})
}

// Frozen is frozen: who leaves in mid-epoch, called or not, lets the epoch settle
// with what was frozen, and has the bond only afterwards.
func TestLeavingInMidEpoch(t *testing.T) {
	for phase := types.PHASE_INPUT; phase <= types.PHASE_SETTLE; phase++ {
		t.Run(phase.String(), func(t *testing.T) {
			n := newNetwork(t, 4, 3)
			n.block() // commitments must be older than reservations
			id := n.register("miner", knows(4))
			for len(n.arenaNow().Called) == 0 {
				n.epoch()
			}
			clock := n.untilPhase(phase)
			n.mustSend(&types.MsgWithdrawModel{Owner: who("miner"), Model: id})
			n.mustSend(&types.MsgUnbondSponsor{Sponsor: n.sponsors[0].address, Arena: 1})
			n.mustSend(&types.MsgUnbondScorer{Operator: n.scorers[0].operator})

			record := n.epoch()
			require.Equal(t, clock.Epoch, record.Epoch)
			require.EqualValues(t, 1, record.ArenasSettled)
			result := n.arenaEpoch(record.Epoch)
			require.True(t, result.Settled, result.Reason)
			require.EqualValues(t, 4, result.SponsorsCounted)
			require.Zero(t, result.StepAccepted, "who withdrew takes no step")
			require.Equal(t, types.MODEL_STATUS_WITHDRAWN, n.model(id).Status)

			next := n.epoch()
			require.EqualValues(t, 2, next.ScorersFrozen)
			require.EqualValues(t, 3, n.arenaEpoch(next.Epoch).SponsorsFrozen)
		})
	}
}
