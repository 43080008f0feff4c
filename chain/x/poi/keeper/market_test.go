package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// A file stays while a service answers for it, whatever becomes of its model, and
// goes with the last thing that refers to it.
func TestHolds(t *testing.T) {
	start := func(t *testing.T) (*fixture, []byte) {
		f := newRegistry(t)
		openArena(f)
		return f, f.contend("alice", 1)
	}
	leave := func(f *fixture, id []byte) {
		f.mustSend(&types.MsgWithdrawModel{Owner: who("alice"), Model: id})
		f.blocks(f.params().UnbondingBlocks + 1)
	}
	hasFile := func(f *fixture, id []byte) bool {
		stored, err := f.keeper.modelFiles.Has(f.ctx, id)
		require.NoError(f.t, err)
		require.Equal(f.t, stored, f.storedModel(id).HasFile)
		gs, err := f.keeper.ExportGenesis(f.ctx)
		require.NoError(f.t, err)
		require.NoError(f.t, gs.Validate())
		return stored
	}

	t.Run("holds outlive the bond", func(t *testing.T) {
		f, id := start(t)
		require.NoError(t, f.keeper.HoldModel(f.ctx, id))
		require.NoError(t, f.keeper.HoldModel(f.ctx, id))
		leave(f, id)
		require.False(t, f.storedModel(id).Bonded)
		require.True(t, hasFile(f, id))
		require.NoError(t, f.keeper.HoldModel(f.ctx, id), "as long as the file is there")
		for range 2 {
			require.NoError(t, f.keeper.ReleaseHold(f.ctx, id))
			require.True(t, hasFile(f, id))
		}
		f.ctx = f.ctx.WithEventManager(sdk.NewEventManager())
		require.NoError(t, f.keeper.ReleaseHold(f.ctx, id))
		require.False(t, hasFile(f, id))
		f.events = f.ctx.EventManager().Events()
		f.requireEvent(&types.EventModelFileDeleted{Model: id})
		require.ErrorContains(t, f.keeper.HoldModel(f.ctx, id), "file of model")
	})
	t.Run("the bond outlives holds", func(t *testing.T) {
		f, id := start(t)
		require.NoError(t, f.keeper.HoldModel(f.ctx, id))
		f.mustSend(&types.MsgWithdrawModel{Owner: who("alice"), Model: id})
		require.NoError(t, f.keeper.ReleaseHold(f.ctx, id))
		require.True(t, hasFile(f, id), "its bond is unbonding")
		f.blocks(f.params().UnbondingBlocks + 1)
		require.False(t, hasFile(f, id))
	})
	t.Run("a step outlives both", func(t *testing.T) {
		f, _ := start(t)
		reference := idOf(testFile(100))
		require.NoError(t, f.keeper.HoldModel(f.ctx, reference))
		require.NoError(t, f.keeper.ReleaseHold(f.ctx, reference))
		require.True(t, hasFile(f, reference))
	})
	t.Run("without a hold none is released, nor for nobody's model", func(t *testing.T) {
		f, id := start(t)
		require.ErrorContains(t, f.keeper.ReleaseHold(f.ctx, id), "nothing holds model")
		require.ErrorIs(t, f.keeper.ReleaseHold(f.ctx, hash("x")), types.ErrNotFound)
		require.ErrorIs(t, f.keeper.HoldModel(f.ctx, hash("x")), types.ErrNotFound)
		require.ErrorIs(t, f.keeper.HoldModel(f.ctx, []byte("x")), types.ErrInvalid)
	})
}

func TestMarketReads(t *testing.T) {
	f := newRegistry(t)
	openArena(f)
	id := f.contend("alice", 1)
	model, err := f.keeper.GetModel(f.ctx, id)
	require.NoError(t, err)
	require.Equal(t, f.storedModel(id), model)
	_, err = f.keeper.GetModel(f.ctx, hash("x"))
	require.ErrorIs(t, err, types.ErrNotFound)
	arena, err := f.keeper.GetArena(f.ctx, 1)
	require.NoError(t, err)
	require.Equal(t, "digits", arena.Spec.Name)
	_, err = f.keeper.GetArena(f.ctx, 2)
	require.ErrorIs(t, err, types.ErrNotFound)
	clock, err := f.keeper.GetClock(f.ctx)
	require.NoError(t, err)
	require.EqualValues(t, 1, clock.Epoch)
}

func TestEligibleScorer(t *testing.T) {
	change := func(f *fixture, edit func(scorer *types.Scorer)) {
		scorer, err := f.keeper.scorers.Get(f.ctx, addr("val"))
		require.NoError(f.t, err)
		edit(&scorer)
		require.NoError(f.t, f.keeper.scorers.Set(f.ctx, addr("val"), scorer))
	}
	for _, c := range []struct {
		name  string
		setUp func(f *fixture)
		err   string
	}{
		{"success", func(*fixture) {}, ""},
		{"error - no hot key", func(f *fixture) {
			f.mustSend(&types.MsgUpdateScorer{Operator: who("val"), HotKey: who("other-hot")})
		}, "no scorer's hot key"},
		{"error - not bonded", func(f *fixture) { f.mustSend(&types.MsgUnbondScorer{Operator: who("val")}) }, "it is not bonded"},
		{"error - jailed", func(f *fixture) { change(f, func(s *types.Scorer) { s.JailedUntil = 2 }) }, "jailed until epoch 2"},
		{"error - inactive", func(f *fixture) { change(f, func(s *types.Scorer) { s.InactiveUntil = 2 }) }, "inactive until epoch 2"},
		{"error - validator is not bonded", func(f *fixture) {
			f.staking.validators[string(addr("val"))] = stakingtypes.Validator{Status: stakingtypes.Unbonded}
		}, "not in the active set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newRegistry(t)
			f.bondScorer("val")
			c.setUp(f)
			operator, err := f.keeper.EligibleScorer(f.ctx, addr("val-hot"))
			if c.err == "" {
				require.NoError(t, err)
				require.Equal(t, who("val"), operator)
				return
			}
			require.ErrorIs(t, err, types.ErrUnauthorized)
			require.ErrorContains(t, err, c.err)
		})
	}
}

// What other modules run is counted as MsgInfer is.
func TestRunReserved(t *testing.T) {
	f := newRegistry(t)
	openArena(f)
	id, input := f.contend("alice", 1), []byte{3, 9, 5, 0}
	_, _, err := f.keeper.RunReserved(f.ctx, id, input)
	require.ErrorIs(t, err, types.ErrInferBudget)

	reserve := func(ctx sdk.Context) sdk.Context {
		ctx, err := f.keeper.ReserveInference(ctx, []Run{{Model: id, InputBytes: len(input)}})
		require.NoError(t, err)
		return ctx
	}
	ctx := reserve(f.ctx)
	logits, ran, err := f.keeper.RunReserved(ctx, id, input)
	require.NoError(t, err)
	require.True(t, ran)
	require.Equal(t, []int32{4, 9, 5}, logits)
	_, _, err = f.keeper.RunReserved(ctx, id, input)
	require.ErrorContains(t, err, "reserved are 0")

	ctx = reserve(f.ctx.WithExecMode(sdk.ExecModeSimulate))
	logits, ran, err = f.keeper.RunReserved(ctx, id, input)
	require.NoError(t, err)
	require.False(t, ran)
	require.Nil(t, logits)
	_, _, err = f.keeper.RunReserved(ctx, id, input)
	require.ErrorContains(t, err, "reserved are 0", "a simulation spends as well")
}
