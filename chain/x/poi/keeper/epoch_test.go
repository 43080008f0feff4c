package keeper

import (
	"slices"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestLadderIsClimbedAndPaid(t *testing.T) {
	n := newNetwork(t, 5, 4)
	n.block() // commitments must be older than reservations
	half := n.register("author-half", knows(2))
	full := n.register("author-full", knows(4))

	before := n.supply()
	minted := math.ZeroInt()
	burnedNothing := func(record types.EpochRecord) {
		t.Helper()
		minted = minted.Add(record.Emission.Minted)
		require.Equal(t, before.Add(minted).String(), n.supply().String(), "supply grows by what the records say was minted")
		e := record.Emission
		require.Equal(t, e.Minted, e.Authors.Add(e.Scorers).Add(e.Sponsors).Add(e.Validators).Add(e.Pool))
		require.False(t, e.Minted.GT(e.Budget))
	}

	var steps []uint32
	for range 8 {
		record := n.epoch()
		burnedNothing(record)
		if record.ArenasSettled == 0 {
			continue
		}
		require.Zero(t, record.Convictions)
		require.Positive(t, record.AuditedItems)
		result := n.arenaEpoch(record.Epoch)
		require.Equal(t, sumOf(result.Steps, func(p types.StepPay) math.Int { return p.Emission }).String(), record.Emission.Authors.String())
		if result.StepAccepted > 0 {
			steps = append(steps, result.StepAccepted)
		}
	}
	require.Equal(t, []uint32{1, 2}, steps)
	arena := n.arenaNow()
	require.Equal(t, full, arena.Top)
	require.Equal(t, uint32(3), arena.Steps)
	require.Equal(t, types.MODEL_STATUS_ARCHIVED, n.model(half).Status)
	require.Equal(t, types.MODEL_STATUS_TOP, n.model(full).Status)
	require.EqualValues(t, protocol.D, n.model(full).Accuracy, "it knows every class")
	require.True(t, n.reward(bech32(addr("author-full"))).IsPositive())
	require.True(t, n.reward(bech32(addr("author-half"))).IsPositive())
	require.True(t, n.reward(bech32(addr("curator"))).IsZero(), "the reference earns nothing")
	for _, scorer := range n.scorers {
		require.True(t, n.reward(scorer.operator).IsPositive())
	}
	for _, sponsor := range n.sponsors {
		require.True(t, n.reward(sponsor.address).IsPositive())
	}
}

func TestVoidEpoch(t *testing.T) {
	n := newNetwork(t, 3, 4)
	n.block()
	n.register("author", knows(4))
	n.epoch()
	randomness := n.clock().Randomness
	link := n.scorers[0].next

	n.reveals = func(scorer string) bool { return scorer == "scorer-0" }
	record := n.epoch()
	require.True(t, record.Void)
	require.Equal(t, randomness, n.clock().Randomness, "a void epoch leaves R as it was")
	require.Equal(t, link-1, n.scorers[0].next, "the revealed link is spent")
	require.True(t, record.Emission.Authors.IsZero())
	require.True(t, record.Emission.Validators.IsPositive())
	require.Equal(t, record.Emission.Minted, record.Emission.Validators.Add(record.Emission.Pool))
	for _, scorer := range n.scorers {
		stored, err := n.keeper.scorers.Get(n.ctx, addr(scorer.name))
		require.NoError(t, err)
		require.Empty(t, stored.Misses, "no misses are counted")
	}

	n.reveals = nil
	require.False(t, n.epoch().Void)
}

func TestArenaWithTooFewSponsorsSpendsNoData(t *testing.T) {
	n := newNetwork(t, 2, 2)
	n.block()
	n.register("author", knows(4))
	n.epoch()
	record := n.epoch()
	require.False(t, record.Void)
	require.Zero(t, record.Slots)
	require.Zero(t, record.ArenasSettled)
	require.Contains(t, n.arenaEpoch(record.Epoch).Reason, "nothing was drawn")
	commitment, err := n.keeper.commitment(n.ctx, n.arena, n.sponsors[0].address, 0)
	require.NoError(t, err)
	require.EqualValues(t, testBatches, commitment.Remaining)
}

func TestCommitmentsAreDrawnInOrderUntilSpent(t *testing.T) {
	n := newNetwork(t, 3, 2)
	n.block()
	n.register("author", knows(4))
	n.commit(n.sponsors[0])
	seen := map[uint32]bool{}
	for range testBatches / int(n.params().BatchesPerSponsor) {
		record := n.epoch()
		if record.Slots == 0 {
			continue
		}
		for _, slot := range n.slots(types.Clock{Epoch: record.Epoch}) {
			if slot.Sponsor == n.sponsors[0].address {
				require.False(t, seen[slot.Batch], "batch %d is drawn twice", slot.Batch)
				seen[slot.Batch] = true
			}
		}
	}
	// The others have nothing left, so the arena rests; nobody loses anything.
	record := n.epoch()
	require.Zero(t, record.Slots)
	for batch := range uint32(testBatches) {
		require.True(t, seen[batch] || len(seen) < testBatches)
	}
	require.LessOrEqual(t, len(seen), testBatches)
}

func TestLoweredRetentionIsCaughtUpWith(t *testing.T) {
	n := newNetwork(t, 5, 4)
	n.block()
	n.register("author", knows(4))
	// The epochs of which anything is kept, oldest first.
	kept := func() []uint64 {
		t.Helper()
		gs, err := n.keeper.ExportGenesis(n.ctx)
		require.NoError(t, err)
		var epochs []uint64
		for _, record := range gs.Epochs {
			epochs = append(epochs, record.Epoch)
		}
		for _, slot := range gs.Slots {
			epochs = append(epochs, slot.Epoch)
		}
		for _, arena := range gs.ArenaEpochs {
			epochs = append(epochs, arena.Epoch)
		}
		for _, model := range gs.ModelEpochs {
			epochs = append(epochs, model.Epoch)
		}
		slices.Sort(epochs)
		return slices.Compact(epochs)
	}
	for len(kept()) < 10 {
		n.epoch()
	}

	params := n.params()
	params.RetainEpochs = 2
	n.setParams(params)
	// One comes and at most four go.
	for _, left := range []int{7, 4, 2, 2} {
		last := n.epoch().Epoch
		require.Len(t, kept(), left)
		require.Equal(t, last, kept()[left-1], "the oldest go first")
	}
}
