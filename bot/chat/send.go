package chat

import (
	"context"
	"log/slog"
	"strings"

	"mrzbot/bot/text"
)

// Sender sends messages. Every message of the bot goes out through one.
type Sender struct {
	API API
	Log *slog.Logger
}

// Send sends a message. A form that Telegram refuses is left away, one part
// after another, until the content is taken: what it says was refused, or else
// the next of picture, reply, entities, markup and topic, and at last a piece of the
// text. What is left of the text then is the rest, which the caller posts with
// the end of its own task: so no piece is sent twice but the one over which the
// program dies.
//
// Nothing was sent when there is an error.
func (s *Sender) Send(ctx context.Context, m Message) (sent Sent, rest *Message, err error) {
	whole, notice := m.Text, m.Notice
	for {
		sent, err := s.API.Send(ctx, m)
		if left := strings.TrimLeft(whole[len(m.Text):], " \n"); err == nil && left != "" {
			return sent, &Message{Chat: m.Chat, Text: left, ReplyTo: m.ReplyTo, Thread: m.Thread, Notice: notice}, nil
		}
		part, no := Refused(err)
		if !no {
			return sent, nil, err
		}
		s.Log.Info("message refused", "chat_id", m.Chat, "part", part, "error", err)
		m.Notice = false // its turn was given to what was refused
		if m.plainer(part) {
			continue
		}
		if m.Text = half(m.Text); m.Text == "" {
			return sent, nil, err
		}
	}
}

// plainer takes the part away that was refused, or the next one when that is
// not known or gone already. It is false when nothing but the text is left.
func (m *Message) plainer(part string) bool {
	parts := []struct {
		name string
		has  bool
		drop func()
	}{
		{"picture", m.Picture != nil, func() { m.Picture = nil }},
		{"reply", m.ReplyTo != 0, func() { m.ReplyTo = 0 }},
		{"entities", m.Entities != nil, func() { m.Entities = nil }},
		{"markup", m.Markup != nil, func() { m.Markup = nil }},
		{"topic", m.Thread != 0, func() { m.Thread = 0 }},
	}
	if part == "length" {
		if m.Entities == nil && text.Units(m.Text) > smallestPiece {
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
// more: a line of an MRZ has up to 44 characters.
const smallestPiece = 64

// half gives the first half of a text, or less: to the end of a line or word
// in its second quarter, if there is one. One of smallestPiece is not cut: "".
func half(whole string) string {
	if text.Units(whole) <= smallestPiece {
		return ""
	}
	runes := []rune(whole)
	head := string(runes[:(len(runes)+1)/2])
	for _, end := range []string{"\n", " "} {
		if i := strings.LastIndex(head, end); i >= len(head)/2 {
			return strings.TrimRight(head[:i], " \n")
		}
	}
	return head
}

// Edit changes a message of the bot's, without the form that Telegram refuses.
func (s *Sender) Edit(ctx context.Context, chat int64, message int, m Message) error {
	m.ReplyTo, m.Thread = 0, 0 // an edit has neither
	for {
		err := s.API.Edit(ctx, chat, message, m)
		part, no := Refused(err)
		if !no || part == "target" || !m.plainer(part) {
			return err
		}
	}
}
