// Package localnet writes networks of several validators on one host: homes,
// keys, one genesis, and a summary for the programs that use the network.
package localnet

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/assay-network/assay/chain/app"
	marketplacetypes "github.com/assay-network/assay/chain/x/marketplace/types"
)

// Accounts of the market: any arena's models can be served and paid for.
const (
	providers = 3
	buyers    = 4
)

// summaryFile tells other programs where the network is.
const summaryFile = "network.json"

// Options of a network. The command's flags describe them.
type Options struct {
	Validators       int
	Dir              string
	Force            bool
	ArenasFile       string
	ParamsFile       string
	ChainID          string
	BlockTime        time.Duration
	GenesisTime      time.Time
	BasePort         int
	SponsorsPerArena int
	MinersPerArena   int
	RetainBlocks     uint64
	Seed             string
}

func (o Options) validate() error {
	lastPort := portsOf(o.BasePort, o.Validators-1)
	switch {
	case o.Validators < 1 || o.Validators > 100:
		return fmt.Errorf("--validators must be between 1 and 100, got %d", o.Validators)
	case o.Dir == "":
		return errors.New("--dir must name a directory")
	case o.ChainID == "":
		return errors.New("--chain-id must not be empty")
	case o.BlockTime < 50*time.Millisecond:
		return fmt.Errorf("--block-time must be at least 50ms, got %s", o.BlockTime)
	case o.BasePort < 0 || lastPort.p2p > 65535 || lastPort.rest > 65535:
		return fmt.Errorf("--base-port %d leaves no ports below 65536 for %d nodes", o.BasePort, o.Validators)
	case o.SponsorsPerArena < 0 || o.MinersPerArena < 0:
		return errors.New("--sponsors-per-arena and --miners-per-arena must not be negative")
	}
	return nil
}

// Network is the content of network.json.
type Network struct {
	ChainID  string    `json:"chain_id"`
	Nodes    []Node    `json:"nodes"`
	Accounts []Account `json:"accounts"`
}

// Node is one validator's node: rpc and rest are URLs, grpc is host:port, p2p
// is id@host:port.
type Node struct {
	Name string `json:"name"`
	Home string `json:"home"`
	RPC  string `json:"rpc"`
	GRPC string `json:"grpc"`
	REST string `json:"rest"`
	P2P  string `json:"p2p"`
}

// Account is an account with funds. Sponsors and miners of an arena are named
// sponsor-<arena>-<i> and miner-<arena>-<i>.
type Account struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	KeyFile string `json:"key_file"`
	Role    string `json:"role"`
}

// Init writes a network and returns its summary. encoding supplies codecs and
// default genesis states; its state is not touched.
func Init(encoding *app.App, options Options) (Network, error) {
	if err := options.validate(); err != nil {
		return Network{}, err
	}
	arenas, err := readArenas(options.ArenasFile)
	if err != nil {
		return Network{}, err
	}
	dir, err := filepath.Abs(options.Dir)
	if err != nil {
		return Network{}, err
	}
	source := keySource{seed: options.Seed}
	nodes, keys, err := makeNodes(source, options, dir)
	if err != nil {
		return Network{}, err
	}
	others, err := makeAccounts(source, options, arenas)
	if err != nil {
		return Network{}, err
	}
	poiParams, marketParams, err := readParams(encoding.AppCodec(), options.ParamsFile)
	if err != nil {
		return Network{}, err
	}
	poi, err := poiGenesis(poiParams, options, arenas, others[0].Address)
	if err != nil {
		return Network{}, err
	}
	market := marketplacetypes.DefaultGenesis()
	market.Params = marketParams
	keys = append(keys, others...)

	if err := prepareDir(dir, options.Force); err != nil {
		return Network{}, err
	}
	for _, n := range nodes {
		if err := n.writeKeys(source, encoding); err != nil {
			return Network{}, fmt.Errorf("write keys of %s: %w", n.name, err)
		}
	}
	for i, n := range nodes {
		var peers []string
		for _, other := range nodes {
			if other != n {
				peers = append(peers, other.address())
			}
		}
		if err := n.writeConfig(options, peers, i == 0); err != nil {
			return Network{}, err
		}
	}
	genesis, err := makeGenesis(encoding, options, nodes, keys, poi, market)
	if err != nil {
		return Network{}, err
	}
	for _, n := range nodes {
		if err := genesis.SaveAs(filepath.Join(n.home, "config", "genesis.json")); err != nil {
			return Network{}, err
		}
	}
	return writeSummary(dir, options.ChainID, nodes, keys)
}

// prepareDir makes sure nothing is overwritten. With force it removes what an
// earlier run wrote, and only that.
func prepareDir(dir string, force bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		if !force {
			return fmt.Errorf("%s is not empty: choose another --dir, or replace an earlier network with --force", dir)
		}
		old, err := readSummary(dir)
		if err != nil {
			return fmt.Errorf("%s holds no network that --force could replace: %w", dir, err)
		}
		for i := range old.Nodes {
			if err := os.RemoveAll(filepath.Join(dir, nodeName(i))); err != nil {
				return err
			}
		}
		for _, name := range []string{"keys", summaryFile} {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return os.MkdirAll(filepath.Join(dir, "keys"), 0o700)
}

func readSummary(dir string) (Network, error) {
	var network Network
	data, err := os.ReadFile(filepath.Join(dir, summaryFile))
	if err != nil {
		return network, err
	}
	return network, json.Unmarshal(data, &network)
}

func nodeName(i int) string { return fmt.Sprintf("node%d", i) }

// makeNodes names the nodes and makes two keys for each: the operator's and the
// scoring worker's.
func makeNodes(source keySource, options Options, dir string) ([]*node, []key, error) {
	var (
		nodes []*node
		keys  []key
	)
	for i := range options.Validators {
		operator, err := source.newKey(fmt.Sprintf("validator-%d", i), roleOperator)
		if err != nil {
			return nil, nil, err
		}
		scorer, err := source.newKey(fmt.Sprintf("scorer-%d", i), roleScorer)
		if err != nil {
			return nil, nil, err
		}
		probe, err := source.newKey(fmt.Sprintf("probe-%d", i), roleProbe)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, operator, scorer, probe)
		nodes = append(nodes, &node{
			name: nodeName(i), home: filepath.Join(dir, nodeName(i)), ports: portsOf(options.BasePort, i), operator: operator,
		})
	}
	return nodes, keys, nil
}

// makeAccounts makes the keys that belong to no node, the curator's first.
func makeAccounts(source keySource, options Options, arenas []arena) ([]key, error) {
	type account struct{ name, role string }
	accounts := []account{{roleCurator, roleCurator}, {roleFaucet, roleFaucet}}
	for _, a := range arenas {
		for i := range options.SponsorsPerArena {
			accounts = append(accounts, account{fmt.Sprintf("sponsor-%s-%d", a.Name, i), roleSponsor})
		}
		miners := options.MinersPerArena
		if miners == 0 {
			miners = len(a.Models)
		}
		for i := range miners {
			accounts = append(accounts, account{fmt.Sprintf("miner-%s-%d", a.Name, i), roleMiner})
		}
	}
	for i := range providers {
		accounts = append(accounts, account{fmt.Sprintf("provider-%d", i), roleProvider})
	}
	for i := range buyers {
		accounts = append(accounts, account{fmt.Sprintf("buyer-%d", i), roleBuyer})
	}
	keys := make([]key, 0, len(accounts))
	for _, a := range accounts {
		k, err := source.newKey(a.name, a.role)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func writeSummary(dir, chainID string, nodes []*node, keys []key) (Network, error) {
	network := Network{ChainID: chainID}
	for _, n := range nodes {
		network.Nodes = append(network.Nodes, Node{
			Name: n.name,
			Home: n.home,
			RPC:  fmt.Sprintf("http://%s:%d", host, n.ports.rpc),
			GRPC: fmt.Sprintf("%s:%d", host, n.ports.grpc),
			REST: fmt.Sprintf("http://%s:%d", host, n.ports.rest),
			P2P:  n.address(),
		})
	}
	for _, k := range keys {
		path, err := k.write(filepath.Join(dir, "keys"))
		if err != nil {
			return Network{}, err
		}
		network.Accounts = append(network.Accounts, Account{Name: k.Name, Address: k.Address, KeyFile: path, Role: k.role})
	}
	return network, writeJSON(filepath.Join(dir, summaryFile), network, 0o644)
}
