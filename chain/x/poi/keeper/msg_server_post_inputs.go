package keeper

import (
	"context"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// PostInputs opens the inputs of a drawn batch against the sponsor's commitment.
func (s msgServer) PostInputs(ctx context.Context, msg *types.MsgPostInputs) (*types.MsgPostInputsResponse, error) {
	clock, params, err := s.inPhase(ctx, msg.Epoch, types.PHASE_INPUT)
	if err != nil {
		return nil, err
	}
	slot, spec, err := s.sponsorSlot(ctx, msg.Epoch, msg.Slot, msg.Sponsor)
	if err != nil {
		return nil, err
	}
	if len(slot.InputsRoot) != 0 {
		return nil, types.ErrExists.Wrapf("inputs of slot %d", slot.Id)
	}
	if want := int(params.BatchItems) * spec.ItemBytes(); len(msg.Inputs) != want {
		return nil, types.ErrWrongOpening.Wrapf("inputs of %d bytes, expected %d", len(msg.Inputs), want)
	}
	if len(msg.LabelsHash) != protocol.HashSize {
		return nil, types.ErrWrongOpening.Wrapf("labels hash of %d bytes, expected %d", len(msg.LabelsHash), protocol.HashSize)
	}
	sponsor, err := s.addressCodec.StringToBytes(msg.Sponsor)
	if err != nil {
		return nil, err
	}
	commitment, err := s.commitments.Get(ctx, collections.Join3(slot.Arena, sponsor, slot.Commitment))
	if err != nil {
		return nil, err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	root := protocol.MerkleRoot(items(msg.Inputs, spec.ItemBytes()))
	leaf := protocol.BatchLeaf(sdkCtx.ChainID(), slot.Arena, sponsor, slot.Batch, root, msg.LabelsHash)
	index := slot.Batch - commitment.FirstBatch
	path := protocol.Path{Index: index, Total: commitment.Count, Aunts: msg.Path}
	if err := path.Verify(commitment.Root, index, commitment.Count, leaf); err != nil {
		return nil, types.ErrWrongOpening.Wrapf("batch %d of commitment %d: %s", slot.Batch, slot.Commitment, err)
	}

	slot.InputsRoot = root
	slot.LabelsHash = msg.LabelsHash
	if err := s.slots.Set(ctx, collections.Join(clock.Epoch, slot.Id), slot); err != nil {
		return nil, err
	}
	if err := s.inputs.Set(ctx, slot.Id, msg.Inputs); err != nil {
		return nil, err
	}
	return &types.MsgPostInputsResponse{}, sdkCtx.EventManager().EmitTypedEvent(&types.EventInputsPosted{Epoch: clock.Epoch, Slot: slot.Id, Sponsor: msg.Sponsor})
}
