package keeper

import (
	"bytes"
	"context"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// OpenLabels opens the labels of a batch whose inputs are open, against the hash
// that PostInputs proved to be committed.
func (s msgServer) OpenLabels(ctx context.Context, msg *types.MsgOpenLabels) (*types.MsgOpenLabelsResponse, error) {
	clock, params, err := s.inPhase(ctx, msg.Epoch, types.PHASE_LABEL)
	if err != nil {
		return nil, err
	}
	slot, spec, err := s.sponsorSlot(ctx, msg.Epoch, msg.Slot, msg.Sponsor)
	if err != nil {
		return nil, err
	}
	switch {
	case len(slot.LabelsHash) == 0:
		return nil, types.ErrWrongOpening.Wrapf("slot %d has no inputs: it is void", slot.Id)
	case len(slot.Labels) != 0:
		return nil, types.ErrExists.Wrapf("labels of slot %d", slot.Id)
	case len(msg.Salt) != protocol.SaltSize:
		return nil, types.ErrWrongOpening.Wrapf("salt of %d bytes, expected %d", len(msg.Salt), protocol.SaltSize)
	}
	if err := spec.Format().CheckLabels(params.BatchItems, msg.Labels); err != nil {
		return nil, types.ErrWrongOpening.Wrap(err.Error())
	}
	if hash := protocol.LabelsHash(msg.Labels, msg.Salt); !bytes.Equal(hash, slot.LabelsHash) {
		return nil, types.ErrWrongOpening.Wrapf("labels of slot %d hash to %X, expected %X", slot.Id, hash, slot.LabelsHash)
	}

	slot.Labels = msg.Labels
	slot.Salt = msg.Salt
	if err := s.slots.Set(ctx, collections.Join(clock.Epoch, slot.Id), slot); err != nil {
		return nil, err
	}
	return &types.MsgOpenLabelsResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventLabelsOpened{Epoch: clock.Epoch, Slot: slot.Id, Sponsor: msg.Sponsor})
}
