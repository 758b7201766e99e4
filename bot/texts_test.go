package bot

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

// details lists which details an outcome can have, each with a text of its own.
var details = map[Code][]Detail{
	CodeSubscription:    {DetailNotStarted, DetailNotActive, DetailNotSubscribed},
	CodeNoMRZ:           {DetailFront},
	CodeUnsupportedFile: {DetailHEIC, DetailPDF, DetailVideo, DetailRare, DetailDamaged},
	CodeTooLarge:        {DetailPixels},
	CodeDownloadFailed:  {DetailGone},
	CodeUnreadable:      {DetailLocal},
	CodeLimitReached:    {DetailInWork, DetailUnanswered},
	CodePictureRefused:  {DetailFile},
}

// needed lists the names of all texts the code speaks.
func needed(t *testing.T) []string {
	var names []string
	for _, code := range Outcomes() {
		if code != CodeOK { // its text is the fields
			names = append(names, "outcome."+string(code))
		}
		for _, d := range details[code] {
			names = append(names, "outcome."+string(code)+"."+string(d))
		}
		if outcomes[code].Alert {
			names = append(names, "alert."+string(code))
		}
	}
	for _, v := range verbs() {
		names = append(names, "menu."+v.name)
	}
	for _, f := range shown {
		names = append(names, "field."+f.String())
	}
	errors, warnings := mrz.Codes()
	for _, code := range slices.Concat(errors, warnings) {
		names = append(names, "mrz."+code)
	}
	for _, change := range mrz.AllChanges() {
		names = append(names, "read.restored."+string(change))
	}
	names = append(names, "role.agent", "role.admin", "alert."+string(CodeUnknown))
	// The others stand in the code as they are: what is said must have a text,
	// and a text whose name stands nowhere is said by nobody.
	said := regexp.MustCompile(`(?:(?:say|about|withID)\(|toast\(ctx, q, |button\{)"([a-z_.]+)"[,)]`)
	literal := regexp.MustCompile(`"([a-z_.]+)"`)
	v := voiceOf(t, "en")
	for _, source := range sources(t) {
		for _, m := range said.FindAllStringSubmatch(source, -1) {
			names = append(names, m[1])
		}
		for _, m := range literal.FindAllStringSubmatch(source, -1) {
			if v.has(m[1]) {
				names = append(names, m[1])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sources gives the package's files.
func sources(t *testing.T) []string {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var all []string
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			all = append(all, string(source))
		}
	}
	return all
}

func voiceOf(t *testing.T, lang string) voice {
	texts, err := newTexts()
	require.NoError(t, err)
	v := texts.speak(lang)
	require.Equal(t, lang, v.lang)
	return v
}

// TestLocales holds every language against the code, both ways.
func TestLocales(t *testing.T) {
	want := needed(t)
	files, err := filepath.Glob("locales/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var all map[string]string
		require.NoError(t, json.Unmarshal(raw, &all))
		var have []string
		for name, text := range all {
			have = append(have, name)
			require.NotEmpty(t, text, name)
			require.NotContains(t, text, "\t", "Telegram turns tabs into spaces: %s", name)
			if strings.HasPrefix(name, "menu.") {
				require.LessOrEqual(t, len([]rune(text)), 256, name)
			}
		}
		slices.Sort(have)
		require.Equal(t, want, have, file)
	}
}

func TestSpeak(t *testing.T) {
	texts, err := newTexts()
	require.NoError(t, err)
	for code, lang := range map[string]string{"": "en", "en": "en", "en-GB": "en", "EN": "en", "fr": "en", "nonsense-": "en"} {
		require.Equal(t, lang, texts.speak(code).lang, code)
	}
	require.Equal(t, "no.such.text", texts.speak("en").say("no.such.text", nil))
	require.Equal(t, "3 of 50 today", texts.speak("en").say("used", args{"N": 3, "Limit": 50}))
}
