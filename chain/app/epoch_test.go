package app_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/authz"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"

	"github.com/assay-network/assay/chain/app/params"
	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/localnet"
	"github.com/assay-network/assay/chain/testutil/replicas"
	poikeeper "github.com/assay-network/assay/chain/x/poi/keeper"
	"github.com/assay-network/assay/chain/x/poi/protocol"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

const (
	models       = "../../models"
	testArena    = 1
	testBatches  = 64
	batchItems   = 32
	itemBytes    = 512
	chainLinks   = 100
	testSponsors = 3
	testScorers  = 3
)

// testParams makes epochs of seven blocks in which a step can be decided soon,
// blocks with room for six runs of the teacher, and a market without long waits.
const testParams = `{"beacon_blocks":2,"input_blocks":1,"rows_blocks":1,"label_blocks":1,"challenge_blocks":2,
	"batch_items":32,"batches_per_sponsor":2,"min_commit_batches":64,"min_items":64,
	"max_model_macs":60000,"infer_macs_per_block":60000,
	"marketplace":{"grace_blocks":4,"unbonding_blocks":8}}`

// party plays everybody's part in the arena "spam" with real models: what
// sponsors, scorers and a miner send as transactions.
type party struct {
	t        *testing.T
	r        *replicas.Replicas
	files    map[string][]byte
	programs map[string]*intonnx.Program
	// teacher labels the items, so that its own answers are always right.
	teacher  *intonnx.Program
	sponsors map[string]*testSponsor
	scorers  map[string]*testScorer
	acted    map[string]bool
	// forge, when set, is the scorer that answers wrongly.
	forge string
}

type testSponsor struct {
	name    string
	batches []testBatch
	leaves  [][]byte
}

type testBatch struct{ inputs, labels, salt, labelsHash []byte }

type testScorer struct {
	name  string
	links [][]byte
	next  int
}

func newParty(t *testing.T) *party {
	t.Helper()
	p := &party{
		t: t, files: map[string][]byte{}, programs: map[string]*intonnx.Program{},
		sponsors: map[string]*testSponsor{}, scorers: map[string]*testScorer{}, acted: map[string]bool{},
	}
	p.r = replicas.New(t, testScorers, func(o *localnet.Options) {
		o.ArenasFile = onlySpam(t)
		o.ParamsFile = filepath.Join(t.TempDir(), "params.json")
		require.NoError(t, os.WriteFile(o.ParamsFile, []byte(testParams), 0o600))
	})
	p.r.Block()
	p.load("spam/reference.onnx")
	p.teacher = p.load("spam/words-16.onnx")
	p.enter()
	return p
}

// onlySpam copies the arena "spam" of the repository into a directory.
func onlySpam(t *testing.T) string {
	t.Helper()
	var content struct {
		Arenas []json.RawMessage `json:"arenas"`
	}
	data, err := os.ReadFile(filepath.Join(models, "arenas.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &content))
	dir := t.TempDir()
	for _, arena := range content.Arenas {
		var named struct{ Name string }
		require.NoError(t, json.Unmarshal(arena, &named))
		if named.Name == "spam" {
			content.Arenas = []json.RawMessage{arena}
		}
	}
	require.Len(t, content.Arenas, 1)
	data, err = json.Marshal(content)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "arenas.json"), data, 0o600))
	file, err := os.ReadFile(filepath.Join(models, "spam", "reference.onnx"))
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "spam"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "spam", "reference.onnx"), file, 0o600))
	return filepath.Join(dir, "arenas.json")
}

func (p *party) load(name string) *intonnx.Program {
	p.t.Helper()
	file, err := os.ReadFile(filepath.Join(models, name))
	require.NoError(p.t, err)
	program, err := intonnx.Check(file, intonnx.Limits{})
	require.NoError(p.t, err)
	p.files[string(program.Info.SHA256[:])] = file
	p.programs[string(program.Info.SHA256[:])] = program
	return program
}

func (p *party) address(name string) string { return p.r.Address(name).String() }

// enter bonds scorers and sponsors, commits batches and reserves a model.
func (p *party) enter() {
	p.t.Helper()
	var txs [][]byte
	for i := range testScorers {
		operator, hotKey := fmt.Sprintf("validator-%d", i), fmt.Sprintf("scorer-%d", i)
		scorer := &testScorer{name: hotKey, links: [][]byte{protocol.H("test/secret", []byte(hotKey))}, next: chainLinks - 1}
		for range chainLinks {
			scorer.links = append(scorer.links, protocol.Link(params.LocalChainID, p.r.Address(operator), scorer.links[len(scorer.links)-1]))
		}
		p.scorers[p.address(operator)] = scorer
		txs = append(txs, p.r.Sign(operator, &poitypes.MsgBondScorer{
			Operator: p.address(operator), HotKey: p.address(hotKey), Tip: scorer.links[chainLinks],
		}))
	}
	for i := range testSponsors {
		name := fmt.Sprintf("sponsor-spam-%d", i)
		sponsor := p.newSponsor(name)
		p.sponsors[p.address(name)] = sponsor
		txs = append(txs,
			p.r.Sign("curator", &poitypes.MsgApproveSponsor{Curator: p.address("curator"), Arena: testArena, Sponsor: p.address(name), Approved: true}),
			p.r.Sign(name,
				&poitypes.MsgBondSponsor{Sponsor: p.address(name), Arena: testArena},
				&poitypes.MsgCommitBatches{Sponsor: p.address(name), Arena: testArena, Root: protocol.MerkleRoot(sponsor.leaves), Count: testBatches}),
		)
	}
	requireAllSucceed(p.t, p.r, txs)

	// Only batches that were committed before count for a model.
	miner, id := "miner-spam-0", p.teacher.Info.SHA256[:]
	salt := protocol.H("test/reserve", id)
	requireAllSucceed(p.t, p.r, [][]byte{p.r.Sign(miner, &poitypes.MsgReserveModel{
		Owner: p.address(miner), Hash: protocol.ReservationHash(salt, id, p.r.Address(miner)),
	})})
	requireAllSucceed(p.t, p.r, [][]byte{p.r.Sign(miner, &poitypes.MsgRegisterModel{
		Owner: p.address(miner), Arena: testArena, Salt: salt, File: p.files[string(id)], Name: "teacher",
		Terms: poitypes.ModelTerms{Licence: "Apache-2.0", InferFee: math.NewInt(7)}, MaxFee: math.NewInt(1_000_000_000),
	})})
}

func requireAllSucceed(t *testing.T, r *replicas.Replicas, txs [][]byte) {
	t.Helper()
	for i, result := range r.Block(txs...).TxResults {
		require.Zero(t, result.Code, "transaction %d: %s", i, result.Log)
	}
}

func (p *party) newSponsor(name string) *testSponsor {
	p.t.Helper()
	sponsor := &testSponsor{name: name}
	stream := protocol.NewStream(protocol.H("test/data", []byte(name)), "items")
	for index := range uint32(testBatches) {
		var batch testBatch
		var items [][]byte
		for range batchItems {
			item := make([]byte, itemBytes)
			for i := range item {
				if word := stream.Word(); word%8 == 0 {
					item[i] = byte(word >> 8 % 3)
				}
			}
			items = append(items, item)
			batch.inputs = append(batch.inputs, item...)
			batch.labels = append(batch.labels, p.answer(p.teacher, item)...)
		}
		batch.salt = protocol.H("test/salt", []byte(name), binary.BigEndian.AppendUint32(nil, index))
		batch.labelsHash = protocol.LabelsHash(batch.labels, batch.salt)
		sponsor.batches = append(sponsor.batches, batch)
		sponsor.leaves = append(sponsor.leaves,
			protocol.BatchLeaf(params.LocalChainID, testArena, p.r.Address(name), index, protocol.MerkleRoot(items), batch.labelsHash))
	}
	return sponsor
}

func (p *party) logits(program *intonnx.Program, item []byte) []int32 {
	p.t.Helper()
	logits, err := program.Run(new(intonnx.Scratch), item)
	require.NoError(p.t, err)
	return logits
}

func (p *party) answer(program *intonnx.Program, item []byte) []byte {
	p.t.Helper()
	answer, err := protocol.Format{Kind: protocol.Kind(poitypes.ANSWER_KIND_CLASS), Classes: 2}.Answer(p.logits(program, item))
	require.NoError(p.t, err)
	return answer
}

func (p *party) query() poitypes.QueryServer {
	return poikeeper.NewQueryServerImpl(p.r.App().PoiKeeper)
}

func (p *party) clock() poitypes.Clock {
	p.t.Helper()
	response, err := p.query().Clock(p.r.Query(), &poitypes.QueryClockRequest{})
	require.NoError(p.t, err)
	return response.Clock
}

// act returns what everybody sends in the next block.
func (p *party) act() [][]byte {
	p.t.Helper()
	clock := p.clock()
	step := fmt.Sprint(clock.Epoch, clock.Phase)
	if p.acted[step] || !clock.Frozen {
		return nil
	}
	p.acted[step] = true
	var txs [][]byte
	if clock.Phase == poitypes.PHASE_BEACON {
		for i := range testScorers {
			operator := p.address(fmt.Sprintf("validator-%d", i))
			scorer := p.scorers[operator]
			txs = append(txs, p.r.Sign(scorer.name, &poitypes.MsgRevealLink{
				HotKey: p.address(scorer.name), Epoch: clock.Epoch, Link: scorer.links[scorer.next],
			}))
			scorer.next--
		}
		return txs
	}
	slots, err := p.query().Slots(p.r.Query(), &poitypes.QuerySlotsRequest{Epoch: clock.Epoch})
	require.NoError(p.t, err)
	for _, slot := range slots.Slots {
		sponsor := p.sponsors[slot.Sponsor]
		batch := sponsor.batches[slot.Batch]
		switch clock.Phase {
		case poitypes.PHASE_INPUT:
			path, err := protocol.MerklePath(sponsor.leaves, slot.Batch)
			require.NoError(p.t, err)
			txs = append(txs, p.r.Sign(sponsor.name, &poitypes.MsgPostInputs{
				Sponsor: slot.Sponsor, Epoch: slot.Epoch, Slot: slot.Id, Inputs: batch.inputs, LabelsHash: batch.labelsHash, Path: path.Aunts,
			}))
		case poitypes.PHASE_ROWS:
			scorer := p.scorers[slot.Scorer]
			txs = append(txs, p.r.Sign(scorer.name, &poitypes.MsgPostRows{
				HotKey: p.address(scorer.name), Epoch: slot.Epoch, Slot: slot.Id, Rows: p.rows(scorer.name, batch),
			}))
		case poitypes.PHASE_LABEL:
			txs = append(txs, p.r.Sign(sponsor.name, &poitypes.MsgOpenLabels{
				Sponsor: slot.Sponsor, Epoch: slot.Epoch, Slot: slot.Id, Labels: batch.labels, Salt: batch.salt,
			}))
		case poitypes.PHASE_CHALLENGE:
			txs = append(txs, p.r.Sign("faucet", &poitypes.MsgChallenge{
				Challenger: p.address("faucet"), Epoch: slot.Epoch, Slot: slot.Id, Model: p.teacher.Info.SHA256[:], Item: uint32(slot.Id) % batchItems,
			}))
		}
	}
	return txs
}

// rows runs every frozen model on a batch.
func (p *party) rows(scorer string, batch testBatch) []poitypes.Row {
	p.t.Helper()
	frozen, err := p.query().Frozen(p.r.Query(), &poitypes.QueryFrozenRequest{})
	require.NoError(p.t, err)
	var rows []poitypes.Row
	for _, model := range frozen.Arenas[0].Models {
		row := poitypes.Row{Model: model.Id}
		for i := range batchItems {
			item := batch.inputs[i*itemBytes : (i+1)*itemBytes]
			tag := protocol.Tag(p.logits(p.programs[string(model.Id)], item))
			if scorer == p.forge {
				tag[0]++
			}
			row.Answers = append(row.Answers, p.answer(p.programs[string(model.Id)], item)...)
			row.Tags = append(row.Tags, tag...)
		}
		rows = append(rows, row)
	}
	return rows
}

// until runs blocks until the phase of an epoch is next.
func (p *party) until(epoch uint64, phase poitypes.Phase) {
	p.t.Helper()
	for i := 0; ; i++ {
		if clock := p.clock(); clock.Epoch == epoch && clock.Phase == phase {
			return
		}
		require.Less(p.t, i, 200, "phase %s of epoch %d does not come: %s", phase, epoch, p.clock())
		requireAllSucceed(p.t, p.r, p.act())
	}
}

func (p *party) epochRecord(epoch uint64) poitypes.EpochRecord {
	p.t.Helper()
	response, err := p.query().Epoch(p.r.Query(), &poitypes.QueryEpochRequest{Epoch: epoch})
	require.NoError(p.t, err)
	return response.Epoch
}

// Whole epochs with real models: the replicas agree although one restarts before
// every block (no program in its cache), a better model steps and is paid, and a
// forging scorer is convicted.
func TestReplicasAgreeOnEpochs(t *testing.T) {
	p := newParty(t)
	start := p.clock().Epoch
	p.until(start+1, poitypes.PHASE_ROWS)

	// Gas must not depend on whether a node has the program in its cache.
	infer := &poitypes.MsgInfer{
		Sender: p.address("faucet"), Model: p.teacher.Info.SHA256[:], Input: make([]byte, itemBytes), MaxFee: math.NewInt(7),
	}
	requireAllSucceed(t, p.r, append(p.act(), p.r.Sign("faucet", infer, infer), p.r.Sign("faucet", infer)))

	p.until(start+5, poitypes.PHASE_INPUT)
	ladder, err := p.query().Ladder(p.r.Query(), &poitypes.QueryLadderRequest{Arena: testArena})
	require.NoError(t, err)
	require.Len(t, ladder.Steps, 2, "the teacher improves on the reference")
	require.Equal(t, p.teacher.Info.SHA256[:], ladder.Steps[1].Model)
	rewards, err := p.query().Rewards(p.r.Query(), &poitypes.QueryRewardsRequest{Address: p.address("miner-spam-0")})
	require.NoError(t, err)
	require.True(t, rewards.Amount.IsPositive())
	requireAllSucceed(t, p.r, append(p.act(), p.r.Sign("miner-spam-0", &poitypes.MsgClaimRewards{Owner: p.address("miner-spam-0")})))

	p.forge = "scorer-1"
	p.until(start+6, poitypes.PHASE_BEACON)
	convictions, err := p.query().Convictions(p.r.Query(), &poitypes.QueryConvictionsRequest{})
	require.NoError(t, err)
	require.Len(t, convictions.Convictions, 1)
	require.Equal(t, p.address("validator-1"), convictions.Convictions[0].Scorer)
}

// In any phase, an export starts a chain that goes on as if nothing had
// happened: the same transactions lead to the same state of x/poi.
func TestExportInMidEpoch(t *testing.T) {
	p := newParty(t)
	epoch := p.clock().Epoch + 2
	p.until(epoch, poitypes.PHASE_BEACON)
	imported := map[poitypes.Phase]*replicas.Replicas{}
	for p.clock().Epoch == epoch {
		phase, txs := p.clock().Phase, p.act()
		results := p.r.Block(txs...).TxResults
		for begun, chain := range imported {
			for i, result := range chain.Block(txs...).TxResults {
				require.Equal(t, results[i].Code, result.Code, "imported in %s: %s", begun, result.Log)
			}
		}
		if imported[phase] == nil && phase != poitypes.PHASE_SETTLE { // which may be the last block
			imported[phase] = importExport(t, p.r)
		}
	}
	require.True(t, p.epochRecord(epoch).Emission.Scorers.IsPositive(), "the epoch was not void")
	for begun, chain := range imported {
		require.Equal(t, poiState(t, p.r), poiState(t, chain), "imported in %s", begun)
	}
	for phase := poitypes.PHASE_BEACON; phase <= poitypes.PHASE_CHALLENGE; phase++ {
		require.NotNil(t, imported[phase], phase)
	}
}

// The work of a block stays within infer_macs_per_block also when the messages
// around the runs fail, and when the runs are made on behalf of others.
func TestFailingTransactionsDoNotGiveRunsBack(t *testing.T) {
	p := newParty(t)
	faucet := p.r.Address("faucet")
	response, err := p.query().Params(p.r.Query(), &poitypes.QueryParamsRequest{})
	require.NoError(t, err)
	room := int(response.Params.InferMacsPerBlock / (p.teacher.Info.MACs + p.teacher.Info.Elements))
	half := room/2 + 1
	run := func(n int) []sdk.Msg {
		msgs := make([]sdk.Msg, n)
		for i := range msgs {
			msgs[i] = &poitypes.MsgInfer{
				Sender: p.address("faucet"), Model: p.teacher.Info.SHA256[:], Input: make([]byte, itemBytes), MaxFee: math.NewInt(7),
			}
		}
		return msgs
	}
	fails := banktypes.NewMsgSend(faucet, p.r.Address("curator"), coins(1<<60))
	inner := authz.NewMsgExec(faucet, run(half))
	outer := authz.NewMsgExec(faucet, []sdk.Msg{&inner})

	for _, msgs := range [][]sdk.Msg{append(run(half), fails), {&outer, fails}} {
		results := p.r.Block(p.r.Sign("faucet", msgs...), p.r.Sign("faucet", msgs...), p.r.Sign("faucet", run(room-half)...)).TxResults
		require.Contains(t, results[0].Log, "insufficient funds", "it ran its models")
		require.Contains(t, results[1].Log, poitypes.ErrInferBudget.Error(), "no room is left for as many again")
		require.Zero(t, results[2].Code, "what is left can be used: %s", results[2].Log)
		requireAllSucceed(t, p.r, [][]byte{p.r.Sign("faucet", run(1)...)})
	}

	// Who could never fit is refused by every node's mempool.
	check, err := p.r.App().CheckTx(&abci.RequestCheckTx{Tx: p.r.Sign("faucet", run(room+1)...)})
	require.NoError(t, err)
	require.Contains(t, check.Log, "send fewer")
}

func poiState(t *testing.T, r *replicas.Replicas) string {
	t.Helper()
	state, err := r.App().PoiKeeper.ExportGenesis(r.Query())
	require.NoError(t, err)
	text, err := r.App().AppCodec().MarshalJSON(state)
	require.NoError(t, err)
	return string(text)
}
