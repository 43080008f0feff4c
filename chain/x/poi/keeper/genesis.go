package keeper

import (
	"bytes"
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// InitGenesis writes a validated genesis. Indexes are rebuilt; the ledger must
// add up to what the module account holds, and the audits must fit the parameters.
func (k Keeper) InitGenesis(ctx sdk.Context, gs types.GenesisState) error {
	if err := gs.Validate(); err != nil {
		return err
	}
	total := math.ZeroInt()
	for _, entry := range gs.Ledger {
		total = total.Add(entry.Amount)
	}
	if balance := k.bank.GetBalance(ctx, k.moduleAddr, types.Denom).Amount; !balance.Equal(total) {
		return types.ErrGenesis.Wrapf("the ledger adds up to %s, the module account holds %s", total, balance)
	}
	clock := types.Clock{Epoch: 1, Phase: types.PHASE_BEACON, Randomness: protocol.GenesisBeacon(ctx.ChainID())}
	if gs.Clock != nil {
		clock = *gs.Clock
	} else {
		gs.Emission.LastHeight = ctx.BlockHeight()
	}
	if err := errors.Join(
		k.params.Set(ctx, gs.Params),
		k.clock.Set(ctx, clock),
		k.sequences.Set(ctx, gs.Sequences),
		k.fee.Set(ctx, gs.Fee),
		k.emission.Set(ctx, gs.Emission),
		k.initArenas(ctx, gs),
		k.initModels(ctx, gs),
		k.initParticipants(ctx, gs),
		k.initEpoch(ctx, gs),
		k.initResults(ctx, gs),
		each(gs.Ledger, func(e types.LedgerEntry) error { return k.ledger.Set(ctx, e.Account, e.Amount) }),
		each(gs.Unbondings, func(u types.Unbonding) error {
			return k.unbondings.Set(ctx, collections.Join(u.Matures, u.Seq), u)
		}),
	); err != nil {
		return err
	}
	return k.checkFits(ctx, gs.Params)
}

func (k Keeper) initArenas(ctx context.Context, gs types.GenesisState) error {
	return errors.Join(
		each(gs.Arenas, func(a types.Arena) error {
			return errors.Join(k.arenas.Set(ctx, a.Id, a), k.arenaNames.Set(ctx, a.Spec.Name, a.Id))
		}),
		each(gs.Steps, func(s types.Step) error { return k.steps.Set(ctx, collections.Join(s.Arena, s.Index), s) }),
		each(gs.Contenders, func(c types.Contender) error {
			return k.contenders.Set(ctx, collections.Join(c.Arena, c.Model), c)
		}),
	)
}

func (k Keeper) initModels(ctx context.Context, gs types.GenesisState) error {
	return errors.Join(
		each(gs.Models, func(m types.Model) error {
			author, err := k.addressCodec.StringToBytes(m.Author)
			return errors.Join(err,
				k.models.Set(ctx, m.Id, m),
				k.modelsByArena.Set(ctx, collections.Join(m.Arena, m.Id)),
				k.modelsByAuthor.Set(ctx, collections.Join(author, m.Id)),
			)
		}),
		each(gs.ModelFiles, func(f types.ModelFile) error { return k.modelFiles.Set(ctx, f.Model, f.File) }),
		each(gs.Reservations, func(r types.Reservation) error {
			return errors.Join(
				k.reservations.Set(ctx, r.Hash, r),
				k.reservationHeights.Set(ctx, collections.Join(r.Height, r.Hash)),
			)
		}),
	)
}

func (k Keeper) initParticipants(ctx context.Context, gs types.GenesisState) error {
	return errors.Join(
		each(gs.Sponsors, func(s types.Sponsor) error {
			address, err := k.addressCodec.StringToBytes(s.Address)
			return errors.Join(err, k.sponsors.Set(ctx, collections.Join(s.Arena, address), s))
		}),
		each(gs.Commitments, func(c types.Commitment) error {
			address, err := k.addressCodec.StringToBytes(c.Sponsor)
			return errors.Join(err,
				k.commitments.Set(ctx, collections.Join3(c.Arena, address, c.Index), c),
				k.roots.Set(ctx, c.Root),
			)
		}),
		each(gs.Displaced, func(d types.Displaced) error {
			address, err := k.addressCodec.StringToBytes(d.Sponsor)
			deck := storedDeck{ctx: ctx, k: k, arena: d.Arena, sponsor: address, commitment: d.Commitment}
			return errors.Join(err, deck.Set(d.Position, d.Value))
		}),
		each(gs.Scorers, func(s types.Scorer) error {
			operator, err := k.addressCodec.StringToBytes(s.Operator)
			hotKey, hotErr := k.addressCodec.StringToBytes(s.HotKey)
			return errors.Join(err, hotErr,
				k.scorers.Set(ctx, operator, s),
				k.hotKeys.Set(ctx, hotKey, operator),
			)
		}),
	)
}

// initEpoch restores the running epoch of an export taken in its middle.
func (k Keeper) initEpoch(ctx context.Context, gs types.GenesisState) error {
	if gs.EpochParams != nil {
		if err := k.epochParams.Set(ctx, *gs.EpochParams); err != nil {
			return err
		}
	}
	if gs.Settlement != nil {
		if err := k.settlement.Set(ctx, *gs.Settlement); err != nil {
			return err
		}
	}
	return errors.Join(
		each(gs.FrozenArenas, func(a types.FrozenArena) error { return k.frozenArenas.Set(ctx, a.Arena, a) }),
		each(gs.FrozenScorers, func(s types.FrozenScorer) error {
			operator, err := k.addressCodec.StringToBytes(s.Operator)
			return errors.Join(err, k.frozenScorers.Set(ctx, operator, s))
		}),
		each(gs.Inputs, func(i types.SlotInputs) error { return k.inputs.Set(ctx, i.Slot, i.Inputs) }),
		each(gs.Rows, func(r types.SlotRow) error { return k.rows.Set(ctx, collections.Join(r.Slot, r.Row.Model), r.Row) }),
		each(gs.ExecutedRows, func(r types.ExecutedRow) error {
			return k.executedRows.Set(ctx, collections.Join(r.Slot, r.Model), r)
		}),
		each(gs.Challenges, func(c types.Challenge) error { return k.challenges.Set(ctx, c.Seq, c) }),
		each(gs.Challenged, func(c types.Challenge) error {
			return k.challenged.Set(ctx, collections.Join3(c.Slot, c.Model, c.Item))
		}),
		k.auditCursor.Set(ctx, gs.AuditCursor),
	)
}

func (k Keeper) initResults(ctx context.Context, gs types.GenesisState) error {
	return errors.Join(
		each(gs.Slots, func(s types.Slot) error { return k.slots.Set(ctx, collections.Join(s.Epoch, s.Id), s) }),
		each(gs.Epochs, func(e types.EpochRecord) error { return k.epochs.Set(ctx, e.Epoch, e) }),
		each(gs.ArenaEpochs, func(a types.ArenaEpoch) error {
			return k.arenaEpochs.Set(ctx, collections.Join(a.Epoch, a.Arena), a)
		}),
		each(gs.ModelEpochs, func(m types.ModelEpoch) error {
			return k.modelEpochs.Set(ctx, collections.Join(m.Model, m.Epoch), m)
		}),
		each(gs.Convictions, func(c types.Conviction) error {
			operator, err := k.addressCodec.StringToBytes(c.Scorer)
			return errors.Join(err, k.convictions.Set(ctx, collections.Join(c.Epoch, operator), c))
		}),
	)
}

// each applies write to all items and stops at the first error.
func each[T any](list []T, write func(T) error) error {
	for _, item := range list {
		if err := write(item); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis returns the whole state, also in the middle of an epoch.
func (k Keeper) ExportGenesis(ctx sdk.Context) (*types.GenesisState, error) {
	e := exporter{ctx: ctx}
	gs := &types.GenesisState{
		Params:        exportItem(&e, k.params),
		Clock:         exportOptional(&e, k.clock),
		Arenas:        exportMap(&e, k.arenas),
		Steps:         exportMap(&e, k.steps),
		Contenders:    exportMap(&e, k.contenders),
		Models:        exportMap(&e, k.models),
		Reservations:  exportMap(&e, k.reservations),
		Fee:           exportItem(&e, k.fee),
		Sponsors:      exportMap(&e, k.sponsors),
		Commitments:   exportMap(&e, k.commitments),
		Scorers:       exportMap(&e, k.scorers),
		Unbondings:    exportMap(&e, k.unbondings),
		Emission:      exportItem(&e, k.emission),
		EpochParams:   exportOptional(&e, k.epochParams),
		FrozenArenas:  exportMap(&e, k.frozenArenas),
		FrozenScorers: exportMap(&e, k.frozenScorers),
		Slots:         exportMap(&e, k.slots),
		ExecutedRows:  exportMap(&e, k.executedRows),
		Challenges:    exportMap(&e, k.challenges),
		Settlement:    exportOptional(&e, k.settlement),
		Epochs:        exportMap(&e, k.epochs),
		ArenaEpochs:   exportMap(&e, k.arenaEpochs),
		ModelEpochs:   exportMap(&e, k.modelEpochs),
		Convictions:   exportMap(&e, k.convictions),
		Sequences:     exportItem(&e, k.sequences),
	}
	if cursor := exportOptional(&e, k.auditCursor); cursor != nil {
		gs.AuditCursor = *cursor
	}
	e.join(k.ledger.Walk(ctx, nil, func(account string, amount math.Int) (bool, error) {
		gs.Ledger = append(gs.Ledger, types.LedgerEntry{Account: account, Amount: amount})
		return false, nil
	}))
	e.join(k.modelFiles.Walk(ctx, nil, func(model, file []byte) (bool, error) {
		gs.ModelFiles = append(gs.ModelFiles, types.ModelFile{Model: model, File: file})
		return false, nil
	}))
	e.join(k.inputs.Walk(ctx, nil, func(slot uint64, inputs []byte) (bool, error) {
		gs.Inputs = append(gs.Inputs, types.SlotInputs{Slot: slot, Inputs: inputs})
		return false, nil
	}))
	e.join(k.rows.Walk(ctx, nil, func(key slotModel, row types.Row) (bool, error) {
		gs.Rows = append(gs.Rows, types.SlotRow{Slot: key.K1(), Row: row})
		return false, nil
	}))
	e.join(k.challenged.Walk(ctx, nil, func(key collections.Triple[uint64, []byte, uint32]) (bool, error) {
		gs.Challenged = append(gs.Challenged, types.Challenge{Slot: key.K1(), Model: bytes.Clone(key.K2()), Item: key.K3()})
		return false, nil
	}))
	e.join(k.displaced.Walk(ctx, nil, func(key collections.Triple[uint64, []byte, uint64], value uint32) (bool, error) {
		sponsor, err := k.addressCodec.BytesToString(key.K2())
		gs.Displaced = append(gs.Displaced, types.Displaced{
			Arena: key.K1(), Sponsor: sponsor, Commitment: uint32(key.K3() >> 32), Position: uint32(key.K3()), Value: value,
		})
		return false, err
	}))
	return gs, e.err
}

// exporter collects the errors of an export, so that it reads as one literal.
type exporter struct {
	ctx context.Context
	err error
}

func (e *exporter) join(err error) { e.err = errors.Join(e.err, err) }

func exportItem[V any](e *exporter, item collections.Item[V]) V {
	value, err := item.Get(e.ctx)
	e.join(err)
	return value
}

// exportOptional returns nil for an item that was never written.
func exportOptional[V any](e *exporter, item collections.Item[V]) *V {
	value, err := item.Get(e.ctx)
	if errors.Is(err, collections.ErrNotFound) {
		return nil
	}
	e.join(err)
	return &value
}

func exportMap[K, V any](e *exporter, m collections.Map[K, V]) []V {
	all, err := values(e.ctx, m, nil)
	e.join(err)
	return all
}
