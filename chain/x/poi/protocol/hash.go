package protocol

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
)

// HashSize is the length of every hash, link, seed and model id.
const HashSize = sha256.Size

// SaltSize is the length of the salts of labels and reservations.
const SaltSize = 32

// Domains of H. No two uses share one, so a hash made for one purpose never
// passes for another. docs/protocol/bytes.md is the table of what follows each.
const (
	DomainAudit       = "assay/audit/v1"
	DomainBatch       = "assay/batch/v1"
	DomainBeacon      = "assay/beacon/v1"
	DomainGenesis     = "assay/genesis/v1"
	DomainLabels      = "assay/labels/v1"
	DomainLink        = "assay/link/v1"
	DomainRand        = "assay/rand/v1"
	DomainReservation = "assay/reservation/v1"
)

// H is SHA-256 over the domain and every part, each preceded by its length as a
// big-endian u32. The lengths make the preimage unambiguous, whatever the parts.
func H(domain string, parts ...[]byte) []byte {
	sum := sha256.Sum256(preimage(domain, parts))
	return sum[:]
}

func preimage(domain string, parts [][]byte) []byte {
	size := 4 + len(domain)
	for _, part := range parts {
		size += 4 + len(part)
	}
	buf := make([]byte, 0, size)
	buf = appendPart(buf, []byte(domain))
	for _, part := range parts {
		buf = appendPart(buf, part)
	}
	return buf
}

func appendPart(buf, part []byte) []byte {
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(part)))
	return append(buf, part...)
}

func u64(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

func u32(v uint32) []byte { return binary.BigEndian.AppendUint32(nil, v) }

// Link returns the link that follows previous in the hash chain of a scorer
// (operator address, raw). The owner builds the chain forward from a secret and
// registers the last link as its tip; it then reveals backwards.
func Link(chainID string, scorer, previous []byte) []byte {
	return H(DomainLink, []byte(chainID), scorer, previous)
}

// VerifyLink says whether revealed is the link just before tip. If so, revealed
// becomes the new tip.
func VerifyLink(chainID string, scorer, revealed, tip []byte) bool {
	return len(revealed) == HashSize && bytes.Equal(Link(chainID, scorer, revealed), tip)
}

// Reveal is the link that one scorer (operator address, raw) revealed in an epoch.
type Reveal struct {
	Scorer []byte
	Link   []byte
}

// GenesisBeacon is R_0, the beacon before the first epoch.
func GenesisBeacon(chainID string) []byte {
	return H(DomainGenesis, []byte(chainID))
}

// Beacon is R of an epoch from the R before it and the reveals, in any order.
// Two reveals of one scorer are an error: the order between them would be a choice.
func Beacon(previous []byte, epoch uint64, reveals []Reveal) ([]byte, error) {
	sorted := slices.Clone(reveals)
	slices.SortFunc(sorted, func(a, b Reveal) int { return bytes.Compare(a.Scorer, b.Scorer) })
	parts := make([][]byte, 0, 2+2*len(sorted))
	parts = append(parts, previous, u64(epoch))
	for i, reveal := range sorted {
		if i > 0 && bytes.Equal(reveal.Scorer, sorted[i-1].Scorer) {
			return nil, fmt.Errorf("scorer %x reveals twice in epoch %d", reveal.Scorer, epoch)
		}
		parts = append(parts, reveal.Scorer, reveal.Link)
	}
	return H(DomainBeacon, parts...), nil
}

// AuditSeed is A of an arena from the epoch's beacon and the salts of its opened
// batches, in any order.
func AuditSeed(beacon []byte, epoch, arena uint64, salts [][]byte) []byte {
	sorted := slices.Clone(salts)
	slices.SortFunc(sorted, bytes.Compare)
	parts := append([][]byte{beacon, u64(epoch), u64(arena)}, sorted...)
	return H(DomainAudit, parts...)
}

// LabelsHash commits to the labels of a batch (see Format for their encoding)
// under a salt of SaltSize bytes.
func LabelsHash(labels, salt []byte) []byte {
	return H(DomainLabels, labels, salt)
}

// BatchLeaf is the leaf of batch number batch in the tree of a sponsor (address,
// raw). inputsRoot is the Merkle root over the raw items.
func BatchLeaf(chainID string, arena uint64, sponsor []byte, batch uint32, inputsRoot, labelsHash []byte) []byte {
	return H(DomainBatch, []byte(chainID), u64(arena), sponsor, u32(batch), inputsRoot, labelsHash)
}

// ReservationHash is what a model's owner (address, raw) sends before the file,
// whose sha256 is model.
func ReservationHash(salt, model, owner []byte) []byte {
	return H(DomainReservation, salt, model, owner)
}
