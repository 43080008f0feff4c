package app_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"cosmossdk.io/api/amino"
	msgv1 "cosmossdk.io/api/cosmos/msg/v1"
	"cosmossdk.io/core/header"
	"cosmossdk.io/log/v2"

	gogoproto "github.com/cosmos/gogoproto/proto"

	"github.com/cosmos/cosmos-sdk/server"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	distrtypes "github.com/cosmos/cosmos-sdk/x/distribution/types"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"

	"github.com/assay-network/assay/chain/app"
	"github.com/assay-network/assay/chain/app/params"
	"github.com/assay-network/assay/chain/testutil/replicas"
	marketplacetypes "github.com/assay-network/assay/chain/x/marketplace/types"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

var update = flag.Bool("update-golden", false, "write the golden files")

func newApp() *app.App {
	return app.New(log.NewNopLogger(), dbm.NewMemDB(), false, replicas.Options{})
}

// requireGolden compares text with testdata/name.
func requireGolden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "%s differs: check every line, then run this test with -update-golden", path)
}

// Who may create, destroy and hold coins.
func TestModuleAccounts(t *testing.T) {
	require.Equal(t, map[string][]string{
		authtypes.FeeCollectorName:          nil,
		distrtypes.ModuleName:               nil,
		stakingtypes.BondedPoolName:         {authtypes.Burner, authtypes.Staking},
		stakingtypes.NotBondedPoolName:      {authtypes.Burner, authtypes.Staking},
		stakingtypes.KeyRotationFeePoolName: {authtypes.Burner},
		govtypes.ModuleName:                 {authtypes.Burner},
		poitypes.ModuleName:                 {authtypes.Minter, authtypes.Burner},
		marketplacetypes.ModuleName:         {authtypes.Burner},
	}, app.ModuleAccountPermissions())

	params.SetConfig()
	blocked := app.BlockedAddresses()
	for name := range app.ModuleAccountPermissions() {
		require.Equal(t, name != govtypes.ModuleName, blocked[authtypes.NewModuleAddress(name).String()], name)
	}
}

// messages lists every message the router executes.
func messages(t *testing.T, a *app.App) []protoreflect.MessageDescriptor {
	t.Helper()
	files, err := gogoproto.MergedRegistry()
	require.NoError(t, err)
	var found []protoreflect.MessageDescriptor
	files.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			if !proto.HasExtension(service.Options(), msgv1.E_Service) {
				continue
			}
			for j := range service.Methods().Len() {
				input := service.Methods().Get(j).Input()
				if a.MsgServiceRouter().HandlerByTypeURL("/"+string(input.FullName())) != nil {
					found = append(found, input)
				}
			}
		}
		return true
	})
	slices.SortFunc(found, func(a, b protoreflect.MessageDescriptor) int {
		return strings.Compare(string(a.FullName()), string(b.FullName()))
	})
	return found
}

// Every message is classified: who signs it, and under which name hardware
// wallets show it. A new message fails here until its line has been looked at.
func TestMessages(t *testing.T) {
	a := newApp()
	var lines strings.Builder
	for _, message := range messages(t, a) {
		signers, _ := proto.GetExtension(message.Options(), msgv1.E_Signer).([]string)
		require.NotEmpty(t, signers, "%s has no signer", message.FullName())
		name, _ := proto.GetExtension(message.Options(), amino.E_Name).(string)
		if strings.HasPrefix(string(message.FullName()), "assay.") {
			require.NotEmpty(t, name, "%s has no amino name", message.FullName())
		}
		require.Less(t, len(name), 40, "%s: Ledger refuses amino names of 40 characters and more", name)
		fmt.Fprintf(&lines, "%s signer=%s amino=%s\n", message.FullName(), strings.Join(signers, ","), name)
	}
	requireGolden(t, "messages.golden", lines.String())
}

// A message that names an authority does nothing for anyone else.
func TestAuthorityIsChecked(t *testing.T) {
	r := replicas.New(t, 1, nil)
	r.Block()
	stranger := r.Address("faucet").String()
	checked := 0
	for _, message := range messages(t, r.App()) {
		signers, _ := proto.GetExtension(message.Options(), msgv1.E_Signer).([]string)
		if !slices.Equal(signers, []string{"authority"}) {
			continue
		}
		checked++
		resolved, err := r.App().InterfaceRegistry().Resolve("/" + string(message.FullName()))
		require.NoError(t, err)
		require.NoError(t, r.App().AppCodec().UnmarshalJSON(fmt.Appendf(nil, `{"authority":%q}`, stranger), resolved))
		ctx, _ := r.Query().CacheContext()
		_, err = r.App().MsgServiceRouter().Handler(resolved)(ctx, resolved)
		require.ErrorContains(t, err, app.Authority(), "%s must name the authority it expects", message.FullName())
	}
	require.GreaterOrEqual(t, checked, 10)
}

func TestDefaultGenesisIsValidAndOurs(t *testing.T) {
	a := newApp()
	genesis := a.DefaultGenesis()
	require.NoError(t, a.BasicModuleManager.ValidateGenesis(a.AppCodec(), a.TxConfig(), genesis))
	require.NotContains(t, genesis, "mint")

	var staking stakingtypes.GenesisState
	a.AppCodec().MustUnmarshalJSON(genesis[stakingtypes.ModuleName], &staking)
	require.Equal(t, params.BaseDenom, staking.Params.BondDenom)
	var distribution distrtypes.GenesisState
	a.AppCodec().MustUnmarshalJSON(genesis[distrtypes.ModuleName], &distribution)
	require.True(t, distribution.Params.CommunityTax.IsZero())
}

func TestUnsupportedExecutorIsRefused(t *testing.T) {
	require.PanicsWithValue(t, `block-executor = "block-stm" is not supported: set "sequential" in app.toml`, func() {
		app.New(log.NewNopLogger(), dbm.NewMemDB(), false, replicas.Options{server.FlagBlockExecutor: "block-stm"})
	})
}

// The old binary stops at the height of an upgrade and leaves its name for
// Cosmovisor; the new one, which knows the name, continues.
func TestUpgrade(t *testing.T) {
	db, home := dbm.NewMemDB(), t.TempDir()
	start := func() *app.App {
		return app.New(log.NewNopLogger(), db, true, replicas.Options{"home": home})
	}
	plan := upgradetypes.Plan{Name: "v2", Height: 3}
	at := func(a *app.App, height int64) sdk.Context {
		return a.NewContextLegacy(true, cmtproto.Header{Height: height}).WithHeaderInfo(header.Info{Height: height})
	}

	old := start()
	require.NoError(t, old.UpgradeKeeper.ScheduleUpgrade(at(old, 1), plan))
	_, err := old.PreBlocker(at(old, 2), nil)
	require.NoError(t, err)
	_, err = old.PreBlocker(at(old, 3), nil)
	require.ErrorContains(t, err, `UPGRADE "v2" NEEDED at height: 3`)
	require.FileExists(t, filepath.Join(home, "data", "upgrade-info.json"))

	defer app.SetUpgrade("v2", storetypes.StoreUpgrades{Added: []string{"new"}})()
	next := start()
	require.True(t, next.UpgradeKeeper.HasHandler("v2"))
	require.NoError(t, next.UpgradeKeeper.ApplyUpgrade(at(next, 3), plan))
}
