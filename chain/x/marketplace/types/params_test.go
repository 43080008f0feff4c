package types

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	sdkmath "cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"
)

func TestParamsOfBothNetworksAreValid(t *testing.T) {
	require.NoError(t, DefaultParams().Validate())
	require.NoError(t, LocalParams().Validate())
	require.NotEqual(t, DefaultParams().Denoms, LocalParams().Denoms, "they share no memory")
}

// Every number of the parameters has bounds, and each bound is enforced by name.
func TestEveryParamHasBounds(t *testing.T) {
	limits := map[string]limit{}
	for _, l := range DefaultParams().limits() {
		limits[l.name] = l
	}
	kind := reflect.TypeFor[Params]()
	for i := range kind.NumField() {
		name, _, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ",")
		if name == "denoms" || name == "service_bond" {
			continue // below
		}
		l, ok := limits[name]
		require.True(t, ok, "%s has no bounds", name)
		delete(limits, name)
		set := func(value uint64) error {
			p := DefaultParams()
			reflect.ValueOf(&p).Elem().Field(i).SetUint(value)
			return p.Validate()
		}
		require.NoError(t, set(l.min))
		require.NoError(t, set(l.max))
		require.ErrorContains(t, set(l.max+1), fmt.Sprintf("%s is %d, expected %d to %d", name, l.max+1, l.min, l.max))
		if l.min > 0 {
			require.ErrorContains(t, set(l.min-1), name)
		}
	}
	require.Empty(t, limits)
}

func TestParamsRefused(t *testing.T) {
	allowed := func(denom string, least int64) AllowedDenom {
		return AllowedDenom{Denom: denom, MinDeposit: sdkmath.NewInt(least)}
	}
	many := make([]AllowedDenom, MaxDenoms+1)
	for i := range many {
		many[i] = allowed(fmt.Sprintf("coin%02d", i), 1)
	}
	p := DefaultParams()
	p.Denoms = many[:MaxDenoms]
	require.NoError(t, p.Validate())
	p.Denoms = nil
	require.NoError(t, p.Validate(), "no new money at all")
	for _, c := range []struct {
		name   string
		change func(p *Params)
		err    string
	}{
		{"no bond", func(p *Params) { p.ServiceBond = sdkmath.ZeroInt() }, "service_bond is 0, expected 1 to"},
		{"missing bond", func(p *Params) { p.ServiceBond = sdkmath.Int{} }, "service_bond is"},
		{"too many coins", func(p *Params) { p.Denoms = many }, "17 denoms, expected at most 16"},
		{"no coin's name", func(p *Params) { p.Denoms = []AllowedDenom{allowed("", 1)} }, "invalid denom"},
		{"a coin twice", func(p *Params) { p.Denoms = []AllowedDenom{allowed("usd", 1), allowed("usd", 1)} }, "usd follows usd"},
		{"unordered", func(p *Params) { p.Denoms = []AllowedDenom{allowed("usd", 1), allowed("uassay", 1)} }, "uassay follows usd"},
		{"no least deposit", func(p *Params) { p.Denoms = []AllowedDenom{allowed("usd", 0)} }, "min_deposit of usd is 0"},
		{"a missing least deposit", func(p *Params) { p.Denoms = []AllowedDenom{{Denom: "usd"}} }, "min_deposit of usd is"},
		{"a least deposit no channel can hold", func(p *Params) { p.Denoms[0].MinDeposit = maxAmount.AddRaw(1) }, "min_deposit of uassay is 18446744073709551616"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := DefaultParams()
			c.change(&p)
			require.ErrorContains(t, p.Validate(), c.err)
		})
	}
}

func TestMinDeposit(t *testing.T) {
	least, err := DefaultParams().MinDeposit(BondDenom)
	require.NoError(t, err)
	require.Equal(t, "1000000", least.String())
	_, err = DefaultParams().MinDeposit("usd")
	require.ErrorIs(t, err, ErrDenom)
}

func TestCheckAmount(t *testing.T) {
	require.NoError(t, CheckAmount("x", sdkmath.OneInt()))
	require.NoError(t, CheckAmount("x", maxAmount))
	for _, amount := range []sdkmath.Int{{}, sdkmath.NewInt(-1), sdkmath.ZeroInt(), maxAmount.AddRaw(1)} {
		require.ErrorIs(t, CheckAmount("x", amount), ErrAmount)
	}
	require.ErrorIs(t, CheckCoin("x", sdk.NewInt64Coin("usd", 1), "uassay"), ErrDenom)
	require.ErrorIs(t, CheckCoin("x", sdk.NewInt64Coin("usd", 0), "usd"), ErrAmount)
	require.NoError(t, CheckCoin("x", sdk.NewInt64Coin("usd", 1), "usd"))
}
