package keeper

import (
	"testing"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	moduletestutil "github.com/cosmos/cosmos-sdk/types/module/testutil"
	"github.com/cosmos/cosmos-sdk/types/tx/signing"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// BenchmarkClaim settles a full claim and reports what a row costs: time, gas and
// bytes of the whole transaction, gas for its size and signature included.
func BenchmarkClaim(b *testing.B) {
	for _, shape := range []struct {
		name     string
		channels int
	}{{"OneChannel", 1}, {"HundredChannels", protocol.MaxClaimRows}} {
		b.Run(shape.name, func(b *testing.B) {
			f := newFixture(b)
			openMarket(f)
			f.list(func(m *types.MsgListService) { m.Promise = 900_000 })
			var channels [][]byte
			for range shape.channels {
				channels = append(channels, f.open(func(m *types.MsgOpenChannel) {
					m.Lanes, m.Deposit = protocol.MaxLanes, coin(types.BondDenom, amount(1_000_000_000))
				}))
			}
			f.poi.score(f.ctx, hash("model"), 3, 876_543)
			f.cms.Commit()

			msg := &types.MsgClaim{Provider: who("provider")}
			for row := range protocol.MaxClaimRows {
				msg.Vouchers = append(msg.Vouchers, voucher(channels[row%len(channels)], uint32(row%protocol.MaxLanes), uint64(1_000*(row+1))))
			}
			bytes := len(transaction(b, msg))
			server := NewMsgServerImpl(f.keeper)
			var gas uint64
			best := time.Duration(1<<63 - 1)
			b.ResetTimer()
			for range b.N {
				ctx, _ := f.ctx.CacheContext()
				ctx = ctx.WithGasMeter(storetypes.NewInfiniteGasMeter())
				start := time.Now()
				response, err := server.Claim(ctx, msg)
				best = min(best, time.Since(start))
				b.StopTimer()
				require.NoError(b, err)
				for _, result := range response.Results {
					require.Equal(b, types.CLAIM_STATUS_OK, result.Status)
				}
				gas = ctx.GasMeter().GasConsumed()
				b.StartTimer()
			}
			params := authtypes.DefaultParams()
			gas += uint64(bytes)*params.TxSizeCostPerByte + params.SigVerifyCostSecp256k1
			b.ReportMetric(float64(best.Nanoseconds())/1e6, "best-ms/op")
			b.ReportMetric(float64(gas)/protocol.MaxClaimRows, "gas/row")
			b.ReportMetric(float64(bytes)/protocol.MaxClaimRows, "bytes/row")
		})
	}
}

// transaction is a signed transaction of one message, as a node receives it.
func transaction(b *testing.B, msg sdk.Msg) []byte {
	b.Helper()
	encoding := moduletestutil.MakeTestEncodingConfig()
	types.RegisterInterfaces(encoding.InterfaceRegistry)
	builder := encoding.TxConfig.NewTxBuilder()
	require.NoError(b, builder.SetMsgs(msg))
	builder.SetGasLimit(1_000_000)
	builder.SetFeeAmount(sdk.NewCoins(coin(types.BondDenom, amount(25_000))))
	// A signature has its size whatever it signs.
	require.NoError(b, builder.SetSignatures(signing.SignatureV2{
		PubKey:   secp256k1.GenPrivKey().PubKey(),
		Data:     &signing.SingleSignatureData{SignMode: signing.SignMode_SIGN_MODE_DIRECT, Signature: make([]byte, 64)},
		Sequence: 1_000,
	}))
	encoded, err := encoding.TxConfig.TxEncoder()(builder.GetTx())
	require.NoError(b, err)
	return encoded
}
