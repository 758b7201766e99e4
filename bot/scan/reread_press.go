package scan

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// asking is a photo that asks and whose button was pressed.
type asking struct {
	kept     storage.Task  // the one with the button
	original storage.Task  // itself, or the one sent before of which it is a duplicate
	answer   screen.Answer // to that
	standing standing      // where kept stands in an album
}

// asking finds the photo of a press. It is errOld where the button is none, or no longer.
func (s *Scanner) asking(ctx context.Context, req *reply.Request, id string) (p asking, err error) {
	kept, ok, err := s.Store.Retained(ctx, id, s.Now())
	if err == nil && (!ok || kept.Person != req.Task.Person || kept.Chat != req.Task.Chat) {
		return p, errOld
	}
	p.kept = kept
	if err == nil {
		p.standing, err = s.standing(ctx, kept)
	}
	if err == nil && !p.standing.pressed(req, kept) {
		return p, errOld
	}
	if err == nil {
		p.original, ok, err = s.original(ctx, kept)
	}
	if err != nil {
		return p, outage.StoreError{Err: err}
	}
	if !ok || !outcome.Of(outcome.Code(p.original.Attempt.Outcome)).Asks {
		return p, errOld
	}
	if p.answer, err = (&photoJob{Scanner: s, t: p.original, person: req.Person}).held(ctx); err != nil {
		return p, errOld // of an earlier token
	}
	return p, nil
}

// Reread reads a photo that asks: the one way in which a call that may have been
// paid for is repeated, and in which a picture that was stopped here is sent.
func (s *Scanner) Reread(ctx context.Context, req *reply.Request, q *models.CallbackQuery, id string) error {
	p, err := s.asking(ctx, req, id)
	if errors.Is(err, errOld) {
		req.Toast(ctx, q, "again.old")
		return nil
	} else if err != nil {
		return err
	}
	// The button stays for when there are attempts again.
	if p.original.ConsumedBy == "" {
		if why, err := s.noneLeft(ctx, req); err != nil {
			return outage.StoreError{Err: err}
		} else if why != "" {
			req.ToastText(ctx, q, why)
			return nil
		}
	}
	begun, taken := "again.begun", chat.Message{Text: req.Localizer.Text("again.edited", nil)}
	switch {
	case p.answer.Code == outcome.Late:
		begun, taken.Text = "again.begun.late", req.Localizer.Text("again.edited.late", nil)
	case p.standing.offered:
		begun = "again.begun.album" // there is no reply to be changed, so it says all
	case outcome.Of(p.answer.Code).Stops:
		begun, taken.Text = "again.begun.anyway", req.Localizer.Text("again.edited.anyway", nil)
	}
	_, err = s.Store.Consume(ctx, p.original.ID, req.Task.ID, s.Now())
	switch {
	case errors.Is(err, storage.ErrConsumed):
		begun = "again.used"
	case errors.Is(err, storage.ErrGone):
		req.Toast(ctx, q, "again.old")
		return nil
	case err != nil:
		return outage.StoreError{Err: err}
	default:
		if err := s.follow(ctx, req, p); err != nil {
			return err
		}
	}
	req.Toast(ctx, q, begun)
	if !p.standing.offered {
		req.Edit(ctx, req.Task.Chat, req.Task.Message, taken)
	}
	return nil
}

// noneLeft says why nothing can be sent to the service now; "": it can.
func (s *Scanner) noneLeft(ctx context.Context, req *reply.Request) (why string, err error) {
	day := storage.DayOf(s.Now(), s.TimeZone)
	if limit := s.People.Limit(req.Person); limit > 0 {
		count, err := s.Store.Attempts(ctx, req.Task.Person, day)
		if err != nil {
			return "", err
		}
		if count.Used() >= limit {
			return req.Localizer.Text("outcome."+string(outcome.LimitReached), text.Args{"Limit": limit}), nil
		}
	}
	which, over, err := s.spentBudget(ctx, day)
	switch {
	case err != nil || !over:
		return "", err
	case which == outcome.DetailMonth:
		return req.Localizer.Text("outcome.over_budget.month", nil), nil
	default:
		return req.Localizer.Text("outcome.over_budget", nil), nil
	}
}

// follow adds what follows a press: the photo's reading, and the message of its album.
func (s *Scanner) follow(ctx context.Context, req *reply.Request, p asking) error {
	next, err := s.copyOf(req, p)
	if err != nil {
		return err
	}
	shown, err := s.readAgain(ctx, p.standing, p.kept)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	req.Then = append(req.Then, next)
	if shown != nil {
		req.Then = append(req.Then, *shown)
	}
	return nil
}

// copyOf makes the task that reads the photo of a finished one.
func (s *Scanner) copyOf(req *reply.Request, p asking) (storage.Task, error) {
	t, a := p.original, p.answer
	photo := sent{Anyway: a.Anyway || outcome.Of(a.Code).Stops}
	photo.Message.From.Language = req.Localizer.Lang
	photo.Message.Caption = a.Caption
	photo.Message.Thread, photo.Message.InTopic = a.Thread, a.Thread != 0
	if a.File {
		photo.Message.Document = &sentFile{}
	}
	message := t.Message
	if p.standing.group != "" {
		photo.Message.Group, message = p.standing.group, p.kept.Message
	}
	raw, err := json.Marshal(photo)
	if err != nil {
		return storage.Task{}, err
	}
	name := RereadButton + ":" + req.Task.ID
	return storage.Task{
		ID: name, Kind: storage.KindPhoto, Order: t.Order, Person: t.Person, Chat: t.Chat, Message: message,
		FileID: t.FileID, Added: s.Now(), Payload: s.Seal.Seal(name, chat.SealUpdate, raw),
	}, nil
}
