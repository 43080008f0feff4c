package types

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
)

// The README names every message, event and error, and its table of parameters
// says what the code says.
func TestReadme(t *testing.T) {
	raw, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	readme := string(raw)
	for _, method := range _Msg_serviceDesc.Methods {
		require.Contains(t, readme, "`Msg"+method.MethodName+"`")
	}
	for _, method := range _Query_serviceDesc.Methods {
		require.Contains(t, readme, "`"+method.MethodName+"`")
	}
	files, err := proto.HybridResolver.FindFileByPath("assay/poi/v1/events.proto")
	require.NoError(t, err)
	for i := range files.Messages().Len() {
		require.Contains(t, readme, "`"+string(files.Messages().Get(i).Name())+"`")
	}
	for _, row := range paramRows() {
		require.Contains(t, readme, row)
	}
}

// paramRows are the beginnings of the rows of the README's table.
func paramRows() []string {
	var rows []string
	standard, local := DefaultParams(), LocalParams()
	limits, localLimits := standard.limits(), local.limits()
	for i, l := range limits {
		least := fmt.Sprint(l.min)
		if l.name == "unbonding_blocks" {
			least = "2 epochs"
		}
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s | %s |", l.name, grouped(fmt.Sprint(l.value)), grouped(fmt.Sprint(localLimits[i].value)), least, grouped(fmt.Sprint(l.max))))
	}
	amounts, localAmounts := standard.amounts(), local.amounts()
	for i, a := range amounts {
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %d | %s |", a.name, grouped(a.value.String()), grouped(localAmounts[i].value.String()), a.min, grouped(fmt.Sprint(int64(maxAmount)))))
	}
	return rows
}

// grouped sets the thousands of a number apart.
func grouped(digits string) string {
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, parts...), ",")
}
