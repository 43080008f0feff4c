package keeper

import (
	"fmt"
	"testing"

	"cosmossdk.io/collections"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/marketplace/types"
	poitypes "github.com/assay-network/assay/chain/x/poi/types"
)

// probeMarket has two services, epoch 5, and scorers "val-0" to "val-4".
func probeMarket(f *fixture) {
	openMarket(f)
	f.list(nil)
	f.list(func(m *types.MsgListService) { m.Model, m.Bond = nil, amount(0) })
	f.poi.clock = poitypes.Clock{Epoch: 5}
	for i := range 5 {
		f.poi.scorers[string(addr(fmt.Sprintf("val-%d-hot", i)))] = who(fmt.Sprintf("val-%d", i))
	}
}

func report(scorer int, probes ...types.Probe) *types.MsgReportProbes {
	return &types.MsgReportProbes{HotKey: who(fmt.Sprintf("val-%d-hot", scorer)), Epoch: 5, Probes: probes}
}

func TestReportProbes(t *testing.T) {
	good := types.Probe{Service: 1, Calls: 10, Answered: 9, P50Ms: 20, P95Ms: 80}
	with := func(change func(m *types.MsgReportProbes)) func(*fixture) sdk.Msg {
		return func(*fixture) sdk.Msg {
			msg := report(0, good)
			change(msg)
			return msg
		}
	}
	probe := func(change func(p *types.Probe)) func(*fixture) sdk.Msg {
		return with(func(m *types.MsgReportProbes) { change(&m.Probes[0]) })
	}
	runMsgCases(t, probeMarket, []msgCase{
		{
			name: "success - recorded, and no summary of one",
			msg:  func(*fixture) sdk.Msg { return report(0, good, types.Probe{Service: 2, Calls: 1}) },
			event: func(*fixture) proto.Message {
				return &types.EventProbesReported{Epoch: 5, Operator: who("val-0"), Probes: []types.Probe{good, {Service: 2, Calls: 1}}}
			},
			check: func(f *fixture, _ *sdk.Result) {
				stored, err := f.keeper.probes.Get(f.ctx, collections.Join(uint64(1), []byte(addr("val-0"))))
				require.NoError(f.t, err)
				require.Equal(f.t, types.ProbeReport{Epoch: 5, Operator: who("val-0"), Probe: good}, stored)
				require.Nil(f.t, f.service(1).Probes)
			},
		},
		{
			name: "success - lower medians of three and more, latencies of who got an answer",
			setUp: func(f *fixture) {
				f.mustSend(report(0, good))
				f.mustSend(report(1, types.Probe{Service: 1, Calls: 4, Answered: 4, P50Ms: 30, P95Ms: 90}))
				f.mustSend(report(2, types.Probe{Service: 1, Calls: 3, Answered: 0}))
				require.Equal(f.t, &types.ProbeSummary{
					Epoch: 5, Reporters: 3, Calls: 17, AnsweredBps: 9_000, P50Ms: 20, P95Ms: 80,
				}, f.service(1).Probes)
			},
			msg: func(*fixture) sdk.Msg {
				return report(3, types.Probe{Service: 1, Calls: 3, Answered: 1, P50Ms: 25, P95Ms: 25})
			},
			check: func(f *fixture, _ *sdk.Result) {
				require.Equal(f.t, &types.ProbeSummary{
					Epoch: 5, Reporters: 4, Calls: 20, AnsweredBps: 3_333, P50Ms: 25, P95Ms: 80,
				}, f.service(1).Probes)
			},
		},
		{
			name: "success - a new epoch starts with none, and forgets those before the last",
			setUp: func(f *fixture) {
				for i := range 3 {
					f.mustSend(report(i, good))
				}
				f.poi.clock.Epoch = 6
				f.mustSend(&types.MsgReportProbes{HotKey: who("val-3-hot"), Epoch: 6, Probes: []types.Probe{good}})
				require.EqualValues(f.t, 5, f.service(1).Probes.Epoch, "the newest with enough reporters")
				f.poi.clock.Epoch = 7
			},
			msg: with(func(m *types.MsgReportProbes) { m.Epoch = 7 }),
			check: func(f *fixture, _ *sdk.Result) {
				reports, err := NewQueryServerImpl(f.keeper).Probes(f.ctx, &types.QueryProbesRequest{Service: 1})
				require.NoError(f.t, err)
				epochs := map[string]uint64{}
				for _, r := range reports.Reports {
					epochs[r.Operator] = r.Epoch
				}
				require.Equal(f.t, map[string]uint64{who("val-0"): 7, who("val-3"): 6}, epochs)
				require.EqualValues(f.t, 5, f.service(1).Probes.Epoch)
			},
		},
		{
			name:  "error - twice in an epoch",
			setUp: func(f *fixture) { f.mustSend(report(0, good)) },
			msg:   with(func(*types.MsgReportProbes) {}), err: "has reported service 1 in epoch 5",
		},
		{
			name:  "error - twice, with a new service before the old one",
			setUp: func(f *fixture) { f.mustSend(report(0, types.Probe{Service: 2, Calls: 1})) },
			msg:   func(*fixture) sdk.Msg { return report(0, good, types.Probe{Service: 2, Calls: 1}) },
			err:   "has reported service 2 in epoch 5",
		},
		{name: "error - no scorer", msg: with(func(m *types.MsgReportProbes) { m.HotKey = who("payer") }), err: "no scorer's hot key"},
		{name: "error - the operator's own key", msg: with(func(m *types.MsgReportProbes) { m.HotKey = who("val-0") }), err: "no scorer's hot key"},
		{name: "error - an epoch that is over", msg: with(func(m *types.MsgReportProbes) { m.Epoch = 4 }), err: "report is of epoch 4, running is 5"},
		{name: "error - an epoch to come", msg: with(func(m *types.MsgReportProbes) { m.Epoch = 6 }), err: "report is of epoch 6, running is 5"},
		{name: "error - nothing", msg: with(func(m *types.MsgReportProbes) { m.Probes = nil }), err: "0 services, expected 1 to 100"},
		{
			name: "error - too many",
			msg:  with(func(m *types.MsgReportProbes) { m.Probes = make([]types.Probe, 101) }),
			err:  "101 services, expected 1 to 100",
		},
		{name: "error - one service twice", msg: with(func(m *types.MsgReportProbes) { m.Probes = []types.Probe{good, good} }), err: "service 1 follows 1"},
		{name: "error - unknown service", msg: probe(func(p *types.Probe) { p.Service = 9 }), err: "service 9"},
		{name: "error - no calls", msg: probe(func(p *types.Probe) { p.Calls = 0 }), err: "0 calls, expected 1 to"},
		{name: "error - endless calls", msg: probe(func(p *types.Probe) { p.Calls = 1_000_001 }), err: "1000001 calls, expected 1 to 1000000"},
		{name: "error - more answers than calls", msg: probe(func(p *types.Probe) { p.Answered = 11 }), err: "11 answers to 10 calls"},
		{name: "error - latencies the wrong way round", msg: probe(func(p *types.Probe) { p.P50Ms = 81 }), err: "p50 of 81 ms and p95 of 80 ms"},
		{name: "error - endless latency", msg: probe(func(p *types.Probe) { p.P95Ms = 3_600_001 }), err: "at most 3600000"},
		{name: "error - latency without an answer", msg: probe(func(p *types.Probe) { p.Answered = 0 }), err: "a latency of 80 ms without an answer"},
	})
}

func TestLowerMedian(t *testing.T) {
	require.EqualValues(t, 0, lowerMedian(nil))
	require.EqualValues(t, 7, lowerMedian([]uint32{7}))
	require.EqualValues(t, 3, lowerMedian([]uint32{9, 3}))
	require.EqualValues(t, 3, lowerMedian([]uint32{9, 3, 1}))
	require.EqualValues(t, 3, lowerMedian([]uint32{9, 3, 1, 8}))
}
