package keeper

import (
	"bytes"
	"context"
	"slices"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// BeginBlock freezes the participants in the first block of an epoch.
func (k Keeper) BeginBlock(ctx sdk.Context) error {
	if err := k.expireReservations(ctx); err != nil {
		return err
	}
	clock, err := k.clock.Get(ctx)
	if err != nil {
		return err
	}
	if clock.Frozen {
		return nil
	}
	return k.startEpoch(ctx, clock)
}

// EndBlock runs audits, and in the last block of a phase what the phase was for.
func (k Keeper) EndBlock(ctx sdk.Context) error {
	if err := k.matureUnbondings(ctx); err != nil {
		return err
	}
	clock, err := k.clock.Get(ctx)
	if err != nil {
		return err
	}
	switch clock.Phase {
	case types.PHASE_CHALLENGE:
		if _, err := k.runQueues(ctx, clock); err != nil {
			return err
		}
	case types.PHASE_SETTLE:
		idle, err := k.runQueues(ctx, clock)
		if err != nil || !idle {
			return err
		}
		return k.settle(ctx, clock)
	}
	if ctx.BlockHeight() < clock.PhaseEnd {
		return nil
	}
	return k.endPhase(ctx, clock)
}

func (k Keeper) endPhase(ctx sdk.Context, clock types.Clock) error {
	params, err := k.epochParams.Get(ctx)
	if err != nil {
		return err
	}
	switch clock.Phase {
	case types.PHASE_BEACON:
		return k.endBeacon(ctx, clock, params)
	case types.PHASE_INPUT:
		return k.enterPhase(ctx, clock, types.PHASE_ROWS, params.RowsBlocks)
	case types.PHASE_ROWS:
		return k.enterPhase(ctx, clock, types.PHASE_LABEL, params.LabelBlocks)
	case types.PHASE_LABEL:
		if err := k.drawAudits(ctx, clock); err != nil {
			return err
		}
		return k.enterPhase(ctx, clock, types.PHASE_CHALLENGE, params.ChallengeBlocks)
	case types.PHASE_CHALLENGE:
		return k.enterPhase(ctx, clock, types.PHASE_SETTLE, 0)
	}
	return types.ErrWrongPhase.Wrapf("phase %s does not end by height", clock.Phase)
}

// enterPhase lets a phase of blocks begin with the next block; 0 blocks is a
// phase without a fixed end.
func (k Keeper) enterPhase(ctx sdk.Context, clock types.Clock, phase types.Phase, blocks uint32) error {
	clock.Phase = phase
	clock.PhaseStart = ctx.BlockHeight() + 1
	clock.PhaseEnd = 0
	if blocks > 0 {
		clock.PhaseEnd = ctx.BlockHeight() + int64(blocks)
	}
	if err := k.clock.Set(ctx, clock); err != nil {
		return err
	}
	return ctx.EventManager().EmitTypedEvent(&types.EventPhaseChanged{Epoch: clock.Epoch, Phase: phase, PhaseEnd: clock.PhaseEnd})
}

// startEpoch freezes params, arenas and scorers. Frozen is frozen: whatever
// changes later acts from the next epoch.
func (k Keeper) startEpoch(ctx sdk.Context, clock types.Clock) error {
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	if err := k.epochParams.Set(ctx, params); err != nil {
		return err
	}
	arenas, err := k.freezeArenas(ctx, clock.Epoch, params)
	if err != nil {
		return err
	}
	scorers, err := k.freezeScorers(ctx, clock.Epoch, params)
	if err != nil {
		return err
	}
	clock.Phase = types.PHASE_BEACON
	clock.Frozen = true
	clock.EpochStart = ctx.BlockHeight()
	clock.PhaseStart = ctx.BlockHeight()
	clock.PhaseEnd = ctx.BlockHeight() + int64(params.BeaconBlocks) - 1
	if err := k.clock.Set(ctx, clock); err != nil {
		return err
	}
	return ctx.EventManager().EmitTypedEvents(
		&types.EventEpochStarted{Epoch: clock.Epoch, Arenas: arenas, Scorers: scorers},
		&types.EventPhaseChanged{Epoch: clock.Epoch, Phase: clock.Phase, PhaseEnd: clock.PhaseEnd},
	)
}

func (k Keeper) freezeArenas(ctx sdk.Context, epoch uint64, params types.Params) (uint32, error) {
	arenas, err := values(ctx, k.arenas, nil)
	if err != nil {
		return 0, err
	}
	for _, arena := range arenas {
		if err := k.freezeArena(ctx, arena, epoch, params); err != nil {
			return 0, err
		}
	}
	return uint32(len(arenas)), nil
}

func (k Keeper) freezeArena(ctx sdk.Context, arena types.Arena, epoch uint64, params types.Params) error {
	frozen := types.FrozenArena{Arena: arena.Id, Weight: arena.Weight, Top: arena.Top}

	contenders, err := values(ctx, k.contenders, collections.NewPrefixedPairRange[uint64, []byte](arena.Id))
	if err != nil {
		return err
	}
	steps, err := k.lastSteps(ctx, arena)
	if err != nil {
		return err
	}
	var ids [][]byte
	for _, contender := range contenders {
		ids = append(ids, contender.Model)
		if bytes.Equal(contender.Model, arena.Called) {
			frozen.Called = contender.Model
		}
	}
	for _, step := range steps {
		ids = append(ids, step.Model)
		frozen.Opponents = append(frozen.Opponents, step.Model)
	}
	slices.SortFunc(ids, bytes.Compare)
	for _, id := range ids {
		model, err := k.models.Get(ctx, id)
		if err != nil {
			return err
		}
		frozen.Models = append(frozen.Models, types.FrozenModel{Id: id, Cost: model.Macs + model.Elements})
	}

	sponsors, err := values(ctx, k.sponsors, collections.NewPrefixedPairRange[uint64, []byte](arena.Id))
	if err != nil {
		return err
	}
	var addresses []string
	for _, sponsor := range sponsors {
		commitment, active, err := k.sponsorActive(ctx, sponsor, params, ctx.BlockHeight())
		if err != nil {
			return err
		}
		if active {
			frozen.Sponsors = append(frozen.Sponsors, types.FrozenSponsor{Address: sponsor.Address, Commitment: commitment.Index})
			addresses = append(addresses, sponsor.Address)
		}
	}

	// Data is finite: an arena in which nobody competes with the reference, or
	// that cannot settle, spends none.
	competes := len(contenders) > 0 || arena.Steps > 1
	frozen.Draws = competes && len(frozen.Sponsors) >= protocol.MinSponsors
	if frozen.Draws {
		for _, contender := range contenders {
			if len(contender.Sponsors) > 0 {
				continue
			}
			contender.Sponsors = addresses
			contender.FirstEpoch = epoch
			if err := k.contenders.Set(ctx, collections.Join(arena.Id, contender.Model), contender); err != nil {
				return err
			}
		}
	}
	return k.frozenArenas.Set(ctx, arena.Id, frozen)
}

func (k Keeper) freezeScorers(ctx context.Context, epoch uint64, params types.Params) (uint32, error) {
	scorers, err := values(ctx, k.scorers, nil)
	if err != nil {
		return 0, err
	}
	var frozen uint32
	for _, scorer := range scorers {
		reason, err := k.scorerIneligible(ctx, scorer, epoch, params)
		if err != nil {
			return 0, err
		}
		if reason != "" {
			continue
		}
		operator, err := k.addressCodec.StringToBytes(scorer.Operator)
		if err != nil {
			return 0, err
		}
		if err := k.frozenScorers.Set(ctx, operator, types.FrozenScorer{Operator: scorer.Operator, Tip: scorer.Tip}); err != nil {
			return 0, err
		}
		frozen++
	}
	return frozen, nil
}

// endBeacon computes R and draws, or ends a void epoch.
func (k Keeper) endBeacon(ctx sdk.Context, clock types.Clock, params types.Params) error {
	scorers, err := values(ctx, k.frozenScorers, nil)
	if err != nil {
		return err
	}
	var reveals []protocol.Reveal
	var revealed [][]byte
	for _, scorer := range scorers {
		if len(scorer.Link) == 0 {
			continue
		}
		operator, err := k.addressCodec.StringToBytes(scorer.Operator)
		if err != nil {
			return err
		}
		reveals = append(reveals, protocol.Reveal{Scorer: operator, Link: scorer.Link})
		revealed = append(revealed, operator)
	}
	if protocol.EpochVoid(len(reveals), len(scorers)) {
		return k.endVoidEpoch(ctx, clock)
	}
	clock.Randomness, err = protocol.Beacon(clock.Randomness, clock.Epoch, reveals)
	if err != nil {
		return err
	}
	slots, err := k.draw(ctx, clock, params, revealed)
	if err != nil {
		return err
	}
	if err := ctx.EventManager().EmitTypedEvent(&types.EventSlotsDrawn{Epoch: clock.Epoch, Randomness: clock.Randomness, Slots: slots}); err != nil {
		return err
	}
	if slots == 0 {
		// Nothing to post, answer or check: straight to settlement.
		return k.enterPhase(ctx, clock, types.PHASE_SETTLE, 0)
	}
	return k.enterPhase(ctx, clock, types.PHASE_INPUT, params.InputBlocks)
}

// draw takes each sponsor's batches and gives every slot its scorer.
func (k Keeper) draw(ctx context.Context, clock types.Clock, params types.Params, revealed [][]byte) (uint64, error) {
	arenas, err := values(ctx, k.frozenArenas, nil)
	if err != nil {
		return 0, err
	}
	var slots []types.Slot
	for _, arena := range arenas {
		arena.FirstSlot = uint64(len(slots))
		if arena.Draws {
			for _, sponsor := range arena.Sponsors {
				drawn, err := k.drawSponsor(ctx, clock, params, arena.Arena, sponsor)
				if err != nil {
					return 0, err
				}
				slots = append(slots, drawn...)
			}
		}
		arena.Slots = uint32(uint64(len(slots)) - arena.FirstSlot)
		if err := k.frozenArenas.Set(ctx, arena.Arena, arena); err != nil {
			return 0, err
		}
	}
	scorers, err := protocol.AssignScorers(clock.Randomness, revealed, uint32(len(slots)))
	if err != nil {
		return 0, err
	}
	for i, slot := range slots {
		slot.Id = uint64(i)
		if slot.Scorer, err = k.addressCodec.BytesToString(scorers[i]); err != nil {
			return 0, err
		}
		if err := k.slots.Set(ctx, collections.Join(clock.Epoch, slot.Id), slot); err != nil {
			return 0, err
		}
	}
	return uint64(len(slots)), nil
}

func (k Keeper) drawSponsor(ctx context.Context, clock types.Clock, params types.Params, arena uint64, frozen types.FrozenSponsor) ([]types.Slot, error) {
	address, err := k.addressCodec.StringToBytes(frozen.Address)
	if err != nil {
		return nil, err
	}
	commitment, err := k.commitment(ctx, arena, frozen.Address, frozen.Commitment)
	if err != nil {
		return nil, err
	}
	deck := storedDeck{ctx: ctx, k: k, arena: arena, sponsor: address, commitment: commitment.Index}
	stream := protocol.BatchStream(clock.Randomness, arena, address)
	positions, left, err := protocol.DrawBatches(stream, deck, commitment.Remaining, params.BatchesPerSponsor)
	if err != nil {
		return nil, err
	}
	commitment.Remaining = left
	if err := k.commitments.Set(ctx, collections.Join3(arena, address, commitment.Index), commitment); err != nil {
		return nil, err
	}
	if left == 0 {
		sponsor, err := k.sponsors.Get(ctx, collections.Join(arena, address))
		if err != nil {
			return nil, err
		}
		sponsor.CurrentCommitment++
		if err := k.sponsors.Set(ctx, collections.Join(arena, address), sponsor); err != nil {
			return nil, err
		}
	}
	var slots []types.Slot
	for _, position := range positions {
		slots = append(slots, types.Slot{
			Epoch:      clock.Epoch,
			Arena:      arena,
			Sponsor:    frozen.Address,
			Commitment: commitment.Index,
			Batch:      commitment.FirstBatch + position,
		})
	}
	return slots, nil
}

func (k Keeper) commitment(ctx context.Context, arena uint64, sponsor string, index uint32) (types.Commitment, error) {
	address, err := k.addressCodec.StringToBytes(sponsor)
	if err != nil {
		return types.Commitment{}, err
	}
	return k.commitments.Get(ctx, collections.Join3(arena, address, index))
}

// storedDeck is the unfinished shuffle of one commitment (protocol.Deck).
type storedDeck struct {
	ctx        context.Context
	k          Keeper
	arena      uint64
	sponsor    []byte
	commitment uint32
}

func (d storedDeck) key(position uint32) collections.Triple[uint64, []byte, uint64] {
	return collections.Join3(d.arena, d.sponsor, uint64(d.commitment)<<32|uint64(position))
}

func (d storedDeck) Get(position uint32) (uint32, error) {
	value, ok, err := found(d.ctx, d.k.displaced, d.key(position))
	if err != nil || !ok {
		return position, err
	}
	return value, nil
}

func (d storedDeck) Set(position, value uint32) error {
	if value == position {
		return d.k.displaced.Remove(d.ctx, d.key(position))
	}
	return d.k.displaced.Set(d.ctx, d.key(position), value)
}

// values reads the values of a map in key order, all or those in a range.
func values[K, V any](ctx context.Context, m collections.Map[K, V], r collections.Ranger[K]) ([]V, error) {
	iterator, err := m.Iterate(ctx, r)
	if err != nil {
		return nil, err
	}
	return iterator.Values()
}
