package keeper

import (
	"testing"

	"cosmossdk.io/collections"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestUpdateParams(t *testing.T) {
	with := func(change func(p *types.Params)) func(*fixture) sdk.Msg {
		return func(f *fixture) sdk.Msg {
			params := f.params()
			change(&params)
			return &types.MsgUpdateParams{Authority: f.authority, Params: params}
		}
	}
	commit := func(f *fixture, name string) {
		f.join(name)
		f.mustSend(&types.MsgCommitBatches{Sponsor: who(name), Arena: 1, Root: hash(name), Count: f.params().MinCommitBatches})
	}
	runMsgCases(t, openArena, []msgCase{
		{
			name: "success - acts from the next epoch",
			msg:  with(func(p *types.Params) { p.Z2 = 20 }),
			setUp: func(f *fixture) {
				require.NoError(t, f.keeper.BeginBlock(f.ctx))
			},
			check: func(f *fixture, _ *sdk.Result) {
				require.EqualValues(t, 20, f.params().Z2)
				running, err := f.keeper.epochParams.Get(f.ctx)
				require.NoError(t, err)
				require.EqualValues(t, 12, running.Z2)
			},
		},
		{
			name: "error - not governance",
			msg: func(f *fixture) sdk.Msg {
				return &types.MsgUpdateParams{Authority: who("alice"), Params: f.params()}
			},
			err: "invalid authority",
		},
		{
			name: "success - the authority of the consensus parameters goes first",
			setUp: func(f *fixture) {
				f.ctx = f.ctx.WithConsensusParams(cmtproto.ConsensusParams{Authority: &cmtproto.AuthorityParams{Authority: who("council")}})
			},
			msg: func(f *fixture) sdk.Msg {
				return &types.MsgUpdateParams{Authority: who("council"), Params: f.params()}
			},
		},
		{
			name: "error - out of bounds",
			msg:  with(func(p *types.Params) { p.RowsBlocks = 0 }),
			err:  "rows_blocks is 0, expected 1 to 1000000",
		},
		{
			name: "error - below what was minted",
			setUp: func(f *fixture) {
				require.NoError(t, f.keeper.emission.Set(f.ctx, types.EmissionState{Minted: amount(10)}))
			},
			msg: with(func(p *types.Params) { p.EmissionCap = amount(9) }),
			err: "emission_cap is 9, expected at least the 10 minted so far",
		},
		{
			name:  "success - batch_items while sponsors have nothing committed",
			setUp: func(f *fixture) { f.join("s1") },
			msg:   with(func(p *types.Params) { p.BatchItems = 32 }),
		},
		{
			name:  "success - anything else while they have",
			setUp: func(f *fixture) { commit(f, "s1") },
			msg:   with(func(p *types.Params) { p.Z2 = 20 }),
		},
		{
			name: "success - batch_items when all is spent",
			setUp: func(f *fixture) {
				commit(f, "s1")
				key := collections.Join(uint64(1), []byte(addr("s1")))
				sponsor, err := f.keeper.sponsors.Get(f.ctx, key)
				require.NoError(t, err)
				commitment, err := f.keeper.commitment(f.ctx, 1, who("s1"), 0)
				require.NoError(t, err)
				commitment.Remaining, sponsor.CurrentCommitment = 0, 1
				require.NoError(t, f.keeper.commitments.Set(f.ctx, collections.Join3(uint64(1), key.K2(), uint32(0)), commitment))
				require.NoError(t, f.keeper.sponsors.Set(f.ctx, key, sponsor))
			},
			msg: with(func(p *types.Params) { p.BatchItems = 32 }),
		},
		{
			name:  "error - batch_items while batches are unspent",
			setUp: func(f *fixture) { commit(f, "s1") },
			msg:   with(func(p *types.Params) { p.BatchItems = 32 }),
			err:   types.ErrUnspentBatches.Error(),
		},
		{
			name: "error - batch_items while one that has left has unspent batches",
			setUp: func(f *fixture) {
				commit(f, "s1")
				f.mustSend(&types.MsgUnbondSponsor{Sponsor: who("s1"), Arena: 1})
			},
			msg: with(func(p *types.Params) { p.BatchItems = 32 }),
			err: types.ErrUnspentBatches.Error(),
		},
		{
			name: "error - fewer sponsors than an arena has",
			setUp: func(f *fixture) {
				for _, name := range []string{"s1", "s2", "s3", "s4"} {
					f.join(name)
				}
			},
			msg: with(func(p *types.Params) { p.MaxSponsors = 3 }),
			err: "max_sponsors is 3, arena 1 has 4",
		},
		{
			name: "error - cap on runs below a model",
			msg:  with(func(p *types.Params) { p.MaxModelMacs = 10 }),
			err:  "a run, expected at most 10",
		},
		{
			name: "error - audits would not fit",
			msg:  with(func(p *types.Params) { p.MaxModelMacs = 30; p.AuditMacsPerBlock = 60 }),
			err:  "audits would not fit the blocks of a challenge phase",
		},
	})
}
