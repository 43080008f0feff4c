package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestReserveModel(t *testing.T) {
	msg := func(owner string, seed int8) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg { return reserveMsg(owner, testFile(seed)) }
	}
	runMsgCases(t, func(*fixture) {}, []msgCase{
		{
			name: "success - numbered in order", setUp: func(f *fixture) { f.mustSend(msg("bob", 1)(f)) }, msg: msg("alice", 1),
			event: func(*fixture) proto.Message {
				return &types.EventModelReserved{Hash: reserveMsg("alice", testFile(1)).Hash, Owner: who("alice"), Seq: 2}
			},
		},
		{name: "error - twice", setUp: func(f *fixture) { f.mustSend(msg("alice", 1)(f)) }, msg: msg("alice", 1), err: "exists already"},
		{
			name: "error - short hash",
			msg:  func(*fixture) sdk.Msg { return &types.MsgReserveModel{Owner: who("alice"), Hash: make([]byte, 31)} },
			err:  "hash has 31 bytes, expected 32",
		},
		{
			name: "error - owner is no address",
			msg:  func(*fixture) sdk.Msg { return &types.MsgReserveModel{Owner: "alice", Hash: hash("x")} },
			err:  `owner address "alice"`,
		},
	})
}

func TestReservationsExpire(t *testing.T) {
	f := newRegistry(t)
	params := f.params()
	params.ReservationBlocks = 3
	f.setParams(params)
	reserved := reserveMsg("alice", testFile(1))
	f.mustSend(reserved)
	f.blocks(3)
	known, err := f.keeper.reservations.Has(f.ctx, reserved.Hash)
	require.NoError(t, err)
	require.True(t, known, "usable in its last block")
	f.blocks(1)
	known, err = f.keeper.reservations.Has(f.ctx, reserved.Hash)
	require.NoError(t, err)
	require.False(t, known)
	f.mustSend(reserved) // may be made again
}

func TestExpiryIsBounded(t *testing.T) {
	f := newRegistry(t)
	params := f.params()
	params.ReservationBlocks = 1
	f.setParams(params)
	for i := range expiringPerBlock + 1 {
		f.mustSend(&types.MsgReserveModel{Owner: who("alice"), Hash: hash(string(rune(i)))})
	}
	count := func() int {
		all, err := values(f.ctx, f.keeper.reservations, nil)
		require.NoError(t, err)
		return len(all)
	}
	f.blocks(2)
	require.Equal(t, 1, count())
	f.blocks(1)
	require.Equal(t, 0, count())
}

func TestRegistrationFeeRolls(t *testing.T) {
	f := newRegistry(t)
	base := f.params().RegistrationFee
	for _, step := range []struct {
		registered uint32
		want       int64
	}{{41, 2}, {41, 4}, {1, 4}, {40, 4}, {0, 2}, {0, 1}, {0, 1}} {
		fee, err := f.keeper.fee.Get(f.ctx)
		require.NoError(t, err)
		fee.Registered = step.registered
		require.NoError(t, f.keeper.fee.Set(f.ctx, fee))
		require.NoError(t, f.keeper.rollRegistrationFee(f.ctx))
		fee, err = f.keeper.fee.Get(f.ctx)
		require.NoError(t, err)
		require.Equal(t, base.MulRaw(step.want).String(), fee.Amount.String(), "after %d", step.registered)
		require.Zero(t, fee.Registered)
	}
}
