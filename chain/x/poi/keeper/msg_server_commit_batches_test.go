package keeper

import (
	"testing"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestCommitBatches(t *testing.T) {
	msg := func(root string, count uint32) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			return &types.MsgCommitBatches{Sponsor: who("alice"), Arena: 1, Root: hash(root), Count: count}
		}
	}
	start := func(f *fixture) {
		openArena(f)
		f.join("alice")
	}
	runMsgCases(t, start, []msgCase{
		{
			name:  "success - indices continue",
			setUp: func(f *fixture) { f.mustSend(msg("one", 256)(f)) },
			msg:   msg("two", 300),
			event: func(f *fixture) proto.Message {
				return &types.EventBatchesCommitted{Commitment: types.Commitment{
					Arena: 1, Sponsor: who("alice"), Index: 1, Root: hash("two"), FirstBatch: 256, Count: 300, Remaining: 300, Height: f.ctx.BlockHeight(),
				}}
			},
			check: func(f *fixture, result *sdk.Result) {
				require.Equal(t, &types.MsgCommitBatchesResponse{Commitment: 1, FirstBatch: 256}, response(f, result, &types.MsgCommitBatchesResponse{}))
				sponsor, err := f.keeper.sponsors.Get(f.ctx, collections.Join(uint64(1), []byte(addr("alice"))))
				require.NoError(t, err)
				require.EqualValues(t, 556, sponsor.NextBatch)
				require.EqualValues(t, 2, sponsor.Commitments)
			},
		},
		{name: "error - too few", msg: msg("one", 255), err: "count is 255, expected 256 to 65536"},
		{name: "error - too many", msg: msg("one", 65_537), err: "count is 65537, expected 256 to 65536"},
		{
			name: "error - root of another sponsor",
			setUp: func(f *fixture) {
				f.join("bob")
				f.mustSend(&types.MsgCommitBatches{Sponsor: who("bob"), Arena: 1, Root: hash("one"), Count: 256})
			},
			msg: msg("one", 256), err: "exists already",
		},
		{
			name: "error - short root",
			msg: func(*fixture) sdk.Msg {
				return &types.MsgCommitBatches{Sponsor: who("alice"), Arena: 1, Root: []byte{1}, Count: 256}
			},
			err: "root has 1 bytes, expected 32",
		},
		{
			name:  "error - unbonded",
			setUp: func(f *fixture) { f.mustSend(&types.MsgUnbondSponsor{Sponsor: who("alice"), Arena: 1}) },
			msg:   msg("one", 256), err: "no bond",
		},
		{
			name: "error - no sponsor",
			msg: func(*fixture) sdk.Msg {
				return &types.MsgCommitBatches{Sponsor: who("curator"), Arena: 1, Root: hash("one"), Count: 256}
			},
			err: "is no sponsor of arena 1",
		},
	})
}

func TestCommitBatchesEndsAtTheLargestIndex(t *testing.T) {
	f := newRegistry(t)
	openArena(f)
	f.join("alice")
	key := collections.Join(uint64(1), []byte(addr("alice")))
	sponsor, err := f.keeper.sponsors.Get(f.ctx, key)
	require.NoError(t, err)
	sponsor.NextBatch = protocol.MaxCount - 255
	require.NoError(t, f.keeper.sponsors.Set(f.ctx, key, sponsor))
	_, err = f.send(&types.MsgCommitBatches{Sponsor: who("alice"), Arena: 1, Root: hash("one"), Count: 256})
	require.ErrorContains(t, err, "batch 2147483648 would be beyond the last index 2147483647")
}
