package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// cellsPerBlock bounds how many rows one block looks at, whether or not anything
// in them has to be run.
const cellsPerBlock = 5_000

// challengesPerBlock bounds how many challenges one block resolves: each reads a
// batch, however little its model costs.
const challengesPerBlock = 2_000

// Outcomes of a challenge, as its event says them.
const (
	outcomeConvicted = "convicted"
	outcomeRefuted   = "refuted"
	outcomeReturned  = "returned"
)

// drawAudits computes every arena's audit seed from the salts that sponsors have
// opened, and puts the audit cursor at the first slot.
func (k Keeper) drawAudits(ctx context.Context, clock types.Clock) error {
	arenas, err := values(ctx, k.frozenArenas, nil)
	if err != nil {
		return err
	}
	for _, arena := range arenas {
		slots, err := k.arenaSlots(ctx, clock.Epoch, arena)
		if err != nil {
			return err
		}
		var salts [][]byte
		for _, slot := range slots {
			if len(slot.Salt) != 0 {
				salts = append(salts, slot.Salt)
			}
		}
		arena.AuditSeed = protocol.AuditSeed(clock.Randomness, clock.Epoch, arena.Arena, salts)
		if err := k.frozenArenas.Set(ctx, arena.Arena, arena); err != nil {
			return err
		}
	}
	return k.auditCursor.Set(ctx, types.AuditCursor{})
}

// arenaSlots returns the slots of a frozen arena in slot order.
func (k Keeper) arenaSlots(ctx context.Context, epoch uint64, arena types.FrozenArena) ([]types.Slot, error) {
	if arena.Slots == 0 {
		return nil, nil
	}
	end := arena.FirstSlot + uint64(arena.Slots)
	return values(ctx, k.slots, collections.NewPrefixedPairRange[uint64, uint64](epoch).StartInclusive(arena.FirstSlot).EndExclusive(end))
}

// runQueues spends the block's audit budget, half on drawn audits and half on
// challenges, and says whether both queues are empty.
func (k Keeper) runQueues(ctx sdk.Context, clock types.Clock) (bool, error) {
	params, err := k.epochParams.Get(ctx)
	if err != nil {
		return false, err
	}
	drawn, err := k.runDrawnAudits(ctx, clock, params, params.AuditMacsPerBlock/2)
	if err != nil {
		return false, err
	}
	challenged, err := k.runChallenges(ctx, clock, params, params.AuditMacsPerBlock/2)
	return drawn && challenged, err
}

// isCalledCell says whether a frozen model is part of its arena's called comparison.
func isCalledCell(arena types.FrozenArena, model []byte) bool {
	if len(arena.Called) == 0 {
		return false
	}
	return bytes.Equal(arena.Called, model) || slices.ContainsFunc(arena.Opponents, func(o []byte) bool { return bytes.Equal(o, model) })
}

// runDrawnAudits goes on from the cursor. It visits slots, models and items in
// order, so the queue needs no entries: A gives the items of each row.
func (k Keeper) runDrawnAudits(ctx sdk.Context, clock types.Clock, params types.Params, budget uint64) (done bool, err error) {
	cursor, err := getOr(ctx, k.auditCursor, types.AuditCursor{})
	if err != nil {
		return false, err
	}
	arenas, err := values(ctx, k.frozenArenas, nil)
	if err != nil {
		return false, err
	}
	var spent uint64
	visited := 0
	for _, arena := range arenas {
		end := arena.FirstSlot + uint64(arena.Slots)
		for ; cursor.Slot < end; cursor.Slot, cursor.Model = cursor.Slot+1, 0 {
			audit, err := k.openAudit(ctx, clock, arena, params, cursor.Slot)
			if err != nil {
				return false, err
			}
			if len(audit.inputs) == 0 {
				continue
			}
			for ; int(cursor.Model) < len(arena.Models); cursor.Model, cursor.Item = cursor.Model+1, 0 {
				if visited++; visited > cellsPerBlock {
					return false, k.auditCursor.Set(ctx, cursor)
				}
				finished, err := k.auditRow(ctx, &audit, arena.Models[cursor.Model], &cursor, budget, &spent)
				if err != nil {
					return false, err
				}
				if !finished {
					return false, k.auditCursor.Set(ctx, cursor)
				}
			}
		}
	}
	return true, k.auditCursor.Set(ctx, cursor)
}

// slotAudit is what auditing the rows of one slot needs.
type slotAudit struct {
	epoch  uint64
	params types.Params
	arena  types.FrozenArena
	format protocol.Format
	slot   types.Slot
	inputs [][]byte
}

func (k Keeper) openAudit(ctx context.Context, clock types.Clock, arena types.FrozenArena, params types.Params, slotID uint64) (slotAudit, error) {
	slot, err := k.runningSlot(ctx, clock.Epoch, slotID)
	if err != nil {
		return slotAudit{}, err
	}
	definition, err := k.arenas.Get(ctx, arena.Arena)
	if err != nil {
		return slotAudit{}, err
	}
	raw, _, err := found(ctx, k.inputs, slotID)
	if err != nil {
		return slotAudit{}, err
	}
	return slotAudit{
		epoch:  clock.Epoch,
		params: params,
		arena:  arena,
		format: definition.Spec.Format(),
		slot:   slot,
		inputs: items(raw, definition.Spec.ItemBytes()),
	}, nil
}

// auditRow runs the audited items of one row from cursor.Item on, and says
// whether it finished within the budget. Cells of a called comparison are run
// whether or not there is a row that stands: only what the chain computed itself
// decides a step.
func (k Keeper) auditRow(ctx sdk.Context, audit *slotAudit, model types.FrozenModel, cursor *types.AuditCursor, budget uint64, spent *uint64) (bool, error) {
	called := isCalledCell(audit.arena, model.Id) && len(audit.slot.Labels) != 0
	row, hasRow, err := found(ctx, k.rows, collections.Join(audit.slot.Id, model.Id))
	if err != nil {
		return false, err
	}
	convicted, err := k.isConvicted(ctx, audit.slot.Scorer)
	if err != nil {
		return false, err
	}
	stands := hasRow && !convicted
	if !called && !stands {
		return true, nil
	}
	audited, err := k.auditedItems(audit, model.Id, called)
	if err != nil {
		return false, err
	}
	var executed []byte
	finished := true
	for ; int(cursor.Item) < len(audited); cursor.Item++ {
		if *spent > 0 && *spent+model.Cost > budget {
			finished = false
			break
		}
		*spent += model.Cost
		item := audited[cursor.Item]
		answer, tag, err := k.runItem(ctx, audit.format, model.Id, audit.inputs[item])
		if err != nil {
			// A registered model runs on every input of its arena; if one ever did
			// not, no scorer may be blamed and the chain must go on.
			ctx.Logger().Error("audit could not run", "model", fmt.Sprintf("%X", model.Id), "slot", audit.slot.Id, "item", item, "error", err)
			continue
		}
		cursor.Audited++
		if called {
			executed = append(executed, answer...)
		}
		if stands && !rowMatches(row, audit.format, item, answer, tag) {
			stands = false
			if err := k.convict(ctx, audit, row, item, answer, tag, ""); err != nil {
				return false, err
			}
			if !called {
				break
			}
		}
	}
	if len(executed) > 0 {
		return finished, k.appendExecuted(ctx, audit.slot.Id, model.Id, executed)
	}
	return finished, nil
}

// auditedItems are the items of a row that the chain runs anyway.
func (k Keeper) auditedItems(audit *slotAudit, model []byte, called bool) ([]uint32, error) {
	n := audit.params.BatchItems
	if !called {
		return protocol.AuditItems(audit.arena.AuditSeed, audit.slot.Id, model, n, audit.params.AuditRatioBps)
	}
	all := make([]uint32, n)
	for i := range all {
		all[i] = uint32(i)
	}
	return all, nil
}

// runItem executes a model on one item.
func (k Keeper) runItem(ctx context.Context, format protocol.Format, model, input []byte) (answer, tag []byte, err error) {
	logits, err := k.RunModel(ctx, model, input)
	if err != nil {
		return nil, nil, err
	}
	answer, err = format.Answer(logits)
	return answer, protocol.Tag(logits), err
}

// appendExecuted adds the answers that this block has computed for a called cell.
func (k Keeper) appendExecuted(ctx context.Context, slot uint64, model, answers []byte) error {
	key := collections.Join(slot, model)
	executed, ok, err := found(ctx, k.executedRows, key)
	if err != nil {
		return err
	}
	if !ok {
		executed = types.ExecutedRow{Slot: slot, Model: model}
	}
	executed.Answers = append(executed.Answers, answers...)
	return k.executedRows.Set(ctx, key, executed)
}

// cell cuts the answer and the tag of one item out of a row.
func cell(row types.Row, format protocol.Format, item uint32) (answer, tag []byte) {
	width := uint32(format.Width())
	return row.Answers[item*width : (item+1)*width], row.Tags[item*protocol.TagSize : (item+1)*protocol.TagSize]
}

func rowMatches(row types.Row, format protocol.Format, item uint32, answer, tag []byte) bool {
	recordedAnswer, recordedTag := cell(row, format, item)
	return bytes.Equal(recordedAnswer, answer) && bytes.Equal(recordedTag, tag)
}

// dueChallenge is a challenge whose turn has come, with the arena it is about.
type dueChallenge struct {
	types.Challenge
	arena types.FrozenArena
}

// runChallenges resolves challenges in the order they came in.
func (k Keeper) runChallenges(ctx sdk.Context, clock types.Clock, params types.Params, budget uint64) (done bool, err error) {
	due, done, err := k.dueChallenges(ctx, clock, budget)
	if err != nil {
		return false, err
	}
	for _, challenge := range due {
		if err := k.resolveChallenge(ctx, clock, params, challenge.arena, challenge.Challenge); err != nil {
			return false, err
		}
	}
	return done, nil
}

// dueChallenges returns as many of the oldest challenges as the block may resolve
// and the budget buys, and whether these are all. They are read in one go: looking
// for the first one again after each removal passes all that the block has removed.
func (k Keeper) dueChallenges(ctx context.Context, clock types.Clock, budget uint64) (due []dueChallenge, all bool, err error) {
	var spent uint64
	var arena types.FrozenArena
	all = true
	err = k.challenges.Walk(ctx, nil, func(_ uint64, challenge types.Challenge) (bool, error) {
		if len(due) == challengesPerBlock {
			all = false
			return true, nil
		}
		slot, err := k.runningSlot(ctx, clock.Epoch, challenge.Slot)
		if err != nil {
			return true, err
		}
		if len(due) == 0 || arena.Arena != slot.Arena {
			if arena, err = k.frozenArenas.Get(ctx, slot.Arena); err != nil {
				return true, err
			}
		}
		// A convicted scorer's challenges cost no run, but each counts as one so
		// that a block resolves a bounded number.
		cost := modelCost(arena, challenge.Model)
		if spent > 0 && spent+cost > budget {
			all = false
			return true, nil
		}
		spent += cost
		due = append(due, dueChallenge{challenge, arena})
		return false, nil
	})
	return due, all, err
}

func modelCost(arena types.FrozenArena, model []byte) uint64 {
	for _, m := range arena.Models {
		if bytes.Equal(m.Id, model) {
			return m.Cost
		}
	}
	return 0
}

func (k Keeper) resolveChallenge(ctx sdk.Context, clock types.Clock, params types.Params, frozen types.FrozenArena, challenge types.Challenge) error {
	if err := k.challenges.Remove(ctx, challenge.Seq); err != nil {
		return err
	}
	outcome, err := k.judge(ctx, clock, params, frozen, challenge)
	if err != nil {
		return err
	}
	escrow := challengeBond(challenge.Seq)
	bond, err := k.balance(ctx, escrow)
	if err != nil {
		return err
	}
	if outcome == outcomeRefuted {
		err = k.burn(ctx, escrow, bond)
	} else {
		challenger, codecErr := k.addressCodec.StringToBytes(challenge.Challenger)
		err = errors.Join(codecErr, k.withdraw(ctx, escrow, challenger, bond))
	}
	if err != nil {
		return err
	}
	return ctx.EventManager().EmitTypedEvent(&types.EventChallengeResolved{Challenge: challenge, Outcome: outcome})
}

// judge runs a challenged item. The bond comes back when the row was wrong, and
// when there was nothing left to judge.
func (k Keeper) judge(ctx sdk.Context, clock types.Clock, params types.Params, frozen types.FrozenArena, challenge types.Challenge) (string, error) {
	audit, err := k.openAudit(ctx, clock, frozen, params, challenge.Slot)
	if err != nil {
		return "", err
	}
	convicted, err := k.isConvicted(ctx, audit.slot.Scorer)
	if err != nil {
		return "", err
	}
	row, ok, err := found(ctx, k.rows, collections.Join(challenge.Slot, challenge.Model))
	if err != nil {
		return "", err
	}
	if convicted || !ok || int(challenge.Item) >= len(audit.inputs) {
		return outcomeReturned, nil
	}
	answer, tag, err := k.runItem(ctx, audit.format, challenge.Model, audit.inputs[challenge.Item])
	if err != nil {
		ctx.Logger().Error("challenge could not run", "challenge", challenge.Seq, "error", err)
		return outcomeReturned, nil
	}
	if rowMatches(row, audit.format, challenge.Item, answer, tag) {
		return outcomeRefuted, nil
	}
	drawn, err := k.auditedItems(&audit, challenge.Model, isCalledCell(frozen, challenge.Model) && len(audit.slot.Labels) != 0)
	if err != nil {
		return "", err
	}
	reporter := challenge.Challenger
	if slices.Contains(drawn, challenge.Item) {
		// The chain would have found it anyway.
		reporter = ""
	}
	return outcomeConvicted, k.convict(ctx, &audit, row, challenge.Item, answer, tag, reporter)
}

func (k Keeper) isConvicted(ctx context.Context, scorer string) (bool, error) {
	operator, err := k.addressCodec.StringToBytes(scorer)
	if err != nil {
		return false, err
	}
	frozen, _, err := found(ctx, k.frozenScorers, operator)
	return frozen.Convicted, err
}

// convict records that a row differs from its model. All rows of the scorer in
// this epoch are void from now on; part of the bond is slashed, half of that goes
// to the reporter (if any), the rest is burned.
func (k Keeper) convict(ctx sdk.Context, audit *slotAudit, row types.Row, item uint32, answer, tag []byte, reporter string) error {
	operator, err := k.addressCodec.StringToBytes(audit.slot.Scorer)
	if err != nil {
		return err
	}
	frozen, err := k.frozenScorers.Get(ctx, operator)
	if err != nil {
		return err
	}
	frozen.Convicted = true
	if err := k.frozenScorers.Set(ctx, operator, frozen); err != nil {
		return err
	}

	scorer, err := k.scorers.Get(ctx, operator)
	if err != nil {
		return err
	}
	scorer.Convictions = withinWindow(append(scorer.Convictions, audit.epoch), audit.epoch, audit.params.OffenceWindow)
	jailed := len(scorer.Convictions) >= 2
	if jailed {
		scorer.JailedUntil = audit.epoch + 1 + uint64(audit.params.JailEpochs)
		scorer.Convictions = nil
	}
	if err := k.scorers.Set(ctx, operator, scorer); err != nil {
		return err
	}

	slashed, reward, err := k.slash(ctx, scorerBond(audit.slot.Scorer), audit.params.ScorerSlashBps, reporter)
	if err != nil {
		return err
	}
	recordedAnswer, recordedTag := cell(row, audit.format, item)
	conviction := types.Conviction{
		Epoch:          audit.epoch,
		Scorer:         audit.slot.Scorer,
		Slot:           audit.slot.Id,
		Model:          row.Model,
		Item:           item,
		ExpectedAnswer: answer,
		ExpectedTag:    tag,
		RecordedAnswer: recordedAnswer,
		RecordedTag:    recordedTag,
		Slashed:        slashed,
		Challenger:     reporter,
		Reward:         reward,
		Height:         ctx.BlockHeight(),
		Jailed:         jailed,
	}
	if err := k.convictions.Set(ctx, collections.Join(audit.epoch, operator), conviction); err != nil {
		return err
	}
	return ctx.EventManager().EmitTypedEvent(&types.EventScorerConvicted{Conviction: conviction})
}

// withinWindow keeps the epochs that lie less than window epochs before now.
func withinWindow(epochs []uint64, now uint64, window uint32) []uint64 {
	return slices.DeleteFunc(epochs, func(epoch uint64) bool { return epoch+uint64(window) <= now })
}
