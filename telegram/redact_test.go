package telegram

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSafe(t *testing.T) {
	r := newRedactor(canary)
	for text, want := range map[string]string{
		"Bad Request: message can't be deleted":             "Bad Request: message can't be deleted",
		"GET /bot" + canary + "/getMe":                      "GET /bot[hidden]/getMe",
		"q=" + url.QueryEscape(canary):                      "q=[hidden]",
		"bot123456789%3a" + canarySecret:                    "bot123456789%3a[hidden]",
		`unexpected "AN1234567", not 'TESTOVA' or ` + "`x`": `unexpected "...", not '...' or ` + "`...`",
		`a quotation "AN1234567 that does not end`:          `a quotation "`,
		"Имя\x00\n":                                          "?????",
		canary + canary + "x" + canarySecret:                 "[hidden][hidden]x[hidden]",
		strings.Repeat("a", maxDescription) + "AN1234567":    strings.Repeat("a", maxDescription),
		strings.Repeat("a", maxDescription-5) + canarySecret: strings.Repeat("a", maxDescription-5) + "[hidd",
	} {
		require.Equal(t, want, r.safe(text))
	}
}
