package types

import "cosmossdk.io/errors"

// Errors of the module. Clients match on the code; the text is wrapped with ids
// and with what was expected.
var (
	ErrUnauthorized     = errors.Register(ModuleName, 2, "signer is not allowed to do this")
	ErrInvalid          = errors.Register(ModuleName, 3, "invalid value")
	ErrNotFound         = errors.Register(ModuleName, 4, "not found")
	ErrExists           = errors.Register(ModuleName, 5, "exists already")
	ErrWrongPhase       = errors.Register(ModuleName, 6, "wrong phase")
	ErrWrongEpoch       = errors.Register(ModuleName, 7, "wrong epoch")
	ErrNotFrozen        = errors.Register(ModuleName, 8, "not part of the running epoch")
	ErrForeignSlot      = errors.Register(ModuleName, 9, "slot belongs to another")
	ErrWrongLink        = errors.Register(ModuleName, 10, "link does not lead to the tip")
	ErrWrongOpening     = errors.Register(ModuleName, 11, "opening does not match the commitment")
	ErrWrongRows        = errors.Register(ModuleName, 12, "rows do not fit the slot")
	ErrAmount           = errors.Register(ModuleName, 13, "invalid amount")
	ErrAdmission        = errors.Register(ModuleName, 14, "audits would not fit the blocks of a challenge phase")
	ErrArenaFull        = errors.Register(ModuleName, 15, "arena is full")
	ErrModelFile        = errors.Register(ModuleName, 16, "model file refused")
	ErrReservation      = errors.Register(ModuleName, 17, "reservation cannot be used")
	ErrFeeTooHigh       = errors.Register(ModuleName, 18, "fee exceeds the accepted maximum")
	ErrInferBudget      = errors.Register(ModuleName, 19, "inference budget of this block is spent")
	ErrConvicted        = errors.Register(ModuleName, 20, "scorer is already convicted in this epoch")
	ErrNotBonded        = errors.Register(ModuleName, 21, "no bond")
	ErrLedger           = errors.Register(ModuleName, 22, "ledger entry too small")
	ErrGenesis          = errors.Register(ModuleName, 23, "invalid genesis")
	ErrNothingToRenew   = errors.Register(ModuleName, 24, "reservation needs no renewal")
	ErrNothingToCollect = errors.Register(ModuleName, 25, "nothing to claim")
	ErrUnspentBatches   = errors.Register(ModuleName, 26, "committed batches are unspent")
)
