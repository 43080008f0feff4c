package keeper

import (
	"context"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// CommitBatches adds a root over batches whose indices continue the last one's.
func (s msgServer) CommitBatches(ctx context.Context, msg *types.MsgCommitBatches) (*types.MsgCommitBatchesResponse, error) {
	key, sponsor, err := s.sponsorOf(ctx, msg.Arena, msg.Sponsor)
	if err != nil {
		return nil, err
	}
	if !sponsor.Bonded {
		return nil, types.ErrNotBonded.Wrapf("sponsor %s of arena %d", msg.Sponsor, msg.Arena)
	}
	params, err := s.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	if msg.Count < params.MinCommitBatches || msg.Count > types.MaxCommitBatches {
		return nil, types.ErrInvalid.Wrapf("count is %d, expected %d to %d", msg.Count, params.MinCommitBatches, types.MaxCommitBatches)
	}
	if uint64(sponsor.NextBatch)+uint64(msg.Count) > protocol.MaxCount {
		return nil, types.ErrInvalid.Wrapf("batch %d would be beyond the last index %d", uint64(sponsor.NextBatch)+uint64(msg.Count), uint64(protocol.MaxCount))
	}
	if len(msg.Root) != protocol.HashSize {
		return nil, types.ErrInvalid.Wrapf("root has %d bytes, expected %d", len(msg.Root), protocol.HashSize)
	}
	known, err := s.roots.Has(ctx, msg.Root)
	if err != nil {
		return nil, err
	}
	if known {
		return nil, types.ErrExists.Wrapf("root %x", msg.Root)
	}

	sdkCtx := sdk.UnwrapSDKContext(ctx)
	commitment := types.Commitment{
		Arena:      msg.Arena,
		Sponsor:    msg.Sponsor,
		Index:      sponsor.Commitments,
		Root:       msg.Root,
		FirstBatch: sponsor.NextBatch,
		Count:      msg.Count,
		Remaining:  msg.Count,
		Height:     sdkCtx.BlockHeight(),
	}
	sponsor.Commitments++
	sponsor.NextBatch += msg.Count
	if err := s.roots.Set(ctx, msg.Root); err != nil {
		return nil, err
	}
	if err := s.commitments.Set(ctx, collections.Join3(msg.Arena, key.K2(), commitment.Index), commitment); err != nil {
		return nil, err
	}
	if err := s.sponsors.Set(ctx, key, sponsor); err != nil {
		return nil, err
	}
	return &types.MsgCommitBatchesResponse{Commitment: commitment.Index, FirstBatch: commitment.FirstBatch},
		sdkCtx.EventManager().EmitTypedEvent(&types.EventBatchesCommitted{Commitment: commitment})
}
