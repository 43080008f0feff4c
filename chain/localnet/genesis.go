package localnet

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	cmttypes "github.com/cometbft/cometbft/types"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/client"
	clienttx "github.com/cosmos/cosmos-sdk/client/tx"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	"github.com/cosmos/cosmos-sdk/version"
	authsigning "github.com/cosmos/cosmos-sdk/x/auth/signing"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"
	slashingtypes "github.com/cosmos/cosmos-sdk/x/slashing/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"

	"github.com/assay-network/assay/chain/app"
	"github.com/assay-network/assay/chain/app/params"
	marketplacetypes "github.com/assay-network/assay/chain/x/marketplace/types"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

const assay = 1_000_000 // uassay

// Genesis funds in uassay. All bonds and fees of the protocol fit into them
// many times over.
const (
	validatorStake = 500_000 * assay
	balanceDefault = 1_000_000 * assay
	balanceFaucet  = 10_000_000 * assay
)

const (
	// maxBlockBytes fits every sponsor's inputs of one phase.
	maxBlockBytes = 8 << 20
	// downtimeWindow lets a node be down for minutes, as tests and laptops do,
	// before its validator is jailed.
	downtimeWindow = 1_000
	votingPeriod   = time.Minute
)

// makeGenesis returns the genesis all nodes share.
func makeGenesis(encoding *app.App, options Options, nodes []*node, keys []key, poi *poitypes.GenesisState, market *marketplacetypes.GenesisState) (*genutiltypes.AppGenesis, error) {
	cdc := encoding.AppCodec()
	state := encoding.BasicModuleManager.DefaultGenesis(cdc)

	if err := fundAccounts(encoding, state, keys); err != nil {
		return nil, err
	}
	var slashing slashingtypes.GenesisState
	cdc.MustUnmarshalJSON(state[slashingtypes.ModuleName], &slashing)
	slashing.Params.SignedBlocksWindow = downtimeWindow
	state[slashingtypes.ModuleName] = cdc.MustMarshalJSON(&slashing)

	var gov govv1.GenesisState
	cdc.MustUnmarshalJSON(state[govtypes.ModuleName], &gov)
	voting, expedited := votingPeriod, votingPeriod/2
	gov.Params.VotingPeriod, gov.Params.ExpeditedVotingPeriod = &voting, &expedited
	state[govtypes.ModuleName] = cdc.MustMarshalJSON(&gov)

	state[poitypes.ModuleName] = cdc.MustMarshalJSON(poi)
	state[marketplacetypes.ModuleName] = cdc.MustMarshalJSON(market)

	var transactions genutiltypes.GenesisState
	for _, n := range nodes {
		transaction, err := createValidator(encoding, options.ChainID, n)
		if err != nil {
			return nil, fmt.Errorf("sign the first transaction of %s: %w", n.name, err)
		}
		transactions.GenTxs = append(transactions.GenTxs, transaction)
	}
	state[genutiltypes.ModuleName] = cdc.MustMarshalJSON(&transactions)

	if err := encoding.BasicModuleManager.ValidateGenesis(cdc, encoding.TxConfig(), state); err != nil {
		return nil, fmt.Errorf("genesis is not valid: %w", err)
	}
	appState, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return nil, err
	}
	genesis := &genutiltypes.AppGenesis{
		AppName:       version.AppName,
		AppVersion:    version.Version,
		GenesisTime:   options.GenesisTime,
		ChainID:       options.ChainID,
		InitialHeight: 1,
		AppState:      appState,
		Consensus:     &genutiltypes.ConsensusGenesis{Params: consensusParams(options)},
	}
	return genesis, genesis.ValidateAndComplete()
}

// consensusParams bound the size of a block, not its gas: what is expensive
// here, running models, has its own budget per block in x/poi.
func consensusParams(options Options) *cmttypes.ConsensusParams {
	consensus := cmttypes.DefaultConsensusParams()
	consensus.Block.MaxBytes = maxBlockBytes
	consensus.Block.MaxGas = -1
	if options.RetainBlocks > 0 {
		// Nodes keep every block that evidence may still refer to.
		consensus.Evidence.MaxAgeNumBlocks = int64(options.RetainBlocks)
		consensus.Evidence.MaxAgeDuration = time.Duration(options.RetainBlocks) * options.BlockTime
	}
	return consensus
}

// fundAccounts puts the accounts and their balances into the genesis.
func fundAccounts(encoding *app.App, state map[string]json.RawMessage, keys []key) error {
	cdc := encoding.AppCodec()
	auth := authtypes.GetGenesisStateFromAppState(cdc, state)
	bank := banktypes.GetGenesisStateFromAppState(cdc, state)

	accounts := make(authtypes.GenesisAccounts, 0, len(keys))
	for _, k := range keys {
		amount := int64(balanceDefault)
		if k.role == roleFaucet {
			amount = balanceFaucet
		}
		coins := sdk.NewCoins(sdk.NewInt64Coin(params.BaseDenom, amount))
		accounts = append(accounts, authtypes.NewBaseAccount(k.account(), nil, 0, 0))
		bank.Balances = append(bank.Balances, banktypes.Balance{Address: k.Address, Coins: coins})
		bank.Supply = bank.Supply.Add(coins...)
	}
	packed, err := authtypes.PackAccounts(authtypes.SanitizeGenesisAccounts(accounts))
	if err != nil {
		return err
	}
	auth.Accounts = packed
	bank.Balances = banktypes.SanitizeGenesisBalances(bank.Balances)
	state[authtypes.ModuleName] = cdc.MustMarshalJSON(&auth)
	state[banktypes.ModuleName] = cdc.MustMarshalJSON(bank)
	return nil
}

// createValidator returns the operator's signed MsgCreateValidator as JSON. Its
// memo is the node's address, as `assayd genesis gentx` writes it.
func createValidator(encoding *app.App, chainID string, n *node) (json.RawMessage, error) {
	msg, err := stakingtypes.NewMsgCreateValidator(
		sdk.ValAddress(n.operator.account()).String(),
		n.consensus,
		sdk.NewInt64Coin(params.BaseDenom, validatorStake),
		stakingtypes.NewDescription(n.name, "", "", "", ""),
		stakingtypes.NewCommissionRates(math.LegacyNewDecWithPrec(5, 2), math.LegacyNewDecWithPrec(20, 2), math.LegacyNewDecWithPrec(1, 2)),
		math.OneInt(),
	)
	if err != nil {
		return nil, err
	}
	builder := encoding.TxConfig().NewTxBuilder()
	if err := builder.SetMsgs(msg); err != nil {
		return nil, err
	}
	builder.SetMemo(n.address())
	builder.SetGasLimit(200_000)
	if err := sign(encoding, chainID, builder, n.operator.private); err != nil {
		return nil, err
	}
	return encoding.TxConfig().TxJSONEncoder()(builder.GetTx())
}

// sign adds the signature of an account that has sent nothing yet.
func sign(encoding *app.App, chainID string, builder client.TxBuilder, private cryptotypes.PrivKey) error {
	const mode = signing.SignMode_SIGN_MODE_DIRECT
	// The signed bytes contain the public key: it has to be in place first.
	if err := builder.SetSignatures(signing.SignatureV2{
		PubKey: private.PubKey(), Data: &signing.SingleSignatureData{SignMode: mode},
	}); err != nil {
		return err
	}
	signature, err := clienttx.SignWithPrivKey(context.Background(), mode, authsigning.SignerData{
		Address: sdk.AccAddress(private.PubKey().Address()).String(),
		ChainID: chainID,
		PubKey:  private.PubKey(),
	}, builder, private, encoding.TxConfig(), 0)
	if err != nil {
		return err
	}
	return builder.SetSignatures(signature)
}
