package keeper

import (
	"context"
	"encoding/hex"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/assay-network/assay/chain/x/marketplace/types"
	poiprotocol "github.com/assay-network/assay/chain/x/poi/protocol"
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

// unhex parses an id given as hex.
func unhex(what, text string) ([]byte, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != poiprotocol.HashSize {
		return nil, status.Errorf(codes.InvalidArgument, "%s %q, expected %d hex digits", what, text, 2*poiprotocol.HashSize)
	}
	return raw, nil
}

func (q queryServer) address(what, text string) ([]byte, error) {
	raw, err := q.k.address(what, text)
	return raw, answer(err, what)
}

// atMostOne refuses a request that asks for two selections at once.
func atMostOne(what string, set ...bool) error {
	count := 0
	for _, s := range set {
		if s {
			count++
		}
	}
	if count > 1 {
		return status.Errorf(codes.InvalidArgument, "%d of %s are set, expected at most one", count, what)
	}
	return nil
}

func (q queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := q.k.params.Get(ctx)
	return &types.QueryParamsResponse{Params: params}, err
}

// entry adds to a service what x/poi knows of its model.
func (q queryServer) entry(ctx context.Context, id uint64) (types.ServiceEntry, error) {
	service, err := q.k.services.Get(ctx, id)
	if err != nil || len(service.Model) == 0 {
		return types.ServiceEntry{Service: service}, err
	}
	model, err := q.k.poi.GetModel(ctx, service.Model)
	return types.ServiceEntry{
		Service: service, Arena: model.Arena, ModelName: model.Name,
		Accuracy: model.Accuracy, Smoothed: model.Smoothed, ScoredItems: model.ScoredItems,
	}, err
}

func (q queryServer) Services(ctx context.Context, req *types.QueryServicesRequest) (*types.QueryServicesResponse, error) {
	if err := atMostOne("arena, model and provider", req.Arena != 0, req.ModelHex != "", req.Provider != ""); err != nil {
		return nil, err
	}
	listed := func(id uint64) (bool, error) {
		if req.All {
			return true, nil
		}
		return q.k.activeServices.Has(ctx, id)
	}
	var services []types.ServiceEntry
	var next *query.PageResponse
	var err error
	switch {
	case req.Arena != 0:
		services, next, err = indexed(ctx, q, q.k.servicesByArena, req.Arena, listed, req.Pagination)
	case req.ModelHex != "":
		model, parseErr := unhex("model", req.ModelHex)
		if parseErr != nil {
			return nil, parseErr
		}
		services, next, err = indexed(ctx, q, q.k.servicesByModel, model, listed, req.Pagination)
	case req.Provider != "":
		provider, parseErr := q.address("provider", req.Provider)
		if parseErr != nil {
			return nil, parseErr
		}
		services, next, err = indexed(ctx, q, q.k.servicesByProvider, provider, listed, req.Pagination)
	case req.All:
		services, next, err = query.CollectionPaginate(ctx, q.k.services, page(req.Pagination),
			func(id uint64, _ types.Service) (types.ServiceEntry, error) { return q.entry(ctx, id) })
	default:
		services, next, err = query.CollectionPaginate(ctx, q.k.activeServices, page(req.Pagination),
			func(id uint64, _ collections.NoValue) (types.ServiceEntry, error) { return q.entry(ctx, id) })
	}
	return &types.QueryServicesResponse{Services: services, Pagination: next}, err
}

// indexed lists the services of one part of an index.
func indexed[P any](
	ctx context.Context, q queryServer, index collections.KeySet[collections.Pair[P, uint64]], part P,
	listed func(uint64) (bool, error), request *query.PageRequest,
) ([]types.ServiceEntry, *query.PageResponse, error) {
	return query.CollectionFilteredPaginate(ctx, index, page(request),
		func(key collections.Pair[P, uint64], _ collections.NoValue) (bool, error) { return listed(key.K2()) },
		func(key collections.Pair[P, uint64], _ collections.NoValue) (types.ServiceEntry, error) {
			return q.entry(ctx, key.K2())
		},
		query.WithCollectionPaginationPairPrefix[P, uint64](part))
}

func (q queryServer) Service(ctx context.Context, req *types.QueryServiceRequest) (*types.QueryServiceResponse, error) {
	entry, err := q.entry(ctx, req.Id)
	return &types.QueryServiceResponse{Entry: entry}, answer(err, "service %d", req.Id)
}

func (q queryServer) Channels(ctx context.Context, req *types.QueryChannelsRequest) (*types.QueryChannelsResponse, error) {
	if err := atMostOne("payer and service", req.Payer != "", req.Service != 0); err != nil {
		return nil, err
	}
	var channels []types.Channel
	var next *query.PageResponse
	var err error
	switch {
	case req.Payer != "":
		payer, parseErr := q.address("payer", req.Payer)
		if parseErr != nil {
			return nil, parseErr
		}
		channels, next, err = query.CollectionPaginate(ctx, q.k.channelsByPayer, page(req.Pagination),
			func(key addressPair, _ collections.NoValue) (types.Channel, error) {
				return q.k.channels.Get(ctx, key.K2())
			},
			query.WithCollectionPaginationPairPrefix[[]byte, []byte](payer))
	case req.Service != 0:
		channels, next, err = query.CollectionPaginate(ctx, q.k.channelsByService, page(req.Pagination),
			func(key collections.Pair[uint64, []byte], _ collections.NoValue) (types.Channel, error) {
				return q.k.channels.Get(ctx, key.K2())
			},
			query.WithCollectionPaginationPairPrefix[uint64, []byte](req.Service))
	default:
		channels, next, err = query.CollectionPaginate(ctx, q.k.channels, page(req.Pagination), stored[[]byte, types.Channel])
	}
	return &types.QueryChannelsResponse{Channels: channels, Pagination: next}, err
}

func (q queryServer) Channel(ctx context.Context, req *types.QueryChannelRequest) (*types.QueryChannelResponse, error) {
	id, err := unhex("channel", req.IdHex)
	if err != nil {
		return nil, err
	}
	channel, err := q.k.channels.Get(ctx, id)
	return &types.QueryChannelResponse{Channel: channel}, answer(err, "channel %s", req.IdHex)
}

func (q queryServer) PayerCounter(ctx context.Context, req *types.QueryPayerCounterRequest) (*types.QueryPayerCounterResponse, error) {
	payer, err := q.address("payer", req.Payer)
	if err != nil {
		return nil, err
	}
	next, _, err := found(ctx, q.k.counters, payer)
	return &types.QueryPayerCounterResponse{Next: next}, err
}

func (q queryServer) Credits(ctx context.Context, req *types.QueryCreditsRequest) (*types.QueryCreditsResponse, error) {
	owner, err := q.address("owner", req.Owner)
	if err != nil {
		return nil, err
	}
	response := &types.QueryCreditsResponse{}
	err = q.k.credits.Walk(ctx, collections.NewPrefixedPairRange[[]byte, string](owner), func(key addressDenom, amount math.Int) (bool, error) {
		response.Credits = append(response.Credits, coin(key.K2(), amount))
		return false, nil
	})
	return response, err
}

func (q queryServer) Approvals(ctx context.Context, req *types.QueryApprovalsRequest) (*types.QueryApprovalsResponse, error) {
	owner, err := q.address("owner", req.Owner)
	if err != nil {
		return nil, err
	}
	if req.Spender != "" {
		spender, err := q.address("spender", req.Spender)
		if err != nil {
			return nil, err
		}
		approval, err := q.k.approvals.Get(ctx, collections.Join(owner, spender))
		return &types.QueryApprovalsResponse{Approvals: []types.Approval{approval}}, answer(err, "approval of %s by %s", req.Spender, req.Owner)
	}
	approvals, next, err := query.CollectionPaginate(ctx, q.k.approvals, page(req.Pagination),
		stored[addressPair, types.Approval], query.WithCollectionPaginationPairPrefix[[]byte, []byte](owner))
	return &types.QueryApprovalsResponse{Approvals: approvals, Pagination: next}, err
}

func (q queryServer) Probes(ctx context.Context, req *types.QueryProbesRequest) (*types.QueryProbesResponse, error) {
	reports, next, err := query.CollectionPaginate(ctx, q.k.probes, page(req.Pagination),
		stored[collections.Pair[uint64, []byte], types.ProbeReport], query.WithCollectionPaginationPairPrefix[uint64, []byte](req.Service))
	return &types.QueryProbesResponse{Reports: reports, Pagination: next}, err
}

func (q queryServer) Sales(ctx context.Context, req *types.QuerySalesRequest) (*types.QuerySalesResponse, error) {
	options := []func(*query.CollectionsPaginateOptions[modelDenom]){}
	if req.ModelHex != "" {
		model, err := unhex("model", req.ModelHex)
		if err != nil {
			return nil, err
		}
		options = append(options, query.WithCollectionPaginationPairPrefix[[]byte, string](model))
	}
	sales, next, err := query.CollectionPaginate(ctx, q.k.sales, page(req.Pagination), stored[modelDenom, types.ModelSales], options...)
	return &types.QuerySalesResponse{Sales: sales, Pagination: next}, err
}

func (q queryServer) Split(ctx context.Context, req *types.QuerySplitRequest) (*types.QuerySplitResponse, error) {
	service, err := q.k.serviceByID(ctx, req.Service)
	if err != nil {
		return nil, answer(err, "service %d", req.Service)
	}
	split, err := q.k.split(ctx, service)
	return &types.QuerySplitResponse{Split: split}, err
}

func (q queryServer) Ledger(ctx context.Context, _ *types.QueryLedgerRequest) (*types.QueryLedgerResponse, error) {
	response := &types.QueryLedgerResponse{Balance: q.k.bank.GetAllBalances(ctx, q.k.moduleAddr)}
	for _, total := range []struct {
		of   collections.Map[string, math.Int]
		into *[]sdk.Coin
	}{
		{q.k.avail, &response.Avail}, {q.k.owed, &response.Credits}, {q.k.bonds, &response.Bonds},
	} {
		if err := total.of.Walk(ctx, nil, func(denom string, amount math.Int) (bool, error) {
			*total.into = append(*total.into, coin(denom, amount))
			return false, nil
		}); err != nil {
			return nil, err
		}
	}
	return response, nil
}
