package keeper

import (
	"context"
	"crypto/sha256"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// RegisterModel shows the file of a reservation and enters it as a contender. The
// fee is burned, the bond locked; in a full arena the weakest gives way.
func (s msgServer) RegisterModel(ctx context.Context, msg *types.MsgRegisterModel) (*types.MsgRegisterModelResponse, error) {
	owner, err := s.address("owner", msg.Owner)
	if err != nil {
		return nil, err
	}
	params, err := s.params.Get(ctx)
	if err != nil {
		return nil, err
	}
	arena, err := s.arenaByID(ctx, msg.Arena)
	if err != nil {
		return nil, err
	}
	if err := types.CheckModelTexts(msg.Name, msg.Card, msg.Terms.Licence); err != nil {
		return nil, err
	}
	if err := s.checkTerms(ctx, msg.Terms); err != nil {
		return nil, err
	}
	// First the reservation: nobody makes the chain parse a file without one.
	id := sha256.Sum256(msg.File)
	reservation, err := s.useReservation(ctx, msg, owner, id[:], params)
	if err != nil {
		return nil, err
	}
	program, err := intonnx.Check(msg.File, fileLimits(params))
	if err != nil {
		return nil, types.ErrModelFile.Wrap(err.Error())
	}
	info := program.Info
	if err := arena.Spec.Accepts(info); err != nil {
		return nil, err
	}
	fee, err := s.burnRegistrationFee(ctx, owner, msg)
	if err != nil {
		return nil, err
	}

	if err := s.makeRoom(ctx, arena, params.MaxModels); err != nil {
		return nil, err
	}
	model := types.Model{
		Id:               id[:],
		Arena:            arena.Id,
		Author:           msg.Owner,
		Name:             msg.Name,
		Card:             msg.Card,
		Terms:            msg.Terms,
		Status:           types.MODEL_STATUS_CONTENDER,
		Macs:             info.MACs,
		Elements:         info.Elements,
		FileBytes:        uint32(len(msg.File)),
		HasFile:          true,
		RegisteredHeight: sdk.UnwrapSDKContext(ctx).BlockHeight(),
		Bonded:           true,
	}
	if err := s.addModel(ctx, model, owner, msg.File); err != nil {
		return nil, err
	}
	if err := s.deposit(ctx, owner, modelBond(model.Id), params.ModelBond); err != nil {
		return nil, err
	}
	contender := types.Contender{
		Arena: arena.Id, Model: model.Id, ReservationSeq: reservation.Seq, ReservationHeight: reservation.Height,
	}
	if err := s.contenders.Set(ctx, collections.Join(arena.Id, model.Id), contender); err != nil {
		return nil, err
	}
	if err := s.checkAdmission(ctx, params); err != nil {
		return nil, err
	}
	return &types.MsgRegisterModelResponse{Model: model.Id, Fee: fee.Amount}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventModelRegistered{
		Model: model.Id, Arena: arena.Id, Author: msg.Owner, ReservationSeq: reservation.Seq, Fee: fee.Amount,
	})
}

// checkTerms checks royalty, fee and parents of a model.
func (k Keeper) checkTerms(ctx context.Context, terms types.ModelTerms) error {
	if terms.RoyaltyBps > protocol.BasisPoints {
		return types.ErrInvalid.Wrapf("royalty_bps is %d, expected at most %d", terms.RoyaltyBps, protocol.BasisPoints)
	}
	if err := types.CheckAmount("infer_fee", terms.InferFee); err != nil {
		return err
	}
	if len(terms.Parents) > types.MaxParents {
		return types.ErrInvalid.Wrapf("%d parents, expected at most %d", len(terms.Parents), types.MaxParents)
	}
	for _, parent := range terms.Parents {
		if _, err := k.modelByID(ctx, parent); err != nil {
			return err
		}
	}
	return nil
}

// useReservation consumes the reservation of a file that is shown now.
func (k Keeper) useReservation(ctx context.Context, msg *types.MsgRegisterModel, owner, file []byte, params types.Params) (types.Reservation, error) {
	if len(msg.Salt) != protocol.SaltSize {
		return types.Reservation{}, types.ErrInvalid.Wrapf("salt has %d bytes, expected %d", len(msg.Salt), protocol.SaltSize)
	}
	hash := protocol.ReservationHash(msg.Salt, file, owner)
	reservation, ok, err := found(ctx, k.reservations, hash)
	if err != nil {
		return types.Reservation{}, err
	}
	if !ok {
		return types.Reservation{}, types.ErrReservation.Wrapf("no reservation %x of file %x by %s with this salt", hash, file, msg.Owner)
	}
	age := sdk.UnwrapSDKContext(ctx).BlockHeight() - reservation.Height
	if age < 1 || age > int64(params.ReservationBlocks) {
		return types.Reservation{}, types.ErrReservation.Wrapf("reservation %x is %d blocks old, expected 1 to %d", hash, age, params.ReservationBlocks)
	}
	return reservation, k.removeReservation(ctx, reservation.Height, hash)
}

// burnRegistrationFee takes the present fee and counts the registration.
func (k Keeper) burnRegistrationFee(ctx context.Context, owner []byte, msg *types.MsgRegisterModel) (types.RegistrationFee, error) {
	if err := types.CheckAmount("max_fee", msg.MaxFee); err != nil {
		return types.RegistrationFee{}, err
	}
	fee, err := k.fee.Get(ctx)
	if err != nil {
		return types.RegistrationFee{}, err
	}
	if fee.Amount.GT(msg.MaxFee) {
		return types.RegistrationFee{}, types.ErrFeeTooHigh.Wrapf("the registration fee is %s%s, accepted are %s", fee.Amount, types.Denom, msg.MaxFee)
	}
	if err := k.burnFrom(ctx, owner, fee.Amount); err != nil {
		return types.RegistrationFee{}, err
	}
	fee.Registered++
	return fee, k.fee.Set(ctx, fee)
}
