package types

import (
	"math"

	sdkmath "cosmossdk.io/math"

	"github.com/assay-network/assay/chain/intonnx"
)

const (
	// MaxBatchBytes is the most the inputs of one batch may weigh: they lie in
	// state for an epoch.
	MaxBatchBytes = 64 << 10
	// MaxCommitBatches is the most batches one root may commit to.
	MaxCommitBatches = 1 << 16

	// MaxParents is the most models one may name as those it was made from.
	MaxParents = 4

	// unit is one ASSAY in uassay.
	unit = 1_000_000
	// maxAmount bounds every amount in the parameters: everything ever minted,
	// 1e9 ASSAY. It leaves the arithmetic of the protocol (int64) ample room.
	maxAmount = 1_000_000_000 * unit
	// basisPoints is the whole, where a parameter is a ratio.
	basisPoints = 10_000
)

// DefaultParams are the values for a public network with blocks of about two
// seconds: an epoch takes about 14 minutes, so that nobody is kept out of a phase.
func DefaultParams() Params {
	return Params{
		BeaconBlocks:    20,
		InputBlocks:     50,
		RowsBlocks:      100,
		LabelBlocks:     50,
		ChallengeBlocks: 200,

		BatchItems:        64,
		BatchesPerSponsor: 2,
		MinCommitBatches:  256,
		MaxSponsors:       7,
		MaxArenas:         64,
		MaxModels:         64,

		AuditRatioBps:     1_000,
		AuditMacsPerBlock: 300_000_000,
		InferMacsPerBlock: 100_000_000,
		MaxModelMacs:      16_000_000,
		MaxFileBytes:      512 << 10,
		ArenaMacs:         50_000_000_000,

		MinItems: 512,
		Z2:       12,
		FullGain: 8 << 16,
		HalfLife: 1_000,

		ScorerBond:      sdkmath.NewInt(10_000 * unit),
		SponsorBond:     sdkmath.NewInt(5_000 * unit),
		ModelBond:       sdkmath.NewInt(100 * unit),
		ArenaBond:       sdkmath.NewInt(1_000 * unit),
		ChallengeBond:   sdkmath.NewInt(10 * unit),
		UnbondingBlocks: 604_800,

		ScorerSlashBps:  500,
		SponsorSlashBps: 1_000,
		OffenceWindow:   20,
		MaxMisses:       2,
		InactiveEpochs:  20,
		JailEpochs:      20,

		RetainEpochs: 1_000,
		SettleBudget: 4,

		RegistrationFee:    sdkmath.NewInt(10 * unit),
		RegistrationFeeCap: sdkmath.NewInt(10_000 * unit),
		RegistrationTarget: 10,
		ReservationBlocks:  1_000,

		// 7.9 ASSAY a block, halved about every four years: 997 million in all.
		EmissionPerBlock: sdkmath.NewInt(7_900_000),
		BlocksPerHalving: 63_115_200,
		EmissionCap:      sdkmath.NewInt(maxAmount),

		InferGasBase:    50_000,
		InferMacsPerGas: 50,
		InferGasPerByte: 3,
	}
}

// LocalParams are the values for networks on one host with blocks of a second:
// an epoch takes less than half a minute, and an offence is soon forgiven.
func LocalParams() Params {
	p := DefaultParams()
	p.BeaconBlocks, p.InputBlocks, p.RowsBlocks, p.LabelBlocks, p.ChallengeBlocks = 3, 4, 5, 3, 6
	p.BatchesPerSponsor = 4
	p.MaxSponsors = 5
	p.MaxArenas = 8
	// Five sponsors with four batches make a called model of 0.1M cost 0.5G an
	// epoch; there are only six blocks to run it in.
	p.AuditMacsPerBlock = 1_200_000_000
	p.MinItems = 256
	p.ScorerBond = sdkmath.NewInt(3_000 * unit)
	p.SponsorBond = sdkmath.NewInt(1_000 * unit)
	p.UnbondingBlocks = 60
	p.MaxMisses = 4
	p.InactiveEpochs = 3
	p.JailEpochs = 3
	p.RegistrationTarget = 40
	p.EmissionPerBlock = sdkmath.NewInt(10 * unit)
	p.BlocksPerHalving = 50_000_000
	return p
}

// EpochBlocks is the number of blocks of an epoch before its settlement.
func (p Params) EpochBlocks() uint64 {
	return uint64(p.BeaconBlocks) + uint64(p.InputBlocks) + uint64(p.RowsBlocks) + uint64(p.LabelBlocks) + uint64(p.ChallengeBlocks)
}

// limit is what one parameter may be.
type limit struct {
	name     string
	value    uint64
	min, max uint64
}

// limits lists the bounds of every number in the parameters, amounts apart.
func (p Params) limits() []limit {
	const phase = 1_000_000 // blocks
	const epochs = 1_000_000
	return []limit{
		{"beacon_blocks", uint64(p.BeaconBlocks), 1, phase},
		{"input_blocks", uint64(p.InputBlocks), 1, phase},
		{"rows_blocks", uint64(p.RowsBlocks), 1, phase},
		{"label_blocks", uint64(p.LabelBlocks), 1, phase},
		{"challenge_blocks", uint64(p.ChallengeBlocks), 1, phase},
		{"batch_items", uint64(p.BatchItems), 1, 1_024},
		{"batches_per_sponsor", uint64(p.BatchesPerSponsor), 1, 64},
		{"min_commit_batches", uint64(p.MinCommitBatches), 1, MaxCommitBatches},
		{"max_sponsors", uint64(p.MaxSponsors), 3, 64},
		{"max_arenas", uint64(p.MaxArenas), 1, 1_024},
		{"max_models", uint64(p.MaxModels), 1, 1_024},
		{"audit_ratio_bps", uint64(p.AuditRatioBps), 1, basisPoints},
		{"audit_macs_per_block", p.AuditMacsPerBlock, 1, 1e12},
		{"infer_macs_per_block", p.InferMacsPerBlock, 1, 1e12},
		{"max_model_macs", p.MaxModelMacs, 1, intonnx.MaxCost},
		{"max_file_bytes", uint64(p.MaxFileBytes), 1, intonnx.MaxFileBytes},
		{"arena_macs", p.ArenaMacs, 1, 1e15},
		{"min_items", uint64(p.MinItems), 1, 1_000_000},
		{"z2", uint64(p.Z2), 1, 1_000},
		{"full_gain", p.FullGain, 1, 1 << 32},
		{"half_life", uint64(p.HalfLife), 1, epochs},
		{"unbonding_blocks", uint64(p.UnbondingBlocks), 2 * p.EpochBlocks(), math.MaxUint32},
		{"scorer_slash_bps", uint64(p.ScorerSlashBps), 0, basisPoints},
		{"sponsor_slash_bps", uint64(p.SponsorSlashBps), 0, basisPoints},
		{"offence_window", uint64(p.OffenceWindow), 1, 1_000},
		{"max_misses", uint64(p.MaxMisses), 1, 1_000},
		{"inactive_epochs", uint64(p.InactiveEpochs), 1, epochs},
		{"jail_epochs", uint64(p.JailEpochs), 1, epochs},
		{"retain_epochs", uint64(p.RetainEpochs), 1, epochs},
		{"settle_budget", uint64(p.SettleBudget), 1, 1_024},
		{"registration_target", uint64(p.RegistrationTarget), 1, 1_000_000},
		{"reservation_blocks", uint64(p.ReservationBlocks), 1, 1_000_000},
		{"blocks_per_halving", p.BlocksPerHalving, 1, math.MaxInt64},
		{"infer_gas_base", p.InferGasBase, 0, 1e12},
		{"infer_macs_per_gas", p.InferMacsPerGas, 1, 1e12},
		{"infer_gas_per_byte", p.InferGasPerByte, 0, 1e6},
	}
}

// amountLimit is what one amount among the parameters may be, in uassay.
type amountLimit struct {
	name  string
	value sdkmath.Int
	min   int64
}

// amounts lists the bounds of every amount; all are at most maxAmount.
func (p Params) amounts() []amountLimit {
	return []amountLimit{
		{"scorer_bond", p.ScorerBond, 1},
		{"sponsor_bond", p.SponsorBond, 1},
		{"model_bond", p.ModelBond, 1},
		{"arena_bond", p.ArenaBond, 1},
		{"challenge_bond", p.ChallengeBond, 1},
		{"registration_fee", p.RegistrationFee, 0},
		{"registration_fee_cap", p.RegistrationFeeCap, 0},
		{"emission_per_block", p.EmissionPerBlock, 0},
		{"emission_cap", p.EmissionCap, 0},
	}
}

// Validate checks every parameter against its bounds and against the others. What
// depends on the arenas there are is checked by the keeper's admission.
func (p Params) Validate() error {
	for _, l := range p.limits() {
		if l.value < l.min || l.value > l.max {
			return ErrInvalid.Wrapf("%s is %d, expected %d to %d", l.name, l.value, l.min, l.max)
		}
	}
	for _, a := range p.amounts() {
		if a.value.IsNil() {
			return ErrInvalid.Wrapf("%s is missing", a.name)
		}
		if a.value.LT(sdkmath.NewInt(a.min)) || a.value.GT(sdkmath.NewInt(maxAmount)) {
			return ErrInvalid.Wrapf("%s is %s, expected %d to %d", a.name, a.value, a.min, int64(maxAmount))
		}
	}
	if p.RegistrationFeeCap.LT(p.RegistrationFee) {
		return ErrInvalid.Wrapf("registration_fee_cap is %s, expected at least registration_fee %s", p.RegistrationFeeCap, p.RegistrationFee)
	}
	// A block must hold at least one run of every model that is accepted.
	if p.AuditMacsPerBlock/2 < p.MaxModelMacs {
		return ErrInvalid.Wrapf("half of audit_macs_per_block is %d, expected at least max_model_macs %d", p.AuditMacsPerBlock/2, p.MaxModelMacs)
	}
	if p.InferMacsPerBlock < p.MaxModelMacs {
		return ErrInvalid.Wrapf("infer_macs_per_block is %d, expected at least max_model_macs %d", p.InferMacsPerBlock, p.MaxModelMacs)
	}
	return nil
}

// CheckAmount checks an amount that a message brings: 0 to everything there can be.
func CheckAmount(what string, amount sdkmath.Int) error {
	if amount.IsNil() || amount.IsNegative() || amount.GT(sdkmath.NewInt(maxAmount)) {
		return ErrAmount.Wrapf("%s is %s, expected 0 to %d", what, amount, int64(maxAmount))
	}
	return nil
}
