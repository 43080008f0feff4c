package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// Infer runs a model on one item. Room in the block and gas were taken before the
// transaction's messages (ReserveInference); a simulation takes and pays the same
// and returns zeros.
func (s msgServer) Infer(ctx context.Context, msg *types.MsgInfer) (*types.MsgInferResponse, error) {
	sender, err := s.address("sender", msg.Sender)
	if err != nil {
		return nil, err
	}
	if err := types.CheckAmount("max_fee", msg.MaxFee); err != nil {
		return nil, err
	}
	model, err := s.modelByID(ctx, msg.Model)
	if err != nil {
		return nil, err
	}
	fee := model.Terms.InferFee
	if fee.GT(msg.MaxFee) {
		return nil, types.ErrFeeTooHigh.Wrapf("model %x asks %s%s, accepted are %s", model.Id, fee, types.Denom, msg.MaxFee)
	}
	arena, err := s.arenas.Get(ctx, model.Arena)
	if err != nil {
		return nil, err
	}
	if want := arena.Spec.ItemBytes(); len(msg.Input) != want {
		return nil, types.ErrInvalid.Wrapf("input has %d bytes, expected %d", len(msg.Input), want)
	}
	if err := s.deposit(ctx, sender, rewardEntry(model.Author), fee); err != nil {
		return nil, err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	logits, ran, err := s.runReserved(sdkCtx, model, msg.Input)
	if err != nil {
		return nil, err
	}
	format := arena.Spec.Format()
	if !ran {
		logits = make([]int32, format.Outputs())
	}
	answer, err := format.Answer(logits)
	if err != nil {
		return nil, types.ErrModelFile.Wrapf("model %x: %s", model.Id, err)
	}
	return &types.MsgInferResponse{Logits: logits, Answer: answer}, sdkCtx.EventManager().EmitTypedEvent(&types.EventInferred{
		Model: model.Id, Sender: msg.Sender, Fee: fee,
	})
}
