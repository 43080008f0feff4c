package localnet

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/p2p"

	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
	pruningtypes "github.com/cosmos/cosmos-sdk/store/v2/pruning/types"
	"github.com/cosmos/cosmos-sdk/x/genutil"

	"github.com/assay-network/assay/chain/app"
	"github.com/assay-network/assay/chain/app/params"
	"github.com/assay-network/assay/chain/nodeconfig"
)

const (
	host = "127.0.0.1"
	// keepStates is how many recent states a node can answer queries about.
	keepStates = "100"
	// prometheusSeconds is how long the application keeps a metric that stops
	// being reported.
	prometheusSeconds = 600
)

// ports of one node.
type ports struct{ p2p, rpc, prometheus, grpc, rest int }

// portsOf returns the ports of node i. base 0 keeps node 0 on the ports every
// Cosmos tool expects.
func portsOf(base, i int) ports {
	if base == 0 {
		return ports{p2p: 26656 + 10*i, rpc: 26657 + 10*i, prometheus: 26660 + 10*i, grpc: 9090 + 10*i, rest: 1317 + 10*i}
	}
	first := base + 5*i
	return ports{p2p: first, rpc: first + 1, prometheus: first + 2, grpc: first + 3, rest: first + 4}
}

// node is one validator's node while its home is being written.
type node struct {
	name      string
	home      string
	ports     ports
	id        string
	consensus cryptotypes.PubKey
	operator  key
}

// address is what the other nodes dial.
func (n *node) address() string { return fmt.Sprintf("%s@%s:%d", n.id, host, n.ports.p2p) }

// writeKeys creates the node key, the consensus key and a keyring with the
// operator's key, so that `assayd tx --from` works in this home.
func (n *node) writeKeys(source keySource, encoding *app.App) error {
	if err := os.MkdirAll(filepath.Join(n.home, "config"), 0o700); err != nil {
		return err
	}
	config := nodeconfig.Comet()
	config.SetRoot(n.home)

	nodeSecret, err := source.entropy("node/" + n.name)
	if err != nil {
		return err
	}
	if err := (&p2p.NodeKey{PrivKey: ed25519.GenPrivKeyFromSecret(nodeSecret)}).SaveAs(config.NodeKeyFile()); err != nil {
		return err
	}
	consensusMnemonic, err := source.mnemonic("consensus/" + n.name)
	if err != nil {
		return err
	}
	if n.id, n.consensus, err = genutil.InitializeNodeValidatorFilesFromMnemonic(config, consensusMnemonic); err != nil {
		return err
	}

	ring, err := keyring.New(params.AppName, keyring.BackendTest, n.home, strings.NewReader(""), encoding.AppCodec())
	if err != nil {
		return err
	}
	return ring.ImportPrivKeyHex(n.operator.Name, fmt.Sprintf("%x", n.operator.private.Bytes()), "secp256k1")
}

// writeConfig writes config.toml, app.toml and client.toml. peers are the
// addresses of the other nodes; indexed turns on search for transactions.
func (n *node) writeConfig(options Options, peers []string, indexed bool) error {
	comet := nodeconfig.Comet()
	comet.SetRoot(n.home)
	comet.Moniker = n.name
	comet.LogLevel = "warn"
	comet.RPC.ListenAddress = fmt.Sprintf("tcp://%s:%d", host, n.ports.rpc)
	comet.RPC.PprofListenAddress = "" // the default is one port for all nodes of a host
	comet.P2P.ListenAddress = fmt.Sprintf("tcp://%s:%d", host, n.ports.p2p)
	comet.P2P.PersistentPeers = strings.Join(peers, ",")
	comet.P2P.AddrBookStrict = false // loopback addresses are not routable
	comet.P2P.AllowDuplicateIP = true
	comet.Consensus.TimeoutCommit = options.BlockTime
	// Votes travel in this rhythm: the default of 100 ms adds up to more than
	// the block time of a fast local network.
	comet.Consensus.PeerGossipSleepDuration = 10 * time.Millisecond
	comet.Instrumentation.Prometheus = true
	comet.Instrumentation.PrometheusListenAddr = fmt.Sprintf("%s:%d", host, n.ports.prometheus)
	comet.TxIndex.Indexer = "null"
	comet.Storage.DiscardABCIResponses = !indexed
	if indexed {
		comet.TxIndex.Indexer = "kv"
	}
	if err := comet.ValidateBasic(); err != nil {
		return fmt.Errorf("config.toml of %s: %w", n.name, err)
	}
	cmtcfg.WriteConfigFile(filepath.Join(n.home, "config", "config.toml"), comet)

	_, appConfig := nodeconfig.App()
	appConfig.MinGasPrices = "0" + params.BaseDenom
	appConfig.Pruning = pruningtypes.PruningOptionCustom
	appConfig.PruningKeepRecent = keepStates
	appConfig.PruningInterval = "10"
	appConfig.MinRetainBlocks = options.RetainBlocks
	appConfig.StateSync.SnapshotInterval = 0
	appConfig.API.Enable = true
	appConfig.API.Swagger = true
	appConfig.API.Address = fmt.Sprintf("tcp://%s:%d", host, n.ports.rest)
	appConfig.GRPC.Address = fmt.Sprintf("%s:%d", host, n.ports.grpc)
	appConfig.Telemetry.Enabled = true                              //nolint:staticcheck // the application's metrics have no other switch yet
	appConfig.Telemetry.PrometheusRetentionTime = prometheusSeconds //nolint:staticcheck // same
	serverconfig.WriteConfigFile(filepath.Join(n.home, "config", "app.toml"), &appConfig)

	clientConfig := fmt.Sprintf(`# Defaults of assayd's commands in this home.
chain-id = %q
keyring-backend = "test"
keyring-default-keyname = %q
output = "text"
node = %q
broadcast-mode = "sync"
`, options.ChainID, n.operator.Name, comet.RPC.ListenAddress)
	return os.WriteFile(filepath.Join(n.home, "config", "client.toml"), []byte(clientConfig), 0o600)
}
