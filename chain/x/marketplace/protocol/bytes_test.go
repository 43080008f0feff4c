package protocol

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	poi "github.com/assay-network/assay/chain/x/poi/protocol"
)

// The preimages written out by hand: what docs/protocol/bytes.md says.
func TestDigestsWrittenOut(t *testing.T) {
	x := func(fill byte) []byte { return bytes.Repeat([]byte{fill}, 32) }
	part := func(fill string) string { return "00000020" + fill }
	xs := func(fill byte) string { return part(hex.EncodeToString(x(fill))) }
	domain := func(name string) string {
		return "000000" + hex.EncodeToString(append([]byte{byte(len(name))}, name...))
	}
	const chain, service = "00000003632d31", "000000080000000000000007"
	for _, c := range []struct {
		name     string
		got      []byte
		preimage string
	}{
		{"channel", ChannelID("c-1", []byte{0xaa, 0xbb}, 5), domain("assay/channel/v1") + chain + "00000002aabb" + "000000080000000000000005"},
		{"call", CallHash(make([]byte, SaltSize), 7, x(1)), domain("assay/call/v1") + "00000010" + hex.EncodeToString(make([]byte, 16)) + service + xs(1)},
		{"voucher", VoucherDigest("c-1", x(2), 63, 1<<63, x(3)),
			domain("assay/voucher/v1") + chain + xs(2) + "000000013f" + "000000088000000000000000" + xs(3)},
		{"receipt", Receipt{Service: 7, Channel: x(2), Lane: 1, Amount: 9, CallHash: x(3), Items: 4, InputRoot: x(5), OutputRoot: x(6)}.Digest("c-1"),
			domain("assay/receipt/v1") + chain + service + xs(2) + "0000000101" + "000000080000000000000009" + xs(3) + "0000000400000004" + xs(5) + xs(6)},
	} {
		preimage := must[[]byte](t)(hex.DecodeString(c.preimage))
		if want := sha256.Sum256(preimage); !bytes.Equal(c.got, want[:]) {
			t.Errorf("%s: %x is not the hash of %s", c.name, c.got, c.preimage)
		}
	}
}

func TestDomainsAreDistinct(t *testing.T) {
	domains := []string{
		DomainChannel, DomainCall, DomainVoucher, DomainReceipt,
		poi.DomainAudit, poi.DomainBatch, poi.DomainBeacon, poi.DomainGenesis, poi.DomainLabels, poi.DomainLink, poi.DomainRand, poi.DomainReservation,
	}
	slices.Sort(domains)
	if len(slices.Compact(domains)) != 12 {
		t.Errorf("two uses share a domain: %v", domains)
	}
}

// Every field of a receipt and of a voucher is signed.
func TestDigestsCoverEveryField(t *testing.T) {
	s := newSource("fields")
	r := Receipt{Service: 1, Channel: s.bytes(32), Lane: 2, Amount: 3, CallHash: s.bytes(32), Items: 4, InputRoot: s.bytes(32), OutputRoot: s.bytes(32)}
	digests := [][]byte{r.Digest(chainID), r.Digest("other-1")}
	for _, change := range []func(*Receipt){
		func(r *Receipt) { r.Service++ }, func(r *Receipt) { r.Channel = s.bytes(32) }, func(r *Receipt) { r.Lane++ },
		func(r *Receipt) { r.Amount++ }, func(r *Receipt) { r.CallHash = s.bytes(32) }, func(r *Receipt) { r.Items++ },
		func(r *Receipt) { r.InputRoot = s.bytes(32) }, func(r *Receipt) { r.OutputRoot = s.bytes(32) },
		func(r *Receipt) { r.InputRoot, r.OutputRoot = r.OutputRoot, r.InputRoot },
	} {
		changed := r
		change(&changed)
		digests = append(digests, changed.Digest(chainID))
	}
	channel, call := s.bytes(32), s.bytes(32)
	digests = append(digests,
		VoucherDigest(chainID, channel, 1, 2, call), VoucherDigest("other-1", channel, 1, 2, call),
		VoucherDigest(chainID, call, 1, 2, call), VoucherDigest(chainID, channel, 2, 2, call),
		VoucherDigest(chainID, channel, 1, 3, call), VoucherDigest(chainID, channel, 1, 2, channel),
		CallHash(s.bytes(SaltSize), 1, call), CallHash(s.bytes(SaltSize), 1, call),
		ChannelID(chainID, channel[:20], 1), ChannelID(chainID, channel[:20], 2), ChannelID("other-1", channel[:20], 1),
	)
	for i := range digests {
		for j := range i {
			if bytes.Equal(digests[i], digests[j]) {
				t.Errorf("digests %d and %d are equal", i, j)
			}
		}
	}
}
