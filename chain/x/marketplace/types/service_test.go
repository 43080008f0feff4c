package types

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckServiceTexts(t *testing.T) {
	const url = "https://example.org"
	for _, c := range []struct{ what, name, description, endpoint, err string }{
		{"plain", "digits", "", url, ""},
		{"letters of any language, lines", "Ziffern für alle", "eins\n\tzwei", url, ""},
		{"the longest", strings.Repeat("a", 64), strings.Repeat("a", 1024), "http://" + strings.Repeat("a", 249), ""},
		{"no name", "", "", url, "name is empty, expected 1 to 64 bytes"},
		{"name too long", strings.Repeat("a", 65), "", url, "name has 65 bytes, expected at most 64"},
		{"name on two lines", "a\nb", "", url, "name holds the control character U+000A"},
		{"name written backwards", "a\u202eb", "", url, "name holds the control character U+202E"},
		{"name that is no text", "a\xff", "", url, "name is not UTF-8"},
		{"description too long", "a", strings.Repeat("a", 1025), url, "description has 1025 bytes"},
		{"description with a bell", "a", "\a", url, "description holds the control character U+0007"},
		{"endpoint too long", "a", "", "http://" + strings.Repeat("a", 250), "endpoint has 257 bytes, expected at most 256"},
	} {
		t.Run(c.what, func(t *testing.T) {
			err := CheckServiceTexts(c.name, c.description, c.endpoint)
			if c.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, ErrInvalid)
			require.ErrorContains(t, err, c.err)
		})
	}
}

func TestEndpoint(t *testing.T) {
	for _, good := range []string{
		"http://localhost", "http://127.0.0.1:8000", "https://[::1]:8443/a", "https://a-b.example.org/v2/digits", "https://example.org/a%20b/~c",
	} {
		require.NoError(t, CheckServiceTexts("a", "", good), good)
	}
	for _, bad := range []string{
		"", "example.org", "ftp://example.org", "HTTP://example.org", "http://", "http:///a", "https://user@example.org", "https://user:secret@example.org",
		"https://example.org/", "https://example.org/a/", "https://example.org//a", "https://example.org?a=b", "https://example.org/#a", "https://example.org:99999999",
		"https://example.org:", "https://exam ple.org", "https://example.org/\n", "https://exämple.org", "javascript:alert(1)", " https://example.org",
	} {
		require.ErrorContains(t, CheckServiceTexts("a", "", bad), "expected an http or https URL", bad)
	}
}

func TestCheckInterface(t *testing.T) {
	require.NoError(t, CheckInterface("oip.v2"))
	require.ErrorIs(t, CheckInterface("OIP.v2"), ErrInvalid)
	require.ErrorIs(t, CheckInterface(""), ErrInvalid)
}

func TestCheckPromise(t *testing.T) {
	p := DefaultParams()
	require.NoError(t, CheckPromise(0, 0, p))
	require.NoError(t, CheckPromise(1_000_000, 512, p))
	require.ErrorIs(t, CheckPromise(1, 511, p), ErrPromise)
	require.ErrorIs(t, CheckPromise(1_000_001, 512, p), ErrPromise)
}
