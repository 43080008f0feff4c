package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/assay-network/assay/chain/x/marketplace/types"
)

const (
	maxProbes = 100
	// maxProbeCalls and maxProbeMs are far beyond what a scorer can afford to try,
	// and waits for.
	maxProbeCalls = 1_000_000
	maxProbeMs    = 3_600_000
)

// ReportProbes records what a scorer measured as a customer in the running epoch.
func (s msgServer) ReportProbes(ctx context.Context, msg *types.MsgReportProbes) (*types.MsgReportProbesResponse, error) {
	hotKey, err := s.address("hot key", msg.HotKey)
	if err != nil {
		return nil, err
	}
	if err := checkProbes(msg.Probes); err != nil {
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

// checkProbes checks the numbers of a report by themselves.
func checkProbes(probes []types.Probe) error {
	if len(probes) == 0 || len(probes) > maxProbes {
		return types.ErrProbes.Wrapf("%d services, expected 1 to %d", len(probes), maxProbes)
	}
	for i, p := range probes {
		switch {
		case i > 0 && p.Service <= probes[i-1].Service:
			return types.ErrProbes.Wrapf("service %d follows %d, expected each once and in ascending order", p.Service, probes[i-1].Service)
		case p.Calls == 0 || p.Calls > maxProbeCalls:
			return types.ErrProbes.Wrapf("service %d: %d calls, expected 1 to %d", p.Service, p.Calls, maxProbeCalls)
		case p.Answered > p.Calls:
			return types.ErrProbes.Wrapf("service %d: %d answers to %d calls", p.Service, p.Answered, p.Calls)
		case p.P50Ms > p.P95Ms || p.P95Ms > maxProbeMs:
			return types.ErrProbes.Wrapf("service %d: p50 of %d ms and p95 of %d ms, expected ascending and at most %d", p.Service, p.P50Ms, p.P95Ms, maxProbeMs)
		case p.Answered == 0 && p.P95Ms != 0:
			return types.ErrProbes.Wrapf("service %d: a latency of %d ms without an answer", p.Service, p.P95Ms)
		}
	}
	return nil
}
