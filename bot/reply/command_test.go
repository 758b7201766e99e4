package reply

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseCommand(t *testing.T) {
	for text, want := range map[string]Command{
		"/start":                 {Name: "start", Args: []string{}},
		"/START":                 {Name: "start", Args: []string{}},
		"/start@mrz_bot":         {Name: "start", Args: []string{}},
		"/start@MRZ_BOT x":       {Name: "start", Args: []string{"x"}},
		"/allow 12\u00a0Ай  Бек": {Name: "allow", Args: []string{"12", "Ай", "Бек"}},
		"/limit\t5\n6":           {Name: "limit", Args: []string{"5", "6"}},
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
		got, ok := ParseCommand(text, "mrz_bot")
		require.Equal(t, want.Name != "", ok, "%q", text)
		require.Equal(t, want, got, "%q", text)
	}
}
