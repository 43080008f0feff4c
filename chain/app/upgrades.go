package app

import (
	"context"
	"fmt"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"
)

// chainUpgrade is one coordinated change of the binary. Governance schedules it
// under its name; at its height the old binary stops and writes
// upgrade-info.json, and Cosmovisor starts the new one, which knows the name.
type chainUpgrade struct {
	// name as in the governance proposal, for example "v2".
	name string
	// stores added and deleted before the first block of the new binary.
	stores storetypes.StoreUpgrades
}

// chainUpgrades holds the upgrades this binary can carry out. The first release
// has none to carry out; an entry here is all that a later one needs besides
// its modules' migrations.
var chainUpgrades []chainUpgrade

// registerUpgrades installs the handlers and, when the node restarts at an
// upgrade height, the change of stores. It must run before the state is loaded.
// An application without a home has no upgrade-info.json.
func (app *App) registerUpgrades(home string) {
	var pending upgradetypes.Plan
	if home != "" {
		var err error
		if pending, err = app.UpgradeKeeper.ReadUpgradeInfoFromDisk(); err != nil {
			panic(fmt.Errorf("read upgrade-info.json in %s/data: %w", home, err))
		}
	}
	for _, upgrade := range chainUpgrades {
		app.UpgradeKeeper.SetUpgradeHandler(upgrade.name,
			func(ctx context.Context, _ upgradetypes.Plan, from module.VersionMap) (module.VersionMap, error) {
				return app.ModuleManager.RunMigrations(ctx, app.configurator, from)
			})
		if pending.Name == upgrade.name && !app.UpgradeKeeper.IsSkipHeight(pending.Height) {
			app.SetStoreLoader(upgradetypes.UpgradeStoreLoader(pending.Height, &upgrade.stores))
		}
	}
}
