package keeper

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"testing"

	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	distrtypes "github.com/cosmos/cosmos-sdk/x/distribution/types"
	"github.com/stretchr/testify/require"

	poitypes "github.com/assay-network/assay/chain/x/poi/types"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

const (
	// randomOperations is how many operations TestRandomOperations makes in all; a
	// tenth under the race detector.
	randomOperations = 500_000
	randomSeeds      = 4
	// An episode is short, so that its state stays small enough to be checked as a
	// whole after every operation.
	episodeOperations = 200
	episodeServices   = 4
	episodeChannels   = 5
)

// TestRandomOperations sends random messages, good and bad, in small markets with
// two coins, and checks the ledger's invariants after every one of them: those of
// the state (fixture.check), and those against what happened before (episode.check).
func TestRandomOperations(t *testing.T) {
	// Small states, thrown away all the time: collecting less often is a quarter faster.
	percent := debug.SetGCPercent(400)
	t.Cleanup(func() { debug.SetGCPercent(percent) })
	operations := randomOperations
	if raceEnabled {
		operations /= 10
	}
	for seed := range uint64(randomSeeds) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			randomMarket(f)
			start := f.ctx
			random := rand.New(rand.NewPCG(seed, 20))
			tried, done, outcomes := map[string]int{}, map[string]int{}, map[types.ClaimStatus]int{}
			for range operations / randomSeeds / episodeOperations {
				f.ctx, _ = start.CacheContext()
				e := newEpisode(f, random, outcomes)
				for range episodeOperations {
					operation := e.choose()
					err := operation.run(e)
					tried[operation.name]++
					if err == nil {
						done[operation.name]++
					}
					// Whatever a message says, the ledger is never short.
					require.NotErrorIs(t, err, types.ErrLedger)
					require.NoError(t, e.check(), "%s (%v)", operation.name, err)
				}
			}
			for _, operation := range randomly {
				require.Greater(t, done[operation.name]*50, tried[operation.name], "hardly any %q succeeds: the test is blind there", operation.name)
			}
			require.Len(t, outcomes, len(types.ClaimStatus_name)-1, "every outcome of a row was seen: %v", outcomes)
			t.Logf("tried %v", tried)
			t.Logf("accepted %v", done)
			t.Logf("rows %v", outcomes)

			// What came of all that is a valid genesis.
			gs, err := f.keeper.ExportGenesis(f.ctx)
			require.NoError(t, err)
			require.Equal(t, gs, reimported(f, gs))
		})
	}
}

// Accounts of the random market. The owner's coins are spent by others too; the
// blocked author can never be paid.
var (
	randomProviders = []string{"provider", "rival"}
	randomPayers    = []string{"payer", "agent", "owner", "provider"}
	randomModels    = []string{"model", "parent", "other"}
)

func randomMarket(f *fixture) {
	openMarket(f)
	f.poi.change(f.ctx, hash("parent"), func(m *poitypes.Model) { m.ScoredItems = 1_000 })
	f.poi.add(f.ctx, poitypes.Model{
		Id: hash("other"), Author: bech32(f.keeper.moduleAddr), ScoredItems: 1_000, Smoothed: 500_000,
		Terms: poitypes.ModelTerms{RoyaltyBps: 9_999, Parents: [][]byte{hash("model"), hash("parent")}},
	})
	for _, name := range []string{"provider", "rival", "payer", "agent", "owner"} {
		for _, denom := range []string{types.BondDenom, usd} {
			// Enough for many channels of 2^64-1.
			many := sdk.NewCoins(coin(denom, math.NewIntFromUint64(1<<63).MulRaw(200)))
			require.NoError(f.t, f.bank.MintCoins(f.ctx, faucet, many))
			require.NoError(f.t, f.bank.SendCoinsFromModuleToAccount(f.ctx, faucet, addr(name), many))
		}
	}
	f.setParams(func(p *types.Params) {
		for i := range p.Denoms {
			p.Denoms[i].MinDeposit = amount(1)
		}
		p.GraceBlocks, p.UnbondingBlocks, p.ServiceBond = 5, 10, amount(1_001)
	})
	f.list(func(m *types.MsgListService) { m.Promise = 800_000 })
	f.list(func(m *types.MsgListService) { m.Denom, m.Model, m.Provider = usd, hash("other"), who("rival") })
}

// episode is a random market and what is known of its past.
type episode struct {
	*fixture
	random   *rand.Rand
	services uint64
	channels []types.Channel
	vouchers []types.Voucher
	// Highest amount signed, and what claims said they moved, per lane by channel.
	signed, moved map[string][]uint64
	// What was withdrawn, and what came back of bonds, by owner and denom.
	withdrawn, bondIncome sums
	slashed               math.Int
	// Supply of uassay, and the community pool, at the start.
	supply math.Int
	pool   sdk.Coins
	// Channels after the last operation, and what those of convicted services had
	// released when that happened.
	last      map[string]types.Channel
	convicted map[string]math.Int
	// How often the rows of claims came to each status.
	outcomes map[types.ClaimStatus]int
}

func newEpisode(f *fixture, random *rand.Rand, outcomes map[types.ClaimStatus]int) *episode {
	return &episode{
		fixture: f, random: random, services: 2, outcomes: outcomes,
		signed: map[string][]uint64{}, moved: map[string][]uint64{}, withdrawn: sums{}, bondIncome: sums{}, slashed: math.ZeroInt(),
		supply: f.bank.GetSupply(f.ctx, types.BondDenom).Amount, pool: f.communityPool(),
		last: map[string]types.Channel{}, convicted: map[string]math.Int{},
	}
}

func (f *fixture) communityPool() sdk.Coins {
	return f.bank.GetAllBalances(f.ctx, authtypes.NewModuleAddress(distrtypes.ModuleName))
}

// operation is something that happens, with how often it is chosen.
type operation struct {
	name   string
	weight int
	run    func(e *episode) error
}

var randomly = []operation{
	{"open", 100, (*episode).open},
	{"top up", 60, (*episode).topUp},
	{"claim", 400, (*episode).claim},
	{"close channel", 40, (*episode).closeChannel},
	{"finalise", 40, (*episode).finalise},
	{"withdraw", 50, (*episode).withdraw},
	{"list", 20, (*episode).list},
	{"update", 20, (*episode).update},
	{"close service", 8, (*episode).closeService},
	{"release bond", 15, (*episode).releaseBond},
	{"convict", 4, (*episode).convict},
	{"approve", 30, (*episode).approve},
	{"revoke", 10, (*episode).revoke},
	{"score", 50, (*episode).score},
	{"change params", 10, (*episode).changeParams},
	{"wait", 80, func(e *episode) error { e.skip(1 + e.random.Int64N(4)); return nil }},
}

func (e *episode) choose() operation {
	var total int
	for _, o := range randomly {
		total += o.weight
	}
	at := e.random.IntN(total)
	for _, o := range randomly {
		if at -= o.weight; at < 0 {
			return o
		}
	}
	panic("unreachable")
}

func pick[T any](e *episode, list []T) T { return list[e.random.IntN(len(list))] }

// often is true in so many of a hundred cases.
func (e *episode) often(percent int) bool { return e.random.IntN(100) < percent }

// units is an amount of some magnitude.
func (e *episode) units() uint64 {
	switch e.random.IntN(8) {
	case 0, 1, 2:
		return 1 + e.random.Uint64N(20)
	case 3, 4, 5:
		return 1 + e.random.Uint64N(100_000)
	case 6:
		return 1 + e.random.Uint64N(1<<40)
	}
	return e.random.Uint64()
}

func (e *episode) anyService() uint64 { return 1 + e.random.Uint64N(e.services) }

func (e *episode) try(msg sdk.Msg) error {
	_, err := e.send(msg)
	return err
}

func (e *episode) list() error {
	if e.services >= episodeServices {
		return e.update()
	}
	msg := listing()
	msg.Provider = who(pick(e, randomProviders))
	msg.Denom = pick(e, []string{types.BondDenom, usd})
	msg.Model, msg.Bond = hash(pick(e, randomModels)), amount(1_001+e.random.Int64N(100))
	if e.often(50) {
		msg.Promise = e.random.Uint32N(1_000_001)
	}
	if e.often(20) {
		msg.Model, msg.Bond, msg.Promise = nil, amount(0), 0
	}
	err := e.try(msg)
	if err == nil {
		e.services++
	}
	return err
}

func (e *episode) update() error {
	msg := updating()
	msg.Service = e.anyService()
	msg.Provider = e.service(msg.Service).Provider
	msg.Promise = uint32(e.random.Int32N(2)) * e.random.Uint32N(1_000_001)
	return e.try(msg)
}

func (e *episode) closeService() error {
	id := e.anyService()
	return e.try(&types.MsgCloseService{Provider: e.service(id).Provider, Service: id})
}

func (e *episode) releaseBond() error {
	service := e.service(e.anyService())
	err := e.try(&types.MsgReleaseBond{Provider: service.Provider, Service: service.Id})
	if err == nil {
		e.bondIncome.add(service.Provider+types.BondDenom, service.Bond)
	}
	return err
}

// convict does what a proved challenge does, with a receipt of some channel or none.
func (e *episode) convict() error {
	service := e.service(e.anyService())
	receipt, rewarded := types.Receipt{Service: service.Id, Channel: make([]byte, 32)}, ""
	if len(e.channels) > 0 {
		channel := pick(e, e.channels)
		receipt.Channel = channel.Id
		if channel.Service == service.Id {
			rewarded = channel.Funder
		}
	}
	cached, write := e.ctx.CacheContext()
	if err := e.keeper.convict(cached, service, receipt, who("owner"), 0); err != nil {
		return err
	}
	write()
	reward := math.ZeroInt()
	if rewarded != "" {
		reward = service.Bond.QuoRaw(10)
	}
	e.bondIncome.add(rewarded+types.BondDenom, reward)
	e.slashed = e.slashed.Add(service.Bond.Sub(reward))
	for id, c := range e.last {
		if c.Service == service.Id {
			e.convicted[id] = c.Released
		}
	}
	return nil
}

func (e *episode) open() error {
	if len(e.channels) >= episodeChannels {
		return e.claim()
	}
	service := e.service(e.anyService())
	msg := opening()
	payer := pick(e, randomPayers)
	msg.Payer, msg.Service, msg.Lanes = who(payer), service.Id, 1+e.random.Uint32N(4)
	msg.Deposit = coin(service.Denom, math.NewIntFromUint64(e.units()))
	if e.often(5) {
		msg.Deposit.Denom = usd
	}
	if payer == "agent" {
		msg.Funder = who("owner")
	}
	next, _, err := found(e.ctx, e.keeper.counters, []byte(addr(payer)))
	if err != nil {
		return err
	}
	if msg.N = next; e.often(5) {
		msg.N += e.random.Uint64N(3) - 1
	}
	result, err := e.send(msg)
	if err != nil {
		return err
	}
	id := response(e.fixture, result, &types.MsgOpenChannelResponse{}).Channel
	if _, ok := e.signed[string(id)]; ok {
		return fmt.Errorf("the id %x came back", id)
	}
	e.signed[string(id)], e.moved[string(id)] = make([]uint64, msg.Lanes), make([]uint64, msg.Lanes)
	e.channels = append(e.channels, e.channel(id))
	return nil
}

func (e *episode) topUp() error {
	if len(e.channels) == 0 {
		return e.open()
	}
	channel := pick(e, e.channels)
	msg := &types.MsgTopUp{
		Sender: who(pick(e, randomPayers)), Channel: channel.Id, Amount: coin(channel.Denom, math.NewIntFromUint64(e.units())),
	}
	if msg.Sender == who("agent") {
		msg.Funder = who("owner")
	}
	return e.try(msg)
}

// rows are vouchers of channels, mostly of one run of rows each.
func (e *episode) rows(most int, channels []types.Channel) []types.Voucher {
	var rows []types.Voucher
	channel := channels[0]
	for range 1 + e.random.IntN(most) {
		if e.often(30) {
			channel = pick(e, channels)
		}
		switch {
		case len(e.vouchers) > 0 && len(channels) > 1 && e.often(30):
			rows = append(rows, pick(e, e.vouchers))
		case e.often(10):
			rows = append(rows, e.badVoucher(channel))
		default:
			rows = append(rows, e.goodVoucher(channel))
		}
	}
	return rows
}

func (e *episode) goodVoucher(channel types.Channel) types.Voucher {
	now := e.last[string(channel.Id)]
	lane := e.random.Uint32N(uint32(len(now.Lanes)))
	// Mostly what a few calls cost, sometimes anything.
	units := e.units()
	if left := now.Avail.Uint64(); left > 0 && e.often(80) {
		units = now.Lanes[lane] + 1 + e.random.Uint64N(left/4+1)
	}
	v := voucher(channel.Id, lane, units)
	e.signed[string(channel.Id)][lane] = max(e.signed[string(channel.Id)][lane], units)
	e.vouchers = append(e.vouchers, v)
	return v
}

// badVoucher is one that must not be paid, for one reason or another.
func (e *episode) badVoucher(channel types.Channel) types.Voucher {
	v := voucher(channel.Id, 0, e.units())
	switch e.random.IntN(6) {
	case 0:
		v.Channel = hash("nowhere")
	case 1:
		v.Lane = uint32(len(channel.Lanes)) + e.random.Uint32N(300)
	case 2:
		v.Amount ^= 1 << e.random.IntN(64)
	case 3:
		v.CallHash = hash("another call")
	case 4:
		v.Signature[e.random.IntN(64)] ^= 1 << e.random.IntN(8)
	case 5:
		return signedBy(key("somebody"), v)
	}
	return v
}

func (e *episode) claim() error {
	if len(e.channels) == 0 {
		return e.open()
	}
	// Mostly of channels that can be claimed.
	channel := pick(e, e.channels)
	for range 3 {
		if e.last[string(channel.Id)].Avail.IsPositive() {
			break
		}
		channel = pick(e, e.channels)
	}
	provider, channels := channel.Split.Provider, []types.Channel{channel}
	for _, c := range e.channels {
		if c.Split.Provider == provider || e.often(5) {
			channels = append(channels, c)
		}
	}
	if e.often(3) {
		provider = who(pick(e, randomPayers))
	}
	msg := &types.MsgClaim{Provider: provider, Vouchers: e.rows(3, channels)}
	result, err := e.send(msg)
	if err != nil {
		return err
	}
	e.settled(msg.Vouchers, response(e.fixture, result, &types.MsgClaimResponse{}).Results)
	return nil
}

// settled notes what became of the rows of a claim.
func (e *episode) settled(vouchers []types.Voucher, results []types.ClaimResult) {
	for i, row := range results {
		e.outcomes[row.Status]++
		if row.Moved > 0 {
			e.moved[string(vouchers[i].Channel)][vouchers[i].Lane] += row.Moved
		}
	}
}

func (e *episode) closeChannel() error {
	if len(e.channels) == 0 {
		return e.open()
	}
	channel := pick(e, e.channels)
	msg := &types.MsgCloseChannel{Sender: pick(e, []string{channel.Payer, channel.Funder, channel.Split.Provider, who("owner")}), Channel: channel.Id}
	if msg.Sender == channel.Split.Provider && e.often(70) {
		msg.Vouchers = e.rows(3, []types.Channel{channel})
	}
	result, err := e.send(msg)
	if err == nil {
		e.settled(msg.Vouchers, response(e.fixture, result, &types.MsgCloseChannelResponse{}).Results)
	}
	return err
}

func (e *episode) finalise() error {
	if len(e.channels) == 0 {
		return e.open()
	}
	channel := pick(e, e.channels)
	for _, c := range e.channels {
		if e.last[string(c.Id)].Status == types.CHANNEL_STATUS_CLOSING && e.often(50) {
			channel = c
		}
	}
	return e.try(&types.MsgFinaliseChannel{Sender: who("owner"), Channel: channel.Id})
}

func (e *episode) withdraw() error {
	owner := pick(e, []string{"provider", "rival", "payer", "owner", "author", "ancestor"})
	result, err := e.send(&types.MsgWithdraw{Owner: who(owner)})
	if err != nil {
		return err
	}
	for _, c := range response(e.fixture, result, &types.MsgWithdrawResponse{}).Amount {
		e.withdrawn.add(who(owner)+c.Denom, c.Amount)
	}
	return nil
}

func (e *episode) approve() error {
	msg := &types.MsgApproveSpender{
		Owner: who("owner"), Spender: who("agent"),
		MaxTotal:      coin(pick(e, []string{types.BondDenom, usd}), math.NewIntFromUint64(e.units())),
		MaxPerChannel: math.NewIntFromUint64(e.units()),
	}
	if e.often(20) {
		msg.Services = []uint64{e.anyService()}
	}
	if e.often(20) {
		msg.Expiry = e.ctx.BlockHeight() + e.random.Int64N(10)
	}
	return e.try(msg)
}

func (e *episode) revoke() error {
	return e.try(&types.MsgRevokeSpender{Owner: who("owner"), Spender: who("agent")})
}

func (e *episode) score() error {
	e.poi.score(e.ctx, hash(pick(e, randomModels)), e.random.Uint64N(3), e.random.Uint32N(1_000_001))
	return nil
}

func (e *episode) changeParams() error {
	e.setParams(func(p *types.Params) {
		p.ProtocolFeeBps = e.random.Uint32N(2_001)
		p.LineageBps = e.random.Uint32N(10_001)
		p.GraceBlocks = 1 + e.random.Uint32N(10)
	})
	return nil
}

// check checks what must hold against what happened before.
func (e *episode) check() error {
	h, err := e.holdings()
	if err != nil {
		return err
	}
	if err := e.fixture.check(h); err != nil {
		return err
	}
	expected, burned, pooled := sums{}, e.slashed, e.pool
	for _, c := range h.channels {
		if err := e.checkPast(c); err != nil {
			return fmt.Errorf("channel %x: %w", c.Id, err)
		}
		e.last[string(c.Id)] = c
		// Everything released is somebody's, by the whole released at once.
		parts := protocol.Divide(0, c.Released.Uint64(), c.Split.ProtocolFeeBps, c.Denom == types.BondDenom, c.Split.Shares())
		burned = burned.Add(math.NewIntFromUint64(parts.Burned))
		pooled = pooled.Add(coin(c.Denom, math.NewIntFromUint64(parts.Pooled)))
		expected.add(c.Split.Provider+c.Denom, math.NewIntFromUint64(parts.Provider))
		for i, royalty := range c.Split.Royalties {
			expected.add(royalty.Recipient+c.Denom, math.NewIntFromUint64(parts.Royalties[i]))
		}
		expected.add(c.Funder+c.Denom, c.Returned)
	}
	for owner, units := range e.bondIncome {
		expected.add(owner, units)
	}
	for owner, units := range e.withdrawn {
		expected.add(owner, units.Neg())
	}
	for _, c := range h.credits {
		owner := c.Owner + c.Amount.Denom
		if !expected.of(owner).Equal(c.Amount.Amount) {
			return fmt.Errorf("%s is owed %s, expected %s", c.Owner, c.Amount, expected.of(owner))
		}
		delete(expected, owner)
	}
	for owner, units := range expected {
		if !units.IsZero() {
			return fmt.Errorf("%s is owed nothing, expected %s", owner, units)
		}
	}
	if supply := e.bank.GetSupply(e.ctx, types.BondDenom).Amount; !supply.Add(burned).Equal(e.supply) {
		return fmt.Errorf("the supply is %s with %s burned, it was %s", supply, burned, e.supply)
	}
	if pool := e.communityPool(); !pool.Equal(pooled) {
		return fmt.Errorf("the community pool holds %s, expected %s", pool, pooled)
	}
	return nil
}

// checkPast compares a channel with what it was before and with what was signed.
func (e *episode) checkPast(c types.Channel) error {
	last, ok := e.last[string(c.Id)]
	if !ok {
		last = types.Channel{Lanes: make([]uint64, len(c.Lanes)), Released: math.ZeroInt(), Deposited: math.ZeroInt()}
	}
	signed := e.signed[string(c.Id)]
	for lane, settled := range c.Lanes {
		if settled < last.Lanes[lane] {
			return fmt.Errorf("lane %d fell from %d to %d", lane, last.Lanes[lane], settled)
		}
		if moved := e.moved[string(c.Id)][lane]; settled != moved {
			return fmt.Errorf("lane %d is settled at %d, claims moved it to %d", lane, settled, moved)
		}
		if settled > signed[lane] {
			return fmt.Errorf("lane %d is settled at %d, signed was %d", lane, settled, signed[lane])
		}
	}
	if c.Released.LT(last.Released) || c.Deposited.LT(last.Deposited) {
		return fmt.Errorf("released %s of %s, before %s of %s", c.Released, c.Deposited, last.Released, last.Deposited)
	}
	if released, ok := e.convicted[string(c.Id)]; ok && !c.Released.Equal(released) {
		return fmt.Errorf("it released %s at the conviction, %s now", released, c.Released)
	}
	if last.Status == types.CHANNEL_STATUS_CLOSED && !(c.Status == last.Status && c.Released.Equal(last.Released) && c.Deposited.Equal(last.Deposited)) {
		return errors.New("it changed after it was closed")
	}
	return nil
}

// reimported is what a fresh chain exports after importing a genesis.
func reimported(f *fixture, gs *types.GenesisState) *types.GenesisState {
	f.t.Helper()
	fresh := newFixture(f.t)
	fresh.ctx = fresh.ctx.WithBlockHeight(f.ctx.BlockHeight())
	require.NoError(f.t, f.poi.models.Walk(f.ctx, nil, func(id []byte, m poitypes.Model) (bool, error) {
		return false, fresh.poi.models.Set(fresh.ctx, id, m)
	}))
	if held := gs.Held(); !held.IsZero() {
		require.NoError(f.t, fresh.bank.MintCoins(fresh.ctx, faucet, held))
		require.NoError(f.t, fresh.bank.SendCoinsFromModuleToModule(fresh.ctx, faucet, types.ModuleName, held))
	}
	require.NoError(f.t, fresh.keeper.InitGenesis(fresh.ctx, *gs))
	again, err := fresh.keeper.ExportGenesis(fresh.ctx)
	require.NoError(f.t, err)
	require.NoError(f.t, fresh.invariants())
	return again
}
