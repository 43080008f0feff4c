package keeper

import (
	"bytes"
	"fmt"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// invariants checks what must hold after every message, of the state alone:
// per denom, the module holds exactly what is available, bonded and owed, and the
// totals say so; per channel, nothing appears or vanishes; the indices agree.
func (f *fixture) invariants() error {
	k, ctx := f.keeper, f.ctx
	avail, bonds, owed := sums{}, sums{}, sums{}
	holds := map[string]uint32{}
	if err := k.services.Walk(ctx, nil, func(id uint64, s types.Service) (bool, error) {
		bonds.add(types.BondDenom, s.Bond)
		if s.Bond.IsPositive() {
			holds[string(s.Model)]++
		}
		active, err := k.activeServices.Has(ctx, id)
		if err == nil && active != (s.Status == types.SERVICE_STATUS_ACTIVE) {
			err = fmt.Errorf("service %d: status %s, on offer: %t", id, s.Status, active)
		}
		return false, err
	}); err != nil {
		return err
	}
	if err := k.channels.Walk(ctx, nil, func(id []byte, c types.Channel) (bool, error) {
		avail.add(c.Denom, c.Avail)
		return false, checkChannel(id, c)
	}); err != nil {
		return err
	}
	if err := k.credits.Walk(ctx, nil, func(key addressDenom, units math.Int) (bool, error) {
		owed.add(key.K2(), units)
		if !units.IsPositive() {
			return false, fmt.Errorf("credit of %x is %s%s", key.K1(), units, key.K2())
		}
		return false, nil
	}); err != nil {
		return err
	}
	for _, denom := range []string{types.BondDenom, usd} {
		for _, total := range []struct {
			of   collections.Map[string, math.Int]
			want math.Int
		}{{k.avail, avail.of(denom)}, {k.bonds, bonds.of(denom)}, {k.owed, owed.of(denom)}} {
			got, ok, err := found(ctx, total.of, denom)
			if err != nil {
				return err
			}
			if ok && !got.Equal(total.want) || !ok && !total.want.IsZero() {
				return fmt.Errorf("total %s of %s is %s, entries add up to %s", total.of.GetName(), denom, got, total.want)
			}
		}
		held := f.bank.GetBalance(ctx, k.moduleAddr, denom).Amount
		if sum := avail.of(denom).Add(bonds.of(denom)).Add(owed.of(denom)); !held.Equal(sum) {
			return fmt.Errorf("the module holds %s%s, its entries add up to %s", held, denom, sum)
		}
	}
	for model, want := range holds {
		held, err := f.poi.GetModel(ctx, []byte(model))
		if err != nil || held.Holds != want {
			return fmt.Errorf("model %x is held %d times, expected %d: %w", model, held.Holds, want, err)
		}
	}
	return nil
}

func checkChannel(id []byte, c types.Channel) error {
	if !bytes.Equal(id, c.Id) {
		return fmt.Errorf("channel %x lies at %x", c.Id, id)
	}
	if c.Avail.IsNegative() || c.Released.IsNegative() || c.Returned.IsNegative() {
		return fmt.Errorf("channel %x: avail %s, released %s, returned %s", id, c.Avail, c.Released, c.Returned)
	}
	if sum := c.Avail.Add(c.Released).Add(c.Returned); !sum.Equal(c.Deposited) {
		return fmt.Errorf("channel %x: deposited %s, avail + released + returned is %s", id, c.Deposited, sum)
	}
	if c.Status == types.CHANNEL_STATUS_CLOSED && !c.Avail.IsZero() {
		return fmt.Errorf("channel %x is finalised with %s available", id, c.Avail)
	}
	moved := math.ZeroInt()
	for _, lane := range c.Lanes {
		moved = moved.Add(math.NewIntFromUint64(lane))
	}
	if c.Released.GT(moved) {
		return fmt.Errorf("channel %x released %s, its lanes moved by %s", id, c.Released, moved)
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

func (s sums) add(key string, units math.Int) { s[key] = s.of(key).Add(units) }
