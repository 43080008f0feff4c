package keeper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// arenaSettlement is what settling one arena works on.
type arenaSettlement struct {
	epoch   uint64
	params  types.Params
	shares  protocol.Shares
	weights uint64

	frozen types.FrozenArena
	arena  types.Arena
	format protocol.Format
	// All slots of the arena, and those that count.
	slots   []types.Slot
	counted []types.Slot
	// Answers of every frozen model (by id), one row for each slot that counts:
	// all comparisons with the top need them again.
	answers map[string][][]byte
	// Height at which the data of each slot (by id) was committed.
	committed map[uint64]int64
	// The step accepted in this settlement; Gain 0 when none.
	step   types.Step
	result types.ArenaEpoch
}

func (s *arenaSettlement) isFrozen(model []byte) bool {
	return slices.ContainsFunc(s.frozen.Models, func(m types.FrozenModel) bool { return bytes.Equal(m.Id, model) })
}

// settle closes at most settle_budget arenas, and the epoch after the last one.
func (k Keeper) settle(ctx sdk.Context, clock types.Clock) error {
	params, err := k.epochParams.Get(ctx)
	if err != nil {
		return err
	}
	progress, err := k.openSettlement(ctx, clock)
	if err != nil {
		return err
	}
	arenas, err := values(ctx, k.frozenArenas, new(collections.Range[uint64]).StartInclusive(progress.NextArena))
	if err != nil {
		return err
	}
	for i, frozen := range arenas {
		if i == int(params.SettleBudget) {
			return k.settlement.Set(ctx, progress)
		}
		if err := k.closeArena(ctx, clock, params, &progress, frozen); err != nil {
			return err
		}
		progress.NextArena = frozen.Arena + 1
	}
	return k.endEpoch(ctx, clock, params, progress)
}

// openSettlement returns the cursor, at its start with the epoch's emission.
func (k Keeper) openSettlement(ctx sdk.Context, clock types.Clock) (types.Settlement, error) {
	progress, err := k.settlement.Get(ctx)
	if !errors.Is(err, collections.ErrNotFound) {
		return progress, err
	}
	budget, err := k.takeBudget(ctx)
	if err != nil {
		return types.Settlement{}, err
	}
	arenas, err := values(ctx, k.frozenArenas, nil)
	if err != nil {
		return types.Settlement{}, err
	}
	progress = types.Settlement{Budget: budget, Paid: noEmission(clock.Epoch, budget)}
	for _, arena := range arenas {
		progress.WeightSum += uint64(arena.Weight)
	}
	return progress, nil
}

// closeArena settles one arena in a cached context, so that an error changes
// nothing of it, and clears what the epoch kept for it either way.
func (k Keeper) closeArena(ctx sdk.Context, clock types.Clock, params types.Params, progress *types.Settlement, frozen types.FrozenArena) error {
	cached, write := ctx.CacheContext()
	result, err := k.settleArena(cached, clock, params, *progress, frozen)
	if err != nil {
		ctx.Logger().Error("arena did not settle", "arena", frozen.Arena, "epoch", clock.Epoch, "error", err)
		if err := ctx.EventManager().EmitTypedEvent(&types.EventArenaSettlementFailed{Epoch: clock.Epoch, Arena: frozen.Arena, Error: err.Error()}); err != nil {
			return err
		}
	} else {
		write()
		if result.Settled {
			progress.ArenasSettled++
		}
		progress.Paid.Authors = progress.Paid.Authors.Add(sumOf(result.Steps, func(p types.StepPay) math.Int { return p.Emission }))
		progress.Paid.Scorers = progress.Paid.Scorers.Add(sumOf(result.Scorers, participantPay))
		progress.Paid.Sponsors = progress.Paid.Sponsors.Add(sumOf(result.Sponsors, participantPay))
	}
	return k.clearArena(ctx, frozen)
}

func participantPay(p types.ParticipantPay) math.Int { return p.Pay }

func sumOf[P any](pays []P, amount func(P) math.Int) math.Int {
	sum := math.ZeroInt()
	for _, pay := range pays {
		sum = sum.Add(amount(pay))
	}
	return sum
}

// settleArena scores, moves the ladder and pays, if enough sponsors count.
func (k Keeper) settleArena(ctx sdk.Context, clock types.Clock, params types.Params, progress types.Settlement, frozen types.FrozenArena) (types.ArenaEpoch, error) {
	arena, err := k.arenas.Get(ctx, frozen.Arena)
	if err != nil {
		return types.ArenaEpoch{}, err
	}
	shares, err := protocol.Split(progress.Budget.Int64())
	if err != nil {
		return types.ArenaEpoch{}, err
	}
	s := &arenaSettlement{
		epoch: clock.Epoch, params: params, shares: shares, weights: progress.WeightSum,
		frozen: frozen, arena: arena, format: arena.Spec.Format(),
		result: types.ArenaEpoch{
			Epoch:          clock.Epoch,
			Arena:          arena.Id,
			Weight:         frozen.Weight,
			WeightSum:      progress.WeightSum,
			SponsorsFrozen: uint32(len(frozen.Sponsors)),
			AuthorsPot:     math.ZeroInt(),
			FundedPot:      math.ZeroInt(),
			ScorersPot:     math.ZeroInt(),
			SponsorsPot:    math.ZeroInt(),
			Called:         frozen.Called,
		},
	}
	for _, model := range frozen.Models {
		s.result.Models = append(s.result.Models, model.Id)
	}
	if err := k.judgeSlots(ctx, s); err != nil {
		return types.ArenaEpoch{}, err
	}
	absent, err := k.recordSponsorMisses(ctx, s)
	if err != nil {
		return types.ArenaEpoch{}, err
	}

	s.result.Settled = protocol.ArenaSettles(int(s.result.SponsorsCounted), len(frozen.Sponsors))
	if s.result.Settled {
		if err := k.payArena(ctx, s, absent); err != nil {
			return types.ArenaEpoch{}, err
		}
	} else {
		s.result.Reason = fmt.Sprintf("%d of %d sponsors count", s.result.SponsorsCounted, len(frozen.Sponsors))
		if !frozen.Draws {
			s.result.Reason = "nothing was drawn: it takes a contender and 3 sponsors with batches"
		}
	}
	s.result.CalledNext = s.arena.Called
	if err := k.arenaEpochs.Set(ctx, collections.Join(s.epoch, s.arena.Id), s.result); err != nil {
		return types.ArenaEpoch{}, err
	}
	paid := sumOf(s.result.Steps, func(p types.StepPay) math.Int { return p.Emission.Add(p.Funded) }).
		Add(sumOf(s.result.Scorers, participantPay)).
		Add(sumOf(s.result.Sponsors, participantPay))
	return s.result, ctx.EventManager().EmitTypedEvent(&types.EventArenaSettled{
		Epoch: s.epoch, Arena: s.arena.Id, Settled: s.result.Settled, Reason: s.result.Reason, Paid: paid,
	})
}

// payArena does everything that happens only in an arena that settles. The order
// matters: the ladder moves before it is paid, so that a step earns from the
// epoch that accepts it.
func (k Keeper) payArena(ctx sdk.Context, s *arenaSettlement, absent []string) error {
	s.arena.SettledEpochs++
	if err := k.scoreModels(ctx, s); err != nil {
		return err
	}
	if err := k.payAuthors(ctx, s); err != nil {
		return err
	}
	if err := k.payScorers(ctx, s); err != nil {
		return err
	}
	if err := k.paySponsors(ctx, s, absent); err != nil {
		return err
	}
	return k.arenas.Set(ctx, s.arena.Id, s.arena)
}

// judgeSlots finds out which slots count and which sponsors do.
func (k Keeper) judgeSlots(ctx context.Context, s *arenaSettlement) error {
	var err error
	if s.slots, err = k.arenaSlots(ctx, s.epoch, s.frozen); err != nil {
		return err
	}
	var counting []string
	for i := range s.slots {
		slot := &s.slots[i]
		convicted, err := k.isConvicted(ctx, slot.Scorer)
		if err != nil {
			return err
		}
		switch {
		case len(slot.InputsRoot) == 0:
			slot.VoidReason = "inputs missing"
		case len(slot.Labels) == 0:
			slot.VoidReason = "labels missing"
		case !slot.RowsPosted:
			slot.VoidReason = "rows missing"
		case convicted:
			slot.VoidReason = "scorer convicted"
		default:
			slot.Counted = true
			s.counted = append(s.counted, *slot)
			if !slices.Contains(counting, slot.Sponsor) {
				counting = append(counting, slot.Sponsor)
			}
		}
		if err := k.slots.Set(ctx, collections.Join(s.epoch, slot.Id), *slot); err != nil {
			return err
		}
	}
	s.result.SponsorsCounted = uint32(len(counting))
	return nil
}

// scoreModels measures every frozen model on the slots that count, then moves
// the ladder, and records both.
func (k Keeper) scoreModels(ctx sdk.Context, s *arenaSettlement) error {
	s.answers = make(map[string][][]byte, len(s.frozen.Models))
	results := make([]types.ModelEpoch, 0, len(s.frozen.Models))
	for _, frozen := range s.frozen.Models {
		answers, err := k.countedAnswers(ctx, s, frozen.Id)
		if err != nil {
			return err
		}
		s.answers[string(frozen.Id)] = answers
		result, err := k.scoreModel(ctx, s, frozen.Id)
		if err != nil {
			return err
		}
		results = append(results, result)
	}
	contenders, err := k.climb(ctx, s)
	if err != nil {
		return err
	}
	s.result.StepAccepted = s.step.Index
	for i := range results {
		result := &results[i]
		result.Called = bytes.Equal(result.Model, s.frozen.Called)
		if s.step.Gain > 0 && bytes.Equal(result.Model, s.step.Model) {
			result.StepAccepted = s.step.Index
		}
		at := slices.IndexFunc(contenders, func(c types.Contender) bool { return bytes.Equal(c.Model, result.Model) })
		if at >= 0 {
			screening, trials, err := k.standing(contenders[at], s.frozen.Top)
			if err != nil {
				return err
			}
			result.Screening, result.Trials = &screening, trials
		}
		if err := k.modelEpochs.Set(ctx, collections.Join(result.Model, s.epoch), *result); err != nil {
			return err
		}
	}
	return nil
}

// countedAnswers reads a model's answers on the slots that count.
func (k Keeper) countedAnswers(ctx context.Context, s *arenaSettlement, id []byte) ([][]byte, error) {
	answers := make([][]byte, 0, len(s.counted))
	for _, slot := range s.counted {
		row, err := k.rows.Get(ctx, collections.Join(slot.Id, id))
		if err != nil {
			return nil, err
		}
		answers = append(answers, row.Answers)
	}
	return answers, nil
}

func (k Keeper) scoreModel(ctx context.Context, s *arenaSettlement, id []byte) (types.ModelEpoch, error) {
	result := types.ModelEpoch{Epoch: s.epoch, Arena: s.arena.Id, Model: id}
	for i, slot := range s.counted {
		correct, err := s.format.CountCorrect(slot.Labels, s.answers[string(id)][i])
		if err != nil {
			return result, err
		}
		at := slices.IndexFunc(result.Sponsors, func(p types.SponsorScore) bool { return p.Sponsor == slot.Sponsor })
		if at < 0 {
			result.Sponsors = append(result.Sponsors, types.SponsorScore{Sponsor: slot.Sponsor})
			at = len(result.Sponsors) - 1
		}
		result.Sponsors[at].Correct += uint32(correct)
		result.Sponsors[at].Items += s.params.BatchItems
		result.Items += s.params.BatchItems
	}
	perSponsor := make([]int64, 0, len(result.Sponsors))
	for _, sponsor := range result.Sponsors {
		accuracy, err := protocol.SponsorAccuracy(int64(sponsor.Correct), int64(sponsor.Items))
		if err != nil {
			return result, err
		}
		perSponsor = append(perSponsor, accuracy)
	}
	accuracy, err := protocol.Accuracy(perSponsor)
	if err != nil {
		return result, err
	}

	model, err := k.models.Get(ctx, id)
	if err != nil {
		return result, err
	}
	model.Smoothed = uint32(protocol.Smooth(accuracy, int64(model.Smoothed), model.ScoredEpochs == 0))
	model.Accuracy = uint32(accuracy)
	model.ScoredItems += uint64(result.Items)
	model.AccuracySum += uint64(accuracy)
	model.ScoredEpochs++
	result.Accuracy, result.Smoothed = model.Accuracy, model.Smoothed
	return result, k.models.Set(ctx, id, model)
}

// recordSponsorMisses finds sponsors that left a slot without inputs or labels.
// The first miss in the offence window costs the pay of the arena, further ones
// a part of the bond as well.
func (k Keeper) recordSponsorMisses(ctx sdk.Context, s *arenaSettlement) (absent []string, err error) {
	for _, slot := range s.slots {
		if len(slot.Labels) == 0 && !slices.Contains(absent, slot.Sponsor) {
			absent = append(absent, slot.Sponsor)
		}
	}
	for _, address := range absent {
		raw, err := k.addressCodec.StringToBytes(address)
		if err != nil {
			return nil, err
		}
		key := collections.Join(s.arena.Id, raw)
		sponsor, err := k.sponsors.Get(ctx, key)
		if err != nil {
			return nil, err
		}
		sponsor.Misses = withinWindow(sponsor.Misses, s.epoch, s.params.OffenceWindow)
		slashed := math.ZeroInt()
		if len(sponsor.Misses) > 0 {
			if slashed, _, err = k.slash(ctx, sponsorBond(s.arena.Id, address), s.params.SponsorSlashBps, ""); err != nil {
				return nil, err
			}
		}
		sponsor.Misses = append(sponsor.Misses, s.epoch)
		if err := k.sponsors.Set(ctx, key, sponsor); err != nil {
			return nil, err
		}
		if err := ctx.EventManager().EmitTypedEvent(&types.EventSponsorMissed{Epoch: s.epoch, Arena: s.arena.Id, Sponsor: address, Slashed: slashed}); err != nil {
			return nil, err
		}
	}
	return absent, nil
}

// clearArena deletes inputs and rows of an arena, which results have replaced.
func (k Keeper) clearArena(ctx context.Context, frozen types.FrozenArena) error {
	for slot := frozen.FirstSlot; slot < frozen.FirstSlot+uint64(frozen.Slots); slot++ {
		if err := k.inputs.Remove(ctx, slot); err != nil {
			return err
		}
		if err := k.rows.Clear(ctx, collections.NewPrefixedPairRange[uint64, []byte](slot)); err != nil {
			return err
		}
		if err := k.executedRows.Clear(ctx, collections.NewPrefixedPairRange[uint64, []byte](slot)); err != nil {
			return err
		}
	}
	return nil
}

// endVoidEpoch ends an epoch in which too few scorers revealed. R stays as it
// was, revealed links are spent, no misses are counted.
func (k Keeper) endVoidEpoch(ctx sdk.Context, clock types.Clock) error {
	params, err := k.epochParams.Get(ctx)
	if err != nil {
		return err
	}
	progress, err := k.openSettlement(ctx, clock)
	if err != nil {
		return err
	}
	return k.closeEpoch(ctx, clock, params, progress, true)
}

// endEpoch ends an epoch whose arenas are all closed.
func (k Keeper) endEpoch(ctx sdk.Context, clock types.Clock, params types.Params, progress types.Settlement) error {
	if err := k.recordScorerMisses(ctx, clock, params); err != nil {
		return err
	}
	if progress.ArenasSettled > 0 {
		clock.SettledEpochs++
	}
	return k.closeEpoch(ctx, clock, params, progress, false)
}

// closeEpoch pays validators and pool, writes the record, forgets old results
// and lets the next epoch begin with the next block.
func (k Keeper) closeEpoch(ctx sdk.Context, clock types.Clock, params types.Params, progress types.Settlement, void bool) error {
	if err := k.payNetwork(ctx, &progress); err != nil {
		return err
	}
	if err := k.rollRegistrationFee(ctx); err != nil {
		return err
	}
	record, err := k.epochRecord(ctx, clock, params, progress, void)
	if err != nil {
		return err
	}
	if err := k.epochs.Set(ctx, clock.Epoch, record); err != nil {
		return err
	}
	if err := k.forgetEpochs(ctx, clock.Epoch, params.RetainEpochs); err != nil {
		return err
	}
	if err := k.clearEpoch(ctx); err != nil {
		return err
	}

	clock.Epoch++
	clock.Frozen = false
	clock.EpochStart = ctx.BlockHeight() + 1
	next, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if err := ctx.EventManager().EmitTypedEvent(&types.EventEpochEnded{Record: record}); err != nil {
		return err
	}
	return k.enterPhase(ctx, clock, types.PHASE_BEACON, next.BeaconBlocks)
}

func (k Keeper) epochRecord(ctx context.Context, clock types.Clock, params types.Params, progress types.Settlement, void bool) (types.EpochRecord, error) {
	record := types.EpochRecord{
		Epoch:         clock.Epoch,
		StartHeight:   clock.EpochStart,
		EndHeight:     sdk.UnwrapSDKContext(ctx).BlockHeight(),
		Void:          void,
		Randomness:    clock.Randomness,
		ArenasSettled: progress.ArenasSettled,
		Emission:      progress.Paid,
		Params:        params,
	}
	scorers, err := values(ctx, k.frozenScorers, nil)
	if err != nil {
		return record, err
	}
	for _, scorer := range scorers {
		record.ScorersFrozen++
		if len(scorer.Link) != 0 {
			record.ScorersRevealed++
		}
		if scorer.Convicted {
			record.Convictions++
		}
	}
	slots, err := values(ctx, k.slots, collections.NewPrefixedPairRange[uint64, uint64](clock.Epoch))
	if err != nil {
		return record, err
	}
	for _, slot := range slots {
		record.Slots++
		if slot.Counted {
			record.SlotsCounted++
		}
	}
	cursor, err := getOr(ctx, k.auditCursor, types.AuditCursor{})
	if err != nil {
		return record, err
	}
	record.AuditedItems = cursor.Audited
	err = k.challenged.Walk(ctx, nil, func(collections.Triple[uint64, []byte, uint32]) (bool, error) {
		record.Challenges++
		return false, nil
	})
	return record, err
}

// recordScorerMisses counts at most one miss per scorer: its link, or the rows of
// a slot whose inputs were open. Enough misses within the window make it inactive.
func (k Keeper) recordScorerMisses(ctx sdk.Context, clock types.Clock, params types.Params) error {
	slots, err := values(ctx, k.slots, collections.NewPrefixedPairRange[uint64, uint64](clock.Epoch))
	if err != nil {
		return err
	}
	scorers, err := values(ctx, k.frozenScorers, nil)
	if err != nil {
		return err
	}
	for _, frozen := range scorers {
		missed := len(frozen.Link) == 0 || slices.ContainsFunc(slots, func(slot types.Slot) bool {
			return slot.Scorer == frozen.Operator && len(slot.InputsRoot) != 0 && !slot.RowsPosted
		})
		if !missed {
			continue
		}
		operator, err := k.addressCodec.StringToBytes(frozen.Operator)
		if err != nil {
			return err
		}
		scorer, err := k.scorers.Get(ctx, operator)
		if err != nil {
			return err
		}
		event := &types.EventScorerMissed{Epoch: clock.Epoch, Scorer: frozen.Operator}
		scorer.Misses = append(withinWindow(scorer.Misses, clock.Epoch, params.OffenceWindow), clock.Epoch)
		if len(scorer.Misses) >= int(params.MaxMisses) {
			scorer.InactiveUntil = clock.Epoch + 1 + uint64(params.InactiveEpochs)
			scorer.Misses = nil
			event.InactiveUntil = scorer.InactiveUntil
		}
		if err := k.scorers.Set(ctx, operator, scorer); err != nil {
			return err
		}
		if err := ctx.EventManager().EmitTypedEvent(event); err != nil {
			return err
		}
	}
	return nil
}

// forgottenPerEpoch bounds the work at the end of an epoch. One falls out of
// retention with each; the rest catches up after retain_epochs was lowered.
const forgottenPerEpoch = 4

// forgetEpochs deletes the oldest results that are out of retention.
func (k Keeper) forgetEpochs(ctx context.Context, epoch uint64, retain uint32) error {
	if epoch < uint64(retain) {
		return nil
	}
	iterator, err := k.epochs.Iterate(ctx, new(collections.Range[uint64]).EndInclusive(epoch-uint64(retain)))
	if err != nil {
		return err
	}
	var old []uint64
	for ; iterator.Valid() && len(old) < forgottenPerEpoch; iterator.Next() {
		key, err := iterator.Key()
		if err != nil {
			return errors.Join(err, iterator.Close())
		}
		old = append(old, key)
	}
	if err := iterator.Close(); err != nil {
		return err
	}
	for _, each := range old {
		if err := k.forgetEpoch(ctx, each); err != nil {
			return err
		}
	}
	return nil
}

// forgetEpoch deletes the results of one epoch.
func (k Keeper) forgetEpoch(ctx context.Context, old uint64) error {
	arenas, err := values(ctx, k.arenaEpochs, collections.NewPrefixedPairRange[uint64, uint64](old))
	if err != nil {
		return err
	}
	for _, arena := range arenas {
		for _, model := range arena.Models {
			if err := k.modelEpochs.Remove(ctx, collections.Join(model, old)); err != nil {
				return err
			}
		}
	}
	if err := k.arenaEpochs.Clear(ctx, collections.NewPrefixedPairRange[uint64, uint64](old)); err != nil {
		return err
	}
	if err := k.slots.Clear(ctx, collections.NewPrefixedPairRange[uint64, uint64](old)); err != nil {
		return err
	}
	if err := k.convictions.Clear(ctx, collections.NewPrefixedPairRange[uint64, []byte](old)); err != nil {
		return err
	}
	return k.epochs.Remove(ctx, old)
}

// clearEpoch deletes what belongs to the running epoch only.
func (k Keeper) clearEpoch(ctx context.Context) error {
	if err := k.frozenArenas.Clear(ctx, nil); err != nil {
		return err
	}
	if err := k.frozenScorers.Clear(ctx, nil); err != nil {
		return err
	}
	if err := k.challenged.Clear(ctx, nil); err != nil {
		return err
	}
	if err := k.auditCursor.Remove(ctx); err != nil {
		return err
	}
	return k.settlement.Remove(ctx)
}
