// Package types holds what x/poi says to the outside: generated types, keys, errors,
// parameters with their bounds, and the checks of an arena and of a genesis.
package types

import "cosmossdk.io/collections"

const (
	// ModuleName names the module, its account and its store.
	ModuleName = "poi"
	// StoreKey is the key of the store.
	StoreKey = ModuleName
	// TransientStoreKey holds what MsgInfer has spent in the running block.
	TransientStoreKey = "transient_" + ModuleName
	// Denom is the only coin the module deals in.
	Denom = "uassay"
)

// Store prefixes, with gaps per area so that an area can grow without a migration.
var (
	ParamsKey    = collections.NewPrefix(1)
	ClockKey     = collections.NewPrefix(2)
	SequencesKey = collections.NewPrefix(3)

	ArenasKey     = collections.NewPrefix(10)
	ArenaNamesKey = collections.NewPrefix(11)
	StepsKey      = collections.NewPrefix(12)
	ContendersKey = collections.NewPrefix(13)

	ModelsKey            = collections.NewPrefix(20)
	ModelFilesKey        = collections.NewPrefix(21)
	ModelsByArenaKey     = collections.NewPrefix(22)
	ModelsByAuthorKey    = collections.NewPrefix(23)
	ReservationsKey      = collections.NewPrefix(24)
	ReservationHeightKey = collections.NewPrefix(25)
	FeeKey               = collections.NewPrefix(26)

	SponsorsKey    = collections.NewPrefix(30)
	CommitmentsKey = collections.NewPrefix(31)
	DisplacedKey   = collections.NewPrefix(32)
	RootsKey       = collections.NewPrefix(33)
	ScorersKey     = collections.NewPrefix(34)
	HotKeysKey     = collections.NewPrefix(35)

	EpochParamsKey   = collections.NewPrefix(40)
	FrozenArenasKey  = collections.NewPrefix(41)
	FrozenScorersKey = collections.NewPrefix(42)
	SlotsKey         = collections.NewPrefix(43)
	InputsKey        = collections.NewPrefix(44)
	RowsKey          = collections.NewPrefix(45)
	ExecutedRowsKey  = collections.NewPrefix(46)
	ChallengesKey    = collections.NewPrefix(47)
	ChallengedKey    = collections.NewPrefix(48)
	AuditCursorKey   = collections.NewPrefix(49)
	SettlementKey    = collections.NewPrefix(50)

	EpochsKey      = collections.NewPrefix(60)
	ArenaEpochsKey = collections.NewPrefix(61)
	ModelEpochsKey = collections.NewPrefix(62)
	ConvictionsKey = collections.NewPrefix(63)

	LedgerKey     = collections.NewPrefix(70)
	UnbondingsKey = collections.NewPrefix(71)
	EmissionKey   = collections.NewPrefix(72)

	// InferSpentKey lies in the transient store.
	InferSpentKey = collections.NewPrefix(1)
)
