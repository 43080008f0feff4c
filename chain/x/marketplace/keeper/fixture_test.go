package keeper

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"strings"
	"sync"
	"testing"

	"cosmossdk.io/collections"
	corestore "cosmossdk.io/core/store"
	"cosmossdk.io/log/v2"
	"cosmossdk.io/math"
	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec"
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
	distrkeeper "github.com/cosmos/cosmos-sdk/x/distribution/keeper"
	distrtypes "github.com/cosmos/cosmos-sdk/x/distribution/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	poitypes "github.com/assay-network/assay/chain/x/poi/types"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

const (
	testChainID = "assay-test-1"
	testPrefix  = "assay"
	// faucet is a module account that may mint: the fixture's source of coins.
	faucet = "faucet"
	// usd stands for a coin from elsewhere, of which no fee is burned.
	usd = "usd"
)

// fixture is x/marketplace on real stores with the real auth, bank and distribution
// keepers; x/poi is a small double. Every test makes its own.
type fixture struct {
	t      testing.TB
	cms    storetypes.CommitMultiStore
	ctx    sdk.Context
	keeper *Keeper
	bank   bankkeeper.BaseKeeper
	poi    *fakePoi
	router *baseapp.MsgServiceRouter
	// events of the last message that was sent.
	events sdk.Events
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	keys := storetypes.NewKVStoreKeys(authtypes.StoreKey, banktypes.StoreKey, distrtypes.StoreKey, poitypes.StoreKey, types.StoreKey)
	cms := store.NewCommitMultiStore(dbm.NewMemDB(), log.NewNopLogger())
	for _, key := range keys {
		cms.MountStoreWithDB(key, storetypes.StoreTypeIAVL, nil)
	}
	require.NoError(t, cms.LoadLatestVersion())
	service := func(name string) corestore.KVStoreService { return runtime.NewKVStoreService(keys[name]) }

	encoding := moduletestutil.MakeTestEncodingConfig(auth.AppModuleBasic{}, bank.AppModuleBasic{})
	types.RegisterInterfaces(encoding.InterfaceRegistry)
	authority := bech32(authtypes.NewModuleAddress("gov"))
	accounts := authkeeper.NewAccountKeeper(
		encoding.Codec, service(authtypes.StoreKey), authtypes.ProtoBaseAccount,
		map[string][]string{
			types.ModuleName:           {authtypes.Burner},
			faucet:                     {authtypes.Minter},
			authtypes.FeeCollectorName: nil,
			distrtypes.ModuleName:      nil,
		},
		addresscodec.NewBech32Codec(testPrefix), testPrefix, authority,
	)
	bankKeeper := bankkeeper.NewBaseKeeper(
		encoding.Codec, service(banktypes.StoreKey), accounts,
		// By the text that the bank asks for, whatever prefix the process uses.
		map[string]bool{authtypes.NewModuleAddress(types.ModuleName).String(): true}, authority, log.NewNopLogger(),
	)
	// Staking is asked only about validators, which the community pool has none of.
	distribution := distrkeeper.NewKeeper(
		encoding.Codec, service(distrtypes.StoreKey), accounts, bankKeeper, nil, authtypes.FeeCollectorName, authority,
	)
	f := &fixture{
		t: t, cms: cms, bank: bankKeeper,
		poi:    newFakePoi(t, encoding.Codec, service(poitypes.StoreKey)),
		router: baseapp.NewMsgServiceRouter(),
	}
	f.ctx = sdk.NewContext(cms, cmtproto.Header{ChainID: testChainID, Height: 1}, false, log.NewNopLogger()).
		WithExecMode(sdk.ExecModeFinalize)
	require.NoError(t, accounts.Params.Set(f.ctx, authtypes.DefaultParams()))
	require.NoError(t, bankKeeper.SetParams(f.ctx, banktypes.DefaultParams()))
	require.NoError(t, distribution.FeePool.Set(f.ctx, distrtypes.InitialFeePool()))

	keeper, err := NewKeeper(encoding.Codec, service(types.StoreKey), accounts, bankKeeper, distribution, f.poi, authority)
	require.NoError(t, err)
	f.keeper = keeper
	f.router.SetInterfaceRegistry(encoding.InterfaceRegistry)
	types.RegisterMsgServer(f.router, NewMsgServerImpl(keeper))

	gs := types.DefaultGenesis()
	gs.Params = testParams()
	require.NoError(t, keeper.InitGenesis(f.ctx, *gs))
	return f
}

// testParams are those of local networks with a second coin.
func testParams() types.Params {
	params := types.LocalParams()
	params.Denoms = append(params.Denoms, types.AllowedDenom{Denom: usd, MinDeposit: amount(10)})
	return params
}

// setParams changes the parameters.
func (f *fixture) setParams(change func(p *types.Params)) {
	f.t.Helper()
	params, err := f.keeper.params.Get(f.ctx)
	require.NoError(f.t, err)
	change(&params)
	require.NoError(f.t, params.Validate())
	require.NoError(f.t, f.keeper.params.Set(f.ctx, params))
}

// skip goes on by a number of blocks, in which nothing happens.
func (f *fixture) skip(blocks int64) { f.ctx = f.ctx.WithBlockHeight(f.ctx.BlockHeight() + blocks) }

// send delivers a message as a transaction does: what it wrote stays only if it
// succeeded. Its events are in f.events.
func (f *fixture) send(msg sdk.Msg) (*sdk.Result, error) {
	f.t.Helper()
	handler := f.router.Handler(msg)
	require.NotNil(f.t, handler, "no handler for %T", msg)
	f.events = nil
	cached, write := f.ctx.CacheContext()
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

// eventsLike counts the events of the last message of a type.
func (f *fixture) eventsLike(msg proto.Message) int {
	var n int
	for _, event := range f.events {
		if event.Type == proto.MessageName(msg) {
			n++
		}
	}
	return n
}

// response decodes what a message returned.
func response[R proto.Message](f *fixture, result *sdk.Result, into R) R {
	f.t.Helper()
	require.Len(f.t, result.MsgResponses, 1)
	require.NoError(f.t, proto.Unmarshal(result.MsgResponses[0].Value, into))
	return into
}

func amount(n int64) math.Int { return math.NewInt(n) }

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

// who is the bech32 address of a named account.
func who(name string) string { return bech32(addr(name)) }

var keys sync.Map

// key is the ed25519 key of a name, made once.
func key(name string) ed25519.PrivateKey {
	if made, ok := keys.Load(name); ok {
		return made.(ed25519.PrivateKey)
	}
	seed := sha256.Sum256([]byte("key of " + name))
	made := ed25519.NewKeyFromSeed(seed[:])
	keys.Store(name, made)
	return made
}

func publicKey(name string) []byte { return key(name).Public().(ed25519.PublicKey) }

func hash(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// fund gives a named account coins.
func (f *fixture) fund(name, denom string, units int64) {
	f.t.Helper()
	given := sdk.NewCoins(coin(denom, amount(units)))
	require.NoError(f.t, f.bank.MintCoins(f.ctx, faucet, given))
	require.NoError(f.t, f.bank.SendCoinsFromModuleToAccount(f.ctx, faucet, addr(name), given))
}

// rich is fund with a million ASSAY and as many usd.
func (f *fixture) rich(names ...string) {
	f.t.Helper()
	for _, name := range names {
		f.fund(name, types.BondDenom, 1_000_000_000_000)
		f.fund(name, usd, 1_000_000_000_000)
	}
}

// funds is what an account holds in the bank.
func (f *fixture) funds(name, denom string) string {
	return f.bank.GetBalance(f.ctx, addr(name), denom).Amount.String()
}

// owed is what the market owes an account.
func (f *fixture) owed(name, denom string) string {
	f.t.Helper()
	owed, ok, err := found(f.ctx, f.keeper.credits, collections.Join([]byte(addr(name)), denom))
	require.NoError(f.t, err)
	if !ok {
		return "0"
	}
	return owed.String()
}

func (f *fixture) channel(id []byte) types.Channel {
	f.t.Helper()
	channel, err := f.keeper.channelByID(f.ctx, id)
	require.NoError(f.t, err)
	return channel
}

func (f *fixture) service(id uint64) types.Service {
	f.t.Helper()
	service, err := f.keeper.serviceByID(f.ctx, id)
	require.NoError(f.t, err)
	return service
}

// listing is a message that the fixture of openMarket accepts: "provider" serves
// "model" at 10 uassay an item.
func listing() *types.MsgListService {
	return &types.MsgListService{
		Provider: who("provider"), Name: "digits", Description: "Reads digits.\nWell.", Endpoint: "https://digits.example:8443/v2",
		Interface: types.InterfaceOIP, Model: hash("model"), Price: 10, Denom: types.BondDenom,
		ServingKey: publicKey("serving"), Bond: amount(100_000_000),
	}
}

// list lists a service, changed from listing.
func (f *fixture) list(change func(msg *types.MsgListService)) uint64 {
	f.t.Helper()
	msg := listing()
	if change != nil {
		change(msg)
	}
	return response(f, f.mustSend(msg), &types.MsgListServiceResponse{}).Service
}

// opening is a message by which "payer" opens its first channel to service 1.
func opening() *types.MsgOpenChannel {
	return &types.MsgOpenChannel{
		Payer: who("payer"), Service: 1, VoucherKey: publicKey("voucher"), Lanes: 4,
		Deposit: coin(types.BondDenom, amount(100_000)),
	}
}

// open opens a channel, changed from opening, with the counter that is due.
func (f *fixture) open(change func(msg *types.MsgOpenChannel)) []byte {
	f.t.Helper()
	msg := opening()
	if change != nil {
		change(msg)
	}
	payer, err := f.keeper.address("payer", msg.Payer)
	require.NoError(f.t, err)
	msg.N, _, err = found(f.ctx, f.keeper.counters, payer)
	require.NoError(f.t, err)
	return response(f, f.mustSend(msg), &types.MsgOpenChannelResponse{}).Channel
}

// voucher is a good one, by the key of opening.
func voucher(channel []byte, lane uint32, units uint64) types.Voucher {
	return signedBy(key("voucher"), types.Voucher{Channel: channel, Lane: lane, Amount: units, CallHash: hash("call")})
}

func signedBy(key ed25519.PrivateKey, v types.Voucher) types.Voucher {
	v.Signature = ed25519.Sign(key, protocol.VoucherDigest(testChainID, v.Channel, uint8(v.Lane), v.Amount, v.CallHash))
	return v
}

// claim claims vouchers for "provider" and returns their results.
func (f *fixture) claim(vouchers ...types.Voucher) []types.ClaimResult {
	f.t.Helper()
	result := f.mustSend(&types.MsgClaim{Provider: who("provider"), Vouchers: vouchers})
	return response(f, result, &types.MsgClaimResponse{}).Results
}

// openMarket has a model of "author" with a royalty of 10 %, a parent of
// "ancestor", and money for everybody. The model was scored on 1000 items.
func openMarket(f *fixture) {
	f.t.Helper()
	f.poi.add(f.ctx, poitypes.Model{Id: hash("parent"), Author: who("ancestor")})
	f.poi.add(f.ctx, poitypes.Model{
		Id: hash("model"), Author: who("author"), Arena: 7, ScoredItems: 1_000, Smoothed: 900_000, AccuracySum: 2_700_000, ScoredEpochs: 3,
		Terms: poitypes.ModelTerms{RoyaltyBps: 1_000, Parents: [][]byte{hash("parent")}},
	})
	f.rich("provider", "payer", "owner")
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
// invariants must hold, and the state must be a valid genesis.
func runMsgCases(t *testing.T, start func(f *fixture), cases []msgCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
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
			require.NoError(t, f.invariants())
			gs, err := f.keeper.ExportGenesis(f.ctx)
			require.NoError(t, err)
			require.NoError(t, gs.Validate())
		})
	}
}

// fakePoi is what the market sees of x/poi: models on a store of its own, so that
// what a failed message did to them is undone. Clock, scorers and answers are what
// a test sets.
type fakePoi struct {
	t       testing.TB
	models  collections.Map[[]byte, poitypes.Model]
	clock   poitypes.Clock
	scorers map[string]string
	// spec is that of every arena.
	spec poitypes.ArenaSpec
	// run answers RunReserved; nil as in a simulation, which runs nothing.
	run func(model, input []byte) ([]int32, error)
}

func newFakePoi(t testing.TB, cdc codec.BinaryCodec, service corestore.KVStoreService) *fakePoi {
	sb := collections.NewSchemaBuilder(service)
	p := &fakePoi{
		t: t, scorers: map[string]string{}, clock: poitypes.Clock{Epoch: 1},
		models: collections.NewMap(sb, collections.NewPrefix(1), "models", collections.BytesKey, codec.CollValue[poitypes.Model](cdc)),
	}
	_, err := sb.Build()
	require.NoError(t, err)
	return p
}

// add registers a model with a file.
func (p *fakePoi) add(ctx context.Context, model poitypes.Model) {
	p.t.Helper()
	model.HasFile = true
	model.Terms.InferFee = math.ZeroInt()
	require.NoError(p.t, p.models.Set(ctx, model.Id, model))
}

// change changes what is known of a model.
func (p *fakePoi) change(ctx context.Context, id []byte, change func(m *poitypes.Model)) {
	p.t.Helper()
	model, err := p.models.Get(ctx, id)
	require.NoError(p.t, err)
	change(&model)
	require.NoError(p.t, p.models.Set(ctx, id, model))
}

// score settles epochs in which a model had an accuracy.
func (p *fakePoi) score(ctx context.Context, id []byte, epochs uint64, accuracy uint32) {
	p.t.Helper()
	p.change(ctx, id, func(m *poitypes.Model) {
		m.ScoredEpochs += epochs
		m.AccuracySum += epochs * uint64(accuracy)
		m.Smoothed = accuracy
	})
}

func (p *fakePoi) GetModel(ctx context.Context, id []byte) (poitypes.Model, error) {
	model, ok, err := found(ctx, p.models, id)
	if err == nil && !ok {
		err = poitypes.ErrNotFound.Wrapf("model %x", id)
	}
	return model, err
}

func (p *fakePoi) GetArena(_ context.Context, id uint64) (poitypes.Arena, error) {
	return poitypes.Arena{Id: id, Spec: p.spec}, nil
}

func (p *fakePoi) GetClock(context.Context) (poitypes.Clock, error) { return p.clock, nil }

func (p *fakePoi) EligibleScorer(_ context.Context, hotKey []byte) (string, error) {
	operator, ok := p.scorers[string(hotKey)]
	if !ok {
		return "", poitypes.ErrUnauthorized.Wrap("the signer is no scorer's hot key")
	}
	return operator, nil
}

func (p *fakePoi) HoldModel(ctx context.Context, id []byte) error {
	model, err := p.GetModel(ctx, id)
	if err != nil {
		return err
	}
	model.Holds++
	return p.models.Set(ctx, id, model)
}

func (p *fakePoi) ReleaseHold(ctx context.Context, id []byte) error {
	model, err := p.GetModel(ctx, id)
	if err != nil {
		return err
	}
	if model.Holds == 0 {
		return poitypes.ErrInvalid.Wrapf("model %x is not held", id)
	}
	model.Holds--
	return p.models.Set(ctx, id, model)
}

func (p *fakePoi) RunReserved(_ context.Context, model, input []byte) ([]int32, bool, error) {
	if p.run == nil {
		return nil, false, nil
	}
	logits, err := p.run(model, input)
	return logits, true, err
}
