package types

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
)

// The README names every message, query, event and error, and its table of
// parameters says what the code says.
func TestReadme(t *testing.T) {
	raw, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	readme := string(raw)
	for _, method := range _Msg_serviceDesc.Methods {
		require.Contains(t, readme, "| `Msg"+method.MethodName+"` |")
	}
	for _, method := range _Query_serviceDesc.Methods {
		require.Contains(t, readme, "`"+method.MethodName+"`")
	}
	files, err := proto.HybridResolver.FindFileByPath("assay/marketplace/v1/events.proto")
	require.NoError(t, err)
	for i := range files.Messages().Len() {
		require.Contains(t, readme, "`"+string(files.Messages().Get(i).Name())+"`")
	}
	source, err := os.ReadFile("errors.go")
	require.NoError(t, err)
	registered := regexp.MustCompile(`(Err\w+)\s+= errors\.Register\(ModuleName, (\d+),`).FindAllStringSubmatch(string(source), -1)
	require.NotEmpty(t, registered)
	for _, e := range registered {
		require.Contains(t, readme, fmt.Sprintf("| %s | `%s` |", e[2], e[1]))
	}
	for _, row := range paramRows() {
		require.Contains(t, readme, row)
	}
	standard, local := DefaultParams(), LocalParams()
	require.Contains(t, readme, fmt.Sprintf("`denoms` lists at most %d coins", MaxDenoms))
	require.Contains(t, readme, fmt.Sprintf("`%s` with %s (local: %s)", BondDenom,
		grouped(standard.Denoms[0].MinDeposit.String()), grouped(local.Denoms[0].MinDeposit.String())))
}

// paramRows are the beginnings of the rows of the README's table.
func paramRows() []string {
	standard, local := DefaultParams(), LocalParams()
	row := func(name string, value, localValue, least, most any) string {
		text := func(v any) string { return grouped(fmt.Sprint(v)) }
		return fmt.Sprintf("| `%s` | %s | %s | %s | %s |", name, text(value), text(localValue), text(least), text(most))
	}
	var rows []string
	localLimits := local.limits()
	for i, l := range standard.limits() {
		rows = append(rows, row(l.name, l.value, localLimits[i].value, l.min, l.max))
	}
	return append(rows, row("service_bond", standard.ServiceBond, local.ServiceBond, 1, maxAmount))
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
