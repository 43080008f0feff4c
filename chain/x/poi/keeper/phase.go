package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// inPhase checks that a message of the given epoch arrives in its phase, and
// returns the clock with the params the epoch was frozen with.
func (k Keeper) inPhase(ctx context.Context, epoch uint64, phase types.Phase) (types.Clock, types.Params, error) {
	clock, err := k.clock.Get(ctx)
	if err != nil {
		return types.Clock{}, types.Params{}, err
	}
	if epoch != clock.Epoch {
		return types.Clock{}, types.Params{}, types.ErrWrongEpoch.Wrapf("message is for epoch %d, running is %d", epoch, clock.Epoch)
	}
	if clock.Phase != phase {
		return types.Clock{}, types.Params{}, types.ErrWrongPhase.Wrapf("epoch %d is in %s, expected %s", epoch, clock.Phase, phase)
	}
	params, err := k.epochParams.Get(ctx)
	return clock, params, err
}

// runningSlot returns a slot of the running epoch.
func (k Keeper) runningSlot(ctx context.Context, epoch, id uint64) (types.Slot, error) {
	slot, ok, err := found(ctx, k.slots, collections.Join(epoch, id))
	if err != nil {
		return types.Slot{}, err
	}
	if !ok {
		return types.Slot{}, types.ErrNotFound.Wrapf("slot %d of epoch %d", id, epoch)
	}
	return slot, nil
}

// sponsorSlot returns a slot of the running epoch that belongs to a sponsor,
// with the spec of its arena.
func (k Keeper) sponsorSlot(ctx context.Context, epoch, id uint64, sponsor string) (types.Slot, types.ArenaSpec, error) {
	slot, err := k.runningSlot(ctx, epoch, id)
	if err != nil {
		return types.Slot{}, types.ArenaSpec{}, err
	}
	if slot.Sponsor != sponsor {
		return types.Slot{}, types.ArenaSpec{}, types.ErrForeignSlot.Wrapf("slot %d is sponsored by %s, not by %s", id, slot.Sponsor, sponsor)
	}
	arena, err := k.arenas.Get(ctx, slot.Arena)
	return slot, arena.Spec, err
}

// hotKeyScorer returns the scorer, frozen into the running epoch, that a hot key acts for.
func (k Keeper) hotKeyScorer(ctx context.Context, hotKey string) (operator []byte, frozen types.FrozenScorer, err error) {
	key, err := k.address("hot key", hotKey)
	if err != nil {
		return nil, frozen, err
	}
	operator, ok, err := found(ctx, k.hotKeys, key)
	if err != nil {
		return nil, frozen, err
	}
	if !ok {
		return nil, frozen, types.ErrUnauthorized.Wrapf("%s is no scorer's hot key", hotKey)
	}
	frozen, ok, err = found(ctx, k.frozenScorers, operator)
	if err != nil {
		return nil, frozen, err
	}
	if !ok {
		return nil, frozen, types.ErrNotFrozen.Wrapf("the scorer of hot key %s", hotKey)
	}
	return operator, frozen, nil
}

// items cuts concatenated raw items apart.
func items(inputs []byte, size int) [][]byte {
	var out [][]byte
	for ; len(inputs) >= size; inputs = inputs[size:] {
		out = append(out, inputs[:size])
	}
	return out
}

// linkLeadsToTip is protocol.VerifyLink with a typed error.
func linkLeadsToTip(chainID string, operator, link, tip []byte) error {
	if !protocol.VerifyLink(chainID, operator, link, tip) {
		return types.ErrWrongLink.Wrapf("the hash of this link of %d bytes is not the tip %X", len(link), tip)
	}
	return nil
}
