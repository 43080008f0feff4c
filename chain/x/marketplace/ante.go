package marketplace

import (
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/keeper"
	"github.com/assay-network/assay/chain/x/marketplace/types"
	"github.com/assay-network/assay/chain/x/poi"
	poikeeper "github.com/assay-network/assay/chain/x/poi/keeper"
)

// FindRuns tells the decorator of x/poi which model a challenge runs: that of the
// service whose receipt it brings.
func FindRuns(k *keeper.Keeper) poi.FindRuns {
	return func(ctx sdk.Context, msg sdk.Msg) ([]poikeeper.Run, error) {
		challenge, ok := msg.(*types.MsgChallengeAnswer)
		if !ok {
			return nil, nil
		}
		model, err := k.ChallengedModel(ctx, challenge.Receipt.Service)
		if err != nil || len(model) == 0 {
			return nil, err
		}
		return []poikeeper.Run{{Model: model, InputBytes: len(challenge.Input)}}, nil
	}
}
