package types

import (
	"regexp"
	"unicode"
	"unicode/utf8"
)

const (
	maxNameBytes        = 64
	maxCardBytes        = 4096
	maxLicenceBytes     = 128
	maxDescriptionBytes = 1024
)

var (
	arenaName         = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	preprocessingName = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
)

// checkLine checks text that is shown on one line: 1 to limit bytes of UTF-8
// without control characters and without characters that change the direction of
// writing, with which a name can be made to look like another.
func checkLine(what, text string, limit int) error {
	if text == "" {
		return ErrInvalid.Wrapf("%s is empty, expected 1 to %d bytes", what, limit)
	}
	return checkText(what, text, limit, false)
}

// checkText is checkLine for text that may be empty; lines allows line breaks and tabs.
func checkText(what, text string, limit int, lines bool) error {
	if len(text) > limit {
		return ErrInvalid.Wrapf("%s has %d bytes, expected at most %d", what, len(text), limit)
	}
	if !utf8.ValidString(text) {
		return ErrInvalid.Wrapf("%s is not UTF-8", what)
	}
	for _, r := range text {
		if lines && (r == '\n' || r == '\t') {
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ErrInvalid.Wrapf("%s holds the control character %U", what, r)
		}
	}
	return nil
}

// CheckModelTexts checks what people read about a model.
func CheckModelTexts(name, card, licence string) error {
	if err := checkLine("name", name, maxNameBytes); err != nil {
		return err
	}
	if err := checkText("card", card, maxCardBytes, true); err != nil {
		return err
	}
	return checkLine("licence", licence, maxLicenceBytes)
}
