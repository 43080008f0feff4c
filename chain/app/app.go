// Package app wires the modules of an Assay node into one ABCI application.
package app

import (
	"encoding/json"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/gogoproto/proto"
	"github.com/spf13/cast"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
	reflectionv1 "cosmossdk.io/api/cosmos/reflection/v1"
	"cosmossdk.io/client/v2/autocli"
	"cosmossdk.io/core/appmodule"
	corestore "cosmossdk.io/core/store"
	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	runtimeservices "github.com/cosmos/cosmos-sdk/runtime/services"
	"github.com/cosmos/cosmos-sdk/server"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	"github.com/cosmos/cosmos-sdk/std"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
	"github.com/cosmos/cosmos-sdk/version"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	authzkeeper "github.com/cosmos/cosmos-sdk/x/authz/keeper"
	bankkeeper "github.com/cosmos/cosmos-sdk/x/bank/keeper"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	consensuskeeper "github.com/cosmos/cosmos-sdk/x/consensus/keeper"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	distrkeeper "github.com/cosmos/cosmos-sdk/x/distribution/keeper"
	distrtypes "github.com/cosmos/cosmos-sdk/x/distribution/types"
	evidencekeeper "github.com/cosmos/cosmos-sdk/x/evidence/keeper"
	evidencetypes "github.com/cosmos/cosmos-sdk/x/evidence/types"
	"github.com/cosmos/cosmos-sdk/x/feegrant"
	feegrantkeeper "github.com/cosmos/cosmos-sdk/x/feegrant/keeper"
	govkeeper "github.com/cosmos/cosmos-sdk/x/gov/keeper"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1beta1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1beta1"
	slashingkeeper "github.com/cosmos/cosmos-sdk/x/slashing/keeper"
	slashingtypes "github.com/cosmos/cosmos-sdk/x/slashing/types"
	stakingkeeper "github.com/cosmos/cosmos-sdk/x/staking/keeper"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
	"github.com/cosmos/cosmos-sdk/x/tx/signing"
	upgradekeeper "github.com/cosmos/cosmos-sdk/x/upgrade/keeper"
	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"

	"github.com/assay-network/assay/chain/app/params"
	marketplacekeeper "github.com/assay-network/assay/chain/x/marketplace/keeper"
	marketplacetypes "github.com/assay-network/assay/chain/x/marketplace/types"
	poikeeper "github.com/assay-network/assay/chain/x/poi/keeper"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

var (
	_ servertypes.Application    = (*App)(nil)
	_ marketplacetypes.PoiKeeper = (*poikeeper.Keeper)(nil)
)

// GenesisState maps a module's name to its genesis as JSON.
type GenesisState map[string]json.RawMessage

// App is the Assay state machine.
type App struct {
	*baseapp.BaseApp

	legacyAmino       *codec.LegacyAmino
	appCodec          codec.Codec
	txConfig          client.TxConfig
	interfaceRegistry codectypes.InterfaceRegistry

	keys          map[string]*storetypes.KVStoreKey
	transientKeys map[string]*storetypes.TransientStoreKey

	AccountKeeper     authkeeper.AccountKeeper
	BankKeeper        bankkeeper.BaseKeeper
	StakingKeeper     *stakingkeeper.Keeper
	SlashingKeeper    slashingkeeper.Keeper
	DistrKeeper       distrkeeper.Keeper
	GovKeeper         *govkeeper.Keeper
	EvidenceKeeper    *evidencekeeper.Keeper
	UpgradeKeeper     *upgradekeeper.Keeper
	FeeGrantKeeper    feegrantkeeper.Keeper
	AuthzKeeper       authzkeeper.Keeper
	ConsensusKeeper   consensuskeeper.Keeper
	PoiKeeper         *poikeeper.Keeper
	MarketplaceKeeper *marketplacekeeper.Keeper

	ModuleManager      *module.Manager
	BasicModuleManager module.BasicManager
	configurator       module.Configurator
}

// New builds the application on db. With loadLatest it also loads the last
// committed state. Wiring mistakes and unreadable state panic: a node must not
// start with either.
func New(
	logger log.Logger,
	db dbm.DB,
	loadLatest bool,
	appOpts servertypes.AppOptions,
	baseAppOptions ...func(*baseapp.BaseApp),
) *App {
	params.SetConfig()

	if executor := cast.ToString(appOpts.Get(server.FlagBlockExecutor)); executor == serverconfig.BlockExecutorBlockSTM {
		// The setting would otherwise be ignored without a word.
		panic(fmt.Sprintf("block-executor = %q is not supported: set %q in app.toml", executor, serverconfig.BlockExecutorSequential))
	}

	interfaceRegistry, err := codectypes.NewInterfaceRegistryWithOptions(codectypes.InterfaceRegistryOptions{
		ProtoFiles: proto.HybridResolver,
		SigningOptions: signing.Options{
			AddressCodec:          address.NewBech32Codec(sdk.GetConfig().GetBech32AccountAddrPrefix()),
			ValidatorAddressCodec: address.NewBech32Codec(sdk.GetConfig().GetBech32ValidatorAddrPrefix()),
		},
	})
	if err != nil {
		panic(err)
	}
	appCodec := codec.NewProtoCodec(interfaceRegistry)
	legacyAmino := codec.NewLegacyAmino()
	txConfig := authtx.NewTxConfig(appCodec, authtx.DefaultSignModes)
	std.RegisterLegacyAminoCodec(legacyAmino)
	std.RegisterInterfaces(interfaceRegistry)

	bApp := baseapp.NewBaseApp(params.AppName, logger, db, txConfig.TxDecoder(), baseAppOptions...)
	bApp.SetVersion(version.Version)
	bApp.SetInterfaceRegistry(interfaceRegistry)
	bApp.SetTxEncoder(txConfig.TxEncoder())

	keys := storetypes.NewKVStoreKeys(
		authtypes.StoreKey, banktypes.StoreKey, stakingtypes.StoreKey, slashingtypes.StoreKey,
		distrtypes.StoreKey, govtypes.StoreKey, evidencetypes.StoreKey, upgradetypes.StoreKey,
		feegrant.StoreKey, authzkeeper.StoreKey, consensustypes.StoreKey, poitypes.StoreKey,
		marketplacetypes.StoreKey,
	)
	transientKeys := storetypes.NewTransientStoreKeys(poitypes.TransientStoreKey)
	if err := bApp.RegisterStreamingServices(appOpts, keys); err != nil {
		panic(err)
	}

	app := &App{
		BaseApp:           bApp,
		legacyAmino:       legacyAmino,
		appCodec:          appCodec,
		txConfig:          txConfig,
		interfaceRegistry: interfaceRegistry,
		keys:              keys,
		transientKeys:     transientKeys,
	}
	app.buildKeepers(appOpts, logger)
	app.buildModules()

	app.configurator = module.NewConfigurator(appCodec, app.MsgServiceRouter(), app.GRPCQueryRouter())
	if err := app.ModuleManager.RegisterServices(app.configurator); err != nil {
		panic(err)
	}
	autocliv1.RegisterQueryServer(app.GRPCQueryRouter(), runtimeservices.NewAutoCLIQueryService(app.ModuleManager.Modules))
	reflectionService, err := runtimeservices.NewReflectionService()
	if err != nil {
		panic(err)
	}
	reflectionv1.RegisterReflectionServiceServer(app.GRPCQueryRouter(), reflectionService)

	// A Msg without a signer would be executed for anyone.
	protoFiles, err := proto.MergedRegistry()
	if err != nil {
		panic(err)
	}
	if err := msgservice.ValidateProtoAnnotations(protoFiles); err != nil {
		panic(err)
	}

	app.MountKVStores(keys)
	app.MountTransientStores(transientKeys)
	app.SetInitChainer(app.InitChainer)
	app.SetPreBlocker(app.PreBlocker)
	app.SetBeginBlocker(app.BeginBlocker)
	app.SetEndBlocker(app.EndBlocker)
	app.SetAnteHandler(app.newAnteHandler())
	app.registerUpgrades(cast.ToString(appOpts.Get(flags.FlagHome)))

	if loadLatest {
		if err := app.LoadLatestVersion(); err != nil {
			panic(fmt.Errorf("load last committed state: %w", err))
		}
	}
	return app
}

// buildKeepers creates every keeper. An order is only forced where a keeper
// takes another one.
func (app *App) buildKeepers(appOpts servertypes.AppOptions, logger log.Logger) {
	var (
		cdc       = app.appCodec
		authority = Authority()
		store     = func(key string) corestore.KVStoreService { return runtime.NewKVStoreService(app.keys[key]) }
		accounts  = address.NewBech32Codec(sdk.GetConfig().GetBech32AccountAddrPrefix())
		operators = address.NewBech32Codec(sdk.GetConfig().GetBech32ValidatorAddrPrefix())
		consensus = address.NewBech32Codec(sdk.GetConfig().GetBech32ConsensusAddrPrefix())
	)

	app.ConsensusKeeper = consensuskeeper.NewKeeper(cdc, store(consensustypes.StoreKey), authority, runtime.EventService{})
	app.SetParamStore(app.ConsensusKeeper.ParamsStore)

	app.AccountKeeper = authkeeper.NewAccountKeeper(
		cdc, store(authtypes.StoreKey), authtypes.ProtoBaseAccount, moduleAccountPermissions,
		accounts, params.Bech32Prefix, authority, authkeeper.WithUnorderedTransactions(true),
	)
	app.BankKeeper = bankkeeper.NewBaseKeeper(
		cdc, store(banktypes.StoreKey), app.AccountKeeper, BlockedAddresses(), authority, logger,
	)
	app.StakingKeeper = stakingkeeper.NewKeeper(
		cdc, store(stakingtypes.StoreKey), app.AccountKeeper, app.BankKeeper, authority, operators, consensus,
	)
	app.DistrKeeper = distrkeeper.NewKeeper(
		cdc, store(distrtypes.StoreKey), app.AccountKeeper, app.BankKeeper, app.StakingKeeper,
		authtypes.FeeCollectorName, authority,
	)
	app.SlashingKeeper = slashingkeeper.NewKeeper(
		cdc, app.legacyAmino, store(slashingtypes.StoreKey), app.StakingKeeper, authority,
	)
	app.StakingKeeper.SetHooks(stakingtypes.NewMultiStakingHooks(app.DistrKeeper.Hooks(), app.SlashingKeeper.Hooks()))

	app.FeeGrantKeeper = feegrantkeeper.NewKeeper(cdc, store(feegrant.StoreKey), app.AccountKeeper)
	app.AuthzKeeper = authzkeeper.NewKeeper(store(authzkeeper.StoreKey), cdc, app.MsgServiceRouter(), app.AccountKeeper)

	app.EvidenceKeeper = evidencekeeper.NewKeeper(
		cdc, store(evidencetypes.StoreKey), app.StakingKeeper, app.SlashingKeeper, accounts, runtime.ProvideCometInfoService(),
	)

	skipHeights := map[int64]bool{}
	for _, height := range cast.ToIntSlice(appOpts.Get(server.FlagUnsafeSkipUpgrades)) {
		skipHeights[int64(height)] = true
	}
	app.UpgradeKeeper = upgradekeeper.NewKeeper(
		skipHeights, store(upgradetypes.StoreKey), cdc, cast.ToString(appOpts.Get(flags.FlagHome)), app.BaseApp, authority,
	)

	app.GovKeeper = govkeeper.NewKeeper(
		cdc, store(govtypes.StoreKey), app.AccountKeeper, app.BankKeeper, app.DistrKeeper, app.MsgServiceRouter(),
		govtypes.DefaultConfig(), authority, govkeeper.NewDefaultCalculateVoteResultsAndVotingPower(app.StakingKeeper),
	)
	// Text proposals of the older kind, which wallets still offer; without a router they end in a panic.
	app.GovKeeper.SetLegacyRouter(govv1beta1.NewRouter().AddRoute(govtypes.RouterKey, govv1beta1.ProposalHandler))
	app.buildOwnKeepers()
}

// buildOwnKeepers builds those of the protocol's own modules. It panics on a
// wiring mistake, as the other constructors do.
func (app *App) buildOwnKeepers() {
	var err error
	app.PoiKeeper, err = poikeeper.NewKeeper(
		app.appCodec,
		runtime.NewKVStoreService(app.keys[poitypes.StoreKey]),
		runtime.NewTransientStoreService(app.transientKeys[poitypes.TransientStoreKey]),
		app.AccountKeeper, app.BankKeeper, app.StakingKeeper, app.DistrKeeper,
		authtypes.FeeCollectorName, Authority(),
	)
	if err != nil {
		panic(err)
	}
	app.MarketplaceKeeper, err = marketplacekeeper.NewKeeper(
		app.appCodec, runtime.NewKVStoreService(app.keys[marketplacetypes.StoreKey]),
		app.AccountKeeper, app.BankKeeper, app.DistrKeeper, app.PoiKeeper, Authority(),
	)
	if err != nil {
		panic(err)
	}
}

// Authority is the address that may change parameters and schedule upgrades:
// governance, in its bech32 form.
func Authority() string { return authtypes.NewModuleAddress(govtypes.ModuleName).String() }

// PreBlocker runs what must see the block before its first message: a planned
// upgrade, and the expiry of unordered transactions.
func (app *App) PreBlocker(ctx sdk.Context, _ *abci.RequestFinalizeBlock) (*sdk.ResponsePreBlock, error) {
	return app.ModuleManager.PreBlock(ctx)
}

// BeginBlocker runs the modules before the transactions of a block.
func (app *App) BeginBlocker(ctx sdk.Context) (sdk.BeginBlock, error) {
	return app.ModuleManager.BeginBlock(ctx)
}

// EndBlocker runs the modules after the transactions of a block.
func (app *App) EndBlocker(ctx sdk.Context) (sdk.EndBlock, error) {
	return app.ModuleManager.EndBlock(ctx)
}

// InitChainer fills the state from genesis.
func (app *App) InitChainer(ctx sdk.Context, req *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	var genesis GenesisState
	if err := json.Unmarshal(req.AppStateBytes, &genesis); err != nil {
		return nil, fmt.Errorf("read app_state of genesis: %w", err)
	}
	if err := app.UpgradeKeeper.SetModuleVersionMap(ctx, app.ModuleManager.GetVersionMap()); err != nil {
		return nil, err
	}
	return app.ModuleManager.InitGenesis(ctx, app.appCodec, genesis)
}

// DefaultGenesis is the genesis of an empty network: no account, no validator.
func (app *App) DefaultGenesis() GenesisState {
	return app.BasicModuleManager.DefaultGenesis(app.appCodec)
}

// AppCodec encodes state and messages.
func (app *App) AppCodec() codec.Codec { return app.appCodec }

// LegacyAmino encodes for hardware wallets.
func (app *App) LegacyAmino() *codec.LegacyAmino { return app.legacyAmino }

// InterfaceRegistry knows every message and every type packed in an Any.
func (app *App) InterfaceRegistry() codectypes.InterfaceRegistry { return app.interfaceRegistry }

// TxConfig encodes, decodes and signs transactions.
func (app *App) TxConfig() client.TxConfig { return app.txConfig }

// AutoCLIOptions describes every module's commands to AutoCLI.
func (app *App) AutoCLIOptions(clientCtx client.Context) autocli.AppOptions {
	modules := make(map[string]appmodule.AppModule, len(app.ModuleManager.Modules))
	for name, m := range app.ModuleManager.Modules { //consensus:allow builds a map for the command line
		if appModule, ok := m.(appmodule.AppModule); ok {
			modules[name] = appModule
		}
	}
	return autocli.AppOptions{
		Modules:               modules,
		ModuleOptions:         runtimeservices.ExtractAutoCLIOptions(app.ModuleManager.Modules),
		AddressCodec:          address.NewBech32Codec(sdk.GetConfig().GetBech32AccountAddrPrefix()),
		ValidatorAddressCodec: address.NewBech32Codec(sdk.GetConfig().GetBech32ValidatorAddrPrefix()),
		ConsensusAddressCodec: address.NewBech32Codec(sdk.GetConfig().GetBech32ConsensusAddrPrefix()),
		ClientCtx:             clientCtx,
	}
}
