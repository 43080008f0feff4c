package keeper

import (
	"context"
	"slices"

	"cosmossdk.io/collections"

	"github.com/assay-network/assay/chain/x/marketplace/protocol"
	"github.com/assay-network/assay/chain/x/marketplace/types"
)

// minReporters is the fewest scorers whose median says anything: of three, one may
// lie.
const minReporters = 3

// recordProbe keeps a scorer's report and brings the summary of its service up to
// date. Reports from before the previous epoch go, so that a service never has more
// than the scorers of two epochs made.
func (k Keeper) recordProbe(ctx context.Context, operator []byte, report types.ProbeReport) error {
	service, err := k.serviceByID(ctx, report.Probe.Service)
	if err != nil {
		return err
	}
	key := collections.Join(service.Id, operator)
	last, ok, err := found(ctx, k.probes, key)
	if err != nil {
		return err
	}
	if ok && last.Epoch == report.Epoch {
		return types.ErrProbes.Wrapf("scorer %s has reported service %d in epoch %d", report.Operator, service.Id, report.Epoch)
	}
	if err := k.probes.Set(ctx, key, report); err != nil {
		return err
	}
	var current []types.Probe
	var stale []collections.Pair[uint64, []byte]
	if err := k.probes.Walk(ctx, collections.NewPrefixedPairRange[uint64, []byte](service.Id),
		func(key collections.Pair[uint64, []byte], r types.ProbeReport) (bool, error) {
			switch {
			case r.Epoch == report.Epoch:
				current = append(current, r.Probe)
			case r.Epoch+1 < report.Epoch:
				stale = append(stale, key)
			}
			return false, nil
		}); err != nil {
		return err
	}
	for _, key := range stale {
		if err := k.probes.Remove(ctx, key); err != nil {
			return err
		}
	}
	if len(current) < minReporters {
		return nil
	}
	summary := summarise(current)
	summary.Epoch = report.Epoch
	service.Probes = &summary
	return k.services.Set(ctx, service.Id, service)
}

// summarise takes lower medians. Only who got an answer knows how long it took.
func summarise(probes []types.Probe) types.ProbeSummary {
	summary := types.ProbeSummary{Reporters: uint32(len(probes))}
	var answered, p50, p95 []uint32
	for _, p := range probes {
		summary.Calls += uint64(p.Calls)
		answered = append(answered, uint32(uint64(p.Answered)*protocol.BasisPoints/uint64(p.Calls)))
		if p.Answered > 0 {
			p50, p95 = append(p50, p.P50Ms), append(p95, p.P95Ms)
		}
	}
	summary.AnsweredBps, summary.P50Ms, summary.P95Ms = lowerMedian(answered), lowerMedian(p50), lowerMedian(p95)
	return summary
}

// lowerMedian is the middle value, of two the lower; 0 of none.
func lowerMedian(values []uint32) uint32 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}
