// Package replicas runs the same blocks on several instances of the
// application, each in the way a different validator might run them, and fails
// the test where two of them disagree.
package replicas

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	clienttx "github.com/cosmos/cosmos-sdk/client/tx"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	"github.com/cosmos/cosmos-sdk/store/v2"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/assay-network/assay/chain/app"
	"github.com/assay-network/assay/chain/app/params"
	"github.com/assay-network/assay/chain/localnet"
)

// GasLimit is the gas of every transaction that Sign makes.
const GasLimit = 20_000_000

// replica is one instance and its way of running.
type replica struct {
	name    string
	app     *app.App
	db      dbm.DB
	options []func(*baseapp.BaseApp)
	// optimistic sees the proposal before the block is decided and executes it
	// at once.
	optimistic bool
	// restarts loads a fresh application from disk before every block, so that
	// nothing but committed state survives.
	restarts bool
	// busy checks the transactions first, as its mempool does, and simulates and
	// answers queries while the block runs.
	busy bool
}

// Replicas is a network whose consensus is always unanimous and whose instances
// run in this process.
type Replicas struct {
	t *testing.T
	// Network names the accounts; their keys are in its key files.
	Network    localnet.Network
	replicas   []*replica
	validators []abci.Validator
	chainID    string
	height     int64
	time       time.Time
	sequences  map[string]uint64
}

// New starts the replicas of a local network with the given number of
// validators. change may edit the options of `assayd localnet init`, or be nil.
func New(t *testing.T, validators int, change func(*localnet.Options)) *Replicas {
	t.Helper()
	encoding := app.New(log.NewNopLogger(), dbm.NewMemDB(), false, Options{})
	options := localnet.Options{
		Validators:       validators,
		Dir:              t.TempDir(),
		ChainID:          params.LocalChainID,
		BlockTime:        time.Second,
		GenesisTime:      time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		SponsorsPerArena: 3,
		Seed:             t.Name(),
	}
	if change != nil {
		change(&options)
	}
	network, err := localnet.Init(encoding, options)
	require.NoError(t, err)
	genesis, err := genutiltypes.AppGenesisFromFile(filepath.Join(network.Nodes[0].Home, "config", "genesis.json"))
	require.NoError(t, err)
	r := NewFromGenesis(t, genesis)
	r.Network = network
	return r
}

// NewFromGenesis starts replicas from a genesis, which may be an export.
func NewFromGenesis(t *testing.T, genesis *genutiltypes.AppGenesis) *Replicas {
	t.Helper()
	r := &Replicas{
		t:         t,
		chainID:   genesis.ChainID,
		height:    genesis.InitialHeight - 1,
		time:      genesis.GenesisTime,
		sequences: map[string]uint64{},
		replicas: []*replica{
			{name: "plain"},
			{name: "optimistic with caches", optimistic: true, options: []func(*baseapp.BaseApp){
				baseapp.SetOptimisticExecution(),
				baseapp.SetInterBlockCache(store.NewCommitKVStoreCacheManager()),
				baseapp.SetIAVLCacheSize(10_000),
			}},
			{name: "restarted, no caches", restarts: true, options: []func(*baseapp.BaseApp){
				baseapp.SetIAVLCacheSize(1),
				baseapp.SetIAVLDisableFastNode(true),
			}},
			{name: "busy", busy: true},
		},
	}
	consensus := genesis.Consensus.Params.ToProto()
	updates := make([]abci.ValidatorUpdate, 0, len(genesis.Consensus.Validators))
	for _, v := range genesis.Consensus.Validators {
		updates = append(updates, abci.Ed25519ValidatorUpdate(v.PubKey.Bytes(), v.Power))
	}
	var first *abci.ResponseInitChain
	for _, each := range r.replicas {
		each.db = dbm.NewMemDB()
		each.start(r.chainID)
		response, err := each.app.InitChain(&abci.RequestInitChain{
			Time:            genesis.GenesisTime,
			ChainId:         genesis.ChainID,
			ConsensusParams: &consensus,
			Validators:      updates,
			AppStateBytes:   genesis.AppState,
			InitialHeight:   genesis.InitialHeight,
		})
		require.NoError(t, err, each.name)
		if first == nil {
			first = response
		}
		require.Equal(t, first, response, "%s: response to the genesis", each.name)
	}
	r.updateValidators(first.Validators)
	return r
}

func (p *replica) start(chainID string) {
	options := append([]func(*baseapp.BaseApp){baseapp.SetChainID(chainID)}, p.options...)
	p.app = app.New(log.NewNopLogger(), p.db, true, Options{}, options...)
}

// App is one of the instances, for queries. Its state is that of the last block.
func (r *Replicas) App() *app.App { return r.replicas[0].app }

// Height is the height of the last block.
func (r *Replicas) Height() int64 { return r.height }

// Time is the time of the last block.
func (r *Replicas) Time() time.Time { return r.time }

// Query returns a context to read the committed state with.
func (r *Replicas) Query() sdk.Context {
	return r.App().NewContextLegacy(true, cmtproto.Header{ChainID: r.chainID, Height: r.height, Time: r.time})
}

// Block executes one block of transactions on all replicas and commits it. It
// fails the test where results or app hashes differ, and returns the results.
func (r *Replicas) Block(txs ...[]byte) *abci.ResponseFinalizeBlock {
	r.t.Helper()
	r.height++
	r.time = r.time.Add(time.Second)
	votes := make([]abci.VoteInfo, len(r.validators))
	for i, v := range r.validators {
		votes[i] = abci.VoteInfo{Validator: v, BlockIdFlag: cmtproto.BlockIDFlagCommit}
	}
	proposer := r.validators[int(r.height)%len(r.validators)].Address
	hash := sha256.Sum256(fmt.Appendf(nil, "%d %x", r.height, txs))

	var first *abci.ResponseFinalizeBlock
	for _, each := range r.replicas {
		response := each.execute(r.t, r.chainID, &abci.RequestFinalizeBlock{
			Txs:               txs,
			Height:            r.height,
			Time:              r.time,
			Hash:              hash[:],
			ProposerAddress:   proposer,
			DecidedLastCommit: abci.CommitInfo{Votes: votes},
		})
		if first == nil {
			first = response
		}
		// First what differs, then that something does.
		require.Equal(r.t, first.TxResults, response.TxResults, "%s: results at height %d", each.name, r.height)
		require.Equal(r.t, first.Events, response.Events, "%s: events at height %d", each.name, r.height)
		require.Equal(r.t, first, response, "%s: response at height %d", each.name, r.height)
	}
	r.updateValidators(first.ValidatorUpdates)
	return first
}

// Wait lets time pass before the next block.
func (r *Replicas) Wait(d time.Duration) { r.time = r.time.Add(d) }

// Blocks executes n empty blocks.
func (r *Replicas) Blocks(n int) {
	r.t.Helper()
	for range n {
		r.Block()
	}
}

func (p *replica) execute(t *testing.T, chainID string, block *abci.RequestFinalizeBlock) *abci.ResponseFinalizeBlock {
	t.Helper()
	// The genesis is only committed with the first block.
	if p.restarts && p.app.LastBlockHeight() > 0 {
		require.NoError(t, p.app.Close())
		p.start(chainID)
	}
	if p.optimistic {
		response, err := p.app.ProcessProposal(&abci.RequestProcessProposal{
			Txs: block.Txs, Height: block.Height, Time: block.Time, Hash: block.Hash,
			ProposerAddress: block.ProposerAddress, ProposedLastCommit: block.DecidedLastCommit,
		})
		require.NoError(t, err)
		require.Equal(t, abci.ResponseProcessProposal_ACCEPT, response.Status)
	}
	var others sync.WaitGroup
	if p.busy {
		for _, tx := range block.Txs {
			_, err := p.app.CheckTx(&abci.RequestCheckTx{Tx: tx})
			require.NoError(t, err)
		}
		others.Go(func() { p.serve(block.Txs) })
	}
	response, err := p.app.FinalizeBlock(block)
	require.NoError(t, err, p.name)
	others.Wait()
	_, err = p.app.Commit()
	require.NoError(t, err, p.name)
	return response
}

// serve does what a node does for its users while a block runs. What comes back
// does not matter here.
func (p *replica) serve(txs [][]byte) {
	for _, tx := range txs {
		_, _, _ = p.app.Simulate(tx)
	}
	query, err := (&banktypes.QueryTotalSupplyRequest{}).Marshal()
	if err != nil {
		panic(err)
	}
	_, _ = p.app.Query(context.Background(), &abci.RequestQuery{Path: "/cosmos.bank.v1beta1.Query/TotalSupply", Data: query})
}

func (r *Replicas) updateValidators(updates []abci.ValidatorUpdate) {
	r.t.Helper()
	for _, update := range updates {
		address := sha256.Sum256(update.PubKey.GetEd25519())
		r.validators = slices.DeleteFunc(r.validators, func(v abci.Validator) bool { return string(v.Address) == string(address[:20]) })
		if update.Power > 0 {
			r.validators = append(r.validators, abci.Validator{Address: address[:20], Power: update.Power})
		}
	}
	require.NotEmpty(r.t, r.validators, "the network has no validator left")
}

// Address returns the address of an account of the network by its name.
func (r *Replicas) Address(name string) sdk.AccAddress {
	r.t.Helper()
	return sdk.AccAddress(r.key(name).PubKey().Address())
}

func (r *Replicas) key(name string) cryptotypes.PrivKey {
	r.t.Helper()
	index := slices.IndexFunc(r.Network.Accounts, func(a localnet.Account) bool { return a.Name == name })
	require.GreaterOrEqual(r.t, index, 0, "the network has no account %q", name)
	data, err := os.ReadFile(r.Network.Accounts[index].KeyFile)
	require.NoError(r.t, err)
	var file struct{ Mnemonic string }
	require.NoError(r.t, json.Unmarshal(data, &file))
	secret, err := hd.Secp256k1.Derive()(file.Mnemonic, "", sdk.GetConfig().GetFullBIP44Path())
	require.NoError(r.t, err)
	return hd.Secp256k1.Generate()(secret)
}

// Sign returns a transaction of the account with its next sequence.
func (r *Replicas) Sign(name string, msgs ...sdk.Msg) []byte {
	r.t.Helper()
	if _, known := r.sequences[name]; !known {
		r.Resync(name)
	}
	tx := r.sign(name, r.sequences[name], time.Time{}, msgs)
	r.sequences[name]++
	return tx
}

// SignUnordered returns a transaction without a sequence that is valid until a
// time.
func (r *Replicas) SignUnordered(name string, until time.Time, msgs ...sdk.Msg) []byte {
	r.t.Helper()
	return r.sign(name, 0, until, msgs)
}

// Resync takes the account's sequence from the state, after a transaction that
// was refused before it counted.
func (r *Replicas) Resync(name string) {
	r.t.Helper()
	sequence, err := r.App().AccountKeeper.GetSequence(r.Query(), r.Address(name))
	require.NoError(r.t, err)
	r.sequences[name] = sequence
}

func (r *Replicas) sign(name string, sequence uint64, until time.Time, msgs []sdk.Msg) []byte {
	r.t.Helper()
	const mode = signing.SignMode_SIGN_MODE_DIRECT
	private := r.key(name)
	config := r.App().TxConfig()
	builder := config.NewTxBuilder()
	require.NoError(r.t, builder.SetMsgs(msgs...))
	builder.SetGasLimit(GasLimit)
	if !until.IsZero() {
		builder.SetUnordered(true)
		builder.SetTimeoutTimestamp(until)
	}
	account := r.App().AccountKeeper.GetAccount(r.Query(), r.Address(name))
	require.NotNil(r.t, account, "account %q is not in the state: run a block first", name)
	require.NoError(r.t, builder.SetSignatures(signing.SignatureV2{
		PubKey: private.PubKey(), Data: &signing.SingleSignatureData{SignMode: mode}, Sequence: sequence,
	}))
	signature, err := clienttx.SignWithPrivKey(context.Background(), mode, authsigning.SignerData{
		Address:       account.GetAddress().String(),
		ChainID:       r.chainID,
		AccountNumber: account.GetAccountNumber(),
		Sequence:      sequence,
		PubKey:        private.PubKey(),
	}, builder, private, config, sequence)
	require.NoError(r.t, err)
	require.NoError(r.t, builder.SetSignatures(signature))
	tx, err := config.TxEncoder()(builder.GetTx())
	require.NoError(r.t, err)
	return tx
}

// Options are settings of an application by their names in app.toml.
type Options map[string]any

// Get implements servertypes.AppOptions.
func (o Options) Get(name string) any { return o[name] }
