// Package outbox is what the bot sends on its own account: messages with a task
// of their own, alerts to the admins, and the later removal of messages. A
// message that goes out as the answer to an update or a photo is sent there.
package outbox

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/people"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// sealMessage is the purpose that a message is sealed for in its task.
const sealMessage = "letter"

// Store is the part of the store that the outbox uses.
type Store interface {
	AddTask(ctx context.Context, t storage.Task) (added bool, err error)
	storage.Access
	storage.Settings
}

// Outbox makes the tasks of messages, and works them.
type Outbox struct {
	Chat    *chat.Sender
	Catalog *text.Catalog
	People  *people.List
	Store   Store
	Seal    chat.Sealer
	Log     *slog.Logger
	Now     func() time.Time

	TimeZone       *time.Location
	DeleteAfter    time.Duration // remove photo and reply after this; 0: never
	ProtectContent bool

	// Cards is about messages that are cards of a request for access.
	Cards Cards
	// Alerted notes the message that told an admin of a cause.
	Alerted func(ctx context.Context, cause string, admin int64, message int)
}

// Cards is what is to be known of cards. They are kept for CardFor, with their
// message as the Reply.
type Cards interface {
	// Open reports whether a request waits for a decision.
	Open(ctx context.Context, request string) (bool, error)
	// LateClosing closes a card that was on its way while its request was
	// decided: whoever decided could not know of it.
	LateClosing(ctx context.Context, t storage.Task, card Message, message int) []storage.Task
}

// CardFor is how long a request for access, and the cards about it, can be
// decided.
const CardFor = 7 * 24 * time.Hour

// Message is a message with a task of its own: one that nobody asked for just
// now, or an answer that Telegram does not take yet. What was done to have
// something to say is not done again.
type Message struct {
	Text     string                       `json:"text"`
	Entities []models.MessageEntity       `json:"entities,omitempty"`
	Buttons  *models.InlineKeyboardMarkup `json:"buttons,omitempty"`
	Keys     json.RawMessage              `json:"keys,omitempty"`   // in the place of the phone's own, or that these go
	Notice   bool                         `json:"notice,omitempty"` // see chat.Message
	ReplyTo  int                          `json:"reply_to,omitempty"`
	Thread   int                          `json:"thread,omitempty"`
	// Edit is the message that this one takes the place of; 0: none.
	Edit int `json:"edit,omitempty"`
	// Personal: it is a part of a card, so that it leaves the chat as a reply
	// does, and is for nobody who was shut out.
	Personal bool `json:"personal,omitempty"`
	// ForAdmins: it names others, so that it is for nobody who is an admin no more.
	// Alerts and cards are too.
	ForAdmins bool `json:"for_admins,omitempty"`
	// Alert is the cause that the message tells of.
	Alert string `json:"alert,omitempty"`
	// Ask names the request that the message is a card about, for an admin to
	// decide. The card is kept for as long as its buttons work.
	Ask string `json:"ask,omitempty"`
	// Lang is the language of the text, of a message that is changed later: what is
	// added to it is in the same one, whatever is spoken then. "": not known.
	Lang string `json:"lang,omitempty"`
}

// Post makes the task that sends a message. The store takes a name once.
func (o *Outbox) Post(name string, to int64, l Message) storage.Task {
	plain, _ := json.Marshal(l) // strings and numbers always can be
	return storage.Task{
		ID: name, Kind: storage.KindNotice, Order: "letters:" + text.ID(to), Person: to, Chat: to,
		Added: o.Now(), Payload: o.Seal.Seal(name, sealMessage, plain),
	}
}

// LocalizerOf gives the texts in the language of somebody who has not just
// written.
func (o *Outbox) LocalizerOf(ctx context.Context, id int64) text.Localizer {
	p, err := o.People.Store.Person(ctx, id)
	if err != nil {
		o.Log.Warn("language not read", "user_id", id, "error", err)
		p.ID = id
	}
	return o.Catalog.Localizer(o.People.Language(ctx, p, ""))
}

// Deliver sends a message.
func (o *Outbox) Deliver(ctx context.Context, t storage.Task) queue.Verdict {
	l, err := o.Open(t)
	if err != nil {
		return queue.Done() // of an earlier token: what it says is old
	}
	if wanted, err := o.wanted(ctx, t, l); err != nil {
		return outage.StoreFailed(o.Log, o.Now(), t, "whether the message is still wanted", err)
	} else if !wanted {
		return queue.Done()
	}
	if l.Edit != 0 {
		return o.done(ctx, t, o.Chat.Edit(ctx, t.Chat, l.Edit, l.To(t.Chat)))
	}
	m := l.To(t.Chat)
	m.Protect = o.ProtectContent
	sent, rest, err := o.Chat.Send(ctx, m)
	if err != nil {
		return o.done(ctx, t, err)
	}
	if l.Alert != "" && l.Buttons != nil && sent.ID != 0 {
		o.Alerted(ctx, l.Alert, t.Person, sent.ID)
	}
	then := o.Rest(t.ID, t.Chat, rest, l)
	if l.Personal && o.DeleteAfter > 0 && sent.ID != 0 {
		then = append(then, o.Deletion(t, sent.ID, o.Replied(sent)))
	}
	if l.Ask != "" {
		return queue.Retain(storage.Retain{Until: o.Now().Add(CardFor), Reply: sent.ID}, append(then, o.Cards.LateClosing(ctx, t, l, sent.ID)...)...)
	}
	return queue.Done(then...)
}

// done ends the task of a message after an attempt to deliver it, or has
// it tried again.
func (o *Outbox) done(ctx context.Context, t storage.Task, err error) queue.Verdict {
	switch {
	case err == nil:
		return queue.Done()
	case chat.Blocked(err):
		o.People.MarkBlocked(ctx, t.Person, true)
		return queue.Done()
	}
	if part, _ := chat.Refused(err); part != "target" {
		if at, again := chat.TryAgain(err, t.Added, o.Now()); again {
			return queue.Later(at)
		}
	}
	o.Log.Warn("letter not sent", "user_id", t.Person, "error", err)
	return queue.Done()
}

// wanted reports whether a message is still to be sent: a card only while its
// request is open, what is for admins only to one, a part of an answer only to
// somebody who is let in.
func (o *Outbox) wanted(ctx context.Context, t storage.Task, l Message) (bool, error) {
	if l.Ask != "" {
		if open, err := o.Cards.Open(ctx, l.Ask); err != nil || !open {
			return false, err
		}
	}
	if !l.forAdmins() && !l.Personal {
		return true, nil
	}
	p, err := o.People.Person(ctx, t.Person)
	if l.forAdmins() {
		return p.Role == storage.RoleAdmin, err
	}
	return p.Role != storage.RoleNone, err
}

// forAdmins reports whether a message is for admins only.
func (l Message) forAdmins() bool { return l.ForAdmins || l.Alert != "" || l.Ask != "" }

// Open gives the message of a task.
func (o *Outbox) Open(t storage.Task) (l Message, err error) {
	plain, err := o.Seal.Open(t.ID, sealMessage, t.Payload)
	if err == nil {
		err = json.Unmarshal(plain, &l)
	}
	return l, err
}

// To gives it as it is sent to a chat.
func (l Message) To(to int64) chat.Message {
	m := chat.Message{Chat: to, Text: l.Text, Entities: l.Entities, ReplyTo: l.ReplyTo, Thread: l.Thread, Notice: l.Notice}
	switch {
	case l.Buttons != nil:
		m.Markup = l.Buttons
	case l.Keys != nil:
		m.Markup = l.Keys
	}
	return m
}

// Rest makes the task of a rest, if there is one, behind the task of that
// name. It is for whom the whole is for.
func (o *Outbox) Rest(task string, chat int64, rest *chat.Message, whole Message) []storage.Task {
	if rest == nil {
		return nil
	}
	l := Message{Text: rest.Text, ReplyTo: rest.ReplyTo, Thread: rest.Thread, Notice: rest.Notice, Personal: whole.Personal, ForAdmins: whole.forAdmins()}
	return []storage.Task{o.Post("rest:"+task, chat, l)}
}

// AddRest posts a rest where no task ends with which it could be added.
func (o *Outbox) AddRest(ctx context.Context, task string, chat int64, rest *chat.Message) {
	for _, t := range o.Rest(task, chat, rest, Message{}) {
		if _, err := o.Store.AddTask(ctx, t); err != nil {
			o.Log.Warn("message sent in part", "chat_id", chat, "error", err)
		}
	}
}
