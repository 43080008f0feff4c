package keeper

import (
	"context"
	"strconv"
	"strings"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

const (
	// maturingPerBlock bounds the work of a block; what is left matures in the next.
	maturingPerBlock = 100
	// unbondingRetry is how many blocks later a bond is looked at again that the
	// running epoch still holds.
	unbondingRetry = 10
)

// startUnbonding sends the whole bond of an entry on its way back to its owner.
// Until it has matured it can be slashed. An empty entry starts nothing.
func (k Keeper) startUnbonding(ctx context.Context, bond, owner string) error {
	amount, err := k.balance(ctx, bond)
	if err != nil || amount.IsZero() {
		return err
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return err
	}
	seq, err := k.nextSequence(ctx, func(n *types.Sequences) *uint64 { return &n.Unbonding })
	if err != nil {
		return err
	}
	if err := k.move(ctx, bond, unbondingEntry(seq), amount); err != nil {
		return err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	unbonding := types.Unbonding{
		Seq:     seq,
		Matures: sdkCtx.BlockHeight() + int64(params.UnbondingBlocks),
		Owner:   owner,
		Origin:  bond,
	}
	if err := k.unbondings.Set(ctx, collections.Join(unbonding.Matures, seq), unbonding); err != nil {
		return err
	}
	return sdkCtx.EventManager().EmitTypedEvent(&types.EventUnbondingStarted{Unbonding: unbonding, Amount: amount})
}

// matureUnbondings pays back, at the end of a block, the bonds that have matured.
// One that its owner still answers with in the running epoch is put off.
func (k Keeper) matureUnbondings(ctx sdk.Context) error {
	due, err := k.dueUnbondings(ctx)
	if err != nil {
		return err
	}
	for _, unbonding := range due {
		if err := k.unbondings.Remove(ctx, collections.Join(unbonding.Matures, unbonding.Seq)); err != nil {
			return err
		}
		held, err := k.heldByEpoch(ctx, unbonding)
		if err != nil {
			return err
		}
		if held {
			unbonding.Matures = ctx.BlockHeight() + unbondingRetry
			if err := k.unbondings.Set(ctx, collections.Join(unbonding.Matures, unbonding.Seq), unbonding); err != nil {
				return err
			}
			continue
		}
		if err := k.payUnbonding(ctx, unbonding); err != nil {
			return err
		}
	}
	return nil
}

func (k Keeper) dueUnbondings(ctx sdk.Context) ([]types.Unbonding, error) {
	iterator, err := k.unbondings.Iterate(ctx, collections.NewPrefixUntilPairRange[int64, uint64](ctx.BlockHeight()))
	if err != nil {
		return nil, err
	}
	defer iterator.Close()
	var due []types.Unbonding
	for ; iterator.Valid() && len(due) < maturingPerBlock; iterator.Next() {
		unbonding, err := iterator.Value()
		if err != nil {
			return nil, err
		}
		due = append(due, unbonding)
	}
	return due, nil
}

func (k Keeper) payUnbonding(ctx sdk.Context, unbonding types.Unbonding) error {
	owner, err := k.address("owner", unbonding.Owner)
	if err != nil {
		return err
	}
	entry := unbondingEntry(unbonding.Seq)
	amount, err := k.balance(ctx, entry)
	if err != nil {
		return err
	}
	if err := k.withdraw(ctx, entry, owner, amount); err != nil {
		return err
	}
	if model, ok := modelOfBond(unbonding.Origin); ok {
		if err := k.releaseModel(ctx, model); err != nil {
			return err
		}
	}
	return ctx.EventManager().EmitTypedEvent(&types.EventUnbondingMatured{Unbonding: unbonding, Amount: amount})
}

// heldByEpoch says whether the running epoch has frozen what the bond stands for:
// its rows or batches can still turn out wrong, its file is still run.
func (k Keeper) heldByEpoch(ctx context.Context, unbonding types.Unbonding) (bool, error) {
	if operator, ok := strings.CutPrefix(unbonding.Origin, scorerBond("")); ok {
		raw, err := k.address("operator", operator)
		if err != nil {
			return false, err
		}
		return k.frozenScorers.Has(ctx, raw)
	}
	if id, ok := modelOfBond(unbonding.Origin); ok {
		model, err := k.models.Get(ctx, id)
		if err != nil {
			return false, err
		}
		return k.isFrozenModel(ctx, model)
	}
	arena, sponsor, ok := sponsorOfBond(unbonding.Origin)
	if !ok {
		return false, nil
	}
	frozen, ok, err := found(ctx, k.frozenArenas, arena)
	if err != nil || !ok {
		return false, err
	}
	for _, s := range frozen.Sponsors {
		if s.Address == sponsor {
			return true, nil
		}
	}
	return false, nil
}

// sponsorOfBond reads back what sponsorBond wrote.
func sponsorOfBond(entry string) (arena uint64, sponsor string, ok bool) {
	rest, ok := strings.CutPrefix(entry, "bond/sponsor/")
	if !ok {
		return 0, "", false
	}
	id, sponsor, _ := strings.Cut(rest, "/")
	arena, err := strconv.ParseUint(id, 10, 64)
	return arena, sponsor, err == nil
}

// slash takes a part of a bond: all of it is burned, or half, when there is a
// reporter, who is rewarded with the other half. A bond that is on its way back
// is slashed there, the newest first.
func (k Keeper) slash(ctx context.Context, bond string, bps uint32, reporter string) (slashed, reward math.Int, err error) {
	fail := func(err error) (math.Int, math.Int, error) { return math.ZeroInt(), math.ZeroInt(), err }
	entry, err := k.slashable(ctx, bond)
	if err != nil {
		return fail(err)
	}
	balance, err := k.balance(ctx, entry)
	if err != nil {
		return fail(err)
	}
	slashed, reward = balance.MulRaw(int64(bps)).QuoRaw(protocol.BasisPoints), math.ZeroInt()
	if reporter != "" {
		reward = slashed.QuoRaw(2)
	}
	if err := k.move(ctx, entry, rewardEntry(reporter), reward); err != nil {
		return fail(err)
	}
	if err := k.burn(ctx, entry, slashed.Sub(reward)); err != nil {
		return fail(err)
	}
	return slashed, reward, nil
}

// slashable finds the entry that a bond answers with: the bond itself or, after
// its owner has left, the unbonding that began last. Who left and bonded again
// has a whole bond, and answers with that one.
func (k Keeper) slashable(ctx context.Context, bond string) (string, error) {
	balance, err := k.balance(ctx, bond)
	if err != nil || balance.IsPositive() {
		return bond, err
	}
	entry := bond
	var newest uint64
	err = k.unbondings.Walk(ctx, nil, func(_ collections.Pair[int64, uint64], unbonding types.Unbonding) (bool, error) {
		if unbonding.Origin == bond && unbonding.Seq > newest {
			newest, entry = unbonding.Seq, unbondingEntry(unbonding.Seq)
		}
		return false, nil
	})
	return entry, err
}
