package types

import (
	"reflect"
	"strings"
	"testing"

	sdkmath "cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/protocol"
)

func TestParamsOfBothNetworksAreValid(t *testing.T) {
	require.NoError(t, DefaultParams().Validate())
	require.NoError(t, LocalParams().Validate())
}

// What the protocol's text promises about the values of production.
func TestDefaultParams(t *testing.T) {
	p := DefaultParams()
	require.EqualValues(t, 64, p.BatchItems)
	require.EqualValues(t, 2, p.BatchesPerSponsor)
	require.EqualValues(t, 1_000, p.AuditRatioBps)
	require.EqualValues(t, 512, p.MinItems)
	require.EqualValues(t, 256, LocalParams().MinItems)
	require.EqualValues(t, 12, p.Z2)
	require.EqualValues(t, 8<<16, p.FullGain)
	require.EqualValues(t, 1_000, p.HalfLife)
	require.EqualValues(t, 64, p.MaxModels)
	require.EqualValues(t, 512<<10, p.MaxFileBytes)
	require.EqualValues(t, 500, p.ScorerSlashBps)
	require.EqualValues(t, 1_000, p.SponsorSlashBps)

	// Everything the schedule will ever mint stays below the cap.
	for _, p := range []Params{DefaultParams(), LocalParams()} {
		schedule := protocol.Schedule{Rate: p.EmissionPerBlock.Int64(), BlocksPerHalving: int64(p.BlocksPerHalving), Cap: p.EmissionCap.Int64()}
		all, err := schedule.Emission(0, 1<<62, 0)
		require.NoError(t, err)
		require.LessOrEqual(t, all, p.EmissionCap.Int64())
		require.Greater(t, all, p.EmissionCap.Int64()*99/100)

		// A scorer's bond is worth at least 250 epochs of its pay, with four scorers.
		pay := p.EmissionPerBlock.Int64() * int64(p.EpochBlocks()) * protocol.ScorersBps / protocol.BasisPoints / 4
		if p.MaxMisses == DefaultParams().MaxMisses {
			pay /= 5 // a public network has at least twenty
		}
		require.GreaterOrEqual(t, p.ScorerBond.Int64(), 250*pay)
	}
}

// Every field of the parameters has bounds, and each bound is enforced.
func TestEveryParamHasBounds(t *testing.T) {
	bounded := map[string]bool{}
	for _, l := range DefaultParams().limits() {
		bounded[l.name] = true
	}
	for _, a := range DefaultParams().amounts() {
		bounded[a.name] = true
	}
	kind := reflect.TypeFor[Params]()
	for i := range kind.NumField() {
		name, _, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ",")
		require.True(t, bounded[name], "%s has no bounds", name)
		delete(bounded, name)

		// One beyond each end is refused, by name.
		for _, beyond := range []func(field reflect.Value) bool{below, above} {
			p := DefaultParams()
			if !beyond(reflect.ValueOf(&p).Elem().Field(i)) {
				continue
			}
			require.ErrorContains(t, p.Validate(), name)
		}
	}
	require.Empty(t, bounded)
}

// below sets a field under its least value, if there is anything there.
func below(field reflect.Value) bool {
	switch field.Interface().(type) {
	case sdkmath.Int:
		field.Set(reflect.ValueOf(sdkmath.NewInt(-1)))
	default:
		for _, l := range DefaultParams().limits() {
			if l.value == field.Uint() && l.min == 0 {
				return false
			}
		}
		field.SetUint(0)
	}
	return true
}

// above sets a field to more than any bound.
func above(field reflect.Value) bool {
	switch field.Interface().(type) {
	case sdkmath.Int:
		field.Set(reflect.ValueOf(sdkmath.NewInt(maxAmount + 1)))
	case uint32:
		if field.Uint() == uint64(DefaultParams().UnbondingBlocks) {
			return false // any number of blocks may pass
		}
		field.SetUint(1<<32 - 1)
	default:
		field.SetUint(1<<64 - 1)
	}
	return true
}

func TestParamsRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(p *Params)
		err    string
	}{
		{"missing amount", func(p *Params) { p.ScorerBond = sdkmath.Int{} }, "scorer_bond is missing"},
		{"no bond", func(p *Params) { p.ChallengeBond = sdkmath.ZeroInt() }, "challenge_bond is 0, expected 1 to"},
		{"fee above its cap", func(p *Params) { p.RegistrationFeeCap = p.RegistrationFee.SubRaw(1) }, "expected at least registration_fee"},
		{"a run that fits no block", func(p *Params) { p.AuditMacsPerBlock = 2*p.MaxModelMacs - 1 }, "half of audit_macs_per_block is 15999999, expected at least max_model_macs 16000000"},
		{"a run nobody can ask for", func(p *Params) { p.InferMacsPerBlock = p.MaxModelMacs - 1 }, "infer_macs_per_block is 15999999"},
		{"bonds that leave before judgement", func(p *Params) { p.UnbondingBlocks = 839 }, "unbonding_blocks is 839, expected 840 to"},
		{"two sponsors", func(p *Params) { p.MaxSponsors = 2 }, "max_sponsors is 2, expected 3 to 64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := DefaultParams()
			c.change(&p)
			require.ErrorIs(t, p.Validate(), ErrInvalid)
			require.ErrorContains(t, p.Validate(), c.err)
		})
	}
}

func TestCheckAmount(t *testing.T) {
	require.NoError(t, CheckAmount("x", sdkmath.ZeroInt()))
	require.NoError(t, CheckAmount("x", sdkmath.NewInt(maxAmount)))
	for _, amount := range []sdkmath.Int{{}, sdkmath.NewInt(-1), sdkmath.NewInt(maxAmount + 1)} {
		require.ErrorIs(t, CheckAmount("x", amount), ErrAmount)
	}
}
