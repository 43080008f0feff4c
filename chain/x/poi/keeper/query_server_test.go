package keeper

import (
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/cosmos/cosmos-sdk/types/query"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// settled is a network that settled an epoch with the models measured, and is in
// LABEL of the next one; late was registered in between.
func settled(t *testing.T) (n *network, q types.QueryServer, epoch uint64, measured, late string) {
	t.Helper()
	n = newNetwork(t, 3, 2)
	n.block() // commitments must be older than reservations
	id := n.register("miner", knows(3))
	record := n.epoch()
	for record.ArenasSettled == 0 {
		record = n.epoch()
	}
	other := n.register("late", knows(4))
	n.untilPhase(types.PHASE_LABEL)
	return n, NewQueryServerImpl(n.keeper), record.Epoch, hex.EncodeToString(id), hex.EncodeToString(other)
}

func TestQueriesOfARunningNetwork(t *testing.T) {
	n, q, last, model, late := settled(t)
	running := last + 1
	ctx := n.ctx
	miner := who("miner")

	clock, err := q.Clock(ctx, &types.QueryClockRequest{})
	require.NoError(t, err)
	require.Equal(t, running, clock.Clock.Epoch)
	require.Equal(t, types.PHASE_LABEL, clock.Clock.Phase)
	require.Equal(t, ctx.BlockHeight(), clock.Height)
	require.Equal(t, n.params(), clock.Params)

	arena, err := q.Arena(ctx, &types.QueryArenaRequest{Arena: 1})
	require.NoError(t, err)
	require.Equal(t, "pixels", arena.Arena.Spec.Name)
	require.Equal(t, "0", arena.Pot.String())

	contender, err := q.Contender(ctx, &types.QueryContenderRequest{ModelHex: model})
	require.NoError(t, err)
	require.EqualValues(t, 3, contender.UsableSponsors)
	require.Positive(t, contender.Screening.N)
	require.Greater(t, contender.Screening.B, contender.Screening.C)

	why, err := q.ModelEpoch(ctx, &types.QueryModelEpochRequest{ModelHex: model, Epoch: last})
	require.NoError(t, err)
	require.True(t, why.Arena.Settled, why.Arena.Reason)
	require.NotNil(t, why.Result)
	require.Positive(t, why.Result.Accuracy)
	history, err := q.ModelEpochs(ctx, &types.QueryModelEpochsRequest{ModelHex: model})
	require.NoError(t, err)
	require.Equal(t, *why.Result, history.Results[len(history.Results)-1])
	notMeasured, err := q.ModelEpoch(ctx, &types.QueryModelEpochRequest{ModelHex: late, Epoch: last})
	require.NoError(t, err)
	require.Nil(t, notMeasured.Result)

	for _, c := range []struct {
		arena  uint64
		author string
		want   int
	}{{0, "", 3}, {1, "", 3}, {2, "", 0}, {0, miner, 1}, {1, miner, 1}, {2, miner, 0}, {0, who("nobody"), 0}} {
		models, err := q.Models(ctx, &types.QueryModelsRequest{Arena: c.arena, Author: c.author})
		require.NoError(t, err)
		require.Len(t, models.Models, c.want, "arena %d, author %q", c.arena, c.author)
	}
	file, err := q.ModelFile(ctx, &types.QueryModelFileRequest{ModelHex: model})
	require.NoError(t, err)
	require.Equal(t, knows(3), file.File)

	sponsor, err := q.Sponsor(ctx, &types.QuerySponsorRequest{Arena: 1, Address: n.sponsors[0].address})
	require.NoError(t, err)
	require.Equal(t, n.params().SponsorBond.String(), sponsor.Bond.String())
	require.Len(t, sponsor.Commitments, 1)
	for _, address := range []string{n.scorers[0].operator, n.scorers[0].hotKey} {
		scorer, err := q.Scorer(ctx, &types.QueryScorerRequest{Address: address})
		require.NoError(t, err)
		require.Equal(t, n.scorers[0].operator, scorer.Scorer.Operator)
		require.True(t, scorer.Eligible, scorer.Reason)
	}
	delete(n.staking.validators, string(addr(n.scorers[0].name)))
	scorer, err := q.Scorer(ctx, &types.QueryScorerRequest{Address: n.scorers[0].operator})
	require.NoError(t, err)
	require.False(t, scorer.Eligible)
	require.Equal(t, "its validator does not exist", scorer.Reason)

	frozen, err := q.Frozen(ctx, &types.QueryFrozenRequest{})
	require.NoError(t, err)
	require.Equal(t, running, frozen.Epoch)
	require.Len(t, frozen.Arenas, 1)
	require.Len(t, frozen.Scorers, 2)

	slots, err := q.Slots(ctx, &types.QuerySlotsRequest{Epoch: running})
	require.NoError(t, err)
	require.Len(t, slots.Slots, int(3*n.params().BatchesPerSponsor))
	id := slots.Slots[0].Id
	slot, err := q.Slot(ctx, &types.QuerySlotRequest{Epoch: running, Slot: id})
	require.NoError(t, err)
	require.Equal(t, slots.Slots[0], slot.Slot)
	inputs, err := q.SlotInputs(ctx, &types.QuerySlotInputsRequest{Slot: id})
	require.NoError(t, err)
	require.Len(t, inputs.Inputs, int(n.params().BatchItems)*testClasses)
	rows, err := q.Rows(ctx, &types.QueryRowsRequest{Slot: id})
	require.NoError(t, err)
	require.Len(t, rows.Rows, 2)
	row, err := q.Row(ctx, &types.QueryRowRequest{Slot: id, ModelHex: hex.EncodeToString(rows.Rows[1].Model)})
	require.NoError(t, err)
	require.Equal(t, rows.Rows[1], row.Row)

	epochs, err := q.Epochs(ctx, &types.QueryEpochsRequest{})
	require.NoError(t, err)
	require.Len(t, epochs.Epochs, int(last))
	epoch, err := q.Epoch(ctx, &types.QueryEpochRequest{Epoch: last})
	require.NoError(t, err)
	require.Equal(t, epochs.Epochs[last-1], epoch.Epoch)
	require.Equal(t, []types.ArenaEpoch{why.Arena}, epoch.Arenas)

	emission, err := q.Emission(ctx, &types.QueryEmissionRequest{Epoch: last})
	require.NoError(t, err)
	require.Equal(t, epoch.Epoch.Emission, *emission.Emission)
	require.Equal(t, n.params().EmissionPerBlock.String(), emission.PerBlock.String())
	require.True(t, emission.State.Minted.IsPositive())

	ledger, err := q.Ledger(ctx, &types.QueryLedgerRequest{})
	require.NoError(t, err)
	require.Equal(t, n.bank.GetBalance(ctx, n.keeper.moduleAddr, types.Denom).Amount.String(), ledger.Total.String())
	rewards, err := q.Rewards(ctx, &types.QueryRewardsRequest{Address: n.scorers[0].operator})
	require.NoError(t, err)
	require.Equal(t, n.reward(n.scorers[0].operator).String(), rewards.Amount.String())
	require.True(t, rewards.Amount.IsPositive())
	fee, err := q.RegistrationFee(ctx, &types.QueryRegistrationFeeRequest{})
	require.NoError(t, err)
	require.Equal(t, n.params().RegistrationFee.String(), fee.Fee.Amount.String())
}

func TestQueriesOfTheRegistry(t *testing.T) {
	f := newRegistry(t)
	openArena(f)
	f.bondScorer("val")
	f.join("sponsor")
	reserved := reserveMsg("alice", testFile(1))
	f.mustSend(reserved)
	f.mustSend(&types.MsgUnbondScorer{Operator: who("val")})
	f.mustSend(&types.MsgUnbondSponsor{Sponsor: who("sponsor"), Arena: 1})
	q := NewQueryServerImpl(f.keeper)

	reservation, err := q.Reservation(f.ctx, &types.QueryReservationRequest{HashHex: hex.EncodeToString(reserved.Hash)})
	require.NoError(t, err)
	require.Equal(t, who("alice"), reservation.Reservation.Owner)
	ladder, err := q.Ladder(f.ctx, &types.QueryLadderRequest{Arena: 1})
	require.NoError(t, err)
	require.Len(t, ladder.Steps, 1)
	unbondings, err := q.Unbondings(f.ctx, &types.QueryUnbondingsRequest{})
	require.NoError(t, err)
	require.Equal(t, []string{f.params().ScorerBond.String(), f.params().SponsorBond.String()}, unbondings.Amounts)
	unbondings, err = q.Unbondings(f.ctx, &types.QueryUnbondingsRequest{Owner: who("sponsor")})
	require.NoError(t, err)
	require.Len(t, unbondings.Unbondings, 1)
	for _, empty := range []func() (int, error){
		func() (int, error) {
			r, err := q.Contenders(f.ctx, &types.QueryContendersRequest{Arena: 1})
			return len(r.Contenders), err
		},
		func() (int, error) {
			r, err := q.Challenges(f.ctx, &types.QueryChallengesRequest{})
			return len(r.Challenges), err
		},
		func() (int, error) {
			r, err := q.Convictions(f.ctx, &types.QueryConvictionsRequest{Epoch: 1})
			return len(r.Convictions), err
		},
	} {
		n, err := empty()
		require.NoError(t, err)
		require.Zero(t, n)
	}
}

func TestQueriesThatFindNothing(t *testing.T) {
	f := newRegistry(t)
	openArena(f)
	q := NewQueryServerImpl(f.keeper)
	nobody := hex.EncodeToString(hash("nobody"))
	reference := hex.EncodeToString(idOf(testFile(100)))
	for name, c := range map[string]struct {
		ask  func() error
		code codes.Code
		text string
	}{
		"arena":        {func() error { _, err := q.Arena(f.ctx, &types.QueryArenaRequest{Arena: 9}); return err }, codes.NotFound, "arena 9 not found"},
		"model":        {func() error { _, err := q.Model(f.ctx, &types.QueryModelRequest{ModelHex: nobody}); return err }, codes.NotFound, "model " + nobody + " not found"},
		"model no hex": {func() error { _, err := q.Model(f.ctx, &types.QueryModelRequest{ModelHex: "xyz"}); return err }, codes.InvalidArgument, `model "xyz", expected 64 hex digits`},
		"file":         {func() error { _, err := q.ModelFile(f.ctx, &types.QueryModelFileRequest{ModelHex: nobody}); return err }, codes.NotFound, "file of model"},
		"contender": {func() error {
			_, err := q.Contender(f.ctx, &types.QueryContenderRequest{ModelHex: reference})
			return err
		}, codes.NotFound, "the model's status is MODEL_STATUS_TOP"},
		"model epoch": {func() error {
			_, err := q.ModelEpoch(f.ctx, &types.QueryModelEpochRequest{ModelHex: reference, Epoch: 1})
			return err
		}, codes.NotFound, "epoch 1 of arena 1 not found"},
		"sponsor": {func() error {
			_, err := q.Sponsor(f.ctx, &types.QuerySponsorRequest{Arena: 1, Address: who("x")})
			return err
		}, codes.NotFound, "of arena 1 not found"},
		"scorer":        {func() error { _, err := q.Scorer(f.ctx, &types.QueryScorerRequest{Address: who("x")}); return err }, codes.NotFound, "not found"},
		"scorer no adr": {func() error { _, err := q.Scorer(f.ctx, &types.QueryScorerRequest{Address: "x"}); return err }, codes.InvalidArgument, `scorer address "x"`},
		"epoch":         {func() error { _, err := q.Epoch(f.ctx, &types.QueryEpochRequest{Epoch: 1}); return err }, codes.NotFound, "record of epoch 1 not found"},
		"slot":          {func() error { _, err := q.Slot(f.ctx, &types.QuerySlotRequest{Epoch: 1}); return err }, codes.NotFound, "slot 0 of epoch 1 not found"},
		"inputs":        {func() error { _, err := q.SlotInputs(f.ctx, &types.QuerySlotInputsRequest{}); return err }, codes.NotFound, "inputs of slot 0"},
		"row":           {func() error { _, err := q.Row(f.ctx, &types.QueryRowRequest{ModelHex: nobody}); return err }, codes.NotFound, "row of model"},
		"reservation": {func() error {
			_, err := q.Reservation(f.ctx, &types.QueryReservationRequest{HashHex: nobody})
			return err
		}, codes.NotFound, "reservation"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.ask()
			require.Equal(t, c.code, status.Code(err))
			require.ErrorContains(t, err, c.text)
		})
	}
}

func TestPagesAreLimited(t *testing.T) {
	f := newRegistry(t)
	for i := range maxPage + 5 {
		require.NoError(t, f.keeper.ledger.Set(f.ctx, fmt.Sprintf("pot/%06d", i), amount(1)))
	}
	q := NewQueryServerImpl(f.keeper)
	for _, request := range []*query.PageRequest{nil, {}, {Limit: 1 << 40}} {
		first, err := q.Ledger(f.ctx, &types.QueryLedgerRequest{Pagination: request})
		require.NoError(t, err)
		require.Len(t, first.Entries, maxPage)
		rest, err := q.Ledger(f.ctx, &types.QueryLedgerRequest{Pagination: &query.PageRequest{Key: first.Pagination.NextKey}})
		require.NoError(t, err)
		require.Len(t, rest.Entries, 5)
		require.Empty(t, rest.Pagination.NextKey)
	}
	few, err := q.Ledger(f.ctx, &types.QueryLedgerRequest{Pagination: &query.PageRequest{Limit: 2, Reverse: true}})
	require.NoError(t, err)
	require.Equal(t, "pot/000204", few.Entries[0].Account)
	require.Len(t, few.Entries, 2)
}
