package keeper

import (
	"context"
	"slices"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

func noEmission(epoch uint64, budget math.Int) types.Emission {
	zero := math.ZeroInt()
	return types.Emission{Epoch: epoch, Budget: budget, Authors: zero, Scorers: zero, Sponsors: zero, Validators: zero, Pool: zero, Minted: zero}
}

// takeBudget is the emission of the blocks since the last time; it is accounted
// for from now on, whether or not all of it will be minted.
func (k Keeper) takeBudget(ctx sdk.Context) (math.Int, error) {
	params, err := k.epochParams.Get(ctx)
	if err != nil {
		return math.Int{}, err
	}
	state, err := k.emission.Get(ctx)
	if err != nil {
		return math.Int{}, err
	}
	schedule := protocol.Schedule{
		Rate:             params.EmissionPerBlock.Int64(),
		BlocksPerHalving: int64(params.BlocksPerHalving),
		Cap:              params.EmissionCap.Int64(),
	}
	// A cap that governance lowered below what exists ends the emission.
	minted := min(state.Minted.Int64(), schedule.Cap)
	budget, err := schedule.Emission(state.LastHeight, ctx.BlockHeight(), minted)
	if err != nil {
		return math.Int{}, err
	}
	state.LastHeight = ctx.BlockHeight()
	return math.NewInt(budget), k.emission.Set(ctx, state)
}

// mintReward mints into somebody's rewards and counts it.
func (k Keeper) mintReward(ctx context.Context, owner string, amount math.Int) error {
	if amount.IsZero() {
		return nil
	}
	if err := k.countMinted(ctx, amount); err != nil {
		return err
	}
	return k.mint(ctx, rewardEntry(owner), amount)
}

func (k Keeper) countMinted(ctx context.Context, amount math.Int) error {
	state, err := k.emission.Get(ctx)
	if err != nil {
		return err
	}
	state.Minted = state.Minted.Add(amount)
	return k.emission.Set(ctx, state)
}

// payAuthors divides the arena's pots among the steps of its ladder: the emission
// among steps taken while the arena had weight, the funded pot among all.
func (k Keeper) payAuthors(ctx context.Context, s *arenaSettlement) error {
	pot, err := protocol.ArenaCut(s.shares.Authors, int64(s.frozen.Weight), int64(s.weights))
	if err != nil {
		return err
	}
	balance, err := k.balance(ctx, arenaPot(s.arena.Id))
	if err != nil {
		return err
	}
	funded := math.MinInt(balance, s.arena.PotPerEpoch)
	s.result.AuthorsPot, s.result.FundedPot = math.NewInt(pot), funded

	steps, err := values(ctx, k.steps, collections.NewPrefixedPairRange[uint64, uint32](s.arena.Id).StartInclusive(1))
	if err != nil {
		return err
	}
	var emissionStrengths, fundedStrengths []int64
	for _, step := range steps {
		age := int64(s.arena.SettledEpochs - step.SettledEpoch)
		strength, err := protocol.Strength(int64(step.Gain), age, int64(s.params.HalfLife))
		if err != nil {
			return err
		}
		if strength == 0 {
			continue
		}
		model, err := k.models.Get(ctx, step.Model)
		if err != nil {
			return err
		}
		s.result.Steps = append(s.result.Steps, types.StepPay{
			Step: step.Index, Model: step.Model, Author: model.Author, Gain: step.Gain, Age: uint64(age), Decayed: uint64(strength),
		})
		fundedStrengths = append(fundedStrengths, strength)
		if !step.Weighted {
			strength = 0
		}
		emissionStrengths = append(emissionStrengths, strength)
	}
	fullGain := int64(s.params.FullGain)
	fromEmission, _, err := protocol.LadderPay(pot, emissionStrengths, fullGain)
	if err != nil {
		return err
	}
	fromPot, _, err := protocol.LadderPay(funded.Int64(), fundedStrengths, fullGain)
	if err != nil {
		return err
	}
	s.result.Divisor = divisor(emissionStrengths, fullGain)
	s.result.FundedDivisor = divisor(fundedStrengths, fullGain)
	for i := range s.result.Steps {
		pay := &s.result.Steps[i]
		pay.Emission, pay.Funded = math.NewInt(fromEmission[i]), math.NewInt(fromPot[i])
		if err := k.mintReward(ctx, pay.Author, pay.Emission); err != nil {
			return err
		}
		if err := k.move(ctx, arenaPot(s.arena.Id), rewardEntry(pay.Author), pay.Funded); err != nil {
			return err
		}
	}
	return nil
}

// divisor is what LadderPay divides a pot by.
func divisor(strengths []int64, fullGain int64) uint64 {
	var sum int64
	for _, strength := range strengths {
		sum += strength
	}
	return uint64(max(sum, fullGain))
}

// payScorers divides the scorers' cut by rows that stood out of those assigned.
func (k Keeper) payScorers(ctx context.Context, s *arenaSettlement) error {
	pot, err := protocol.ArenaCut(s.shares.Scorers, int64(s.frozen.Weight), int64(s.weights))
	if err != nil {
		return err
	}
	s.result.ScorersPot = math.NewInt(pot)
	rows := uint32(len(s.frozen.Models))
	for _, slot := range s.slots {
		convicted, err := k.isConvicted(ctx, slot.Scorer)
		if err != nil {
			return err
		}
		stood := slot.RowsPosted && !convicted
		s.result.Scorers = addDone(s.result.Scorers, slot.Scorer, rows, stood)
	}
	if err := k.payParticipants(ctx, pot, s.result.Scorers); err != nil {
		return err
	}
	for _, pay := range s.result.Scorers {
		operator, err := k.addressCodec.StringToBytes(pay.Address)
		if err != nil {
			return err
		}
		scorer, err := k.scorers.Get(ctx, operator)
		if err != nil {
			return err
		}
		scorer.RowsStood += uint64(pay.Done)
		scorer.RowsAssigned += uint64(pay.Assigned)
		if err := k.scorers.Set(ctx, operator, scorer); err != nil {
			return err
		}
	}
	return nil
}

// paySponsors divides the sponsors' cut by batches that counted out of those
// drawn. A sponsor that missed anything gets nothing.
func (k Keeper) paySponsors(ctx context.Context, s *arenaSettlement, absent []string) error {
	pot, err := protocol.ArenaCut(s.shares.Sponsors, int64(s.frozen.Weight), int64(s.weights))
	if err != nil {
		return err
	}
	s.result.SponsorsPot = math.NewInt(pot)
	for _, slot := range s.slots {
		done := slot.Counted && !slices.Contains(absent, slot.Sponsor)
		s.result.Sponsors = addDone(s.result.Sponsors, slot.Sponsor, 1, done)
	}
	if err := k.payParticipants(ctx, pot, s.result.Sponsors); err != nil {
		return err
	}
	for _, pay := range s.result.Sponsors {
		address, err := k.addressCodec.StringToBytes(pay.Address)
		if err != nil {
			return err
		}
		sponsor, err := k.sponsors.Get(ctx, collections.Join(s.arena.Id, address))
		if err != nil {
			return err
		}
		sponsor.BatchesCounted += uint64(pay.Done)
		if err := k.sponsors.Set(ctx, collections.Join(s.arena.Id, address), sponsor); err != nil {
			return err
		}
	}
	return nil
}

// addDone counts units of work for a participant, in order of first appearance.
func addDone(pays []types.ParticipantPay, address string, units uint32, done bool) []types.ParticipantPay {
	at := slices.IndexFunc(pays, func(p types.ParticipantPay) bool { return p.Address == address })
	if at < 0 {
		pays = append(pays, types.ParticipantPay{Address: address, Pay: math.ZeroInt()})
		at = len(pays) - 1
	}
	pays[at].Assigned += units
	if done {
		pays[at].Done += units
	}
	return pays
}

// payParticipants fills in and mints each one's part of a pot.
func (k Keeper) payParticipants(ctx context.Context, pot int64, pays []types.ParticipantPay) error {
	var done []int64
	var assigned int64
	for _, pay := range pays {
		done = append(done, int64(pay.Done))
		assigned += int64(pay.Assigned)
	}
	amounts, _, err := protocol.SharePay(pot, done, assigned)
	if err != nil {
		return err
	}
	for i := range pays {
		pays[i].Pay = math.NewInt(amounts[i])
		if err := k.mintReward(ctx, pays[i].Address, pays[i].Pay); err != nil {
			return err
		}
	}
	return nil
}

// payNetwork mints the shares that do not depend on arenas: consensus validators
// by way of the fee collector, and the community pool.
func (k Keeper) payNetwork(ctx context.Context, progress *types.Settlement) error {
	shares, err := protocol.Split(progress.Budget.Int64())
	if err != nil {
		return err
	}
	paid := &progress.Paid
	paid.Validators, paid.Pool = math.NewInt(shares.Validators), math.NewInt(shares.Pool)
	if total := paid.Validators.Add(paid.Pool); total.IsPositive() {
		if err := k.countMinted(ctx, total); err != nil {
			return err
		}
		if err := k.bank.MintCoins(ctx, types.ModuleName, coins(total)); err != nil {
			return err
		}
	}
	if paid.Validators.IsPositive() {
		if err := k.bank.SendCoinsFromModuleToModule(ctx, types.ModuleName, k.feeCollector, coins(paid.Validators)); err != nil {
			return err
		}
	}
	if paid.Pool.IsPositive() {
		if err := k.distribution.FundCommunityPool(ctx, coins(paid.Pool), k.moduleAddr); err != nil {
			return err
		}
	}
	paid.Minted = paid.Authors.Add(paid.Scorers).Add(paid.Sponsors).Add(paid.Validators).Add(paid.Pool)
	return nil
}
