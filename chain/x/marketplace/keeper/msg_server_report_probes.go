package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// ReportProbes records what a scorer measured as a customer in the running epoch.
func (s msgServer) ReportProbes(ctx context.Context, msg *types.MsgReportProbes) (*types.MsgReportProbesResponse, error) {
	hotKey, err := s.address("hot key", msg.HotKey)
	if err != nil {
		return nil, err
	}
	if err := types.CheckProbes(msg.Probes); err != nil {
		return nil, err
	}
	clock, err := s.poi.GetClock(ctx)
	if err != nil {
		return nil, err
	}
	if msg.Epoch != clock.Epoch {
		return nil, types.ErrProbes.Wrapf("report is of epoch %d, running is %d", msg.Epoch, clock.Epoch)
	}
	scorer, err := s.poi.EligibleScorer(ctx, hotKey)
	if err != nil {
		return nil, err
	}
	operator, err := s.address("operator", scorer)
	if err != nil {
		return nil, err
	}
	for _, probe := range msg.Probes {
		if err := s.recordProbe(ctx, operator, types.ProbeReport{Epoch: msg.Epoch, Operator: scorer, Probe: probe}); err != nil {
			return nil, err
		}
	}
	return &types.MsgReportProbesResponse{}, sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(&types.EventProbesReported{
		Epoch: msg.Epoch, Operator: scorer, Probes: msg.Probes,
	})
}
