package keeper

import (
	"bytes"
	"fmt"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// holdings is everything of the state that holds coins.
type holdings struct {
	services []types.Service
	channels []types.Channel
	credits  []types.Credit
}

// holdings reads them all.
func (f *fixture) holdings() (h holdings, err error) {
	k, ctx := f.keeper, f.ctx
	if err = k.services.Walk(ctx, nil, func(id uint64, s types.Service) (bool, error) {
		h.services = append(h.services, s)
		active, err := k.activeServices.Has(ctx, id)
		if err == nil && active != (s.Status == types.SERVICE_STATUS_ACTIVE) {
			err = fmt.Errorf("service %d: status %s, on offer: %t", id, s.Status, active)
		}
		return false, err
	}); err != nil {
		return h, err
	}
	if err = k.channels.Walk(ctx, nil, func(id []byte, c types.Channel) (bool, error) {
		h.channels = append(h.channels, c)
		if !bytes.Equal(id, c.Id) {
			return false, fmt.Errorf("channel %x lies at %x", c.Id, id)
		}
		return false, nil
	}); err != nil {
		return h, err
	}
	err = k.credits.Walk(ctx, nil, func(key addressDenom, units math.Int) (bool, error) {
		h.credits = append(h.credits, types.Credit{Owner: bech32(key.K1()), Amount: coin(key.K2(), units)})
		return false, nil
	})
	return h, err
}

// invariants checks what must hold after every message, of the state alone: per
// denom, the module holds exactly what is available, bonded and owed, and the
// totals say so; per channel, nothing appears or vanishes.
func (f *fixture) invariants() error {
	h, err := f.holdings()
	if err != nil {
		return err
	}
	return f.check(h)
}

func (f *fixture) check(h holdings) error {
	avail, bonds, owed, holds := sums{}, sums{}, sums{}, map[string]uint32{}
	for _, s := range h.services {
		bonds.add(types.BondDenom, s.Bond)
		if s.Bond.IsPositive() {
			holds[string(s.Model)]++
		}
	}
	for _, c := range h.channels {
		avail.add(c.Denom, c.Avail)
		if err := checkChannel(c); err != nil {
			return fmt.Errorf("channel %x: %w", c.Id, err)
		}
	}
	for _, c := range h.credits {
		owed.add(c.Amount.Denom, c.Amount.Amount)
		if !c.Amount.IsPositive() {
			return fmt.Errorf("credit of %s is %s", c.Owner, c.Amount)
		}
	}
	for _, denom := range []string{types.BondDenom, usd} {
		for _, total := range []struct {
			of   collections.Map[string, math.Int]
			want math.Int
		}{{f.keeper.avail, avail.of(denom)}, {f.keeper.bonds, bonds.of(denom)}, {f.keeper.owed, owed.of(denom)}} {
			got, ok, err := found(f.ctx, total.of, denom)
			if err != nil {
				return err
			}
			if ok && !got.Equal(total.want) || !ok && !total.want.IsZero() {
				return fmt.Errorf("total %s of %s is %s, entries add up to %s", total.of.GetName(), denom, got, total.want)
			}
		}
		held := f.bank.GetBalance(f.ctx, f.keeper.moduleAddr, denom).Amount
		if sum := avail.of(denom).Add(bonds.of(denom)).Add(owed.of(denom)); !held.Equal(sum) {
			return fmt.Errorf("the module holds %s%s, its entries add up to %s", held, denom, sum)
		}
	}
	for model, want := range holds {
		held, err := f.poi.GetModel(f.ctx, []byte(model))
		if err != nil {
			return err
		}
		if held.Holds != want {
			return fmt.Errorf("model %x is held %d times, expected %d", model, held.Holds, want)
		}
	}
	return nil
}

func checkChannel(c types.Channel) error {
	if c.Avail.IsNegative() || c.Released.IsNegative() || c.Returned.IsNegative() {
		return fmt.Errorf("avail %s, released %s, returned %s", c.Avail, c.Released, c.Returned)
	}
	if sum := c.Avail.Add(c.Released).Add(c.Returned); !sum.Equal(c.Deposited) {
		return fmt.Errorf("deposited %s; avail, released and returned add up to %s", c.Deposited, sum)
	}
	if c.Status == types.CHANNEL_STATUS_CLOSED && !c.Avail.IsZero() {
		return fmt.Errorf("it is finalised with %s available", c.Avail)
	}
	moved := math.ZeroInt()
	for _, lane := range c.Lanes {
		moved = moved.Add(math.NewIntFromUint64(lane))
	}
	if c.Released.GT(moved) {
		return fmt.Errorf("released %s, its lanes moved by %s", c.Released, moved)
	}
	return nil
}

// sums adds up amounts by key.
type sums map[string]math.Int

func (s sums) of(key string) math.Int {
	if sum, ok := s[key]; ok {
		return sum
	}
	return math.ZeroInt()
}

func (s sums) add(key string, units math.Int) {
	if !units.IsZero() {
		s[key] = s.of(key).Add(units)
	}
}
