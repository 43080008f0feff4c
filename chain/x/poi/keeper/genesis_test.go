package keeper

import (
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// export returns the module's state as bytes and as a value.
func (n *network) export() ([]byte, types.GenesisState) {
	n.t.Helper()
	gs, err := n.keeper.ExportGenesis(n.ctx)
	require.NoError(n.t, err)
	encoded, err := gs.Marshal()
	require.NoError(n.t, err)
	return encoded, *gs
}

// imported is a copy of the network on fresh stores.
func (n *network) imported() *network {
	n.t.Helper()
	_, gs := n.export()
	fresh := *n
	fresh.fixture = newFixture(n.t)
	fresh.ctx = fresh.ctx.WithBlockHeight(n.ctx.BlockHeight())
	for _, name := range []string{"scorer-0", "scorer-1", "scorer-2", "scorer-3"} {
		fresh.validator(name)
	}
	held := n.bank.GetBalance(n.ctx, n.keeper.moduleAddr, types.Denom).Amount
	require.NoError(n.t, fresh.bank.MintCoins(fresh.ctx, types.ModuleName, coins(held)))
	require.NoError(n.t, fresh.keeper.InitGenesis(fresh.ctx, gs))
	fresh.scorers = nil
	for _, scorer := range n.scorers {
		copied := *scorer
		fresh.scorers = append(fresh.scorers, &copied)
	}
	return &fresh
}

func TestExportAndImportInEveryPhase(t *testing.T) {
	n, _ := contested(t)
	n.epoch()
	seen := map[types.Phase]bool{}
	for i := 0; len(seen) < 6; i++ {
		require.Less(t, i, 100)
		n.block()
		phase := n.clock().Phase
		if seen[phase] {
			continue
		}
		seen[phase] = true
		t.Run(phase.String(), func(t *testing.T) {
			before, _ := n.export()
			copied := n.imported()
			after, gs := copied.export()
			require.Equal(t, before, after, "export -> import -> export changes nothing")
			require.NoError(t, gs.Validate())

			// The copy goes on as the original would: same R, same scores, same pay.
			original := n.imported()
			require.Equal(t, original.epoch(), copied.epoch())
			require.Equal(t, original.epoch(), copied.epoch())
		})
	}
}

func TestGenesisMustAgreeWithTheBank(t *testing.T) {
	n, _ := contested(t)
	_, gs := n.export()
	fresh := newFixture(t)
	err := fresh.keeper.InitGenesis(fresh.ctx, gs)
	require.ErrorIs(t, err, types.ErrGenesis)
	require.ErrorContains(t, err, "the module account holds 0")

	gs.Ledger[0].Amount = gs.Ledger[0].Amount.Add(math.OneInt())
	held := n.bank.GetBalance(n.ctx, n.keeper.moduleAddr, types.Denom).Amount
	require.NoError(t, fresh.bank.MintCoins(fresh.ctx, types.ModuleName, coins(held)))
	require.ErrorIs(t, fresh.keeper.InitGenesis(fresh.ctx, gs), types.ErrGenesis)
}
