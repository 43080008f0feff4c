package types

import (
	"context"

	"cosmossdk.io/core/address"
	sdk "github.com/cosmos/cosmos-sdk/types"

	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

// AccountKeeper gives the module's account and the address codec.
type AccountKeeper interface {
	AddressCodec() address.Codec
	GetModuleAddress(moduleName string) sdk.AccAddress
}

// BankKeeper moves and burns coins for the ledger.
type BankKeeper interface {
	SendCoinsFromAccountToModule(ctx context.Context, sender sdk.AccAddress, recipientModule string, amt sdk.Coins) error
	SendCoinsFromModuleToAccount(ctx context.Context, senderModule string, recipient sdk.AccAddress, amt sdk.Coins) error
	BurnCoins(ctx context.Context, moduleName string, amt sdk.Coins) error
	GetAllBalances(ctx context.Context, addr sdk.AccAddress) sdk.Coins
}

// DistributionKeeper receives the community pool's share of protocol fees.
type DistributionKeeper interface {
	FundCommunityPool(ctx context.Context, amount sdk.Coins, sender sdk.AccAddress) error
}

// PoiKeeper is what the market reads of x/poi, and the two things it asks of it:
// to keep the files of models that are answered for, and to run them.
type PoiKeeper interface {
	// GetModel returns a registered model; poitypes.ErrNotFound if there is none.
	GetModel(ctx context.Context, id []byte) (poitypes.Model, error)
	// GetArena returns an arena; poitypes.ErrNotFound if there is none.
	GetArena(ctx context.Context, id uint64) (poitypes.Arena, error)
	// GetClock returns the running epoch and phase.
	GetClock(ctx context.Context) (poitypes.Clock, error)
	// EligibleScorer returns the operator of a hot key whose scorer is bonded, not
	// jailed and whose validator is bonded; poitypes.ErrUnauthorized otherwise.
	EligibleScorer(ctx context.Context, hotKey []byte) (operator string, err error)
	// HoldModel keeps the file of a model until as many calls of ReleaseHold.
	HoldModel(ctx context.Context, id []byte) error
	ReleaseHold(ctx context.Context, id []byte) error
	// RunReserved runs a model on one raw item within what the transaction has
	// reserved. In a simulation it returns ran = false and no logits.
	RunReserved(ctx context.Context, model, input []byte) (logits []int32, ran bool, err error)
}
