package app

import storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

// SetUpgrade makes the binary know one upgrade, and returns how to forget it.
func SetUpgrade(name string, stores storetypes.StoreUpgrades) (restore func()) {
	before := chainUpgrades
	chainUpgrades = []chainUpgrade{{name: name, stores: stores}}
	return func() { chainUpgrades = before }
}

// ModuleAccountPermissions gives the tests the list to compare with.
func ModuleAccountPermissions() map[string][]string { return moduleAccountPermissions }
