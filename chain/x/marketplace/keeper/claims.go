package keeper

import (
	"bytes"
	"context"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	poiprotocol "github.com/assay-network/assay/chain/x/poi/protocol"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// claims settles the rows of one message. Every row stands for itself: whatever is
// wrong with one, the others count. A channel is written, and what its rows
// released divided, once for each run of rows that name it; by the way entitlements
// are counted, that is the same as dividing row by row. The ledger moves once for
// the whole message, because most of it goes to the same few accounts.
type claims struct {
	Keeper
	ctx      sdk.Context
	provider string
	rowGas   uint64
	// The channel of the last row, until another is named.
	current *claimed
	// What all rows released, in the order in which denoms came up.
	totals []*total
}

// claimed is a channel in the middle of a claim.
type claimed struct {
	channel types.Channel
	service types.Service
	// Sum of accuracies and number of epochs since the channel opened.
	sum, epochs uint64
	// Base units moved and released by the rows since it was loaded.
	moved, released uint64
}

// total is what the rows of a message released in one denom, and who gets it.
type total struct {
	denom                    string
	released, burned, pooled math.Int
	credits                  []credit
}

type credit struct {
	owner  string
	amount math.Int
}

// settle applies vouchers in order; results has one entry for each.
func (k Keeper) settle(ctx context.Context, provider string, vouchers []types.Voucher) ([]types.ClaimResult, error) {
	if len(vouchers) > protocol.MaxClaimRows {
		return nil, types.ErrRows.Wrapf("%d vouchers, expected at most %d", len(vouchers), protocol.MaxClaimRows)
	}
	params, err := k.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	c := claims{Keeper: k, ctx: sdk.UnwrapSDKContext(ctx), provider: provider, rowGas: params.ClaimRowGas}
	results := make([]types.ClaimResult, len(vouchers))
	for i, voucher := range vouchers {
		if results[i], err = c.row(voucher); err != nil {
			return nil, err
		}
	}
	if err := c.write(); err != nil {
		return nil, err
	}
	return results, c.pay()
}

// row settles one voucher. Errors are those of the store; a voucher that is no
// good has a status.
func (c *claims) row(voucher types.Voucher) (types.ClaimResult, error) {
	// Before any work: a row costs the same whatever comes of it.
	c.ctx.GasMeter().ConsumeGas(c.rowGas, "marketplace claim row")

	if err := c.load(voucher.Channel); err != nil {
		return types.ClaimResult{}, err
	}
	refused := func(status types.ClaimStatus) (types.ClaimResult, error) {
		return types.ClaimResult{Status: status}, nil
	}
	if c.current == nil {
		return refused(types.CLAIM_STATUS_UNKNOWN_CHANNEL)
	}
	channel := &c.current.channel
	switch {
	case channel.Status == types.CHANNEL_STATUS_CLOSED:
		return refused(types.CLAIM_STATUS_CLOSED)
	case c.current.service.Status == types.SERVICE_STATUS_CONVICTED:
		return refused(types.CLAIM_STATUS_CONVICTED)
	case uint64(voucher.Lane) >= uint64(len(channel.Lanes)):
		return refused(types.CLAIM_STATUS_BAD_LANE)
	case !c.signed(voucher):
		return refused(types.CLAIM_STATUS_BAD_SIGNATURE)
	case voucher.Amount <= channel.Lanes[voucher.Lane]:
		return refused(types.CLAIM_STATUS_NOOP)
	}

	due := voucher.Amount - channel.Lanes[voucher.Lane]
	result := types.ClaimResult{Status: types.CLAIM_STATUS_OK, Moved: min(due, channel.Avail.Uint64())}
	if result.Moved < due {
		result.Status = types.CLAIM_STATUS_PARTIAL
	}
	if result.Moved == 0 {
		return result, nil
	}
	result.Released = protocol.Release(result.Moved, channel.Promise, c.current.sum, c.current.epochs)
	released := math.NewIntFromUint64(result.Released)
	channel.Lanes[voucher.Lane] += result.Moved
	channel.Avail = channel.Avail.Sub(released)
	channel.Released = channel.Released.Add(released)
	c.current.moved += result.Moved
	c.current.released += result.Released
	return result, c.ctx.EventManager().EmitTypedEvent(&types.EventVoucherClaimed{
		Channel:  channel.Id,
		Service:  channel.Service,
		Lane:     voucher.Lane,
		Status:   result.Status,
		Settled:  channel.Lanes[voucher.Lane],
		Moved:    result.Moved,
		Released: coin(channel.Denom, released),
	})
}

// signed checks a voucher's signature, of a lane that the channel has.
func (c *claims) signed(voucher types.Voucher) bool {
	if len(voucher.CallHash) != poiprotocol.HashSize {
		return false
	}
	digest := protocol.VoucherDigest(c.ctx.ChainID(), voucher.Channel, uint8(voucher.Lane), voucher.Amount, voucher.CallHash)
	return protocol.VerifySignature(c.current.channel.VoucherKey, digest, voucher.Signature)
}

// load makes the channel of a row the current one; none if it does not exist or
// belongs to another provider.
func (c *claims) load(id []byte) error {
	if c.current != nil && bytes.Equal(c.current.channel.Id, id) {
		return nil
	}
	if err := c.write(); err != nil {
		return err
	}
	channel, ok, err := found(c.ctx, c.channels, id)
	if err != nil || !ok || channel.Split.Provider != c.provider {
		return err
	}
	service, err := c.serviceByID(c.ctx, channel.Service)
	if err != nil {
		return err
	}
	sum, epochs, err := c.measured(c.ctx, channel, service)
	if err != nil {
		return err
	}
	c.current = &claimed{channel: channel, service: service, sum: sum, epochs: epochs}
	return nil
}

// measured is what x/poi measured of a channel's model since it opened; before
// the first epoch, its smoothed accuracy at opening stands in. Zero and one
// without a promise, which needs no measure.
func (k Keeper) measured(ctx context.Context, channel types.Channel, service types.Service) (sum, epochs uint64, err error) {
	if channel.Promise == 0 {
		return 0, 1, nil
	}
	model, err := k.poi.GetModel(ctx, service.Model)
	if err != nil {
		return 0, 0, err
	}
	if model.ScoredEpochs == channel.ScoredEpochs {
		return uint64(channel.Smoothed), 1, nil
	}
	return model.AccuracySum - channel.AccuracySum, model.ScoredEpochs - channel.ScoredEpochs, nil
}

// write stores the current channel and divides what its rows released.
func (c *claims) write() error {
	current := c.current
	c.current = nil
	// Lanes can move without a release: half of one unit is none.
	if current == nil || current.moved == 0 {
		return nil
	}
	channel, released := current.channel, current.released
	if err := c.channels.Set(c.ctx, channel.Id, channel); err != nil {
		return err
	}
	if released == 0 {
		return nil
	}
	shares := channel.Split.Shares()
	parts := protocol.Divide(
		channel.Released.Uint64()-released, released, channel.Split.ProtocolFeeBps, channel.Denom == types.BondDenom, shares,
	)
	t := c.total(channel.Denom)
	t.released = t.released.Add(math.NewIntFromUint64(released))
	t.burned = t.burned.Add(math.NewIntFromUint64(parts.Burned))
	t.pooled = t.pooled.Add(math.NewIntFromUint64(parts.Pooled))
	for i, royalty := range parts.Royalties {
		t.credit(shares[i].Recipient, royalty)
	}
	t.credit(channel.Split.Provider, parts.Provider)
	return c.addSales(c.ctx, current.service.Model, coin(channel.Denom, math.NewIntFromUint64(released)), math.NewIntFromUint64(parts.Burned))
}

// total is that of a denom; a new one starts at zero.
func (c *claims) total(denom string) *total {
	for _, t := range c.totals {
		if t.denom == denom {
			return t
		}
	}
	t := &total{denom: denom, released: math.ZeroInt(), burned: math.ZeroInt(), pooled: math.ZeroInt()}
	c.totals = append(c.totals, t)
	return t
}

// credit adds to what an account gets.
func (t *total) credit(owner string, units uint64) {
	amount := math.NewIntFromUint64(units)
	for i := range t.credits {
		if to := &t.credits[i]; to.owner == owner {
			to.amount = to.amount.Add(amount)
			return
		}
	}
	t.credits = append(t.credits, credit{owner: owner, amount: amount})
}

// pay moves what the message released out of the channels: to accounts, and as fees.
func (c *claims) pay() error {
	for _, t := range c.totals {
		if err := c.release(c.ctx, coin(t.denom, t.released)); err != nil {
			return err
		}
		for _, to := range t.credits {
			if err := c.credit(c.ctx, to.owner, coin(t.denom, to.amount)); err != nil {
				return err
			}
		}
		if t.burned.IsZero() && t.pooled.IsZero() {
			continue
		}
		if err := c.payFees(c.ctx, t.denom, t.burned, t.pooled); err != nil {
			return err
		}
		if err := c.ctx.EventManager().EmitTypedEvent(&types.EventProtocolFeePaid{
			Burned: coin(t.denom, t.burned), Pooled: coin(t.denom, t.pooled),
		}); err != nil {
			return err
		}
	}
	return nil
}

// addSales counts what the services of a model turned over.
func (k Keeper) addSales(ctx context.Context, model []byte, released sdk.Coin, burned math.Int) error {
	if len(model) == 0 {
		return nil
	}
	key := collections.Join(model, released.Denom)
	sales, ok, err := found(ctx, k.sales, key)
	if err != nil {
		return err
	}
	if !ok {
		sales = types.ModelSales{Model: model, Released: coin(released.Denom, math.ZeroInt()), Burned: math.ZeroInt()}
	}
	sales.Released = sales.Released.Add(released)
	sales.Burned = sales.Burned.Add(burned)
	return k.sales.Set(ctx, key, sales)
}
