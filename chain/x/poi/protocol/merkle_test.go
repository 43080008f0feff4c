package protocol

import (
	"bytes"
	"slices"
	"testing"

	"github.com/cometbft/cometbft/crypto/merkle"
)

func TestMerkleIsThatOfCometBFT(t *testing.T) {
	s := newSource("merkle")
	for n := range 70 {
		leaves := s.list(n, s.below(40))
		root, proofs := merkle.ProofsFromByteSlices(leaves)
		if !bytes.Equal(MerkleRoot(leaves), root) {
			t.Fatalf("%d leaves: root %x, expected %x", n, MerkleRoot(leaves), root)
		}
		for i, proof := range proofs {
			path := must[Path](t)(MerklePath(leaves, uint32(i)))
			if len(path.Aunts) != len(proof.Aunts) {
				t.Fatalf("leaf %d of %d: %d aunts, expected %d", i, n, len(path.Aunts), len(proof.Aunts))
			}
			for j := range path.Aunts {
				if !bytes.Equal(path.Aunts[j], proof.Aunts[j]) {
					t.Fatalf("leaf %d of %d: aunt %d differs", i, n, j)
				}
			}
			if err := path.Verify(root, uint32(i), uint32(n), leaves[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestMerklePathRefuses(t *testing.T) {
	s := newSource("merkle refuses")
	for range 200 {
		n := 2 + s.below(40)
		leaves := s.list(n, 8)
		root := MerkleRoot(leaves)
		index, total := uint32(s.below(n)), uint32(n)
		path := must[Path](t)(MerklePath(leaves, index))
		leaf := leaves[index]

		changed := slices.Clone(path.Aunts)
		i := s.below(len(changed))
		changed[i] = bytes.Clone(changed[i])
		changed[i][s.below(HashSize)] ^= 1

		for name, err := range map[string]error{
			"another leaf":     path.Verify(root, index, total, s.bytes(8)),
			"another root":     path.Verify(s.bytes(32), index, total, leaf),
			"another index":    path.Verify(root, (index+1)%total, total, leaf),
			"another total":    path.Verify(root, index, total+1, leaf),
			"index at total":   Path{total, total, path.Aunts}.Verify(root, total, total, leaf),
			"empty tree":       Path{0, 0, nil}.Verify(root, 0, 0, leaf),
			"a changed aunt":   Path{index, total, changed}.Verify(root, index, total, leaf),
			"one aunt less":    Path{index, total, path.Aunts[1:]}.Verify(root, index, total, leaf),
			"one aunt more":    Path{index, total, append(path.Aunts[:len(path.Aunts):len(path.Aunts)], root)}.Verify(root, index, total, leaf),
			"a short aunt":     Path{index, total, append([][]byte{{1}}, path.Aunts[1:]...)}.Verify(root, index, total, leaf),
			"a node as a leaf": Path{index / 2, (total + 1) / 2, path.Aunts[1:]}.Verify(root, index/2, (total+1)/2, append(bytes.Clone(leafHash(leaf)), path.Aunts[0]...)),
		} {
			if err == nil {
				t.Errorf("leaf %d of %d: %s was taken", index, n, name)
			}
		}
	}
	if _, err := MerklePath(nil, 0); err == nil {
		t.Error("a path in an empty tree")
	}
}

func FuzzMerkleVerify(f *testing.F) {
	f.Add(uint32(1), uint32(3), bytes.Repeat([]byte{7}, 64), []byte("leaf"))
	f.Add(uint32(1<<32-1), uint32(1<<32-1), []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, index, total uint32, aunts, leaf []byte) {
		path := Path{Index: index, Total: total}
		for len(aunts) >= HashSize {
			path.Aunts, aunts = append(path.Aunts, aunts[:HashSize]), aunts[HashSize:]
		}
		if path.Verify(make([]byte, HashSize), index, total, leaf) == nil {
			t.Error("a preimage of the zero root")
		}
	})
}
