// Package protocol holds the arithmetic and the bytes of Proof of Intelligence:
// what is hashed, how randomness is drawn, when an answer is correct, which
// model takes a step on the ladder and who is paid how much.
//
// Every function is pure: no store, no context, no clock, no floats, no map
// iteration, no goroutines. The same functions exist in TypeScript under
// ts-client/src/protocol, file by file, and testdata/vectors proves that both
// agree. docs/protocol/{bytes,draw,ladder}.md explain them.
//
// Conventions. Amounts are base units in an int64: the emission cap is 1e15, so
// no real balance comes near the limit, and every product is taken in 128 bits.
// Item counts are at most MaxCount. Wrong arguments give an error; nothing panics.
package protocol

// MaxCount is the largest item count that is ever stored.
const MaxCount = 1<<31 - 1
