package types

import (
	"regexp"
	"unicode"
	"unicode/utf8"
)

const (
	// InterfaceOIP is the Open Inference Protocol, version 2, on tensors.
	InterfaceOIP = "oip.v2"

	maxNameBytes        = 64
	maxDescriptionBytes = 1024
	maxEndpointBytes    = 256
	// million is the whole, where an accuracy is a ratio.
	million = 1_000_000
)

// endpointURL has a host and maybe a port and a path: no credentials, query,
// fragment or trailing slash. It is a pattern and not net/url, because all nodes
// must accept the same text whatever release of Go built them.
var endpointURL = regexp.MustCompile(`^https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~%!$&'()*+,;=:@-]+)*$`)

// CheckServiceTexts checks what people and clients read about a service.
func CheckServiceTexts(name, description, endpoint string) error {
	if name == "" {
		return ErrInvalid.Wrapf("name is empty, expected 1 to %d bytes", maxNameBytes)
	}
	if err := checkText("name", name, maxNameBytes, false); err != nil {
		return err
	}
	if err := checkText("description", description, maxDescriptionBytes, true); err != nil {
		return err
	}
	if len(endpoint) > maxEndpointBytes {
		return ErrInvalid.Wrapf("endpoint has %d bytes, expected at most %d", len(endpoint), maxEndpointBytes)
	}
	if !endpointURL.MatchString(endpoint) {
		return ErrInvalid.Wrapf("endpoint is %q, expected an http or https URL without credentials, query or trailing slash", endpoint)
	}
	return nil
}

// CheckInterface checks the protocol that a service says it speaks.
func CheckInterface(name string) error {
	if name != InterfaceOIP {
		return ErrInvalid.Wrapf("interface is %q, expected %q", name, InterfaceOIP)
	}
	return nil
}

// checkText checks length and encoding, and refuses control characters and those
// that change the direction of writing, with which one name can be made to look
// like another; lines allows line breaks and tabs.
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

// CheckPromise checks the accuracy a service promises against what is known of
// its model: how many items it was scored on (0 for a service without a model).
func CheckPromise(promise uint32, scoredItems uint64, p Params) error {
	switch {
	case promise == 0:
		return nil
	case promise > million:
		return ErrPromise.Wrapf("promise is %d, expected at most %d", promise, million)
	case scoredItems < uint64(p.MinPromiseItems):
		return ErrPromise.Wrapf("the model was scored on %d items, expected at least %d for a promise", scoredItems, p.MinPromiseItems)
	}
	return nil
}
