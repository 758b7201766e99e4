package bot

import (
	"context"
	"encoding/json"
	"strconv"

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
	ReplyTo  int                          `json:"reply_to,omitempty"`
	Thread   int                          `json:"thread,omitempty"`
	// Edit is the message that this one takes the place of; 0: none.
	Edit int `json:"edit,omitempty"`
	// Personal: it is a part of a card, so that it leaves the chat as a reply
	// does, and is for nobody who was shut out.
	Personal bool `json:"personal,omitempty"`
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
	l, err := b.openLetter(t)
	if err != nil {
		return queue.Done() // of an earlier token: what it says is old
	}
	if wanted, err := b.wanted(ctx, t, l); err != nil {
		return b.storeFailed(t, "whether the letter is still wanted", err)
	} else if !wanted {
		return queue.Done()
	}
	if l.Edit != 0 {
		return b.letterDone(ctx, t, b.edit(ctx, t.Chat, l.Edit, l.message(t.Chat)))
	}
	m := l.message(t.Chat)
	m.Protect = b.Protect
	sent, rest, err := b.send(ctx, m)
	if err != nil {
		return b.letterDone(ctx, t, err)
	}
	if rest != nil {
		rest.Personal = l.Personal
	}
	then := b.follow(t.ID, t.Chat, rest)
	if l.Personal && b.Delete > 0 && sent.ID != 0 {
		then = append(then, b.deletion(t, sent.ID, b.replied(sent)))
	}
	if l.Ask != "" {
		return queue.Keep(b.Now().Add(askFor), itoa(int64(sent.ID)), append(then, b.lateClosing(ctx, t, l, sent.ID)...)...)
	}
	return queue.Done(then...)
}

// letterDone ends the task of a letter after an attempt to deliver it, or has
// it tried again.
func (b *Bot) letterDone(ctx context.Context, t storage.Task, err error) queue.Verdict {
	switch {
	case err == nil:
		return queue.Done()
	case blocked(err):
		b.note(ctx, t.Person, true)
		return queue.Done()
	}
	if part, _ := refused(err); part != "target" {
		if at, again := b.sendAgain(err, t.Added); again {
			return queue.Later(at, t.Note)
		}
	}
	b.Log.Warn("letter not sent", "user_id", t.Person, "error", err)
	return queue.Done()
}

// wanted reports whether a letter is still to be sent: a card only while its
// request is open, a part of an answer only to somebody who is let in.
func (b *Bot) wanted(ctx context.Context, t storage.Task, l letter) (bool, error) {
	switch {
	case l.Ask != "":
		return b.isOpen(ctx, l.Ask)
	case l.Personal:
		p, err := b.person(ctx, t.Person)
		return p.Role != storage.RoleNone, err
	default:
		return true, nil
	}
}

// openLetter gives the letter of a task.
func (b *Bot) openLetter(t storage.Task) (l letter, err error) {
	plain, err := b.Seal.Open(t.ID, sealLetter, t.Payload)
	if err == nil {
		err = json.Unmarshal(plain, &l)
	}
	return l, err
}

// message makes the message of a letter.
func (l letter) message(chat int64) Message {
	m := Message{Chat: chat, Text: l.Text, Entities: l.Entities, ReplyTo: l.ReplyTo, Thread: l.Thread, Notice: l.Notice}
	if l.Buttons != nil {
		m.Markup = l.Buttons
	}
	return m
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
