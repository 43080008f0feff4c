package protocol

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"strconv"
	"testing"
)

func (p *Parts) add(more Parts) {
	p.Burned += more.Burned
	p.Pooled += more.Pooled
	p.Provider += more.Provider
	for i := range more.Royalties {
		p.Royalties[i] += more.Royalties[i]
	}
}

func (p Parts) equal(other Parts) bool {
	return p.Burned == other.Burned && p.Pooled == other.Pooled && p.Provider == other.Provider && slices.Equal(p.Royalties, other.Royalties)
}

// each lists all parts.
func (p Parts) each() []uint64 {
	return append([]uint64{p.Burned, p.Pooled, p.Provider}, p.Royalties...)
}

func TestDivideWrittenOut(t *testing.T) {
	shares := []Share{{"author", 1000}, {"parent", 500}}
	for _, c := range []struct {
		name   string
		before uint64
		amount uint64
		fee    uint32
		burns  bool
		shares []Share
		want   Parts
	}{
		{"nothing", 5, 0, 500, true, shares, Parts{Royalties: []uint64{0, 0}}},
		{"nobody but the provider", 5, 7, 0, true, nil, Parts{Provider: 7}},
		{"fee of uassay", 0, 1000, 500, true, shares, Parts{Burned: 25, Pooled: 25, Royalties: []uint64{100, 50}, Provider: 800}},
		{"fee of another coin", 0, 1000, 500, false, shares, Parts{Pooled: 50, Royalties: []uint64{100, 50}, Provider: 800}},
		{"what the fee leaves is divided", 0, 199, 500, true, shares, Parts{Burned: 4, Pooled: 5, Royalties: []uint64{20, 10}, Provider: 160}},
		{"docs/protocol/market.md", 0, 1_000_000, 200, true, []Share{{"Ada", 800}, {"Ben", 160}, {"Cleo", 40}},
			Parts{Burned: 10_000, Pooled: 10_000, Royalties: []uint64{80_000, 16_000, 4_000}, Provider: 880_000}},
		{"docs/protocol/market.md, up to 19", 0, 19, 500, false, []Share{{"Ada", 500}}, Parts{Royalties: []uint64{1}, Provider: 18}},
		{"docs/protocol/market.md, the 20th", 19, 1, 500, false, []Share{{"Ada", 500}}, Parts{Pooled: 1, Royalties: []uint64{0}}},
		{"all for others", 0, 3, 5000, false, []Share{{"author", 5000}}, Parts{Pooled: 1, Royalties: []uint64{2}}},
		{"all for the fee", 0, 3, BasisPoints, false, []Share{{"author", 5}}, Parts{Pooled: 3, Royalties: []uint64{0}}},
	} {
		if got := Divide(c.before, c.amount, c.fee, c.burns, c.shares); !got.equal(c.want) {
			t.Errorf("%s: %+v, expected %+v", c.name, got, c.want)
		}
	}
}

// With every share rounded down on the whole, the unit that a total of 19 grows by
// would be owed to both, and the provider would have to pay one of them.
func TestDivideOneUnitGoesToOne(t *testing.T) {
	for _, shares := range [][]Share{{{"author", 500}}, {{"a", 500}, {"b", 500}, {"c", 1000}, {"d", 8000}}} {
		for before := range uint64(500) {
			parts := Divide(before, 1, 500, true, shares).each()
			slices.Sort(parts)
			if last := len(parts) - 1; parts[last] != 1 || (last > 0 && parts[last-1] != 0) {
				t.Fatalf("unit %d was split in %v", before+1, parts)
			}
		}
	}
}

func TestDivide(t *testing.T) {
	s := newSource("divide")
	for range 10_000 {
		fee, shares := s.split()
		burns := s.below(2) == 0
		total := s.amount()
		whole := Divide(0, total, fee, burns, shares)
		sum := Parts{Royalties: make([]uint64, len(shares))}
		released := uint64(0)
		for left := total; left > 0; {
			// Small pieces at first, then what is left.
			piece := min(left, 1+s.below(50))
			if s.below(8) == 0 {
				piece = left
			}
			parts := Divide(released, piece, fee, burns, shares)
			check := uint64(0)
			for _, part := range parts.each() {
				// A negative part would be one beyond the piece, because they are unsigned.
				if part > piece {
					t.Fatalf("%d of a piece of %d after %d: %+v", part, piece, released, parts)
				}
				check += part
			}
			if check != piece {
				t.Fatalf("parts of %d add up to %d", piece, check)
			}
			sum.add(parts)
			released, left = released+piece, left-piece
		}
		if !sum.equal(whole) {
			t.Fatalf("%d in pieces: %+v, at once: %+v", total, sum, whole)
		}
		if !burns && whole.Burned != 0 || burns && whole.Pooled-whole.Burned > 1 {
			t.Fatalf("burned %d and pooled %d", whole.Burned, whole.Pooled)
		}
		// The fee is exact, a share within a unit per recipient before it.
		exact := func(bps uint32) uint64 {
			product := new(big.Int).Mul(new(big.Int).SetUint64(total), big.NewInt(int64(bps)))
			return product.Div(product, big.NewInt(BasisPoints)).Uint64()
		}
		if whole.Burned+whole.Pooled != exact(fee) {
			t.Fatalf("fee of %d basis points of %d is %d", fee, total, whole.Burned+whole.Pooled)
		}
		for i, share := range shares {
			got, want := whole.Royalties[i], exact(share.Bps)
			if off := max(got, want) - min(got, want); off > uint64(i)+1 {
				t.Fatalf("royalty %d of %d basis points of %d is %d", i, share.Bps, total, got)
			}
		}
	}
}

// Shares that do not fit in the whole must not make money or panic.
func TestDivideBeyondTheWhole(t *testing.T) {
	got := Divide(0, math.MaxUint64, math.MaxUint32, true, []Share{{"a", math.MaxUint32}})
	if got.Burned+got.Pooled != math.MaxUint64 || got.Royalties[0] != 0 || got.Provider != 0 {
		t.Errorf("got %+v", got)
	}
	got = Divide(0, 100, 9000, false, []Share{{"a", 9000}, {"b", 9000}})
	if !got.equal(Parts{Pooled: 90, Royalties: []uint64{10, 0}}) {
		t.Errorf("got %+v", got)
	}
}

// family is a registry of models: terms by id.
type family map[string]Terms

var errNoModel = errors.New("no such model")

func (f family) terms(model []byte) (Terms, error) {
	terms, ok := f[string(model)]
	if !ok {
		return Terms{}, errNoModel
	}
	return terms, nil
}

func ids(names ...string) [][]byte {
	out := make([][]byte, len(names))
	for i, name := range names {
		out[i] = []byte(name)
	}
	return out
}

type royaltyCase struct {
	name         string
	family       family
	fee, lineage uint32
	want         []Share
}

func royaltyCases() []royaltyCase {
	wide := family{"m": {"author", 1000, ids("a", "b", "c", "d")}}
	for _, p := range []string{"a", "b", "c", "d"} {
		wide[p] = Terms{"author " + p, 0, ids(p+"1", p+"2", p+"3", p+"4")}
		for i := range 4 {
			wide[p+strconv.Itoa(i+1)] = Terms{"author " + p + strconv.Itoa(i+1), 0, nil}
		}
	}
	return []royaltyCase{
		{"no royalty", family{"m": {"x", 0, ids("gone")}}, 500, 5000, nil},
		{"no parents", family{"m": {"x", 1000, nil}}, 500, 5000, []Share{{"x", 1000}}},
		{"the fee comes first", family{"m": {"x", 10_000, nil}}, 500, 5000, []Share{{"x", 9500}}},
		{"the fee takes all", family{"m": {"x", 10_000, nil}}, 10_000, 5000, nil},
		{"equal parts, the rest stays", family{"m": {"x", 1001, ids("a", "b", "c")}, "a": {"y", 1, nil}, "b": {"z", 1, nil}, "c": {"w", 1, nil}},
			500, 5000, []Share{{"x", 503}, {"y", 166}, {"z", 166}, {"w", 166}}},
		{"docs/protocol/market.md", family{"m": {"Ada", 1000, ids("b")}, "b": {"Ben", 3000, ids("c")}, "c": {"Cleo", 0, nil}},
			200, 2000, []Share{{"Ada", 800}, {"Ben", 160}, {"Cleo", 40}}},
		{"own parent", family{"m": {"x", 1000, ids("a")}, "a": {"x", 1, nil}}, 500, 5000, []Share{{"x", 1000}}},
		{"three generations", family{
			"m": {"x", 1000, ids("a")}, "a": {"y", 1, ids("b")}, "b": {"z", 1, ids("c")}, "c": {"w", 1, ids("d")}, "d": {"v", 1, nil},
		}, 500, 5000, []Share{{"x", 500}, {"y", 250}, {"z", 125}, {"w", 125}}},
		{"diamond", family{
			"m": {"x", 1000, ids("a", "b")}, "a": {"y", 1, ids("c")}, "b": {"z", 1, ids("c")}, "c": {"w", 1, nil},
		}, 500, 5000, []Share{{"x", 500}, {"y", 125}, {"z", 125}, {"w", 250}}},
		{"all goes up", family{"m": {"x", 1000, ids("a")}, "a": {"y", 1, ids("b")}, "b": {"z", 1, nil}}, 500, 10_000, []Share{{"z", 1000}}},
		{"nothing goes up", family{"m": {"x", 1000, ids("gone")}}, 500, 0, []Share{{"x", 1000}}},
		{"too little to divide", family{"m": {"x", 7, ids("gone", "gone", "gone", "gone")}}, 500, 5000, []Share{{"x", 7}}},
		// author, a-d, a1-a3; a4 and the parents of b-d are passed over.
		{"eight recipients", wide, 500, 5000, []Share{
			{"author", 500}, {"author a", 80}, {"author b", 125}, {"author c", 125}, {"author d", 125},
			{"author a1", 15}, {"author a2", 15}, {"author a3", 15},
		}},
	}
}

func TestRoyaltiesWrittenOut(t *testing.T) {
	for _, c := range royaltyCases() {
		got, err := Royalties([]byte("m"), c.fee, c.lineage, c.family.terms)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v (%v), expected %v", c.name, got, err, c.want)
		}
	}
}

func TestRoyaltiesRefusals(t *testing.T) {
	broken := family{"m": {"x", 1000, ids("gone")}}
	if _, err := Royalties([]byte("m"), 500, 5000, broken.terms); !errors.Is(err, errNoModel) {
		t.Errorf("a parent that is missing: %v", err)
	}
	if _, err := Royalties([]byte("gone"), 500, 5000, broken.terms); !errors.Is(err, errNoModel) {
		t.Errorf("a model that is missing: %v", err)
	}
	for _, bps := range [][2]uint32{{10_001, 0}, {0, 10_001}} {
		if _, err := Royalties([]byte("m"), bps[0], bps[1], broken.terms); err == nil {
			t.Errorf("ratios of %v were taken", bps)
		}
	}
}

// family makes a registry of models m0 (oldest), m1, ... with few authors.
func (s source) family(models, authors uint64) family {
	f := family{}
	for i := range models {
		terms := Terms{Author: string(rune('a' + s.below(authors))), RoyaltyBps: uint32(s.below(BasisPoints + 1))}
		for range min(s.below(5), i) {
			terms.Parents = append(terms.Parents, []byte("m"+strconv.FormatUint(s.below(i), 10)))
		}
		f["m"+strconv.FormatUint(i, 10)] = terms
	}
	return f
}

func TestRoyalties(t *testing.T) {
	s := newSource("royalties")
	for range 3_000 {
		models := 1 + s.below(40)
		f := s.family(models, 1+s.below(20))
		served := []byte("m" + strconv.FormatUint(models-1, 10))
		fee, lineage := uint32(s.below(BasisPoints+1)), uint32(s.below(BasisPoints+1))
		asked := 0
		shares := must[[]Share](t)(Royalties(served, fee, lineage, func(model []byte) (Terms, error) {
			asked++
			return f.terms(model)
		}))
		sum, seen := uint32(0), map[string]bool{}
		for _, share := range shares {
			if share.Bps == 0 || seen[share.Recipient] {
				t.Fatalf("empty or repeated share in %v", shares)
			}
			seen[share.Recipient] = true
			sum += share.Bps
		}
		// Whatever the lineage, the royalty is what it costs.
		if want := min(f[string(served)].RoyaltyBps, BasisPoints-fee); sum != want {
			t.Fatalf("royalties add up to %d, expected %d", sum, want)
		}
		if len(shares) > MaxRoyalties || asked > 85 {
			t.Fatalf("%d recipients, %d models asked for", len(shares), asked)
		}
	}
}
