package types

import (
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/legacy"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/msgservice"
)

// messages lists every Msg with its amino name, which hardware wallets sign.
var messages = []struct {
	msg  sdk.Msg
	name string
}{
	{&MsgUpdateParams{}, "assay/MsgUpdateParams"},
	{&MsgCreateArena{}, "assay/MsgCreateArena"},
	{&MsgUpdateArena{}, "assay/MsgUpdateArena"},
	{&MsgFundArena{}, "assay/MsgFundArena"},
	{&MsgApproveSponsor{}, "assay/MsgApproveSponsor"},
	{&MsgBondSponsor{}, "assay/MsgBondSponsor"},
	{&MsgUnbondSponsor{}, "assay/MsgUnbondSponsor"},
	{&MsgCommitBatches{}, "assay/MsgCommitBatches"},
	{&MsgPostInputs{}, "assay/MsgPostInputs"},
	{&MsgOpenLabels{}, "assay/MsgOpenLabels"},
	{&MsgBondScorer{}, "assay/MsgBondScorer"},
	{&MsgUpdateScorer{}, "assay/MsgUpdateScorer"},
	{&MsgUnbondScorer{}, "assay/MsgUnbondScorer"},
	{&MsgSetTip{}, "assay/MsgSetTip"},
	{&MsgRevealLink{}, "assay/MsgRevealLink"},
	{&MsgPostRows{}, "assay/MsgPostRows"},
	{&MsgReserveModel{}, "assay/MsgReserveModel"},
	{&MsgRegisterModel{}, "assay/MsgRegisterModel"},
	{&MsgRenewReservation{}, "assay/MsgRenewReservation"},
	{&MsgWithdrawModel{}, "assay/MsgWithdrawModel"},
	{&MsgChallenge{}, "assay/MsgChallenge"},
	{&MsgClaimRewards{}, "assay/MsgClaimRewards"},
	{&MsgInfer{}, "assay/MsgInfer"},
}

// RegisterLegacyAminoCodec registers the messages for amino JSON signing.
func RegisterLegacyAminoCodec(cdc *codec.LegacyAmino) {
	for _, m := range messages {
		legacy.RegisterAminoMsg(cdc, m.msg, m.name)
	}
	cdc.RegisterConcrete(&Params{}, "assay/poi/Params", nil)
}

// RegisterInterfaces registers the messages and their service.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	for _, m := range messages {
		registry.RegisterImplementations((*sdk.Msg)(nil), m.msg)
	}
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}
