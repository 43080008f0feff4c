package keeper

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestLoadOf(t *testing.T) {
	params := types.LocalParams()
	load, err := loadOf([]uint64{100_000, 60_000, 40_000}, params)
	require.NoError(t, err)
	// 5 sponsors with 4 batches; of 64 items 7 are audited; a called model and three opponents.
	require.Equal(t, arenaLoad{drawn: 20 * 200_000 * 7, called: 20 * 64 * 4 * 100_000, run: 20 * 64 * 200_000}, load)
}

// At the bounds of every parameter the sums still fit 64 bits.
func TestLoadDoesNotOverflow(t *testing.T) {
	params := types.DefaultParams()
	params.MaxSponsors, params.BatchesPerSponsor, params.BatchItems, params.AuditRatioBps = 64, 64, 1_024, 10_000
	params.MaxModels, params.MaxArenas, params.ArenaMacs = 1_024, 1_024, 1e15
	params.MaxModelMacs, params.AuditMacsPerBlock, params.InferMacsPerBlock = intonnx.MaxCost, 1e12, 1e12
	params.ChallengeBlocks, params.UnbondingBlocks = 1_000_000, 1<<32-1
	require.NoError(t, params.Validate())
	costs := make([]uint64, params.MaxModels+protocol.MaxRivals)
	for i := range costs {
		costs[i] = params.MaxModelMacs
	}
	load, err := loadOf(costs, params)
	require.NoError(t, err)
	sum := new(big.Int).Mul(big.NewInt(int64(len(costs))), big.NewInt(int64(params.MaxModelMacs)))
	run := new(big.Int).Mul(sum, big.NewInt(64*64*1_024))
	require.Equal(t, run.String(), new(big.Int).SetUint64(load.run).String())
	require.Equal(t, load.run, load.drawn)
	// Every arena is refused above arena_macs, so this is the largest sum of them.
	require.Less(t, uint64(params.MaxArenas)*(params.ArenaMacs+load.called), uint64(1)<<63)
	require.Less(t, params.AuditMacsPerBlock/2*uint64(params.ChallengeBlocks), uint64(1)<<63)
}

func TestGenesisMustFitItsAudits(t *testing.T) {
	f := newRegistry(t)
	openArena(f)
	gs, err := f.keeper.ExportGenesis(f.ctx)
	require.NoError(t, err)
	gs.Params.MaxModelMacs, gs.Params.AuditMacsPerBlock = 30, 60
	require.NoError(t, gs.Validate())
	fresh := newFixture(t)
	fresh.rich("curator")
	require.NoError(t, fresh.bank.SendCoinsFromAccountToModule(fresh.ctx, addr("curator"), types.ModuleName, coins(gs.Params.ArenaBond)))
	require.ErrorIs(t, fresh.keeper.InitGenesis(fresh.ctx, *gs), types.ErrAdmission)
}
