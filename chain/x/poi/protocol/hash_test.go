package protocol

import (
	"bytes"
	"encoding/hex"
	"slices"
	"testing"
)

// The preimage of one batch leaf, written out by hand: what docs/protocol/bytes.md says.
func TestPreimageWrittenOut(t *testing.T) {
	got := preimage(DomainBatch, [][]byte{[]byte("c-1"), u64(2), {0xaa, 0xbb}, u32(3), {0x11}, {0x22}})
	want := "0000000e" + hex.EncodeToString([]byte("assay/batch/v1")) +
		"00000003" + "632d31" +
		"00000008" + "0000000000000002" +
		"00000002" + "aabb" +
		"00000004" + "00000003" +
		"00000001" + "11" +
		"00000001" + "22"
	if hex.EncodeToString(got) != want {
		t.Errorf("got %x, expected %s", got, want)
	}
}

func TestHKeepsPartsApart(t *testing.T) {
	hashes := [][]byte{
		H("d"), H("d", nil), H("d", []byte("ab")), H("d", []byte("a"), []byte("b")), H("d", []byte("b"), []byte("a")), H("da", []byte("b")),
	}
	for i := range hashes {
		for j := range i {
			if bytes.Equal(hashes[i], hashes[j]) {
				t.Errorf("hashes %d and %d are equal", i, j)
			}
		}
	}
}

func TestLinksAreRevealedBackwards(t *testing.T) {
	s := newSource("links")
	scorer := s.bytes(20)
	chain := [][]byte{s.bytes(32)}
	for range 5 {
		chain = append(chain, Link(chainID, scorer, chain[len(chain)-1]))
	}
	for i := len(chain) - 1; i > 0; i-- {
		if !VerifyLink(chainID, scorer, chain[i-1], chain[i]) {
			t.Errorf("link %d does not lead to link %d", i-1, i)
		}
		if VerifyLink(chainID, scorer, chain[i], chain[i]) || VerifyLink(chainID, s.bytes(20), chain[i-1], chain[i]) {
			t.Errorf("a wrong link leads to link %d", i)
		}
	}
	if VerifyLink(chainID, scorer, []byte("short"), Link(chainID, scorer, []byte("short"))) {
		t.Error("a link of 5 bytes was taken")
	}
}

func TestBeaconOrder(t *testing.T) {
	s := newSource("beacon")
	reveals := []Reveal{{s.bytes(20), s.bytes(32)}, {s.bytes(20), s.bytes(32)}, {s.bytes(20), s.bytes(32)}}
	first := must[[]byte](t)(Beacon(GenesisBeacon(chainID), 1, reveals))
	reversed := slices.Clone(reveals)
	slices.Reverse(reversed)
	if !bytes.Equal(first, must[[]byte](t)(Beacon(GenesisBeacon(chainID), 1, reversed))) {
		t.Error("the order of the reveals changes the beacon")
	}
	if bytes.Equal(first, must[[]byte](t)(Beacon(GenesisBeacon(chainID), 2, reveals))) {
		t.Error("the epoch does not change the beacon")
	}
	if _, err := Beacon(GenesisBeacon(chainID), 1, append(reversed, Reveal{reveals[0].Scorer, s.bytes(32)})); err == nil {
		t.Error("two reveals of one scorer were taken")
	}
}

func TestAuditSeedKeepsItsInput(t *testing.T) {
	s := newSource("audit seed")
	salts := s.list(5, SaltSize)
	given := slices.Clone(salts)
	slices.Reverse(salts)
	reversed := slices.Clone(salts)
	if !bytes.Equal(AuditSeed(nil, 1, 2, salts), AuditSeed(nil, 1, 2, given)) {
		t.Error("the order of the salts changes the seed")
	}
	if !slices.EqualFunc(salts, reversed, bytes.Equal) {
		t.Error("the caller's salts were reordered")
	}
}
