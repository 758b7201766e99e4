package draw

import (
	"testing"

	"github.com/go-analyze/charts"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/text"
)

// TestFontHasTheWords: a letter that the font does not have would be a box.
func TestFontHasTheWords(t *testing.T) {
	catalog, err := text.New()
	require.NoError(t, err)
	for _, lang := range text.Languages() {
		for _, name := range []string{"guide.good", "guide.front", "guide.far", "guide.flash"} {
			for _, r := range catalog.Localizer(lang).Text(name, nil) {
				require.NotZero(t, charts.GetFont(charts.FontFamilyNotoSans).Index(r), "%s: %q", lang, r)
			}
		}
	}
}
