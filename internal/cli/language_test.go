package cli

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
)

// phone is somebody's phone with nothing known but its language.
func phone(language string) faketelegram.Person {
	return faketelegram.Person{ID: 5, LanguageCode: language}
}

// TestMenusInLanguages: menus and what the bot's profile says come in the
// language of the phone, an admin's menu in the language the admin is spoken to
// in; and at the next start nothing is set that Telegram has already.
func TestMenusInLanguages(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	meerim := gulnara
	meerim.LanguageCode = "ky"
	sets := func() (n int) {
		for _, method := range []string{"setMyCommands", "setMyDescription", "setMyShortDescription"} {
			n += len(b.telegram.CallsOf(method))
		}
		return n
	}
	const last = "getMyShortDescription" // of each of the seven languages of phones
	ready := func() {
		calls := len(b.telegram.CallsOf(last))
		b.start()
		b.until("everything is looked at", func() bool { return len(b.telegram.CallsOf(last)) == calls+7 })
	}
	ready()
	b.until("all is set", func() bool { return len(b.telegram.CallsOf("setMyShortDescription")) == 7 })
	for language, start := range map[string]string{
		"ky": "эмнеден баштоо керек", "ru": "с чего начать", "uz": "с чего начать", "kk": "с чего начать", "tg": "с чего начать", "tr": "с чего начать",
		"en": "how to begin", "de": "how to begin", "": "how to begin",
	} {
		require.Equal(t, start, b.telegram.Commands(phone(language))[0].Description, language)
	}
	for language, word := range map[string]string{"ky": "окуйт", "ru": "прочитает", "uz": "прочитает", "en": "reads", "de": "reads", "": "reads"} {
		long, short := b.telegram.Description(phone(language))
		require.Contains(t, long, word, language)
		require.NotEmpty(t, short, language)
	}

	menu := func(p faketelegram.Person) string { return b.telegram.Commands(p)[0].Description }
	b.telegram.Say(meerim, "/start")
	b.answered(meerim, "Саламатсызбы")
	b.until("the admin's menu is Kyrgyz", func() bool { return menu(meerim) == "эмнеден баштоо керек" })
	require.Len(t, b.telegram.Commands(meerim), 18)
	b.telegram.Say(meerim, "/lang")
	m := b.answered(meerim, "кайсы тилде")
	_, err := b.telegram.Press(meerim, m.ID, "Русский")
	require.NoError(t, err)
	b.until("the admin's menu is Russian", func() bool { return menu(meerim) == "с чего начать" })
	require.Len(t, b.telegram.Commands(meerim), 18)
	b.quiet()
	b.end()

	before := sets()
	ready()
	require.Equal(t, "с чего начать", menu(meerim))
	require.Equal(t, before, sets(), "what is there is not set again")
}

// TestLanguageOfWhatComesLater: that messages could not be removed is said in the
// language that was spoken last.
func TestLanguageOfWhatComesLater(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "DELETE_AFTER": "24h"})
	b.mrz.Answer(fakemrz.Lines(card...))
	meerim := gulnara
	meerim.LanguageCode = "ky"
	b.telegram.Say(meerim, "/start")
	b.start()
	b.answered(meerim, "Саламатсызбы")
	b.photo(meerim)
	b.answered(meerim, "бүгүн 1 / 50")
	b.forward(49 * time.Hour)
	b.answered(meerim, "өчүрө албай калдым")
}
