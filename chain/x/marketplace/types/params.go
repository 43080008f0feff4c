package types

import (
	"fmt"
	"math/big"

	sdkmath "cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
)

const (
	// MaxDenoms is the most coins that prices may be in.
	MaxDenoms = 16

	// unit is one ASSAY in uassay.
	unit = 1_000_000
	// maxFeeBps is the most the protocol may take: a fifth.
	maxFeeBps = 2_000
	// basisPoints is the whole, where a parameter is a ratio.
	basisPoints = 10_000
)

// maxAmount bounds every amount: vouchers count in 64 bits.
var maxAmount = sdkmath.NewIntFromBigInt(new(big.Int).SetUint64(1<<64 - 1))

// DefaultParams are the values for a public network with blocks of about two
// seconds: a payer's closing waits eight hours, a provider answers with its bond
// for 56 hours after closing.
func DefaultParams() Params {
	return Params{
		Denoms:          []AllowedDenom{{Denom: BondDenom, MinDeposit: sdkmath.NewInt(1_000_000)}},
		ProtocolFeeBps:  200,
		LineageBps:      2_000,
		ServiceBond:     sdkmath.NewInt(1_000 * unit),
		GraceBlocks:     14_400,
		UnbondingBlocks: 100_800,
		MinPromiseItems: 512,
		ClaimRowGas:     3_000,
	}
}

// LocalParams are the values for networks on one host with blocks of a second.
func LocalParams() Params {
	p := DefaultParams()
	p.Denoms[0].MinDeposit = sdkmath.NewInt(1_000)
	p.ServiceBond = sdkmath.NewInt(100 * unit)
	p.GraceBlocks = 20
	p.UnbondingBlocks = 60
	p.MinPromiseItems = 256
	return p
}

// limit is what one parameter may be.
type limit struct {
	name     string
	value    uint64
	min, max uint64
}

// limits lists the bounds of every number in the parameters, amounts apart.
func (p Params) limits() []limit {
	const blocks = 10_000_000
	return []limit{
		{"protocol_fee_bps", uint64(p.ProtocolFeeBps), 0, maxFeeBps},
		{"lineage_bps", uint64(p.LineageBps), 0, basisPoints},
		{"grace_blocks", uint64(p.GraceBlocks), 1, blocks},
		{"unbonding_blocks", uint64(p.UnbondingBlocks), 1, blocks},
		{"min_promise_items", uint64(p.MinPromiseItems), 1, 1_000_000},
		{"claim_row_gas", p.ClaimRowGas, 1_000, 1_000_000},
	}
}

// Validate checks every parameter against its bounds.
func (p Params) Validate() error {
	for _, l := range p.limits() {
		if l.value < l.min || l.value > l.max {
			return ErrInvalid.Wrapf("%s is %d, expected %d to %d", l.name, l.value, l.min, l.max)
		}
	}
	// A bond of nothing would make a service with a model look like one without.
	if err := CheckAmount("service_bond", p.ServiceBond); err != nil {
		return err
	}
	if len(p.Denoms) > MaxDenoms {
		return ErrInvalid.Wrapf("%d denoms, expected at most %d", len(p.Denoms), MaxDenoms)
	}
	for i, d := range p.Denoms {
		if err := sdk.ValidateDenom(d.Denom); err != nil {
			return ErrDenom.Wrapf("denoms: %s", err)
		}
		if i > 0 && d.Denom <= p.Denoms[i-1].Denom {
			return ErrInvalid.Wrapf("denoms: %s follows %s, expected each once and in ascending order", d.Denom, p.Denoms[i-1].Denom)
		}
		if err := CheckAmount(fmt.Sprintf("min_deposit of %s", d.Denom), d.MinDeposit); err != nil {
			return err
		}
	}
	return nil
}

// MinDeposit is the least deposit in a denom; ErrDenom if it is not allowed.
func (p Params) MinDeposit(denom string) (sdkmath.Int, error) {
	for _, d := range p.Denoms {
		if d.Denom == denom {
			return d.MinDeposit, nil
		}
	}
	return sdkmath.Int{}, ErrDenom.Wrapf("denom %q, expected one of params.denoms", denom)
}

// CheckAmount checks an amount that a message brings: 1 to 2^64-1.
func CheckAmount(what string, amount sdkmath.Int) error {
	if amount.IsNil() || !amount.IsPositive() || amount.GT(maxAmount) {
		return ErrAmount.Wrapf("%s is %s, expected 1 to %s", what, amount, maxAmount)
	}
	return nil
}

// CheckCoin is CheckAmount for a coin whose denom must be that of what it pays.
func CheckCoin(what string, coin sdk.Coin, denom string) error {
	if coin.Denom != denom {
		return ErrDenom.Wrapf("%s is in %q, expected %q", what, coin.Denom, denom)
	}
	return CheckAmount(what, coin.Amount)
}
