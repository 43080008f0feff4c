package keeper

import (
	"strings"
	"testing"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestInfer(t *testing.T) {
	id := idOf(testFile(1))
	input := []byte{3, 9, 5, 0}
	with := func(change func(msg *types.MsgInfer)) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			msg := &types.MsgInfer{Sender: who("bob"), Model: id, Input: input, MaxFee: amount(7)}
			change(msg)
			return msg
		}
	}
	plain := with(func(*types.MsgInfer) {})
	start := func(f *fixture) {
		openArena(f)
		f.contend("alice", 1)
		f.fund("bob", 100)
	}
	runMsgCases(t, start, []msgCase{
		{
			name: "success - logits, answer and the author's fee", msg: plain,
			event: func(*fixture) proto.Message {
				return &types.EventInferred{Model: id, Sender: who("bob"), Fee: amount(7)}
			},
			check: func(f *fixture, result *sdk.Result) {
				require.Equal(t, &types.MsgInferResponse{Logits: []int32{4, 9, 5}, Answer: []byte{1}}, response(f, result, &types.MsgInferResponse{}))
				require.Equal(t, "7", f.held("reward/"+who("alice")))
				require.Equal(t, "93", f.funds("bob").String())
			},
		},
		{
			name:  "success - a simulation charges and returns zeros",
			setUp: func(f *fixture) { f.ctx = f.ctx.WithExecMode(sdk.ExecModeSimulate) },
			msg:   plain,
			check: func(f *fixture, result *sdk.Result) {
				require.Equal(t, &types.MsgInferResponse{Logits: []int32{0, 0, 0}, Answer: []byte{0}}, response(f, result, &types.MsgInferResponse{}))
				require.Equal(t, "93", f.funds("bob").String())
			},
		},
		{
			name: "success - the budget is that of one block",
			setUp: func(f *fixture) {
				params := f.params()
				model := f.storedModel(id)
				params.MaxModelMacs, params.InferMacsPerBlock = model.Cost(), model.Cost()
				f.setParams(params)
				f.mustSend(plain(f))
				_, err := f.send(plain(f))
				require.ErrorContains(t, err, "try a later block")
				f.nextBlock()
			},
			msg: plain,
		},
		{
			name:  "success - a withdrawn model, until its file goes",
			setUp: func(f *fixture) { f.mustSend(&types.MsgWithdrawModel{Owner: who("alice"), Model: id}) },
			msg:   plain,
		},
		{
			name: "error - file deleted",
			setUp: func(f *fixture) {
				f.mustSend(plain(f)) // the program is cached
				f.mustSend(&types.MsgWithdrawModel{Owner: who("alice"), Model: id})
				f.blocks(f.params().UnbondingBlocks + 1)
			},
			msg: plain, err: "file of model",
		},
		{name: "error - fee above the accepted", msg: with(func(m *types.MsgInfer) { m.MaxFee = amount(6) }), err: "asks 7uassay, accepted are 6"},
		{name: "error - negative fee", msg: with(func(m *types.MsgInfer) { m.MaxFee = amount(-1) }), err: "max_fee is -1, expected 0 to"},
		{name: "error - short input", msg: with(func(m *types.MsgInfer) { m.Input = input[:3] }), err: "input has 3 bytes, expected 4"},
		{name: "error - unknown model", msg: with(func(m *types.MsgInfer) { m.Model = hash("x") }), err: "not found"},
		{name: "error - no id", msg: with(func(m *types.MsgInfer) { m.Model = make([]byte, 33) }), err: "model id has 33 bytes, expected 32"},
		{name: "error - another text of the address", msg: with(func(m *types.MsgInfer) { m.Sender = strings.ToUpper(who("bob")) }), err: "expected \"" + who("bob")},
		{name: "error - endless address", msg: with(func(m *types.MsgInfer) { m.Sender = strings.Repeat("a", 129) }), err: "sender address has 129 bytes"},
		{name: "error - cannot pay", msg: with(func(m *types.MsgInfer) { m.Sender = who("pauper") }), err: "insufficient funds"},
	})
}

// runsOf is what the decorator finds in these messages.
func runsOf(msgs ...*types.MsgInfer) []Run {
	var runs []Run
	for _, msg := range msgs {
		runs = append(runs, Run{Model: msg.Model, InputBytes: len(msg.Input)})
	}
	return runs
}

// Gas must be the same on every node: whatever its cache holds, and in a simulation.
func TestInferGas(t *testing.T) {
	f := newRegistry(t)
	openArena(f)
	id := f.contend("alice", 1)
	f.fund("bob", 100)
	gas := func(mode sdk.ExecMode) uint64 {
		meter := storetypes.NewGasMeter(10_000_000)
		cached, _ := f.ctx.WithGasMeter(meter).WithExecMode(mode).CacheContext()
		msg := &types.MsgInfer{Sender: who("bob"), Model: id, Input: make([]byte, 4), MaxFee: amount(7)}
		cached, err := f.keeper.ReserveInference(cached, runsOf(msg))
		require.NoError(t, err)
		_, err = NewMsgServerImpl(f.keeper).Infer(cached, msg)
		require.NoError(t, err)
		return meter.GasConsumed()
	}
	f.keeper.programs = newProgramCache()
	cold := gas(sdk.ExecModeFinalize)
	_, cached := f.keeper.programs.get(id)
	require.True(t, cached)
	require.Equal(t, cold, gas(sdk.ExecModeFinalize))
	require.Equal(t, cold, gas(sdk.ExecModeSimulate))
	params, model := f.params(), f.storedModel(id)
	formula := params.InferGasBase + model.Cost()/params.InferMacsPerGas + params.InferGasPerByte*uint64(4+model.FileBytes)
	require.Greater(t, cold, formula)
	require.Less(t, cold, formula+40_000, "beside the formula only ordinary store access")
}

// All runs of a block fit its budget, whoever calls the handler and whatever
// becomes of the messages.
func TestInferReservation(t *testing.T) {
	start := func(t *testing.T) (*fixture, *types.MsgInfer, uint64) {
		f := newRegistry(t)
		openArena(f)
		id := f.contend("alice", 1)
		f.fund("bob", 100)
		cost := f.storedModel(id).Cost()
		params := f.params()
		params.MaxModelMacs, params.InferMacsPerBlock = cost, 2*cost
		f.setParams(params)
		return f, &types.MsgInfer{Sender: who("bob"), Model: id, Input: make([]byte, 4), MaxFee: amount(7)}, cost
	}
	infer := func(f *fixture, ctx sdk.Context, msg *types.MsgInfer) error {
		cached, _ := ctx.CacheContext() // reverted, as by a later message that fails
		_, err := NewMsgServerImpl(f.keeper).Infer(cached, msg)
		return err
	}

	t.Run("without a reservation nothing runs", func(t *testing.T) {
		f, msg, _ := start(t)
		require.ErrorIs(t, infer(f, f.ctx, msg), types.ErrInferBudget)
	})
	t.Run("a reverted run is not given back", func(t *testing.T) {
		f, msg, cost := start(t)
		ctx, err := f.keeper.ReserveInference(f.ctx, runsOf(msg))
		require.NoError(t, err)
		require.NoError(t, infer(f, ctx, msg))
		require.ErrorContains(t, infer(f, ctx, msg), "reserved are 0")
		spent, err := f.keeper.inferSpent.Get(f.ctx)
		require.NoError(t, err)
		require.Equal(t, cost, spent, "counted once")
	})
	t.Run("without room for all runs none is reserved, nor paid", func(t *testing.T) {
		f, msg, _ := start(t)
		_, err := f.keeper.ReserveInference(f.ctx, runsOf(msg))
		require.NoError(t, err)
		meter := storetypes.NewGasMeter(10_000_000)
		ctx, err := f.keeper.ReserveInference(f.ctx.WithGasMeter(meter), runsOf(msg, msg))
		require.NoError(t, err)
		require.Less(t, meter.GasConsumed(), f.params().InferGasBase)
		require.ErrorContains(t, infer(f, ctx, msg), "try a later block")
		ctx, err = f.keeper.ReserveInference(f.ctx, runsOf(msg))
		require.NoError(t, err)
		require.NoError(t, infer(f, ctx, msg), "a smaller transaction still fits")
	})
	t.Run("more than a block is refused, an unknown model reserves nothing", func(t *testing.T) {
		f, msg, _ := start(t)
		_, err := f.keeper.ReserveInference(f.ctx, runsOf(msg, msg, msg))
		require.ErrorContains(t, err, "send fewer")
		unknown := &types.MsgInfer{Sender: who("bob"), Model: hash("x")}
		_, err = f.keeper.ReserveInference(f.ctx, runsOf(msg, msg, unknown))
		require.NoError(t, err)
	})
	t.Run("a check does not count", func(t *testing.T) {
		f, msg, _ := start(t)
		for range 3 {
			ctx, err := f.keeper.ReserveInference(f.ctx.WithExecMode(sdk.ExecModeCheck), runsOf(msg, msg))
			require.NoError(t, err)
			require.NoError(t, infer(f, ctx, msg))
		}
	})
}
