package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestFundArena(t *testing.T) {
	msg := func(funder string, arena uint64, funds, perEpoch int64) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			return &types.MsgFundArena{Funder: who(funder), Arena: arena, Amount: amount(funds), PerEpoch: amount(perEpoch)}
		}
	}
	start := func(f *fixture) {
		openArena(f)
		f.fund("alice", 1_000)
	}
	runMsgCases(t, start, []msgCase{
		{
			name: "success - anyone adds to the pot",
			msg:  msg("alice", 1, 400, 0),
			event: func(*fixture) proto.Message {
				return &types.EventArenaFunded{Arena: 1, Funder: who("alice"), Amount: amount(400), PerEpoch: amount(0)}
			},
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, "400", f.held("pot/1"))
				require.Equal(t, "600", f.funds("alice").String())
			},
		},
		{
			name: "success - the creator sets what an epoch pays",
			msg:  msg("curator", 1, 0, 25),
			event: func(*fixture) proto.Message {
				return &types.EventArenaFunded{Arena: 1, Funder: who("curator"), Amount: amount(0), PerEpoch: amount(25)}
			},
		},
		{
			name:  "success - zero keeps what an epoch pays",
			setUp: func(f *fixture) { f.mustSend(msg("curator", 1, 0, 25)(f)) },
			msg:   msg("alice", 1, 1, 0),
			event: func(*fixture) proto.Message {
				return &types.EventArenaFunded{Arena: 1, Funder: who("alice"), Amount: amount(1), PerEpoch: amount(25)}
			},
		},
		{name: "error - another sets what an epoch pays", msg: msg("alice", 1, 1, 25), err: "per_epoch of arena 1 is set by its creator"},
		{name: "error - nothing", msg: msg("alice", 1, 0, 0), err: "amount and per_epoch are zero"},
		{name: "error - negative amount", msg: msg("alice", 1, -5, 0), err: "amount is -5, expected 0 to"},
		{name: "error - negative payment", msg: msg("curator", 1, 5, -5), err: "per_epoch is -5, expected 0 to"},
		{name: "error - above balance", msg: msg("alice", 1, 1_001, 0), err: "insufficient funds"},
		{name: "error - no such arena", msg: msg("alice", 9, 1, 0), err: "arena 9: not found"},
		{
			name: "error - no amount",
			msg:  func(*fixture) sdk.Msg { return &types.MsgFundArena{Funder: who("alice"), Arena: 1} },
			err:  "expected 0 to",
		},
	})
}
