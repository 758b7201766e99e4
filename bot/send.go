package bot

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf16"

	"mrzbot/storage"
)

// Sent is a message that Telegram took.
type Sent struct {
	ID int       // 0: the answer that tells was lost
	At time.Time // by Telegram's clock; zero: the same
}

// send sends a message; every message of the bot goes out here. A form that
// Telegram refuses is left away, one part after another, until the content is
// taken: what it says was refused, or else the next of reply, entities, markup
// and topic, and at last a piece of the text. What is left of the text then
// is the rest, which the caller posts with the end of its own task: so no piece
// is sent twice but the one over which the program dies.
//
// Nothing was sent when there is an error.
func (b *Bot) send(ctx context.Context, m Message) (sent Sent, rest *letter, err error) {
	whole, notice := m.Text, m.Notice
	for {
		sent, err := b.Chat.Send(ctx, m)
		if left := strings.TrimLeft(whole[len(m.Text):], " \n"); err == nil && left != "" {
			return sent, &letter{Text: left, ReplyTo: m.ReplyTo, Thread: m.Thread, Notice: notice}, nil
		}
		part, no := refused(err)
		if !no {
			return sent, nil, err
		}
		b.Log.Info("message refused", "chat_id", m.Chat, "part", part, "error", err)
		m.Notice = false // its turn was given to what was refused
		if m.plainer(part) {
			continue
		}
		if m.Text = half(m.Text); m.Text == "" {
			return sent, nil, err
		}
	}
}

// follow makes the task of a rest, if there is one, behind the task of that
// name.
func (b *Bot) follow(task string, chat int64, rest *letter) []storage.Task {
	if rest == nil {
		return nil
	}
	return []storage.Task{b.post("rest:"+task, chat, *rest)}
}

// addRest posts a rest where no task ends with which it could be added.
func (b *Bot) addRest(ctx context.Context, task string, chat int64, rest *letter) {
	for _, t := range b.follow(task, chat, rest) {
		if _, err := b.Store.AddTask(ctx, t); err != nil {
			b.Log.Warn("message sent in part", "chat_id", chat, "error", err)
		}
	}
}

// refused finds which part of a message Telegram refuses: "reply", "entities",
// "markup", "topic", "length", of an edit "target", or "" for one that it does
// not name.
func refused(err error) (part string, ok bool) {
	var r interface{ Refused() (string, bool) }
	if !errors.As(err, &r) {
		return "", false
	}
	return r.Refused()
}

// plainer takes the part away that was refused, or the next one when that is
// not known or gone already. It is false when nothing but the text is left.
func (m *Message) plainer(part string) bool {
	parts := []struct {
		name string
		has  bool
		drop func()
	}{
		{"reply", m.ReplyTo != 0, func() { m.ReplyTo = 0 }},
		{"entities", m.Entities != nil, func() { m.Entities = nil }},
		{"markup", m.Markup != nil, func() { m.Markup = nil }},
		{"topic", m.Thread != 0, func() { m.Thread = 0 }},
	}
	if part == "length" {
		if m.Entities == nil && units(m.Text) > smallestPiece {
			return false
		}
		part = "entities" // they have a limit of their own, and a text without them can be cut
	}
	next := -1
	for i, p := range parts {
		if p.has && (p.name == part || next < 0) {
			next = i
		}
	}
	if next < 0 {
		return false
	}
	parts[next].drop()
	return true
}

// smallestPiece is the length of a text, in UTF-16 units, that is not cut any
// more: a line of a zone has up to 44 characters.
const smallestPiece = 64

// half gives the first half of a text, or less: to the end of a line or word
// in its second quarter, if there is one. One of smallestPiece is not cut: "".
func half(text string) string {
	if units(text) <= smallestPiece {
		return ""
	}
	runes := []rune(text)
	head := string(runes[:(len(runes)+1)/2])
	for _, end := range []string{"\n", " "} {
		if i := strings.LastIndex(head, end); i >= len(head)/2 {
			return strings.TrimRight(head[:i], " \n")
		}
	}
	return head
}

// units is the length of a text as Telegram counts it, in UTF-16 code units.
func units(text string) (n int) {
	for _, r := range text {
		n += max(1, utf16.RuneLen(r)) // -1 for an invalid rune, which is sent as one unit
	}
	return n
}

// edit changes a message of the bot's, without the form that Telegram refuses.
func (b *Bot) edit(ctx context.Context, chat int64, message int, m Message) error {
	m.ReplyTo, m.Thread = 0, 0 // an edit has neither
	for {
		err := b.Chat.Edit(ctx, chat, message, m)
		part, no := refused(err)
		if !no || part == "target" || !m.plainer(part) {
			return err
		}
	}
}

// giveUpReply is how long a reply that Telegram does not take is tried:
// as long as Telegram itself keeps what it could not deliver to us.
const giveUpReply = 24 * time.Hour

// The pauses between two tries of a message that Telegram refuses in every
// form. They grow with the time that it has been tried.
const (
	firstRefusedPause   = time.Minute
	longestRefusedPause = time.Hour
)

// sendAgain gives when a message that did not go out is tried again, or says
// that it is not worth it any more. since is when there was something to say.
func (b *Bot) sendAgain(err error, since time.Time) (at time.Time, ok bool) {
	now := b.Now()
	tried := now.Sub(since)
	pause, later := retryAfter(err)
	if !later {
		pause = min(max(tried, firstRefusedPause), longestRefusedPause)
	}
	return now.Add(max(pause, time.Second)), tried < giveUpReply
}
