package bot

import (
	"context"
	"encoding/json"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/text"
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
		ID: name, Kind: storage.KindNotice, Order: "letters:" + text.ID(to), Person: to, Chat: to,
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
		return outage.StoreFailed(b.Log, b.Now(), t, "whether the letter is still wanted", err)
	} else if !wanted {
		return queue.Done()
	}
	if l.Edit != 0 {
		return b.letterDone(ctx, t, b.sender.Edit(ctx, t.Chat, l.Edit, l.message(t.Chat)))
	}
	m := l.message(t.Chat)
	m.Protect = b.Protect
	sent, rest, err := b.sender.Send(ctx, m)
	if err != nil {
		return b.letterDone(ctx, t, err)
	}
	then := b.follow(t.ID, t.Chat, rest, l.Personal)
	if l.Personal && b.Delete > 0 && sent.ID != 0 {
		then = append(then, b.deletion(t, sent.ID, b.replied(sent)))
	}
	if l.Ask != "" {
		return queue.Keep(b.Now().Add(askFor), text.ID(int64(sent.ID)), append(then, b.lateClosing(ctx, t, l, sent.ID)...)...)
	}
	return queue.Done(then...)
}

// letterDone ends the task of a letter after an attempt to deliver it, or has
// it tried again.
func (b *Bot) letterDone(ctx context.Context, t storage.Task, err error) queue.Verdict {
	switch {
	case err == nil:
		return queue.Done()
	case chat.Blocked(err):
		b.note(ctx, t.Person, true)
		return queue.Done()
	}
	if part, _ := chat.Refused(err); part != "target" {
		if at, again := chat.TryAgain(err, t.Added, b.Now()); again {
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
func (l letter) message(to int64) chat.Message {
	m := chat.Message{Chat: to, Text: l.Text, Entities: l.Entities, ReplyTo: l.ReplyTo, Thread: l.Thread, Notice: l.Notice}
	if l.Buttons != nil {
		m.Markup = l.Buttons
	}
	return m
}

// follow makes the task of a rest, if there is one, behind the task of that
// name. personal: see letter.
func (b *Bot) follow(task string, chat int64, rest *chat.Message, personal bool) []storage.Task {
	if rest == nil {
		return nil
	}
	l := letter{Text: rest.Text, ReplyTo: rest.ReplyTo, Thread: rest.Thread, Notice: rest.Notice, Personal: personal}
	return []storage.Task{b.post("rest:"+task, chat, l)}
}

// addRest posts a rest where no task ends with which it could be added.
func (b *Bot) addRest(ctx context.Context, task string, chat int64, rest *chat.Message) {
	for _, t := range b.follow(task, chat, rest, false) {
		if _, err := b.Store.AddTask(ctx, t); err != nil {
			b.Log.Warn("message sent in part", "chat_id", chat, "error", err)
		}
	}
}
