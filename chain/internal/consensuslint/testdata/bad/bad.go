// Package bad holds one line of everything the checker must find. The comment
// after each line is what the test expects.
package bad

import (
	crand "crypto/rand"
	"maps"
	"math/big"
	"math/rand"
	"os"
	"slices"
	"time"
)

type ratio float64 // want "floating point"

func floats(a int) ratio { // want "floating point"
	half := 0.5                      // want "floating point"
	var c complex128                 // want "floating point"
	_ = c                            // want "floating point"
	_ = half                         // want "floating point"
	_ = new(big.Float).Add(nil, nil) // want "floating point"
	const exact = 1e6
	return ratio(a) // want "floating point"
}

func clocks() time.Time {
	time.Sleep(time.Second) // want "a clock"
	return time.Now()       // want "a clock"
}

func surroundings() {
	_ = os.Getenv("HOME")  // want "the environment"
	_ = rand.Int()         // want "local randomness"
	_, _ = crand.Read(nil) // want "local randomness"
}

type table map[string]int

func order(t table, sorted []string) {
	go clocks() // want "goroutine"
	select {}   // want "select"
}

func iterate(t table, sorted []string) (sum int) {
	for range t { // want "range over a map"
		sum++
	}
	for _, name := range sorted {
		sum += t[name]
	}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		sum += t[name]
	}
	for name := range maps.Keys(t) { // want "the order of a map"
		sum += t[name]
	}
	//consensus:allow a sum does not depend on the order
	for _, n := range t {
		sum += n
	}
	for range t { //consensus:allow only counted
		sum++
	}
	for range t { //consensus:allow
		sum++ // want-above "needs a reason"
	}
	return sum
}
