package keeper

import (
	"bytes"
	"context"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// PostRows takes the rows of a slot: one for every frozen model, in id order.
// A later post in the phase replaces an earlier one.
func (s msgServer) PostRows(ctx context.Context, msg *types.MsgPostRows) (*types.MsgPostRowsResponse, error) {
	clock, params, err := s.inPhase(ctx, msg.Epoch, types.PHASE_ROWS)
	if err != nil {
		return nil, err
	}
	_, scorer, err := s.hotKeyScorer(ctx, msg.HotKey)
	if err != nil {
		return nil, err
	}
	slot, err := s.runningSlot(ctx, msg.Epoch, msg.Slot)
	if err != nil {
		return nil, err
	}
	if slot.Scorer != scorer.Operator {
		return nil, types.ErrForeignSlot.Wrapf("slot %d is scored by %s, not by %s", slot.Id, slot.Scorer, scorer.Operator)
	}
	if len(slot.InputsRoot) == 0 {
		return nil, types.ErrWrongRows.Wrapf("slot %d has no inputs: it is void", slot.Id)
	}
	frozen, err := s.frozenArenas.Get(ctx, slot.Arena)
	if err != nil {
		return nil, err
	}
	if len(msg.Rows) != len(frozen.Models) {
		return nil, types.ErrWrongRows.Wrapf("%d rows, expected one for each of %d models", len(msg.Rows), len(frozen.Models))
	}
	arena, err := s.arenas.Get(ctx, slot.Arena)
	if err != nil {
		return nil, err
	}
	format := arena.Spec.Format()
	for i, row := range msg.Rows {
		if !bytes.Equal(row.Model, frozen.Models[i].Id) {
			return nil, types.ErrWrongRows.Wrapf("row %d is of model %X, expected %X", i, row.Model, frozen.Models[i].Id)
		}
		if err := format.CheckRow(params.BatchItems, row.Answers, row.Tags); err != nil {
			return nil, types.ErrWrongRows.Wrapf("row of model %X: %s", row.Model, err)
		}
	}

	for _, row := range msg.Rows {
		if err := s.rows.Set(ctx, collections.Join(slot.Id, row.Model), row); err != nil {
			return nil, err
		}
	}
	slot.RowsPosted = true
	if err := s.slots.Set(ctx, collections.Join(clock.Epoch, slot.Id), slot); err != nil {
		return nil, err
	}
	return &types.MsgPostRowsResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventRowsPosted{Epoch: clock.Epoch, Slot: slot.Id, Scorer: scorer.Operator})
}
