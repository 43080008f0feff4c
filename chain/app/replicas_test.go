package app_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	vestingtypes "github.com/cosmos/cosmos-sdk/x/auth/vesting/types"
	"github.com/cosmos/cosmos-sdk/x/authz"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	distrtypes "github.com/cosmos/cosmos-sdk/x/distribution/types"
	"github.com/cosmos/cosmos-sdk/x/feegrant"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	govv1beta1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1beta1"
	slashingtypes "github.com/cosmos/cosmos-sdk/x/slashing/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"

	"github.com/assay-network/assay/chain/app/params"
	"github.com/assay-network/assay/chain/testutil/replicas"
	poikeeper "github.com/assay-network/assay/chain/x/poi/keeper"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

func coins(amount int64) sdk.Coins { return sdk.NewCoins(coin(amount)) }

func coin(amount int64) sdk.Coin { return sdk.NewInt64Coin(params.BaseDenom, amount) }

// useEverything runs blocks with messages of every module, good and bad ones.
func useEverything(t *testing.T, r *replicas.Replicas) {
	t.Helper()
	var (
		faucet   = r.Address("faucet")
		curator  = r.Address("curator")
		scorer   = r.Address("scorer-0")
		operator = r.Address("validator-0")
		home     = sdk.ValAddress(operator).String()
	)
	r.Blocks(2)

	response := r.Block(
		r.Sign("faucet", banktypes.NewMsgSend(faucet, curator, coins(5))),
		r.Sign("faucet", banktypes.NewMsgSend(faucet, curator, coins(1<<60))),
		r.Sign("curator", stakingtypes.NewMsgDelegate(curator.String(), home, coin(1_000_000))),
		r.Sign("validator-1", stakingtypes.NewMsgUndelegate(r.Address("validator-1").String(), sdk.ValAddress(r.Address("validator-1")).String(), coin(7_000_000))),
	)
	requireCodes(t, response, 0, 5, 0, 0)

	grant, err := authz.NewMsgGrant(faucet, scorer, authz.NewGenericAuthorization(sdk.MsgTypeURL(&banktypes.MsgSend{})), nil)
	require.NoError(t, err)
	allowance, err := feegrant.NewMsgGrantAllowance(&feegrant.BasicAllowance{SpendLimit: coins(100)}, faucet, scorer)
	require.NoError(t, err)
	vest := vestingtypes.NewMsgCreateVestingAccount(
		faucet, sdk.AccAddress("a vesting account___"), coins(1_000), r.Time().Add(time.Hour).Unix(), false)
	onBehalf := authz.NewMsgExec(scorer, []sdk.Msg{banktypes.NewMsgSend(faucet, scorer, coins(3))})
	response = r.Block(r.Sign("faucet", grant, allowance, vest), r.Sign("scorer-0", &onBehalf))
	requireCodes(t, response, 0, 0)

	proposal, err := govv1.NewMsgSubmitProposal(
		[]sdk.Msg{&slashingtypes.MsgUpdateParams{Authority: authority(t), Params: slashingtypes.DefaultParams()}},
		coins(10_000_000), faucet.String(), "", "Slashing", "Back to the defaults", false)
	require.NoError(t, err)
	text, err := govv1beta1.NewMsgSubmitProposal(govv1beta1.NewTextProposal("Text", "Of the older kind"), coins(10_000_000), faucet)
	require.NoError(t, err)
	response = r.Block(r.Sign("faucet", proposal, text))
	requireCodes(t, response, 0)
	vote := govv1.NewMsgVote(operator, 1, govv1.OptionYes, "")
	requireCodes(t, r.Block(r.Sign("validator-0", vote)), 0)

	unordered := r.SignUnordered("faucet", r.Time().Add(time.Minute), banktypes.NewMsgSend(faucet, curator, coins(1)))
	late := r.SignUnordered("faucet", r.Time().Add(time.Hour), banktypes.NewMsgSend(faucet, curator, coins(1)))
	response = r.Block(unordered, unordered, late)
	require.Zero(t, response.TxResults[0].Code, response.TxResults[0].Log)
	require.Contains(t, response.TxResults[1].Log, "already used timeout")
	require.Contains(t, response.TxResults[2].Log, "unordered tx ttl exceeds 10m0s")
	require.Contains(t, r.Block(unordered).TxResults[0].Log, "already used timeout")

	requireCodes(t, r.Block(
		r.Sign("curator", distrtypes.NewMsgWithdrawDelegatorReward(curator.String(), home)),
		r.Sign("curator", distrtypes.NewMsgFundCommunityPool(coins(11), curator.String())),
	), 0, 0)

	// Garbage must not reach a handler, nor a module account anyone's coins.
	response = r.Block([]byte("no transaction"), r.Sign("faucet", banktypes.NewMsgSend(faucet, authtypes.NewModuleAddress(distrtypes.ModuleName), coins(1))))
	require.NotZero(t, response.TxResults[0].Code)
	require.Contains(t, response.TxResults[1].Log, "is not allowed to receive funds")
}

func authority(t *testing.T) string {
	t.Helper()
	text, err := address.NewBech32Codec(params.Bech32Prefix).BytesToString(authtypes.NewModuleAddress(govtypes.ModuleName))
	require.NoError(t, err)
	return text
}

func requireCodes(t *testing.T, response *abci.ResponseFinalizeBlock, codes ...uint32) {
	t.Helper()
	require.Len(t, response.TxResults, len(codes))
	for i, code := range codes {
		require.Equal(t, code, response.TxResults[i].Code, "transaction %d: %s", i, response.TxResults[i].Log)
	}
}

func TestReplicasAgree(t *testing.T) {
	r := replicas.New(t, 4, nil)
	r.Block()
	genesisSupply := r.App().BankKeeper.GetSupply(r.Query(), params.BaseDenom).Amount
	useEverything(t, r)
	r.Wait(time.Minute) // the proposal's voting period
	r.Blocks(20)        // more than an epoch, void without scorers

	voted, err := r.App().GovKeeper.Proposals.Get(r.Query(), 1)
	require.NoError(t, err)
	require.NotEqual(t, govv1.StatusDepositPeriod, voted.Status)
	require.NotEqual(t, govv1.StatusVotingPeriod, voted.Status)

	// Only x/poi mints, and its ledger says how much.
	emission, err := poikeeper.NewQueryServerImpl(r.App().PoiKeeper).Emission(r.Query(), &poitypes.QueryEmissionRequest{})
	require.NoError(t, err)
	require.True(t, emission.State.Minted.IsPositive())
	supply := r.App().BankKeeper.GetSupply(r.Query(), params.BaseDenom)
	require.Equal(t, genesisSupply.Add(emission.State.Minted), supply.Amount)
}

// An export, imported into a new chain, exports the same bytes again, and the
// new chain runs on.
func TestExportImportExport(t *testing.T) {
	r := replicas.New(t, 2, nil)
	useEverything(t, r)

	exported, err := r.App().Export(nil)
	require.NoError(t, err)
	require.Equal(t, r.Height()+1, exported.Height)
	imported := importExport(t, r)

	again, err := imported.App().ModuleManager.ExportGenesis(
		imported.App().NewContextLegacy(false, cmtproto.Header{ChainID: params.LocalChainID, Height: r.Height()}), imported.App().AppCodec())
	require.NoError(t, err)
	var before map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(exported.AppState, &before))
	require.Len(t, again, len(before))
	for name, state := range before {
		compact, err := json.Marshal(state)
		require.NoError(t, err)
		require.Equal(t, string(compact), string(again[name]), "state of %s", name)
	}

	imported.Network = r.Network
	imported.Blocks(2)
	requireCodes(t, imported.Block(imported.Sign("faucet", banktypes.NewMsgSend(r.Address("faucet"), r.Address("curator"), coins(2)))), 0)
}

// importExport starts a chain from the state of r.
func importExport(t *testing.T, r *replicas.Replicas) *replicas.Replicas {
	t.Helper()
	exported, err := r.App().Export(nil)
	require.NoError(t, err)
	genesis, err := genutiltypes.AppGenesisFromFile(filepath.Join(r.Network.Nodes[0].Home, "config", "genesis.json"))
	require.NoError(t, err)
	genesis.AppState = exported.AppState
	genesis.InitialHeight = exported.Height
	genesis.GenesisTime = r.Time()
	genesis.Consensus = genutiltypes.NewConsensusGenesis(exported.ConsensusParams, exported.Validators)
	return replicas.NewFromGenesis(t, genesis)
}
