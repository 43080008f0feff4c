package types

import (
	"testing"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/stretchr/testify/require"
)

// A message that is added to the service but not to the codec fails here.
func TestEveryMessageIsRegistered(t *testing.T) {
	var listed, served []string
	for _, m := range messages {
		listed = append(listed, sdk.MsgTypeURL(m.msg))
		require.LessOrEqual(t, len(m.name), 39, "longer names break hardware wallets")
	}
	for _, method := range _Msg_serviceDesc.Methods {
		served = append(served, "/assay.marketplace.v1.Msg"+method.MethodName)
	}
	require.ElementsMatch(t, served, listed)
}
