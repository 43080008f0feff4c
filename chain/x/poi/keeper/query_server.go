package keeper

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// maxPage is the most records one page holds, and what a page holds by default.
const maxPage = 200

type queryServer struct {
	k Keeper
}

var _ types.QueryServer = queryServer{}

// NewQueryServerImpl returns the read service of the module.
func NewQueryServerImpl(k *Keeper) types.QueryServer { return queryServer{k: *k} }

// page limits what a client may ask for at once.
func page(request *query.PageRequest) *query.PageRequest {
	if request == nil {
		return &query.PageRequest{Limit: maxPage}
	}
	limited := *request
	if limited.Limit == 0 || limited.Limit > maxPage {
		limited.Limit = maxPage
	}
	return &limited
}

// stored is the transform of lists that return values as they are.
func stored[K, V any](_ K, value V) (V, error) { return value, nil }

// answer turns the errors of a look-up into those of gRPC; what names the record.
func answer(err error, what string, args ...any) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, collections.ErrNotFound), errors.Is(err, types.ErrNotFound):
		return status.Errorf(codes.NotFound, what+" not found", args...)
	case errors.Is(err, types.ErrInvalid):
		return status.Error(codes.InvalidArgument, err.Error())
	}
	return err
}

// unhex parses a hash given as hex.
func unhex(what, text string) ([]byte, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != protocol.HashSize {
		return nil, status.Errorf(codes.InvalidArgument, "%s %q, expected %d hex digits", what, text, 2*protocol.HashSize)
	}
	return raw, nil
}

func (q queryServer) model(ctx context.Context, modelHex string) (types.Model, error) {
	id, err := unhex("model", modelHex)
	if err != nil {
		return types.Model{}, err
	}
	model, err := q.k.models.Get(ctx, id)
	return model, answer(err, "model %s", modelHex)
}

func (q queryServer) address(what, text string) ([]byte, error) {
	raw, err := q.k.address(what, text)
	return raw, answer(err, what)
}

func (q queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := q.k.params.Get(ctx)
	return &types.QueryParamsResponse{Params: params}, err
}

func (q queryServer) Clock(ctx context.Context, _ *types.QueryClockRequest) (*types.QueryClockResponse, error) {
	clock, err := q.k.clock.Get(ctx)
	if err != nil {
		return nil, answer(err, "clock")
	}
	params, err := q.k.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	if clock.Frozen {
		if params, err = q.k.epochParams.Get(ctx); err != nil {
			return nil, err
		}
	}
	return &types.QueryClockResponse{Clock: clock, Params: params, Height: sdk.UnwrapSDKContext(ctx).BlockHeight()}, nil
}

func (q queryServer) Arenas(ctx context.Context, req *types.QueryArenasRequest) (*types.QueryArenasResponse, error) {
	arenas, next, err := query.CollectionPaginate(ctx, q.k.arenas, page(req.Pagination), stored[uint64, types.Arena])
	return &types.QueryArenasResponse{Arenas: arenas, Pagination: next}, err
}

func (q queryServer) Arena(ctx context.Context, req *types.QueryArenaRequest) (*types.QueryArenaResponse, error) {
	arena, err := q.k.arenas.Get(ctx, req.Arena)
	if err != nil {
		return nil, answer(err, "arena %d", req.Arena)
	}
	pot, err := q.k.balance(ctx, arenaPot(arena.Id))
	return &types.QueryArenaResponse{Arena: arena, Pot: pot}, err
}

func (q queryServer) Ladder(ctx context.Context, req *types.QueryLadderRequest) (*types.QueryLadderResponse, error) {
	steps, next, err := query.CollectionPaginate(ctx, q.k.steps, page(req.Pagination),
		stored[collections.Pair[uint64, uint32], types.Step], query.WithCollectionPaginationPairPrefix[uint64, uint32](req.Arena))
	return &types.QueryLadderResponse{Steps: steps, Pagination: next}, err
}

func (q queryServer) Contenders(ctx context.Context, req *types.QueryContendersRequest) (*types.QueryContendersResponse, error) {
	contenders, next, err := query.CollectionPaginate(ctx, q.k.contenders, page(req.Pagination),
		stored[arenaModel, types.Contender], query.WithCollectionPaginationPairPrefix[uint64, []byte](req.Arena))
	return &types.QueryContendersResponse{Contenders: contenders, Pagination: next}, err
}

func (q queryServer) Contender(ctx context.Context, req *types.QueryContenderRequest) (*types.QueryContenderResponse, error) {
	model, err := q.model(ctx, req.ModelHex)
	if err != nil {
		return nil, err
	}
	contender, err := q.k.contenders.Get(ctx, collections.Join(model.Arena, model.Id))
	if err != nil {
		return nil, answer(err, "contender %s (the model's status is %s)", req.ModelHex, model.Status)
	}
	arena, err := q.k.arenas.Get(ctx, model.Arena)
	if err != nil {
		return nil, err
	}
	screening, trials, err := q.k.standing(contender, arena.Top)
	if err != nil {
		return nil, err
	}
	usable, err := q.k.usableSponsors(ctx, contender)
	return &types.QueryContenderResponse{
		Contender: contender, Screening: screening, Trials: trials,
		UsableSponsors: usable, Called: bytes.Equal(arena.Called, model.Id),
	}, err
}

func (q queryServer) Models(ctx context.Context, req *types.QueryModelsRequest) (*types.QueryModelsResponse, error) {
	var models []types.Model
	var next *query.PageResponse
	var err error
	switch {
	case req.Author != "":
		author, parseErr := q.address("author", req.Author)
		if parseErr != nil {
			return nil, parseErr
		}
		models, next, err = query.CollectionFilteredPaginate(ctx, q.k.modelsByAuthor, page(req.Pagination),
			func(key collections.Pair[[]byte, []byte], _ collections.NoValue) (bool, error) {
				if req.Arena == 0 {
					return true, nil
				}
				return q.k.modelsByArena.Has(ctx, collections.Join(req.Arena, key.K2()))
			},
			func(key collections.Pair[[]byte, []byte], _ collections.NoValue) (types.Model, error) {
				return q.k.models.Get(ctx, key.K2())
			},
			query.WithCollectionPaginationPairPrefix[[]byte, []byte](author))
	case req.Arena != 0:
		models, next, err = query.CollectionPaginate(ctx, q.k.modelsByArena, page(req.Pagination),
			func(key arenaModel, _ collections.NoValue) (types.Model, error) { return q.k.models.Get(ctx, key.K2()) },
			query.WithCollectionPaginationPairPrefix[uint64, []byte](req.Arena))
	default:
		models, next, err = query.CollectionPaginate(ctx, q.k.models, page(req.Pagination), stored[[]byte, types.Model])
	}
	return &types.QueryModelsResponse{Models: models, Pagination: next}, err
}

func (q queryServer) Model(ctx context.Context, req *types.QueryModelRequest) (*types.QueryModelResponse, error) {
	model, err := q.model(ctx, req.ModelHex)
	return &types.QueryModelResponse{Model: model}, err
}

func (q queryServer) ModelFile(ctx context.Context, req *types.QueryModelFileRequest) (*types.QueryModelFileResponse, error) {
	id, err := unhex("model", req.ModelHex)
	if err != nil {
		return nil, err
	}
	file, err := q.k.modelFiles.Get(ctx, id)
	return &types.QueryModelFileResponse{File: file}, answer(err, "file of model %s", req.ModelHex)
}

func (q queryServer) ModelEpoch(ctx context.Context, req *types.QueryModelEpochRequest) (*types.QueryModelEpochResponse, error) {
	model, err := q.model(ctx, req.ModelHex)
	if err != nil {
		return nil, err
	}
	arena, err := q.k.arenaEpochs.Get(ctx, collections.Join(req.Epoch, model.Arena))
	if err != nil {
		return nil, answer(err, "epoch %d of arena %d", req.Epoch, model.Arena)
	}
	response := &types.QueryModelEpochResponse{Arena: arena}
	result, ok, err := found(ctx, q.k.modelEpochs, collections.Join(model.Id, req.Epoch))
	if ok {
		response.Result = &result
	}
	return response, err
}

func (q queryServer) ModelEpochs(ctx context.Context, req *types.QueryModelEpochsRequest) (*types.QueryModelEpochsResponse, error) {
	id, err := unhex("model", req.ModelHex)
	if err != nil {
		return nil, err
	}
	results, next, err := query.CollectionPaginate(ctx, q.k.modelEpochs, page(req.Pagination),
		stored[collections.Pair[[]byte, uint64], types.ModelEpoch], query.WithCollectionPaginationPairPrefix[[]byte, uint64](id))
	return &types.QueryModelEpochsResponse{Results: results, Pagination: next}, err
}

func (q queryServer) Sponsors(ctx context.Context, req *types.QuerySponsorsRequest) (*types.QuerySponsorsResponse, error) {
	sponsors, next, err := query.CollectionPaginate(ctx, q.k.sponsors, page(req.Pagination),
		stored[arenaAddress, types.Sponsor], query.WithCollectionPaginationPairPrefix[uint64, []byte](req.Arena))
	return &types.QuerySponsorsResponse{Sponsors: sponsors, Pagination: next}, err
}

func (q queryServer) Sponsor(ctx context.Context, req *types.QuerySponsorRequest) (*types.QuerySponsorResponse, error) {
	address, err := q.address("sponsor", req.Address)
	if err != nil {
		return nil, err
	}
	sponsor, err := q.k.sponsors.Get(ctx, collections.Join(req.Arena, address))
	if err != nil {
		return nil, answer(err, "sponsor %s of arena %d", req.Address, req.Arena)
	}
	bond, err := q.k.balance(ctx, sponsorBond(req.Arena, req.Address))
	if err != nil {
		return nil, err
	}
	commitments, err := values(ctx, q.k.commitments, collections.NewSuperPrefixedTripleRange[uint64, []byte, uint32](req.Arena, address))
	return &types.QuerySponsorResponse{Sponsor: sponsor, Bond: bond, Commitments: commitments}, err
}

func (q queryServer) Scorers(ctx context.Context, req *types.QueryScorersRequest) (*types.QueryScorersResponse, error) {
	scorers, next, err := query.CollectionPaginate(ctx, q.k.scorers, page(req.Pagination), stored[[]byte, types.Scorer])
	return &types.QueryScorersResponse{Scorers: scorers, Pagination: next}, err
}

func (q queryServer) Scorer(ctx context.Context, req *types.QueryScorerRequest) (*types.QueryScorerResponse, error) {
	address, err := q.address("scorer", req.Address)
	if err != nil {
		return nil, err
	}
	// Operators first: anyone may name an address as hot key, also an operator's.
	scorer, ok, err := found(ctx, q.k.scorers, address)
	if err != nil {
		return nil, err
	}
	if !ok {
		operator, err := q.k.hotKeys.Get(ctx, address)
		if err != nil {
			return nil, answer(err, "scorer %s", req.Address)
		}
		if scorer, err = q.k.scorers.Get(ctx, operator); err != nil {
			return nil, err
		}
	}
	bond, err := q.k.balance(ctx, scorerBond(scorer.Operator))
	if err != nil {
		return nil, err
	}
	clock, err := q.k.clock.Get(ctx)
	if err != nil {
		return nil, answer(err, "clock")
	}
	params, err := q.k.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	next := clock.Epoch
	if clock.Frozen {
		next++
	}
	reason, err := q.k.scorerIneligible(ctx, scorer, next, params)
	return &types.QueryScorerResponse{Scorer: scorer, Bond: bond, Eligible: reason == "", Reason: reason}, err
}

func (q queryServer) Frozen(ctx context.Context, _ *types.QueryFrozenRequest) (*types.QueryFrozenResponse, error) {
	clock, err := q.k.clock.Get(ctx)
	if err != nil {
		return nil, answer(err, "clock")
	}
	arenas, err := values(ctx, q.k.frozenArenas, nil)
	if err != nil {
		return nil, err
	}
	scorers, err := values(ctx, q.k.frozenScorers, nil)
	return &types.QueryFrozenResponse{Epoch: clock.Epoch, Arenas: arenas, Scorers: scorers}, err
}

func (q queryServer) Epochs(ctx context.Context, req *types.QueryEpochsRequest) (*types.QueryEpochsResponse, error) {
	epochs, next, err := query.CollectionPaginate(ctx, q.k.epochs, page(req.Pagination), stored[uint64, types.EpochRecord])
	return &types.QueryEpochsResponse{Epochs: epochs, Pagination: next}, err
}

func (q queryServer) Epoch(ctx context.Context, req *types.QueryEpochRequest) (*types.QueryEpochResponse, error) {
	epoch, err := q.k.epochs.Get(ctx, req.Epoch)
	if err != nil {
		return nil, answer(err, "record of epoch %d", req.Epoch)
	}
	arenas, err := values(ctx, q.k.arenaEpochs, collections.NewPrefixedPairRange[uint64, uint64](req.Epoch))
	return &types.QueryEpochResponse{Epoch: epoch, Arenas: arenas}, err
}

func (q queryServer) Slots(ctx context.Context, req *types.QuerySlotsRequest) (*types.QuerySlotsResponse, error) {
	slots, next, err := query.CollectionPaginate(ctx, q.k.slots, page(req.Pagination),
		stored[epochSlot, types.Slot], query.WithCollectionPaginationPairPrefix[uint64, uint64](req.Epoch))
	return &types.QuerySlotsResponse{Slots: slots, Pagination: next}, err
}

func (q queryServer) Slot(ctx context.Context, req *types.QuerySlotRequest) (*types.QuerySlotResponse, error) {
	slot, err := q.k.slots.Get(ctx, collections.Join(req.Epoch, req.Slot))
	return &types.QuerySlotResponse{Slot: slot}, answer(err, "slot %d of epoch %d", req.Slot, req.Epoch)
}

func (q queryServer) SlotInputs(ctx context.Context, req *types.QuerySlotInputsRequest) (*types.QuerySlotInputsResponse, error) {
	clock, err := q.k.clock.Get(ctx)
	if err != nil {
		return nil, answer(err, "clock")
	}
	inputs, err := q.k.inputs.Get(ctx, req.Slot)
	return &types.QuerySlotInputsResponse{Epoch: clock.Epoch, Inputs: inputs}, answer(err, "inputs of slot %d in epoch %d", req.Slot, clock.Epoch)
}

func (q queryServer) Rows(ctx context.Context, req *types.QueryRowsRequest) (*types.QueryRowsResponse, error) {
	clock, err := q.k.clock.Get(ctx)
	if err != nil {
		return nil, answer(err, "clock")
	}
	rows, err := values(ctx, q.k.rows, collections.NewPrefixedPairRange[uint64, []byte](req.Slot))
	return &types.QueryRowsResponse{Epoch: clock.Epoch, Rows: rows}, err
}

func (q queryServer) Row(ctx context.Context, req *types.QueryRowRequest) (*types.QueryRowResponse, error) {
	id, err := unhex("model", req.ModelHex)
	if err != nil {
		return nil, err
	}
	clock, err := q.k.clock.Get(ctx)
	if err != nil {
		return nil, answer(err, "clock")
	}
	row, err := q.k.rows.Get(ctx, collections.Join(req.Slot, id))
	return &types.QueryRowResponse{Epoch: clock.Epoch, Row: row}, answer(err, "row of model %s in slot %d of epoch %d", req.ModelHex, req.Slot, clock.Epoch)
}

func (q queryServer) Challenges(ctx context.Context, req *types.QueryChallengesRequest) (*types.QueryChallengesResponse, error) {
	challenges, next, err := query.CollectionPaginate(ctx, q.k.challenges, page(req.Pagination), stored[uint64, types.Challenge])
	return &types.QueryChallengesResponse{Challenges: challenges, Pagination: next}, err
}

func (q queryServer) Convictions(ctx context.Context, req *types.QueryConvictionsRequest) (*types.QueryConvictionsResponse, error) {
	type key = collections.Pair[uint64, []byte]
	var prefix []func(*query.CollectionsPaginateOptions[key])
	if req.Epoch != 0 {
		prefix = append(prefix, query.WithCollectionPaginationPairPrefix[uint64, []byte](req.Epoch))
	}
	convictions, next, err := query.CollectionPaginate(ctx, q.k.convictions, page(req.Pagination), stored[key, types.Conviction], prefix...)
	return &types.QueryConvictionsResponse{Convictions: convictions, Pagination: next}, err
}

func (q queryServer) Emission(ctx context.Context, req *types.QueryEmissionRequest) (*types.QueryEmissionResponse, error) {
	state, err := getOr(ctx, q.k.emission, types.EmissionState{Minted: math.ZeroInt()})
	if err != nil {
		return nil, err
	}
	params, err := q.k.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	height := sdk.UnwrapSDKContext(ctx).BlockHeight()
	schedule := protocol.Schedule{
		Rate:             params.EmissionPerBlock.Int64(),
		BlocksPerHalving: int64(params.BlocksPerHalving),
		Cap:              params.EmissionCap.Int64(),
	}
	perBlock, err := schedule.Emission(height, height+1, state.Minted.Int64())
	if err != nil {
		return nil, err
	}
	response := &types.QueryEmissionResponse{State: state, PerBlock: math.NewInt(perBlock)}
	if req.Epoch == 0 {
		return response, nil
	}
	record, ok, err := found(ctx, q.k.epochs, req.Epoch)
	if ok {
		response.Emission = &record.Emission
	}
	return response, err
}

func (q queryServer) Reservation(ctx context.Context, req *types.QueryReservationRequest) (*types.QueryReservationResponse, error) {
	hash, err := unhex("hash", req.HashHex)
	if err != nil {
		return nil, err
	}
	reservation, err := q.k.reservations.Get(ctx, hash)
	return &types.QueryReservationResponse{Reservation: reservation}, answer(err, "reservation %s", req.HashHex)
}

func (q queryServer) RegistrationFee(ctx context.Context, _ *types.QueryRegistrationFeeRequest) (*types.QueryRegistrationFeeResponse, error) {
	fee, err := q.k.fee.Get(ctx)
	return &types.QueryRegistrationFeeResponse{Fee: fee}, err
}

func (q queryServer) Rewards(ctx context.Context, req *types.QueryRewardsRequest) (*types.QueryRewardsResponse, error) {
	if _, err := q.address("owner", req.Address); err != nil {
		return nil, err
	}
	amount, err := q.k.balance(ctx, rewardEntry(req.Address))
	return &types.QueryRewardsResponse{Amount: amount}, err
}

func (q queryServer) Unbondings(ctx context.Context, req *types.QueryUnbondingsRequest) (*types.QueryUnbondingsResponse, error) {
	type key = collections.Pair[int64, uint64]
	unbondings, next, err := query.CollectionFilteredPaginate(ctx, q.k.unbondings, page(req.Pagination),
		func(_ key, u types.Unbonding) (bool, error) { return req.Owner == "" || u.Owner == req.Owner, nil },
		stored[key, types.Unbonding])
	if err != nil {
		return nil, err
	}
	response := &types.QueryUnbondingsResponse{Unbondings: unbondings, Pagination: next}
	for _, unbonding := range unbondings {
		amount, err := q.k.balance(ctx, unbondingEntry(unbonding.Seq))
		if err != nil {
			return nil, err
		}
		response.Amounts = append(response.Amounts, amount.String())
	}
	return response, nil
}

func (q queryServer) Ledger(ctx context.Context, req *types.QueryLedgerRequest) (*types.QueryLedgerResponse, error) {
	entries, next, err := query.CollectionPaginate(ctx, q.k.ledger, page(req.Pagination),
		func(account string, amount math.Int) (types.LedgerEntry, error) {
			return types.LedgerEntry{Account: account, Amount: amount}, nil
		})
	if err != nil {
		return nil, err
	}
	total := math.ZeroInt()
	err = q.k.ledger.Walk(ctx, nil, func(_ string, amount math.Int) (bool, error) {
		total = total.Add(amount)
		return false, nil
	})
	return &types.QueryLedgerResponse{Entries: entries, Total: total, Pagination: next}, err
}
