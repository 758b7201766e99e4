package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseCommand(t *testing.T) {
	for text, want := range map[string]command{
		"/start":                 {name: "start", args: []string{}},
		"/START":                 {name: "start", args: []string{}},
		"/start@mrz_bot":         {name: "start", args: []string{}},
		"/start@MRZ_BOT x":       {name: "start", args: []string{"x"}},
		"/allow 12\u00a0Ай  Бек": {name: "allow", args: []string{"12", "Ай", "Бек"}},
		"/limit\t5\n6":           {name: "limit", args: []string{"5", "6"}},
		"/start@other_bot":       {},
		"/start@":                {},
		"привет /start":          {},
		" /start":                {},
		"/":                      {},
		"":                       {},
		"/st-art":                {},
		"/старт":                 {},
		"IDKGZ<<":                {},
		"//comment":              {},
	} {
		got, ok := parseCommand(text, "mrz_bot")
		require.Equal(t, want.name != "", ok, "%q", text)
		require.Equal(t, want, got, "%q", text)
	}
}
