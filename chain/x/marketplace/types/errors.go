package types

import "cosmossdk.io/errors"

// Errors of the module. Clients match on the code; the text is wrapped with ids
// and with what was expected.
var (
	ErrUnauthorized  = errors.Register(ModuleName, 2, "signer is not allowed to do this")
	ErrInvalid       = errors.Register(ModuleName, 3, "invalid value")
	ErrNotFound      = errors.Register(ModuleName, 4, "not found")
	ErrAmount        = errors.Register(ModuleName, 5, "invalid amount")
	ErrDenom         = errors.Register(ModuleName, 6, "coin is not accepted")
	ErrKey           = errors.Register(ModuleName, 7, "ed25519 key refused")
	ErrBond          = errors.Register(ModuleName, 8, "bond does not fit the service")
	ErrPromise       = errors.Register(ModuleName, 9, "promise cannot be made")
	ErrServiceClosed = errors.Register(ModuleName, 10, "service is closed")
	ErrConvicted     = errors.Register(ModuleName, 11, "service is convicted")
	ErrCounter       = errors.Register(ModuleName, 12, "wrong counter of the payer")
	ErrChannelClosed = errors.Register(ModuleName, 13, "channel is not open")
	ErrGrace         = errors.Register(ModuleName, 14, "grace is not over")
	ErrApproval      = errors.Register(ModuleName, 15, "approval does not allow this")
	ErrRows          = errors.Register(ModuleName, 16, "rows of a claim refused")
	ErrNothingToPay  = errors.Register(ModuleName, 17, "nothing to withdraw")
	ErrLocked        = errors.Register(ModuleName, 18, "bond is still locked")
	ErrReleased      = errors.Register(ModuleName, 19, "bond is released: receipts count no longer")
	ErrNotVerifiable = errors.Register(ModuleName, 20, "service has no exact model: its answers are not verifiable")
	ErrReceipt       = errors.Register(ModuleName, 21, "receipt refused")
	ErrPath          = errors.Register(ModuleName, 22, "path does not lead to the root")
	ErrProbes        = errors.Register(ModuleName, 23, "report of probes refused")
	ErrLedger        = errors.Register(ModuleName, 24, "ledger holds too little")
	ErrGenesis       = errors.Register(ModuleName, 25, "invalid genesis")
	ErrSelfPayment   = errors.Register(ModuleName, 26, "owner and spender are the same account")
)
