package localnet_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/viper"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	sdk "github.com/cosmos/cosmos-sdk/types"

	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/assay-network/assay/chain/app"
	"github.com/assay-network/assay/chain/app/params"
	"github.com/assay-network/assay/chain/localnet"
	"github.com/assay-network/assay/chain/testutil/replicas"
	marketplacetypes "github.com/assay-network/assay/chain/x/marketplace/types"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

func encoding() *app.App {
	return app.New(log.NewNopLogger(), dbm.NewMemDB(), false, replicas.Options{})
}

func options(dir string) localnet.Options {
	return localnet.Options{
		Validators:       3,
		Dir:              dir,
		ChainID:          params.LocalChainID,
		BlockTime:        time.Second,
		GenesisTime:      time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		SponsorsPerArena: 2,
		RetainBlocks:     2_000,
		Seed:             "test",
	}
}

func readFile(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(data)
}

func TestInitWritesReadyHomes(t *testing.T) {
	dir := t.TempDir()
	network, err := localnet.Init(encoding(), options(dir))
	require.NoError(t, err)

	var files []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		require.NoError(t, err)
		if !entry.IsDir() && !strings.HasPrefix(path, filepath.Join(dir, "node1")) && !strings.HasPrefix(path, filepath.Join(dir, "node2")) {
			relative, err := filepath.Rel(dir, path)
			require.NoError(t, err)
			info, err := entry.Info()
			require.NoError(t, err)
			if strings.HasPrefix(relative, "keys/") {
				require.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), relative)
			}
			if !strings.HasSuffix(relative, ".address") { // the keyring's index by address
				files = append(files, relative)
			}
		}
		return nil
	}))
	require.Equal(t, []string{
		"keys/buyer-0.json",
		"keys/buyer-1.json",
		"keys/buyer-2.json",
		"keys/buyer-3.json",
		"keys/curator.json",
		"keys/faucet.json",
		"keys/probe-0.json",
		"keys/probe-1.json",
		"keys/probe-2.json",
		"keys/provider-0.json",
		"keys/provider-1.json",
		"keys/provider-2.json",
		"keys/scorer-0.json",
		"keys/scorer-1.json",
		"keys/scorer-2.json",
		"keys/validator-0.json",
		"keys/validator-1.json",
		"keys/validator-2.json",
		"network.json",
		"node0/config/app.toml",
		"node0/config/client.toml",
		"node0/config/config.toml",
		"node0/config/genesis.json",
		"node0/config/node_key.json",
		"node0/config/priv_validator_key.json",
		"node0/data/priv_validator_state.json",
		"node0/keyring-test/validator-0.info",
	}, files)

	var summary localnet.Network
	require.NoError(t, json.Unmarshal([]byte(readFile(t, dir, "network.json")), &summary))
	require.Equal(t, network, summary)
	for i, node := range summary.Nodes {
		require.Equal(t, fmt.Sprintf("node%d", i), node.Name)
		require.Equal(t, filepath.Join(dir, node.Name), node.Home)
		require.Equal(t, readFile(t, dir, "node0/config/genesis.json"), readFile(t, node.Home, "config/genesis.json"), "all nodes share one genesis")
	}
}

// network.json and the nodes' own settings must tell the same, and no two nodes
// may claim one port.
func TestInitGivesEveryNodeItsPorts(t *testing.T) {
	for _, base := range []int{0, 31_000} {
		t.Run(fmt.Sprintf("base port %d", base), func(t *testing.T) {
			o := options(t.TempDir())
			o.BasePort = base
			network, err := localnet.Init(encoding(), o)
			require.NoError(t, err)
			used := map[string]string{}
			claim := func(address, by string) {
				parsed, err := url.Parse(address)
				require.NoError(t, err)
				require.Equal(t, "127.0.0.1", parsed.Hostname(), "%s must stay on this host", by)
				require.Empty(t, used[parsed.Port()], "%s and %s share port %s", by, used[parsed.Port()], parsed.Port())
				used[parsed.Port()] = by
			}
			for i, node := range network.Nodes {
				comet, appConfig := viper.New(), viper.New()
				comet.SetConfigFile(filepath.Join(node.Home, "config", "config.toml"))
				appConfig.SetConfigFile(filepath.Join(node.Home, "config", "app.toml"))
				require.NoError(t, comet.ReadInConfig())
				require.NoError(t, appConfig.ReadInConfig())

				claim(comet.GetString("p2p.laddr"), node.Name+" p2p")
				claim(comet.GetString("rpc.laddr"), node.Name+" rpc")
				claim("tcp://"+comet.GetString("instrumentation.prometheus_listen_addr"), node.Name+" metrics")
				claim(appConfig.GetString("api.address"), node.Name+" rest")
				claim("tcp://"+appConfig.GetString("grpc.address"), node.Name+" grpc")
				require.Empty(t, comet.GetString("rpc.pprof_laddr"))
				require.Equal(t, strings.Replace(comet.GetString("rpc.laddr"), "tcp", "http", 1), node.RPC)
				require.Equal(t, strings.Replace(appConfig.GetString("api.address"), "tcp", "http", 1), node.REST)
				require.Equal(t, appConfig.GetString("grpc.address"), node.GRPC)
				require.True(t, strings.HasSuffix(node.P2P, strings.TrimPrefix(comet.GetString("p2p.laddr"), "tcp://")))

				peers := strings.Split(comet.GetString("p2p.persistent_peers"), ",")
				require.Len(t, peers, len(network.Nodes)-1)
				require.NotContains(t, peers, node.P2P)

				require.Equal(t, i == 0, comet.GetString("tx_index.indexer") == "kv", "only node 0 indexes")
				require.Equal(t, time.Second, comet.GetDuration("consensus.timeout_commit"))
				require.Equal(t, "custom", appConfig.GetString("pruning"))
				require.Equal(t, "0uassay", appConfig.GetString("minimum-gas-prices"))
				require.Positive(t, appConfig.GetUint64("query-gas-limit"))
			}
			require.Len(t, used, 5*len(network.Nodes))
			if base == 0 {
				require.Equal(t, "http://127.0.0.1:26657", network.Nodes[0].RPC)
				require.Equal(t, "127.0.0.1:9090", network.Nodes[0].GRPC)
				require.Equal(t, "http://127.0.0.1:1317", network.Nodes[0].REST)
			}
		})
	}
}

func TestInitKeyFilesHoldFundedAccounts(t *testing.T) {
	r := replicas.New(t, 2, nil)
	r.Block()
	total := sdk.NewCoins()
	for _, account := range r.Network.Accounts {
		var file struct{ Name, Address, Mnemonic string }
		require.NoError(t, json.Unmarshal([]byte(readFile(t, account.KeyFile)), &file))
		require.Equal(t, account.Name, file.Name)
		require.Equal(t, account.Address, file.Address)
		require.Equal(t, account.Address, r.Address(account.Name).String(), "the mnemonic belongs to the address")
		_, err := hd.Secp256k1.Derive()(file.Mnemonic, "", "m/44'/118'/0'/0/0")
		require.NoError(t, err)

		balance := r.App().BankKeeper.GetAllBalances(r.Query(), r.Address(account.Name))
		require.True(t, balance.AmountOf(params.BaseDenom).GTE(sdk.DefaultPowerReduction.MulRaw(500_000)), account.Name)
		total = total.Add(balance...)
	}
	supply := r.App().BankKeeper.GetSupply(r.Query(), params.BaseDenom)
	validators, err := r.App().StakingKeeper.GetAllValidators(r.Query())
	require.NoError(t, err)
	require.Len(t, validators, 2)
	bonded := validators[0].Tokens.Add(validators[1].Tokens)
	require.Equal(t, supply.Amount, total.AmountOf(params.BaseDenom).Add(bonded), "every coin of the genesis is somebody's")
	require.Equal(t, validators[0].Tokens, validators[1].Tokens, "validators have equal stake")
}

func TestInitWithASeedIsDeterministic(t *testing.T) {
	first, second, other := t.TempDir(), t.TempDir(), t.TempDir()
	for _, dir := range []string{first, second} {
		_, err := localnet.Init(encoding(), options(dir))
		require.NoError(t, err)
	}
	o := options(other)
	o.Seed = ""
	_, err := localnet.Init(encoding(), o)
	require.NoError(t, err)

	for _, name := range []string{
		"keys/faucet.json", "node1/config/genesis.json", "node1/config/node_key.json", "node1/config/priv_validator_key.json",
		"node1/config/config.toml", "node1/config/app.toml",
	} {
		require.Equal(t, readFile(t, first, name), readFile(t, second, name), name)
	}
	for _, name := range []string{"keys/faucet.json", "node1/config/genesis.json", "node1/config/node_key.json", "node1/config/priv_validator_key.json"} {
		require.NotEqual(t, readFile(t, first, name), readFile(t, other, name), name)
	}
}

func TestInitOverwritesOnlyItsOwn(t *testing.T) {
	t.Run("error - not empty", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "precious"), nil, 0o600))
		_, err := localnet.Init(encoding(), options(dir))
		require.ErrorContains(t, err, "is not empty: choose another --dir, or replace an earlier network with --force")
	})
	t.Run("error - force where no network is", func(t *testing.T) {
		o := options(t.TempDir())
		o.Force = true
		require.NoError(t, os.WriteFile(filepath.Join(o.Dir, "precious"), nil, 0o600))
		_, err := localnet.Init(encoding(), o)
		require.ErrorContains(t, err, "holds no network that --force could replace")
		require.FileExists(t, filepath.Join(o.Dir, "precious"))
	})
	t.Run("success - force replaces a network", func(t *testing.T) {
		o := options(t.TempDir())
		_, err := localnet.Init(encoding(), o)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(o.Dir, "precious"), nil, 0o600))
		o.Force, o.Validators = true, 1
		_, err = localnet.Init(encoding(), o)
		require.NoError(t, err)
		require.FileExists(t, filepath.Join(o.Dir, "precious"))
		require.NoDirExists(t, filepath.Join(o.Dir, "node1"))
		require.NoFileExists(t, filepath.Join(o.Dir, "keys", "validator-1.json"))
	})
}

func TestInitRefusesBadOptions(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*localnet.Options)
		want   string
	}{
		"no validators":   {func(o *localnet.Options) { o.Validators = 0 }, "--validators must be between 1 and 100, got 0"},
		"no directory":    {func(o *localnet.Options) { o.Dir = "" }, "--dir must name a directory"},
		"no chain id":     {func(o *localnet.Options) { o.ChainID = "" }, "--chain-id must not be empty"},
		"no block time":   {func(o *localnet.Options) { o.BlockTime = 0 }, "--block-time must be at least 50ms, got 0s"},
		"ports too high":  {func(o *localnet.Options) { o.BasePort = 65_530 }, "--base-port 65530 leaves no ports below 65536 for 3 nodes"},
		"negative counts": {func(o *localnet.Options) { o.SponsorsPerArena = -1 }, "must not be negative"},
		"missing arenas":  {func(o *localnet.Options) { o.ArenasFile = "nowhere.json" }, "read arenas: open nowhere.json"},
	} {
		t.Run("error - "+name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "net")
			o := options(dir)
			test.change(&o)
			_, err := localnet.Init(encoding(), o)
			require.ErrorContains(t, err, test.want)
			require.NoDirExists(t, dir, "nothing is written before the options are known to be good")
		})
	}
}

// arenasFile copies the repository's arena "digits" into a directory of its own,
// edited as JSON text.
func arenasFile(t *testing.T, edit func(string) string) string {
	t.Helper()
	const models = "../../models"
	var content struct{ Arenas []json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(readFile(t, models, "arenas.json")), &content))
	content.Arenas = content.Arenas[:1]
	data, err := json.Marshal(map[string]any{"arenas": content.Arenas})
	require.NoError(t, err)

	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "digits"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "digits", "reference.onnx"), []byte(readFile(t, models, "digits/reference.onnx")), 0o600))
	path := filepath.Join(dir, "arenas.json")
	require.NoError(t, os.WriteFile(path, []byte(edit(string(data))), 0o600))
	return path
}

func TestInitRefusesBadArenas(t *testing.T) {
	replace := func(old, new string) func(string) string {
		return func(s string) string {
			require.Contains(t, s, old)
			return strings.Replace(s, old, new, 1)
		}
	}
	for name, test := range map[string]struct {
		edit func(string) string
		want string
	}{
		"no JSON":        {func(string) string { return "{" }, "is not valid JSON"},
		"bad name":       {replace(`"digits"`, `"Digits 2"`), `arena 0: name "Digits 2" does not match`},
		"bad input type": {replace(`"uint8"`, `"float32"`), "expected uint8, int8 or int16"},
		"bad answer":     {replace(`"class"`, `"essay"`), `answer kind "essay", expected class or scalar`},
		"wrong shape":    {replace(`[1,28,28]`, `[1,28,27]`), "input shape [1 28 28], arena digits expects [1 28 27]"},
		"missing file":   {replace(`digits/reference.onnx`, `digits/nothing.onnx`), "arena digits: read its reference model: open "},
		"not a model":    {replace(`digits/reference.onnx`, `arenas.json`), "arena digits: "},
		"two of one name": {func(s string) string {
			one := strings.TrimSuffix(strings.TrimPrefix(s, `{"arenas":[`), "]}")
			return `{"arenas":[` + one + "," + one + "]}"
		}, `two arenas are named "digits"`},
		"too large": {func(string) string { return strings.Repeat(" ", 1<<20+1) }, "is larger than 1048576 bytes"},
	} {
		t.Run("error - "+name, func(t *testing.T) {
			o := options(filepath.Join(t.TempDir(), "net"))
			o.ArenasFile = arenasFile(t, test.edit)
			_, err := localnet.Init(encoding(), o)
			require.ErrorContains(t, err, test.want)
			require.NoDirExists(t, o.Dir)
		})
	}
}

func TestInitOpensArenas(t *testing.T) {
	o := options(t.TempDir())
	o.ArenasFile = "../../models/arenas.json"
	o.ParamsFile = filepath.Join(t.TempDir(), "params.json")
	require.NoError(t, os.WriteFile(o.ParamsFile, []byte(`{"beacon_blocks":1,"input_blocks":2,"rows_blocks":3,"label_blocks":4,"challenge_blocks":5,"marketplace":{"grace_blocks":7}}`), 0o600))
	a := encoding()
	network, err := localnet.Init(a, o)
	require.NoError(t, err)

	state, _, err := genutiltypes.GenesisStateFromGenFile(filepath.Join(network.Nodes[0].Home, "config", "genesis.json"))
	require.NoError(t, err)
	var poi poitypes.GenesisState
	a.AppCodec().MustUnmarshalJSON(state[poitypes.ModuleName], &poi)
	require.Len(t, poi.Arenas, 3)
	require.Len(t, poi.Models, 3)
	curator := ""
	roles := map[string]int{}
	for _, account := range network.Accounts {
		roles[account.Role]++
		if account.Role == "curator" {
			curator = account.Address
		}
	}
	require.Equal(t, map[string]int{"operator": 3, "scorer": 3, "probe": 3, "curator": 1, "faucet": 1, "sponsor": 3 * 2, "miner": 3 * 4, "provider": 3, "buyer": 4}, roles)
	for i, arena := range poi.Arenas {
		require.Equal(t, curator, arena.Curator)
		require.Positive(t, arena.Weight)
		require.Equal(t, poi.Steps[i].Model, arena.Top)
		require.Equal(t, poi.Models[i].Id, poi.ModelFiles[i].Model)
	}
	require.Equal(t, uint64(15), poi.Params.EpochBlocks())
	var market marketplacetypes.GenesisState
	a.AppCodec().MustUnmarshalJSON(state[marketplacetypes.ModuleName], &market)
	expected := marketplacetypes.LocalParams()
	expected.GraceBlocks = 7
	require.Equal(t, expected, market.Params)

	o.Dir = filepath.Join(t.TempDir(), "net")
	for content, want := range map[string]string{
		"[]":                                 "expected a JSON object of params",
		`{"phase_blocks":1}`:                 `x/poi has no parameter "phase_blocks"`,
		`{"beacon_blocks":"x"}`:              "--params ",
		`{"beacon_blocks":0}`:                "beacon_blocks",
		`{"marketplace":1}`:                  "marketplace: expected a JSON object of params",
		`{"marketplace":{"z2":1}}`:           `x/marketplace has no parameter "z2"`,
		`{"marketplace":{"grace_blocks":0}}`: "grace_blocks",
	} {
		require.NoError(t, os.WriteFile(o.ParamsFile, []byte(content), 0o600))
		_, err = localnet.Init(a, o)
		require.ErrorContains(t, err, want, content)
		require.NoDirExists(t, o.Dir)
	}
}

// network.json names no key twice and nothing but names the programs expect.
func TestInitNamesAccounts(t *testing.T) {
	network, err := localnet.Init(encoding(), options(t.TempDir()))
	require.NoError(t, err)
	pattern := regexp.MustCompile(`^(curator|faucet|(validator|scorer|probe|provider|buyer)-\d+|(sponsor|miner)-[a-z0-9-]+-\d+)$`)
	seen := map[string]bool{}
	for _, account := range network.Accounts {
		require.Regexp(t, pattern, account.Name)
		require.False(t, seen[account.Name])
		seen[account.Name] = true
	}
}
