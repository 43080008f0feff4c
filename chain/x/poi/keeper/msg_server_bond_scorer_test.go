package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestBondScorer(t *testing.T) {
	msg := func(hotKey string, tip []byte) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			m := &types.MsgBondScorer{Operator: who("val"), Tip: tip}
			if hotKey != "" {
				m.HotKey = who(hotKey)
			}
			return m
		}
	}
	bonded := func(hotKey string) func(*fixture) proto.Message {
		return func(*fixture) proto.Message {
			return &types.EventScorerBonded{Operator: who("val"), HotKey: who(hotKey)}
		}
	}
	entry := "bond/scorer/" + who("val")
	slashed := func(f *fixture) {
		f.bondScorer("val")
		_, _, err := f.keeper.slash(f.ctx, entry, 500, "")
		require.NoError(t, err)
	}
	runMsgCases(t, func(f *fixture) { f.rich("val"); f.validator("val") }, []msgCase{
		{
			name: "success - registers",
			msg:  msg("hot", hash("tip")), event: bonded("hot"),
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, f.params().ScorerBond.String(), f.held(entry))
			},
		},
		{
			name: "success - tops up what was slashed", setUp: slashed,
			msg: msg("", nil), event: bonded("val-hot"),
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(t, f.params().ScorerBond.String(), f.held(entry))
			},
		},
		{
			name: "success - a new hot key with a complete bond, the old one is free",
			setUp: func(f *fixture) {
				f.bondScorer("val")
			},
			msg: msg("hot", nil), event: bonded("hot"),
			check: func(f *fixture, _ *sdk.Result) {
				f.rich("other")
				f.validator("other")
				f.mustSend(&types.MsgBondScorer{Operator: who("other"), HotKey: who("val-hot"), Tip: hash("tip")})
			},
		},
		{
			name: "success - comes back with its history",
			setUp: func(f *fixture) {
				f.bondScorer("val")
				scorer, err := f.keeper.scorers.Get(f.ctx, addr("val"))
				require.NoError(t, err)
				scorer.JailedUntil = 9
				require.NoError(t, f.keeper.scorers.Set(f.ctx, addr("val"), scorer))
				f.mustSend(&types.MsgUnbondScorer{Operator: who("val")})
			},
			msg: msg("", nil), event: bonded("val-hot"),
			check: func(f *fixture, _ *sdk.Result) {
				scorer, err := f.keeper.scorers.Get(f.ctx, addr("val"))
				require.NoError(t, err)
				require.True(t, scorer.Bonded)
				require.EqualValues(t, 9, scorer.JailedUntil)
			},
		},
		{name: "error - no hot key the first time", msg: msg("", hash("tip")), err: "both are needed the first time"},
		{name: "error - no tip the first time", msg: msg("hot", nil), err: "both are needed the first time"},
		{name: "error - short tip", msg: msg("hot", []byte{1, 2}), err: "tip has 2 bytes, expected 32"},
		{name: "error - complete already", setUp: func(f *fixture) { f.bondScorer("val") }, msg: msg("", nil), err: "is complete"},
		{
			name:  "error - hot key of another scorer",
			setUp: func(f *fixture) { f.bondScorer("other") },
			msg:   msg("other-hot", hash("tip")), err: "belongs to another scorer",
		},
		{
			name: "error - operates no validator",
			msg: func(f *fixture) sdk.Msg {
				return &types.MsgBondScorer{Operator: f.rich("alice"), HotKey: who("hot"), Tip: hash("tip")}
			},
			err: "operates no validator",
		},
		{
			name: "error - cannot pay",
			msg: func(f *fixture) sdk.Msg {
				f.validator("poor")
				return &types.MsgBondScorer{Operator: f.fund("poor", 1), HotKey: who("hot"), Tip: hash("tip")}
			},
			err: "insufficient funds",
		},
	})
}
