package keeper

import (
	"context"
	"encoding/hex"
	"fmt"

	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// The ledger is the only code of the module that touches the bank. Every coin of
// the module account belongs to exactly one entry, so that at any time
//
//	balance of the module account = sum of all entries.
//
// Entries are named by what they are for; an entry that falls to zero is removed.

func scorerBond(operator string) string { return "bond/scorer/" + operator }
func sponsorBond(arena uint64, sponsor string) string {
	return fmt.Sprintf("bond/sponsor/%d/%s", arena, sponsor)
}
func modelBond(model []byte) string      { return "bond/model/" + hex.EncodeToString(model) }
func arenaBond(arena uint64) string      { return fmt.Sprintf("bond/arena/%d", arena) }
func challengeBond(seq uint64) string    { return fmt.Sprintf("bond/challenge/%d", seq) }
func unbondingEntry(seq uint64) string   { return fmt.Sprintf("unbonding/%d", seq) }
func arenaPot(arena uint64) string       { return fmt.Sprintf("pot/%d", arena) }
func rewardEntry(owner string) string    { return "reward/" + owner }
func coins(amount math.Int) sdk.Coins    { return sdk.NewCoins(sdk.NewCoin(types.Denom, amount)) }
func isNotNegative(amount math.Int) bool { return !amount.IsNil() && !amount.IsNegative() }

// balance is what an entry holds; zero when it does not exist.
func (k Keeper) balance(ctx context.Context, entry string) (math.Int, error) {
	amount, ok, err := found(ctx, k.ledger, entry)
	if err != nil || !ok {
		return math.ZeroInt(), err
	}
	return amount, nil
}

func (k Keeper) credit(ctx context.Context, entry string, amount math.Int) error {
	if !isNotNegative(amount) {
		return types.ErrLedger.Wrapf("%s: credit of %s", entry, amount)
	}
	if amount.IsZero() {
		return nil
	}
	balance, err := k.balance(ctx, entry)
	if err != nil {
		return err
	}
	return k.ledger.Set(ctx, entry, balance.Add(amount))
}

func (k Keeper) debit(ctx context.Context, entry string, amount math.Int) error {
	if !isNotNegative(amount) {
		return types.ErrLedger.Wrapf("%s: debit of %s", entry, amount)
	}
	if amount.IsZero() {
		return nil
	}
	balance, err := k.balance(ctx, entry)
	if err != nil {
		return err
	}
	rest := balance.Sub(amount)
	switch {
	case rest.IsNegative():
		return types.ErrLedger.Wrapf("%s holds %s, expected at least %s", entry, balance, amount)
	case rest.IsZero():
		return k.ledger.Remove(ctx, entry)
	}
	return k.ledger.Set(ctx, entry, rest)
}

// deposit takes coins from an account into an entry.
func (k Keeper) deposit(ctx context.Context, from sdk.AccAddress, entry string, amount math.Int) error {
	if amount.IsZero() {
		return nil
	}
	if err := k.bank.SendCoinsFromAccountToModule(ctx, from, types.ModuleName, coins(amount)); err != nil {
		return err
	}
	return k.credit(ctx, entry, amount)
}

// move shifts an amount between entries.
func (k Keeper) move(ctx context.Context, from, to string, amount math.Int) error {
	if err := k.debit(ctx, from, amount); err != nil {
		return err
	}
	return k.credit(ctx, to, amount)
}

// withdraw pays an amount out of an entry.
func (k Keeper) withdraw(ctx context.Context, entry string, to sdk.AccAddress, amount math.Int) error {
	if amount.IsZero() {
		return nil
	}
	if err := k.debit(ctx, entry, amount); err != nil {
		return err
	}
	return k.bank.SendCoinsFromModuleToAccount(ctx, types.ModuleName, to, coins(amount))
}

// burn destroys an amount of an entry.
func (k Keeper) burn(ctx context.Context, entry string, amount math.Int) error {
	if amount.IsZero() {
		return nil
	}
	if err := k.debit(ctx, entry, amount); err != nil {
		return err
	}
	return k.bank.BurnCoins(ctx, types.ModuleName, coins(amount))
}

// burnFrom destroys coins of an account: they pass through the module account,
// which alone may burn.
func (k Keeper) burnFrom(ctx context.Context, from sdk.AccAddress, amount math.Int) error {
	if amount.IsZero() {
		return nil
	}
	if err := k.bank.SendCoinsFromAccountToModule(ctx, from, types.ModuleName, coins(amount)); err != nil {
		return err
	}
	return k.bank.BurnCoins(ctx, types.ModuleName, coins(amount))
}

// mint creates coins in an entry.
func (k Keeper) mint(ctx context.Context, entry string, amount math.Int) error {
	if amount.IsZero() {
		return nil
	}
	if err := k.bank.MintCoins(ctx, types.ModuleName, coins(amount)); err != nil {
		return err
	}
	return k.credit(ctx, entry, amount)
}
