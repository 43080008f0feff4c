package keeper

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
	poiprotocol "github.com/assay-network/assay/chain/x/poi/protocol"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

// testItems are the items of every receipt here, of four bytes.
var testItems = [][]byte{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 9, 9, 9}}

// testModel stands for the model: its answer to an item.
func testModel(input []byte) []int32 { return []int32{int32(input[0]) + int32(input[3]), -7} }

// answers are what the model says to all items.
func answers() [][]byte {
	var all [][]byte
	for _, item := range testItems {
		all = append(all, outputBytes(testModel(item)))
	}
	return all
}

// wrongItem is the item to which the wrong answers are wrong.
const wrongItem = 1

func wrongAnswers() [][]byte {
	all := answers()
	all[wrongItem] = bytes.Clone(all[wrongItem])
	all[wrongItem][0]++
	return all
}

// receiptOf is the receipt of a call of the test items in a channel.
func receiptOf(channel []byte, outputs [][]byte) types.Receipt {
	return types.Receipt{
		Service: 1, Channel: channel, Lane: 2, Amount: 30, CallHash: hash("call"), Items: uint32(len(testItems)),
		InputRoot: poiprotocol.MerkleRoot(testItems), OutputRoot: poiprotocol.MerkleRoot(outputs),
	}
}

// signReceipt signs as the named server for a chain.
func signReceipt(server, chainID string, r types.Receipt) types.Receipt {
	r.Signature = ed25519.Sign(key(server), protocol.Receipt{
		Service: r.Service, Channel: r.Channel, Lane: uint8(r.Lane), Amount: r.Amount,
		CallHash: r.CallHash, Items: r.Items, InputRoot: r.InputRoot, OutputRoot: r.OutputRoot,
	}.Digest(chainID))
	return r
}

func aunts(t testing.TB, leaves [][]byte, index uint32) [][]byte {
	t.Helper()
	path, err := poiprotocol.MerklePath(leaves, index)
	require.NoError(t, err)
	return path.Aunts
}

// challenge asks for one item of a receipt over outputs.
func challenge(t testing.TB, receipt types.Receipt, outputs [][]byte, index uint32) *types.MsgChallengeAnswer {
	t.Helper()
	return &types.MsgChallengeAnswer{
		Sender: who("watcher"), Receipt: receipt, Index: index,
		Input: testItems[index], InputPath: aunts(t, testItems, index),
		Output: outputs[index], OutputPath: aunts(t, outputs, index),
	}
}

func TestChallengeAnswer(t *testing.T) {
	const bond = 100_000_000
	var channel []byte
	start := func(f *fixture) {
		openMarket(f)
		f.poi.spec = poitypes.ArenaSpec{InputType: poitypes.TENSOR_TYPE_UINT8, InputShape: []uint32{4}}
		f.poi.run = func(model, input []byte) ([]int32, error) {
			require.Equal(f.t, hash("model"), model)
			return testModel(input), nil
		}
		f.list(nil)
		f.mustSend(&types.MsgApproveSpender{
			Owner: who("owner"), Spender: who("payer"), MaxTotal: coin(types.BondDenom, amount(100_000)), MaxPerChannel: amount(100_000),
		})
		channel = f.open(func(m *types.MsgOpenChannel) { m.Funder = who("owner") })
	}
	// with changes a challenge of a wrong answer after it was signed.
	with := func(change func(f *fixture, m *types.MsgChallengeAnswer)) func(*fixture) sdk.Msg {
		return func(f *fixture) sdk.Msg {
			msg := challenge(f.t, signReceipt("serving", testChainID, receiptOf(channel, wrongAnswers())), wrongAnswers(), wrongItem)
			if change != nil {
				change(f, msg)
			}
			return msg
		}
	}
	// signed changes the receipt of a wrong answer before it is signed.
	signed := func(change func(r *types.Receipt)) func(*fixture) sdk.Msg {
		return with(func(_ *fixture, m *types.MsgChallengeAnswer) {
			change(&m.Receipt)
			m.Receipt = signReceipt("serving", testChainID, m.Receipt)
		})
	}
	wrong := with(nil)
	convicted := func(rewarded string) func(*fixture, *sdk.Result) {
		return func(f *fixture, result *sdk.Result) {
			require.True(f.t, response(f, result, &types.MsgChallengeAnswerResponse{}).Convicted)
			service := f.service(1)
			require.Equal(f.t, types.SERVICE_STATUS_CONVICTED, service.Status)
			require.True(f.t, service.Bond.IsZero())
			model, err := f.poi.GetModel(f.ctx, hash("model"))
			require.NoError(f.t, err)
			require.Zero(f.t, model.Holds)
			reward := int64(0)
			if rewarded != "" {
				reward = bond / 10
				require.Equal(f.t, amount(reward).String(), f.owed(rewarded, types.BondDenom))
			}
			require.Equal(f.t, "0", f.owed("payer", types.BondDenom), "the coins were the funder's")
			require.Equal(f.t, "0", f.owed("watcher", types.BondDenom), "whoever sends it gets nothing")
			event := &types.EventServiceConvicted{
				Service: 1, Challenger: who("watcher"), Index: wrongItem, CallHash: hash("call"),
				Slashed: coin(types.BondDenom, amount(bond)), Reward: coin(types.BondDenom, amount(reward)),
			}
			if rewarded != "" {
				event.Rewarded = who(rewarded)
			}
			f.requireEvent(event)
		}
	}
	runMsgCases(t, start, []msgCase{
		{name: "success - a wrong answer costs the bond", msg: wrong, check: convicted("owner")},
		{
			name: "success - a right one costs nothing",
			msg: func(f *fixture) sdk.Msg {
				return challenge(f.t, signReceipt("serving", testChainID, receiptOf(channel, answers())), answers(), wrongItem)
			},
			check: func(f *fixture, result *sdk.Result) {
				require.False(f.t, response(f, result, &types.MsgChallengeAnswerResponse{}).Convicted)
				require.Equal(f.t, types.SERVICE_STATUS_ACTIVE, f.service(1).Status)
			},
		},
		{
			name: "success - so does another item of the same receipt",
			msg: func(f *fixture) sdk.Msg {
				return challenge(f.t, signReceipt("serving", testChainID, receiptOf(channel, wrongAnswers())), wrongAnswers(), 0)
			},
			check: func(f *fixture, result *sdk.Result) {
				require.False(f.t, response(f, result, &types.MsgChallengeAnswerResponse{}).Convicted)
			},
		},
		{
			name: "success - an answer too short is wrong",
			msg: func(f *fixture) sdk.Msg {
				outputs := answers()
				outputs[wrongItem] = outputs[wrongItem][:4]
				return challenge(f.t, signReceipt("serving", testChainID, receiptOf(channel, outputs)), outputs, wrongItem)
			},
			check: convicted("owner"),
		},
		{
			name:  "success - a simulation presumes a wrong answer",
			setUp: func(f *fixture) { f.poi.run = nil },
			msg: func(f *fixture) sdk.Msg {
				return challenge(f.t, signReceipt("serving", testChainID, receiptOf(channel, answers())), answers(), wrongItem)
			},
			check: convicted("owner"),
		},
		{
			name: "success - the channel is closed",
			setUp: func(f *fixture) {
				f.mustSend(&types.MsgCloseChannel{Sender: who("provider"), Channel: channel})
				f.mustSend(&types.MsgWithdraw{Owner: who("owner")})
			},
			msg: wrong, check: convicted("owner"),
		},
		{
			name: "success - the last block of a closed service",
			setUp: func(f *fixture) {
				f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 1})
				f.skip(60)
			},
			msg: wrong, check: convicted("owner"),
		},
		{
			name: "success - a free call, which nobody paid",
			msg: signed(func(r *types.Receipt) {
				r.Channel, r.Lane, r.Amount = make([]byte, 32), 0, 0
			}),
			check: convicted(""),
		},
		{
			name: "success - a channel of another service is not rewarded",
			setUp: func(f *fixture) {
				other := f.list(func(m *types.MsgListService) { m.Model, m.Bond = nil, amount(0) })
				channel = f.open(func(m *types.MsgOpenChannel) { m.Service = other })
			},
			msg: wrong, check: convicted(""),
		},
		{
			name:  "error - copied by another sender",
			setUp: func(f *fixture) { f.mustSend(wrong(f)) },
			msg:   with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Sender = who("thief") }),
			err:   types.ErrConvicted.Error(),
		},
		{
			name: "error - after unbonding",
			setUp: func(f *fixture) {
				f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 1})
				f.skip(61)
			},
			msg: wrong, err: types.ErrReleased.Error(),
		},
		{
			name: "error - the bond is released",
			setUp: func(f *fixture) {
				f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 1})
				f.skip(61)
				f.mustSend(&types.MsgReleaseBond{Provider: who("provider"), Service: 1})
			},
			msg: wrong, err: types.ErrReleased.Error(),
		},
		{
			name:  "error - a service without a model",
			setUp: func(f *fixture) { f.list(func(m *types.MsgListService) { m.Model, m.Bond = nil, amount(0) }) },
			msg:   signed(func(r *types.Receipt) { r.Service = 2 }),
			err:   types.ErrNotVerifiable.Error(),
		},
		{name: "error - no such service", msg: signed(func(r *types.Receipt) { r.Service = 9 }), err: "service 9"},
		{
			name:  "error - another service's receipt",
			setUp: func(f *fixture) { f.list(func(m *types.MsgListService) { m.ServingKey = publicKey("other") }) },
			msg:   with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Receipt.Service = 2 }),
			err:   "not signed by the serving key of service 2",
		},
		{
			name: "error - another chain's receipt",
			msg: with(func(_ *fixture, m *types.MsgChallengeAnswer) {
				m.Receipt = signReceipt("serving", "assay-test-2", m.Receipt)
			}),
			err: "not signed by the serving key of service 1 for chain " + testChainID,
		},
		{
			name: "error - signed by another key",
			msg: with(func(_ *fixture, m *types.MsgChallengeAnswer) {
				m.Receipt = signReceipt("payer", testChainID, m.Receipt)
			}),
			err: "not signed by",
		},
		{name: "error - no signature", msg: with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Receipt.Signature = nil }), err: "not signed by"},
		{name: "error - another lane", msg: with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Receipt.Lane = 3 }), err: "not signed by"},
		{
			// 258 is lane 2 to who keeps one byte only.
			name: "error - a lane that does not exist",
			msg:  with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Receipt.Lane = 258 }),
			err:  "lane is 258, expected 0 to 63",
		},
		{name: "error - a cut root", msg: signed(func(r *types.Receipt) { r.OutputRoot = r.OutputRoot[:31] }), err: "output_root has 31 bytes, expected 32"},
		{name: "error - no call hash", msg: signed(func(r *types.Receipt) { r.CallHash = nil }), err: "call_hash has 0 bytes"},
		{name: "error - no channel", msg: signed(func(r *types.Receipt) { r.Channel = nil }), err: "channel has 0 bytes"},
		{name: "error - no items", msg: signed(func(r *types.Receipt) { r.Items = 0 }), err: "item 1, the receipt has 0"},
		{name: "error - item outside", msg: with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Index = 3 }), err: "item 3, the receipt has 3"},
		{
			name: "error - receipt for another input",
			msg:  with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Input = []byte{5, 6, 7, 9} }),
			err:  types.ErrPath.Error(),
		},
		{
			name: "error - another item's index",
			msg:  with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Index = 0 }),
			err:  "input: path of leaf 0 of 3 leads to",
		},
		{
			name: "error - the output of another item",
			msg: with(func(f *fixture, m *types.MsgChallengeAnswer) {
				m.Output, m.OutputPath = wrongAnswers()[0], aunts(f.t, wrongAnswers(), 0)
			}),
			err: "output: path of leaf 1 of 3 leads to",
		},
		{
			name: "error - an output that was not signed",
			msg:  with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Output = answers()[wrongItem] }),
			err:  "output: path of leaf 1 of 3 leads to",
		},
		{name: "error - truncated output", msg: with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Output = m.Output[:7] }), err: "output: path"},
		{name: "error - truncated input", msg: with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Input = m.Input[:3] }), err: "input has 3 bytes, expected 4"},
		{name: "error - path too short", msg: with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.InputPath = m.InputPath[:1] }), err: "input: path of 1 aunts is too short"},
		{
			name: "error - path too long",
			msg:  with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.OutputPath = append(m.OutputPath, hash("x")) }),
			err:  "output: path of 3 aunts is too long",
		},
		{name: "error - no address", msg: with(func(_ *fixture, m *types.MsgChallengeAnswer) { m.Sender = "nobody" }), err: "sender address"},
		{
			name: "error - no room in the block",
			setUp: func(f *fixture) {
				f.poi.run = func(_, _ []byte) ([]int32, error) { return nil, poitypes.ErrInferBudget }
			},
			msg: wrong, err: poitypes.ErrInferBudget.Error(),
		},
	})
}

// What the decorator reserves for: only challenges that can convict.
func TestChallengedModel(t *testing.T) {
	f := newFixture(t)
	openMarket(f)
	f.list(nil)
	f.list(func(m *types.MsgListService) { m.Model, m.Bond = nil, amount(0) })
	model := func(id uint64) []byte {
		model, err := f.keeper.ChallengedModel(f.ctx, id)
		require.NoError(t, err)
		return model
	}
	require.Equal(t, hash("model"), model(1))
	require.Empty(t, model(2), "it has none")
	require.Empty(t, model(3), "there is none")
	f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 1})
	f.skip(60)
	require.Equal(t, hash("model"), model(1))
	f.skip(1)
	require.Empty(t, model(1), "it answers no longer")
}
