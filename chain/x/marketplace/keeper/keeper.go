// Package keeper holds the state of x/marketplace: services, the channels that
// pay for their calls, and the ledger of everything locked in either.
package keeper

import (
	"errors"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	"cosmossdk.io/core/store"
	"github.com/cosmos/cosmos-sdk/codec"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// Keeper holds the state of x/marketplace and everything its handlers need.
type Keeper struct {
	state

	authority    string
	addressCodec address.Codec
	bank         types.BankKeeper
	distribution types.DistributionKeeper
	poi          types.PoiKeeper
	moduleAddr   []byte
}

// NewKeeper checks its dependencies, so that a wiring mistake shows at start.
// authority is the address that may change params (governance).
func NewKeeper(
	cdc codec.BinaryCodec,
	storeService store.KVStoreService,
	account types.AccountKeeper,
	bank types.BankKeeper,
	distribution types.DistributionKeeper,
	poi types.PoiKeeper,
	authority string,
) (*Keeper, error) {
	if account == nil || bank == nil || distribution == nil || poi == nil {
		return nil, errors.New("x/marketplace needs the account, bank, distribution and poi keepers")
	}
	if _, err := account.AddressCodec().StringToBytes(authority); err != nil {
		return nil, errors.Join(errors.New("x/marketplace: authority is no address"), err)
	}
	moduleAddr := account.GetModuleAddress(types.ModuleName)
	if moduleAddr == nil {
		return nil, errors.New("x/marketplace has no module account: add it to the app's account permissions")
	}
	schema, err := newState(cdc, storeService)
	if err != nil {
		return nil, err
	}
	return &Keeper{
		state:        schema,
		authority:    authority,
		addressCodec: account.AddressCodec(),
		bank:         bank,
		distribution: distribution,
		poi:          poi,
		moduleAddr:   moduleAddr,
	}, nil
}

// Schema describes the module's collections.
func (k Keeper) Schema() collections.Schema { return k.schema }
