package types

import (
	"slices"

	sdkmath "cosmossdk.io/math"
)

// maxApprovalServices is the most services one approval may name.
const maxApprovalServices = 32

// Validate checks an approval by itself: limits, order of its services, spent.
func (a Approval) Validate() error {
	if a.Owner == a.Spender {
		return ErrSelfPayment.Wrap(a.Owner)
	}
	if err := CheckAmount("max_total", a.MaxTotal.Amount); err != nil {
		return err
	}
	if err := CheckAmount("max_per_channel", a.MaxPerChannel); err != nil {
		return err
	}
	if len(a.Services) > maxApprovalServices {
		return ErrInvalid.Wrapf("%d services, expected at most %d", len(a.Services), maxApprovalServices)
	}
	for i, id := range a.Services {
		if i > 0 && id <= a.Services[i-1] {
			return ErrInvalid.Wrapf("services: %d follows %d, expected each once and in ascending order", id, a.Services[i-1])
		}
	}
	if a.Expiry < 0 {
		return ErrInvalid.Wrapf("expiry is %d, expected a height, or 0 for no end", a.Expiry)
	}
	if a.Spent.IsNil() || a.Spent.IsNegative() || a.Spent.GT(a.MaxTotal.Amount) {
		return ErrInvalid.Wrapf("spent is %s, expected 0 to %s", a.Spent, a.MaxTotal.Amount)
	}
	return nil
}

// Spend counts an amount that is about to be deposited in a channel of a service,
// which holds inChannel by then; ErrApproval if the owner did not allow it.
func (a *Approval) Spend(height int64, service uint64, denom string, amount, inChannel sdkmath.Int) error {
	if a.Expiry != 0 && height > a.Expiry {
		return ErrApproval.Wrapf("it ended at height %d, this is %d", a.Expiry, height)
	}
	if len(a.Services) > 0 && !slices.Contains(a.Services, service) {
		return ErrApproval.Wrapf("service %d, expected one of %v", service, a.Services)
	}
	if a.MaxTotal.Denom != denom {
		return ErrApproval.Wrapf("%s, expected %s", denom, a.MaxTotal.Denom)
	}
	if inChannel.GT(a.MaxPerChannel) {
		return ErrApproval.Wrapf("%s in one channel, expected at most %s", inChannel, a.MaxPerChannel)
	}
	spent := a.Spent.Add(amount)
	if spent.GT(a.MaxTotal.Amount) {
		return ErrApproval.Wrapf("%s in total, expected at most %s", spent, a.MaxTotal.Amount)
	}
	a.Spent = spent
	return nil
}
