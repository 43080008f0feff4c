package keeper

import (
	"math/rand/v2"
	"testing"

	"cosmossdk.io/math"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// inCopy runs work on a copy of the state and goes back.
func (f *fixture) inCopy(work func()) {
	start := f.ctx
	f.ctx, _ = start.CacheContext()
	work()
	f.ctx = start
}

// claimAll claims vouchers in their order, in messages of random length.
func (f *fixture) claimAll(random *rand.Rand, vouchers []types.Voucher) {
	f.t.Helper()
	for len(vouchers) > 0 {
		n := min(len(vouchers), 1+random.IntN(4))
		f.claim(vouchers[:n]...)
		vouchers = vouchers[n:]
	}
}

// shares is what everybody got of a channel: owed to provider, author, ancestor,
// burned, in the community pool, and left to the payer.
func (f *fixture) shares(id []byte) (got []uint64) {
	f.t.Helper()
	for _, name := range []string{"provider", "author", "ancestor"} {
		owed, ok := math.NewIntFromString(f.owed(name, types.BondDenom))
		require.True(f.t, ok)
		got = append(got, owed.Uint64())
	}
	supply := f.bank.GetSupply(f.ctx, types.BondDenom).Amount
	return append(got, math.NewIntFromUint64(1<<63-1).Sub(supply).Uint64(), f.communityPool().AmountOf(types.BondDenom).Uint64(), f.channel(id).Avail.Uint64())
}

// Any partition and order of claims that a channel covers gives the lanes of a
// single claim, and splits within a unit per claim, never above the single claim's.
func TestClaimsInAnyPartitionAndOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 4))
	for _, promise := range []uint32{0, 900_000} {
		f := newFixture(t)
		openMarket(f)
		f.list(func(m *types.MsgListService) { m.Promise = promise })
		id := f.open(func(m *types.MsgOpenChannel) { m.Deposit = coin(types.BondDenom, amount(1_000_000)) })
		f.poi.score(f.ctx, hash("model"), 3, 612_345)
		// So that what is burned can be read off the supply.
		f.fund("faucet", types.BondDenom, math.NewIntFromUint64(1<<63-1).Sub(f.bank.GetSupply(f.ctx, types.BondDenom).Amount).Int64())

		for range 40 {
			// The lanes' ends, and for each a row of vouchers that leads there.
			var last, all []types.Voucher
			for lane := range uint32(4) {
				end := 1 + random.Uint64N(250_000)
				last = append(last, voucher(id, lane, end))
				all = append(all, last[lane])
				for range random.IntN(8) {
					all = append(all, voucher(id, lane, 1+random.Uint64N(end)))
				}
			}
			var once, lanes []uint64
			f.inCopy(func() {
				f.claim(last...)
				once, lanes = f.shares(id), f.channel(id).Lanes
			})
			for range 5 {
				random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
				f.inCopy(func() {
					f.claimAll(random, all)
					require.Equal(t, lanes, f.channel(id).Lanes)
					left := len(once) - 1
					for i, units := range f.shares(id) {
						if i == left {
							require.GreaterOrEqual(t, units, once[left])
							require.LessOrEqual(t, units, once[left]+uint64(len(all)))
							continue
						}
						require.LessOrEqual(t, units, once[i], "never above the single claim")
						require.GreaterOrEqual(t, units+uint64(len(all)), once[i], "within a unit per claim")
						if promise == 0 {
							require.Equal(t, once[i], units, "without a promise nothing is rounded")
						}
					}
					require.NoError(t, f.invariants())
				})
			}
		}
	}
}

// No set of vouchers, in whatever order, extracts more than was signed, or more
// than was deposited.
func TestNoVouchersExtractMore(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 4))
	for _, promise := range []uint32{0, 900_000} {
		f := newFixture(t)
		openMarket(f)
		f.list(func(m *types.MsgListService) { m.Promise = promise })
		id := f.open(func(m *types.MsgOpenChannel) { m.Deposit = coin(types.BondDenom, amount(1_000)) })
		f.poi.score(f.ctx, hash("model"), 3, 612_345)
		for range 200 {
			signed := make([]uint64, 4)
			var all []types.Voucher
			for range 1 + random.IntN(20) {
				v := voucher(id, random.Uint32N(4), random.Uint64N(1<<random.IntN(64)))
				if random.IntN(4) == 0 {
					// Signed by another: it adds nothing to what may be taken.
					all = append(all, signedBy(key("somebody"), v))
					continue
				}
				signed[v.Lane] = max(signed[v.Lane], v.Amount)
				all = append(all, v, v)
			}
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			f.inCopy(func() {
				f.claimAll(random, all)
				channel, sum := f.channel(id), math.ZeroInt()
				for lane, settled := range channel.Lanes {
					require.LessOrEqual(t, settled, signed[lane])
					sum = sum.Add(math.NewIntFromUint64(signed[lane]))
				}
				require.True(t, channel.Released.LTE(sum), "released %s, signed %s", channel.Released, sum)
				require.True(t, channel.Released.LTE(channel.Deposited))
				f.mustSend(&types.MsgCloseChannel{Sender: who("provider"), Channel: id})
				require.Equal(t, amount(1_000).Sub(channel.Released).String(), f.owed("payer", types.BondDenom))
				require.NoError(t, f.invariants())
			})
		}
	}
}

// Ten thousand calls on 64 lanes are settled by one message of 64 rows, for the same
// split as call by call.
func TestManyCallsInOneClaim(t *testing.T) {
	const calls, price = 10_240, 7
	f := newFixture(t)
	openMarket(f)
	f.list(nil)
	id := f.open(func(m *types.MsgOpenChannel) { m.Lanes = protocol.MaxLanes })
	f.fund("faucet", types.BondDenom, math.NewIntFromUint64(1<<63-1).Sub(f.bank.GetSupply(f.ctx, types.BondDenom).Amount).Int64())
	every := make([]types.Voucher, calls)
	for i := range every {
		lane, n := uint32(i%protocol.MaxLanes), uint64(i/protocol.MaxLanes+1)
		every[i] = voucher(id, lane, n*price)
	}
	var atOnce, oneByOne []uint64
	f.inCopy(func() {
		f.claim(every[calls-protocol.MaxLanes:]...)
		require.Equal(t, amount(calls*price).String(), f.channel(id).Released.String())
		atOnce = f.shares(id)
	})
	f.inCopy(func() {
		for rows := every; len(rows) > 0; rows = rows[min(len(rows), protocol.MaxClaimRows):] {
			f.claim(rows[:min(len(rows), protocol.MaxClaimRows)]...)
		}
		oneByOne = f.shares(id)
	})
	require.Equal(t, atOnce, oneByOne)
}

// A row costs its gas whatever comes of it, before anything is looked up.
func TestClaimChargesGasBeforeWork(t *testing.T) {
	f := newFixture(t)
	id := openClaims(f)
	params, err := f.keeper.params.Get(f.ctx)
	require.NoError(t, err)
	gas := func(rows int) uint64 {
		before := f.ctx.GasMeter().GasConsumed()
		vouchers := make([]types.Voucher, rows)
		for i := range vouchers {
			vouchers[i] = types.Voucher{Channel: id, Lane: 9}
		}
		f.claim(vouchers...)
		return f.ctx.GasMeter().GasConsumed() - before
	}
	require.Equal(t, 99*params.ClaimRowGas, gas(100)-gas(1))
}
