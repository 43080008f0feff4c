package keeper

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// BenchmarkSettle closes an arena of 64 models, 10 slots and 64 items, with 61
// contenders to screen and a called one to try against the last three steps. It
// includes writing the result through to the block's state, not committing that.
func BenchmarkSettle(b *testing.B) {
	const models, slots, items = 64, 10, 64
	n := newNetwork(b, 0, 4)
	params := n.params()
	params.BatchItems, params.BatchesPerSponsor, params.MaxModels = items, 2, models
	n.setParams(params)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		n.addSponsor(name)
	}
	n.block() // reservations must be younger than data
	steps := func(want uint32) {
		for n.arenaNow().Steps < want {
			n.epoch()
		}
	}
	n.register("miner", knows(2))
	steps(2)
	n.register("miner", knows(3))
	steps(3)
	for i := range models - 4 {
		// As good as the reference, and different files.
		n.register("miner", linearModel([][]int8{{1, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}, []int8{100, int8(-1 - i), 0, 0}))
	}
	best := n.register("miner", knows(4))
	for {
		n.untilPhase(types.PHASE_SETTLE)
		frozen, err := n.keeper.frozenArenas.Get(n.ctx, n.arena)
		require.NoError(b, err)
		if bytes.Equal(frozen.Called, best) {
			break
		}
		n.block()
	}

	clock := n.clock()
	epochParams, err := n.keeper.epochParams.Get(n.ctx)
	require.NoError(b, err)
	frozen, err := n.keeper.frozenArenas.Get(n.ctx, n.arena)
	require.NoError(b, err)
	require.Len(b, frozen.Models, models)
	require.Len(b, frozen.Opponents, protocol.MaxRivals)
	require.EqualValues(b, slots, frozen.Slots)

	benchmarkBlocks(b, n.fixture, func(ctx sdk.Context) error {
		progress, err := n.keeper.openSettlement(ctx, clock)
		if err != nil {
			return err
		}
		return n.keeper.closeArena(ctx, clock, epochParams, &progress, frozen)
	}, func(ctx sdk.Context) {
		result, err := n.keeper.arenaEpochs.Get(ctx, collections.Join(clock.Epoch, n.arena))
		require.NoError(b, err)
		require.True(b, result.Settled)
		require.EqualValues(b, 3, result.StepAccepted)
		_, ok, err := found(ctx, n.keeper.rows, collections.Join(frozen.FirstSlot, best))
		require.NoError(b, err)
		require.False(b, ok, "rows are deleted")
	})
}

// BenchmarkAuditBlock runs as many audits as a block may at the default parameters,
// on dense models of 0.1M MACs: drawn audits of rows that stand, and challenges
// that are refuted, so that their bonds are burned.
func BenchmarkAuditBlock(b *testing.B) {
	const inputs, classes, models, slots = 1_000, 100, 16, 40
	f := newFixture(b)
	k, ctx := f.keeper, f.ctx
	params := types.DefaultParams()
	clock := types.Clock{Epoch: 1, Phase: types.PHASE_CHALLENGE, Frozen: true, Randomness: protocol.H("bench")}
	spec := types.ArenaSpec{
		InputType: types.TENSOR_TYPE_UINT8, InputShape: []uint32{inputs},
		Answer: types.ANSWER_KIND_CLASS, Labels: make([]string, classes),
	}
	scorer, challenger := f.rich("scorer"), f.rich("challenger")
	random := rand.New(rand.NewPCG(1, 2))
	require.NoError(b, k.epochParams.Set(ctx, params))
	require.NoError(b, k.arenas.Set(ctx, 1, types.Arena{Id: 1, Spec: spec, PotPerEpoch: math.ZeroInt()}))
	require.NoError(b, k.frozenScorers.Set(ctx, addr("scorer"), types.FrozenScorer{Operator: scorer}))

	arena := types.FrozenArena{Arena: 1, Slots: slots, Draws: true}
	programs := map[string]*intonnx.Program{}
	for range models {
		weights := make([][]int8, classes)
		for class := range weights {
			weights[class] = make([]int8, inputs)
			for i := range weights[class] {
				weights[class][i] = int8(random.IntN(101) - 50)
			}
		}
		file := linearModel(weights, make([]int8, classes))
		program, err := intonnx.Check(file, intonnx.Limits{})
		require.NoError(b, err)
		id := program.Info.SHA256[:]
		programs[string(id)] = program
		require.NoError(b, k.modelFiles.Set(ctx, id, file))
		arena.Models = append(arena.Models, types.FrozenModel{Id: id, Cost: program.Info.Cost()})
	}
	slices.SortFunc(arena.Models, func(x, y types.FrozenModel) int { return bytes.Compare(x.Id, y.Id) })

	affordable := params.AuditMacsPerBlock / 2 / arena.Models[0].Cost
	challenges := min(affordable, challengesPerBlock)
	var seq uint64
	for slot := range uint64(slots) {
		raw := make([]byte, inputs*int(params.BatchItems))
		for i := range raw {
			raw[i] = byte(random.Uint32())
		}
		require.NoError(b, k.inputs.Set(ctx, slot, raw))
		require.NoError(b, k.slots.Set(ctx, collections.Join(clock.Epoch, slot), types.Slot{
			Epoch: clock.Epoch, Id: slot, Arena: 1, Scorer: scorer, RowsPosted: true,
			InputsRoot: []byte{1}, Labels: make([]byte, params.BatchItems), Salt: []byte{byte(slot)},
		}))
		for _, model := range arena.Models {
			row := types.Row{Model: model.Id}
			for _, item := range items(raw, inputs) {
				logits, err := programs[string(model.Id)].Run(new(intonnx.Scratch), item)
				require.NoError(b, err)
				answer, err := spec.Format().Answer(logits)
				require.NoError(b, err)
				row.Answers = append(row.Answers, answer...)
				row.Tags = append(row.Tags, protocol.Tag(logits)...)
			}
			require.NoError(b, k.rows.Set(ctx, collections.Join(slot, model.Id), row))
			for item := uint32(0); item < params.BatchItems && seq < challenges; item += 20 {
				seq++
				require.NoError(b, k.deposit(ctx, addr("challenger"), challengeBond(seq), params.ChallengeBond))
				require.NoError(b, k.challenges.Set(ctx, seq, types.Challenge{
					Seq: seq, Challenger: challenger, Epoch: clock.Epoch, Slot: slot, Model: model.Id, Item: item,
				}))
			}
		}
	}
	require.Equal(b, challenges, seq)
	require.NoError(b, k.frozenArenas.Set(ctx, 1, arena))
	require.NoError(b, k.drawAudits(ctx, clock))
	f.nextBlock()

	var audited uint64
	benchmarkBlocks(b, f, func(ctx sdk.Context) error {
		_, err := k.runQueues(ctx, clock)
		return err
	}, func(ctx sdk.Context) {
		cursor, err := k.auditCursor.Get(ctx)
		require.NoError(b, err)
		audited = cursor.Audited
		require.Equal(b, affordable, audited, "the drawn half is spent")
		waiting, err := values(ctx, k.challenges, nil)
		require.NoError(b, err)
		require.Empty(b, waiting)
		convicted, err := k.isConvicted(ctx, scorer)
		require.NoError(b, err)
		require.False(b, convicted)
	})
	b.ReportMetric(float64(audited+challenges), "runs/op")

	// What it is made of: the drawn half, and the runs without the chain around them.
	drawn, bare := time.Duration(1<<63-1), time.Duration(1<<63-1)
	input, out := make([]byte, inputs), make([]int32, classes)
	var scratch intonnx.Scratch
	for range b.N {
		ctx, _ := f.ctx.CacheContext()
		start := time.Now()
		_, err := k.runDrawnAudits(ctx, clock, params, params.AuditMacsPerBlock/2)
		drawn = min(drawn, time.Since(start))
		require.NoError(b, err)

		start = time.Now()
		for run := range audited + challenges {
			if err := programs[string(arena.Models[run%models].Id)].RunInto(&scratch, out, input); err != nil {
				b.Fatal(err)
			}
		}
		bare = min(bare, time.Since(start))
	}
	b.ReportMetric(float64(drawn.Nanoseconds())/1e6, "drawn-ms/op")
	b.ReportMetric(float64(bare.Nanoseconds())/1e6, "bare-ms/op")
}

// benchmarkBlocks times work in a block's state, each time on the same state as
// before, and reports the best beside the mean: the machine may do other things.
func benchmarkBlocks(b *testing.B, f *fixture, work func(ctx sdk.Context) error, check func(ctx sdk.Context)) {
	b.Helper()
	best := time.Duration(1<<63 - 1)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		ctx, _ := f.ctx.CacheContext()
		start := time.Now()
		err := work(ctx)
		best = min(best, time.Since(start))
		b.StopTimer()
		require.NoError(b, err)
		check(ctx)
		b.StartTimer()
	}
	b.ReportMetric(float64(best.Nanoseconds())/1e6, "best-ms/op")
}
