// Package types holds what x/marketplace says to the outside: generated types, keys,
// errors, parameters with their bounds, and the checks of texts and of a genesis.
package types

import "cosmossdk.io/collections"

const (
	// ModuleName names the module, its account and its store.
	ModuleName = "marketplace"
	// StoreKey is the key of the store.
	StoreKey = ModuleName
	// BondDenom is the coin of bonds, and the only one whose protocol fees are burned.
	BondDenom = "uassay"
)

// Store prefixes, with gaps per area so that an area can grow without a migration.
var (
	ParamsKey = collections.NewPrefix(1)

	ServicesKey           = collections.NewPrefix(10)
	LastServiceKey        = collections.NewPrefix(11)
	ServicesByArenaKey    = collections.NewPrefix(12)
	ServicesByModelKey    = collections.NewPrefix(13)
	ServicesByProviderKey = collections.NewPrefix(14)
	ActiveServicesKey     = collections.NewPrefix(15)
	ProbesKey             = collections.NewPrefix(16)

	ChannelsKey          = collections.NewPrefix(20)
	ChannelsByPayerKey   = collections.NewPrefix(21)
	ChannelsByServiceKey = collections.NewPrefix(22)
	CountersKey          = collections.NewPrefix(23)

	CreditsKey   = collections.NewPrefix(30)
	ApprovalsKey = collections.NewPrefix(31)
	SalesKey     = collections.NewPrefix(32)

	// Totals of the ledger per denom: locked in channels, in bonds, and credited.
	AvailKey = collections.NewPrefix(40)
	BondsKey = collections.NewPrefix(41)
	OwedKey  = collections.NewPrefix(42)
)
