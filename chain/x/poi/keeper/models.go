package keeper

import (
	"bytes"
	"context"
	"encoding/hex"
	"slices"
	"strings"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// arenaByID loads an arena that a message names.
func (k Keeper) arenaByID(ctx context.Context, id uint64) (types.Arena, error) {
	arena, ok, err := found(ctx, k.arenas, id)
	if err == nil && !ok {
		err = types.ErrNotFound.Wrapf("arena %d", id)
	}
	return arena, err
}

// modelByID loads a model that a message names.
func (k Keeper) modelByID(ctx context.Context, id []byte) (types.Model, error) {
	if err := checkModelID(id); err != nil {
		return types.Model{}, err
	}
	model, ok, err := found(ctx, k.models, id)
	if err == nil && !ok {
		err = types.ErrNotFound.Wrapf("model %x", id)
	}
	return model, err
}

// checkModelID keeps what cannot be an id out of store keys and error texts.
func checkModelID(id []byte) error {
	if len(id) != protocol.HashSize {
		return types.ErrInvalid.Wrapf("model id has %d bytes, expected %d", len(id), protocol.HashSize)
	}
	return nil
}

// ownModel is modelByID for the model's author alone.
func (k Keeper) ownModel(ctx context.Context, id []byte, owner string) (types.Model, error) {
	model, err := k.modelByID(ctx, id)
	if err == nil && model.Author != owner {
		err = types.ErrUnauthorized.Wrapf("model %x belongs to %s, not to %s", id, model.Author, owner)
	}
	return model, err
}

// addModel stores a new model with its file. The record stays for good, so that
// the same file is never accepted again.
func (k Keeper) addModel(ctx context.Context, model types.Model, author, file []byte) error {
	known, err := k.models.Has(ctx, model.Id)
	if err != nil {
		return err
	}
	if known {
		return types.ErrExists.Wrapf("model %x", model.Id)
	}
	if err := k.models.Set(ctx, model.Id, model); err != nil {
		return err
	}
	if err := k.modelFiles.Set(ctx, model.Id, file); err != nil {
		return err
	}
	if err := k.modelsByArena.Set(ctx, collections.Join(model.Arena, model.Id)); err != nil {
		return err
	}
	return k.modelsByAuthor.Set(ctx, collections.Join(author, model.Id))
}

// setModelStatus writes a model with a new status and tells about it.
func (k Keeper) setModelStatus(ctx context.Context, model types.Model, status types.ModelStatus) error {
	model.Status = status
	if err := k.models.Set(ctx, model.Id, model); err != nil {
		return err
	}
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventModelStatusChanged{
		Model: model.Id, Arena: model.Arena, Status: status,
	})
}

// retireModel ends a model's contention, if it contends, and lets its bond
// unbond. The running epoch goes on with what it froze.
func (k Keeper) retireModel(ctx context.Context, model types.Model, status types.ModelStatus) error {
	if err := k.contenders.Remove(ctx, collections.Join(model.Arena, model.Id)); err != nil {
		return err
	}
	if err := k.clearCall(ctx, model); err != nil {
		return err
	}
	if err := k.setModelStatus(ctx, model, status); err != nil {
		return err
	}
	return k.startUnbonding(ctx, modelBond(model.Id), model.Author)
}

// clearCall takes a model's call for the next epoch back.
func (k Keeper) clearCall(ctx context.Context, model types.Model) error {
	arena, err := k.arenas.Get(ctx, model.Arena)
	if err != nil || !bytes.Equal(arena.Called, model.Id) {
		return err
	}
	arena.Called = nil
	return k.arenas.Set(ctx, arena.Id, arena)
}

// makeRoom lets the weakest contender of a full arena give way to a newcomer.
func (k Keeper) makeRoom(ctx context.Context, arena types.Arena, maxModels uint32) error {
	contenders, err := values(ctx, k.contenders, collections.NewPrefixedPairRange[uint64, []byte](arena.Id))
	if err != nil || len(contenders) < int(maxModels) {
		return err
	}
	frozen, _, err := found(ctx, k.frozenArenas, arena.Id)
	if err != nil {
		return err
	}
	var ids [][]byte
	var candidates []protocol.Contender
	for _, contender := range contenders {
		// Called for this epoch or for the next.
		if bytes.Equal(contender.Model, arena.Called) || bytes.Equal(contender.Model, frozen.Called) {
			continue
		}
		sum, err := k.keptScreening(contender)
		if err != nil {
			return err
		}
		ids = append(ids, contender.Model)
		candidates = append(candidates, protocol.Contender{Sequence: contender.ReservationSeq, Trial: sum})
	}
	evicted, ok := protocol.ChooseEvicted(candidates, -1)
	if !ok {
		return types.ErrArenaFull.Wrapf("arena %d has %d contenders, at most %d, and all are called or better than the top", arena.Id, len(contenders), maxModels)
	}
	model, err := k.models.Get(ctx, ids[evicted])
	if err != nil {
		return err
	}
	return k.retireModel(ctx, model, types.MODEL_STATUS_EVICTED)
}

// lastSteps returns the steps whose models a called contender must beat, newest
// first.
func (k Keeper) lastSteps(ctx context.Context, arena types.Arena) ([]types.Step, error) {
	var steps []types.Step
	for i := arena.Steps; i > 0 && len(steps) < protocol.MaxRivals; i-- {
		step, err := k.steps.Get(ctx, collections.Join(arena.Id, i-1))
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// usableSponsors counts the sponsors that can still measure a contender: those of
// its first epoch (of the arena, before it had one) that are in their place and
// have a batch left that was committed before its reservation.
func (k Keeper) usableSponsors(ctx context.Context, contender types.Contender) (uint32, error) {
	sponsors, err := values(ctx, k.sponsors, collections.NewPrefixedPairRange[uint64, []byte](contender.Arena))
	if err != nil {
		return 0, err
	}
	var usable uint32
	for _, sponsor := range sponsors {
		if !sponsor.Approved || !sponsor.Bonded || sponsor.CurrentCommitment >= sponsor.Commitments {
			continue
		}
		if len(contender.Sponsors) > 0 && !slices.Contains(contender.Sponsors, sponsor.Address) {
			continue
		}
		// The oldest unspent commitment: if it is too young, all others are.
		commitment, err := k.commitment(ctx, sponsor.Arena, sponsor.Address, sponsor.CurrentCommitment)
		if err != nil {
			return 0, err
		}
		if commitment.Remaining > 0 && commitment.Height < contender.ReservationHeight {
			usable++
		}
	}
	return usable, nil
}

// isFrozenModel says whether the scorers run the model in the running epoch.
func (k Keeper) isFrozenModel(ctx context.Context, model types.Model) (bool, error) {
	frozen, ok, err := found(ctx, k.frozenArenas, model.Arena)
	if err != nil || !ok {
		return false, err
	}
	return slices.ContainsFunc(frozen.Models, func(m types.FrozenModel) bool { return bytes.Equal(m.Id, model.Id) }), nil
}

// modelOfBond reads back what modelBond wrote.
func modelOfBond(entry string) (model []byte, ok bool) {
	text, ok := strings.CutPrefix(entry, modelBond(nil))
	if !ok {
		return nil, false
	}
	model, err := hex.DecodeString(text)
	return model, err == nil
}

// releaseModel is called when a model's bond has been paid back.
func (k Keeper) releaseModel(ctx context.Context, id []byte) error {
	model, err := k.models.Get(ctx, id)
	if err != nil {
		return err
	}
	model.Bonded = false
	return k.keepOrDelete(ctx, model)
}

// keepOrDelete writes a model, and deletes its file when nothing refers to it any
// more: no bond, no step, no service that answers for it. A model without a bond
// is not run by the epoch either: its bond was not paid back before (heldByEpoch),
// and it contends no more.
func (k Keeper) keepOrDelete(ctx context.Context, model types.Model) error {
	if model.Bonded || model.StepMark > 0 || model.Holds > 0 {
		return k.models.Set(ctx, model.Id, model)
	}
	model.HasFile = false
	if err := k.models.Set(ctx, model.Id, model); err != nil {
		return err
	}
	if err := k.modelFiles.Remove(ctx, model.Id); err != nil {
		return err
	}
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventModelFileDeleted{Model: model.Id})
}
