package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/store"
	"cosmossdk.io/math"
	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// Keys that recur. Addresses and model ids are raw bytes.
type (
	arenaAddress = collections.Pair[uint64, []byte]
	arenaModel   = collections.Pair[uint64, []byte]
	slotModel    = collections.Pair[uint64, []byte]
	epochSlot    = collections.Pair[uint64, uint64]
)

// state is the schema of the module's store. Everything about the running epoch
// (from frozenArenas to settlement) has no epoch in its key and is cleared when
// the epoch ends; only slots live on with the results.
type state struct {
	schema collections.Schema

	params    collections.Item[types.Params]
	clock     collections.Item[types.Clock]
	sequences collections.Item[types.Sequences]

	arenas     collections.Map[uint64, types.Arena]
	arenaNames collections.Map[string, uint64]
	// (arena, index)
	steps      collections.Map[collections.Pair[uint64, uint32], types.Step]
	contenders collections.Map[arenaModel, types.Contender]

	models         collections.Map[[]byte, types.Model]
	modelFiles     collections.Map[[]byte, []byte]
	modelsByArena  collections.KeySet[arenaModel]
	modelsByAuthor collections.KeySet[collections.Pair[[]byte, []byte]]
	reservations   collections.Map[[]byte, types.Reservation]
	// (height, hash), for expiry
	reservationHeights collections.KeySet[collections.Pair[int64, []byte]]
	fee                collections.Item[types.RegistrationFee]

	sponsors collections.Map[arenaAddress, types.Sponsor]
	// (arena, sponsor, index)
	commitments collections.Map[collections.Triple[uint64, []byte, uint32], types.Commitment]
	// (arena, sponsor, commitment << 32 | position) -> value
	displaced collections.Map[collections.Triple[uint64, []byte, uint64], uint32]
	roots     collections.KeySet[[]byte]
	scorers   collections.Map[[]byte, types.Scorer]
	// hot key -> operator
	hotKeys collections.Map[[]byte, []byte]

	epochParams   collections.Item[types.Params]
	frozenArenas  collections.Map[uint64, types.FrozenArena]
	frozenScorers collections.Map[[]byte, types.FrozenScorer]
	slots         collections.Map[epochSlot, types.Slot]
	inputs        collections.Map[uint64, []byte]
	rows          collections.Map[slotModel, types.Row]
	executedRows  collections.Map[slotModel, types.ExecutedRow]
	challenges    collections.Map[uint64, types.Challenge]
	// (slot, model, item) of every challenge of the epoch
	challenged  collections.KeySet[collections.Triple[uint64, []byte, uint32]]
	auditCursor collections.Item[types.AuditCursor]
	settlement  collections.Item[types.Settlement]

	epochs collections.Map[uint64, types.EpochRecord]
	// (epoch, arena)
	arenaEpochs collections.Map[collections.Pair[uint64, uint64], types.ArenaEpoch]
	// (model, epoch), so that a model's history is one range
	modelEpochs collections.Map[collections.Pair[[]byte, uint64], types.ModelEpoch]
	// (epoch, operator)
	convictions collections.Map[collections.Pair[uint64, []byte], types.Conviction]

	ledger collections.Map[string, math.Int]
	// (height, seq)
	unbondings collections.Map[collections.Pair[int64, uint64], types.Unbonding]
	emission   collections.Item[types.EmissionState]

	// Cost that transactions have reserved for MsgInfer in the running block; transient.
	inferSpent collections.Item[uint64]
}

func newState(cdc codec.BinaryCodec, storeService store.KVStoreService, transientService store.TransientStoreService) (state, error) {
	sb := collections.NewSchemaBuilder(storeService)
	u64, u32, raw, str := collections.Uint64Key, collections.Uint32Key, collections.BytesKey, collections.StringKey
	u64Raw := collections.PairKeyCodec(u64, raw)
	s := state{
		params:    collections.NewItem(sb, types.ParamsKey, "params", codec.CollValue[types.Params](cdc)),
		clock:     collections.NewItem(sb, types.ClockKey, "clock", codec.CollValue[types.Clock](cdc)),
		sequences: collections.NewItem(sb, types.SequencesKey, "sequences", codec.CollValue[types.Sequences](cdc)),

		arenas:     collections.NewMap(sb, types.ArenasKey, "arenas", u64, codec.CollValue[types.Arena](cdc)),
		arenaNames: collections.NewMap(sb, types.ArenaNamesKey, "arena_names", str, collections.Uint64Value),
		steps:      collections.NewMap(sb, types.StepsKey, "steps", collections.PairKeyCodec(u64, u32), codec.CollValue[types.Step](cdc)),
		contenders: collections.NewMap(sb, types.ContendersKey, "contenders", u64Raw, codec.CollValue[types.Contender](cdc)),

		models:             collections.NewMap(sb, types.ModelsKey, "models", raw, codec.CollValue[types.Model](cdc)),
		modelFiles:         collections.NewMap(sb, types.ModelFilesKey, "model_files", raw, collections.BytesValue),
		modelsByArena:      collections.NewKeySet(sb, types.ModelsByArenaKey, "models_by_arena", u64Raw),
		modelsByAuthor:     collections.NewKeySet(sb, types.ModelsByAuthorKey, "models_by_author", collections.PairKeyCodec(raw, raw)),
		reservations:       collections.NewMap(sb, types.ReservationsKey, "reservations", raw, codec.CollValue[types.Reservation](cdc)),
		reservationHeights: collections.NewKeySet(sb, types.ReservationHeightKey, "reservation_heights", collections.PairKeyCodec(collections.Int64Key, raw)),
		fee:                collections.NewItem(sb, types.FeeKey, "registration_fee", codec.CollValue[types.RegistrationFee](cdc)),

		sponsors:    collections.NewMap(sb, types.SponsorsKey, "sponsors", u64Raw, codec.CollValue[types.Sponsor](cdc)),
		commitments: collections.NewMap(sb, types.CommitmentsKey, "commitments", collections.TripleKeyCodec(u64, raw, u32), codec.CollValue[types.Commitment](cdc)),
		displaced:   collections.NewMap(sb, types.DisplacedKey, "displaced", collections.TripleKeyCodec(u64, raw, u64), collections.Uint32Value),
		roots:       collections.NewKeySet(sb, types.RootsKey, "roots", raw),
		scorers:     collections.NewMap(sb, types.ScorersKey, "scorers", raw, codec.CollValue[types.Scorer](cdc)),
		hotKeys:     collections.NewMap(sb, types.HotKeysKey, "hot_keys", raw, collections.BytesValue),

		epochParams:   collections.NewItem(sb, types.EpochParamsKey, "epoch_params", codec.CollValue[types.Params](cdc)),
		frozenArenas:  collections.NewMap(sb, types.FrozenArenasKey, "frozen_arenas", u64, codec.CollValue[types.FrozenArena](cdc)),
		frozenScorers: collections.NewMap(sb, types.FrozenScorersKey, "frozen_scorers", raw, codec.CollValue[types.FrozenScorer](cdc)),
		slots:         collections.NewMap(sb, types.SlotsKey, "slots", collections.PairKeyCodec(u64, u64), codec.CollValue[types.Slot](cdc)),
		inputs:        collections.NewMap(sb, types.InputsKey, "inputs", u64, collections.BytesValue),
		rows:          collections.NewMap(sb, types.RowsKey, "rows", u64Raw, codec.CollValue[types.Row](cdc)),
		executedRows:  collections.NewMap(sb, types.ExecutedRowsKey, "executed_rows", u64Raw, codec.CollValue[types.ExecutedRow](cdc)),
		challenges:    collections.NewMap(sb, types.ChallengesKey, "challenges", u64, codec.CollValue[types.Challenge](cdc)),
		challenged:    collections.NewKeySet(sb, types.ChallengedKey, "challenged", collections.TripleKeyCodec(u64, raw, u32)),
		auditCursor:   collections.NewItem(sb, types.AuditCursorKey, "audit_cursor", codec.CollValue[types.AuditCursor](cdc)),
		settlement:    collections.NewItem(sb, types.SettlementKey, "settlement", codec.CollValue[types.Settlement](cdc)),

		epochs:      collections.NewMap(sb, types.EpochsKey, "epochs", u64, codec.CollValue[types.EpochRecord](cdc)),
		arenaEpochs: collections.NewMap(sb, types.ArenaEpochsKey, "arena_epochs", collections.PairKeyCodec(u64, u64), codec.CollValue[types.ArenaEpoch](cdc)),
		modelEpochs: collections.NewMap(sb, types.ModelEpochsKey, "model_epochs", collections.PairKeyCodec(raw, u64), codec.CollValue[types.ModelEpoch](cdc)),
		convictions: collections.NewMap(sb, types.ConvictionsKey, "convictions", u64Raw, codec.CollValue[types.Conviction](cdc)),

		ledger:     collections.NewMap(sb, types.LedgerKey, "ledger", str, sdk.IntValue),
		unbondings: collections.NewMap(sb, types.UnbondingsKey, "unbondings", collections.PairKeyCodec(collections.Int64Key, u64), codec.CollValue[types.Unbonding](cdc)),
		emission:   collections.NewItem(sb, types.EmissionKey, "emission", codec.CollValue[types.EmissionState](cdc)),
	}
	schema, err := sb.Build()
	if err != nil {
		return state{}, err
	}
	s.schema = schema

	transient := collections.NewSchemaBuilderFromAccessor(transientService.OpenTransientStore)
	s.inferSpent = collections.NewItem(transient, types.InferSpentKey, "infer_spent", collections.Uint64Value)
	if _, err := transient.Build(); err != nil {
		return state{}, err
	}
	return s, nil
}

// getOr reads an item, or fallback where it was never written.
func getOr[V any](ctx context.Context, item collections.Item[V], fallback V) (V, error) {
	value, err := item.Get(ctx)
	if errors.Is(err, collections.ErrNotFound) {
		return fallback, nil
	}
	return value, err
}

// found reads a map's value and says whether it is there.
func found[K, V any](ctx context.Context, m collections.Map[K, V], key K) (V, bool, error) {
	value, err := m.Get(ctx, key)
	if errors.Is(err, collections.ErrNotFound) {
		return value, false, nil
	}
	return value, err == nil, err
}

// nextSequence hands out the number that which selects and counts it up.
func (k Keeper) nextSequence(ctx context.Context, which func(*types.Sequences) *uint64) (uint64, error) {
	sequences, err := getOr(ctx, k.sequences, types.Sequences{})
	if err != nil {
		return 0, err
	}
	field := which(&sequences)
	*field++
	return *field, k.sequences.Set(ctx, sequences)
}
