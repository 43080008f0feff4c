package keeper

import (
	"context"
	"errors"
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// scorerIneligible says why a scorer would not be frozen into an epoch, or "".
func (k Keeper) scorerIneligible(ctx context.Context, scorer types.Scorer, epoch uint64, params types.Params) (string, error) {
	switch {
	case !scorer.Bonded:
		return "it is not bonded", nil
	case scorer.JailedUntil > epoch:
		return fmt.Sprintf("it is jailed until epoch %d", scorer.JailedUntil), nil
	case scorer.InactiveUntil > epoch:
		return fmt.Sprintf("it is inactive until epoch %d", scorer.InactiveUntil), nil
	}
	bond, err := k.balance(ctx, scorerBond(scorer.Operator))
	if err != nil {
		return "", err
	}
	if bond.LT(params.ScorerBond) {
		return fmt.Sprintf("its bond is %s%s, expected %s: top it up", bond, types.Denom, params.ScorerBond), nil
	}
	operator, err := k.addressCodec.StringToBytes(scorer.Operator)
	if err != nil {
		return "", err
	}
	validator, err := k.staking.GetValidator(ctx, sdk.ValAddress(operator))
	if errors.Is(err, stakingtypes.ErrNoValidatorFound) {
		return "its validator does not exist", nil
	}
	if err != nil {
		return "", err
	}
	switch {
	case validator.IsJailed():
		return "its validator is jailed", nil
	case !validator.IsBonded():
		return "its validator is not in the active set", nil
	}
	return "", nil
}

// sponsorActive says whether a sponsor takes part in an epoch that freezes at
// height: approved, fully bonded, with a batch committed in an earlier block.
// Its oldest unspent commitment is returned with it.
func (k Keeper) sponsorActive(ctx context.Context, sponsor types.Sponsor, params types.Params, height int64) (types.Commitment, bool, error) {
	var none types.Commitment
	if !sponsor.Approved || !sponsor.Bonded || sponsor.CurrentCommitment >= sponsor.Commitments {
		return none, false, nil
	}
	bond, err := k.balance(ctx, sponsorBond(sponsor.Arena, sponsor.Address))
	if err != nil || bond.LT(params.SponsorBond) {
		return none, false, err
	}
	commitment, err := k.commitment(ctx, sponsor.Arena, sponsor.Address, sponsor.CurrentCommitment)
	if err != nil {
		return none, false, err
	}
	return commitment, commitment.Remaining > 0 && commitment.Height < height, nil
}
