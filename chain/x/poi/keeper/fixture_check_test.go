package keeper

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/intonnx"
)

func TestLinearModel(t *testing.T) {
	program, err := intonnx.Check(linearModel([][]int8{{1, 2}, {-3, 4}}, []int8{5, -6}), intonnx.Limits{})
	require.NoError(t, err)
	out, err := program.Run(&intonnx.Scratch{}, []byte{10, 20})
	require.NoError(t, err)
	require.Equal(t, []int32{55, 44}, out)
}

func TestFixture(t *testing.T) {
	f := newFixture(t)
	f.rich("alice")
	f.nextBlock()
	f.requireBalanced()
}
