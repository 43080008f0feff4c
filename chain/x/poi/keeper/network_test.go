package keeper

import (
	"encoding/binary"
	"fmt"
	"testing"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// The task of the tests: an item of class c has one bright pixel at c. A model
// that knows a class looks at its pixel; of the others it says class 0.
const (
	testClasses = 4
	testBatches = 64
	chainLength = 1_000
)

// network plays everybody's part in one arena: sponsors, scorers and a miner act
// as their programs do, except where a test hooks in.
type network struct {
	*fixture
	arena     uint64
	sponsors  []*testSponsor
	scorers   []*testScorer
	reference []byte
	files     map[string][]byte

	// Hooks. Each may be nil.
	reveals  func(scorer string) bool
	rows     func(slot types.Slot, rows []types.Row) []types.Row
	inputs   func(msg *types.MsgPostInputs) *types.MsgPostInputs
	labels   func(msg *types.MsgOpenLabels) *types.MsgOpenLabels
	inBlock  func(clock types.Clock)
	programs map[string]*intonnx.Program
}

type testSponsor struct {
	name, address string
	batches       []testBatch
	leaves        [][]byte
}

type testBatch struct {
	inputs, labels, salt, root, labelsHash []byte
}

type testScorer struct {
	name, operator, hotKey string
	// links[0] is the secret, the last one the first tip.
	links [][]byte
	next  int
}

// knows makes a model that knows the first n classes; skill above 0 makes it err
// on items whose noise pixel is below it.
func knows(n int) []byte {
	weights := make([][]int8, testClasses)
	for class := range weights {
		weights[class] = make([]int8, testClasses)
		if class < n {
			weights[class][class] = 1
		}
	}
	// Class 0 wins where nothing is seen.
	return linearModel(weights, []int8{100, 0, 0, 0})
}

func newNetwork(t testing.TB, sponsors, scorers int) *network {
	t.Helper()
	n := &network{fixture: newFixture(t), files: map[string][]byte{}, programs: map[string]*intonnx.Program{}}
	params := n.params()
	params.BeaconBlocks, params.InputBlocks, params.RowsBlocks, params.LabelBlocks, params.ChallengeBlocks = 1, 1, 1, 1, 2
	params.BatchItems, params.MinCommitBatches, params.MinItems = 32, testBatches, 64
	n.setParams(params)
	gs := types.DefaultGenesis()
	gs.Params = params
	spec := types.ArenaSpec{
		Name: "pixels", InputType: types.TENSOR_TYPE_UINT8, InputShape: []uint32{testClasses}, Preprocessing: "none",
		Answer: types.ANSWER_KIND_CLASS, Labels: []string{"a", "b", "c", "d"},
	}
	file := knows(1)
	arena, model, step, err := types.OpenArena(1, spec, n.rich("curator"), types.Reference{File: file, Name: "reference", Licence: "Apache-2.0"}, intonnx.Limits{}, 1)
	require.NoError(t, err)
	arena.Weight = 100
	n.arena, n.reference = 1, model.Id
	n.files[string(model.Id)] = file
	gs.Arenas, gs.Models, gs.Steps = []types.Arena{arena}, []types.Model{model}, []types.Step{step}
	gs.ModelFiles = []types.ModelFile{{Model: model.Id, File: file}}
	gs.Sequences.Arena = 1
	require.NoError(t, n.keeper.InitGenesis(n.ctx, *gs))

	for i := range scorers {
		n.addScorer(fmt.Sprintf("scorer-%d", i))
	}
	for i := range sponsors {
		n.addSponsor(fmt.Sprintf("sponsor-%d", i))
	}
	return n
}

func (n *network) addScorer(name string) {
	n.t.Helper()
	operator, hotKey := n.rich(name), n.rich(name+"-hot")
	n.validator(name)
	scorer := &testScorer{name: name, operator: operator, hotKey: hotKey, links: [][]byte{protocol.H("test/secret", []byte(name))}}
	for range chainLength {
		scorer.links = append(scorer.links, protocol.Link(testChainID, addr(name), scorer.links[len(scorer.links)-1]))
	}
	scorer.next = chainLength - 1
	n.mustSend(&types.MsgBondScorer{Operator: operator, HotKey: hotKey, Tip: scorer.links[chainLength]})
	n.scorers = append(n.scorers, scorer)
}

func (n *network) addSponsor(name string) {
	n.t.Helper()
	sponsor := &testSponsor{name: name, address: n.rich(name)}
	n.mustSend(&types.MsgApproveSponsor{Curator: bech32(addr("curator")), Arena: n.arena, Sponsor: sponsor.address, Approved: true})
	n.mustSend(&types.MsgBondSponsor{Sponsor: sponsor.address, Arena: n.arena})
	n.sponsors = append(n.sponsors, sponsor)
	n.commit(sponsor)
}

// commit builds and commits testBatches further batches.
func (n *network) commit(sponsor *testSponsor) {
	n.t.Helper()
	first := len(sponsor.batches)
	stream := protocol.NewStream(protocol.H("test/data", []byte(sponsor.name)), "items", binary.BigEndian.AppendUint32(nil, uint32(first)))
	var leaves [][]byte
	for range testBatches {
		var batch testBatch
		var items [][]byte
		for range n.params().BatchItems {
			class := stream.Word() % testClasses
			item := make([]byte, testClasses)
			for i := range item {
				item[i] = byte(stream.Word() % 50)
			}
			item[class] = 200
			items = append(items, item)
			batch.inputs = append(batch.inputs, item...)
			batch.labels = append(batch.labels, byte(class))
		}
		index := uint32(len(sponsor.batches))
		batch.salt = protocol.H("test/salt", []byte(sponsor.name), binary.BigEndian.AppendUint32(nil, index))
		batch.root = protocol.MerkleRoot(items)
		batch.labelsHash = protocol.LabelsHash(batch.labels, batch.salt)
		leaf := protocol.BatchLeaf(testChainID, n.arena, addr(sponsor.name), index, batch.root, batch.labelsHash)
		sponsor.batches = append(sponsor.batches, batch)
		sponsor.leaves = append(sponsor.leaves, leaf)
		leaves = append(leaves, leaf)
	}
	n.mustSend(&types.MsgCommitBatches{Sponsor: sponsor.address, Arena: n.arena, Root: protocol.MerkleRoot(leaves), Count: testBatches})
}

// register reserves and registers a model and returns its id.
func (n *network) register(owner string, file []byte) []byte {
	n.t.Helper()
	owner = n.rich(owner)
	program, err := intonnx.Check(file, intonnx.Limits{})
	require.NoError(n.t, err)
	id := program.Info.SHA256[:]
	salt := protocol.H("test/reserve", id)
	raw, err := n.keeper.addressCodec.StringToBytes(owner)
	require.NoError(n.t, err)
	n.mustSend(&types.MsgReserveModel{Owner: owner, Hash: protocol.ReservationHash(salt, id, raw)})
	n.block()
	n.mustSend(&types.MsgRegisterModel{
		Owner: owner, Arena: n.arena, Salt: salt, File: file, Name: "model",
		Terms: types.ModelTerms{Licence: "Apache-2.0", InferFee: math.ZeroInt()}, MaxFee: math.NewInt(1_000_000_000_000),
	})
	n.files[string(id)] = file
	return id
}

func (n *network) clock() types.Clock {
	n.t.Helper()
	clock, err := n.keeper.clock.Get(n.ctx)
	require.NoError(n.t, err)
	return clock
}

// block runs one block in which everybody does what the phase asks for, and
// checks the ledger after it.
func (n *network) block() {
	n.t.Helper()
	require.NoError(n.t, n.keeper.BeginBlock(n.ctx))
	clock := n.clock()
	switch clock.Phase {
	case types.PHASE_BEACON:
		n.reveal(clock)
	case types.PHASE_INPUT:
		n.postInputs(clock)
	case types.PHASE_ROWS:
		n.postRows(clock)
	case types.PHASE_LABEL:
		n.openLabels(clock)
	}
	if n.inBlock != nil {
		n.inBlock(clock)
	}
	require.NoError(n.t, n.keeper.EndBlock(n.ctx))
	n.requireBalanced()
	n.nextBlock()
}

// epoch runs blocks to the end of the running epoch and returns its record.
func (n *network) epoch() types.EpochRecord {
	n.t.Helper()
	epoch := n.clock().Epoch
	for i := 0; n.clock().Epoch == epoch; i++ {
		require.Less(n.t, i, 1_000, "epoch %d does not end", epoch)
		n.block()
	}
	record, err := n.keeper.epochs.Get(n.ctx, epoch)
	require.NoError(n.t, err)
	return record
}

// untilPhase runs blocks until the next one is in the phase.
func (n *network) untilPhase(phase types.Phase) types.Clock {
	n.t.Helper()
	for i := 0; n.clock().Phase != phase; i++ {
		require.Less(n.t, i, 1_000, "phase %s does not come", phase)
		n.block()
	}
	return n.clock()
}

func (n *network) reveal(clock types.Clock) {
	for _, scorer := range n.scorers {
		frozen, ok, err := found(n.ctx, n.keeper.frozenScorers, []byte(addr(scorer.name)))
		require.NoError(n.t, err)
		if !ok || len(frozen.Link) != 0 || (n.reveals != nil && !n.reveals(scorer.name)) {
			continue
		}
		n.mustSend(&types.MsgRevealLink{HotKey: scorer.hotKey, Epoch: clock.Epoch, Link: scorer.links[scorer.next]})
		scorer.next--
	}
}

func (n *network) slots(clock types.Clock) []types.Slot {
	n.t.Helper()
	slots, err := values(n.ctx, n.keeper.slots, collections.NewPrefixedPairRange[uint64, uint64](clock.Epoch))
	require.NoError(n.t, err)
	return slots
}

func (n *network) sponsorOf(slot types.Slot) (*testSponsor, testBatch) {
	for _, sponsor := range n.sponsors {
		if sponsor.address == slot.Sponsor {
			return sponsor, sponsor.batches[slot.Batch]
		}
	}
	require.FailNow(n.t, "slot of an unknown sponsor", slot.Sponsor)
	return nil, testBatch{}
}

// inputsMsg is what an honest sponsor posts for a slot.
func (n *network) inputsMsg(slot types.Slot) *types.MsgPostInputs {
	n.t.Helper()
	sponsor, batch := n.sponsorOf(slot)
	first := slot.Batch / testBatches * testBatches
	path, err := protocol.MerklePath(sponsor.leaves[first:first+testBatches], slot.Batch-first)
	require.NoError(n.t, err)
	return &types.MsgPostInputs{
		Sponsor: sponsor.address, Epoch: slot.Epoch, Slot: slot.Id, Inputs: batch.inputs, LabelsHash: batch.labelsHash, Path: path.Aunts,
	}
}

func (n *network) postInputs(clock types.Clock) {
	for _, slot := range n.slots(clock) {
		msg := n.inputsMsg(slot)
		if n.inputs != nil {
			msg = n.inputs(msg)
		}
		if msg != nil && len(slot.InputsRoot) == 0 {
			n.mustSend(msg)
		}
	}
}

func (n *network) labelsMsg(slot types.Slot) *types.MsgOpenLabels {
	_, batch := n.sponsorOf(slot)
	return &types.MsgOpenLabels{Sponsor: slot.Sponsor, Epoch: slot.Epoch, Slot: slot.Id, Labels: batch.labels, Salt: batch.salt}
}

func (n *network) openLabels(clock types.Clock) {
	for _, slot := range n.slots(clock) {
		msg := n.labelsMsg(slot)
		if n.labels != nil {
			msg = n.labels(msg)
		}
		if msg != nil && len(slot.InputsRoot) != 0 && len(slot.Labels) == 0 {
			n.mustSend(msg)
		}
	}
}

// honestRows runs every frozen model on a slot.
func (n *network) honestRows(slot types.Slot) []types.Row {
	n.t.Helper()
	frozen, err := n.keeper.frozenArenas.Get(n.ctx, slot.Arena)
	require.NoError(n.t, err)
	arena, err := n.keeper.arenas.Get(n.ctx, slot.Arena)
	require.NoError(n.t, err)
	format := arena.Spec.Format()
	_, batch := n.sponsorOf(slot)
	var rows []types.Row
	for _, model := range frozen.Models {
		program := n.programs[string(model.Id)]
		if program == nil {
			program, err = intonnx.Check(n.files[string(model.Id)], intonnx.Limits{})
			require.NoError(n.t, err)
			n.programs[string(model.Id)] = program
		}
		row := types.Row{Model: model.Id}
		for _, item := range items(batch.inputs, testClasses) {
			logits, err := program.Run(new(intonnx.Scratch), item)
			require.NoError(n.t, err)
			answer, err := format.Answer(logits)
			require.NoError(n.t, err)
			row.Answers = append(row.Answers, answer...)
			row.Tags = append(row.Tags, protocol.Tag(logits)...)
		}
		rows = append(rows, row)
	}
	return rows
}

func (n *network) hotKeyOf(slot types.Slot) string {
	for _, scorer := range n.scorers {
		if scorer.operator == slot.Scorer {
			return scorer.hotKey
		}
	}
	require.FailNow(n.t, "slot of an unknown scorer", slot.Scorer)
	return ""
}

func (n *network) postRows(clock types.Clock) {
	for _, slot := range n.slots(clock) {
		if len(slot.InputsRoot) == 0 || slot.RowsPosted {
			continue
		}
		rows := n.honestRows(slot)
		if n.rows != nil {
			rows = n.rows(slot, rows)
		}
		if rows != nil {
			n.mustSend(&types.MsgPostRows{HotKey: n.hotKeyOf(slot), Epoch: slot.Epoch, Slot: slot.Id, Rows: rows})
		}
	}
}

func (n *network) model(id []byte) types.Model {
	n.t.Helper()
	model, err := n.keeper.models.Get(n.ctx, id)
	require.NoError(n.t, err)
	return model
}

func (n *network) arenaNow() types.Arena {
	n.t.Helper()
	arena, err := n.keeper.arenas.Get(n.ctx, n.arena)
	require.NoError(n.t, err)
	return arena
}

func (n *network) arenaEpoch(epoch uint64) types.ArenaEpoch {
	n.t.Helper()
	result, err := n.keeper.arenaEpochs.Get(n.ctx, collections.Join(epoch, n.arena))
	require.NoError(n.t, err)
	return result
}

func (n *network) reward(owner string) math.Int {
	n.t.Helper()
	amount, err := n.keeper.balance(n.ctx, rewardEntry(owner))
	require.NoError(n.t, err)
	return amount
}

// supply is every coin there is: it changes by minting and burning only.
func (n *network) supply() math.Int {
	return n.bank.GetSupply(n.ctx, types.Denom).Amount
}
