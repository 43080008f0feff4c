package keeper

import (
	"strings"
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestCreateArena(t *testing.T) {
	with := func(change func(msg *types.MsgCreateArena)) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			msg := arenaMsg("digits", 100)
			change(msg)
			return msg
		}
	}
	params := func(change func(p *types.Params)) func(*fixture) {
		return func(f *fixture) {
			p := f.params()
			change(&p)
			f.setParams(p)
		}
	}
	runMsgCases(t, func(f *fixture) { f.rich("curator") }, []msgCase{
		{
			name: "success - the reference is step 0, the creator curates",
			msg:  with(func(*types.MsgCreateArena) {}),
			event: func(*fixture) proto.Message {
				return &types.EventArenaCreated{Arena: 1, Name: "digits", Creator: who("curator"), Reference: idOf(testFile(100))}
			},
			check: func(f *fixture, result *sdk.Result) {
				got := response(f, result, &types.MsgCreateArenaResponse{})
				require.EqualValues(t, 1, got.Arena)
				arena, err := f.keeper.arenas.Get(f.ctx, 1)
				require.NoError(t, err)
				require.Equal(t, who("curator"), arena.Curator)
				require.Equal(t, got.Reference, arena.Top)
				require.EqualValues(t, 0, arena.Weight)
				require.EqualValues(t, 1, arena.Steps)
				model := f.storedModel(got.Reference)
				require.Equal(t, types.MODEL_STATUS_TOP, model.Status)
				require.EqualValues(t, 1, model.StepMark)
				require.False(t, model.Bonded)
				require.Equal(t, f.params().ArenaBond.String(), f.held("bond/arena/1"))
			},
		},
		{
			name:  "error - name is taken",
			setUp: func(f *fixture) { f.mustSend(arenaMsg("digits", 1)) },
			msg:   with(func(*types.MsgCreateArena) {}),
			err:   "arena digits: exists already",
		},
		{
			name:  "error - file is a model of another arena",
			setUp: func(f *fixture) { f.mustSend(arenaMsg("other", 100)) },
			msg:   with(func(*types.MsgCreateArena) {}),
			err:   "exists already",
		},
		{
			name: "error - too many arenas",
			setUp: func(f *fixture) {
				params(func(p *types.Params) { p.MaxArenas = 1 })(f)
				f.mustSend(arenaMsg("other", 1))
			},
			msg: with(func(*types.MsgCreateArena) {}),
			err: "arena would be number 2, at most 1 are allowed",
		},
		{
			name: "error - creator cannot pay the bond",
			msg:  with(func(m *types.MsgCreateArena) { m.Creator = who("pauper") }),
			err:  "insufficient funds",
		},
		{
			name: "error - creator is no address",
			msg:  with(func(m *types.MsgCreateArena) { m.Creator = "cosmos1abc" }),
			err:  `creator address "cosmos1abc"`,
		},
		{
			name: "error - name with capitals",
			msg:  with(func(m *types.MsgCreateArena) { m.Spec.Name = "Digits" }),
			err:  `arena name "Digits", expected 1 to 32 of a-z, 0-9 and -`,
		},
		{
			name: "error - no input shape",
			msg:  with(func(m *types.MsgCreateArena) { m.Spec.InputShape = nil }),
			err:  "expected uint8, int8 or int16 with 1 to 3 dimensions",
		},
		{
			name: "error - zero dimension",
			msg:  with(func(m *types.MsgCreateArena) { m.Spec.InputShape = []uint32{4, 0} }),
			err:  "expected uint8, int8 or int16 with 1 to 3 dimensions",
		},
		{
			name: "error - dimensions overflow",
			msg:  with(func(m *types.MsgCreateArena) { m.Spec.InputShape = []uint32{1 << 31, 1 << 31, 4} }),
			err:  "expected uint8, int8 or int16 with 1 to 3 dimensions",
		},
		{
			name:  "error - a batch is too large",
			setUp: params(func(p *types.Params) { p.BatchItems = 1_024 }),
			msg: with(func(m *types.MsgCreateArena) {
				m.Spec.InputShape = []uint32{65}
				weights := make([]int8, 65)
				m.ReferenceFile = linearModel([][]int8{weights, weights, weights}, []int8{1, 2, 3})
			}),
			err: "a batch of arena digits has 66560 bytes, expected at most 65536",
		},
		{
			name: "error - one class",
			msg:  with(func(m *types.MsgCreateArena) { m.Spec.Labels = []string{"a"} }),
			err:  "1 classes, expected 2 to 256",
		},
		{
			name: "error - label listed twice",
			msg:  with(func(m *types.MsgCreateArena) { m.Spec.Labels = []string{"a", "b", "a"} }),
			err:  `label "a" is listed twice`,
		},
		{
			name: "error - class arena with tolerance",
			msg:  with(func(m *types.MsgCreateArena) { m.Spec.Tolerance = 1 }),
			err:  "tolerance 1 in a class arena",
		},
		{
			name: "error - reference name turns the writing around",
			msg:  with(func(m *types.MsgCreateArena) { m.ReferenceName = "lenet\u202e" }),
			err:  "name holds the control character U+202E",
		},
		{
			name: "error - card is too long",
			msg:  with(func(m *types.MsgCreateArena) { m.ReferenceCard = strings.Repeat("x", 4097) }),
			err:  "card has 4097 bytes, expected at most 4096",
		},
		{
			name: "error - no reference file",
			msg:  with(func(m *types.MsgCreateArena) { m.ReferenceFile = nil }),
			err:  "model file refused",
		},
		{
			name: "error - reference returns two logits",
			msg: with(func(m *types.MsgCreateArena) {
				m.ReferenceFile = linearModel([][]int8{{1, 2, 3, 4}, {1, 2, 3, 4}}, []int8{0, 0})
			}),
			err: "output shape [2], arena digits expects [3]",
		},
		{
			name: "error - reference takes three bytes",
			msg: with(func(m *types.MsgCreateArena) {
				m.ReferenceFile = linearModel([][]int8{{1, 2, 3}, {1, 2, 3}, {1, 2, 3}}, []int8{0, 0, 0})
			}),
			err: "input shape [3], arena digits expects [4]",
		},
		{
			name:  "error - audits would not fit",
			setUp: params(func(p *types.Params) { p.MaxModelMacs = 30; p.AuditMacsPerBlock = 60 }),
			msg:   with(func(*types.MsgCreateArena) {}),
			err:   "audits would not fit the blocks of a challenge phase",
		},
		{
			name:  "error - scorers would have too much to run",
			setUp: params(func(p *types.Params) { p.ArenaMacs = 1_000 }),
			msg:   with(func(*types.MsgCreateArena) {}),
			err:   "the models of arena 1 cost scorers",
		},
	})
}
