package protocol

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/bits"
)

// Path leads from one leaf of a Merkle tree to its root. Aunts are the sibling
// hashes from the leaf upwards.
type Path struct {
	Index uint32
	Total uint32
	Aunts [][]byte
}

// The tree is that of RFC 6962, section 2.1, and of CometBFT's crypto/merkle:
// prefixes keep a leaf from passing for a node, the left subtree is the largest
// power of two below the number of leaves.
func leafHash(leaf []byte) []byte { return prefixed(0, leaf, nil) }

func nodeHash(left, right []byte) []byte { return prefixed(1, left, right) }

func prefixed(prefix byte, a, b []byte) []byte {
	h := sha256.New()
	h.Write([]byte{prefix})
	h.Write(a)
	h.Write(b)
	return h.Sum(nil)
}

// MerkleRoot returns the root over the leaves; of none it is SHA-256 of nothing.
func MerkleRoot(leaves [][]byte) []byte {
	switch len(leaves) {
	case 0:
		sum := sha256.Sum256(nil)
		return sum[:]
	case 1:
		return leafHash(leaves[0])
	}
	split := splitPoint(len(leaves))
	return nodeHash(MerkleRoot(leaves[:split]), MerkleRoot(leaves[split:]))
}

// splitPoint is the largest power of two below n, for n of at least 2.
func splitPoint(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

// MerklePath returns the path of leaf number index.
func MerklePath(leaves [][]byte, index uint32) (Path, error) {
	if uint64(len(leaves)) > 1<<32-1 || uint64(index) >= uint64(len(leaves)) {
		return Path{}, fmt.Errorf("leaf %d of a tree of %d", index, len(leaves))
	}
	return Path{Index: index, Total: uint32(len(leaves)), Aunts: aunts(leaves, int(index))}, nil
}

func aunts(leaves [][]byte, index int) [][]byte {
	if len(leaves) == 1 {
		return nil
	}
	split := splitPoint(len(leaves))
	if index < split {
		return append(aunts(leaves[:split], index), MerkleRoot(leaves[split:]))
	}
	return append(aunts(leaves[split:], index-split), MerkleRoot(leaves[:split]))
}

// Verify checks that leaf is number index of the total leaves under root. A root
// does not commit to the size of its tree, so the caller says which index and
// total it expects, and a path that claims others is refused.
func (p Path) Verify(root []byte, index, total uint32, leaf []byte) error {
	if p.Index != index || p.Total != total {
		return fmt.Errorf("path is for leaf %d of %d, expected %d of %d", p.Index, p.Total, index, total)
	}
	if index >= total {
		return fmt.Errorf("leaf %d of a tree of %d", index, total)
	}
	hash := leafHash(leaf)
	// RFC 9162, section 2.1.3.2: at and last are the positions, in the current
	// level, of our node and of the level's last one.
	at, last := index, total-1
	for _, aunt := range p.Aunts {
		if len(aunt) != HashSize {
			return fmt.Errorf("aunt of %d bytes, expected %d", len(aunt), HashSize)
		}
		if last == 0 {
			return fmt.Errorf("path of %d aunts is too long for leaf %d of %d", len(p.Aunts), index, total)
		}
		if at&1 == 1 || at == last {
			hash = nodeHash(aunt, hash)
			// The last node of an odd level has no sibling there and moves up as it is.
			for at&1 == 0 && at != 0 {
				at, last = at>>1, last>>1
			}
		} else {
			hash = nodeHash(hash, aunt)
		}
		at, last = at>>1, last>>1
	}
	if last != 0 {
		return fmt.Errorf("path of %d aunts is too short for leaf %d of %d", len(p.Aunts), index, total)
	}
	if !bytes.Equal(hash, root) {
		return fmt.Errorf("path of leaf %d of %d leads to %x, expected root %x", index, total, hash, root)
	}
	return nil
}
