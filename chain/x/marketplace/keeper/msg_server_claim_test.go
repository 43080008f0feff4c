package keeper

import (
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/hex"
	"math"
	"slices"
	"testing"

	"cosmossdk.io/collections"
	"filippo.io/edwards25519"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	poitypes "github.com/assay-network/assay/chain/x/poi/types"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// openClaims is a market with service 1 and the payer's channel, of 100000 uassay
// and four lanes.
func openClaims(f *fixture) []byte {
	f.t.Helper()
	openMarket(f)
	f.list(nil)
	return f.open(nil)
}

// firstChannel is the id of the payer's first channel.
func firstChannel() []byte { return protocol.ChannelID(testChainID, addr("payer"), 0) }

func result(status types.ClaimStatus, moved, released uint64) types.ClaimResult {
	return types.ClaimResult{Status: status, Moved: moved, Released: released}
}

func TestClaim(t *testing.T) {
	start := func(f *fixture) { openClaims(f) }
	msg := func(vouchers ...types.Voucher) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg { return &types.MsgClaim{Provider: who("provider"), Vouchers: vouchers} }
	}
	results := func(want ...types.ClaimResult) func(*fixture, *sdk.Result) {
		return func(f *fixture, result *sdk.Result) {
			require.Equal(t, want, response(f, result, &types.MsgClaimResponse{}).Results)
		}
	}
	id := firstChannel()
	many := make([]types.Voucher, protocol.MaxClaimRows+1)
	for i := range many {
		many[i] = voucher(id, 0, uint64(i+1))
	}
	runMsgCases(t, start, []msgCase{
		{
			name: "success - the split of 10000: fee, author, ancestor, provider",
			msg:  msg(voucher(id, 2, 10_000)),
			event: func(*fixture) proto.Message {
				return &types.EventVoucherClaimed{
					Channel: id, Service: 1, Lane: 2, Status: types.CLAIM_STATUS_OK, Settled: 10_000, Moved: 10_000,
					Released: coin(types.BondDenom, amount(10_000)),
				}
			},
			check: func(f *fixture, result *sdk.Result) {
				f.requireEvent(&types.EventProtocolFeePaid{Burned: coin(types.BondDenom, amount(100)), Pooled: coin(types.BondDenom, amount(100))})
				require.Equal(t, "800", f.owed("author", types.BondDenom))
				require.Equal(t, "200", f.owed("ancestor", types.BondDenom))
				require.Equal(t, "8800", f.owed("provider", types.BondDenom))
				channel := f.channel(id)
				require.Equal(t, []uint64{0, 0, 10_000, 0}, channel.Lanes)
				require.Equal(t, "90000", channel.Avail.String())
				sales, err := f.keeper.sales.Get(f.ctx, collections.Join(hash("model"), types.BondDenom))
				require.NoError(t, err)
				require.Equal(t, "10000uassay, 100 burned", sales.Released.String()+", "+sales.Burned.String()+" burned")
			},
		},
		{
			name: "success - of another coin nothing is burned",
			setUp: func(f *fixture) {
				f.list(func(m *types.MsgListService) { m.Denom = usd })
				f.open(func(m *types.MsgOpenChannel) { m.Service, m.Deposit = 2, coin(usd, amount(20_000)) })
			},
			msg: msg(voucher(protocol.ChannelID(testChainID, addr("payer"), 1), 0, 10_000)),
			event: func(*fixture) proto.Message {
				return &types.EventProtocolFeePaid{Burned: coin(usd, amount(0)), Pooled: coin(usd, amount(200))}
			},
			check: func(f *fixture, _ *sdk.Result) { require.Equal(t, "8800", f.owed("provider", usd)) },
		},
		{
			name: "success - rows in order, fees of all once per denom",
			setUp: func(f *fixture) {
				f.list(func(m *types.MsgListService) { m.Denom = usd })
				f.open(func(m *types.MsgOpenChannel) { m.Service, m.Deposit = 2, coin(usd, amount(20_000)) })
			},
			msg: msg(
				voucher(id, 0, 1_000), voucher(id, 1, 1_000), voucher(id, 0, 3_000),
				voucher(protocol.ChannelID(testChainID, addr("payer"), 1), 0, 500), voucher(id, 1, 2_000),
			),
			check: func(f *fixture, r *sdk.Result) {
				results(
					result(types.CLAIM_STATUS_OK, 1_000, 1_000), result(types.CLAIM_STATUS_OK, 1_000, 1_000), result(types.CLAIM_STATUS_OK, 2_000, 2_000),
					result(types.CLAIM_STATUS_OK, 500, 500), result(types.CLAIM_STATUS_OK, 1_000, 1_000),
				)(f, r)
				require.Equal(t, 5, f.eventsLike(&types.EventVoucherClaimed{}))
				require.Equal(t, 2, f.eventsLike(&types.EventProtocolFeePaid{}))
				f.requireEvent(&types.EventProtocolFeePaid{Burned: coin(types.BondDenom, amount(50)), Pooled: coin(types.BondDenom, amount(50))})
				require.Equal(t, []uint64{3_000, 2_000, 0, 0}, f.channel(id).Lanes)
			},
		},
		{
			name:  "success - a lower amount and the same one again",
			setUp: func(f *fixture) { f.claim(voucher(id, 0, 5_000)) },
			msg: msg(voucher(id, 0, 4_999), voucher(id, 0, 5_000),
				signedBy(key("voucher"), types.Voucher{Channel: id, Amount: 5_000, CallHash: hash("a new call")})),
			check: results(result(types.CLAIM_STATUS_NOOP, 0, 0), result(types.CLAIM_STATUS_NOOP, 0, 0), result(types.CLAIM_STATUS_NOOP, 0, 0)),
		},
		{
			name:  "success - an amount of zero",
			msg:   msg(voucher(id, 0, 0)),
			check: results(result(types.CLAIM_STATUS_NOOP, 0, 0)),
		},
		{
			name:  "success - more than there is, and 2^64-1",
			msg:   msg(voucher(id, 0, 99_999), voucher(id, 1, 100_000), voucher(id, 2, math.MaxUint64), voucher(id, 0, math.MaxUint64)),
			check: results(result(types.CLAIM_STATUS_OK, 99_999, 99_999), result(types.CLAIM_STATUS_PARTIAL, 1, 1), result(types.CLAIM_STATUS_PARTIAL, 0, 0), result(types.CLAIM_STATUS_PARTIAL, 0, 0)),
		},
		{
			name:  "success - lanes that are over-committed together share what there is",
			msg:   msg(voucher(id, 0, 60_000), voucher(id, 1, 60_000), voucher(id, 2, 60_000)),
			check: results(result(types.CLAIM_STATUS_OK, 60_000, 60_000), result(types.CLAIM_STATUS_PARTIAL, 40_000, 40_000), result(types.CLAIM_STATUS_PARTIAL, 0, 0)),
		},
		{
			name: "success - a top-up lets what was partial go on",
			setUp: func(f *fixture) {
				f.claim(voucher(id, 0, 150_000))
				f.mustSend(&types.MsgTopUp{Sender: who("owner"), Channel: id, Amount: coin(types.BondDenom, amount(70_000))})
			},
			msg:   msg(voucher(id, 0, 150_000)),
			check: results(result(types.CLAIM_STATUS_OK, 50_000, 50_000)),
		},
		{
			name: "success - bad rows change nothing of the others",
			msg: func(f *fixture) sdk.Msg {
				good := voucher(id, 0, 100)
				change := func(v types.Voucher, change func(v *types.Voucher)) types.Voucher {
					v.Signature = append([]byte{}, v.Signature...)
					change(&v)
					return v
				}
				otherChain := good
				otherChain.Signature = ed25519.Sign(key("voucher"), protocol.VoucherDigest("assay-test-2", id, 0, 100, good.CallHash))
				return &types.MsgClaim{Provider: who("provider"), Vouchers: []types.Voucher{
					otherChain,
					change(good, func(v *types.Voucher) { v.Channel = hash("no channel") }),
					change(good, func(v *types.Voucher) { v.Channel = nil }),
					change(good, func(v *types.Voucher) { v.Lane = 1 }),
					change(good, func(v *types.Voucher) { v.Lane = 4 }),
					change(good, func(v *types.Voucher) { v.Lane = 256 }),
					change(good, func(v *types.Voucher) { v.Lane = math.MaxUint32 }),
					change(good, func(v *types.Voucher) { v.Amount = 101 }),
					change(good, func(v *types.Voucher) { v.CallHash = hash("another call") }),
					signedBy(key("voucher"), types.Voucher{Channel: id, Amount: 100, CallHash: []byte("short")}),
					signedBy(key("somebody"), good),
					change(good, func(v *types.Voucher) { v.Signature[0] ^= 1 }),
					change(good, func(v *types.Voucher) { v.Signature = v.Signature[:63] }),
					change(good, func(v *types.Voucher) { v.Signature = nil }),
					good,
				}}
			},
			check: func(f *fixture, r *sdk.Result) {
				bad, unknown, lane := result(types.CLAIM_STATUS_BAD_SIGNATURE, 0, 0), result(types.CLAIM_STATUS_UNKNOWN_CHANNEL, 0, 0), result(types.CLAIM_STATUS_BAD_LANE, 0, 0)
				results(bad, unknown, unknown, bad, lane, lane, lane, bad, bad, bad, bad, bad, bad, bad, result(types.CLAIM_STATUS_OK, 100, 100))(f, r)
				require.Equal(t, 1, f.eventsLike(&types.EventVoucherClaimed{}))
				require.Equal(t, "99900", f.channel(id).Avail.String())
			},
		},
		{
			name: "success - a channel of another provider's service is unknown",
			setUp: func(f *fixture) {
				f.rich("rival")
				f.list(func(m *types.MsgListService) { m.Provider = who("rival") })
				f.open(func(m *types.MsgOpenChannel) { m.Service = 2 })
			},
			msg:   msg(voucher(protocol.ChannelID(testChainID, addr("payer"), 1), 0, 100)),
			check: results(result(types.CLAIM_STATUS_UNKNOWN_CHANNEL, 0, 0)),
		},
		{
			name: "success - the provider of nothing",
			msg: func(*fixture) sdk.Msg {
				return &types.MsgClaim{Provider: who("somebody"), Vouchers: []types.Voucher{voucher(id, 0, 100)}}
			},
			check: results(result(types.CLAIM_STATUS_UNKNOWN_CHANNEL, 0, 0)),
		},
		{
			name:  "success - a closing channel still pays, after its grace too",
			setUp: func(f *fixture) { f.mustSend(&types.MsgCloseChannel{Sender: who("payer"), Channel: id}); f.skip(50) },
			msg:   msg(voucher(id, 0, 100)),
			check: results(result(types.CLAIM_STATUS_OK, 100, 100)),
		},
		{
			name:  "success - a closed one does not",
			setUp: func(f *fixture) { f.mustSend(&types.MsgCloseChannel{Sender: who("provider"), Channel: id}) },
			msg:   msg(voucher(id, 0, 100)),
			check: results(result(types.CLAIM_STATUS_CLOSED, 0, 0)),
		},
		{
			name:  "success - a closed service is still paid",
			setUp: func(f *fixture) { f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 1}) },
			msg:   msg(voucher(id, 0, 100)),
			check: results(result(types.CLAIM_STATUS_OK, 100, 100)),
		},
		{
			name: "success - a convicted one is not",
			setUp: func(f *fixture) {
				require.NoError(t, f.keeper.convict(f.ctx, f.service(1), types.Receipt{Channel: id}, who("owner"), 0))
			},
			msg:   msg(voucher(id, 0, 100)),
			check: results(result(types.CLAIM_STATUS_CONVICTED, 0, 0)),
		},
		{name: "error - no rows", msg: msg(), err: "no voucher, expected at least one"},
		{name: "error - too many rows", msg: msg(many...), err: "101 vouchers, expected at most 100"},
		{name: "error - no address", msg: func(*fixture) sdk.Msg { return &types.MsgClaim{Vouchers: []types.Voucher{{}}} }, err: `provider address ""`},
	})
}

// A model that was scored below the promise of a channel's opening is paid in
// proportion, at least half; what is held back stays available to the payer.
func TestClaimAgainstPromise(t *testing.T) {
	for _, c := range []struct {
		name     string
		measure  func(f *fixture)
		released uint64
	}{
		{"the smoothed accuracy stands in before the first epoch", func(*fixture) {}, 10_000},
		{"kept", func(f *fixture) { f.poi.score(f.ctx, hash("model"), 2, 800_000) }, 10_000},
		{"exceeded", func(f *fixture) { f.poi.score(f.ctx, hash("model"), 2, 1_000_000) }, 10_000},
		{"missed by a tenth", func(f *fixture) { f.poi.score(f.ctx, hash("model"), 2, 720_000) }, 9_000},
		{"missed in one epoch, made up for in another", func(f *fixture) {
			f.poi.score(f.ctx, hash("model"), 1, 700_000)
			f.poi.score(f.ctx, hash("model"), 1, 900_000)
		}, 10_000},
		{"missed by far", func(f *fixture) { f.poi.score(f.ctx, hash("model"), 1, 100_000) }, 5_000},
		{"promised anew, which the channel does not see", func(f *fixture) {
			f.poi.score(f.ctx, hash("model"), 1, 720_000)
			update := updating()
			update.Promise = 100_000
			f.mustSend(update)
		}, 9_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			openMarket(f)
			f.list(func(m *types.MsgListService) { m.Promise = 800_000 })
			id := f.open(func(m *types.MsgOpenChannel) { m.MinPromise = 800_000 })
			c.measure(f)
			require.Equal(t, []types.ClaimResult{result(types.CLAIM_STATUS_OK, 10_000, c.released)}, f.claim(voucher(id, 1, 10_000)))
			require.EqualValues(t, 100_000-c.released, f.channel(id).Avail.Uint64())
			require.NoError(t, f.invariants())
		})
	}
	t.Run("half of one unit is none, and the lane moves", func(t *testing.T) {
		f := newFixture(t)
		openMarket(f)
		f.list(func(m *types.MsgListService) { m.Promise = 800_000 })
		id := f.open(nil)
		f.poi.score(f.ctx, hash("model"), 1, 0)
		require.Equal(t, []types.ClaimResult{result(types.CLAIM_STATUS_OK, 1, 0)}, f.claim(voucher(id, 1, 1)))
		require.Equal(t, []uint64{0, 1, 0, 0}, f.channel(id).Lanes)
		require.Zero(t, f.eventsLike(&types.EventProtocolFeePaid{}))
		require.Equal(t, []types.ClaimResult{result(types.CLAIM_STATUS_NOOP, 0, 0)}, f.claim(voucher(id, 1, 1)))
	})
}

// A recipient that cannot be paid by the bank stops neither a claim nor the others.
func TestRoyaltyToABlockedAddress(t *testing.T) {
	f := newFixture(t)
	openMarket(f)
	blocked := bech32(f.keeper.moduleAddr)
	f.poi.change(f.ctx, hash("model"), func(m *poitypes.Model) { m.Author = blocked })
	f.list(nil)
	id := f.open(nil)
	require.Equal(t, []types.ClaimResult{result(types.CLAIM_STATUS_OK, 10_000, 10_000)}, f.claim(voucher(id, 0, 10_000)))
	require.Equal(t, "8800", f.owed("provider", types.BondDenom))
	_, err := f.send(&types.MsgWithdraw{Owner: blocked})
	require.ErrorContains(t, err, "is not allowed to receive funds")
	f.mustSend(&types.MsgWithdraw{Owner: who("provider")})
	require.NoError(t, f.invariants())
}

// The signature of a point with a part of small order is accepted as ZIP-215 says:
// a strict verifier would refuse it, and a provider that is stricter than the chain
// only serves less.
func TestClaimWithMixedOrderSignature(t *testing.T) {
	f := newFixture(t)
	id := openClaims(f)
	v := types.Voucher{Channel: id, Amount: 10, CallHash: hash("call")}
	digest := protocol.VoucherDigest(testChainID, id, 0, 10, v.CallHash)
	v.Signature = mixedOrderSignature(t, key("voucher"), digest)
	require.False(t, ed25519.Verify(publicKey("voucher"), digest, v.Signature))
	require.Equal(t, []types.ClaimResult{result(types.CLAIM_STATUS_OK, 10, 10)}, f.claim(v))
}

func sha512Sum(parts ...[]byte) []byte {
	sum := sha512.Sum512(slices.Concat(parts...))
	return sum[:]
}

// mixedOrderSignature signs with a nonce point that has a component of order 8.
func mixedOrderSignature(t *testing.T, private ed25519.PrivateKey, digest []byte) []byte {
	t.Helper()
	seed := sha512Sum(private.Seed())
	a, err := edwards25519.NewScalar().SetBytesWithClamping(seed[:32])
	require.NoError(t, err)
	nonce := sha512Sum(seed[32:], digest)
	r, err := edwards25519.NewScalar().SetUniformBytes(nonce)
	require.NoError(t, err)
	// A point of order 8.
	encoded, err := hex.DecodeString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
	require.NoError(t, err)
	small, err := new(edwards25519.Point).SetBytes(encoded)
	require.NoError(t, err)
	point := new(edwards25519.Point).Add(new(edwards25519.Point).ScalarBaseMult(r), small)
	public := private.Public().(ed25519.PublicKey)
	k, err := edwards25519.NewScalar().SetUniformBytes(sha512Sum(point.Bytes(), public, digest))
	require.NoError(t, err)
	s := edwards25519.NewScalar().MultiplyAdd(k, a, r)
	return append(point.Bytes(), s.Bytes()...)
}
