package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// A convicted service loses its bond once: a tenth to the funder of the receipt's
// channel, if that is one of the service, the rest burned.
func TestConvict(t *testing.T) {
	for _, c := range []struct {
		name           string
		channel        func(f *fixture) []byte
		reward, burned int64
		rewarded       string
	}{
		{"a channel of the service", func(f *fixture) []byte { return f.open(nil) }, 10_000_000, 90_000_001, "payer"},
		{"a channel that another paid for", func(f *fixture) []byte {
			f.mustSend(approving())
			return f.open(func(m *types.MsgOpenChannel) { m.Funder = who("owner") })
		}, 10_000_000, 90_000_001, "owner"},
		{"a channel of another service", func(f *fixture) []byte {
			f.list(nil)
			return f.open(func(m *types.MsgOpenChannel) { m.Service = 2 })
		}, 0, 100_000_001, ""},
		{"a free call", func(*fixture) []byte { return make([]byte, 32) }, 0, 100_000_001, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			openMarket(f)
			f.list(func(m *types.MsgListService) { m.Bond = amount(100_000_001) })
			receipt := types.Receipt{Service: 1, Channel: c.channel(f), CallHash: hash("call")}
			before := f.bank.GetSupply(f.ctx, types.BondDenom).Amount
			f.ctx = f.ctx.WithEventManager(sdk.NewEventManager())
			require.NoError(t, f.keeper.convict(f.ctx, f.service(1), receipt, who("watcher"), 3))

			service := f.service(1)
			require.Equal(t, types.SERVICE_STATUS_CONVICTED, service.Status)
			require.True(t, service.Bond.IsZero())
			require.Equal(t, amount(c.burned), before.Sub(f.bank.GetSupply(f.ctx, types.BondDenom).Amount))
			event := &types.EventServiceConvicted{
				Service: 1, Challenger: who("watcher"), Index: 3, CallHash: hash("call"),
				Slashed: coin(types.BondDenom, amount(100_000_001)), Reward: coin(types.BondDenom, amount(c.reward)),
			}
			if c.rewarded != "" {
				event.Rewarded = who(c.rewarded)
				require.Equal(t, amount(c.reward).String(), f.owed(c.rewarded, types.BondDenom))
			}
			f.events = f.ctx.EventManager().Events()
			f.requireEvent(event)
			model, err := f.poi.GetModel(f.ctx, hash("model"))
			require.NoError(t, err)
			require.Equal(t, f.bonded(), int(model.Holds))
			require.NoError(t, f.invariants())

			require.ErrorIs(t, f.keeper.convict(f.ctx, service, receipt, who("watcher"), 3), types.ErrConvicted)
		})
	}
	t.Run("a bond that was released", func(t *testing.T) {
		f := newFixture(t)
		openMarket(f)
		f.list(nil)
		f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 1})
		f.skip(100)
		f.mustSend(&types.MsgReleaseBond{Provider: who("provider"), Service: 1})
		require.ErrorIs(t, f.keeper.convict(f.ctx, f.service(1), types.Receipt{}, who("watcher"), 0), types.ErrReleased)
		require.NoError(t, f.invariants())
	})
}

// bonded is the number of services with a bond.
func (f *fixture) bonded() (n int) {
	f.t.Helper()
	h, err := f.holdings()
	require.NoError(f.t, err)
	for _, s := range h.services {
		if s.Bond.IsPositive() {
			n++
		}
	}
	return n
}
