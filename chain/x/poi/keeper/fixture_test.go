package keeper

import (
	"context"
	"crypto/sha256"
	"strings"
	"testing"

	"cosmossdk.io/log/v2"
	"cosmossdk.io/math"
	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/cosmos-sdk/baseapp"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/store/v2"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	moduletestutil "github.com/cosmos/cosmos-sdk/types/module/testutil"
	"github.com/cosmos/cosmos-sdk/x/auth"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/cosmos/cosmos-sdk/x/bank"
	bankkeeper "github.com/cosmos/cosmos-sdk/x/bank/keeper"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	distrtypes "github.com/cosmos/cosmos-sdk/x/distribution/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/assay-network/assay/chain/x/poi/types"
)

const (
	testChainID = "assay-test-1"
	testPrefix  = "assay"
	// faucet is a module account that may mint: the fixture's source of coins.
	faucet = "faucet"
)

// fixture is x/poi on real stores with the real auth and bank keepers; staking
// and distribution are small doubles. Every test makes its own.
type fixture struct {
	t            testing.TB
	cms          storetypes.CommitMultiStore
	ctx          sdk.Context
	keeper       *Keeper
	bank         bankkeeper.BaseKeeper
	staking      *fakeStaking
	distribution *fakeDistribution
	router       *baseapp.MsgServiceRouter
	authority    string
	// events of the last message that was sent, or of everything since nextBlock
	// that ran on ctx itself.
	events sdk.Events
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	keys := storetypes.NewKVStoreKeys(authtypes.StoreKey, banktypes.StoreKey, types.StoreKey)
	transient := storetypes.NewTransientStoreKey(types.TransientStoreKey)
	db := dbm.NewMemDB()
	cms := store.NewCommitMultiStore(db, log.NewNopLogger())
	for _, key := range keys {
		cms.MountStoreWithDB(key, storetypes.StoreTypeIAVL, nil)
	}
	cms.MountStoreWithDB(transient, storetypes.StoreTypeTransient, nil)
	require.NoError(t, cms.LoadLatestVersion())

	encoding := moduletestutil.MakeTestEncodingConfig(auth.AppModuleBasic{}, bank.AppModuleBasic{})
	types.RegisterInterfaces(encoding.InterfaceRegistry)
	authority := bech32(govAddress())
	accounts := authkeeper.NewAccountKeeper(
		encoding.Codec, runtime.NewKVStoreService(keys[authtypes.StoreKey]), authtypes.ProtoBaseAccount,
		map[string][]string{
			types.ModuleName:           {authtypes.Minter, authtypes.Burner},
			faucet:                     {authtypes.Minter},
			authtypes.FeeCollectorName: nil,
			distrtypes.ModuleName:      nil,
		},
		addresscodec.NewBech32Codec(testPrefix), testPrefix, authority,
	)
	bankKeeper := bankkeeper.NewBaseKeeper(
		encoding.Codec, runtime.NewKVStoreService(keys[banktypes.StoreKey]), accounts,
		map[string]bool{bech32(authtypes.NewModuleAddress(types.ModuleName)): true}, authority, log.NewNopLogger(),
	)
	f := &fixture{
		t: t, cms: cms, bank: bankKeeper, authority: authority,
		staking:      &fakeStaking{validators: map[string]stakingtypes.Validator{}},
		distribution: &fakeDistribution{bank: bankKeeper},
		router:       baseapp.NewMsgServiceRouter(),
	}
	f.ctx = sdk.NewContext(cms, cmtproto.Header{ChainID: testChainID, Height: 1}, false, log.NewNopLogger()).
		WithExecMode(sdk.ExecModeFinalize)
	require.NoError(t, accounts.Params.Set(f.ctx, authtypes.DefaultParams()))
	require.NoError(t, bankKeeper.SetParams(f.ctx, banktypes.DefaultParams()))

	keeper, err := NewKeeper(
		encoding.Codec, runtime.NewKVStoreService(keys[types.StoreKey]), runtime.NewTransientStoreService(transient),
		accounts, bankKeeper, f.staking, f.distribution, authtypes.FeeCollectorName, authority,
	)
	require.NoError(t, err)
	f.keeper = keeper
	f.router.SetInterfaceRegistry(encoding.InterfaceRegistry)
	types.RegisterMsgServer(f.router, NewMsgServerImpl(keeper))

	params := types.LocalParams()
	f.setParams(params)
	require.NoError(t, keeper.fee.Set(f.ctx, types.RegistrationFee{Amount: params.RegistrationFee}))
	require.NoError(t, keeper.emission.Set(f.ctx, types.EmissionState{Minted: math.ZeroInt()}))
	return f
}

// params are those in force from the next epoch.
func (f *fixture) params() types.Params {
	f.t.Helper()
	params, err := f.keeper.params.Get(f.ctx)
	require.NoError(f.t, err)
	return params
}

// setParams writes parameters past all checks but their own.
func (f *fixture) setParams(params types.Params) {
	f.t.Helper()
	require.NoError(f.t, params.Validate())
	require.NoError(f.t, f.keeper.params.Set(f.ctx, params))
}

// nextBlock commits and goes to the next height, without the module's blockers.
func (f *fixture) nextBlock() {
	f.cms.Commit()
	f.ctx = f.ctx.WithBlockHeight(f.ctx.BlockHeight() + 1).WithEventManager(sdk.NewEventManager())
}

// send delivers a message as a transaction does: runs of models are reserved
// before it, and what it wrote stays only if it succeeded. Its events are in
// f.events.
func (f *fixture) send(msg sdk.Msg) (*sdk.Result, error) {
	f.t.Helper()
	handler := f.router.Handler(msg)
	require.NotNil(f.t, handler, "no handler for %T", msg)
	ctx := f.ctx
	f.events = nil
	if run, ok := msg.(*types.MsgInfer); ok {
		var err error
		if ctx, err = f.keeper.ReserveInference(ctx, runsOf(run)); err != nil {
			return nil, err
		}
	}
	cached, write := ctx.CacheContext()
	result, err := handler(cached, msg)
	if err != nil {
		return nil, err
	}
	write()
	for _, event := range result.Events {
		f.events = append(f.events, sdk.Event(event))
	}
	return result, nil
}

// mustSend is send for the steps that lead up to what is tested.
func (f *fixture) mustSend(msg sdk.Msg) *sdk.Result {
	f.t.Helper()
	result, err := f.send(msg)
	require.NoError(f.t, err)
	return result
}

// requireEvent checks that the last message emitted exactly this typed event.
func (f *fixture) requireEvent(want proto.Message) {
	f.t.Helper()
	event, err := sdk.TypedEventToEvent(want)
	require.NoError(f.t, err)
	var same []string
	for _, got := range f.events {
		if got.Type != event.Type {
			continue
		}
		// The router adds msg_index at the end.
		text := attributes(got.Attributes[:len(event.Attributes)])
		if text == attributes(event.Attributes) {
			return
		}
		same = append(same, text)
	}
	require.NotEmpty(f.t, same, "no event %s", event.Type)
	require.Equal(f.t, attributes(event.Attributes), same[0], "event %s", event.Type)
}

func attributes(list []abci.EventAttribute) string {
	var text []string
	for _, a := range list {
		text = append(text, a.Key+"="+a.Value)
	}
	return strings.Join(text, " ")
}

// requireBalanced checks the ledger's invariant.
func (f *fixture) requireBalanced() {
	f.t.Helper()
	sum := math.ZeroInt()
	require.NoError(f.t, f.keeper.ledger.Walk(f.ctx, nil, func(entry string, amount math.Int) (bool, error) {
		require.True(f.t, amount.IsPositive(), "%s holds %s", entry, amount)
		sum = sum.Add(amount)
		return false, nil
	}))
	balance := f.bank.GetBalance(f.ctx, f.keeper.moduleAddr, types.Denom).Amount
	require.Equal(f.t, sum.String(), balance.String(), "balance of the module against its ledger")
}

func bech32(raw []byte) string {
	text, err := addresscodec.NewBech32Codec(testPrefix).BytesToString(raw)
	if err != nil {
		panic(err)
	}
	return text
}

// addr is the raw address of an account, by name.
func addr(name string) sdk.AccAddress {
	sum := sha256.Sum256([]byte(name))
	return sum[:20]
}

// fund gives a named account coins and returns its address.
func (f *fixture) fund(name string, amount int64) string {
	f.t.Helper()
	given := coins(math.NewInt(amount))
	require.NoError(f.t, f.bank.MintCoins(f.ctx, faucet, given))
	require.NoError(f.t, f.bank.SendCoinsFromModuleToAccount(f.ctx, faucet, addr(name), given))
	return bech32(addr(name))
}

// rich is fund with a million ASSAY.
func (f *fixture) rich(name string) string {
	f.t.Helper()
	return f.fund(name, 1_000_000_000_000)
}

// funds is what an account holds.
func (f *fixture) funds(name string) math.Int {
	return f.bank.GetBalance(f.ctx, addr(name), types.Denom).Amount
}

// validator makes a named account the operator of a bonded validator.
func (f *fixture) validator(name string) {
	f.staking.validators[string(addr(name))] = stakingtypes.Validator{
		OperatorAddress: name, Status: stakingtypes.Bonded,
		Tokens: math.OneInt(), DelegatorShares: math.LegacyOneDec(),
	}
}

type fakeStaking struct {
	validators map[string]stakingtypes.Validator
}

func (s *fakeStaking) GetValidator(_ context.Context, address sdk.ValAddress) (stakingtypes.Validator, error) {
	validator, ok := s.validators[string(address)]
	if !ok {
		return stakingtypes.Validator{}, stakingtypes.ErrNoValidatorFound
	}
	return validator, nil
}

// fakeDistribution moves coins as x/distribution does, without its accounting.
type fakeDistribution struct {
	bank bankkeeper.BaseKeeper
}

func (d *fakeDistribution) FundCommunityPool(ctx context.Context, amount sdk.Coins, sender sdk.AccAddress) error {
	return d.bank.SendCoinsFromAccountToModule(ctx, sender, distrtypes.ModuleName, amount)
}

// linearModel is an IntONNX-24 file with uint8 input [N, inputs] and logits
// [N, classes] = weights[class] . input + bias[class].
func linearModel(weights [][]int8, bias []int8) []byte {
	inputs := len(weights[0])
	var flat []byte
	for _, row := range weights {
		for _, w := range row {
			flat = append(flat, byte(w))
		}
	}
	var rawBias []byte
	for _, b := range bias {
		rawBias = append(rawBias, byte(b))
	}
	var graph []byte
	graph = appendMessage(graph, 1, onnxNode("Cast", []string{"x"}, "xf", onnxInt("to", 1)))
	graph = appendMessage(graph, 1, onnxNode("Cast", []string{"w"}, "wf", onnxInt("to", 1)))
	graph = appendMessage(graph, 1, onnxNode("Cast", []string{"b"}, "bf", onnxInt("to", 1)))
	graph = appendMessage(graph, 1, onnxNode("Gemm", []string{"xf", "wf", "bf"}, "yf", onnxInt("transB", 1)))
	graph = appendMessage(graph, 1, onnxNode("Cast", []string{"yf"}, "y", onnxInt("to", 6)))
	graph = appendMessage(graph, 2, []byte("linear"))
	graph = appendMessage(graph, 5, onnxTensor("w", flat, len(weights), inputs))
	graph = appendMessage(graph, 5, onnxTensor("b", rawBias, len(weights)))
	graph = appendMessage(graph, 11, onnxValue("x", 2, inputs))
	graph = appendMessage(graph, 12, onnxValue("y", 6, len(weights)))

	file := appendVarint(nil, 1, 8) // IR version
	file = appendMessage(file, 7, graph)
	return appendMessage(file, 8, appendVarint(nil, 2, 17)) // operator set
}

func appendVarint(b []byte, field protowire.Number, value uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), value)
}

func appendMessage(b []byte, field protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), value)
}

func onnxNode(operator string, inputs []string, output string, attributes ...[]byte) []byte {
	var b []byte
	for _, input := range inputs {
		b = appendMessage(b, 1, []byte(input))
	}
	b = appendMessage(b, 2, []byte(output))
	b = appendMessage(b, 4, []byte(operator))
	for _, attribute := range attributes {
		b = appendMessage(b, 5, attribute)
	}
	return b
}

func onnxInt(name string, value uint64) []byte {
	b := appendMessage(nil, 1, []byte(name))
	b = appendVarint(b, 3, value)
	return appendVarint(b, 20, 2)
}

func onnxTensor(name string, int8s []byte, dims ...int) []byte {
	var b []byte
	for _, d := range dims {
		b = appendVarint(b, 1, uint64(d))
	}
	b = appendVarint(b, 2, 3) // int8
	b = appendMessage(b, 8, []byte(name))
	return appendMessage(b, 9, int8s)
}

func onnxValue(name string, elementType uint64, size int) []byte {
	var shape []byte
	shape = appendMessage(shape, 1, appendMessage(nil, 2, []byte("N")))
	shape = appendMessage(shape, 1, appendVarint(nil, 1, uint64(size)))
	tensor := appendMessage(appendVarint(nil, 1, elementType), 2, shape)
	return appendMessage(appendMessage(nil, 1, []byte(name)), 2, appendMessage(nil, 1, tensor))
}

func govAddress() []byte { return authtypes.NewModuleAddress("gov") }
