// Package protocol holds the arithmetic and the bytes of the market: what a
// voucher and a receipt sign, which keys may sign them, how much of a claim is
// released and how that is split.
//
// Every function is pure: no store, no context, no clock, no floats, no map
// iteration, no goroutines; nothing panics. The same functions exist in
// TypeScript under ts-client/src/market, file by file, and
// testdata/vectors/market.json proves that both agree.
// docs/protocol/{bytes,market}.md explain them.
//
// Conventions. Amounts are base units in a uint64: the deposits of a channel add
// up to at most 2^64 - 1. Ratios are in basis points, accuracies in parts per
// million.
package protocol

const (
	// BasisPoints is the whole, where a ratio is in basis points.
	BasisPoints = 10_000
	// Million is the whole, where an accuracy is in parts per million.
	Million = 1_000_000
)

const (
	// SaltSize is the length of a call's salt.
	SaltSize = 16
	// MaxLanes is the most lanes of one channel.
	MaxLanes = 64
	// MaxClaimRows is the most vouchers of one claim.
	MaxClaimRows = 100
	// MaxRoyalties is the most authors paid by one channel.
	MaxRoyalties = 8
	// MaxLineageDepth is how many generations of ancestors are paid.
	MaxLineageDepth = 3
)
