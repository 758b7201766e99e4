package text

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLocalizer(t *testing.T) {
	catalog, err := New()
	require.NoError(t, err)
	for code, lang := range map[string]string{"": "en", "en": "en", "en-GB": "en", "EN": "en", "fr": "en", "nonsense-": "en"} {
		require.Equal(t, lang, catalog.Localizer(code).Lang, code)
	}
	require.Equal(t, "no.such.text", catalog.Localizer("en").Text("no.such.text", nil))
	require.Equal(t, "3 of 50 today", catalog.Localizer("en").Text("used", Args{"N": 3, "Limit": 50}))
}
