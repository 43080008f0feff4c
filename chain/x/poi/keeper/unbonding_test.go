package keeper

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// A bond is put off for as long as the running epoch holds its owner to account.
func TestMatureBondsWaitForTheEpoch(t *testing.T) {
	model := idOf(testFile(1))
	for _, c := range []struct {
		name    string
		leave   func(f *fixture)
		freeze  func(f *fixture) error
		release func(f *fixture) error
		owner   string
	}{
		{
			name:  "scorer",
			leave: func(f *fixture) { f.mustSend(&types.MsgUnbondScorer{Operator: who("val")}) },
			freeze: func(f *fixture) error {
				return f.keeper.frozenScorers.Set(f.ctx, addr("val"), types.FrozenScorer{Operator: who("val")})
			},
			release: func(f *fixture) error { return f.keeper.frozenScorers.Remove(f.ctx, addr("val")) },
			owner:   "val",
		},
		{
			name:  "sponsor",
			leave: func(f *fixture) { f.mustSend(&types.MsgUnbondSponsor{Sponsor: who("sponsor"), Arena: 1}) },
			freeze: func(f *fixture) error {
				return f.keeper.frozenArenas.Set(f.ctx, 1, types.FrozenArena{Arena: 1, Sponsors: []types.FrozenSponsor{{Address: who("sponsor")}}})
			},
			release: func(f *fixture) error { return f.keeper.frozenArenas.Remove(f.ctx, 1) },
			owner:   "sponsor",
		},
		{
			name:  "model",
			leave: func(f *fixture) { f.mustSend(&types.MsgWithdrawModel{Owner: who("miner"), Model: model}) },
			freeze: func(f *fixture) error {
				return f.keeper.frozenArenas.Set(f.ctx, 1, types.FrozenArena{Arena: 1, Models: []types.FrozenModel{{Id: model}}})
			},
			release: func(f *fixture) error { return f.keeper.frozenArenas.Remove(f.ctx, 1) },
			owner:   "miner",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newRegistry(t)
			openArena(f)
			f.bondScorer("val")
			f.join("sponsor")
			f.contend("miner", 1)
			before := f.funds(c.owner)
			bond := f.held("unbonding/1")
			require.Equal(t, "0", bond)
			c.leave(f)
			bond = f.held("unbonding/1")
			require.NotEqual(t, "0", bond)
			require.NoError(t, c.freeze(f))

			f.blocks(f.params().UnbondingBlocks + 3*unbondingRetry)
			require.Equal(t, bond, f.held("unbonding/1"), "put off")
			require.Equal(t, before.String(), f.funds(c.owner).String())
			require.True(t, f.storedModel(model).HasFile)

			require.NoError(t, c.release(f))
			f.blocks(unbondingRetry)
			require.Equal(t, "0", f.held("unbonding/1"))
			require.True(t, f.funds(c.owner).GT(before))
			require.Equal(t, c.name != "model", f.storedModel(model).HasFile)
			f.requireBalanced()
		})
	}
}

func TestMaturingIsBounded(t *testing.T) {
	f := newRegistry(t)
	owner := f.fund("alice", 1_000)
	for i := range maturingPerBlock + 1 {
		entry := fmt.Sprintf("bond/arena/%d", i) // of no further consequence
		require.NoError(t, f.keeper.deposit(f.ctx, addr("alice"), entry, amount(1)))
		require.NoError(t, f.keeper.startUnbonding(f.ctx, entry, owner))
	}
	f.blocks(f.params().UnbondingBlocks + 1)
	require.Equal(t, "1", f.held(fmt.Sprintf("unbonding/%d", maturingPerBlock+1)))
	f.blocks(1)
	require.Equal(t, "1000", f.funds("alice").String())
	f.requireBalanced()
}

func TestSlash(t *testing.T) {
	const bond = "bond/sponsor/1/x"
	entry := func(f *fixture, name string, balance int64) {
		if balance > 0 {
			require.NoError(f.t, f.keeper.mint(f.ctx, name, amount(balance)))
		}
	}
	unbond := func(f *fixture, balance int64) {
		entry(f, bond, balance)
		require.NoError(f.t, f.keeper.startUnbonding(f.ctx, bond, who("alice")))
	}
	for _, c := range []struct {
		name            string
		setUp           func(f *fixture)
		bps             uint32
		reporter        string
		slashed, reward int64
		left            map[string]string
	}{
		{
			name:  "found by the chain, all burned",
			setUp: func(f *fixture) { entry(f, bond, 1_001) }, bps: 500,
			slashed: 50, left: map[string]string{bond: "951"},
		},
		{
			name:  "reported, half to the reporter",
			setUp: func(f *fixture) { entry(f, bond, 1_001) }, bps: 510, reporter: who("bob"),
			slashed: 51, reward: 25, left: map[string]string{bond: "950", "reward/" + who("bob"): "25"},
		},
		{
			name:  "on its way back, the newest",
			setUp: func(f *fixture) { unbond(f, 1_000); unbond(f, 2_000) }, bps: 1_000,
			slashed: 200, left: map[string]string{bond: "0", "unbonding/1": "1000", "unbonding/2": "1800"},
		},
		{
			name:  "bonded again, the bond answers",
			setUp: func(f *fixture) { unbond(f, 1_000); entry(f, bond, 3_000) }, bps: 1_000,
			slashed: 300, left: map[string]string{bond: "2700", "unbonding/1": "1000"},
		},
		{
			name:  "everything",
			setUp: func(f *fixture) { unbond(f, 1_000) }, bps: 10_000,
			slashed: 1_000, left: map[string]string{"unbonding/1": "0"},
		},
		{name: "nothing left", setUp: func(*fixture) {}, bps: 10_000, left: map[string]string{bond: "0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newRegistry(t)
			c.setUp(f)
			supply := f.bank.GetSupply(f.ctx, types.Denom).Amount
			slashed, reward, err := f.keeper.slash(f.ctx, bond, c.bps, c.reporter)
			require.NoError(t, err)
			require.Equal(t, amount(c.slashed).String(), slashed.String())
			require.Equal(t, amount(c.reward).String(), reward.String())
			for name, want := range c.left {
				require.Equal(t, want, f.held(name), name)
			}
			burned := supply.Sub(f.bank.GetSupply(f.ctx, types.Denom).Amount)
			require.Equal(t, slashed.Sub(reward).String(), burned.String())
			f.requireBalanced()
		})
	}
}

func TestBondNamesReadBack(t *testing.T) {
	arena, sponsor, ok := sponsorOfBond(sponsorBond(17, "assay1abc"))
	require.True(t, ok)
	require.EqualValues(t, 17, arena)
	require.Equal(t, "assay1abc", sponsor)
	_, _, ok = sponsorOfBond(scorerBond("assay1abc"))
	require.False(t, ok)
	model, ok := modelOfBond(modelBond(hash("x")))
	require.True(t, ok)
	require.Equal(t, hash("x"), model)
	_, ok = modelOfBond(arenaBond(1))
	require.False(t, ok)
}
