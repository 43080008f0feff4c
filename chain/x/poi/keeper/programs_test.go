package keeper

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/intonnx"
)

func TestProgramCacheIsBounded(t *testing.T) {
	cache := newProgramCache()
	program := func(seed int8) *intonnx.Program {
		p, err := intonnx.Check(testFile(seed), intonnx.Limits{})
		require.NoError(t, err)
		return p
	}
	has := func(seed int8) bool {
		_, ok := cache.get(idOf(testFile(seed)))
		return ok
	}
	const half = maxCachedBytes / 2
	cache.put(program(1), half)
	cache.put(program(2), half)
	cache.put(program(2), half) // counts once
	require.True(t, has(1))     // the most recent now
	cache.put(program(3), half)
	require.True(t, has(1))
	require.False(t, has(2))
	require.True(t, has(3))
	require.Equal(t, 2*half, cache.bytes)
	require.Equal(t, 2, cache.order.Len())
	require.Len(t, cache.byID, 2)

	cache.put(program(4), 2*maxCachedBytes) // alone it may exceed the bound
	require.True(t, has(4))
	require.Equal(t, 1, cache.order.Len())
}

// Queries run beside blocks: run with -race.
func TestProgramsRunConcurrently(t *testing.T) {
	f := newRegistry(t)
	openArena(f)
	id := f.contend("alice", 1)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 50 {
				logits, err := f.keeper.RunModel(f.ctx, id, []byte{byte(i), byte(j), 0, 0})
				if err != nil || fmt.Sprint(logits) != fmt.Sprint([]int{i + 1, j, 0}) {
					t.Errorf("got %v, %v", logits, err)
				}
			}
		})
	}
	group.Wait()
}

func TestRunModelRefuses(t *testing.T) {
	f := newRegistry(t)
	openArena(f)
	id := f.contend("alice", 1)
	_, err := f.keeper.RunModel(f.ctx, id, []byte{1})
	require.ErrorContains(t, err, "the input has 1 bytes, expected 4")
	_, err = f.keeper.RunModel(f.ctx, hash("nobody"), []byte{1, 2, 3, 4})
	require.ErrorContains(t, err, "not found")
	require.NoError(t, f.keeper.modelFiles.Set(f.ctx, hash("broken"), []byte("no model")))
	_, err = f.keeper.RunModel(f.ctx, hash("broken"), []byte{1, 2, 3, 4})
	require.ErrorContains(t, err, "model file refused")
}
