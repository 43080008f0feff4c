package keeper

import (
	"slices"
	"testing"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// contested is a network of five sponsors with a contender, at the first block of
// its first epoch that draws.
func contested(t *testing.T) (*network, []byte) {
	t.Helper()
	n := newNetwork(t, 5, 4)
	n.block()
	id := n.register("author", knows(4))
	if n.clock().Frozen {
		n.epoch()
	}
	return n, id
}

// forge changes the tag of one item of one model's row.
func forge(rows []types.Row, model []byte, item uint32) []types.Row {
	for i := range rows {
		if slices.Equal(rows[i].Model, model) {
			rows[i].Tags = slices.Clone(rows[i].Tags)
			rows[i].Tags[item*protocol.TagSize] ^= 1
		}
	}
	return rows
}

func (n *network) scorerBondOf(name string) math.Int {
	n.t.Helper()
	bond, err := n.keeper.balance(n.ctx, scorerBond(bech32(addr(name))))
	require.NoError(n.t, err)
	return bond
}

func TestForgedRowsAreConvictedByDrawnAudits(t *testing.T) {
	n, id := contested(t)
	cheat := n.scorers[2]
	// Every item is wrong: whichever are drawn, the first one shows it.
	n.rows = func(slot types.Slot, rows []types.Row) []types.Row {
		if slot.Scorer == cheat.operator {
			for item := range n.params().BatchItems {
				rows = forge(rows, id, item)
			}
		}
		return rows
	}
	bond, supply := n.scorerBondOf(cheat.name), n.supply()
	record := n.epoch()

	require.EqualValues(t, 1, record.Convictions, "once per epoch, whatever the number of wrong items")
	conviction, err := n.keeper.convictions.Get(n.ctx, collections.Join(record.Epoch, []byte(addr(cheat.name))))
	require.NoError(t, err)
	require.Equal(t, id, conviction.Model)
	require.Empty(t, conviction.Challenger)
	require.NotEqual(t, conviction.ExpectedTag, conviction.RecordedTag)
	slashed := bond.QuoRaw(20)
	require.Equal(t, slashed.String(), conviction.Slashed.String(), "5 % of the bond")
	require.Equal(t, bond.Sub(slashed).String(), n.scorerBondOf(cheat.name).String())
	require.Equal(t, supply.Sub(slashed).Add(record.Emission.Minted).String(), n.supply().String(), "all of it is burned")

	for _, slot := range n.slots(types.Clock{Epoch: record.Epoch}) {
		require.Equal(t, slot.Scorer != cheat.operator, slot.Counted)
		if slot.Scorer == cheat.operator {
			require.Equal(t, "scorer convicted", slot.VoidReason)
		}
	}
	require.True(t, n.reward(cheat.operator).IsZero(), "no pay")
	require.True(t, n.reward(n.scorers[0].operator).IsPositive())

	// With too small a bond it is not frozen again until it is topped up.
	n.rows = nil
	n.block()
	_, frozen, err := found(n.ctx, n.keeper.frozenScorers, []byte(addr(cheat.name)))
	require.NoError(t, err)
	require.False(t, frozen)
}

// undrawn finds an item of a model's row that no audit looks at.
func (n *network) undrawn(clock types.Clock, slot types.Slot, model []byte) uint32 {
	n.t.Helper()
	frozen, err := n.keeper.frozenArenas.Get(n.ctx, slot.Arena)
	require.NoError(n.t, err)
	params := n.params()
	drawn, err := protocol.AuditItems(frozen.AuditSeed, slot.Id, model, params.BatchItems, params.AuditRatioBps)
	require.NoError(n.t, err)
	for item := range params.BatchItems {
		if !slices.Contains(drawn, item) {
			return item
		}
	}
	require.FailNow(n.t, "every item is drawn")
	return 0
}

func TestChallengeOfAnUndrawnItem(t *testing.T) {
	n, id := contested(t)
	clock := n.untilPhase(types.PHASE_CHALLENGE)
	slot := n.slots(clock)[0]
	cheat := slices.IndexFunc(n.scorers, func(s *testScorer) bool { return s.operator == slot.Scorer })
	item := n.undrawn(clock, slot, id)
	// The row is forged behind the scorer's back, since A was not known when it was due.
	row, err := n.keeper.rows.Get(n.ctx, collections.Join(slot.Id, id))
	require.NoError(t, err)
	require.NoError(t, n.keeper.rows.Set(n.ctx, collections.Join(slot.Id, id), forge([]types.Row{row}, id, item)[0]))

	watcher := n.rich("watcher")
	bond, funds := n.scorerBondOf(n.scorers[cheat].name), n.funds("watcher")
	n.mustSend(&types.MsgChallenge{Challenger: watcher, Epoch: clock.Epoch, Slot: slot.Id, Model: id, Item: item})
	require.Equal(t, funds.Sub(n.params().ChallengeBond).String(), n.funds("watcher").String(), "escrowed")
	n.block()

	slashed := bond.QuoRaw(20)
	require.Equal(t, funds.String(), n.funds("watcher").String(), "the bond is back")
	require.Equal(t, slashed.QuoRaw(2).String(), n.reward(watcher).String(), "half of what was slashed")
	_, err = n.send(&types.MsgChallenge{Challenger: watcher, Epoch: clock.Epoch, Slot: slot.Id, Model: id, Item: (item + 1) % n.params().BatchItems})
	require.ErrorIs(t, err, types.ErrConvicted)
	require.EqualValues(t, 1, n.epoch().Convictions)
}

func TestChallengeOfACorrectItemLosesItsBond(t *testing.T) {
	n, id := contested(t)
	clock := n.untilPhase(types.PHASE_CHALLENGE)
	watcher := n.rich("watcher")
	funds, supply := n.funds("watcher"), n.supply()
	challenge := &types.MsgChallenge{Challenger: watcher, Epoch: clock.Epoch, Slot: 0, Model: id, Item: 3}
	n.mustSend(challenge)
	_, err := n.send(challenge)
	require.ErrorIs(t, err, types.ErrExists, "the same cell once")
	n.block()
	require.Equal(t, funds.Sub(n.params().ChallengeBond).String(), n.funds("watcher").String())
	require.Equal(t, supply.Sub(n.params().ChallengeBond).String(), n.supply().String(), "burned")
	record := n.epoch()
	require.Zero(t, record.Convictions)
	require.EqualValues(t, 1, record.Challenges)
}

func TestChallengeRefused(t *testing.T) {
	n, id := contested(t)
	clock := n.untilPhase(types.PHASE_CHALLENGE)
	watcher, poor := n.rich("watcher"), n.fund("poor", 5)
	for name, c := range map[string]struct {
		msg  types.MsgChallenge
		want error
	}{
		"error - other epoch":       {types.MsgChallenge{Challenger: watcher, Epoch: clock.Epoch + 1, Model: id}, types.ErrWrongEpoch},
		"error - unknown slot":      {types.MsgChallenge{Challenger: watcher, Epoch: clock.Epoch, Slot: 999, Model: id}, types.ErrNotFound},
		"error - unknown model":     {types.MsgChallenge{Challenger: watcher, Epoch: clock.Epoch, Model: make([]byte, 32)}, types.ErrNotFound},
		"error - no model id":       {types.MsgChallenge{Challenger: watcher, Epoch: clock.Epoch, Model: make([]byte, 31)}, types.ErrInvalid},
		"error - item out of range": {types.MsgChallenge{Challenger: watcher, Epoch: clock.Epoch, Model: id, Item: n.params().BatchItems}, types.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := n.send(&c.msg)
			require.ErrorIs(t, err, c.want)
		})
	}
	_, err := n.send(&types.MsgChallenge{Challenger: poor, Epoch: clock.Epoch, Model: id})
	require.ErrorContains(t, err, "insufficient funds")
	n.requireBalanced()
}

// Models that cost next to nothing do not make a block endless.
func TestChallengesOfABlockAreCounted(t *testing.T) {
	n, _ := contested(t)
	n.register("second", knows(2))
	n.register("third", knows(3))
	n.epoch()
	clock := n.untilPhase(types.PHASE_CHALLENGE)
	watcher := n.rich("watcher")
	waiting := func() (all int) {
		require.NoError(t, n.keeper.challenges.Walk(n.ctx, nil, func(uint64, types.Challenge) (bool, error) {
			all++
			return false, nil
		}))
		return all
	}
	frozen, err := n.keeper.frozenArenas.Get(n.ctx, n.arena)
	require.NoError(t, err)
	sent := 0
	for _, slot := range n.slots(clock) {
		for _, model := range frozen.Models {
			for item := range n.params().BatchItems {
				if sent <= challengesPerBlock {
					sent++
					n.mustSend(&types.MsgChallenge{Challenger: watcher, Epoch: clock.Epoch, Slot: slot.Id, Model: model.Id, Item: item})
				}
			}
		}
	}
	n.block()
	require.Equal(t, 1, waiting())
	n.block()
	require.Zero(t, waiting())
}

func TestSecondConvictionWithinTheWindowJails(t *testing.T) {
	n, id := contested(t)
	cheat := n.scorers[1]
	n.rows = func(slot types.Slot, rows []types.Row) []types.Row {
		if slot.Scorer == cheat.operator {
			for item := range n.params().BatchItems {
				rows = forge(rows, id, item)
			}
		}
		return rows
	}
	first := n.epoch()
	require.EqualValues(t, 1, first.Convictions)
	n.mustSend(&types.MsgBondScorer{Operator: cheat.operator})
	second := n.epoch()
	require.EqualValues(t, 1, second.Convictions)
	n.mustSend(&types.MsgBondScorer{Operator: cheat.operator})
	stored, err := n.keeper.scorers.Get(n.ctx, addr(cheat.name))
	require.NoError(t, err)
	require.Equal(t, second.Epoch+1+uint64(n.params().JailEpochs), stored.JailedUntil)
	reason, err := n.keeper.scorerIneligible(n.ctx, stored, stored.JailedUntil-1, n.params())
	require.NoError(t, err)
	require.Contains(t, reason, "jailed")
	reason, err = n.keeper.scorerIneligible(n.ctx, stored, stored.JailedUntil, n.params())
	require.NoError(t, err)
	require.Empty(t, reason)
}

func TestCalledCellsCountEvenWhenRowsAreMissing(t *testing.T) {
	n, id := contested(t)
	n.epoch() // screening: the contender is called
	require.Equal(t, id, n.arenaNow().Called)
	n.rows = func(slot types.Slot, rows []types.Row) []types.Row {
		if slot.Scorer == n.scorers[0].operator {
			return nil
		}
		return rows
	}
	record := n.epoch()
	require.Less(t, record.SlotsCounted, record.Slots)
	result := n.arenaEpoch(record.Epoch)
	require.EqualValues(t, 1, result.StepAccepted)
	step, err := n.keeper.steps.Get(n.ctx, collections.Join(n.arena, uint32(1)))
	require.NoError(t, err)
	params := n.params()
	// Five sponsors, two kept, all of their batches.
	require.EqualValues(t, 2*params.BatchesPerSponsor*params.BatchItems, step.Comparisons[0].N)
}

func TestAuditsSpreadOverBlocksAndHoldTheSettlement(t *testing.T) {
	n, _ := contested(t)
	params := n.params()
	params.MaxModelMacs = 60
	params.AuditMacsPerBlock, params.InferMacsPerBlock = 120, 60
	n.setParams(params)
	start := n.untilPhase(types.PHASE_SETTLE)
	record := n.epoch()
	require.Greater(t, record.EndHeight, start.PhaseStart+10, "settlement waits for the queue")
	require.Positive(t, record.AuditedItems)
	require.EqualValues(t, 1, record.ArenasSettled)
}

func TestSponsorMisses(t *testing.T) {
	n, _ := contested(t)
	absent := n.sponsors[4]
	entry := sponsorBond(n.arena, absent.address)
	bond, err := n.keeper.balance(n.ctx, entry)
	require.NoError(t, err)
	n.labels = func(msg *types.MsgOpenLabels) *types.MsgOpenLabels {
		if msg.Sponsor == absent.address {
			return nil
		}
		return msg
	}
	first := n.epoch()
	for _, slot := range n.slots(types.Clock{Epoch: first.Epoch}) {
		if slot.Sponsor == absent.address {
			require.Equal(t, "labels missing", slot.VoidReason)
		}
	}
	require.True(t, n.reward(absent.address).IsZero())
	after, err := n.keeper.balance(n.ctx, entry)
	require.NoError(t, err)
	require.Equal(t, bond, after, "the first miss costs the pay only")
	for _, scorer := range n.scorers {
		stored, err := n.keeper.scorers.Get(n.ctx, addr(scorer.name))
		require.NoError(t, err)
		require.Empty(t, stored.Misses, "a slot voided by a sponsor is no miss")
	}
	n.epoch()
	after, err = n.keeper.balance(n.ctx, entry)
	require.NoError(t, err)
	require.Equal(t, bond.Sub(bond.QuoRaw(10)).String(), after.String(), "the second costs a tenth of the bond")
}

func TestScorerMissesMakeInactive(t *testing.T) {
	n, _ := contested(t)
	lazy := n.scorers[3]
	n.rows = func(slot types.Slot, rows []types.Row) []types.Row {
		if slot.Scorer == lazy.operator {
			return nil
		}
		return rows
	}
	params := n.params()
	var last types.EpochRecord
	for range params.MaxMisses {
		last = n.epoch()
	}
	stored, err := n.keeper.scorers.Get(n.ctx, addr(lazy.name))
	require.NoError(t, err)
	require.Equal(t, last.Epoch+1+uint64(params.InactiveEpochs), stored.InactiveUntil)
	require.EqualValues(t, 3, n.epoch().ScorersFrozen)
}
