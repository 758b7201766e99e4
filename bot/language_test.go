package bot

import (
	"testing"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/storage"
)

// TestLanguageOfLastWords: when the program has died over what somebody sent,
// they are told so in their language, also when only the store knows it.
func TestLanguageOfLastWords(t *testing.T) {
	c := setTable(t, func() (reader.Reading, error) { panic("reader") })
	admin, err := c.people.Person(t.Context(), 1)
	require.NoError(t, err)
	require.True(t, c.people.NotePhone(t.Context(), admin, "ru"))
	c.Broken(t.Context(), storage.Task{ID: "update:2", Kind: storage.KindUpdate, Person: 1, Chat: 1, Message: 8})
	c.Broken(t.Context(), c.claim())
	require.NoError(t, c.people.ChooseLanguage(t.Context(), 1, "ky"))
	c.Broken(t.Context(), storage.Task{ID: "update:3", Kind: storage.KindUpdate, Person: 1, Chat: 1, Message: 9})
	require.Len(t, c.said, 3)
	for i, words := range []string{"что-то сломалось, и я не смог ответить", "фото не прочитано", "бир нерсе бузулуп"} {
		require.Contains(t, c.said[i].Text, words)
	}
}

// TestPressOfNoLanguage: a button proves nothing.
func TestPressOfNoLanguage(t *testing.T) {
	c := setTable(t, nil)
	for _, about := range []string{"", "de", "KY", "ky:ru", "phone:ky"} {
		req := &reply.Request{
			Parts: c.parts, Task: storage.Task{ID: "update:1", Person: 1, Chat: 1, Message: 7},
			Person: storage.Person{ID: 1, Role: storage.RoleAdmin}, Localizer: c.catalog.Localizer(""),
		}
		require.NoError(t, c.press(t.Context(), req, &models.CallbackQuery{ID: "q", Data: screen.LanguageButton + ":" + about}))
		p, err := c.store.Person(t.Context(), 1)
		require.NoError(t, err)
		require.Empty(t, p.Language, about)
	}
	require.Equal(t, []chat.Message(nil), c.said)
	require.Len(t, c.heard, 5)
}

// TestCauseInEachLanguage: why exactly the service gave nothing each admin reads in
// their own language; the log has it in English.
func TestCauseInEachLanguage(t *testing.T) {
	for _, c := range []struct {
		cause           string
		status          int
		english, kyrgyz string
	}{
		{"no_host", 0, "Exact cause: there is no such host", "Так себеби: мындай сервер жок"},
		{"page", 200, "Exact cause: a page for people came in the place of an answer (HTTP 200)", "Так себеби: жооптун ордуна адамдар үчүн барак келди (HTTP 200)"},
		{"", 503, "Answer: HTTP 503", "Жооп: HTTP 503"},
	} {
		o := newLookout(t)
		o.Bot.Alerts.Raise(t.Context(), &outcome.Failure{Code: outcome.Unavailable, Cause: c.cause, Status: c.status, Reason: "canary"}, true)
		told := o.sent()
		require.Len(t, told, 2)
		for _, m := range told {
			require.NotContains(t, m.Text, "canary")
			require.Contains(t, m.Text, "\n"+map[int64]string{1: c.english, 2: c.kyrgyz}[m.Chat]+"\n")
		}
	}
}
