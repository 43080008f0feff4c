package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

func TestFinaliseChannel(t *testing.T) {
	id := firstChannel()
	msg := func(*fixture) sdk.Msg { return &types.MsgFinaliseChannel{Sender: who("somebody"), Channel: id} }
	closing := func(blocks int64) func(*fixture) {
		return func(f *fixture) {
			f.mustSend(&types.MsgCloseChannel{Sender: who("payer"), Channel: id})
			f.skip(blocks)
		}
	}
	runMsgCases(t, func(f *fixture) { openClaims(f) }, []msgCase{
		{
			name:  "success - anyone, after the grace",
			setUp: func(f *fixture) { closing(20)(f); f.claim(voucher(id, 3, 1_000)) },
			msg:   msg,
			event: func(*fixture) proto.Message {
				return &types.EventChannelClosed{Channel: id, Service: 1, Returned: coin(types.BondDenom, amount(99_000))}
			},
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, "99000", f.owed("payer", types.BondDenom))
				_, err := f.send(msg(f))
				require.ErrorIs(t, err, types.ErrChannelClosed)
			},
		},
		{name: "error - a block too early", setUp: closing(19), msg: msg, err: "this is height 20, expected at least 21"},
		{name: "error - open", msg: msg, err: "is open: its payer, funder or provider closes it first"},
		{name: "error - no such channel", msg: func(*fixture) sdk.Msg { return &types.MsgFinaliseChannel{Sender: who("payer"), Channel: hash("x")} }, err: "not found"},
		{name: "error - no address", msg: func(*fixture) sdk.Msg { return &types.MsgFinaliseChannel{Channel: id} }, err: `sender address ""`},
	})
}
