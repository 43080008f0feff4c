package app

import (
	"encoding/json"
	"errors"
	"fmt"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"

	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	"github.com/cosmos/cosmos-sdk/x/staking"
)

// ErrZeroHeight refuses an export for a chain that starts at height 1 again:
// heights are part of the protocol's state (phases, ages, emission), so an
// exported network continues where it stopped (initial_height is set).
var ErrZeroHeight = errors.New("an export keeps its heights: leave out --for-zero-height and --jail-allowed-addrs")

// Export writes the state of the loaded height as genesis. modules restricts it
// to the named ones; empty means all.
func (app *App) Export(modules []string) (servertypes.ExportedApp, error) {
	ctx := app.NewContextLegacy(true, cmtproto.Header{ChainID: app.ChainID(), Height: app.LastBlockHeight()})
	genesis, err := app.ModuleManager.ExportGenesisForModules(ctx, app.appCodec, modules)
	if err != nil {
		return servertypes.ExportedApp{}, fmt.Errorf("export state at height %d: %w", app.LastBlockHeight(), err)
	}
	state, err := json.MarshalIndent(genesis, "", "  ")
	if err != nil {
		return servertypes.ExportedApp{}, err
	}
	validators, err := staking.WriteValidators(ctx, app.StakingKeeper)
	if err != nil {
		return servertypes.ExportedApp{}, err
	}
	return servertypes.ExportedApp{
		AppState:        state,
		Validators:      validators,
		Height:          app.LastBlockHeight() + 1,
		ConsensusParams: app.GetConsensusParams(ctx),
	}, nil
}
