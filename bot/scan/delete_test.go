package scan

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// removing remembers what it took away, and what it answered to presses.
type removing struct {
	chat.API
	deleted []int
	heard   []string
}

func (r *removing) Delete(_ context.Context, _ int64, messages []int) error {
	r.deleted = append(r.deleted, messages...)
	return nil
}

func (r *removing) AnswerCallback(_ context.Context, _, text string, _ bool) error {
	r.heard = append(r.heard, text)
	return nil
}

// TestDeleteNow: photo and answer go, in the chat of whoever pressed and nowhere
// else, as long as Telegram lets a bot delete them.
func TestDeleteNow(t *testing.T) {
	catalog, err := text.New()
	require.NoError(t, err)
	at := func(d time.Duration) int { return int(noon.Add(-d).Unix()) }
	answer := func(age, ofPhoto time.Duration) *models.Message {
		return &models.Message{ID: 8, Date: at(age), ReplyToMessage: &models.Message{ID: 7, Date: at(ofPhoto)}}
	}
	for name, c := range map[string]struct {
		about   string
		chat    int64
		under   *models.Message
		deleted []int
		heard   string
	}{
		"now":              {"7", 20, answer(time.Minute, time.Minute), []int{7, 8}, "Deleted."},
		"a day later":      {"7", 20, answer(47*time.Hour, 47*time.Hour), []int{7, 8}, "Deleted."},
		"photo gone":       {"7", 20, &models.Message{ID: 8, Date: at(time.Minute)}, []int{7, 8}, "Deleted."},
		"photo too old":    {"7", 20, answer(47*time.Hour, 48*time.Hour), nil, "48 hours only"},
		"too old":          {"7", 20, answer(48*time.Hour, 48*time.Hour), nil, "48 hours only"},
		"not shown":        {"7", 20, nil, nil, "48 hours only"},
		"of another chat":  {"7", 21, answer(0, 0), nil, "out of date"},
		"no message":       {"x", 20, answer(0, 0), nil, "out of date"},
		"a negative one":   {"-7", 20, answer(0, 0), nil, "out of date"},
		"nothing":          {"", 20, answer(0, 0), nil, "out of date"},
		"more than an int": {"99999999999999999999", 20, answer(0, 0), nil, "out of date"},
	} {
		api := new(removing)
		parts := &reply.Parts{Chat: &chat.Sender{API: api}, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon }}
		s := &Scanner{Chat: parts.Chat, Now: parts.Now}
		req := &reply.Request{Parts: parts, Task: storage.Task{Person: 20, Chat: c.chat, Message: 8}, Localizer: catalog.Localizer("en")}
		q := &models.CallbackQuery{ID: "1", Message: models.MaybeInaccessibleMessage{Message: c.under}}
		require.NoError(t, s.Delete(t.Context(), req, q, c.about), name)
		require.Equal(t, c.deleted, api.deleted, name)
		require.Len(t, api.heard, 1, name)
		require.Contains(t, api.heard[0], c.heard, name)
	}
}
