package types

const (
	// MaxProbes is the most services one report tells of.
	MaxProbes = 100
	// maxProbeCalls and maxProbeMs are far beyond what a scorer can afford to try,
	// and waits for.
	maxProbeCalls = 1_000_000
	maxProbeMs    = 3_600_000
)

// CheckProbes checks the numbers of a report by themselves.
func CheckProbes(probes []Probe) error {
	if len(probes) == 0 || len(probes) > MaxProbes {
		return ErrProbes.Wrapf("%d services, expected 1 to %d", len(probes), MaxProbes)
	}
	for i, p := range probes {
		if i > 0 && p.Service <= probes[i-1].Service {
			return ErrProbes.Wrapf("service %d follows %d, expected each once and in ascending order", p.Service, probes[i-1].Service)
		}
		if err := p.Validate(); err != nil {
			return err
		}
	}
	return nil
}

// Validate checks the numbers of one service.
func (p Probe) Validate() error {
	switch {
	case p.Calls == 0 || p.Calls > maxProbeCalls:
		return ErrProbes.Wrapf("service %d: %d calls, expected 1 to %d", p.Service, p.Calls, maxProbeCalls)
	case p.Answered > p.Calls:
		return ErrProbes.Wrapf("service %d: %d answers to %d calls", p.Service, p.Answered, p.Calls)
	case p.P50Ms > p.P95Ms || p.P95Ms > maxProbeMs:
		return ErrProbes.Wrapf("service %d: p50 of %d ms and p95 of %d ms, expected ascending and at most %d", p.Service, p.P50Ms, p.P95Ms, maxProbeMs)
	case p.Answered == 0 && p.P95Ms != 0:
		return ErrProbes.Wrapf("service %d: a latency of %d ms without an answer", p.Service, p.P95Ms)
	}
	return nil
}
