package app

import (
	"encoding/json"
	"maps"
	"slices"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/x/auth"
	authsims "github.com/cosmos/cosmos-sdk/x/auth/simulation"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/cosmos/cosmos-sdk/x/auth/vesting"
	vestingtypes "github.com/cosmos/cosmos-sdk/x/auth/vesting/types"
	"github.com/cosmos/cosmos-sdk/x/authz"
	authzmodule "github.com/cosmos/cosmos-sdk/x/authz/module"
	"github.com/cosmos/cosmos-sdk/x/bank"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/cosmos/cosmos-sdk/x/consensus"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	distr "github.com/cosmos/cosmos-sdk/x/distribution"
	distrtypes "github.com/cosmos/cosmos-sdk/x/distribution/types"
	"github.com/cosmos/cosmos-sdk/x/evidence"
	evidencetypes "github.com/cosmos/cosmos-sdk/x/evidence/types"
	"github.com/cosmos/cosmos-sdk/x/feegrant"
	feegrantmodule "github.com/cosmos/cosmos-sdk/x/feegrant/module"
	"github.com/cosmos/cosmos-sdk/x/genutil"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"
	"github.com/cosmos/cosmos-sdk/x/gov"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	"github.com/cosmos/cosmos-sdk/x/slashing"
	slashingtypes "github.com/cosmos/cosmos-sdk/x/slashing/types"
	"github.com/cosmos/cosmos-sdk/x/staking"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
	"github.com/cosmos/cosmos-sdk/x/upgrade"
	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"

	"github.com/assay-network/assay/chain/app/params"
	"github.com/assay-network/assay/chain/x/marketplace"
	marketplacetypes "github.com/assay-network/assay/chain/x/marketplace/types"
	"github.com/assay-network/assay/chain/x/poi"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

// moduleAccountPermissions lists every module account and what it may do with
// coins. A new entry is a new way to create or destroy money: a golden test
// pins the list.
var moduleAccountPermissions = map[string][]string{
	authtypes.FeeCollectorName:          nil,
	distrtypes.ModuleName:               nil,
	stakingtypes.BondedPoolName:         {authtypes.Burner, authtypes.Staking},
	stakingtypes.NotBondedPoolName:      {authtypes.Burner, authtypes.Staking},
	stakingtypes.KeyRotationFeePoolName: {authtypes.Burner},
	govtypes.ModuleName:                 {authtypes.Burner},
	poitypes.ModuleName:                 {authtypes.Minter, authtypes.Burner},
	marketplacetypes.ModuleName:         {authtypes.Burner},
}

// BlockedAddresses are the module accounts nobody may send coins to: their
// balances are the sums of their ledgers. Governance may receive deposits.
func BlockedAddresses() map[string]bool {
	blocked := make(map[string]bool, len(moduleAccountPermissions))
	for _, name := range slices.Sorted(maps.Keys(moduleAccountPermissions)) {
		blocked[authtypes.NewModuleAddress(name).String()] = name != govtypes.ModuleName
	}
	return blocked
}

// buildModules creates the modules and fixes the orders in which they run.
// The manager panics when an order leaves out a module that needs a place.
func (app *App) buildModules() {
	cdc := app.appCodec
	app.ModuleManager = module.NewManager(
		genutil.NewAppModule(app.AccountKeeper, app.StakingKeeper, app, app.txConfig),
		auth.NewAppModule(cdc, app.AccountKeeper, authsims.RandomGenesisAccounts),
		vesting.NewAppModule(app.AccountKeeper, app.BankKeeper),
		bank.NewAppModule(cdc, app.BankKeeper, app.AccountKeeper),
		staking.NewAppModule(cdc, app.StakingKeeper, app.AccountKeeper, app.BankKeeper),
		slashing.NewAppModule(cdc, app.SlashingKeeper, app.AccountKeeper, app.BankKeeper, app.StakingKeeper, app.interfaceRegistry),
		distr.NewAppModule(cdc, app.DistrKeeper, app.AccountKeeper, app.BankKeeper, app.StakingKeeper),
		gov.NewAppModule(cdc, app.GovKeeper, app.AccountKeeper, app.BankKeeper),
		evidence.NewAppModule(*app.EvidenceKeeper),
		upgrade.NewAppModule(app.UpgradeKeeper, app.AccountKeeper.AddressCodec()),
		feegrantmodule.NewAppModule(cdc, app.AccountKeeper, app.BankKeeper, app.FeeGrantKeeper, app.interfaceRegistry),
		authzmodule.NewAppModule(cdc, app.AuthzKeeper, app.AccountKeeper, app.BankKeeper, app.interfaceRegistry),
		consensus.NewAppModule(cdc, app.ConsensusKeeper),
		poi.NewAppModule(app.PoiKeeper),
		marketplace.NewAppModule(app.MarketplaceKeeper),
	)

	app.BasicModuleManager = module.NewBasicManagerFromManager(app.ModuleManager, map[string]module.AppModuleBasic{
		genutiltypes.ModuleName: genutil.NewAppModuleBasic(genutiltypes.DefaultMessageValidator),
		govtypes.ModuleName:     gov.NewAppModuleBasic(nil),
		banktypes.ModuleName:    bankGenesis{},
		distrtypes.ModuleName:   distrGenesis{},
	})
	app.BasicModuleManager.RegisterLegacyAminoCodec(app.legacyAmino)
	app.BasicModuleManager.RegisterInterfaces(app.interfaceRegistry)

	// An upgrade may change what every other module reads.
	app.ModuleManager.SetOrderPreBlockers(upgradetypes.ModuleName, authtypes.ModuleName)

	// distribution before slashing, so that a slash finds the validators'
	// rewards already handed out.
	app.ModuleManager.SetOrderBeginBlockers(
		distrtypes.ModuleName, slashingtypes.ModuleName, evidencetypes.ModuleName, stakingtypes.ModuleName,
		genutiltypes.ModuleName, authz.ModuleName, poitypes.ModuleName,
	)

	// bank first: it credits what the transactions of the block left pending.
	// poi after gov and staking: it acts on the parameters and validators of this block.
	app.ModuleManager.SetOrderEndBlockers(
		banktypes.ModuleName, govtypes.ModuleName, stakingtypes.ModuleName, feegrant.ModuleName, genutiltypes.ModuleName,
		poitypes.ModuleName,
	)

	// genutil delivers the validators' first transactions and needs everything
	// before it; consensus parameters are set by the engine. The market after poi,
	// whose models its services refer to.
	genesisOrder := []string{
		authtypes.ModuleName, banktypes.ModuleName, distrtypes.ModuleName, stakingtypes.ModuleName,
		slashingtypes.ModuleName, govtypes.ModuleName, genutiltypes.ModuleName, evidencetypes.ModuleName,
		authz.ModuleName, feegrant.ModuleName, upgradetypes.ModuleName, vestingtypes.ModuleName, consensustypes.ModuleName,
		poitypes.ModuleName, marketplacetypes.ModuleName,
	}
	app.ModuleManager.SetOrderInitGenesis(genesisOrder...)
	app.ModuleManager.SetOrderExportGenesis(genesisOrder...)
}

// bankGenesis is x/bank with the token described in its default genesis.
type bankGenesis struct{ bank.AppModuleBasic }

// DefaultGenesis implements module.HasGenesisBasics.
func (bankGenesis) DefaultGenesis(cdc codec.JSONCodec) json.RawMessage {
	genesis := banktypes.DefaultGenesisState()
	genesis.DenomMetadata = []banktypes.Metadata{params.BankMetadata()}
	return cdc.MustMarshalJSON(genesis)
}

// distrGenesis is x/distribution without a community tax: the community pool
// has its own share of emission, and what validators get is not taxed again.
type distrGenesis struct{ distr.AppModuleBasic }

// DefaultGenesis implements module.HasGenesisBasics.
func (distrGenesis) DefaultGenesis(cdc codec.JSONCodec) json.RawMessage {
	genesis := distrtypes.DefaultGenesisState()
	genesis.Params.CommunityTax = math.LegacyZeroDec()
	return cdc.MustMarshalJSON(genesis)
}
