package scan

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outbox"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/typed"
	"mrzbot/mrz"
)

// Typed answers a text that a person has typed from a card: the lines of an MRZ,
// or, as a reply to an answer, one line or one field as it should be. It is no
// attempt and no call, and nothing is kept of it: what the answer said is taken
// from the message that was replied to. handled is false for any other text.
func (s *Scanner) Typed(ctx context.Context, req *reply.Request, m *models.Message) (handled bool, err error) {
	now := s.Now().In(s.TimeZone)
	if before := shownLines(m.ReplyToMessage); before != nil {
		c := typed.Correct(before, m.Text, now)
		switch {
		case c.Refused != "":
			return true, s.answerTyped(ctx, req, m, chat.Message{Text: req.Localizer.Text("typed."+string(c.Refused), nil)})
		case c.Lines != nil:
			return true, s.showTyped(ctx, req, m, screen.Answer{Lines: c.Lines, Restored: c.Restored}, c.Fields, now)
		}
	}
	lines, restored, like := typed.Lines(m.Text, now)
	switch {
	case lines != nil:
		return true, s.showTyped(ctx, req, m, screen.Answer{Lines: lines, Restored: restored}, nil, now)
	case like:
		return true, s.answerTyped(ctx, req, m, chat.Message{Text: req.Localizer.Text("typed.not_mrz", nil)})
	}
	return false, nil
}

// showTyped answers with an MRZ as with that of a photo.
func (s *Scanner) showTyped(ctx context.Context, req *reply.Request, m *models.Message, a screen.Answer, fields []mrz.Field, now time.Time) error {
	a.Code = outcome.OK
	j := &photoJob{Scanner: s, t: req.Task, person: req.Person}
	return s.answerTyped(ctx, req, m, screen.Photo{
		Answer: a, Localizer: req.Localizer, Now: now, Team: j.template(ctx), Typed: fields,
	}.Message())
}

// answerTyped replies to what was typed. Both messages show what stands on a card,
// so they are removed as a photo and its answer are.
func (s *Scanner) answerTyped(ctx context.Context, req *reply.Request, m *models.Message, answer chat.Message) error {
	answer.Chat, answer.Thread, answer.Protect, answer.ReplyTo = req.Task.Chat, req.Thread, s.ProtectContent, m.ID
	sent, rest, err := s.Chat.Send(ctx, answer)
	if chat.Blocked(err) {
		return err
	}
	if s.Outbox.DeleteAfter > 0 {
		req.Then = append(req.Then, s.Outbox.Deletion(req.Task, m.ID, outbox.SentAt(int64(m.Date), req.Task.Added)))
	}
	if err != nil {
		l := outbox.Message{Text: answer.Text, Entities: answer.Entities, ReplyTo: m.ID, Thread: answer.Thread, Personal: true}
		l.Buttons, _ = answer.Markup.(*models.InlineKeyboardMarkup)
		req.Then = append(req.Then, s.Outbox.Post("answer:"+req.Task.ID, req.Task.Chat, l))
		return nil
	}
	req.Then = append(req.Then, s.Outbox.Rest(req.Task.ID, req.Task.Chat, rest, outbox.Message{Personal: true})...)
	if s.Outbox.DeleteAfter > 0 {
		req.Then = append(req.Then, s.Outbox.Deletion(req.Task, sent.ID, s.Outbox.Replied(sent)))
	}
	return nil
}

// shownLines are the lines of the one MRZ that a message of the bot's shows; nil
// for any other message. An answer in an album shows them as code, which numbers are,
// too, but on one line. What a message holds proves nothing, and need not: it is
// the person's own chat, and their own card.
func shownLines(m *models.Message) []string {
	if m == nil || m.From == nil || !m.From.IsBot {
		return nil
	}
	units := utf16.Encode([]rune(m.Text))
	var found []string
	for _, e := range m.Entities {
		if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > len(units) {
			continue
		}
		lines := strings.Split(string(utf16.Decode(units[e.Offset:e.Offset+e.Length])), "\n")
		if e.Type != models.MessageEntityTypePre && (e.Type != models.MessageEntityTypeCode || len(lines) == 1) {
			continue
		}
		if found != nil {
			return nil // of several documents, which is meant?
		}
		found = lines
	}
	return slices.Clip(found)
}
