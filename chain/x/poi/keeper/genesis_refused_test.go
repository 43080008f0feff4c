package keeper

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/x/poi/types"
)

// A genesis of a network in mid-epoch, with everything in it, and one thing wrong.
func TestGenesisRefused(t *testing.T) {
	n := newNetwork(t, 3, 2)
	n.block() // commitments must be older than reservations
	n.register("miner", knows(3))
	for n.epoch().ArenasSettled == 0 {
	}
	n.register("late", knows(4))
	n.mustSend(&types.MsgUnbondSponsor{Sponsor: n.sponsors[0].address, Arena: 1})
	clock := n.untilPhase(types.PHASE_CHALLENGE)
	n.mustSend(&types.MsgChallenge{Challenger: n.rich("watcher"), Epoch: clock.Epoch, Slot: n.slots(clock)[0].Id, Model: n.reference, Item: 3})
	n.mustSend(&types.MsgReserveModel{Owner: who("miner"), Hash: hash("reserved")})
	raw, whole := n.export()
	require.NoError(t, whole.Validate())

	entry := func(gs *types.GenesisState, account string) *types.LedgerEntry {
		for i := range gs.Ledger {
			if gs.Ledger[i].Account == account {
				return &gs.Ledger[i]
			}
		}
		require.FailNow(t, "no entry", account)
		return nil
	}
	for _, c := range []struct {
		name   string
		change func(gs *types.GenesisState)
		err    string
	}{
		{"parameters out of bounds", func(gs *types.GenesisState) { gs.Params.Z2 = 0 }, "z2 is 0"},
		{"more minted than the cap", func(gs *types.GenesisState) { gs.Params.EmissionCap = amount(1) }, "above the cap 1"},
		{"no fee", func(gs *types.GenesisState) { gs.Fee.Amount = amount(-1) }, "registration fee is -1"},

		{"entry twice", func(gs *types.GenesisState) { gs.Ledger = append(gs.Ledger, gs.Ledger[0]) }, "is listed twice"},
		{"entry of nothing", func(gs *types.GenesisState) { gs.Ledger[0].Amount = amount(0) }, "expected a positive amount"},
		{"entry that belongs to nobody", func(gs *types.GenesisState) { entry(gs, scorerBond(n.scorers[0].operator)).Account = "bond/friend" }, "1 of"},
		{"bond of a scorer that is not bonded", func(gs *types.GenesisState) { gs.Scorers[0].Bonded = false }, "1 of"},
		{"bond of a sponsor that is not bonded", func(gs *types.GenesisState) { gs.Sponsors[1].Bonded = false; gs.Sponsors[2].Bonded = false }, "of"},
		{"bonded model without a bond", func(gs *types.GenesisState) {
			entry(gs, modelBond(gs.Contenders[0].Model)).Account = "pot/1"
		}, "is bonded, the ledger has no entry bond/model/"},
		{"challenge without a bond", func(gs *types.GenesisState) { entry(gs, "bond/challenge/1").Account = "pot/1" }, "challenge 1 waits, the ledger has no entry bond/challenge/1"},
		{"unbonding twice", func(gs *types.GenesisState) { gs.Unbondings = append(gs.Unbondings, gs.Unbondings[0]) }, "unbonding 1 is listed twice"},
		{"unbonding that was never given", func(gs *types.GenesisState) { gs.Sequences.Unbonding = 0 }, "unbonding 1, the last number given is 0"},
		{"unbonding that is gone, its coins are not", func(gs *types.GenesisState) { gs.Unbondings = nil }, "1 of"},

		{"arena twice", func(gs *types.GenesisState) { gs.Arenas = append(gs.Arenas, gs.Arenas[0]) }, "arena 1 is listed twice"},
		{"arena beyond the sequence", func(gs *types.GenesisState) { gs.Sequences.Arena = 0 }, "arena 1, expected 1 to the last number given, 0"},
		{"arena that calls nobody's model", func(gs *types.GenesisState) { gs.Arenas[0].Called = hash("x") }, "which does not contend there"},
		{"top that is not the last step", func(gs *types.GenesisState) { gs.Arenas[0].Top = hash("x") }, "top of arena 1"},
		{"step missing", func(gs *types.GenesisState) { gs.Steps = nil }, "step 0 of arena 1 is missing"},
		{"step twice", func(gs *types.GenesisState) { gs.Steps = append(gs.Steps, gs.Steps[0]) }, "is listed twice"},
		{"step too many", func(gs *types.GenesisState) {
			step := gs.Steps[0]
			step.Index = 7
			gs.Steps = append(gs.Steps, step)
		}, "steps are listed, the arenas count"},
		{"step of a model without its mark", func(gs *types.GenesisState) {
			for i := range gs.Models {
				gs.Models[i].StepMark, gs.Models[i].Holds = 0, 1
			}
		}, "whose mark is 0"},

		{"model twice", func(gs *types.GenesisState) { gs.Models = append(gs.Models, gs.Models[0]) }, "is listed twice"},
		{"model without its file", func(gs *types.GenesisState) { gs.ModelFiles = gs.ModelFiles[1:] }, "its file is missing"},
		{"model with another file", func(gs *types.GenesisState) { gs.ModelFiles[0].File = gs.ModelFiles[1].File }, "its file has the sha256"},
		{"file of no model", func(gs *types.GenesisState) {
			gs.ModelFiles = append(gs.ModelFiles, types.ModelFile{Model: hash("x")})
		}, "model files for"},
		{"model that claims to be cheap", func(gs *types.GenesisState) { gs.Models[0].Macs = 1 }, "1 MACs,"},
		{"model in no arena", func(gs *types.GenesisState) { gs.Models[0].Arena = 5 }, "its arena 5 does not exist"},
		{"model with a foreign parent", func(gs *types.GenesisState) { gs.Models[0].Terms.Parents = [][]byte{hash("x")} }, "its parent"},
		{"model that services answer for without a file", func(gs *types.GenesisState) {
			for i := range gs.Models {
				gs.Models[i].HasFile, gs.Models[i].StepMark, gs.Models[i].Holds = false, 0, 2
			}
		}, "2 services answer for it without a file"},
		{"file that nothing refers to", func(gs *types.GenesisState) {
			for i := range gs.Models {
				gs.Models[i].Bonded, gs.Models[i].StepMark = false, 0
			}
		}, "it has a file that nothing refers to"},
		{"contender without a record", func(gs *types.GenesisState) { gs.Contenders = gs.Contenders[1:] }, "contends without a record of it"},
		{"contender that was withdrawn", func(gs *types.GenesisState) {
			for i := range gs.Models {
				if gs.Models[i].Status == types.MODEL_STATUS_CONTENDER {
					gs.Models[i].Status = types.MODEL_STATUS_WITHDRAWN
				}
			}
		}, "is no model that contends there"},
		{"contender with impossible counts", func(gs *types.GenesisState) {
			for i := range gs.Contenders {
				for j := range gs.Contenders[i].Screening {
					gs.Contenders[i].Screening[j].WrongNew += 1_000
				}
			}
		}, "impossible trial"},
		{"contender counted by a stranger", func(gs *types.GenesisState) {
			for i := range gs.Contenders {
				for j := range gs.Contenders[i].Screening {
					gs.Contenders[i].Screening[j].Sponsor = who("stranger")
				}
			}
		}, "foreign or listed twice"},
		{"reservation beyond the sequence", func(gs *types.GenesisState) { gs.Reservations[0].Seq = 99 }, "has number 99"},

		{"sponsor in no arena", func(gs *types.GenesisState) { gs.Sponsors[0].Arena = 4 }, "which does not exist"},
		{"sponsor with a batch too many", func(gs *types.GenesisState) { gs.Sponsors[0].NextBatch++ }, "has next batch 65"},
		{"commitment missing", func(gs *types.GenesisState) { gs.Commitments = gs.Commitments[1:] }, "commitment 0 of sponsor"},
		{"commitment with more left than there were", func(gs *types.GenesisState) { gs.Commitments[0].Remaining = 65 }, "65 of 64 left"},
		{"root twice", func(gs *types.GenesisState) { gs.Commitments[0].Root = gs.Commitments[1].Root }, "root"},
		{"displaced batch outside", func(gs *types.GenesisState) { gs.Displaced[0].Value = 64 }, "is outside of it"},
		{"scorer twice", func(gs *types.GenesisState) { gs.Scorers = append(gs.Scorers, gs.Scorers[0]) }, "is listed twice"},
		{"hot key twice", func(gs *types.GenesisState) { gs.Scorers[1].HotKey = gs.Scorers[0].HotKey }, "hot key"},
		{"scorer with a short tip", func(gs *types.GenesisState) { gs.Scorers[0].Tip = []byte{1} }, "tip has 1 bytes"},

		{"epoch without a clock", func(gs *types.GenesisState) { gs.Clock = nil }, "there is data of an epoch but no clock"},
		{"clock of no phase", func(gs *types.GenesisState) { gs.Clock.Phase = 0 }, "and phase 0"},
		{"frozen without parameters", func(gs *types.GenesisState) { gs.EpochParams = nil }, "is frozen without parameters"},
		{"frozen model of another cost", func(gs *types.GenesisState) { gs.FrozenArenas[0].Models[0].Cost = 1 }, "does not exist with a file and cost 1"},
		{"frozen stranger", func(gs *types.GenesisState) { gs.FrozenScorers[0].Operator = who("stranger") }, "frozen scorer"},
		{"slot in no arena", func(gs *types.GenesisState) { gs.Slots[0].Arena = 3 }, "no such arena"},
		{"inputs too short", func(gs *types.GenesisState) { gs.Inputs[0].Inputs = gs.Inputs[0].Inputs[1:] }, "inputs of slot"},
		{"inputs of no slot", func(gs *types.GenesisState) { gs.Inputs[0].Slot = 999 }, "inputs of slot 999, which epoch"},
		{"row too short", func(gs *types.GenesisState) { gs.Rows[0].Row.Tags = nil }, "tags of 0 bytes"},
		{"row of a model that is not frozen", func(gs *types.GenesisState) { gs.Rows[0].Row.Model = hash("x") }, "which is not frozen"},
		{"challenge of no row", func(gs *types.GenesisState) { gs.Challenges[0].Item = 99 }, "fits no row"},
		{"epoch twice", func(gs *types.GenesisState) { gs.Epochs = append(gs.Epochs, gs.Epochs[0]) }, "epoch 1 is listed twice"},
		{"result twice", func(gs *types.GenesisState) { gs.ModelEpochs = append(gs.ModelEpochs, gs.ModelEpochs[0]) }, "model epoch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var gs types.GenesisState
			require.NoError(t, gs.Unmarshal(raw))
			c.change(&gs)
			require.ErrorIs(t, gs.Validate(), types.ErrGenesis)
			require.ErrorContains(t, gs.Validate(), c.err)
		})
	}
}
