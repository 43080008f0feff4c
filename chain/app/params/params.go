// Package params holds the chain's names and units. It imports no keeper, so
// that the app, the modules and the commands can all use it.
package params

import (
	"os"
	"path/filepath"
	"sync"

	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
)

const (
	// AppName names the application in logs and in the exported genesis.
	AppName = "assayd"
	// LocalChainID is the chain id of a local network.
	LocalChainID = "assay-local-1"
	// Bech32Prefix starts every account address.
	Bech32Prefix = "assay"
	// CoinType is the BIP-44 coin type, the one every Cosmos wallet knows.
	CoinType = 118
	// BaseDenom is the unit of every amount in state: 10^-6 ASSAY.
	BaseDenom = "uassay"
	// DisplayDenom is the unit people read.
	DisplayDenom = "ASSAY"
	// DisplayExponent is the number of decimals between the two.
	DisplayExponent = 6
)

var setOnce sync.Once

// SetConfig sets and seals the address prefixes, the coin type and the default
// bond denom. Every entry point calls it first; further calls do nothing.
func SetConfig() {
	setOnce.Do(func() {
		// Default genesis states of the SDK modules take their denom from here.
		sdk.DefaultBondDenom = BaseDenom

		config := sdk.GetConfig()
		config.SetBech32PrefixForAccount(Bech32Prefix, Bech32Prefix+sdk.PrefixPublic)
		config.SetBech32PrefixForValidator(
			Bech32Prefix+sdk.PrefixValidator+sdk.PrefixOperator,
			Bech32Prefix+sdk.PrefixValidator+sdk.PrefixOperator+sdk.PrefixPublic,
		)
		config.SetBech32PrefixForConsensusNode(
			Bech32Prefix+sdk.PrefixValidator+sdk.PrefixConsensus,
			Bech32Prefix+sdk.PrefixValidator+sdk.PrefixConsensus+sdk.PrefixPublic,
		)
		config.SetPurpose(sdk.Purpose)
		config.SetCoinType(CoinType)
		config.Seal()
	})
}

// BankMetadata describes the token to wallets and explorers.
func BankMetadata() banktypes.Metadata {
	return banktypes.Metadata{
		Description: "The token of Assay: emission for models that improve on the best before them, bonds and fees.",
		Base:        BaseDenom,
		Display:     DisplayDenom,
		Name:        "Assay",
		Symbol:      DisplayDenom,
		DenomUnits: []*banktypes.DenomUnit{
			{Denom: BaseDenom, Exponent: 0},
			{Denom: DisplayDenom, Exponent: DisplayExponent},
		},
	}
}

// DefaultNodeHome is ~/.assayd.
func DefaultNodeHome() string {
	home, err := os.UserHomeDir()
	if err != nil {
		// Without a home directory the working directory is the only place a
		// user can find again; --home overrides it.
		home = "."
	}
	return filepath.Join(home, ".assayd")
}
