package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/store"
	"cosmossdk.io/math"
	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// Keys that recur. Addresses, model and channel ids are raw bytes.
type (
	addressDenom = collections.Pair[[]byte, string]
	addressPair  = collections.Pair[[]byte, []byte]
	modelDenom   = collections.Pair[[]byte, string]
)

// state is the schema of the module's store.
type state struct {
	schema collections.Schema

	params collections.Item[types.Params]

	services    collections.Map[uint64, types.Service]
	lastService collections.Item[uint64]
	// Indices hold every service; activeServices only those on offer.
	servicesByArena    collections.KeySet[collections.Pair[uint64, uint64]]
	servicesByModel    collections.KeySet[collections.Pair[[]byte, uint64]]
	servicesByProvider collections.KeySet[collections.Pair[[]byte, uint64]]
	activeServices     collections.KeySet[uint64]
	// (service, operator): the last report of each scorer
	probes collections.Map[collections.Pair[uint64, []byte], types.ProbeReport]

	channels          collections.Map[[]byte, types.Channel]
	channelsByPayer   collections.KeySet[addressPair]
	channelsByService collections.KeySet[collections.Pair[uint64, []byte]]
	// payer -> n of its next channel
	counters collections.Map[[]byte, uint64]

	credits collections.Map[addressDenom, math.Int]
	// (owner, spender)
	approvals collections.Map[addressPair, types.Approval]
	sales     collections.Map[modelDenom, types.ModelSales]

	// Totals per denom of what the entries above hold.
	avail collections.Map[string, math.Int]
	bonds collections.Map[string, math.Int]
	owed  collections.Map[string, math.Int]
}

func newState(cdc codec.BinaryCodec, storeService store.KVStoreService) (state, error) {
	sb := collections.NewSchemaBuilder(storeService)
	u64, raw, str := collections.Uint64Key, collections.BytesKey, collections.StringKey
	u64Raw := collections.PairKeyCodec(u64, raw)
	rawStr := collections.PairKeyCodec(raw, str)
	rawRaw := collections.PairKeyCodec(raw, raw)
	s := state{
		params: collections.NewItem(sb, types.ParamsKey, "params", codec.CollValue[types.Params](cdc)),

		services:           collections.NewMap(sb, types.ServicesKey, "services", u64, codec.CollValue[types.Service](cdc)),
		lastService:        collections.NewItem(sb, types.LastServiceKey, "last_service", collections.Uint64Value),
		servicesByArena:    collections.NewKeySet(sb, types.ServicesByArenaKey, "services_by_arena", collections.PairKeyCodec(u64, u64)),
		servicesByModel:    collections.NewKeySet(sb, types.ServicesByModelKey, "services_by_model", collections.PairKeyCodec(raw, u64)),
		servicesByProvider: collections.NewKeySet(sb, types.ServicesByProviderKey, "services_by_provider", collections.PairKeyCodec(raw, u64)),
		activeServices:     collections.NewKeySet(sb, types.ActiveServicesKey, "active_services", u64),
		probes:             collections.NewMap(sb, types.ProbesKey, "probes", u64Raw, codec.CollValue[types.ProbeReport](cdc)),

		channels:          collections.NewMap(sb, types.ChannelsKey, "channels", raw, codec.CollValue[types.Channel](cdc)),
		channelsByPayer:   collections.NewKeySet(sb, types.ChannelsByPayerKey, "channels_by_payer", rawRaw),
		channelsByService: collections.NewKeySet(sb, types.ChannelsByServiceKey, "channels_by_service", u64Raw),
		counters:          collections.NewMap(sb, types.CountersKey, "counters", raw, collections.Uint64Value),

		credits:   collections.NewMap(sb, types.CreditsKey, "credits", rawStr, sdk.IntValue),
		approvals: collections.NewMap(sb, types.ApprovalsKey, "approvals", rawRaw, codec.CollValue[types.Approval](cdc)),
		sales:     collections.NewMap(sb, types.SalesKey, "sales", rawStr, codec.CollValue[types.ModelSales](cdc)),

		avail: collections.NewMap(sb, types.AvailKey, "avail", str, sdk.IntValue),
		bonds: collections.NewMap(sb, types.BondsKey, "bonds", str, sdk.IntValue),
		owed:  collections.NewMap(sb, types.OwedKey, "owed", str, sdk.IntValue),
	}
	var err error
	s.schema, err = sb.Build()
	return s, err
}

// found turns the absence of a key from an error into a false.
func found[K, V any](ctx context.Context, m collections.Map[K, V], key K) (V, bool, error) {
	value, err := m.Get(ctx, key)
	if errors.Is(err, collections.ErrNotFound) {
		var none V
		return none, false, nil
	}
	return value, err == nil, err
}
