package consensuslint_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/assay-network/assay/chain/internal/consensuslint"
)

// executed are the packages whose code runs inside a block.
var executed = []string{"./app", "./x/...", "./intonnx"}

func TestExecutedPackagesAgreeOnEveryValidator(t *testing.T) {
	findings, err := consensuslint.Check("../..", executed...)
	require.NoError(t, err)
	for _, finding := range findings {
		t.Error(finding)
	}
}

var want = regexp.MustCompile(`// want(-above)? "([^"]+)"`)

func TestCheckFindsEverythingInBad(t *testing.T) {
	path, err := filepath.Abs(filepath.Join("testdata", "bad", "bad.go"))
	require.NoError(t, err)
	expected := map[string]string{}
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	scanner := bufio.NewScanner(file)
	for line := 1; scanner.Scan(); line++ {
		if match := want.FindStringSubmatch(scanner.Text()); match != nil {
			at := line
			if match[1] != "" {
				at--
			}
			expected[strconv.Itoa(at)] = match[2]
		}
	}
	require.NoError(t, scanner.Err())
	require.Len(t, expected, 18)

	findings, err := consensuslint.Check(".", "./testdata/bad")
	require.NoError(t, err)
	found := map[string]string{}
	for _, finding := range findings {
		line := strconv.Itoa(finding.Position.Line)
		require.Contains(t, expected, line, "unexpected finding: %s", finding)
		require.Contains(t, finding.Message, expected[line], fmt.Sprint(finding))
		found[line] = expected[line]
	}
	require.Equal(t, expected, found)
}

func TestCheckReportsCodeThatDoesNotCompile(t *testing.T) {
	_, err := consensuslint.Check(".", "./testdata/missing")
	require.ErrorContains(t, err, "testdata/missing")
}
