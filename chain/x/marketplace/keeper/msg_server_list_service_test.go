package keeper

import (
	"encoding/hex"
	"strings"
	"testing"

	"cosmossdk.io/collections"
	"cosmossdk.io/math"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	poitypes "github.com/assay-network/assay/chain/x/poi/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// smallOrderKeys are ed25519 keys under which a signature says nothing: the
// identity, points of order 2, 4 and 8, and one that is not the canonical form of a
// small one.
func smallOrderKeys(t *testing.T) [][]byte {
	t.Helper()
	var keys [][]byte
	for _, text := range []string{
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0000000000000000000000000000000000000000000000000000000000000080",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	} {
		raw, err := hex.DecodeString(text)
		require.NoError(t, err)
		keys = append(keys, raw)
	}
	return keys
}

func TestListService(t *testing.T) {
	msg := func(change func(m *types.MsgListService)) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			m := listing()
			if change != nil {
				change(m)
			}
			return m
		}
	}
	listed := func(change func(s *types.Service)) func(*fixture) proto.Message {
		return func(*fixture) proto.Message {
			m := listing()
			s := types.Service{
				Id: 1, Provider: m.Provider, Name: m.Name, Description: m.Description, Endpoint: m.Endpoint, Interface: m.Interface,
				Model: m.Model, Price: m.Price, Denom: m.Denom, Promise: m.Promise, ServingKey: m.ServingKey,
				Status: types.SERVICE_STATUS_ACTIVE, CreatedHeight: 1, Bond: m.Bond,
			}
			if change != nil {
				change(&s)
			}
			return &types.EventServiceListed{Service: s}
		}
	}
	cases := []msgCase{
		{
			name:  "success - with a model",
			msg:   msg(nil),
			event: listed(nil),
			check: func(f *fixture, result *sdk.Result) {
				require.EqualValues(t, 1, response(f, result, &types.MsgListServiceResponse{}).Service)
				require.Equal(t, "999900000000", f.funds("provider", types.BondDenom))
				model, err := f.poi.GetModel(f.ctx, hash("model"))
				require.NoError(t, err)
				require.EqualValues(t, 1, model.Holds)
				for _, has := range []func() (bool, error){
					func() (bool, error) { return f.keeper.activeServices.Has(f.ctx, 1) },
					func() (bool, error) {
						return f.keeper.servicesByModel.Has(f.ctx, collections.Join(hash("model"), uint64(1)))
					},
					func() (bool, error) {
						return f.keeper.servicesByArena.Has(f.ctx, collections.Join(uint64(7), uint64(1)))
					},
					func() (bool, error) {
						return f.keeper.servicesByProvider.Has(f.ctx, collections.Join([]byte(addr("provider")), uint64(1)))
					},
				} {
					ok, err := has()
					require.NoError(t, err)
					require.True(t, ok)
				}
			},
		},
		{
			name:  "success - without a model, nothing is locked",
			msg:   msg(func(m *types.MsgListService) { m.Model, m.Bond = nil, amount(0) }),
			event: listed(func(s *types.Service) { s.Model, s.Bond = nil, amount(0) }),
		},
		{
			name: "success - free, in another coin, with a promise and a larger bond",
			msg: msg(func(m *types.MsgListService) {
				m.Price, m.Denom, m.Promise, m.Bond = 0, usd, 1_000_000, amount(200_000_000)
			}),
			event: listed(func(s *types.Service) { s.Price, s.Denom, s.Promise, s.Bond = 0, usd, 1_000_000, amount(200_000_000) }),
		},
		{
			name:  "success - the same once more",
			setUp: func(f *fixture) { f.list(nil) },
			msg:   msg(nil),
			event: listed(func(s *types.Service) { s.Id = 2 }),
		},
		{name: "error - no address", msg: msg(func(m *types.MsgListService) { m.Provider = "" }), err: `provider address ""`},
		{name: "error - address in capitals", msg: msg(func(m *types.MsgListService) { m.Provider = strings.ToUpper(m.Provider) }), err: "expected \"assay1"},
		{name: "error - no name", msg: msg(func(m *types.MsgListService) { m.Name = "" }), err: "name is empty"},
		{name: "error - other interface", msg: msg(func(m *types.MsgListService) { m.Interface = "openai.v1" }), err: `interface is "openai.v1", expected "oip.v2"`},
		{name: "error - coin that is not allowed", msg: msg(func(m *types.MsgListService) { m.Denom = "doge" }), err: `denom "doge"`},
		{name: "error - short key", msg: msg(func(m *types.MsgListService) { m.ServingKey = m.ServingKey[1:] }), err: "serving key: ed25519 key of 31 bytes"},
		{name: "error - no such model", msg: msg(func(m *types.MsgListService) { m.Model = hash("x") }), err: "not found"},
		{
			name:  "error - model without its file",
			setUp: func(f *fixture) { f.poi.change(f.ctx, hash("model"), func(m *poitypes.Model) { m.HasFile = false }) },
			msg:   msg(nil),
			err:   "file of model",
		},
		{name: "error - bond too small", msg: msg(func(m *types.MsgListService) { m.Bond = amount(99_999_999) }), err: "bond is 99999999, expected at least 100000000uassay"},
		{name: "error - negative bond", msg: msg(func(m *types.MsgListService) { m.Bond = amount(-1) }), err: "bond is -1"},
		{name: "error - no bond", msg: msg(func(m *types.MsgListService) { m.Bond = math.Int{} }), err: "expected at least"},
		{name: "error - bond above balance", msg: msg(func(m *types.MsgListService) { m.Bond = amount(1_000_000_000_001) }), err: "insufficient funds"},
		{name: "error - bond for nothing", msg: msg(func(m *types.MsgListService) { m.Model = nil }), err: "expected 0 for a service without a model"},
		{name: "error - promise above certainty", msg: msg(func(m *types.MsgListService) { m.Promise = 1_000_001 }), err: "promise is 1000001, expected at most 1000000"},
		{
			name:  "error - promise of a model that is hardly scored",
			setUp: func(f *fixture) { f.poi.change(f.ctx, hash("model"), func(m *poitypes.Model) { m.ScoredItems = 255 }) },
			msg:   msg(func(m *types.MsgListService) { m.Promise = 1 }),
			err:   "scored on 255 items, expected at least 256",
		},
		{name: "error - promise without a model", msg: msg(func(m *types.MsgListService) { m.Model, m.Bond, m.Promise = nil, amount(0), 1 }), err: "scored on 0 items"},
	}
	for _, small := range smallOrderKeys(t) {
		cases = append(cases, msgCase{
			name: "error - key " + hex.EncodeToString(small[:2]),
			msg:  msg(func(m *types.MsgListService) { m.ServingKey = small }),
			err:  "serving key: ed25519 key",
		})
	}
	runMsgCases(t, openMarket, cases)
}
