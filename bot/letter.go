package bot

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/queue"
	"mrzbot/storage"
)

// letter is a message with a task of its own: one that nobody asked for just
// now, or an answer that Telegram does not take yet. What was done to have
// something to say is not done again.
type letter struct {
	Text     string                       `json:"text"`
	Entities []models.MessageEntity       `json:"entities,omitempty"`
	Buttons  *models.InlineKeyboardMarkup `json:"buttons,omitempty"`
	Notice   bool                         `json:"notice,omitempty"` // see Message
	// Ask names the request that the letter is a card about, for an admin to
	// decide. The card is kept for as long as its buttons work.
	Ask string `json:"ask,omitempty"`
}

// post makes the task that sends a letter. The store takes a name once.
func (b *Bot) post(name string, to int64, l letter) storage.Task {
	plain, _ := json.Marshal(l) // strings and numbers always can be
	return storage.Task{
		ID: name, Kind: storage.KindNotice, Order: "letters:" + itoa(to), Person: to, Chat: to,
		Added: b.Now(), Payload: b.Seal.Seal(name, sealLetter, plain),
	}
}

// deliverLetter sends a letter.
func (b *Bot) deliverLetter(ctx context.Context, t storage.Task) queue.Verdict {
	var l letter
	plain, err := b.Seal.Open(t.ID, sealLetter, t.Payload)
	if err == nil {
		err = json.Unmarshal(plain, &l)
	}
	if err != nil {
		return queue.Done() // of an earlier token: what it says is old
	}
	m := Message{Chat: t.Chat, Text: l.Text, Entities: l.Entities, Protect: b.Protect, Notice: l.Notice}
	if l.Buttons != nil {
		m.Markup = l.Buttons
	}
	if l.Ask != "" {
		if open, err := b.isOpen(ctx, l.Ask); err != nil {
			return b.storeFailed(t, "whether the request is open", err)
		} else if !open {
			return queue.Done()
		}
	}
	id, err := b.Chat.Send(ctx, m)
	after, again := retryAfter(err)
	switch {
	case err == nil && l.Ask != "":
		return queue.Keep(b.Now().Add(askFor), itoa(int64(id)))
	case err == nil:
	case blocked(err):
		b.note(ctx, t.Person, true)
	case again && b.Now().Sub(t.Added) < giveUpReply:
		return queue.Later(b.Now().Add(max(after, time.Second)), t.Note)
	default:
		b.Log.Warn("letter not sent", "user_id", t.Person, "error", err)
	}
	return queue.Done()
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
