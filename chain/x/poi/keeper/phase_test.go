package keeper

import (
	"bytes"
	"slices"
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// Every message of a phase, sent in every phase, is either taken or refused with
// ErrWrongPhase; there is no third outcome. The others do not look at the phase.
func TestEveryPhaseMessageInEveryPhase(t *testing.T) {
	belongs := map[string]types.Phase{
		sdk.MsgTypeURL(&types.MsgRevealLink{}): types.PHASE_BEACON,
		sdk.MsgTypeURL(&types.MsgPostInputs{}): types.PHASE_INPUT,
		sdk.MsgTypeURL(&types.MsgPostRows{}):   types.PHASE_ROWS,
		sdk.MsgTypeURL(&types.MsgOpenLabels{}): types.PHASE_LABEL,
		sdk.MsgTypeURL(&types.MsgChallenge{}):  types.PHASE_CHALLENGE,
	}
	n, id := contested(t)
	watcher := n.rich("watcher")
	seen := map[types.Phase]bool{}
	n.inBlock = func(clock types.Clock) {
		seen[clock.Phase] = true
		messages := []sdk.Msg{&types.MsgRevealLink{HotKey: n.scorers[0].hotKey, Epoch: clock.Epoch, Link: n.scorers[0].links[0]}}
		challenge := &types.MsgChallenge{Challenger: watcher, Epoch: clock.Epoch, Model: id}
		if slots := n.slots(clock); len(slots) > 0 {
			messages = append(messages, n.inputsMsg(slots[0]), n.labelsMsg(slots[0]),
				&types.MsgPostRows{HotKey: n.hotKeyOf(slots[0]), Epoch: clock.Epoch, Slot: 0, Rows: n.honestRows(slots[0])})
		}
		for _, msg := range append(messages, challenge) {
			_, err := n.send(msg)
			if clock.Phase == belongs[sdk.MsgTypeURL(msg)] {
				require.NotErrorIs(t, err, types.ErrWrongPhase, "%T in %s", msg, clock.Phase)
			} else {
				require.ErrorIs(t, err, types.ErrWrongPhase, "%T in %s", msg, clock.Phase)
			}
		}
	}
	n.epoch()
	for _, phase := range []types.Phase{types.PHASE_BEACON, types.PHASE_INPUT, types.PHASE_ROWS, types.PHASE_LABEL, types.PHASE_CHALLENGE, types.PHASE_SETTLE} {
		require.True(t, seen[phase], "%s", phase)
	}
}

func TestRevealLinkRefused(t *testing.T) {
	n, _ := contested(t)
	require.NoError(t, n.keeper.BeginBlock(n.ctx))
	clock := n.clock()
	scorer, other := n.scorers[0], n.scorers[1]
	next := scorer.links[scorer.next]
	reveal := func(hotKey string, epoch uint64, link []byte) error {
		_, err := n.send(&types.MsgRevealLink{HotKey: hotKey, Epoch: epoch, Link: link})
		return err
	}
	require.ErrorIs(t, reveal(scorer.operator, clock.Epoch, next), types.ErrUnauthorized, "the operator is no hot key")
	require.ErrorIs(t, reveal(scorer.hotKey, clock.Epoch+1, next), types.ErrWrongEpoch)
	require.ErrorIs(t, reveal(scorer.hotKey, clock.Epoch, scorer.links[scorer.next-1]), types.ErrWrongLink, "one too far")
	require.ErrorIs(t, reveal(scorer.hotKey, clock.Epoch, scorer.links[scorer.next+1]), types.ErrWrongLink, "a link used before")
	require.ErrorIs(t, reveal(scorer.hotKey, clock.Epoch, nil), types.ErrWrongLink)
	require.ErrorIs(t, reveal(other.hotKey, clock.Epoch, next), types.ErrWrongLink, "somebody else's")
	require.NoError(t, reveal(scorer.hotKey, clock.Epoch, next))
	require.ErrorIs(t, reveal(scorer.hotKey, clock.Epoch, next), types.ErrExists)
}

func TestPostInputsRefused(t *testing.T) {
	n, _ := contested(t)
	n.inputs = func(*types.MsgPostInputs) *types.MsgPostInputs { return nil }
	clock := n.untilPhase(types.PHASE_INPUT)
	slots := n.slots(clock)
	good := n.inputsMsg(slots[0])
	change := func(edit func(*types.MsgPostInputs)) error {
		msg := *good
		msg.Path = slices.Clone(good.Path)
		msg.Inputs = bytes.Clone(good.Inputs)
		edit(&msg)
		_, err := n.send(&msg)
		return err
	}
	foreign := slots[len(slots)-1]
	require.NotEqual(t, slots[0].Sponsor, foreign.Sponsor)
	require.ErrorIs(t, change(func(m *types.MsgPostInputs) { m.Slot = foreign.Id }), types.ErrForeignSlot)
	require.ErrorIs(t, change(func(m *types.MsgPostInputs) { m.Slot = 999 }), types.ErrNotFound)
	require.ErrorIs(t, change(func(m *types.MsgPostInputs) { m.Inputs = m.Inputs[1:] }), types.ErrWrongOpening)
	require.ErrorIs(t, change(func(m *types.MsgPostInputs) { m.Inputs[0] ^= 1 }), types.ErrWrongOpening)
	require.ErrorIs(t, change(func(m *types.MsgPostInputs) { m.LabelsHash = make([]byte, 32) }), types.ErrWrongOpening)
	require.ErrorIs(t, change(func(m *types.MsgPostInputs) { m.LabelsHash = nil }), types.ErrWrongOpening)
	require.ErrorIs(t, change(func(m *types.MsgPostInputs) { m.Path = m.Path[1:] }), types.ErrWrongOpening)
	require.ErrorIs(t, change(func(m *types.MsgPostInputs) { m.Path = append(m.Path, make([]byte, 32)) }), types.ErrWrongOpening)
	other := n.inputsMsg(slots[1])
	require.ErrorIs(t, change(func(m *types.MsgPostInputs) {
		m.Inputs, m.LabelsHash, m.Path = other.Inputs, other.LabelsHash, other.Path
	}), types.ErrWrongOpening, "another batch of its own")
	require.NoError(t, change(func(*types.MsgPostInputs) {}))
	require.ErrorIs(t, change(func(*types.MsgPostInputs) {}), types.ErrExists)
}

func TestOpenLabelsRefused(t *testing.T) {
	n, _ := contested(t)
	n.labels = func(*types.MsgOpenLabels) *types.MsgOpenLabels { return nil }
	n.inputs = func(msg *types.MsgPostInputs) *types.MsgPostInputs {
		if msg.Slot == 1 {
			return nil
		}
		return msg
	}
	clock := n.untilPhase(types.PHASE_LABEL)
	slots := n.slots(clock)
	change := func(edit func(*types.MsgOpenLabels)) error {
		msg := n.labelsMsg(slots[0])
		msg.Labels, msg.Salt = bytes.Clone(msg.Labels), bytes.Clone(msg.Salt)
		edit(msg)
		_, err := n.send(msg)
		return err
	}
	_, err := n.send(n.labelsMsg(slots[1]))
	require.ErrorIs(t, err, types.ErrWrongOpening, "its inputs were never posted")
	require.ErrorIs(t, change(func(m *types.MsgOpenLabels) { m.Salt[0] ^= 1 }), types.ErrWrongOpening)
	require.ErrorIs(t, change(func(m *types.MsgOpenLabels) { m.Salt = m.Salt[1:] }), types.ErrWrongOpening)
	require.ErrorIs(t, change(func(m *types.MsgOpenLabels) { m.Labels[0] ^= 1 }), types.ErrWrongOpening)
	require.ErrorIs(t, change(func(m *types.MsgOpenLabels) { m.Labels[0] = testClasses }), types.ErrWrongOpening)
	require.ErrorContains(t, change(func(m *types.MsgOpenLabels) { m.Labels[0] = testClasses }), "expected below 4")
	require.ErrorIs(t, change(func(m *types.MsgOpenLabels) { m.Labels = m.Labels[1:] }), types.ErrWrongOpening)
	require.ErrorIs(t, change(func(m *types.MsgOpenLabels) { m.Slot = slots[len(slots)-1].Id }), types.ErrForeignSlot)
	require.NoError(t, change(func(*types.MsgOpenLabels) {}))
	require.ErrorIs(t, change(func(*types.MsgOpenLabels) {}), types.ErrExists)
}

func TestPostRowsRefused(t *testing.T) {
	n, _ := contested(t)
	n.inputs = func(msg *types.MsgPostInputs) *types.MsgPostInputs {
		if msg.Slot == 1 {
			return nil
		}
		return msg
	}
	n.rows = func(types.Slot, []types.Row) []types.Row { return nil }
	clock := n.untilPhase(types.PHASE_ROWS)
	slots := n.slots(clock)
	post := func(slot types.Slot, hotKey string, edit func([]types.Row) []types.Row) error {
		rows := n.honestRows(slot)
		for i := range rows {
			rows[i].Answers, rows[i].Tags = bytes.Clone(rows[i].Answers), bytes.Clone(rows[i].Tags)
		}
		_, err := n.send(&types.MsgPostRows{HotKey: hotKey, Epoch: clock.Epoch, Slot: slot.Id, Rows: edit(rows)})
		return err
	}
	same := func(rows []types.Row) []types.Row { return rows }
	mine := n.hotKeyOf(slots[0])
	foreign := slices.IndexFunc(slots, func(s types.Slot) bool { return s.Scorer != slots[0].Scorer && s.Id != 1 })
	require.ErrorIs(t, post(slots[foreign], mine, same), types.ErrForeignSlot)
	require.ErrorIs(t, post(slots[1], n.hotKeyOf(slots[1]), same), types.ErrWrongRows, "no inputs")
	require.ErrorIs(t, post(slots[0], mine, func(r []types.Row) []types.Row { return r[1:] }), types.ErrWrongRows)
	require.ErrorIs(t, post(slots[0], mine, func(r []types.Row) []types.Row { return append(r, r[0]) }), types.ErrWrongRows)
	require.ErrorIs(t, post(slots[0], mine, func(r []types.Row) []types.Row { slices.Reverse(r); return r }), types.ErrWrongRows)
	require.ErrorIs(t, post(slots[0], mine, func(r []types.Row) []types.Row { r[0].Model = make([]byte, 32); return r }), types.ErrWrongRows)
	require.ErrorIs(t, post(slots[0], mine, func(r []types.Row) []types.Row { r[0].Answers = r[0].Answers[1:]; return r }), types.ErrWrongRows)
	require.ErrorIs(t, post(slots[0], mine, func(r []types.Row) []types.Row { r[0].Tags = append(r[0].Tags, 0); return r }), types.ErrWrongRows)
	require.ErrorIs(t, post(slots[0], mine, func(r []types.Row) []types.Row { r[0].Answers[0] = testClasses; return r }), types.ErrWrongRows)
	require.ErrorIs(t, post(slots[0], mine, func([]types.Row) []types.Row { return nil }), types.ErrWrongRows)
	require.NoError(t, post(slots[0], mine, same))
	require.NoError(t, post(slots[0], mine, same), "the last post counts")
}
