//go:build race

package keeper

// raceEnabled says that the race detector watches, which makes everything slower.
const raceEnabled = true
