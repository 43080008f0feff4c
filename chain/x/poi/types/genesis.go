package types

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	sdkmath "cosmossdk.io/math"
	"github.com/cosmos/cosmos-sdk/types/bech32"

	"github.com/assay-network/assay/chain/intonnx"
	"github.com/assay-network/assay/chain/x/poi/protocol"
)

// DefaultGenesis is a network without arenas, with the parameters for production.
func DefaultGenesis() *GenesisState {
	params := DefaultParams()
	return &GenesisState{
		Params:   params,
		Fee:      RegistrationFee{Amount: params.RegistrationFee},
		Emission: EmissionState{Minted: sdkmath.ZeroInt()},
	}
}

// Validate checks a genesis as a whole: every record by itself, every reference
// between records, and that each entry of the ledger belongs to something. What
// needs the bank (the ledger against the module's balance) is checked at import.
func (gs GenesisState) Validate() error {
	v := genesisValidator{gs: gs}
	for _, check := range []func() error{
		v.checkParams,
		v.checkArenas,
		v.checkModels,
		v.checkLadders,
		v.checkContenders,
		v.checkReservations,
		v.checkSponsors,
		v.checkScorers,
		v.checkEpoch,
		v.checkResults,
		v.checkLedger,
	} {
		if err := check(); err != nil {
			return ErrGenesis.Wrap(err.Error())
		}
	}
	return nil
}

// genesisValidator holds what records are looked up by. Maps are only looked up.
type genesisValidator struct {
	gs       GenesisState
	arenas   map[uint64]Arena
	models   map[string]Model
	sponsors map[string]Sponsor
	scorers  map[string]Scorer
}

func sponsorKey(arena uint64, address string) string { return fmt.Sprintf("%d/%s", arena, address) }

// index collects records by their key and refuses two with the same.
func index[K comparable, T any](what string, list []T, key func(T) K) (map[K]T, error) {
	byKey := make(map[K]T, len(list))
	for _, item := range list {
		k := key(item)
		if _, ok := byKey[k]; ok {
			return nil, fmt.Errorf("%s %v is listed twice", what, k)
		}
		byKey[k] = item
	}
	return byKey, nil
}

func checkAddress(what, address string) error {
	if _, _, err := bech32.DecodeAndConvert(address); err != nil {
		return fmt.Errorf("%s address %q: %w", what, address, err)
	}
	return nil
}

func checkHash(what string, hash []byte) error {
	if len(hash) != protocol.HashSize {
		return fmt.Errorf("%s has %d bytes, expected %d", what, len(hash), protocol.HashSize)
	}
	return nil
}

func (v *genesisValidator) checkParams() error {
	if err := v.gs.Params.Validate(); err != nil {
		return err
	}
	if err := CheckAmount("registration fee", v.gs.Fee.Amount); err != nil {
		return err
	}
	if err := CheckAmount("minted", v.gs.Emission.Minted); err != nil {
		return err
	}
	if v.gs.Emission.Minted.GT(v.gs.Params.EmissionCap) {
		return fmt.Errorf("minted is %s, above the cap %s", v.gs.Emission.Minted, v.gs.Params.EmissionCap)
	}
	return nil
}

func (v *genesisValidator) checkArenas() (err error) {
	if v.arenas, err = index("arena", v.gs.Arenas, func(a Arena) uint64 { return a.Id }); err != nil {
		return err
	}
	if _, err := index("arena name", v.gs.Arenas, func(a Arena) string { return a.Spec.Name }); err != nil {
		return err
	}
	for _, a := range v.gs.Arenas {
		if a.Id == 0 || a.Id > v.gs.Sequences.Arena {
			return fmt.Errorf("arena %d, expected 1 to the last number given, %d", a.Id, v.gs.Sequences.Arena)
		}
		if err := a.Spec.Validate(); err != nil {
			return err
		}
		if err := checkAddress("creator", a.Creator); err != nil {
			return err
		}
		if err := checkAddress("curator", a.Curator); err != nil {
			return err
		}
		if err := CheckAmount("pot_per_epoch", a.PotPerEpoch); err != nil {
			return err
		}
	}
	return nil
}

func (v *genesisValidator) checkModels() (err error) {
	if v.models, err = index("model", v.gs.Models, func(m Model) string { return string(m.Id) }); err != nil {
		return err
	}
	files, err := index("file of model", v.gs.ModelFiles, func(f ModelFile) string { return string(f.Model) })
	if err != nil {
		return err
	}
	var withFile int
	for _, m := range v.gs.Models {
		if err := v.checkModel(m); err != nil {
			return fmt.Errorf("model %x: %w", m.Id, err)
		}
		if !m.HasFile {
			continue
		}
		withFile++
		file, ok := files[string(m.Id)]
		if !ok {
			return fmt.Errorf("model %x: its file is missing", m.Id)
		}
		if err := v.checkFile(m, file.File); err != nil {
			return fmt.Errorf("model %x: %w", m.Id, err)
		}
	}
	if withFile != len(files) {
		return fmt.Errorf("%d model files for %d models that have one", len(files), withFile)
	}
	return nil
}

func (v *genesisValidator) checkModel(m Model) error {
	if err := checkHash("id", m.Id); err != nil {
		return err
	}
	if _, ok := v.arenas[m.Arena]; !ok {
		return fmt.Errorf("its arena %d does not exist", m.Arena)
	}
	if err := checkAddress("author", m.Author); err != nil {
		return err
	}
	if err := CheckModelTexts(m.Name, m.Card, m.Terms.Licence); err != nil {
		return err
	}
	if err := CheckAmount("infer_fee", m.Terms.InferFee); err != nil {
		return err
	}
	if m.Terms.RoyaltyBps > protocol.BasisPoints || len(m.Terms.Parents) > MaxParents {
		return fmt.Errorf("royalty of %d basis points and %d parents, at most %d and %d are allowed", m.Terms.RoyaltyBps, len(m.Terms.Parents), protocol.BasisPoints, MaxParents)
	}
	for _, parent := range m.Terms.Parents {
		if _, ok := v.models[string(parent)]; !ok {
			return fmt.Errorf("its parent %x does not exist", parent)
		}
	}
	if _, ok := ModelStatus_name[int32(m.Status)]; !ok || m.Status == MODEL_STATUS_UNSPECIFIED {
		return fmt.Errorf("status %d is unknown", m.Status)
	}
	if m.StepMark > 0 && !m.HasFile {
		return fmt.Errorf("it holds step %d without a file", m.StepMark-1)
	}
	if m.Holds > 0 && !m.HasFile {
		return fmt.Errorf("%d services answer for it without a file", m.Holds)
	}
	if m.HasFile && !m.Bonded && m.StepMark == 0 && m.Holds == 0 {
		return fmt.Errorf("it has a file that nothing refers to")
	}
	return nil
}

func (v *genesisValidator) checkFile(m Model, file []byte) error {
	if sum := sha256.Sum256(file); !bytes.Equal(sum[:], m.Id) {
		return fmt.Errorf("its file has the sha256 %x", sum)
	}
	program, err := intonnx.Check(file, intonnx.Limits{})
	if err != nil {
		return err
	}
	if info := program.Info; info.MACs != m.Macs || info.Elements != m.Elements || len(file) != int(m.FileBytes) {
		return fmt.Errorf("%d MACs, %d elements and %d bytes are recorded, the file has %d, %d and %d", m.Macs, m.Elements, m.FileBytes, info.MACs, info.Elements, len(file))
	}
	return v.arenas[m.Arena].Spec.Accepts(program.Info)
}

func (v *genesisValidator) checkLadders() error {
	type place struct {
		arena uint64
		index uint32
	}
	steps, err := index("step", v.gs.Steps, func(s Step) place { return place{s.Arena, s.Index} })
	if err != nil {
		return err
	}
	var held int
	for _, a := range v.gs.Arenas {
		held += int(a.Steps)
		if a.Steps == 0 {
			return fmt.Errorf("arena %d has no reference", a.Id)
		}
		for i := range a.Steps {
			step, ok := steps[place{a.Id, i}]
			if !ok {
				return fmt.Errorf("step %d of arena %d is missing", i, a.Id)
			}
			model, ok := v.models[string(step.Model)]
			if !ok || model.Arena != a.Id || model.StepMark != i+1 {
				return fmt.Errorf("step %d of arena %d is held by model %x, whose mark is %d", i, a.Id, step.Model, model.StepMark)
			}
			if (i == 0) != (step.Gain == 0) {
				return fmt.Errorf("step %d of arena %d has gain %d", i, a.Id, step.Gain)
			}
			if i == a.Steps-1 && !bytes.Equal(step.Model, a.Top) {
				return fmt.Errorf("top of arena %d is %x, its last step is %x", a.Id, a.Top, step.Model)
			}
		}
	}
	if held != len(v.gs.Steps) {
		return fmt.Errorf("%d steps are listed, the arenas count %d", len(v.gs.Steps), held)
	}
	return nil
}

func (v *genesisValidator) checkContenders() error {
	contenders, err := index("contender", v.gs.Contenders, func(c Contender) string { return string(c.Model) })
	if err != nil {
		return err
	}
	if _, err := index("reservation number", v.gs.Contenders, func(c Contender) uint64 { return c.ReservationSeq }); err != nil {
		return err
	}
	for _, c := range v.gs.Contenders {
		model, ok := v.models[string(c.Model)]
		if !ok || model.Arena != c.Arena || model.Status != MODEL_STATUS_CONTENDER {
			return fmt.Errorf("contender %x of arena %d is no model that contends there", c.Model, c.Arena)
		}
		if c.ReservationSeq > v.gs.Sequences.Reservation {
			return fmt.Errorf("contender %x has reservation %d, the last one given is %d", c.Model, c.ReservationSeq, v.gs.Sequences.Reservation)
		}
		for _, sponsor := range c.Sponsors {
			if err := checkAddress("sponsor", sponsor); err != nil {
				return err
			}
		}
		if err := checkCounts(c.Sponsors, c.Screening); err != nil {
			return fmt.Errorf("contender %x: %w", c.Model, err)
		}
		for _, trial := range c.Trials {
			if err := checkCounts(c.Sponsors, trial.Counts); err != nil {
				return fmt.Errorf("contender %x: %w", c.Model, err)
			}
		}
	}
	for _, m := range v.gs.Models {
		if _, ok := contenders[string(m.Id)]; !ok && m.Status == MODEL_STATUS_CONTENDER {
			return fmt.Errorf("model %x contends without a record of it", m.Id)
		}
	}
	for _, a := range v.gs.Arenas {
		if c, ok := contenders[string(a.Called)]; len(a.Called) > 0 && (!ok || c.Arena != a.Id) {
			return fmt.Errorf("arena %d calls %x, which does not contend there", a.Id, a.Called)
		}
	}
	return nil
}

func checkCounts(sponsors []string, counts []Counts) error {
	for i, c := range counts {
		if !slices.Contains(sponsors, c.Sponsor) || slices.ContainsFunc(counts[:i], func(o Counts) bool { return o.Sponsor == c.Sponsor }) {
			return fmt.Errorf("counts of sponsor %s, which is foreign or listed twice", c.Sponsor)
		}
		trial := protocol.Trial{B: int64(c.B), C: int64(c.C), N: int64(c.N), WrongOld: int64(c.WrongOld), WrongNew: int64(c.WrongNew)}
		if err := trial.Validate(); err != nil {
			return err
		}
	}
	return nil
}

func (v *genesisValidator) checkReservations() error {
	if _, err := index("reservation", v.gs.Reservations, func(r Reservation) string { return hex.EncodeToString(r.Hash) }); err != nil {
		return err
	}
	for _, r := range v.gs.Reservations {
		if err := checkHash("reservation", r.Hash); err != nil {
			return err
		}
		if err := checkAddress("owner", r.Owner); err != nil {
			return err
		}
		if r.Seq > v.gs.Sequences.Reservation {
			return fmt.Errorf("reservation %x has number %d, the last one given is %d", r.Hash, r.Seq, v.gs.Sequences.Reservation)
		}
	}
	return nil
}

func (v *genesisValidator) checkSponsors() (err error) {
	if v.sponsors, err = index("sponsor", v.gs.Sponsors, func(s Sponsor) string { return sponsorKey(s.Arena, s.Address) }); err != nil {
		return err
	}
	commitments, err := index("commitment", v.gs.Commitments, func(c Commitment) string {
		return fmt.Sprintf("%s/%d", sponsorKey(c.Arena, c.Sponsor), c.Index)
	})
	if err != nil {
		return err
	}
	if _, err := index("root", v.gs.Commitments, func(c Commitment) string { return hex.EncodeToString(c.Root) }); err != nil {
		return err
	}
	var held int
	for _, s := range v.gs.Sponsors {
		if _, ok := v.arenas[s.Arena]; !ok {
			return fmt.Errorf("sponsor %s is in arena %d, which does not exist", s.Address, s.Arena)
		}
		if err := checkAddress("sponsor", s.Address); err != nil {
			return err
		}
		held += int(s.Commitments)
		var next uint32
		for i := range s.Commitments {
			c, ok := commitments[fmt.Sprintf("%s/%d", sponsorKey(s.Arena, s.Address), i)]
			if !ok {
				return fmt.Errorf("commitment %d of sponsor %s in arena %d is missing", i, s.Address, s.Arena)
			}
			if c.FirstBatch != next || c.Count == 0 || c.Count > MaxCommitBatches || c.Remaining > c.Count {
				return fmt.Errorf("commitment %d of sponsor %s in arena %d: first batch %d (expected %d), %d of %d left", i, s.Address, s.Arena, c.FirstBatch, next, c.Remaining, c.Count)
			}
			if err := checkHash("root", c.Root); err != nil {
				return err
			}
			next += c.Count
		}
		if s.NextBatch != next || s.CurrentCommitment > s.Commitments {
			return fmt.Errorf("sponsor %s in arena %d has next batch %d and commitment %d, expected %d and at most %d", s.Address, s.Arena, s.NextBatch, s.CurrentCommitment, next, s.Commitments)
		}
	}
	if held != len(v.gs.Commitments) {
		return fmt.Errorf("%d commitments are listed, the sponsors count %d", len(v.gs.Commitments), held)
	}
	for _, d := range v.gs.Displaced {
		c, ok := commitments[fmt.Sprintf("%s/%d", sponsorKey(d.Arena, d.Sponsor), d.Commitment)]
		if !ok || d.Position >= c.Count || d.Value >= c.Count {
			return fmt.Errorf("displaced batch %d at %d of commitment %d of sponsor %s in arena %d is outside of it", d.Value, d.Position, d.Commitment, d.Sponsor, d.Arena)
		}
	}
	return nil
}

func (v *genesisValidator) checkScorers() (err error) {
	if v.scorers, err = index("scorer", v.gs.Scorers, func(s Scorer) string { return s.Operator }); err != nil {
		return err
	}
	if _, err := index("hot key", v.gs.Scorers, func(s Scorer) string { return s.HotKey }); err != nil {
		return err
	}
	for _, s := range v.gs.Scorers {
		if err := checkAddress("operator", s.Operator); err != nil {
			return err
		}
		if err := checkAddress("hot key", s.HotKey); err != nil {
			return err
		}
		if err := checkHash("tip", s.Tip); err != nil {
			return err
		}
	}
	return nil
}

// checkEpoch checks what belongs to the running epoch.
func (v *genesisValidator) checkEpoch() error {
	gs := v.gs
	if gs.Clock == nil {
		if gs.EpochParams != nil || gs.Settlement != nil || len(gs.FrozenArenas)+len(gs.FrozenScorers)+len(gs.Slots)+len(gs.Inputs)+
			len(gs.Rows)+len(gs.ExecutedRows)+len(gs.Challenges)+len(gs.Challenged) > 0 {
			return fmt.Errorf("there is data of an epoch but no clock")
		}
		return nil
	}
	clock := *gs.Clock
	if _, ok := Phase_name[int32(clock.Phase)]; !ok || clock.Phase == PHASE_UNSPECIFIED || clock.Epoch == 0 {
		return fmt.Errorf("the clock shows epoch %d and phase %d", clock.Epoch, clock.Phase)
	}
	if err := checkHash("randomness", clock.Randomness); err != nil {
		return err
	}
	var items uint32
	switch {
	case gs.EpochParams != nil:
		if err := gs.EpochParams.Validate(); err != nil {
			return err
		}
		items = gs.EpochParams.BatchItems
	case clock.Frozen:
		return fmt.Errorf("epoch %d is frozen without parameters", clock.Epoch)
	}
	frozen, err := index("frozen arena", gs.FrozenArenas, func(a FrozenArena) uint64 { return a.Arena })
	if err != nil {
		return err
	}
	for _, a := range gs.FrozenArenas {
		if _, ok := v.arenas[a.Arena]; !ok {
			return fmt.Errorf("frozen arena %d does not exist", a.Arena)
		}
		for _, m := range a.Models {
			if model, ok := v.models[string(m.Id)]; !ok || !model.HasFile || model.Cost() != m.Cost {
				return fmt.Errorf("frozen model %x of arena %d does not exist with a file and cost %d", m.Id, a.Arena, m.Cost)
			}
		}
		for _, s := range a.Sponsors {
			if sponsor, ok := v.sponsors[sponsorKey(a.Arena, s.Address)]; !ok || s.Commitment >= sponsor.Commitments {
				return fmt.Errorf("frozen sponsor %s of arena %d does not exist with commitment %d", s.Address, a.Arena, s.Commitment)
			}
		}
	}
	if _, err := index("frozen scorer", gs.FrozenScorers, func(s FrozenScorer) string { return s.Operator }); err != nil {
		return err
	}
	for _, s := range gs.FrozenScorers {
		if _, ok := v.scorers[s.Operator]; !ok {
			return fmt.Errorf("frozen scorer %s does not exist", s.Operator)
		}
	}
	return v.checkSlots(clock.Epoch, frozen, items)
}

func (v *genesisValidator) checkSlots(epoch uint64, frozen map[uint64]FrozenArena, items uint32) error {
	gs := v.gs
	type place struct{ epoch, slot uint64 }
	slots, err := index("slot", gs.Slots, func(s Slot) place { return place{s.Epoch, s.Id} })
	if err != nil {
		return err
	}
	// running finds a slot of the running epoch with its arena.
	running := func(what string, id uint64) (FrozenArena, ArenaSpec, error) {
		slot, ok := slots[place{epoch, id}]
		arena, isFrozen := frozen[slot.Arena]
		if !ok || !isFrozen {
			return FrozenArena{}, ArenaSpec{}, fmt.Errorf("%s of slot %d, which epoch %d does not have", what, id, epoch)
		}
		return arena, v.arenas[slot.Arena].Spec, nil
	}
	hasModel := func(a FrozenArena, id []byte) bool {
		return slices.ContainsFunc(a.Models, func(m FrozenModel) bool { return bytes.Equal(m.Id, id) })
	}
	for _, s := range gs.Slots {
		if _, ok := v.arenas[s.Arena]; !ok || s.Epoch > epoch {
			return fmt.Errorf("slot %d of epoch %d is in arena %d: no such arena, or no such epoch yet", s.Id, s.Epoch, s.Arena)
		}
	}
	if _, err := index("inputs of slot", gs.Inputs, func(i SlotInputs) uint64 { return i.Slot }); err != nil {
		return err
	}
	for _, i := range gs.Inputs {
		_, spec, err := running("inputs", i.Slot)
		if err != nil {
			return err
		}
		if want := spec.ItemBytes() * int(items); len(i.Inputs) != want {
			return fmt.Errorf("inputs of slot %d have %d bytes, expected %d", i.Slot, len(i.Inputs), want)
		}
	}
	rowKey := func(slot uint64, model []byte) string { return fmt.Sprintf("%d/%x", slot, model) }
	rows, err := index("row", gs.Rows, func(r SlotRow) string { return rowKey(r.Slot, r.Row.Model) })
	if err != nil {
		return err
	}
	for _, r := range gs.Rows {
		arena, spec, err := running("row", r.Slot)
		if err != nil {
			return err
		}
		if !hasModel(arena, r.Row.Model) {
			return fmt.Errorf("row of model %x in slot %d, which is not frozen", r.Row.Model, r.Slot)
		}
		if err := spec.Format().CheckRow(items, r.Row.Answers, r.Row.Tags); err != nil {
			return fmt.Errorf("row of model %x in slot %d: %w", r.Row.Model, r.Slot, err)
		}
	}
	if _, err := index("executed row", gs.ExecutedRows, func(r ExecutedRow) string { return rowKey(r.Slot, r.Model) }); err != nil {
		return err
	}
	for _, r := range gs.ExecutedRows {
		arena, _, err := running("executed row", r.Slot)
		if err != nil {
			return err
		}
		if !hasModel(arena, r.Model) {
			return fmt.Errorf("executed row of model %x in slot %d, which is not frozen", r.Model, r.Slot)
		}
	}
	if _, err := index("challenge", gs.Challenges, func(c Challenge) uint64 { return c.Seq }); err != nil {
		return err
	}
	for _, c := range gs.Challenges {
		if err := checkAddress("challenger", c.Challenger); err != nil {
			return err
		}
		if _, ok := rows[rowKey(c.Slot, c.Model)]; !ok || c.Epoch != epoch || c.Item >= items || c.Seq > gs.Sequences.Challenge {
			return fmt.Errorf("challenge %d of item %d of model %x in slot %d of epoch %d fits no row", c.Seq, c.Item, c.Model, c.Slot, c.Epoch)
		}
	}
	return nil
}

// checkResults checks that kept results are listed once.
func (v *genesisValidator) checkResults() error {
	gs := v.gs
	if _, err := index("epoch", gs.Epochs, func(e EpochRecord) uint64 { return e.Epoch }); err != nil {
		return err
	}
	if _, err := index("arena epoch", gs.ArenaEpochs, func(a ArenaEpoch) string { return fmt.Sprintf("%d/%d", a.Arena, a.Epoch) }); err != nil {
		return err
	}
	if _, err := index("model epoch", gs.ModelEpochs, func(m ModelEpoch) string { return fmt.Sprintf("%x/%d", m.Model, m.Epoch) }); err != nil {
		return err
	}
	_, err := index("conviction", gs.Convictions, func(c Conviction) string { return fmt.Sprintf("%s/%d", c.Scorer, c.Epoch) })
	return err
}

// checkLedger checks that every entry belongs to something that may hold coins,
// and that whatever must hold some does. The names are those of the keeper's ledger.
func (v *genesisValidator) checkLedger() error {
	gs := v.gs
	entries, err := index("ledger entry", gs.Ledger, func(e LedgerEntry) string { return e.Account })
	if err != nil {
		return err
	}
	for _, e := range gs.Ledger {
		if e.Amount.IsNil() || !e.Amount.IsPositive() {
			return fmt.Errorf("ledger entry %s holds %s, expected a positive amount", e.Account, e.Amount)
		}
	}
	var owned int
	own := func(entry string) bool {
		_, ok := entries[entry]
		if ok {
			owned++
		}
		return ok
	}
	if _, err := index("unbonding", gs.Unbondings, func(u Unbonding) uint64 { return u.Seq }); err != nil {
		return err
	}
	unbondingOf := make(map[string]bool, len(gs.Unbondings))
	for _, u := range gs.Unbondings {
		if err := checkAddress("owner", u.Owner); err != nil {
			return err
		}
		if u.Seq > gs.Sequences.Unbonding {
			return fmt.Errorf("unbonding %d, the last number given is %d", u.Seq, gs.Sequences.Unbonding)
		}
		own(fmt.Sprintf("unbonding/%d", u.Seq))
		unbondingOf[u.Origin] = true
	}
	for _, a := range gs.Arenas {
		own(fmt.Sprintf("bond/arena/%d", a.Id))
		own(fmt.Sprintf("pot/%d", a.Id))
	}
	for _, m := range gs.Models {
		entry := "bond/model/" + hex.EncodeToString(m.Id)
		if m.Bonded && !own(entry) && !unbondingOf[entry] {
			return fmt.Errorf("model %x is bonded, the ledger has no entry %s", m.Id, entry)
		}
	}
	for _, s := range gs.Scorers {
		if s.Bonded {
			own("bond/scorer/" + s.Operator)
		}
	}
	for _, s := range gs.Sponsors {
		if s.Bonded {
			own("bond/sponsor/" + sponsorKey(s.Arena, s.Address))
		}
	}
	for _, c := range gs.Challenges {
		if entry := fmt.Sprintf("bond/challenge/%d", c.Seq); !own(entry) {
			return fmt.Errorf("challenge %d waits, the ledger has no entry %s", c.Seq, entry)
		}
	}
	for _, e := range gs.Ledger {
		if address, ok := rewardOf(e.Account); ok {
			if err := checkAddress("reward", address); err != nil {
				return err
			}
			owned++
		}
	}
	if owned != len(gs.Ledger) {
		return fmt.Errorf("%d of %d ledger entries belong to nothing that may hold coins", len(gs.Ledger)-owned, len(gs.Ledger))
	}
	return nil
}

func rewardOf(entry string) (address string, ok bool) {
	const prefix = "reward/"
	if len(entry) > len(prefix) && entry[:len(prefix)] == prefix {
		return entry[len(prefix):], true
	}
	return "", false
}
