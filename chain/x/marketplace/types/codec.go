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
	{&MsgUpdateParams{}, "assay/marketplace/MsgUpdateParams"},
	{&MsgListService{}, "assay/MsgListService"},
	{&MsgUpdateService{}, "assay/MsgUpdateService"},
	{&MsgCloseService{}, "assay/MsgCloseService"},
	{&MsgReleaseBond{}, "assay/MsgReleaseBond"},
	{&MsgOpenChannel{}, "assay/MsgOpenChannel"},
	{&MsgTopUp{}, "assay/MsgTopUp"},
	{&MsgClaim{}, "assay/MsgClaim"},
	{&MsgCloseChannel{}, "assay/MsgCloseChannel"},
	{&MsgFinaliseChannel{}, "assay/MsgFinaliseChannel"},
	{&MsgApproveSpender{}, "assay/MsgApproveSpender"},
	{&MsgRevokeSpender{}, "assay/MsgRevokeSpender"},
	{&MsgWithdraw{}, "assay/MsgWithdraw"},
	{&MsgChallengeAnswer{}, "assay/MsgChallengeAnswer"},
	{&MsgReportProbes{}, "assay/MsgReportProbes"},
}

// RegisterLegacyAminoCodec registers the messages for amino JSON signing.
func RegisterLegacyAminoCodec(cdc *codec.LegacyAmino) {
	for _, m := range messages {
		legacy.RegisterAminoMsg(cdc, m.msg, m.name)
	}
	cdc.RegisterConcrete(&Params{}, "assay/marketplace/Params", nil)
}

// RegisterInterfaces registers the messages and their service.
func RegisterInterfaces(registry codectypes.InterfaceRegistry) {
	for _, m := range messages {
		registry.RegisterImplementations((*sdk.Msg)(nil), m.msg)
	}
	msgservice.RegisterMsgServiceDesc(registry, &_Msg_serviceDesc)
}
