package keeper

import (
	"bytes"
	"context"
	"encoding/binary"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
	poiprotocol "github.com/assay-network/assay/chain/x/poi/protocol"
)

// ChallengeAnswer runs one item of a receipt and convicts the service if it
// answered anything else. Room in the block and gas were taken before the
// transaction's messages (FindRuns); a simulation takes the same and presumes that
// the answer was wrong, which costs the most.
func (s msgServer) ChallengeAnswer(ctx context.Context, msg *types.MsgChallengeAnswer) (*types.MsgChallengeAnswerResponse, error) {
	if _, err := s.address("sender", msg.Sender); err != nil {
		return nil, err
	}
	service, err := s.serviceByID(ctx, msg.Receipt.Service)
	if err != nil {
		return nil, err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	if err := requireAnswerable(service, sdkCtx.BlockHeight()); err != nil {
		return nil, err
	}
	if err := checkReceipt(service, msg.Receipt, sdkCtx.ChainID()); err != nil {
		return nil, err
	}
	if err := s.checkItem(ctx, service, msg); err != nil {
		return nil, err
	}
	logits, ran, err := s.poi.RunReserved(ctx, service.Model, msg.Input)
	if err != nil {
		return nil, err
	}
	if ran && bytes.Equal(outputBytes(logits), msg.Output) {
		return &types.MsgChallengeAnswerResponse{}, nil
	}
	return &types.MsgChallengeAnswerResponse{Convicted: true}, s.convict(ctx, service, msg.Receipt, msg.Sender, msg.Index)
}

// ChallengedModel returns the model that a challenge of the service runs; none if
// there is no service whose receipts count at this height.
func (k Keeper) ChallengedModel(ctx sdk.Context, id uint64) ([]byte, error) {
	service, ok, err := found(ctx, k.services, id)
	if err != nil || !ok || requireAnswerable(service, ctx.BlockHeight()) != nil {
		return nil, err
	}
	return service.Model, nil
}

// requireAnswerable refuses a service whose receipts do not count, or no longer.
func requireAnswerable(service types.Service, height int64) error {
	switch {
	case service.Status == types.SERVICE_STATUS_CONVICTED:
		return types.ErrConvicted.Wrapf("service %d", service.Id)
	case len(service.Model) == 0:
		return types.ErrNotVerifiable.Wrapf("service %d", service.Id)
	case service.Status == types.SERVICE_STATUS_CLOSED && (height > service.UnlockHeight || service.Bond.IsZero()):
		return types.ErrReleased.Wrapf("service %d answered up to height %d, this is %d", service.Id, service.UnlockHeight, height)
	}
	return nil
}

// checkReceipt checks that the service signed the receipt for this chain. The
// channel it names need not exist: the answer counts, whoever paid.
func checkReceipt(service types.Service, receipt types.Receipt, chainID string) error {
	for _, part := range []struct {
		name  string
		value []byte
	}{
		{"channel", receipt.Channel}, {"call_hash", receipt.CallHash},
		{"input_root", receipt.InputRoot}, {"output_root", receipt.OutputRoot},
	} {
		if len(part.value) != poiprotocol.HashSize {
			return types.ErrReceipt.Wrapf("%s has %d bytes, expected %d", part.name, len(part.value), poiprotocol.HashSize)
		}
	}
	if receipt.Lane >= protocol.MaxLanes {
		return types.ErrReceipt.Wrapf("lane is %d, expected 0 to %d", receipt.Lane, protocol.MaxLanes-1)
	}
	digest := protocol.Receipt{
		Service: receipt.Service, Channel: receipt.Channel, Lane: uint8(receipt.Lane), Amount: receipt.Amount,
		CallHash: receipt.CallHash, Items: receipt.Items, InputRoot: receipt.InputRoot, OutputRoot: receipt.OutputRoot,
	}.Digest(chainID)
	if !protocol.VerifySignature(service.ServingKey, digest, receipt.Signature) {
		return types.ErrReceipt.Wrapf("it is not signed by the serving key of service %d for chain %s", service.Id, chainID)
	}
	return nil
}

// checkItem checks that input and output are the item of the receipt at the
// message's index. The output may have any length: a service that signed one of a
// wrong length gave a wrong answer.
func (k Keeper) checkItem(ctx context.Context, service types.Service, msg *types.MsgChallengeAnswer) error {
	receipt := msg.Receipt
	if msg.Index >= receipt.Items {
		return types.ErrReceipt.Wrapf("item %d, the receipt has %d", msg.Index, receipt.Items)
	}
	model, err := k.poi.GetModel(ctx, service.Model)
	if err != nil {
		return err
	}
	arena, err := k.poi.GetArena(ctx, model.Arena)
	if err != nil {
		return err
	}
	if want := arena.Spec.ItemBytes(); len(msg.Input) != want {
		return types.ErrInvalid.Wrapf("input has %d bytes, expected %d", len(msg.Input), want)
	}
	input := poiprotocol.Path{Index: msg.Index, Total: receipt.Items, Aunts: msg.InputPath}
	if err := input.Verify(receipt.InputRoot, msg.Index, receipt.Items, msg.Input); err != nil {
		return types.ErrPath.Wrapf("input: %s", err)
	}
	output := poiprotocol.Path{Index: msg.Index, Total: receipt.Items, Aunts: msg.OutputPath}
	if err := output.Verify(receipt.OutputRoot, msg.Index, receipt.Items, msg.Output); err != nil {
		return types.ErrPath.Wrapf("output: %s", err)
	}
	return nil
}

// outputBytes is an item's answer as receipts commit to it: int32 little-endian.
func outputBytes(logits []int32) []byte {
	raw := make([]byte, 0, 4*len(logits))
	for _, logit := range logits {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(logit))
	}
	return raw
}
