package keeper

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

func TestClaimRewards(t *testing.T) {
	msg := func(*fixture) sdk.Msg { return &types.MsgClaimRewards{Owner: who("alice")} }
	runMsgCases(t, func(*fixture) {}, []msgCase{
		{
			name: "success - everything",
			setUp: func(f *fixture) {
				require.NoError(t, f.keeper.mint(f.ctx, rewardEntry(who("alice")), amount(70)))
				require.NoError(t, f.keeper.mint(f.ctx, rewardEntry(who("bob")), amount(1)))
			},
			msg: msg,
			event: func(*fixture) proto.Message {
				return &types.EventRewardsClaimed{Owner: who("alice"), Amount: amount(70)}
			},
			check: func(f *fixture, result *sdk.Result) {
				require.Equal(t, "70", response(f, result, &types.MsgClaimRewardsResponse{}).Amount.String())
				require.Equal(t, "70", f.funds("alice").String())
				require.Equal(t, "1", f.held("reward/"+who("bob")))
				_, err := f.send(msg(f))
				require.ErrorContains(t, err, "nothing to claim")
			},
		},
		{name: "error - nothing there", msg: msg, err: "nothing to claim"},
		{name: "error - no address", msg: func(*fixture) sdk.Msg { return &types.MsgClaimRewards{} }, err: `owner address ""`},
	})
}
