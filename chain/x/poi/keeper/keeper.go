// Package keeper holds the state of x/poi: the registry of arenas, models and
// participants, the epochs in which models are measured, and the ledger.
package keeper

import (
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	"cosmossdk.io/core/store"
	"github.com/cosmos/cosmos-sdk/codec"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// Keeper holds the state of x/poi and everything its handlers need.
type Keeper struct {
	state

	authority    string
	addressCodec address.Codec
	bank         types.BankKeeper
	staking      types.StakingKeeper
	distribution types.DistributionKeeper
	// feeCollector is the module account from which x/distribution pays validators.
	feeCollector string
	moduleAddr   []byte
	programs     *programCache
}

// NewKeeper checks its dependencies, so that a wiring mistake shows at start.
// authority is the address that may change params and arena weights (governance).
func NewKeeper(
	cdc codec.BinaryCodec,
	storeService store.KVStoreService,
	transientService store.TransientStoreService,
	account types.AccountKeeper,
	bank types.BankKeeper,
	staking types.StakingKeeper,
	distribution types.DistributionKeeper,
	feeCollector string,
	authority string,
) (*Keeper, error) {
	if account == nil || bank == nil || staking == nil || distribution == nil {
		return nil, errors.New("x/poi needs the account, bank, staking and distribution keepers")
	}
	if _, err := account.AddressCodec().StringToBytes(authority); err != nil {
		return nil, errors.Join(errors.New("x/poi: authority is no address"), err)
	}
	moduleAddr := account.GetModuleAddress(types.ModuleName)
	if moduleAddr == nil {
		return nil, errors.New("x/poi has no module account: add it to the app's account permissions")
	}
	if feeCollector == "" {
		return nil, errors.New("x/poi needs the name of the fee collector")
	}
	schema, err := newState(cdc, storeService, transientService)
	if err != nil {
		return nil, err
	}
	return &Keeper{
		state:        schema,
		authority:    authority,
		addressCodec: account.AddressCodec(),
		bank:         bank,
		staking:      staking,
		distribution: distribution,
		feeCollector: feeCollector,
		moduleAddr:   moduleAddr,
		programs:     newProgramCache(),
	}, nil
}

// Schema describes the module's collections.
func (k Keeper) Schema() collections.Schema { return k.schema }
