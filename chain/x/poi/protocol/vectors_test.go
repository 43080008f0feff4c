package protocol

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// The files of testdata/vectors are written by
//
//	go test ./x/poi/protocol -run TestVectors -update
//
// and read by the tests of ts-client. A test without -update fails when one of
// them would change: that is a change of the protocol.
var update = flag.Bool("update", false, "rewrite testdata/vectors")

const vectorsDir = "../../../../testdata/vectors"

// Bytes are hex and 64-bit integers decimal strings; 32-bit ones are numbers.
type hexed []byte

func (h hexed) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

type dec int64

func (d dec) MarshalText() ([]byte, error) { return strconv.AppendInt(nil, int64(d), 10), nil }

type udec uint64

func (d udec) MarshalText() ([]byte, error) { return strconv.AppendUint(nil, uint64(d), 10), nil }

func hexAll(values [][]byte) []hexed {
	out := make([]hexed, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

func decAll(values []int64) []dec {
	out := make([]dec, len(values))
	for i, v := range values {
		out[i] = dec(v)
	}
	return out
}

type object map[string]any

func TestVectors(t *testing.T) {
	for _, file := range []struct {
		name  string
		build func(*testing.T) object
	}{
		{"hash", hashVectors},
		{"merkle", merkleVectors},
		{"random", randomVectors},
		{"draw", drawVectors},
		{"rows", rowsVectors},
		{"score", scoreVectors},
		{"ladder", ladderVectors},
		{"pay", payVectors},
		{"emission", emissionVectors},
	} {
		t.Run(file.name, func(t *testing.T) {
			var got bytes.Buffer
			encoder := json.NewEncoder(&got)
			encoder.SetIndent("", " ")
			if err := encoder.Encode(file.build(t)); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(vectorsDir, file.name+".json")
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s is not what the code computes; if the protocol was meant to change, run with -update", path)
			}
		})
	}
}

const chainID = "assay-local-1"

// source is random input for tests, the same on every run.
type source struct{ *Stream }

func newSource(name string) source { return source{NewStream([]byte(name), "test")} }

func (s source) below(n int) int {
	v, err := s.Uniform(uint64(n))
	if err != nil {
		panic(err)
	}
	return int(v)
}

func (s source) bytes(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(s.Word())
	}
	return out
}

func (s source) list(count, size int) [][]byte {
	out := make([][]byte, count)
	for i := range out {
		out[i] = s.bytes(size)
	}
	return out
}

func (s source) logits(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(s.below(2001) - 1000)
	}
	return out
}

// trial compares two models on n items: the older one is wrong on about
// wrongOld percent of them, the contender on about wrongNew percent.
func (s source) trial(n, wrongOld, wrongNew int) Trial {
	t := Trial{N: int64(n)}
	for range n {
		oldWrong, newWrong := s.below(100) < wrongOld, s.below(100) < wrongNew
		if oldWrong {
			t.WrongOld++
		}
		if newWrong {
			t.WrongNew++
		}
		if oldWrong && !newWrong {
			t.B++
		}
		if newWrong && !oldWrong {
			t.C++
		}
	}
	return t
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func hashVectors(t *testing.T) object {
	s := newSource("hash")
	var hs []object
	for _, parts := range [][][]byte{{}, {{}}, {[]byte("a"), []byte("b")}, {[]byte("ab")}, {s.bytes(300), {}, s.bytes(1)}} {
		hs = append(hs, object{"domain": "assay/test/v1", "parts": hexAll(parts), "hash": hexed(H("assay/test/v1", parts...))})
	}

	scorer, secret := s.bytes(20), s.bytes(32)
	link := Link(chainID, scorer, secret)

	var beacons []object
	beacon := GenesisBeacon(chainID)
	for epoch, scorers := range []int{1, 4, 7} {
		reveals := make([]Reveal, scorers)
		listed := make([]object, scorers)
		for i := range reveals {
			reveals[i] = Reveal{Scorer: s.bytes(20), Link: s.bytes(32)}
			listed[i] = object{"scorer": hexed(reveals[i].Scorer), "link": hexed(reveals[i].Link)}
		}
		next := must[[]byte](t)(Beacon(beacon, uint64(epoch+1), reveals))
		beacons = append(beacons, object{"previous": hexed(beacon), "epoch": udec(epoch + 1), "reveals": listed, "beacon": hexed(next)})
		beacon = next
	}

	salts := s.list(6, SaltSize)
	labels, salt, root := s.bytes(64), s.bytes(SaltSize), s.bytes(32)
	labelsHash := LabelsHash(labels, salt)
	const epoch, arena, batch = uint64(1<<63 + 5), uint64(3), uint32(4_000_000_000)
	return object{
		"chainId": chainID,
		"h":       hs,
		"link":    object{"scorer": hexed(scorer), "previous": hexed(secret), "link": hexed(link)},
		"genesis": hexed(GenesisBeacon(chainID)),
		"beacon":  beacons,
		"audit": object{
			"beacon": hexed(beacon), "epoch": udec(epoch), "arena": udec(arena), "salts": hexAll(salts),
			"seed": hexed(AuditSeed(beacon, epoch, arena, salts)),
		},
		"labels": object{"labels": hexed(labels), "salt": hexed(salt), "hash": hexed(labelsHash)},
		"batch": object{
			"arena": udec(arena), "sponsor": hexed(scorer), "batch": batch, "inputsRoot": hexed(root),
			"labelsHash": hexed(labelsHash), "leaf": hexed(BatchLeaf(chainID, arena, scorer, batch, root, labelsHash)),
		},
		"reservation": object{
			"salt": hexed(salt), "model": hexed(root), "owner": hexed(scorer),
			"hash": hexed(ReservationHash(salt, root, scorer)),
		},
	}
}

func merkleVectors(t *testing.T) object {
	s := newSource("merkle")
	var trees []object
	for _, n := range []int{0, 1, 2, 3, 5, 8, 13} {
		leaves := s.list(n, s.below(8))
		paths := []object{}
		for i := range leaves {
			path := must[Path](t)(MerklePath(leaves, uint32(i)))
			paths = append(paths, object{"index": path.Index, "total": path.Total, "aunts": hexAll(path.Aunts)})
		}
		trees = append(trees, object{"leaves": hexAll(leaves), "root": hexed(MerkleRoot(leaves)), "paths": paths})
	}
	// Large ones without their leaves: leaf i is i as a big-endian u32.
	var counted []object
	for _, n := range []int{64, 256, 300, 1000} {
		leaves := make([][]byte, n)
		for i := range leaves {
			leaves[i] = u32(uint32(i))
		}
		index := uint32(s.below(n))
		path := must[Path](t)(MerklePath(leaves, index))
		counted = append(counted, object{"total": n, "root": hexed(MerkleRoot(leaves)), "index": index, "aunts": hexAll(path.Aunts)})
	}
	return object{"trees": trees, "counted": counted}
}

func randomVectors(t *testing.T) object {
	s := newSource("random")
	seed, part := s.bytes(32), s.bytes(20)
	stream := NewStream(seed, "purpose", part, u64(7))
	var words []udec
	for range 20 {
		words = append(words, udec(stream.Word()))
	}
	var uniforms []object
	for _, n := range []uint64{1, 2, 3, 10, 1 << 32, 1<<63 + 1, 3 << 62, 1<<64 - 1} {
		stream := NewStream(seed, "uniform", u64(n))
		var values []udec
		for range 10 {
			values = append(values, udec(must[uint64](t)(stream.Uniform(n))))
		}
		// How far the stream has come shows the words that were rejected.
		uniforms = append(uniforms, object{"n": udec(n), "values": values, "next": udec(stream.Word())})
	}
	var samples []object
	for _, nk := range [][2]uint32{{0, 0}, {1, 1}, {5, 0}, {5, 5}, {64, 7}, {300, 300}} {
		taken := must[[]uint32](t)(NewStream(seed, "sample", u32(nk[0])).Sample(nk[0], nk[1]))
		samples = append(samples, object{"n": nk[0], "k": nk[1], "taken": taken})
	}
	return object{"seed": hexed(seed), "part": hexed(part), "words": words, "uniform": uniforms, "sample": samples}
}

func drawVectors(t *testing.T) object {
	s := newSource("draw")
	const arena, total, perEpoch = uint64(2), uint32(23), uint32(4)
	sponsor := s.bytes(20)

	// One deck from full to spent; the stored positions after each draw too.
	var epochs []object
	deck, remaining := memoryDeck{}, total
	for remaining > 0 {
		beacon := s.bytes(32)
		batches, left, err := DrawBatches(BatchStream(beacon, arena, sponsor), deck, remaining, perEpoch)
		if err != nil {
			t.Fatal(err)
		}
		stored := [][2]uint32{}
		for position := range total {
			if value, ok := deck[position]; ok {
				stored = append(stored, [2]uint32{position, value})
			}
		}
		epochs = append(epochs, object{"beacon": hexed(beacon), "batches": batches, "left": left, "stored": stored})
		remaining = left
	}

	var assigns []object
	for _, ks := range [][2]int{{1, 3}, {4, 30}, {9, 5}} {
		beacon, scorers := s.bytes(32), s.list(ks[0], 20)
		assigned := must[[][]byte](t)(AssignScorers(beacon, scorers, uint32(ks[1])))
		assigns = append(assigns, object{"beacon": hexed(beacon), "revealed": hexAll(scorers), "assigned": hexAll(assigned)})
	}

	var audits []object
	for _, nr := range [][2]uint32{{64, 1000}, {64, 1}, {64, 0}, {64, 10_000}, {256, 1234}, {1, 5000}} {
		seed, model, slot := s.bytes(32), s.bytes(32), uint64(s.below(1000))
		items := must[[]uint32](t)(AuditItems(seed, slot, model, nr[0], nr[1]))
		audits = append(audits, object{"seed": hexed(seed), "slot": udec(slot), "model": hexed(model), "n": nr[0], "ratioBps": nr[1], "items": items})
	}
	return object{
		"batches": object{"arena": udec(arena), "sponsor": hexed(sponsor), "total": total, "perEpoch": perEpoch, "epochs": epochs},
		"assign":  assigns,
		"audit":   audits,
	}
}

func rowsVectors(t *testing.T) object {
	s := newSource("rows")
	class := Format{Kind: KindClass, Classes: 10}
	wide := Format{Kind: KindClass, Classes: MaxClasses}
	scalar := Format{Kind: KindScalar, Tolerance: 50}
	formatOf := func(f Format) object {
		return object{"kind": f.Kind, "classes": f.Classes, "tolerance": dec(f.Tolerance)}
	}

	var answers []object
	for _, c := range []struct {
		format Format
		logits []int32
	}{
		{class, s.logits(10)},
		{class, []int32{-5, -5, 7, 7, 7, 0, -9, 1, 2, 3}},
		{class, []int32{-1 << 31, -1 << 31, -1 << 31, -1 << 31, -1 << 31, -1 << 31, -1 << 31, -1 << 31, -1 << 31, -1<<31 + 1}},
		{wide, s.logits(MaxClasses)},
		{scalar, []int32{-2}},
		{scalar, []int32{1<<31 - 1}},
	} {
		answers = append(answers, object{
			"format": formatOf(c.format), "logits": c.logits,
			"answer": hexed(must[[]byte](t)(c.format.Answer(c.logits))), "tag": hexed(Tag(c.logits)),
		})
	}

	var compares []object
	for _, f := range []Format{class, scalar} {
		encode := func(n int) []byte {
			var out []byte
			for range n {
				if f.Kind == KindClass {
					out = append(out, byte(s.below(2)))
				} else {
					out = append(out, must[[]byte](t)(f.Answer([]int32{int32(s.below(200) - 100)}))...)
				}
			}
			return out
		}
		labels, contender, older := encode(64), encode(64), encode(64)
		trial := must[Trial](t)(f.Compare(labels, contender, older))
		compares = append(compares, object{
			"format": formatOf(f), "labels": hexed(labels), "contender": hexed(contender), "older": hexed(older),
			"correct": dec(must[int64](t)(f.CountCorrect(labels, contender))), "trial": trialOf(trial),
		})
	}
	return object{"answer": answers, "compare": compares}
}

func trialOf(t Trial) object {
	return object{"b": dec(t.B), "c": dec(t.C), "n": dec(t.N), "wrongOld": dec(t.WrongOld), "wrongNew": dec(t.WrongNew)}
}

func scoreVectors(t *testing.T) object {
	s := newSource("score")
	var accuracies []object
	for _, sponsors := range []int{1, 2, 3, 4, 5, 8} {
		var counts []object
		var each []int64
		for range sponsors {
			n := 1 + s.below(256)
			correct := s.below(n + 1)
			each = append(each, must[int64](t)(SponsorAccuracy(int64(correct), int64(n))))
			counts = append(counts, object{"correct": dec(correct), "n": dec(n)})
		}
		accuracies = append(accuracies, object{"sponsors": counts, "each": decAll(each), "accuracy": dec(must[int64](t)(Accuracy(each)))})
	}
	var smoothed []dec
	var series []dec
	var e int64
	for i := range 12 {
		a := int64(s.below(D + 1))
		e = Smooth(a, e, i == 0)
		series, smoothed = append(series, dec(a)), append(smoothed, dec(e))
	}
	return object{"accuracy": accuracies, "smooth": object{"series": series, "smoothed": smoothed}}
}

func ladderVectors(t *testing.T) object {
	s := newSource("ladder")
	var kept []object
	for sponsors := range 9 {
		trials := make([]SponsorTrial, sponsors)
		listed := make([]object, sponsors)
		for i := range trials {
			trials[i] = SponsorTrial{Sponsor: s.bytes(20), Trial: s.trial(s.below(300), 30, 20)}
			if i > 3 { // equal differences: the address decides
				trials[i].Trial = trials[0].Trial
			}
			listed[i] = object{"sponsor": hexed(trials[i].Sponsor), "trial": trialOf(trials[i].Trial)}
		}
		kept = append(kept, object{"trials": listed, "sum": trialOf(must[Trial](t)(SumKept(trials)))})
	}

	var calls []object
	for round := range 12 {
		var contenders []Contender
		listed := []object{}
		for i := range s.below(8) {
			c := Contender{Sequence: uint64(100*round) + (uint64(i)*5)%8, Trial: s.trial(400+s.below(400), 20, 10+s.below(14))}
			contenders = append(contenders, c)
			listed = append(listed, object{"sequence": udec(c.Sequence), "trial": trialOf(c.Trial)})
		}
		called, evicted := -1, -1
		if i, ok := ChooseCalled(contenders, 512); ok {
			called = i
		}
		if i, ok := ChooseEvicted(contenders, called); ok {
			evicted = i
		}
		calls = append(calls, object{"contenders": listed, "minItems": 512, "called": called, "evicted": evicted})
	}

	var steps []object
	for range 16 {
		var trials []Trial
		var listed []object
		for range 1 + s.below(MaxRivals) {
			trial := s.trial(500+s.below(500), 20+s.below(10), 8+s.below(12))
			trials, listed = append(trials, trial), append(listed, trialOf(trial))
		}
		steps = append(steps, object{"trials": listed, "minItems": 512, "z2": 12, "height": dec(must[int64](t)(StepHeight(trials, 512, 12)))})
	}

	var logs []object
	for _, x := range []uint64{1, 2, 3, 4, 10, 1000, 1<<31 - 1, 1 << 31, 1<<31 + 1, 1<<33 - 1, 1<<33 + 12345, 1<<64 - 1} {
		logs = append(logs, object{"x": udec(x), "log2": dec(must[int64](t)(Log2(x)))})
	}
	return object{"sumKept": kept, "choose": calls, "step": steps, "log2": logs}
}

func payVectors(t *testing.T) object {
	s := newSource("pay")
	table := make([]udec, len(decay))
	for i, entry := range decay {
		table[i] = udec(entry)
	}
	var strengths []object
	for _, c := range [][3]int64{
		{8 << 16, 0, 1000}, {8 << 16, 999, 1000}, {8 << 16, 1000, 1000}, {103872, 1234, 1000}, {1, 1, 1000},
		{MaxCount, 0, 1}, {MaxCount, 30, 1}, {MaxCount, 31, 1}, {MaxCount, 1 << 62, 1}, {217705, 7, 3}, {MaxCount, MaxCount - 1, MaxCount},
	} {
		strengths = append(strengths, object{
			"height": dec(c[0]), "age": dec(c[1]), "halfLife": dec(c[2]),
			"strength": dec(must[int64](t)(Strength(c[0], c[1], c[2]))),
		})
	}
	var ladders []object
	for _, steps := range []int{0, 1, 3, 10} {
		parts := make([]int64, steps)
		for i := range parts {
			parts[i] = int64(s.below(2 << 16))
		}
		pot := int64(1_000_000_000_000_000 - s.below(1000))
		pays, total, err := LadderPay(pot, parts, 8<<16)
		if err != nil {
			t.Fatal(err)
		}
		ladders = append(ladders, object{"pot": dec(pot), "strengths": decAll(parts), "fullGain": dec(8 << 16), "pays": decAll(pays), "total": dec(total)})
	}
	var shares []object
	for _, c := range []struct {
		pot   int64
		done  []int64
		asked int64
	}{{1_000_003, []int64{3, 0, 7, 10}, 23}, {5, nil, 0}, {5, []int64{0, 0}, 0}, {7, []int64{1, 1, 1}, 3}} {
		pays, total, err := SharePay(c.pot, c.done, c.asked)
		if err != nil {
			t.Fatal(err)
		}
		shares = append(shares, object{"pot": dec(c.pot), "done": decAll(c.done), "asked": dec(c.asked), "pays": decAll(pays), "total": dec(total)})
	}
	var cuts []object
	for _, c := range [][3]int64{{1000, 1, 3}, {1000, 3, 3}, {999_999_999_999_999, 333, 1000}, {1000, 0, 0}} {
		cuts = append(cuts, object{"share": dec(c[0]), "weight": dec(c[1]), "weights": dec(c[2]), "cut": dec(must[int64](t)(ArenaCut(c[0], c[1], c[2])))})
	}
	return object{"decay": table, "strength": strengths, "ladder": ladders, "share": shares, "cut": cuts}
}

func emissionVectors(t *testing.T) object {
	schedule := Schedule{Rate: 1_000_001, BlocksPerHalving: 100, Cap: 1_000_000_000}
	var emissions []object
	for _, c := range [][3]int64{
		{0, 0, 0}, {0, 1, 0}, {0, 100, 0}, {99, 100, 0}, {100, 101, 0}, {50, 350, 0}, {0, 1 << 62, 0},
		{10, 20, 999_000_000}, {10, 20, 1_000_000_000}, {6_300, 6_400, 0}, {1_900, 2_050, 5},
	} {
		emissions = append(emissions, object{
			"from": dec(c[0]), "to": dec(c[1]), "minted": dec(c[2]),
			"emission": dec(must[int64](t)(schedule.Emission(c[0], c[1], c[2]))),
		})
	}
	var splits []object
	for _, amount := range []int64{0, 1, 9, 10, 12_345_679, 999_999_999_999_999} {
		shares := must[Shares](t)(Split(amount))
		splits = append(splits, object{
			"emission": dec(amount), "authors": dec(shares.Authors), "scorers": dec(shares.Scorers),
			"sponsors": dec(shares.Sponsors), "validators": dec(shares.Validators), "pool": dec(shares.Pool),
		})
	}
	var fees []object
	for _, c := range []struct{ fee, registrations int64 }{{100, 0}, {100, 4}, {100, 5}, {400, 0}, {401, 0}, {600, 9}, {1000, 9}, {50, 1}, {5000, 1}} {
		fees = append(fees, object{
			"fee": dec(c.fee), "base": dec(100), "ceiling": dec(1000), "registrations": c.registrations, "target": 4,
			"next": dec(must[int64](t)(NextFee(c.fee, 100, 1000, uint32(c.registrations), 4))),
		})
	}
	return object{
		"schedule":  object{"rate": dec(schedule.Rate), "blocksPerHalving": dec(schedule.BlocksPerHalving), "cap": dec(schedule.Cap)},
		"emissions": emissions, "splits": splits, "fees": fees,
	}
}

// memoryDeck is a Deck for tests.
type memoryDeck map[uint32]uint32

func (d memoryDeck) Get(position uint32) (uint32, error) {
	if value, ok := d[position]; ok {
		return value, nil
	}
	return position, nil
}

func (d memoryDeck) Set(position, value uint32) error {
	if position == value {
		delete(d, position)
	} else {
		d[position] = value
	}
	return nil
}
