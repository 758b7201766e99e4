package access

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// Verbs of the buttons under an offer: the answer to a forwarded message or a contact
// that an admin sent. What follows them is the name of the task of that message, which
// is kept: whom it is about stays sealed in it.
const (
	LetInButton    = "let"
	LeaveOutButton = "leave"
)

// Offer answers a forwarded message or a shared contact of an admin: with a card of
// the person it is about, or with a way to find them where it does not say who they
// are.
func (a *Access) Offer(ctx context.Context, req *reply.Request, m *models.Message) error {
	who, err := Subject(m)
	if err != nil {
		return a.OfferPicker(ctx, req, "pick.hidden")
	}
	p, err := a.People.Person(ctx, who.ID)
	switch {
	case err != nil:
		return outage.StoreError{Err: err}
	case a.People.IsAdmin(who.ID):
		return req.Send(ctx, screen.About(req.Localizer, "allow.is_admin", storage.Person{ID: who.ID, Name: text.DisplayName(who)}))
	case p.Role != storage.RoleNone:
		return req.Send(ctx, screen.About(req.Localizer, "allow.already", p))
	}
	card, err := a.offer(ctx, req, who)
	if err != nil {
		return err
	}
	card.Markup = chat.Buttons(req.Localizer, allowKeys(LetInButton+":"+req.Task.ID, LeaveOutButton+":"+req.Task.ID, "")...)
	return req.Ask(ctx, card, outbox.CardFor)
}

// offer says who somebody is, and whether their access was closed.
func (a *Access) offer(ctx context.Context, req *reply.Request, who models.User) (chat.Message, error) {
	var r text.Builder
	aboutUser(r.Line(req.Localizer.Text("offer", nil)), who)
	closed, err := a.closedTo(ctx, who.ID)
	if closed {
		r.Add("\n" + req.Localizer.Text("offer.closed", nil))
	}
	return chat.Message{Text: r.String(), Entities: r.Entities}, err
}

// DecideOffer carries out what an admin has decided about somebody whose message or
// contact they sent.
func (a *Access) DecideOffer(ctx context.Context, req *reply.Request, q *models.CallbackQuery, offer, verb string) error {
	kept, ok, err := a.Store.Retained(ctx, offer, a.Now())
	if err != nil {
		return outage.StoreError{Err: err}
	}
	who, isOffer := a.offered(kept)
	if !ok || !isOffer || kept.Person != req.Task.Person || kept.Chat != req.Task.Chat || !req.Under(kept) {
		req.Toast(ctx, q, "ask.old")
		return nil
	}
	d := decision{verb: verb, by: req.Task.Person, at: req.Task.Added}
	kept, err = a.Store.Consume(ctx, offer, d.String(req.Task.ID), a.Now())
	switch {
	case errors.Is(err, storage.ErrGone):
		req.Toast(ctx, q, "ask.old")
		req.Strip(ctx, q)
		return nil
	case errors.Is(err, storage.ErrConsumed):
		_, err = a.toastDecided(ctx, req, q, who.ID, parseDecision(kept.ConsumedBy))
		return err
	case err != nil:
		return outage.StoreError{Err: err}
	}
	card, err := a.offer(ctx, req, who)
	if err != nil {
		return err
	}
	said, err := a.carryOut(ctx, req, who, verb)
	if err != nil {
		return err
	}
	req.Toast(ctx, q, "")
	card.Text += "\n" + said
	return req.Show(ctx, card)
}

// offered gives whom a kept message is about. It is false for another message, and
// for one of an earlier token.
func (a *Access) offered(kept storage.Task) (models.User, bool) {
	var u models.Update
	raw, err := a.Seal.Open(kept.ID, chat.SealUpdate, kept.Payload)
	if err != nil || json.Unmarshal(raw, &u) != nil {
		return models.User{}, false
	}
	who, err := Subject(u.Message)
	return who, err == nil
}

// carryOut lets somebody in or leaves them out, and says what came of it.
func (a *Access) carryOut(ctx context.Context, req *reply.Request, who models.User, verb string) (string, error) {
	v, by := req.Localizer, text.Args{"Name": nameOf(text.DisplayName(req.From), req.Task.Person)}
	if verb != LetInButton {
		request, open, err := a.EndRequest(ctx, req, who.ID, DenyButton)
		if open {
			a.TellDenied(req, request)
		}
		return v.Text("ask.refused", by), err
	}
	out, err := a.LetIn(ctx, req, who.ID, "", text.DisplayName(who))
	if err != nil {
		return "", err
	}
	switch out.Is {
	case WasIn, Admin:
		return v.Text("ask.is_in", nil), nil
	case Overruled:
		return v.Text("ask.is_out", nil), nil
	}
	said := v.Text("ask.allowed", by)
	if out.Unreachable {
		said += "\n" + v.Text("allow.unreachable", text.Args{"Bot": a.Username})
	}
	return said, nil
}
