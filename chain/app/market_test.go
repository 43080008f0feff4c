package app_test

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/authz"

	"github.com/assay-network/assay/chain/app/params"
	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/testutil/replicas"
	marketplacekeeper "github.com/assay-network/assay/chain/x/marketplace/keeper"
	market "github.com/assay-network/assay/chain/x/marketplace/protocol"
	marketplacetypes "github.com/assay-network/assay/chain/x/marketplace/types"
	"github.com/assay-network/assay/chain/x/poi/protocol"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

const (
	serviceBond = 100_000_000
	deposit     = 50_000
	// promised of every service with a promise: all answers right.
	promised = 1_000_000
)

// signingKey is the ed25519 key of a name.
func signingKey(name string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(protocol.H("test/key", []byte(name)))
}

func publicKey(name string) []byte { return signingKey(name).Public().(ed25519.PublicKey) }

func (p *party) list(provider string, model []byte, promise uint32) []byte {
	p.t.Helper()
	return p.r.Sign(provider, &marketplacetypes.MsgListService{
		Provider: p.address(provider), Name: "spam", Endpoint: "http://127.0.0.1:8400", Interface: marketplacetypes.InterfaceOIP,
		Model: model, Price: 10, Denom: params.BaseDenom, Promise: promise, ServingKey: publicKey(provider),
		Bond: math.NewInt(serviceBond),
	})
}

// open returns a transaction that opens the buyer's nth channel, and its id.
func (p *party) open(buyer string, n, service uint64) (tx, channel []byte) {
	p.t.Helper()
	tx = p.r.Sign(buyer, &marketplacetypes.MsgOpenChannel{
		Payer: p.address(buyer), Service: service, N: n, VoucherKey: publicKey(buyer), Lanes: 2, Deposit: coin(deposit),
	})
	return tx, market.ChannelID(params.LocalChainID, p.r.Address(buyer), n)
}

func voucher(buyer string, channel []byte, lane uint32, amount uint64) marketplacetypes.Voucher {
	hash := protocol.H("test/call", channel)
	return marketplacetypes.Voucher{
		Channel: channel, Lane: lane, Amount: amount, CallHash: hash,
		Signature: ed25519.Sign(signingKey(buyer), market.VoucherDigest(params.LocalChainID, channel, uint8(lane), amount, hash)),
	}
}

// challenge challenges the second of three answers, which is wrong if forged is.
func (p *party) challenge(sender, provider string, service uint64, channel []byte, program *intonnx.Program, forged bool) *marketplacetypes.MsgChallengeAnswer {
	p.t.Helper()
	const index = 1
	var inputs, outputs [][]byte
	for i := range 3 {
		input := make([]byte, itemBytes)
		input[i] = byte(i + 1)
		logits := p.logits(program, input)
		if forged && i == index {
			logits[0]++
		}
		var output []byte
		for _, logit := range logits {
			output = binary.LittleEndian.AppendUint32(output, uint32(logit))
		}
		inputs, outputs = append(inputs, input), append(outputs, output)
	}
	receipt := market.Receipt{
		Service: service, Channel: channel, Lane: 1, Amount: 30, CallHash: protocol.H("test/call", channel), Items: 3,
		InputRoot: protocol.MerkleRoot(inputs), OutputRoot: protocol.MerkleRoot(outputs),
	}
	inputPath, err := protocol.MerklePath(inputs, index)
	require.NoError(p.t, err)
	outputPath, err := protocol.MerklePath(outputs, index)
	require.NoError(p.t, err)
	return &marketplacetypes.MsgChallengeAnswer{
		Sender: p.address(sender),
		Receipt: marketplacetypes.Receipt{
			Service: service, Channel: channel, Lane: 1, Amount: 30, CallHash: receipt.CallHash, Items: 3,
			InputRoot: receipt.InputRoot, OutputRoot: receipt.OutputRoot,
			Signature: ed25519.Sign(signingKey(provider), receipt.Digest(params.LocalChainID)),
		},
		Index: index, Input: inputs[index], InputPath: inputPath.Aunts, Output: outputs[index], OutputPath: outputPath.Aunts,
	}
}

func marketQuery(r *replicas.Replicas) marketplacetypes.QueryServer {
	return marketplacekeeper.NewQueryServerImpl(r.App().MarketplaceKeeper)
}

func (p *party) service(id uint64) marketplacetypes.Service {
	p.t.Helper()
	response, err := marketQuery(p.r).Service(p.r.Query(), &marketplacetypes.QueryServiceRequest{Id: id})
	require.NoError(p.t, err)
	return response.Entry.Service
}

func marketState(t *testing.T, r *replicas.Replicas) string {
	t.Helper()
	state, err := r.App().MarketplaceKeeper.ExportGenesis(r.Query())
	require.NoError(t, err)
	text, err := r.App().AppCodec().MarshalJSON(state)
	require.NoError(t, err)
	return string(text)
}

// decode reads the response to a transaction's only message.
func decode[R interface{ Unmarshal([]byte) error }](t *testing.T, result *abci.ExecTxResult, into R) R {
	t.Helper()
	require.Zero(t, result.Code, result.Log)
	var data sdk.TxMsgData
	require.NoError(t, data.Unmarshal(result.Data))
	require.Len(t, data.MsgResponses, 1)
	require.NoError(t, into.Unmarshal(data.MsgResponses[0].Value))
	return into
}

// The whole life of the market on replicas that must agree, and on a chain that
// was started from an export in the middle of it.
func TestReplicasAgreeOnTheMarket(t *testing.T) {
	p := newParty(t)
	start := p.clock().Epoch
	reference := p.load("spam/reference.onnx")
	// Both models have been scored enough to promise something.
	p.until(start+3, poitypes.PHASE_BEACON)

	requireAllSucceed(t, p.r, append(p.act(),
		p.list("provider-0", p.teacher.Info.SHA256[:], promised),
		p.list("provider-1", reference.Info.SHA256[:], promised),
	))
	open0, good := p.open("buyer-0", 0, 1)
	open1, poor := p.open("buyer-0", 1, 2)
	open2, cheated := p.open("buyer-1", 0, 1)
	requireAllSucceed(t, p.r, append(p.act(), open0, open1, open2))

	// An epoch later the reference has kept less than was promised of it.
	p.until(start+4, poitypes.PHASE_BEACON)
	results := p.r.Block(append(p.act(),
		p.r.Sign("provider-0", &marketplacetypes.MsgClaim{Provider: p.address("provider-0"), Vouchers: []marketplacetypes.Voucher{
			voucher("buyer-0", good, 0, 1_000), voucher("buyer-0", good, 1, 500), voucher("buyer-1", good, 0, 2_000),
		}}),
		p.r.Sign("provider-1", &marketplacetypes.MsgClaim{Provider: p.address("provider-1"), Vouchers: []marketplacetypes.Voucher{
			voucher("buyer-0", poor, 0, 1_000),
		}}),
	)...).TxResults
	claimed := decode(t, results[len(results)-2], &marketplacetypes.MsgClaimResponse{}).Results
	require.Equal(t, []marketplacetypes.ClaimResult{
		{Status: marketplacetypes.CLAIM_STATUS_OK, Moved: 1_000, Released: 1_000},
		{Status: marketplacetypes.CLAIM_STATUS_OK, Moved: 500, Released: 500},
		{Status: marketplacetypes.CLAIM_STATUS_BAD_SIGNATURE},
	}, claimed)
	claimed = decode(t, results[len(results)-1], &marketplacetypes.MsgClaimResponse{}).Results
	require.EqualValues(t, 1_000, claimed[0].Moved)
	require.Less(t, claimed[0].Released, uint64(1_000))
	require.GreaterOrEqual(t, claimed[0].Released, uint64(500))

	// All scorers say what they measured, and a payer closes.
	reports := p.act()
	for i := range testScorers {
		name, ms := fmt.Sprintf("scorer-%d", i), uint32(10*(i+1))
		reports = append(reports, p.r.Sign(name, &marketplacetypes.MsgReportProbes{
			HotKey: p.address(name), Epoch: p.clock().Epoch,
			Probes: []marketplacetypes.Probe{{Service: 1, Calls: 4, Answered: 3, P50Ms: ms, P95Ms: 2 * ms}},
		}))
	}
	reports = append(reports, p.r.Sign("buyer-0", &marketplacetypes.MsgCloseChannel{Sender: p.address("buyer-0"), Channel: poor}))
	requireAllSucceed(t, p.r, reports)
	require.Equal(t, &marketplacetypes.ProbeSummary{
		Epoch: p.clock().Epoch, Reporters: 3, Calls: 12, AnsweredBps: 7_500, P50Ms: 20, P95Ms: 40,
	}, p.service(1).Probes)

	// From here on a second chain does the same.
	imported := importExport(t, p.r)
	both := func(txs ...[]byte) []*abci.ExecTxResult {
		t.Helper()
		results, again := p.r.Block(txs...).TxResults, imported.Block(txs...).TxResults
		for i := range results {
			require.Equal(t, results[i].Code, again[i].Code, again[i].Log)
			require.Equal(t, results[i].Data, again[i].Data)
		}
		return results
	}

	// An honest answer, challenged on somebody's behalf: nothing happens.
	exec := authz.NewMsgExec(p.r.Address("faucet"), []sdk.Msg{p.challenge("faucet", "provider-0", 1, cheated, p.teacher, false)})
	require.Zero(t, both(p.r.Sign("faucet", &exec))[0].Code)
	require.Equal(t, marketState(t, p.r), marketState(t, imported))
	require.Equal(t, marketplacetypes.SERVICE_STATUS_ACTIVE, p.service(1).Status)

	// A wrong one, and who copied the challenge comes second.
	convict := p.r.Sign("faucet", p.challenge("faucet", "provider-0", 1, cheated, p.teacher, true))
	simulated, _, err := p.r.App().Simulate(convict)
	require.NoError(t, err)
	results = both(convict, p.r.Sign("curator", p.challenge("curator", "provider-0", 1, cheated, p.teacher, true)))
	require.True(t, decode(t, results[0], &marketplacetypes.MsgChallengeAnswerResponse{}).Convicted)
	require.Equal(t, marketplacetypes.ErrConvicted.ABCICode(), results[1].Code, results[1].Log)
	require.EqualValues(t, results[0].GasUsed, simulated.GasUsed, "a simulation tells the gas")
	require.Less(t, results[1].GasUsed, results[0].GasUsed/2, "who comes second pays for no run")

	// Nothing more is claimed, and the payers need no grace.
	results = both(
		p.r.Sign("provider-0", &marketplacetypes.MsgClaim{Provider: p.address("provider-0"), Vouchers: []marketplacetypes.Voucher{voucher("buyer-1", cheated, 0, 10)}}),
		p.r.Sign("buyer-1", &marketplacetypes.MsgCloseChannel{Sender: p.address("buyer-1"), Channel: cheated}, &marketplacetypes.MsgWithdraw{Owner: p.address("buyer-1")}),
		p.r.Sign("buyer-0", &marketplacetypes.MsgCloseChannel{Sender: p.address("buyer-0"), Channel: good}),
		p.r.Sign("provider-1", &marketplacetypes.MsgCloseService{Provider: p.address("provider-1"), Service: 2}),
	)
	require.Equal(t, marketplacetypes.CLAIM_STATUS_CONVICTED, decode(t, results[0], &marketplacetypes.MsgClaimResponse{}).Results[0].Status)
	for _, result := range results[1:] {
		require.Zero(t, result.Code, result.Log)
	}
	balance := p.r.App().BankKeeper.GetBalance(p.r.Query(), p.r.Address("buyer-1"), params.BaseDenom).Amount
	require.Equal(t, math.NewInt(1_000_000_000_000+serviceBond/10), balance, "all back, and a tenth of the bond")

	// The other channel after its grace, the other bond after its time.
	for range 8 {
		both()
	}
	results = both(
		p.r.Sign("faucet", &marketplacetypes.MsgFinaliseChannel{Sender: p.address("faucet"), Channel: poor}),
		p.r.Sign("provider-1", &marketplacetypes.MsgReleaseBond{Provider: p.address("provider-1"), Service: 2}),
		p.r.Sign("buyer-0", &marketplacetypes.MsgWithdraw{Owner: p.address("buyer-0")}),
		p.r.Sign("provider-0", &marketplacetypes.MsgWithdraw{Owner: p.address("provider-0")}),
		p.r.Sign("provider-1", &marketplacetypes.MsgWithdraw{Owner: p.address("provider-1")}),
		p.r.Sign("miner-spam-0", &marketplacetypes.MsgWithdraw{Owner: p.address("miner-spam-0")}),
	)
	for _, result := range results[:5] {
		require.Zero(t, result.Code, result.Log)
	}
	require.Equal(t, marketplacetypes.ErrNothingToPay.ABCICode(), results[5].Code, "the author asked for no royalty")
	require.Equal(t, marketState(t, p.r), marketState(t, imported))
	require.Equal(t, poiState(t, p.r), poiState(t, imported))
	ledger, err := marketQuery(p.r).Ledger(p.r.Query(), &marketplacetypes.QueryLedgerRequest{})
	require.NoError(t, err)
	require.Empty(t, ledger.Balance, "everything is paid out")
	require.Empty(t, append(append(ledger.Avail, ledger.Bonds...), ledger.Credits...))
}

// Challenges share the room for runs with MsgInfer.
func TestChallengesReserveTheirRuns(t *testing.T) {
	p := newParty(t)
	requireAllSucceed(t, p.r, [][]byte{p.list("provider-0", p.teacher.Info.SHA256[:], 0)})
	response, err := p.query().Params(p.r.Query(), &poitypes.QueryParamsRequest{})
	require.NoError(t, err)
	room := int(response.Params.InferMacsPerBlock / (p.teacher.Info.MACs + p.teacher.Info.Elements))
	free := make([]byte, protocol.HashSize)
	challenges := func(n int) []sdk.Msg {
		msgs := make([]sdk.Msg, n)
		for i := range msgs {
			msgs[i] = p.challenge("faucet", "provider-0", 1, free, p.teacher, false)
		}
		return msgs
	}
	infer := &poitypes.MsgInfer{
		Sender: p.address("curator"), Model: p.teacher.Info.SHA256[:], Input: make([]byte, itemBytes), MaxFee: math.NewInt(7),
	}
	exec := authz.NewMsgExec(p.r.Address("faucet"), challenges(room))
	results := p.r.Block(p.r.Sign("faucet", &exec), p.r.Sign("curator", infer)).TxResults
	require.Zero(t, results[0].Code, results[0].Log)
	require.Contains(t, results[1].Log, "try a later block")

	check, err := p.r.App().CheckTx(&abci.RequestCheckTx{Tx: p.r.Sign("faucet", challenges(room+1)...)})
	require.NoError(t, err)
	require.Contains(t, check.Log, "send fewer")
}
