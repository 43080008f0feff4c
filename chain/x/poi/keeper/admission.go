package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/assay-network/assay/chain/x/poi/protocol"
	"github.com/assay-network/assay/chain/x/poi/types"
)

// arenaLoad is the most that one epoch of an arena can cost.
type arenaLoad struct {
	drawn  uint64 // audits drawn from rows, by the chain
	called uint64 // all cells of a called contender and of its opponents, by the chain
	run    uint64 // all models on all items, by the scorers
}

// loadOf sums an arena's load from the costs of the models it runs: all
// contenders and the last steps' models. Bounds of the parameters (64 sponsors, 64
// batches, 1,024 items) and of the profile (18M a run, 1,027 models) keep every
// product below 2^57.
func loadOf(costs []uint64, params types.Params) (arenaLoad, error) {
	audited, err := protocol.AuditCount(params.BatchItems, params.AuditRatioBps)
	if err != nil {
		return arenaLoad{}, types.ErrInvalid.Wrap(err.Error())
	}
	var sum, largest uint64
	for _, cost := range costs {
		sum += cost
		largest = max(largest, cost)
	}
	slots := uint64(params.MaxSponsors) * uint64(params.BatchesPerSponsor)
	return arenaLoad{
		drawn:  slots * sum * uint64(audited),
		called: slots * uint64(params.BatchItems) * (1 + protocol.MaxRivals) * largest,
		run:    slots * uint64(params.BatchItems) * sum,
	}, nil
}

// checkAdmission refuses a state in which the audits of an epoch would not fit
// half the budget of its CHALLENGE blocks (challenges have the other half), in
// which a run would not fit one block, or in which scorers would have to run more
// than arena_macs. It is asked after whatever makes the load grow: registrations,
// new arenas, new parameters.
func (k Keeper) checkAdmission(ctx context.Context, params types.Params) error {
	arenas, err := values(ctx, k.arenas, nil)
	if err != nil {
		return err
	}
	var load uint64
	for _, arena := range arenas {
		costs, err := k.runCosts(ctx, arena, params)
		if err != nil {
			return err
		}
		arenaLoad, err := loadOf(costs, params)
		if err != nil {
			return err
		}
		if arenaLoad.run > params.ArenaMacs {
			return types.ErrAdmission.Wrapf("the models of arena %d cost scorers %d an epoch, expected at most %d", arena.Id, arenaLoad.run, params.ArenaMacs)
		}
		load += arenaLoad.drawn + arenaLoad.called
	}
	if budget := params.AuditMacsPerBlock / 2 * uint64(params.ChallengeBlocks); load > budget {
		return types.ErrAdmission.Wrapf("audits of %d arenas may cost %d an epoch, expected at most %d", len(arenas), load, budget)
	}
	return nil
}

// runCosts returns the cost of every model the next freeze of an arena can hold.
func (k Keeper) runCosts(ctx context.Context, arena types.Arena, params types.Params) ([]uint64, error) {
	contenders, err := values(ctx, k.contenders, collections.NewPrefixedPairRange[uint64, []byte](arena.Id))
	if err != nil {
		return nil, err
	}
	steps, err := k.lastSteps(ctx, arena)
	if err != nil {
		return nil, err
	}
	ids := make([][]byte, 0, len(contenders)+len(steps))
	for _, contender := range contenders {
		ids = append(ids, contender.Model)
	}
	for _, step := range steps {
		ids = append(ids, step.Model)
	}
	costs := make([]uint64, len(ids))
	// max_model_macs is at most half of audit_macs_per_block.
	for i, id := range ids {
		model, err := k.models.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		if model.Cost() > params.MaxModelMacs {
			return nil, types.ErrAdmission.Wrapf("model %x costs %d a run, expected at most %d", id, model.Cost(), params.MaxModelMacs)
		}
		costs[i] = model.Cost()
	}
	return costs, nil
}
