package bot

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/mrz"
)

// details lists which details an outcome can have, each with a text of its own.
var details = map[outcome.Code][]outcome.Detail{
	outcome.Subscription:    {outcome.DetailNotStarted, outcome.DetailNotActive, outcome.DetailNotSubscribed},
	outcome.NoMRZ:           {outcome.DetailFront},
	outcome.UnsupportedFile: {outcome.DetailHEIC, outcome.DetailPDF, outcome.DetailVideo, outcome.DetailRare, outcome.DetailDamaged},
	outcome.TooLarge:        {outcome.DetailPixels},
	outcome.DownloadFailed:  {outcome.DetailGone},
	outcome.Unreadable:      {outcome.DetailLocal},
	outcome.LimitReached:    {outcome.DetailInWork, outcome.DetailUnanswered},
	outcome.PictureRefused:  {outcome.DetailFile},
}

// needed lists the names of all texts the code speaks.
func needed(t *testing.T) []string {
	var names []string
	for _, code := range outcome.Codes() {
		if code != outcome.OK { // its text is the fields
			names = append(names, "outcome."+string(code))
		}
		for _, d := range details[code] {
			names = append(names, "outcome."+string(code)+"."+string(d))
		}
		if outcome.Of(code).Alert {
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
	names = append(names, "role.agent", "role.admin", "alert."+string(outcome.Unknown))
	// The others stand in the code as they are: what is said must have a text,
	// and a text whose name stands nowhere is said by nobody.
	said := regexp.MustCompile(`(?:(?i:text|about|withID)\((?:[\w.]+, )*|(?i:toast)\(ctx, q, |(?i:button)\{(?:Name: )?)"([a-z_.]+)"[,)]`)
	literal := regexp.MustCompile(`"([a-z_.]+)"`)
	catalog, err := text.New()
	require.NoError(t, err)
	v := catalog.Localizer("en")
	for _, source := range sources(t) {
		for _, m := range said.FindAllStringSubmatch(source, -1) {
			names = append(names, m[1])
		}
		for _, m := range literal.FindAllStringSubmatch(source, -1) {
			if v.Has(m[1]) {
				names = append(names, m[1])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sources gives the files of all rooms.
func sources(t *testing.T) []string {
	var all []string
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		all = append(all, string(source))
		return err
	})
	require.NoError(t, err)
	return all
}

// TestLocales holds every language against the code, both ways.
func TestLocales(t *testing.T) {
	want := needed(t)
	files, err := filepath.Glob("text/locales/*.json")
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
