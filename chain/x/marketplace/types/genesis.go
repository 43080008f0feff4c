package types

import (
	"bytes"
	"fmt"

	sdkmath "cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/bech32"

	poiprotocol "github.com/assay-network/assay/chain/x/poi/protocol"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
)

// DefaultGenesis is a market without services, with the parameters for production.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Params: DefaultParams()}
}

// Validate checks a genesis as a whole: every record by itself, and every reference
// between records. What needs the chain id (ids of channels), the bank (what the
// module holds) or x/poi (models) is checked at import.
func (gs GenesisState) Validate() error {
	v := genesisValidator{gs: gs}
	for _, check := range []func() error{
		gs.Params.Validate,
		v.checkServices,
		v.checkCounters,
		v.checkChannels,
		v.checkCredits,
		v.checkApprovals,
		v.checkProbes,
		v.checkSales,
	} {
		if err := check(); err != nil {
			return ErrGenesis.Wrap(err.Error())
		}
	}
	return nil
}

// Held is what the module account must hold for a genesis: everything available in
// channels, bonded or owed.
func (gs GenesisState) Held() sdk.Coins {
	held := sdk.NewCoins()
	for _, s := range gs.Services {
		held = held.Add(sdk.NewCoin(BondDenom, s.Bond))
	}
	for _, c := range gs.Channels {
		held = held.Add(sdk.NewCoin(c.Denom, c.Avail))
	}
	for _, c := range gs.Credits {
		held = held.Add(c.Amount)
	}
	return held
}

// genesisValidator holds what records are looked up by. Maps are only looked up.
type genesisValidator struct {
	gs       GenesisState
	services map[uint64]Service
	counters map[string]uint64
}

// index collects records by their key and refuses two with the same.
func index[K comparable, T any](what string, list []T, key func(T) K) (map[K]T, error) {
	byKey := make(map[K]T, len(list))
	for _, item := range list {
		k := key(item)
		if _, ok := byKey[k]; ok {
			return nil, fmt.Errorf("%s %v is listed twice", what, k)
		}
		byKey[k] = item
	}
	return byKey, nil
}

func checkAddress(what, address string) error {
	if _, _, err := bech32.DecodeAndConvert(address); err != nil {
		return fmt.Errorf("%s address %q: %w", what, address, err)
	}
	return nil
}

// checkHolds checks an amount that may be zero.
func checkHolds(what string, amount sdkmath.Int) error {
	if amount.IsNil() || amount.IsNegative() || amount.GT(maxAmount) {
		return fmt.Errorf("%s is %s, expected 0 to %s", what, amount, maxAmount)
	}
	return nil
}

func (v *genesisValidator) checkServices() (err error) {
	if v.services, err = index("service", v.gs.Services, func(s Service) uint64 { return s.Id }); err != nil {
		return err
	}
	for _, s := range v.gs.Services {
		if s.Id == 0 || s.Id > v.gs.LastService {
			return fmt.Errorf("service %d, expected 1 to the last number given, %d", s.Id, v.gs.LastService)
		}
		if err := s.validate(); err != nil {
			return fmt.Errorf("service %d: %w", s.Id, err)
		}
	}
	return nil
}

func (s Service) validate() error {
	if err := checkAddress("provider", s.Provider); err != nil {
		return err
	}
	if err := CheckServiceTexts(s.Name, s.Description, s.Endpoint); err != nil {
		return err
	}
	if err := CheckInterface(s.Interface); err != nil {
		return err
	}
	if err := sdk.ValidateDenom(s.Denom); err != nil {
		return err
	}
	if err := protocol.CheckKey(s.ServingKey); err != nil {
		return fmt.Errorf("serving key: %w", err)
	}
	if err := checkHolds("bond", s.Bond); err != nil {
		return err
	}
	if s.Promise > million {
		return fmt.Errorf("promise is %d, expected at most %d", s.Promise, million)
	}
	switch s.Status {
	case SERVICE_STATUS_ACTIVE:
		if len(s.Model) > 0 && s.Bond.IsZero() {
			return fmt.Errorf("it has a model and no bond")
		}
	case SERVICE_STATUS_CLOSED:
		if s.UnlockHeight <= 0 {
			return fmt.Errorf("it is closed with unlock height %d", s.UnlockHeight)
		}
	case SERVICE_STATUS_CONVICTED:
		if s.Bond.IsPositive() {
			return fmt.Errorf("it is convicted with a bond of %s", s.Bond)
		}
	default:
		return fmt.Errorf("status %d", s.Status)
	}
	if len(s.Model) == 0 {
		if s.Bond.IsPositive() || s.Promise > 0 || s.Status == SERVICE_STATUS_CONVICTED {
			return fmt.Errorf("bond %s, promise %d and status %s without a model", s.Bond, s.Promise, s.Status)
		}
		return nil
	}
	if len(s.Model) != poiprotocol.HashSize {
		return fmt.Errorf("model has %d bytes, expected %d", len(s.Model), poiprotocol.HashSize)
	}
	return nil
}

func (v *genesisValidator) checkCounters() error {
	counters, err := index("counter of", v.gs.Counters, func(c PayerCounter) string { return c.Payer })
	if err != nil {
		return err
	}
	v.counters = make(map[string]uint64, len(counters))
	for _, c := range v.gs.Counters {
		if err := checkAddress("payer", c.Payer); err != nil {
			return err
		}
		v.counters[c.Payer] = c.Next
	}
	return nil
}

func (v *genesisValidator) checkChannels() error {
	if _, err := index("channel", v.gs.Channels, func(c Channel) string { return fmt.Sprintf("%x", c.Id) }); err != nil {
		return err
	}
	for _, c := range v.gs.Channels {
		if err := v.checkChannel(c); err != nil {
			return fmt.Errorf("channel %x: %w", c.Id, err)
		}
	}
	return nil
}

func (v *genesisValidator) checkChannel(c Channel) error {
	if err := checkAddress("payer", c.Payer); err != nil {
		return err
	}
	if err := checkAddress("funder", c.Funder); err != nil {
		return err
	}
	if next := v.counters[c.Payer]; c.N >= next {
		return fmt.Errorf("n is %d, the counter of its payer is %d", c.N, next)
	}
	service, ok := v.services[c.Service]
	if !ok {
		return fmt.Errorf("its service %d does not exist", c.Service)
	}
	if c.Denom != service.Denom || c.Split.Provider != service.Provider {
		return fmt.Errorf("%s to %s, the service is paid %s to %s", c.Denom, c.Split.Provider, service.Denom, service.Provider)
	}
	if err := protocol.CheckKey(c.VoucherKey); err != nil {
		return fmt.Errorf("voucher key: %w", err)
	}
	if len(c.Lanes) < 1 || len(c.Lanes) > protocol.MaxLanes {
		return fmt.Errorf("%d lanes, expected 1 to %d", len(c.Lanes), protocol.MaxLanes)
	}
	if c.Promise > million || (c.Promise > 0 && len(service.Model) == 0) {
		return fmt.Errorf("promise is %d, of model %x", c.Promise, service.Model)
	}
	if err := c.Split.validate(); err != nil {
		return err
	}
	return c.validateAmounts()
}

// validateAmounts checks what a channel holds against its status.
func (c Channel) validateAmounts() error {
	for _, a := range []struct {
		name  string
		value sdkmath.Int
	}{{"deposited", c.Deposited}, {"avail", c.Avail}, {"released", c.Released}, {"returned", c.Returned}} {
		if err := checkHolds(a.name, a.value); err != nil {
			return err
		}
	}
	if parts := c.Avail.Add(c.Released).Add(c.Returned); !parts.Equal(c.Deposited) {
		return fmt.Errorf("deposited is %s; avail, released and returned add up to %s", c.Deposited, parts)
	}
	switch c.Status {
	case CHANNEL_STATUS_OPEN, CHANNEL_STATUS_CLOSING:
		if !c.Returned.IsZero() {
			return fmt.Errorf("%s is returned, its status is %s", c.Returned, c.Status)
		}
		if closing := c.Status == CHANNEL_STATUS_CLOSING; closing != (c.CloseHeight > 0) {
			return fmt.Errorf("close height is %d, its status is %s", c.CloseHeight, c.Status)
		}
	case CHANNEL_STATUS_CLOSED:
		if !c.Avail.IsZero() {
			return fmt.Errorf("%s is available, its status is %s", c.Avail, c.Status)
		}
	default:
		return fmt.Errorf("status %d", c.Status)
	}
	moved := sdkmath.ZeroInt()
	for _, lane := range c.Lanes {
		moved = moved.Add(sdkmath.NewIntFromUint64(lane))
	}
	if c.Released.GT(moved) {
		return fmt.Errorf("%s is released, its lanes add up to %s", c.Released, moved)
	}
	return nil
}

// Shares are the royalties as the protocol's arithmetic takes them.
func (s Split) Shares() []protocol.Share {
	shares := make([]protocol.Share, len(s.Royalties))
	for i, r := range s.Royalties {
		shares[i] = protocol.Share{Recipient: r.Recipient, Bps: r.Bps}
	}
	return shares
}

func (s Split) validate() error {
	if len(s.Royalties) > protocol.MaxRoyalties {
		return fmt.Errorf("%d royalties, expected at most %d", len(s.Royalties), protocol.MaxRoyalties)
	}
	if _, err := index("royalty of", s.Royalties, func(r Royalty) string { return r.Recipient }); err != nil {
		return err
	}
	sum := uint64(s.ProtocolFeeBps)
	for _, r := range s.Royalties {
		if err := checkAddress("royalty", r.Recipient); err != nil {
			return err
		}
		if r.Bps == 0 {
			return fmt.Errorf("royalty of %s is 0", r.Recipient)
		}
		sum += uint64(r.Bps)
	}
	if sum > protocol.BasisPoints {
		return fmt.Errorf("fee and royalties add up to %d basis points, expected at most %d", sum, protocol.BasisPoints)
	}
	return nil
}

func (v *genesisValidator) checkCredits() error {
	if _, err := index("credit of", v.gs.Credits, func(c Credit) string { return c.Owner + " in " + c.Amount.Denom }); err != nil {
		return err
	}
	for _, c := range v.gs.Credits {
		if err := checkAddress("credit", c.Owner); err != nil {
			return err
		}
		if err := c.Amount.Validate(); err != nil {
			return fmt.Errorf("credit of %s: %w", c.Owner, err)
		}
		if c.Amount.IsZero() {
			return fmt.Errorf("credit of %s is %s", c.Owner, c.Amount)
		}
	}
	return nil
}

func (v *genesisValidator) checkApprovals() error {
	if _, err := index("approval", v.gs.Approvals, func(a Approval) string { return a.Owner + " for " + a.Spender }); err != nil {
		return err
	}
	for _, a := range v.gs.Approvals {
		if err := checkAddress("owner", a.Owner); err != nil {
			return err
		}
		if err := checkAddress("spender", a.Spender); err != nil {
			return err
		}
		if err := a.Validate(); err != nil {
			return fmt.Errorf("approval of %s for %s: %w", a.Owner, a.Spender, err)
		}
		if err := sdk.ValidateDenom(a.MaxTotal.Denom); err != nil {
			return fmt.Errorf("approval of %s for %s: %w", a.Owner, a.Spender, err)
		}
	}
	return nil
}

func (v *genesisValidator) checkProbes() error {
	if _, err := index("probe", v.gs.Probes, func(p ProbeReport) string { return fmt.Sprintf("of service %d by %s", p.Probe.Service, p.Operator) }); err != nil {
		return err
	}
	for _, p := range v.gs.Probes {
		if err := checkAddress("operator", p.Operator); err != nil {
			return err
		}
		if _, ok := v.services[p.Probe.Service]; !ok {
			return fmt.Errorf("probe of service %d, which does not exist", p.Probe.Service)
		}
		if err := p.Probe.Validate(); err != nil {
			return err
		}
	}
	return nil
}

// checkSales compares what is counted per model with what its channels released.
func (v *genesisValidator) checkSales() error {
	key := func(model []byte, denom string) string { return fmt.Sprintf("of model %x in %s", model, denom) }
	sales, err := index("sales", v.gs.Sales, func(s ModelSales) string { return key(s.Model, s.Released.Denom) })
	if err != nil {
		return err
	}
	type sum struct{ released, burned sdkmath.Int }
	sums := map[string]sum{}
	for _, c := range v.gs.Channels {
		model := v.services[c.Service].Model
		if len(model) == 0 || c.Released.IsZero() {
			continue
		}
		k := key(model, c.Denom)
		of, ok := sums[k]
		if !ok {
			of = sum{sdkmath.ZeroInt(), sdkmath.ZeroInt()}
		}
		parts := protocol.Divide(0, c.Released.Uint64(), c.Split.ProtocolFeeBps, c.Denom == BondDenom, c.Split.Shares())
		sums[k] = sum{of.released.Add(c.Released), of.burned.Add(sdkmath.NewIntFromUint64(parts.Burned))}
		if _, ok := sales[k]; !ok {
			return fmt.Errorf("sales %s are missing", k)
		}
	}
	for _, s := range v.gs.Sales {
		of, ok := sums[key(s.Model, s.Released.Denom)]
		if !ok || s.Burned.IsNil() || s.Released.IsNil() || !s.Released.Amount.Equal(of.released) || !s.Burned.Equal(of.burned) {
			return fmt.Errorf("sales %s are %s with %s burned, its channels released %s with %s",
				key(s.Model, s.Released.Denom), s.Released.Amount, s.Burned, of.released, of.burned)
		}
	}
	return nil
}

// CheckID checks the id of a channel, which depends on the chain's id.
func (c Channel) CheckID(chainID string, payer []byte) error {
	if want := protocol.ChannelID(chainID, payer, c.N); !bytes.Equal(c.Id, want) {
		return ErrGenesis.Wrapf("channel %x, expected the id %x", c.Id, want)
	}
	return nil
}
