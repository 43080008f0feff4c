package protocol

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"filippo.io/edwards25519"

	poi "github.com/assay-network/assay/chain/x/poi/protocol"
)

// testdata/vectors/market.json is written by
//
//	go test ./x/marketplace/protocol -run TestVectors -update
//
// and read by the tests of ts-client and service-kit. A test without -update
// fails when it would change: that is a change of the protocol.
var update = flag.Bool("update", false, "rewrite testdata/vectors/market.json")

const vectorsFile = "../../../../testdata/vectors/market.json"

// Bytes are hex and 64-bit integers decimal strings; 32-bit ones are numbers.
type hexed []byte

func (h hexed) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

type udec uint64

func (d udec) MarshalText() ([]byte, error) { return strconv.AppendUint(nil, uint64(d), 10), nil }

type object map[string]any

func TestVectors(t *testing.T) {
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(object{
		"chainId":    chainID,
		"bytes":      bytesVectors(t),
		"keys":       keyVectors(t),
		"signatures": signatureVectors(t),
		"release":    releaseVectors(),
		"royalties":  royaltyVectors(t),
		"divide":     divideVectors(),
	}); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(vectorsFile, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s is not what the code computes; if the protocol was meant to change, run with -update", vectorsFile)
	}
}

// preimage is what a digest must be the hash of, put together apart from H.
func preimage(t *testing.T, digest []byte, domain string, parts ...[]byte) hexed {
	t.Helper()
	var all []byte
	for _, part := range append([][]byte{[]byte(domain)}, parts...) {
		all = binary.BigEndian.AppendUint32(all, uint32(len(part)))
		all = append(all, part...)
	}
	if sum := sha256.Sum256(all); !bytes.Equal(sum[:], digest) {
		t.Fatalf("%x is not the hash of the parts of %s", digest, domain)
	}
	return all
}

func bytesVectors(t *testing.T) object {
	s := newSource("bytes")
	var channels, calls, vouchers, receipts, roots []object
	for _, n := range []uint64{0, 1, 1 << 32, math.MaxUint64} {
		payer := s.bytes(20)
		if n == 1 {
			payer = s.bytes(32) // of a group or another module
		}
		id := ChannelID(chainID, payer, n)
		channels = append(channels, object{
			"payer": hexed(payer), "n": udec(n), "id": hexed(id),
			"preimage": preimage(t, id, DomainChannel, []byte(chainID), payer, u64(n)),
		})
	}
	for _, service := range []uint64{1, 7, 1<<63 + 5} {
		salt, root := s.bytes(SaltSize), s.bytes(32)
		hash := CallHash(salt, service, root)
		calls = append(calls, object{
			"salt": hexed(salt), "service": udec(service), "inputRoot": hexed(root), "callHash": hexed(hash),
			"preimage": preimage(t, hash, DomainCall, salt, u64(service), root),
		})
	}
	for _, amount := range []uint64{1, 100, 1<<53 + 1, math.MaxUint64} {
		channel, call, lane := s.bytes(32), s.bytes(32), uint8(s.below(MaxLanes))
		digest := VoucherDigest(chainID, channel, lane, amount, call)
		vouchers = append(vouchers, object{
			"channel": hexed(channel), "lane": lane, "amount": udec(amount), "callHash": hexed(call), "digest": hexed(digest),
			"preimage": preimage(t, digest, DomainVoucher, []byte(chainID), channel, []byte{lane}, u64(amount), call),
		})
	}
	for i := range 4 {
		r := Receipt{
			Service: s.amount(), Channel: s.bytes(32), Lane: uint8(s.below(MaxLanes)), Amount: s.amount(), CallHash: s.bytes(32),
			Items: uint32(s.Word() >> 32), InputRoot: s.bytes(32), OutputRoot: s.bytes(32),
		}
		if i == 0 { // free
			r.Channel, r.Lane, r.Amount = make([]byte, 32), 0, 0
		}
		digest := r.Digest(chainID)
		receipts = append(receipts, object{
			"service": udec(r.Service), "channel": hexed(r.Channel), "lane": r.Lane, "amount": udec(r.Amount), "callHash": hexed(r.CallHash),
			"items": r.Items, "inputRoot": hexed(r.InputRoot), "outputRoot": hexed(r.OutputRoot), "digest": hexed(digest),
			"preimage": preimage(t, digest, DomainReceipt, []byte(chainID), u64(r.Service), r.Channel, []byte{r.Lane}, u64(r.Amount),
				r.CallHash, u32(r.Items), r.InputRoot, r.OutputRoot),
		})
	}
	for _, n := range []int{1, 2, 3, 7} {
		items, leaves := make([][]byte, n), make([][]byte, n)
		listed, outputs := make([]hexed, n), make([][]int32, n)
		for i := range n {
			items[i] = s.bytes(1 + int(s.below(12)))
			listed[i] = items[i]
			for range 1 + s.below(4) {
				outputs[i] = append(outputs[i], int32(s.Word()))
			}
			if i == 0 {
				outputs[i] = append(outputs[i], math.MinInt32, -1, 0, math.MaxInt32)
			}
			for _, v := range outputs[i] {
				leaves[i] = binary.LittleEndian.AppendUint32(leaves[i], uint32(v))
			}
		}
		roots = append(roots, object{
			"items": listed, "inputRoot": hexed(poi.MerkleRoot(items)),
			"outputs": outputs, "outputRoot": hexed(poi.MerkleRoot(leaves)),
		})
	}
	return object{"channels": channels, "calls": calls, "vouchers": vouchers, "receipts": receipts, "roots": roots}
}

// Why a key is refused; the texts of CheckKey hold these words.
const (
	usable       = ""
	wrongLength  = "bytes, expected 32"
	notOnCurve   = "not a point of the curve"
	notCanonical = "not the canonical encoding"
	ofSmallOrder = "of small order"
)

func keyVectors(t *testing.T) []object {
	s := newSource("key vectors")
	var out []object
	add := func(name string, key []byte, refused string) {
		err := CheckKey(key)
		if refused == usable && err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if refused != usable {
			wantError(t, err, refused)
		}
		out = append(out, object{"name": name, "key": hexed(key), "refused": refused})
	}
	for i := range 3 {
		add("ordinary "+strconv.Itoa(i), signer(s).Public().(ed25519.PublicKey), usable)
	}
	canonical, aliases := smallOrder(t)
	for i, key := range canonical {
		add("small order "+strconv.Itoa(i), key, ofSmallOrder)
	}
	for i, key := range aliases {
		add("small order, written otherwise "+strconv.Itoa(i), key, notCanonical)
	}
	// y = p + 3 and so on: the same as 3, of large order where it is a point at all.
	for y := byte(2); y < 19; y++ {
		key := bytes.Repeat([]byte{0xff}, 32)
		key[0], key[31] = 0xed+y, 0x7f
		if _, err := new(edwards25519.Point).SetBytes(key); err == nil {
			add("y = p + "+strconv.Itoa(int(y)), key, notCanonical)
		}
	}
	for i, point := range torsion(t)[1:] {
		mixed := new(edwards25519.Point).Add(edwards25519.NewGeneratorPoint(), point)
		add("mixed order "+strconv.Itoa(i), mixed.Bytes(), usable)
	}
	off := make([]byte, 32)
	off[0] = 2
	add("y = 2", off, notOnCurve)
	off = slices.Clone(off)
	off[31] = 0x80
	add("y = 2, signed", off, notOnCurve)
	for _, size := range []int{0, 31, 33, 64} {
		add(strconv.Itoa(size)+" bytes", make([]byte, size), wrongLength)
	}
	return out
}

// forge signs by hand, with a key and a nonce that get a component of small order,
// and lets the caller choose how R is written.
type forge struct {
	secret, nonce *edwards25519.Scalar
	keyTorsion    *edwards25519.Point
	nonceTorsion  *edwards25519.Point
	writtenR      []byte
}

func (f forge) key() []byte {
	return new(edwards25519.Point).Add(new(edwards25519.Point).ScalarBaseMult(f.secret), f.keyTorsion).Bytes()
}

// challenge is k of RFC 8032, as an integer too: mod 8 it says what torsion the key contributes.
func (f forge) challenge(digest []byte) *edwards25519.Scalar {
	sum := sha512.Sum512(slices.Concat(f.r(), f.key(), digest))
	k, err := edwards25519.NewScalar().SetUniformBytes(sum[:])
	if err != nil {
		panic(err)
	}
	return k
}

func (f forge) r() []byte {
	if f.writtenR != nil {
		return f.writtenR
	}
	return new(edwards25519.Point).Add(new(edwards25519.Point).ScalarBaseMult(f.nonce), f.nonceTorsion).Bytes()
}

func (f forge) sign(digest []byte) []byte {
	s := edwards25519.NewScalar().MultiplyAdd(f.challenge(digest), f.secret, f.nonce)
	return append(slices.Clone(f.r()), s.Bytes()...)
}

func (s source) scalar() *edwards25519.Scalar {
	scalar, err := edwards25519.NewScalar().SetUniformBytes(s.bytes(64))
	if err != nil {
		panic(err)
	}
	return scalar
}

// order is that of the prime subgroup, little-endian.
func order(t *testing.T) []byte {
	bytes := orderMinusOne(t).Bytes()
	bytes[0]++ // ends in 0xec
	return bytes
}

// beyond is a signature with S + order in place of S: the same S, written otherwise.
func beyond(t *testing.T, signature []byte) []byte {
	out, carry := slices.Clone(signature), 0
	for i, b := range order(t) {
		carry += int(out[32+i]) + int(b)
		out[32+i] = byte(carry)
		carry >>= 8
	}
	if carry != 0 || out[63]&0xe0 != 0 {
		t.Fatal("S + order does not fit")
	}
	return out
}

func signatureVectors(t *testing.T) object {
	s := newSource("signature vectors")
	var signed, verified []object
	for range 4 {
		seed, digest := s.bytes(ed25519.SeedSize), s.bytes(32)
		private := ed25519.NewKeyFromSeed(seed)
		signed = append(signed, object{
			"seed": hexed(seed), "key": hexed(private.Public().(ed25519.PublicKey)), "digest": hexed(digest),
			"signature": hexed(ed25519.Sign(private, digest)),
		})
	}

	// chain is VerifySignature; strict is what the programs of the market say, and
	// is left out where their libraries may differ.
	add := func(name string, key, digest, signature []byte, chain bool, strict ...bool) {
		if got := VerifySignature(key, digest, signature); got != chain {
			t.Fatalf("%s: the chain says %t, expected %t", name, got, chain)
		}
		row := object{"name": name, "key": hexed(key), "digest": hexed(digest), "signature": hexed(signature), "chain": chain}
		if len(strict) > 0 {
			row["strict"] = strict[0]
		}
		verified = append(verified, row)
	}
	private, digest := signer(s), s.bytes(32)
	key, signature := []byte(private.Public().(ed25519.PublicKey)), ed25519.Sign(private, digest)
	flipped := func(bit int) []byte {
		out := slices.Clone(signature)
		out[bit/8] ^= 1 << (bit % 8)
		return out
	}
	add("ordinary", key, digest, signature, true, true)
	add("another digest", key, s.bytes(32), signature, false, false)
	add("another key", signer(s).Public().(ed25519.PublicKey), digest, signature, false, false)
	add("R changed", key, digest, flipped(0), false, false)
	add("S changed", key, digest, flipped(256), false, false)
	add("S + order", key, digest, beyond(t, signature), false, false)
	add("S with a high bit", key, digest, flipped(511), false, false)
	add("all zero", key, digest, make([]byte, 64), false, false)
	add("too short", key, digest, signature[:63], false, false)
	add("too long", key, digest, append(slices.Clone(signature), 0), false, false)
	add("empty", key, digest, nil, false, false)
	add("short key", key[:31], digest, signature, false, false)

	identity, twisted := edwards25519.NewIdentityPoint(), torsion(t)
	for i, point := range twisted[1:] {
		name := " of mixed order " + strconv.Itoa(i+1)
		f := forge{secret: s.scalar(), nonce: s.scalar(), keyTorsion: identity, nonceTorsion: point}
		add("R"+name, f.key(), digest, f.sign(digest), true, false)

		// A strict verifier misses k times the key's torsion, which is nothing for some digests.
		f = forge{secret: s.scalar(), nonce: s.scalar(), keyTorsion: point, nonceTorsion: identity}
		for _, fits := range []bool{true, false} {
			d := s.bytes(32)
			for times(point, f.challenge(d)).Equal(identity) == 1 != fits {
				d = s.bytes(32)
			}
			label := ", by chance the same for all"
			if !fits {
				label = ""
			}
			add("key"+name+label, f.key(), d, f.sign(d), true, fits)
		}
	}
	// R is the neutral point: correct by RFC 8032, refused by browsers that follow WebCrypto to the letter.
	f := forge{secret: s.scalar(), nonce: edwards25519.NewScalar(), keyTorsion: identity, nonceTorsion: identity}
	add("R of small order", f.key(), digest, f.sign(digest), true)
	_, aliases := smallOrder(t)
	f.writtenR = aliases[2] // y = p + 1
	add("R not canonical", f.key(), digest, f.sign(digest), true, false)

	// Why CheckKey refuses such keys: one signature fits everything on the chain.
	canonical, _ := smallOrder(t)
	anything := append(identity.Bytes(), make([]byte, 32)...)
	for i, small := range canonical {
		add("key of small order "+strconv.Itoa(i), small, s.bytes(32), anything, true, false)
	}
	return object{"signed": signed, "verified": verified}
}

func releaseVectors() []object {
	s := newSource("release vectors")
	var out []object
	add := func(moved uint64, promise uint32, sum, epochs uint64) {
		out = append(out, object{
			"moved": udec(moved), "promise": promise, "sum": udec(sum), "epochs": udec(epochs),
			"released": udec(Release(moved, promise, sum, epochs)),
		})
	}
	const most = math.MaxUint64
	for _, moved := range []uint64{0, 1, 2, 3, 1001, 1<<53 + 1, most - 1, most} {
		add(moved, 0, 0, 1)
		add(moved, 900_000, 900_000, 1)
		add(moved, 900_000, 899_999, 1)
		add(moved, 900_000, 450_001, 1)
		add(moved, 900_000, 450_000, 1)
		add(moved, 900_000, 0, 1)
		add(moved, Million, most/2, most)
		add(moved, Million, most, most)
		add(moved, 1, most-1, most)
	}
	add(1_000_000, 950_000, 2_736_000, 3)
	add(1000, 950_000, 400_000, 1)
	for range 120 {
		epochs := 1 + s.below(500)
		promise := uint32(s.below(Million + 1))
		add(s.amount(), promise, s.below(epochs*(uint64(promise)+1)), epochs)
	}
	return out
}

func royaltyVectors(t *testing.T) []object {
	s := newSource("royalty vectors")
	var out []object
	add := func(name string, f family, served string, fee, lineage uint32) {
		shares := must[[]Share](t)(Royalties([]byte(served), fee, lineage, f.terms))
		models := []object{}
		for id := range f {
			terms := f[id]
			parents := []string{}
			for _, parent := range terms.Parents {
				parents = append(parents, string(parent))
			}
			models = append(models, object{"id": id, "author": terms.Author, "royaltyBps": terms.RoyaltyBps, "parents": parents})
		}
		slices.SortFunc(models, func(a, b object) int { return bytes.Compare([]byte(a["id"].(string)), []byte(b["id"].(string))) })
		listed := []object{}
		for _, share := range shares {
			listed = append(listed, object{"recipient": share.Recipient, "bps": share.Bps})
		}
		out = append(out, object{
			"name": name, "models": models, "served": served, "protocolFeeBps": fee, "lineageBps": lineage, "shares": listed,
		})
	}
	for _, c := range royaltyCases() {
		add(c.name, c.family, "m", c.fee, c.lineage)
	}
	for i := range 24 {
		models := 1 + s.below(14)
		add("drawn "+strconv.Itoa(i), s.family(models, 1+s.below(14)), "m"+strconv.FormatUint(models-1, 10),
			uint32(s.below(2000)), uint32(s.below(BasisPoints+1)))
	}
	return out
}

func divideVectors() []object {
	s := newSource("divide vectors")
	var out []object
	add := func(before uint64, fee uint32, burns bool, shares []Share, steps ...uint64) {
		bps := []uint32{}
		for _, share := range shares {
			bps = append(bps, share.Bps)
		}
		listed := []object{}
		at := before
		for _, released := range steps {
			parts := Divide(at, released, fee, burns, shares)
			royalties := []udec{}
			for _, royalty := range parts.Royalties {
				royalties = append(royalties, udec(royalty))
			}
			listed = append(listed, object{
				"released": udec(released), "burned": udec(parts.Burned), "pooled": udec(parts.Pooled),
				"royalties": royalties, "provider": udec(parts.Provider),
			})
			at += released
		}
		out = append(out, object{"before": udec(before), "feeBps": fee, "burns": burns, "shares": bps, "steps": listed})
	}
	lineage := []Share{{"author", 1000}, {"parent", 500}, {"other", 3}}
	add(0, 500, true, lineage, 1, 1, 1, 17, 1, 1, 178, 1000, 1_000_000_007)
	add(0, 200, true, []Share{{"Ada", 800}, {"Ben", 160}, {"Cleo", 40}}, 1_000_000)
	add(0, 500, true, []Share{{"author", 500}}, 19, 1, 19, 1, 0)
	add(0, 0, true, nil, 7)
	add(5, BasisPoints, false, []Share{{"author", 5}}, 3, 4)
	add(0, 5000, false, []Share{{"author", 5000}}, 1, 1, 1, 1, 1)
	add(0, 500, true, lineage, math.MaxUint64)
	add(math.MaxUint64-10, 1, true, lineage, 1, 2, 3, 4)
	for range 40 {
		fee, shares := s.split()
		before := s.amount() / 2
		var steps []uint64
		for range 3 {
			steps = append(steps, s.amount()/8)
		}
		add(before, fee, s.below(2) == 0, shares, steps...)
	}
	return out
}
