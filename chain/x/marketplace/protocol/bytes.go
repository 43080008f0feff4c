package protocol

import (
	"encoding/binary"

	poi "github.com/assay-network/assay/chain/x/poi/protocol"
)

// Domains of the market's hashes. No two uses share one, here or in x/poi.
// docs/protocol/bytes.md is the table of what follows each.
const (
	DomainChannel = "assay/channel/v1"
	DomainCall    = "assay/call/v1"
	DomainVoucher = "assay/voucher/v1"
	DomainReceipt = "assay/receipt/v1"
)

func u64(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

func u32(v uint32) []byte { return binary.BigEndian.AppendUint32(nil, v) }

// ChannelID is the id of the channel that payer (address, raw) opens when its
// counter is n. The counter only rises, so that an id never comes back.
func ChannelID(chainID string, payer []byte, n uint64) []byte {
	return poi.H(DomainChannel, []byte(chainID), payer, u64(n))
}

// CallHash commits to what a service is asked. The salt, of SaltSize bytes, keeps
// short inputs from being guessed. inputRoot is the Merkle root over the raw,
// row-major items.
func CallHash(salt []byte, service uint64, inputRoot []byte) []byte {
	return poi.H(DomainCall, salt, u64(service), inputRoot)
}

// VoucherDigest is what a channel's voucher key signs: amount base units in
// total on a lane, the last of them for the call of callHash.
func VoucherDigest(chainID string, channel []byte, lane uint8, amount uint64, callHash []byte) []byte {
	return poi.H(DomainVoucher, []byte(chainID), channel, []byte{lane}, u64(amount), callHash)
}

// Receipt is what a provider says about one call: what was asked, what was paid
// and what was answered. Channel is 32 zero bytes, Lane and Amount are 0, for a
// call that was free.
type Receipt struct {
	Service  uint64
	Channel  []byte
	Lane     uint8
	Amount   uint64
	CallHash []byte
	// Items is the number of leaves of both roots.
	Items uint32
	// InputRoot is over raw items, OutputRoot over their int32 little-endian outputs.
	InputRoot, OutputRoot []byte
}

// Digest is what a service's serving key signs.
func (r Receipt) Digest(chainID string) []byte {
	return poi.H(DomainReceipt, []byte(chainID), u64(r.Service), r.Channel, []byte{r.Lane}, u64(r.Amount),
		r.CallHash, u32(r.Items), r.InputRoot, r.OutputRoot)
}
