package keeper

import (
	"bytes"
	"context"
	"math"
	"slices"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// keptCounts sums a contender's counts over the sponsors that are kept. Every
// sponsor of the contender takes part in the choice, also those without counts.
func (k Keeper) keptCounts(sponsors []string, counts []types.Counts) (protocol.Trial, error) {
	trials := make([]protocol.SponsorTrial, 0, len(sponsors))
	for _, sponsor := range sponsors {
		address, err := k.addressCodec.StringToBytes(sponsor)
		if err != nil {
			return protocol.Trial{}, err
		}
		trial := protocol.SponsorTrial{Sponsor: address}
		if i := indexOfSponsor(counts, sponsor); i >= 0 {
			trial.Trial = asTrial(counts[i])
		}
		trials = append(trials, trial)
	}
	return protocol.SumKept(trials)
}

// keptScreening is a contender's screening sum against the top.
func (k Keeper) keptScreening(contender types.Contender) (protocol.Trial, error) {
	return k.keptCounts(contender.Sponsors, contender.Screening)
}

func indexOfSponsor(counts []types.Counts, sponsor string) int {
	return slices.IndexFunc(counts, func(c types.Counts) bool { return c.Sponsor == sponsor })
}

func asTrial(c types.Counts) protocol.Trial {
	return protocol.Trial{B: int64(c.B), C: int64(c.C), N: int64(c.N), WrongOld: int64(c.WrongOld), WrongNew: int64(c.WrongNew)}
}

// addCounts adds what one slot showed to the counts of its sponsor.
func addCounts(counts []types.Counts, sponsor string, more protocol.Trial) []types.Counts {
	i := indexOfSponsor(counts, sponsor)
	if i < 0 {
		counts = append(counts, types.Counts{Sponsor: sponsor})
		i = len(counts) - 1
	}
	sum := asTrial(counts[i]).Add(more)
	counts[i] = types.Counts{
		Sponsor:  sponsor,
		B:        uint32(sum.B),
		C:        uint32(sum.C),
		N:        uint32(sum.N),
		WrongOld: uint32(sum.WrongOld),
		WrongNew: uint32(sum.WrongNew),
	}
	return counts
}

// asComparison shows a kept sum with the height it would give.
func asComparison(opponent []byte, t protocol.Trial) (types.Comparison, error) {
	gain, err := protocol.Gain(t.WrongOld, t.WrongNew)
	if err != nil {
		return types.Comparison{}, err
	}
	return types.Comparison{
		Opponent: opponent,
		B:        capped(t.B),
		C:        capped(t.C),
		N:        capped(t.N),
		WrongOld: capped(t.WrongOld),
		WrongNew: capped(t.WrongNew),
		Gain:     uint64(max(gain, 0)),
	}, nil
}

// capped fits a kept sum into the 32 bits it is shown with: sums over sponsors
// may pass the cap of each.
func capped(count int64) uint32 { return uint32(min(count, math.MaxUint32)) }

// standing is everything the ladder says of a contender after an epoch.
func (k Keeper) standing(contender types.Contender, top []byte) (screening types.Comparison, trials []types.Comparison, err error) {
	sum, err := k.keptScreening(contender)
	if err != nil {
		return screening, nil, err
	}
	if screening, err = asComparison(top, sum); err != nil {
		return screening, nil, err
	}
	for _, trial := range contender.Trials {
		sum, err := k.keptCounts(contender.Sponsors, trial.Counts)
		if err != nil {
			return screening, nil, err
		}
		comparison, err := asComparison(trial.Opponent, sum)
		if err != nil {
			return screening, nil, err
		}
		trials = append(trials, comparison)
	}
	return screening, trials, nil
}

// commitHeights tells when the data of each slot was committed.
func (k Keeper) commitHeights(ctx context.Context, slots []types.Slot) (map[uint64]int64, error) {
	heights := make(map[uint64]int64, len(slots))
	for _, slot := range slots {
		commitment, err := k.commitment(ctx, slot.Arena, slot.Sponsor, slot.Commitment)
		if err != nil {
			return nil, err
		}
		heights[slot.Id] = commitment.Height
	}
	return heights, nil
}

// countsFor says whether a slot may count for a contender: the sponsor was there
// in its first epoch, and the data was committed before its reservation.
func (s *arenaSettlement) countsFor(contender types.Contender, slot types.Slot) bool {
	return s.committed[slot.Id] < contender.ReservationHeight && slices.Contains(contender.Sponsors, slot.Sponsor)
}

// screen adds the slots that count to the screening of a contender.
func (s *arenaSettlement) screen(contender *types.Contender) error {
	theirs, top := s.answers[string(contender.Model)], s.answers[string(s.frozen.Top)]
	for i, slot := range s.counted {
		if !s.countsFor(*contender, slot) {
			continue
		}
		trial, err := s.format.Compare(slot.Labels, theirs[i], top[i])
		if err != nil {
			return err
		}
		contender.Screening = addCounts(contender.Screening, slot.Sponsor, trial)
	}
	return nil
}

// try adds the cells that the chain ran itself to the trials of the called
// contender, wherever inputs and labels are open.
func (k Keeper) try(ctx context.Context, s *arenaSettlement, contender *types.Contender) error {
	contender.Calls++
	for _, opponent := range s.frozen.Opponents {
		i := slices.IndexFunc(contender.Trials, func(t types.Trial) bool { return bytes.Equal(t.Opponent, opponent) })
		if i < 0 {
			contender.Trials = append(contender.Trials, types.Trial{Opponent: opponent})
			i = len(contender.Trials) - 1
		}
		for _, slot := range s.slots {
			if len(slot.Labels) == 0 || !s.countsFor(*contender, slot) {
				continue
			}
			ours, err := k.executedRows.Get(ctx, collections.Join(slot.Id, contender.Model))
			if err != nil {
				return err
			}
			theirs, err := k.executedRows.Get(ctx, collections.Join(slot.Id, opponent))
			if err != nil {
				return err
			}
			trial, err := s.format.Compare(slot.Labels, ours.Answers, theirs.Answers)
			if err != nil {
				return err
			}
			contender.Trials[i].Counts = addCounts(contender.Trials[i].Counts, slot.Sponsor, trial)
		}
	}
	return nil
}

// climb updates the ladder after a settled epoch: counts, then a step or a call.
// It returns what each contender stands at, by model, in id order.
func (k Keeper) climb(ctx sdk.Context, s *arenaSettlement) ([]types.Contender, error) {
	contenders, err := values(ctx, k.contenders, collections.NewPrefixedPairRange[uint64, []byte](s.arena.Id))
	if err != nil {
		return nil, err
	}
	if s.committed, err = k.commitHeights(ctx, s.slots); err != nil {
		return nil, err
	}
	accepted := -1
	for i := range contenders {
		contender := &contenders[i]
		if !s.isFrozen(contender.Model) {
			continue
		}
		if err := s.screen(contender); err != nil {
			return nil, err
		}
		// A called contender whose reservation was renewed has no sponsors: it rests.
		if bytes.Equal(contender.Model, s.frozen.Called) && len(contender.Sponsors) > 0 {
			if err := k.try(ctx, s, contender); err != nil {
				return nil, err
			}
			if s.step.Gain, err = k.stepHeight(s, *contender); err != nil {
				return nil, err
			}
			if s.step.Gain > 0 {
				accepted = i
			}
		}
	}
	if accepted >= 0 {
		return contenders, k.acceptStep(ctx, s, contenders, accepted)
	}
	for _, contender := range contenders {
		if err := k.contenders.Set(ctx, collections.Join(s.arena.Id, contender.Model), contender); err != nil {
			return nil, err
		}
	}
	return contenders, k.call(ctx, s, contenders)
}

// stepHeight is the height of the step that a called contender's trials allow; 0
// for none. Trials against models that have left the last steps do not count.
func (k Keeper) stepHeight(s *arenaSettlement, contender types.Contender) (uint64, error) {
	var sums []protocol.Trial
	for _, trial := range contender.Trials {
		if !slices.ContainsFunc(s.frozen.Opponents, func(o []byte) bool { return bytes.Equal(o, trial.Opponent) }) {
			continue
		}
		sum, err := k.keptCounts(contender.Sponsors, trial.Counts)
		if err != nil {
			return 0, err
		}
		sums = append(sums, sum)
	}
	height, err := protocol.StepHeight(sums, s.params.MinItems, s.params.Z2)
	return uint64(height), err
}

// acceptStep makes a contender the top. The others start again against it.
func (k Keeper) acceptStep(ctx sdk.Context, s *arenaSettlement, contenders []types.Contender, accepted int) error {
	winner := contenders[accepted]
	_, comparisons, err := k.standing(winner, s.frozen.Top)
	if err != nil {
		return err
	}
	s.step = types.Step{
		Arena:        s.arena.Id,
		Index:        s.arena.Steps,
		Model:        winner.Model,
		Epoch:        s.epoch,
		Gain:         s.step.Gain,
		SettledEpoch: s.arena.SettledEpochs,
		Weighted:     s.frozen.Weight > 0,
		Comparisons:  comparisons,
	}
	if err := k.steps.Set(ctx, collections.Join(s.arena.Id, s.step.Index), s.step); err != nil {
		return err
	}

	old, err := k.models.Get(ctx, s.arena.Top)
	if err != nil {
		return err
	}
	if old.Status == types.MODEL_STATUS_TOP {
		if err := k.setModelStatus(ctx, old, types.MODEL_STATUS_ARCHIVED); err != nil {
			return err
		}
	}
	model, err := k.models.Get(ctx, winner.Model)
	if err != nil {
		return err
	}
	model.StepMark = s.step.Index + 1
	if err := k.setModelStatus(ctx, model, types.MODEL_STATUS_TOP); err != nil {
		return err
	}

	s.arena.Top = winner.Model
	s.arena.Steps++
	s.arena.Called = nil
	if err := k.contenders.Remove(ctx, collections.Join(s.arena.Id, winner.Model)); err != nil {
		return err
	}
	for i, contender := range contenders {
		if i == accepted {
			continue
		}
		contender.Screening = nil
		contender.Trials = nil
		if err := k.contenders.Set(ctx, collections.Join(s.arena.Id, contender.Model), contender); err != nil {
			return err
		}
	}
	return ctx.EventManager().EmitTypedEvent(&types.EventStepTaken{Step: s.step})
}

// call chooses the contender of the next epoch's trial, anew every epoch.
func (k Keeper) call(ctx sdk.Context, s *arenaSettlement, contenders []types.Contender) error {
	candidates := make([]protocol.Contender, 0, len(contenders))
	for _, contender := range contenders {
		sum, err := k.keptScreening(contender)
		if err != nil {
			return err
		}
		candidates = append(candidates, protocol.Contender{Sequence: contender.ReservationSeq, Trial: sum})
	}
	s.arena.Called = nil
	chosen, ok := protocol.ChooseCalled(candidates, s.params.MinItems)
	if !ok {
		return nil
	}
	s.arena.Called = contenders[chosen].Model
	return ctx.EventManager().EmitTypedEvent(&types.EventContenderCalled{Epoch: s.epoch + 1, Arena: s.arena.Id, Model: s.arena.Called})
}
