package keeper

import (
	"testing"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestRegisterModel(t *testing.T) {
	file := testFile(1)
	reserveFile := func(file []byte) func(*fixture) {
		return func(f *fixture) {
			f.mustSend(reserveMsg("alice", file))
			f.nextBlock()
		}
	}
	reserve := reserveFile(file)
	foreign := linearModel([][]int8{{1, 2, 3}, {1, 2, 3}, {1, 2, 3}}, []int8{0, 0, 0})
	with := func(change func(msg *types.MsgRegisterModel)) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			msg := registerMsg("alice", file)
			change(msg)
			return msg
		}
	}
	plain := with(func(*types.MsgRegisterModel) {})
	start := func(f *fixture) {
		openArena(f)
		f.rich("alice")
	}
	runMsgCases(t, start, []msgCase{
		{
			name: "success - a contender, with fee burned and bond locked", setUp: reserve, msg: plain,
			event: func(f *fixture) proto.Message {
				return &types.EventModelRegistered{
					Model: idOf(file), Arena: 1, Author: who("alice"), ReservationSeq: 1, Fee: f.params().RegistrationFee,
				}
			},
			check: func(f *fixture, _ *sdk.Result) {
				params := f.params()
				spent := amount(1_000_000_000_000).Sub(f.funds("alice"))
				require.Equal(t, params.RegistrationFee.Add(params.ModelBond).String(), spent.String())
				model := f.storedModel(idOf(file))
				require.Equal(t, types.MODEL_STATUS_CONTENDER, model.Status)
				require.True(t, model.Bonded && model.HasFile)
				require.EqualValues(t, 12, model.Macs)
				contender, err := f.keeper.contenders.Get(f.ctx, collections.Join(uint64(1), model.Id))
				require.NoError(t, err)
				require.EqualValues(t, 1, contender.ReservationSeq)
				require.EqualValues(t, 1, contender.ReservationHeight)
				fee, err := f.keeper.fee.Get(f.ctx)
				require.NoError(t, err)
				require.EqualValues(t, 1, fee.Registered)
				_, err = f.send(plain(f))
				require.ErrorContains(t, err, "no reservation", "it is used up")
			},
		},
		{
			name: "success - in the last block of the reservation",
			setUp: func(f *fixture) {
				params := f.params()
				params.ReservationBlocks = 3
				f.setParams(params)
				f.mustSend(reserveMsg("alice", file))
				f.blocks(3)
			},
			msg: plain,
		},
		{
			name: "success - of a parent", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Terms.Parents = [][]byte{idOf(testFile(100))} }),
		},
		{name: "error - not reserved", msg: plain, err: "no reservation"},
		{
			name: "error - in the block of the reservation", setUp: func(f *fixture) { f.mustSend(reserveMsg("alice", file)) },
			msg: plain, err: "is 0 blocks old, expected 1 to 1000",
		},
		{
			name: "error - reserved by another",
			setUp: func(f *fixture) {
				f.mustSend(reserveMsg("bob", file))
				f.nextBlock()
			},
			msg: plain, err: "no reservation",
		},
		{
			name: "error - reserved with another salt", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Salt = hash("pepper") }), err: "no reservation",
		},
		{
			name: "error - short salt", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Salt = []byte("salt") }), err: "salt has 4 bytes, expected 32",
		},
		{
			name: "error - same file as the reference", setUp: reserveFile(testFile(100)),
			msg: with(func(m *types.MsgRegisterModel) { m.File = testFile(100) }), err: "exists already",
		},
		{
			name: "error - same file as a model that was withdrawn and deleted",
			setUp: func(f *fixture) {
				id := f.contend("bob", 1)
				f.mustSend(&types.MsgWithdrawModel{Owner: who("bob"), Model: id})
				f.blocks(f.params().UnbondingBlocks + 1)
				require.False(t, f.storedModel(id).HasFile)
				reserve(f)
			},
			msg: plain, err: "exists already",
		},
		{
			name: "error - file for another arena", setUp: reserveFile(foreign),
			msg: with(func(m *types.MsgRegisterModel) { m.File = foreign }), err: "input shape [3], arena digits expects [4]",
		},
		{
			name: "error - another file than the reserved one", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.File = testFile(2) }), err: "no reservation",
		},
		{
			name: "error - no file", setUp: reserveFile(nil),
			msg: with(func(m *types.MsgRegisterModel) { m.File = nil }), err: "model file refused",
		},
		{
			name: "error - truncated file", setUp: reserveFile(file[:len(file)-9]),
			msg: with(func(m *types.MsgRegisterModel) { m.File = file[:len(file)-9] }), err: "model file refused",
		},
		{
			name: "error - file above the limit",
			setUp: func(f *fixture) {
				params := f.params()
				params.MaxFileBytes = 100
				f.setParams(params)
				reserve(f)
			},
			msg: plain, err: "larger than 100 bytes",
		},
		{
			name: "error - run above the cap",
			setUp: func(f *fixture) {
				params := f.params()
				params.MaxModelMacs = 12
				f.setParams(params)
				reserve(f)
			},
			msg: plain, err: "model file refused",
		},
		{
			name: "error - audits would not fit",
			setUp: func(f *fixture) {
				params := f.params()
				// Room for the reference alone: 140 x 22 drawn and 5120 x 22 called.
				params.MaxModelMacs, params.AuditMacsPerBlock = 22, 2*(5_260*22/6+1)
				f.setParams(params)
				reserve(f)
			},
			msg: plain, err: "audits of 1 arenas may cost",
		},
		{
			name: "error - fee above the accepted", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.MaxFee = amount(9_999_999) }),
			err: "the registration fee is 10000000uassay, accepted are 9999999",
		},
		{
			name: "error - no accepted fee", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.MaxFee = amount(0) }), err: "accepted are 0",
		},
		{
			name: "error - royalty above everything", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Terms.RoyaltyBps = 10_001 }), err: "royalty_bps is 10001, expected at most 10000",
		},
		{
			name: "error - negative fee for inference", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Terms.InferFee = amount(-1) }), err: "infer_fee is -1, expected 0 to",
		},
		{
			name: "error - unknown parent", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Terms.Parents = [][]byte{hash("nobody")} }), err: "not found",
		},
		{
			name: "error - five parents", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Terms.Parents = make([][]byte, 5) }), err: "5 parents, expected at most 4",
		},
		{
			name: "error - no name", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Name = "" }), err: "name is empty, expected 1 to 64 bytes",
		},
		{
			name: "error - name of two lines", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Name = "a\nb" }), err: "name holds the control character U+000A",
		},
		{
			name: "error - card is not UTF-8", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Card = "\xff" }), err: "card is not UTF-8",
		},
		{
			name: "error - no licence", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Terms.Licence = "" }), err: "licence is empty",
		},
		{
			name: "error - no such arena", setUp: reserve,
			msg: with(func(m *types.MsgRegisterModel) { m.Arena = 7 }), err: "arena 7: not found",
		},
		{
			name: "error - cannot pay",
			setUp: func(f *fixture) {
				f.fund("poor", 11_000_000)
				f.mustSend(reserveMsg("poor", file))
				f.nextBlock()
			},
			msg: func(*fixture) sdk.Msg { return registerMsg("poor", file) }, err: "insufficient funds",
		},
	})
}

func TestFullArena(t *testing.T) {
	file := testFile(50)
	// Three contenders reserved in this order; screening sums set by each case.
	start := func(f *fixture) {
		openArena(f)
		params := f.params()
		params.MaxModels = 3
		f.setParams(params)
		for i, name := range []string{"m1", "m2", "m3"} {
			f.contend(name, int8(i+1))
		}
		f.rich("alice")
		f.mustSend(reserveMsg("alice", file))
		f.nextBlock()
	}
	standing := func(f *fixture, seed int8, b, c uint32) {
		key := collections.Join(uint64(1), idOf(testFile(seed)))
		contender, err := f.keeper.contenders.Get(f.ctx, key)
		require.NoError(t, err)
		// Of three sponsors the least favourable two are kept.
		contender.Sponsors = []string{who("s1"), who("s2"), who("s3")}
		contender.Screening = nil
		for _, s := range contender.Sponsors {
			contender.Screening = append(contender.Screening, types.Counts{Sponsor: s, B: b, C: c, N: 100, WrongOld: b, WrongNew: c})
		}
		require.NoError(t, f.keeper.contenders.Set(f.ctx, key, contender))
	}
	call := func(f *fixture, seed int8) {
		arena, err := f.keeper.arenas.Get(f.ctx, 1)
		require.NoError(t, err)
		arena.Called = idOf(testFile(seed))
		require.NoError(t, f.keeper.arenas.Set(f.ctx, 1, arena))
	}
	evicted := func(seed int8) func(*fixture, *sdk.Result) {
		return func(f *fixture, _ *sdk.Result) {
			for _, other := range []int8{1, 2, 3} {
				want := types.MODEL_STATUS_CONTENDER
				if other == seed {
					want = types.MODEL_STATUS_EVICTED
				}
				require.Equal(t, want, f.storedModel(idOf(testFile(other))).Status, "model %d", other)
			}
			f.requireEvent(&types.EventModelStatusChanged{Model: idOf(testFile(seed)), Arena: 1, Status: types.MODEL_STATUS_EVICTED})
			require.Equal(t, f.params().ModelBond.String(), f.held("unbonding/1"))
		}
	}
	msg := func(*fixture) sdk.Msg { return registerMsg("alice", file) }
	runMsgCases(t, start, []msgCase{
		{name: "success - of equals the latest reserved gives way", msg: msg, check: evicted(3)},
		{
			name:  "success - the weakest gives way",
			setUp: func(f *fixture) { standing(f, 1, 1, 5); standing(f, 2, 1, 6) },
			msg:   msg, check: evicted(2),
		},
		{
			name:  "success - the called one stays",
			setUp: func(f *fixture) { standing(f, 2, 1, 6); call(f, 2) },
			msg:   msg, check: evicted(3),
		},
		{
			name: "success - the one called for the running epoch stays",
			setUp: func(f *fixture) {
				standing(f, 2, 1, 6)
				require.NoError(t, f.keeper.frozenArenas.Set(f.ctx, 1, types.FrozenArena{Arena: 1, Called: idOf(testFile(2))}))
			},
			msg: msg,
			check: func(f *fixture, result *sdk.Result) {
				evicted(3)(f, result)
				require.NoError(t, f.keeper.frozenArenas.Remove(f.ctx, 1)) // no epoch runs
			},
		},
		{
			name: "error - all are better than the top, or called",
			setUp: func(f *fixture) {
				standing(f, 1, 5, 1)
				standing(f, 2, 2, 1)
				call(f, 3)
			},
			msg: msg, err: "arena 1 has 3 contenders, at most 3, and all are called or better than the top",
		},
	})
}
