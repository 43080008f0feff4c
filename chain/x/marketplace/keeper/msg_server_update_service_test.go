package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// updating is a message that changes everything of service 1.
func updating() *types.MsgUpdateService {
	return &types.MsgUpdateService{
		Provider: who("provider"), Service: 1, Name: "new", Description: "", Endpoint: "http://127.0.0.1:8000", Price: 25, Promise: 700_000,
	}
}

func TestUpdateService(t *testing.T) {
	start := func(f *fixture) { openMarket(f); f.list(nil) }
	msg := func(change func(m *types.MsgUpdateService)) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			m := updating()
			if change != nil {
				change(m)
			}
			return m
		}
	}
	runMsgCases(t, start, []msgCase{
		{
			name: "success - everything that may change",
			msg:  msg(nil),
			event: func(f *fixture) proto.Message {
				s := f.service(1)
				s.Name, s.Description, s.Endpoint, s.Price, s.Promise = "new", "", "http://127.0.0.1:8000", 25, 700_000
				return &types.EventServiceUpdated{Service: s}
			},
			check: func(f *fixture, _ *sdk.Result) {
				require.EqualValues(t, 25, f.service(1).Price)
				require.EqualValues(t, 700_000, f.service(1).Promise)
				require.Equal(t, hash("model"), f.service(1).Model)
			},
		},
		{name: "success - no promise any more", msg: msg(func(m *types.MsgUpdateService) { m.Promise = 0 })},
		{name: "error - of another provider", msg: msg(func(m *types.MsgUpdateService) { m.Provider = who("payer") }), err: "service 1 is provided by"},
		{name: "error - no such service", msg: msg(func(m *types.MsgUpdateService) { m.Service = 2 }), err: "service 2: not found"},
		{name: "error - bad name", msg: msg(func(m *types.MsgUpdateService) { m.Name = "" }), err: "name is empty"},
		{name: "error - bad endpoint", msg: msg(func(m *types.MsgUpdateService) { m.Endpoint = "digits" }), err: "expected an http or https URL"},
		{name: "error - bad promise", msg: msg(func(m *types.MsgUpdateService) { m.Promise = 1_000_001 }), err: "promise is 1000001"},
		{
			name:  "error - closed",
			setUp: func(f *fixture) { f.mustSend(&types.MsgCloseService{Provider: who("provider"), Service: 1}) },
			msg:   msg(nil),
			err:   "service 1: service is closed",
		},
		{
			name: "error - convicted",
			setUp: func(f *fixture) {
				require.NoError(t, f.keeper.convict(f.ctx, f.service(1), types.Receipt{}, who("owner"), 0))
			},
			msg: msg(nil),
			err: "service 1: service is convicted",
		},
		{
			name:  "error - promise of a service without a model",
			setUp: func(f *fixture) { f.list(func(m *types.MsgListService) { m.Model, m.Bond = nil, amount(0) }) },
			msg:   msg(func(m *types.MsgUpdateService) { m.Service = 2 }),
			err:   "scored on 0 items, expected at least 256",
		},
	})
}
