package keeper

import (
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// The ledger is the only code of the module that touches the bank. Every coin of
// the module account is either available in a channel, in the bond of a service,
// or owed to an account; three totals per denom say how much, so that after every
// message
//
//	balance of the module account = avail + bonds + owed.
//
// What a channel holds and a service has bonded is in their records; whoever calls
// the ledger changes them by the same amount.

func coin(denom string, amount math.Int) sdk.Coin { return sdk.NewCoin(denom, amount) }

// change adds to a total, or takes from it; one that falls to zero is removed.
func change(ctx context.Context, totals collections.Map[string, math.Int], denom string, by math.Int) error {
	if by.IsZero() {
		return nil
	}
	total, ok, err := found(ctx, totals, denom)
	if err != nil {
		return err
	}
	if !ok {
		total = math.ZeroInt()
	}
	sum := total.Add(by)
	switch {
	case sum.IsNegative():
		return types.ErrLedger.Wrapf("%s of %s: %s, expected at least %s", totals.GetName(), denom, total, by.Neg())
	case sum.IsZero():
		return totals.Remove(ctx, denom)
	}
	return totals.Set(ctx, denom, sum)
}

// take moves coins of an account into the module.
func (k Keeper) take(ctx context.Context, from sdk.AccAddress, amount sdk.Coin) error {
	return k.bank.SendCoinsFromAccountToModule(ctx, from, types.ModuleName, sdk.NewCoins(amount))
}

// deposit takes coins for a channel.
func (k Keeper) deposit(ctx context.Context, from sdk.AccAddress, amount sdk.Coin) error {
	if err := k.take(ctx, from, amount); err != nil {
		return err
	}
	return change(ctx, k.avail, amount.Denom, amount.Amount)
}

// release takes what was released out of the channels. Its parts are credited and
// paid as fees by the caller, in the same message.
func (k Keeper) release(ctx context.Context, amount sdk.Coin) error {
	return change(ctx, k.avail, amount.Denom, amount.Amount.Neg())
}

// credit owes an account more.
func (k Keeper) credit(ctx context.Context, to string, amount sdk.Coin) error {
	if amount.IsZero() {
		return nil
	}
	owner, err := k.address("recipient", to)
	if err != nil {
		return err
	}
	key := collections.Join(owner, amount.Denom)
	owed, ok, err := found(ctx, k.credits, key)
	if err != nil {
		return err
	}
	if !ok {
		owed = math.ZeroInt()
	}
	if err := k.credits.Set(ctx, key, owed.Add(amount.Amount)); err != nil {
		return err
	}
	return change(ctx, k.owed, amount.Denom, amount.Amount)
}

// payFees burns one part of the protocol's fees and gives the other to the
// community pool.
func (k Keeper) payFees(ctx context.Context, denom string, burned, pooled math.Int) error {
	if burned.IsPositive() {
		if err := k.bank.BurnCoins(ctx, types.ModuleName, sdk.NewCoins(coin(denom, burned))); err != nil {
			return err
		}
	}
	if pooled.IsPositive() {
		return k.distribution.FundCommunityPool(ctx, sdk.NewCoins(coin(denom, pooled)), k.moduleAddr)
	}
	return nil
}

// refund credits what is left in a channel to its funder.
func (k Keeper) refund(ctx context.Context, to string, amount sdk.Coin) error {
	if err := change(ctx, k.avail, amount.Denom, amount.Amount.Neg()); err != nil {
		return err
	}
	return k.credit(ctx, to, amount)
}

// lockBond takes the bond of a service.
func (k Keeper) lockBond(ctx context.Context, from sdk.AccAddress, bond math.Int) error {
	if bond.IsZero() {
		return nil
	}
	if err := k.take(ctx, from, coin(types.BondDenom, bond)); err != nil {
		return err
	}
	return change(ctx, k.bonds, types.BondDenom, bond)
}

// releaseBond credits the bond of a service to its provider.
func (k Keeper) releaseBond(ctx context.Context, to string, bond math.Int) error {
	if err := change(ctx, k.bonds, types.BondDenom, bond.Neg()); err != nil {
		return err
	}
	return k.credit(ctx, to, coin(types.BondDenom, bond))
}

// slash takes the whole bond of a service: the reward is credited to an account
// (none if it is zero), the rest burned.
func (k Keeper) slash(ctx context.Context, bond math.Int, to string, reward math.Int) error {
	if err := change(ctx, k.bonds, types.BondDenom, bond.Neg()); err != nil {
		return err
	}
	if err := k.credit(ctx, to, coin(types.BondDenom, reward)); err != nil {
		return err
	}
	return k.bank.BurnCoins(ctx, types.ModuleName, sdk.NewCoins(coin(types.BondDenom, bond.Sub(reward))))
}

// withdraw pays out everything that is owed to an account.
func (k Keeper) withdraw(ctx context.Context, owner sdk.AccAddress) (sdk.Coins, error) {
	owed := sdk.NewCoins()
	if err := k.credits.Walk(ctx, collections.NewPrefixedPairRange[[]byte, string](owner), func(key addressDenom, amount math.Int) (bool, error) {
		owed = owed.Add(coin(key.K2(), amount))
		return false, nil
	}); err != nil {
		return nil, err
	}
	for _, c := range owed {
		if err := k.credits.Remove(ctx, collections.Join([]byte(owner), c.Denom)); err != nil {
			return nil, err
		}
		if err := change(ctx, k.owed, c.Denom, c.Amount.Neg()); err != nil {
			return nil, err
		}
	}
	if owed.IsZero() {
		return owed, nil
	}
	return owed, k.bank.SendCoinsFromModuleToAccount(ctx, types.ModuleName, owner, owed)
}
