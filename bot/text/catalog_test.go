package text

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLocalizer(t *testing.T) {
	catalog, err := New()
	require.NoError(t, err)
	for code, lang := range map[string]string{"": "en", "en": "en", "en-GB": "en", "EN": "en", "fr": "en", "nonsense-": "en",
		"ky": "ky", "ky-KG": "ky", "KY": "ky", "ru": "ru", "ru-RU": "ru",
		"uz": "ru", "uz-Cyrl-UZ": "ru", "kk": "ru", "tg": "ru", "tr": "ru", "TR-tr": "ru", "trv": "en", "de": "en", "uk": "en",
	} {
		require.Equal(t, lang, catalog.Localizer(code).Lang, code)
	}
	for lang, says := range map[string][]string{
		"en": {"1 minute", "2 minutes", "5 minutes", "11 minutes", "21 minutes"},
		"ru": {"1 минуты", "2 минут", "5 минут", "11 минут", "21 минуты"},
		"ky": {"1 мүнөткө чейин", "2 мүнөткө чейин", "5 мүнөткө чейин", "11 мүнөткө чейин", "21 мүнөткө чейин"},
	} {
		for i, n := range []int{1, 2, 5, 11, 21} {
			require.Equal(t, says[i], catalog.Localizer(lang).Count("waiting.minutes", n))
		}
	}
	require.Equal(t, "32 дня", catalog.Localizer("ru").Count("privacy.days", 32))
	require.Equal(t, "no.such.text", catalog.Localizer("en").Count("no.such.text", 2))
	require.Equal(t, []string{"", "kk", "tg", "tr", "uz", "ky", "ru"}, PhoneLanguages())
	require.Equal(t, "no.such.text", catalog.Localizer("en").Text("no.such.text", nil))
	require.Equal(t, "3 of 50 today", catalog.Localizer("en").Text("used", Args{"N": 3, "Limit": 50}))
}
