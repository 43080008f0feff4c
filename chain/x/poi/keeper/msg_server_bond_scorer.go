package keeper

import (
	"bytes"
	"context"
	"errors"

	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// BondScorer registers the scorer of a validator, or takes one back that had
// unbonded, with its history; it fills the bond up to what is required. Hot key
// and tip are needed the first time and replace the present ones later.
func (s msgServer) BondScorer(ctx context.Context, msg *types.MsgBondScorer) (*types.MsgBondScorerResponse, error) {
	operator, err := s.address("operator", msg.Operator)
	if err != nil {
		return nil, err
	}
	_, err = s.staking.GetValidator(ctx, sdk.ValAddress(operator))
	if errors.Is(err, stakingtypes.ErrNoValidatorFound) {
		return nil, types.ErrUnauthorized.Wrapf("%s operates no validator", msg.Operator)
	}
	if err != nil {
		return nil, err
	}
	scorer, ok, err := found(ctx, s.scorers, operator)
	if err != nil {
		return nil, err
	}
	if !ok {
		if msg.HotKey == "" || len(msg.Tip) == 0 {
			return nil, types.ErrInvalid.Wrapf("hot_key %q and tip %x, both are needed the first time", msg.HotKey, msg.Tip)
		}
		scorer = types.Scorer{Operator: msg.Operator}
	}
	params, err := s.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	toppedUp, err := s.fillBond(ctx, operator, scorerBond(msg.Operator), params.ScorerBond)
	if err != nil {
		return nil, err
	}
	if scorer.Bonded && !toppedUp && msg.HotKey == "" && len(msg.Tip) == 0 {
		return nil, types.ErrExists.Wrapf("the bond of scorer %s is complete", msg.Operator)
	}
	scorer.Bonded = true
	if msg.HotKey != "" {
		if err := s.setHotKey(ctx, &scorer, operator, msg.HotKey); err != nil {
			return nil, err
		}
	}
	if len(msg.Tip) > 0 {
		if err := checkTip(msg.Tip); err != nil {
			return nil, err
		}
		scorer.Tip = msg.Tip
	}
	if err := s.scorers.Set(ctx, operator, scorer); err != nil {
		return nil, err
	}
	return &types.MsgBondScorerResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventScorerBonded{
		Operator: msg.Operator, HotKey: scorer.HotKey,
	})
}

// fillBond takes from an owner what a bond lacks, and says whether it took anything.
func (k Keeper) fillBond(ctx context.Context, owner []byte, bond string, required math.Int) (bool, error) {
	balance, err := k.balance(ctx, bond)
	if err != nil || balance.GTE(required) {
		return false, err
	}
	return true, k.deposit(ctx, owner, bond, required.Sub(balance))
}

// setHotKey gives a scorer a hot key that no other scorer has.
func (k Keeper) setHotKey(ctx context.Context, scorer *types.Scorer, operator []byte, hotKey string) error {
	key, err := k.address("hot key", hotKey)
	if err != nil {
		return err
	}
	owner, ok, err := found(ctx, k.hotKeys, key)
	if err != nil {
		return err
	}
	if ok && !bytes.Equal(operator, owner) {
		return types.ErrExists.Wrapf("hot key %s belongs to another scorer", hotKey)
	}
	if scorer.HotKey != "" {
		old, err := k.address("hot key", scorer.HotKey)
		if err != nil {
			return err
		}
		if err := k.hotKeys.Remove(ctx, old); err != nil {
			return err
		}
	}
	scorer.HotKey = hotKey
	return k.hotKeys.Set(ctx, key, operator)
}

func checkTip(tip []byte) error {
	if len(tip) != protocol.HashSize {
		return types.ErrInvalid.Wrapf("tip has %d bytes, expected %d", len(tip), protocol.HashSize)
	}
	return nil
}

// scorerOf loads the scorer whose operator signs a message.
func (k Keeper) scorerOf(ctx context.Context, operator string) ([]byte, types.Scorer, error) {
	raw, err := k.address("operator", operator)
	if err != nil {
		return nil, types.Scorer{}, err
	}
	scorer, ok, err := found(ctx, k.scorers, raw)
	if err == nil && !ok {
		err = types.ErrNotFound.Wrapf("scorer %s", operator)
	}
	return raw, scorer, err
}
