package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// InitGenesis writes a validated genesis, after those of the bank and of x/poi.
// Indices and totals are rebuilt; the module account must hold exactly what is
// available, bonded and owed, and x/poi the files of the models answered for.
func (k Keeper) InitGenesis(ctx sdk.Context, gs types.GenesisState) error {
	if err := gs.Validate(); err != nil {
		return err
	}
	held, balance := gs.Held(), k.bank.GetAllBalances(ctx, k.moduleAddr)
	if !balance.Equal(held) {
		return types.ErrGenesis.Wrapf("channels, bonds and credits add up to %q, the module account holds %q", held, balance)
	}
	return errors.Join(
		k.params.Set(ctx, gs.Params),
		k.lastService.Set(ctx, gs.LastService),
		each(gs.Services, func(s types.Service) error {
			return errors.Join(k.addService(ctx, s), change(ctx, k.bonds, types.BondDenom, s.Bond))
		}),
		k.checkHolds(ctx, gs.Services),
		each(gs.Channels, func(c types.Channel) error {
			payer, err := k.address("payer", c.Payer)
			if err != nil {
				return err
			}
			return errors.Join(
				c.CheckID(ctx.ChainID(), payer),
				k.addChannel(ctx, c),
				change(ctx, k.avail, c.Denom, c.Avail),
			)
		}),
		each(gs.Counters, func(c types.PayerCounter) error {
			payer, err := k.address("payer", c.Payer)
			return errors.Join(err, k.counters.Set(ctx, payer, c.Next))
		}),
		each(gs.Credits, func(c types.Credit) error { return k.credit(ctx, c.Owner, c.Amount) }),
		each(gs.Approvals, func(a types.Approval) error {
			owner, ownerErr := k.address("owner", a.Owner)
			spender, err := k.address("spender", a.Spender)
			return errors.Join(ownerErr, err, k.approvals.Set(ctx, collections.Join(owner, spender), a))
		}),
		each(gs.Probes, func(p types.ProbeReport) error {
			operator, err := k.address("operator", p.Operator)
			return errors.Join(err, k.probes.Set(ctx, collections.Join(p.Probe.Service, operator), p))
		}),
		each(gs.Sales, func(s types.ModelSales) error {
			return k.sales.Set(ctx, collections.Join(s.Model, s.Released.Denom), s)
		}),
	)
}

// checkHolds compares the services that answer for a model with how many of them
// x/poi keeps its file for.
func (k Keeper) checkHolds(ctx context.Context, services []types.Service) error {
	holds := map[string]uint32{}
	for _, s := range services {
		if s.Bond.IsPositive() {
			holds[string(s.Model)]++
		}
	}
	return each(services, func(s types.Service) error {
		if len(s.Model) == 0 {
			return nil
		}
		model, err := k.poi.GetModel(ctx, s.Model)
		if err != nil {
			return err
		}
		if want := holds[string(s.Model)]; model.Holds != want {
			return types.ErrGenesis.Wrapf("model %x is held %d times, its bonded services are %d", s.Model, model.Holds, want)
		}
		return nil
	})
}

// each applies write to all items and stops at the first error.
func each[T any](list []T, write func(T) error) error {
	for _, item := range list {
		if err := write(item); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis returns the whole state.
func (k Keeper) ExportGenesis(ctx sdk.Context) (*types.GenesisState, error) {
	params, paramsErr := k.params.Get(ctx)
	last, lastErr := k.lastService.Get(ctx)
	services, servicesErr := values(ctx, k.services)
	channels, channelsErr := values(ctx, k.channels)
	approvals, approvalsErr := values(ctx, k.approvals)
	probes, probesErr := values(ctx, k.probes)
	sales, salesErr := values(ctx, k.sales)
	gs := &types.GenesisState{
		Params: params, LastService: last, Services: services, Channels: channels,
		Approvals: approvals, Probes: probes, Sales: sales,
	}
	return gs, errors.Join(paramsErr, lastErr, servicesErr, channelsErr, approvalsErr, probesErr, salesErr,
		k.counters.Walk(ctx, nil, func(payer []byte, next uint64) (bool, error) {
			text, err := k.addressCodec.BytesToString(payer)
			gs.Counters = append(gs.Counters, types.PayerCounter{Payer: text, Next: next})
			return false, err
		}),
		k.credits.Walk(ctx, nil, func(key addressDenom, amount math.Int) (bool, error) {
			text, err := k.addressCodec.BytesToString(key.K1())
			gs.Credits = append(gs.Credits, types.Credit{Owner: text, Amount: coin(key.K2(), amount)})
			return false, err
		}),
	)
}

// values lists a whole map, for exports only.
func values[K, V any](ctx context.Context, m collections.Map[K, V]) ([]V, error) {
	var all []V
	err := m.Walk(ctx, nil, func(_ K, value V) (bool, error) {
		all = append(all, value)
		return false, nil
	})
	return all, err
}
