package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

func TestCleanName(t *testing.T) {
	for name, want := range map[string]string{
		"":                         "",
		"  Айгүл  Ө.\t":            "Айгүл Ө.",
		"Bob\n999999 · today 0":    "Bob 999999 · today 0",
		"a\r\n\v\f\u0085\u2028b":   "a b",
		"a\u00a0\u2009\u3000b":     "a b",
		"\u202eboB\u202c":          "boB",
		"a\u2066b\u2069\u200fc":    "a b c",
		"a\u200bb\u2060c\ufeffd":   "abcd",
		"s\u00ado\u034ff\u180et":   "soft",
		"\u200b \u200d\u2060":      "",
		"\u3164":                   "",
		"\u2800\u115f\u1160\uffa0": "",
		"\U000e0041\U000e0042x":    "x",
		"a\x00\x07b":               "a b",
		"a\xffb":                   "ab",
		"x\ue000y":                 "xy",
		"a\u200b\u0301":            "á",
		"и\u0306":                  "й",
		"Z\u0335\u0327\u0335\u0321\u0322a\u0301\u0302\u0303\u0304": "Z\u0335\u0321á\u0302\u0303",
		"\u0301\u0302Bob": "Bob",
		"👩‍👩‍👧 x":         "👩‍👩‍👧 x",
		"❤\ufe0f":         "❤",
	} {
		got := CleanName(name)
		if strings.HasPrefix(name, "Z") { // which marks stay is Unicode's canonical order
			require.LessOrEqual(t, utf8.RuneCountInString(got), 2+2*maxMarks)
			continue
		}
		require.Equal(t, want, got, "%q", name)
		require.Equal(t, got, CleanName(got), "%q", name)
	}
	require.Equal(t, strings.Repeat("ж", storage.MaxName), CleanName(strings.Repeat("ж", 500)))
	require.Equal(t, strings.Repeat("ж", storage.MaxName-1), CleanName(strings.Repeat("ж", storage.MaxName-1)+" x"), "no blank at the end")
}

func FuzzCleanName(f *testing.F) {
	f.Add("Bob\n999")
	f.Add("\u202e\u200b\u0301")
	f.Fuzz(func(t *testing.T, name string) {
		got := CleanName(name)
		require.True(t, utf8.ValidString(got))
		require.LessOrEqual(t, utf8.RuneCountInString(got), storage.MaxName)
		require.Equal(t, strings.TrimSpace(got), got)
		require.NotContains(t, got, "\n")
		require.Equal(t, got, CleanName(got), "what is clean stays as it is")
	})
}

func TestDisplayName(t *testing.T) {
	for want, u := range map[string]models.User{
		"":           {},
		"Aibek":      {FirstName: "Aibek"},
		"Aibek Uulu": {FirstName: " Aibek\n\t", LastName: "Uulu"},
		"a b c":      {FirstName: "a\u202eb\u2028c"},
		"👩‍👩‍👧 x":    {FirstName: "👩‍👩‍👧", LastName: "x"},
	} {
		require.Equal(t, want, DisplayName(u))
	}
}
