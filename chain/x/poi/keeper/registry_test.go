package keeper

import (
	"crypto/sha256"
	"strings"
	"testing"

	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// newRegistry is a fixture that went through genesis, without arenas.
func newRegistry(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	gs := types.DefaultGenesis()
	gs.Params = types.LocalParams()
	require.NoError(t, f.keeper.InitGenesis(f.ctx, *gs))
	return f
}

// msgCase is one message sent to a fresh chain.
type msgCase struct {
	name  string // "error - …" or "success - …"
	setUp func(f *fixture)
	msg   func(f *fixture) sdk.Msg
	err   string // in the error's text; empty for success
	event func(f *fixture) proto.Message
	check func(f *fixture, result *sdk.Result)
}

// runMsgCases runs each case on a fresh chain after start. Whatever happens, the
// ledger must add up to the module's balance, and the state must be a valid genesis.
func runMsgCases(t *testing.T, start func(f *fixture), cases []msgCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newRegistry(t)
			start(f)
			if c.setUp != nil {
				c.setUp(f)
			}
			result, err := f.send(c.msg(f))
			require.Equal(t, c.err != "", strings.HasPrefix(c.name, "error - "), "the name tells the outcome")
			if c.err == "" {
				require.NoError(t, err)
				if c.event != nil {
					f.requireEvent(c.event(f))
				}
				if c.check != nil {
					c.check(f, result)
				}
			} else {
				require.ErrorContains(t, err, c.err)
			}
			f.requireBalanced()
			gs, err := f.keeper.ExportGenesis(f.ctx)
			require.NoError(t, err)
			require.NoError(t, gs.Validate())
		})
	}
}

// response decodes what a message returned.
func response[R proto.Message](f *fixture, result *sdk.Result, into R) R {
	f.t.Helper()
	require.Len(f.t, result.MsgResponses, 1)
	require.NoError(f.t, proto.Unmarshal(result.MsgResponses[0].Value, into))
	return into
}

func amount(n int64) math.Int { return math.NewInt(n) }

// who is the bech32 address of a named account.
func who(name string) string { return bech32(addr(name)) }

// testSpec is a small task: four bytes, three classes.
func testSpec(name string) types.ArenaSpec {
	return types.ArenaSpec{
		Name: name, Description: "A test", InputType: types.TENSOR_TYPE_UINT8, InputShape: []uint32{4},
		Preprocessing: "none", Answer: types.ANSWER_KIND_CLASS, Labels: []string{"a", "b", "c"},
	}
}

// testFile is a model for testSpec; each seed makes another.
func testFile(seed int8) []byte {
	return linearModel([][]int8{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}, []int8{seed, 0, 0})
}

func idOf(file []byte) []byte {
	sum := sha256.Sum256(file)
	return sum[:]
}

func arenaMsg(name string, seed int8) *types.MsgCreateArena {
	return &types.MsgCreateArena{
		Creator: who("curator"), Spec: testSpec(name), ReferenceFile: testFile(seed),
		ReferenceName: name + "-reference", ReferenceCard: "What it is.", ReferenceLicence: "Apache-2.0",
	}
}

// openArena creates arena 1 named "digits", curated by "curator".
func openArena(f *fixture) {
	f.rich("curator")
	f.mustSend(arenaMsg("digits", 100))
}

// join makes a named account a bonded sponsor of arena 1.
func (f *fixture) join(name string) {
	f.t.Helper()
	f.rich(name)
	f.mustSend(&types.MsgApproveSponsor{Curator: who("curator"), Arena: 1, Sponsor: who(name), Approved: true})
	f.mustSend(&types.MsgBondSponsor{Sponsor: who(name), Arena: 1})
}

// bondScorer makes a named account the operator of a scorer with hot key "<name>-hot".
func (f *fixture) bondScorer(name string) {
	f.t.Helper()
	f.rich(name)
	f.validator(name)
	f.mustSend(&types.MsgBondScorer{Operator: who(name), HotKey: who(name + "-hot"), Tip: hash("tip of " + name)})
}

func hash(text string) []byte { return idOf([]byte(text)) }

func reserveMsg(owner string, file []byte) *types.MsgReserveModel {
	return &types.MsgReserveModel{Owner: who(owner), Hash: protocol.ReservationHash(hash("salt"), idOf(file), addr(owner))}
}

func registerMsg(owner string, file []byte) *types.MsgRegisterModel {
	return &types.MsgRegisterModel{
		Owner: who(owner), Arena: 1, Salt: hash("salt"), File: file, Name: "a model", Card: "Made by a test.\nTwo lines.",
		Terms:  types.ModelTerms{Licence: "MIT", RoyaltyBps: 250, InferFee: amount(7)},
		MaxFee: amount(1_000_000_000),
	}
}

// contend registers testFile(seed) in arena 1 for a named account.
func (f *fixture) contend(owner string, seed int8) []byte {
	f.t.Helper()
	f.rich(owner)
	file := testFile(seed)
	f.mustSend(reserveMsg(owner, file))
	f.nextBlock()
	f.mustSend(registerMsg(owner, file))
	return idOf(file)
}

// blocks passes n blocks of the module's end blocker work on bonds.
func (f *fixture) blocks(n uint32) {
	f.t.Helper()
	for range n {
		require.NoError(f.t, f.keeper.matureUnbondings(f.ctx))
		f.nextBlock()
		require.NoError(f.t, f.keeper.expireReservations(f.ctx))
	}
}

func (f *fixture) storedModel(id []byte) types.Model {
	f.t.Helper()
	model, err := f.keeper.models.Get(f.ctx, id)
	require.NoError(f.t, err)
	return model
}

func (f *fixture) held(entry string) string {
	f.t.Helper()
	balance, err := f.keeper.balance(f.ctx, entry)
	require.NoError(f.t, err)
	return balance.String()
}
