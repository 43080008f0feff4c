package protocol

import (
	"fmt"
	"math/bits"
)

// Share is a recipient's part of what a channel releases.
type Share struct {
	Recipient string
	Bps       uint32
}

// Terms are those on which the author of a model lets it be served.
type Terms struct {
	Author     string
	RoyaltyBps uint32
	// Parents are ids of older models, so that there are no cycles.
	Parents [][]byte
}

// Royalties says which authors get what when the model served is paid for, in
// the order in which they come up. The author of the model starts with its
// royalty, at most what the protocol fee leaves. Breadth first, whoever has
// parents passes lineageBps of its share on to them in equal parts, rounded down,
// up to MaxLineageDepth generations. A recipient beyond MaxRoyalties is passed
// over with its ancestors; that part, and what rounding leaves, stays with the
// child's author. Shares of one author are added up. terms is asked once for
// each time a model comes up, at most 85 times.
func Royalties(served []byte, protocolFeeBps, lineageBps uint32, terms func(model []byte) (Terms, error)) ([]Share, error) {
	if protocolFeeBps > BasisPoints || lineageBps > BasisPoints {
		return nil, fmt.Errorf("protocol fee of %d and lineage of %d basis points, each at most %d", protocolFeeBps, lineageBps, BasisPoints)
	}
	own, err := terms(served)
	if err != nil {
		return nil, err
	}
	// A node is one way on which a model comes up; author is an index into shares.
	type node struct {
		terms         Terms
		author        int
		bps, distance uint32
	}
	start := min(own.RoyaltyBps, BasisPoints-protocolFeeBps)
	shares := []Share{{Recipient: own.Author, Bps: start}}
	queue := []node{{terms: own, bps: start}}
	for ; len(queue) > 0; queue = queue[1:] {
		child := queue[0]
		if child.distance == MaxLineageDepth || len(child.terms.Parents) == 0 {
			continue
		}
		pass := child.bps * lineageBps / BasisPoints / uint32(len(child.terms.Parents))
		if pass == 0 {
			continue
		}
		for _, model := range child.terms.Parents {
			parent, err := terms(model)
			if err != nil {
				return nil, err
			}
			author := find(shares, parent.Author)
			if author == len(shares) {
				if author == MaxRoyalties {
					continue
				}
				shares = append(shares, Share{Recipient: parent.Author})
			}
			shares[child.author].Bps -= pass
			shares[author].Bps += pass
			queue = append(queue, node{terms: parent, author: author, bps: pass, distance: child.distance + 1})
		}
	}
	paid := shares[:0]
	for _, share := range shares {
		if share.Bps > 0 {
			paid = append(paid, share)
		}
	}
	return paid, nil
}

// find returns the position of a recipient, or the number of shares if it has none.
func find(shares []Share, recipient string) int {
	for i, share := range shares {
		if share.Recipient == recipient {
			return i
		}
	}
	return len(shares)
}

// Parts are what the recipients get of an amount released; they add up to it.
type Parts struct {
	// Burned and Pooled make up the protocol fee.
	Burned, Pooled uint64
	// Royalties are in the order of the shares.
	Royalties []uint64
	Provider  uint64
}

// Divide splits what a claim releases on a channel that had released before, in
// total. before + released must fit in a uint64, and the fee and all shares in
// BasisPoints; half of the fee is burned if burns is set, else all of it is pooled.
//
// What a recipient gets is what it is entitled to of the new total less what it
// was entitled to of the old one. So the parts of many claims add up to those of
// one, and nothing is stored per recipient.
func Divide(before, released uint64, feeBps uint32, burns bool, shares []Share) Parts {
	parts, old := entitled(before+released, feeBps, burns, shares), entitled(before, feeBps, burns, shares)
	parts.Burned -= old.Burned
	parts.Pooled -= old.Pooled
	for i := range parts.Royalties {
		parts.Royalties[i] -= old.Royalties[i]
	}
	parts.Provider -= old.Provider
	return parts
}

// entitled is what everybody is entitled to of a total. One after the other, fee
// first, takes its share of what those before it left, rounded down, and the
// provider has the rest.
//
// Rounding each share of the whole down would not do: of a total that grows by
// one unit, two entitlements can grow by one each, and the provider would have to
// give a unit back. Here each cut in two passes a further unit to exactly one
// side, so that no entitlement ever falls.
func entitled(total uint64, feeBps uint32, burns bool, shares []Share) Parts {
	left, whole := total, uint32(BasisPoints)
	take := func(bps uint32) uint64 {
		bps = min(bps, whole)
		if bps == 0 {
			return 0
		}
		// hi is below bps, so the quotient is at most left.
		hi, lo := bits.Mul64(left, uint64(bps))
		part, _ := bits.Div64(hi, lo, uint64(whole))
		left, whole = left-part, whole-bps
		return part
	}
	fee := take(feeBps)
	parts := Parts{Pooled: fee, Royalties: make([]uint64, len(shares))}
	if burns {
		parts.Burned = fee / 2
		parts.Pooled = fee - parts.Burned
	}
	for i, share := range shares {
		parts.Royalties[i] = take(share.Bps)
	}
	parts.Provider = left
	return parts
}
