package access

import (
	"context"
	"slices"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// pickToAllow is the number of the request for people who are to be let in.
const pickToAllow = 1

// Pick opens what bare /allow does.
func (a *Access) Pick(ctx context.Context, req *reply.Request, q *models.CallbackQuery, _ string) error {
	req.Toast(ctx, q, "")
	return a.LetSomebodyIn(ctx, req)
}

// LetSomebodyIn shows an admin who asks, and lets them pick people.
func (a *Access) LetSomebodyIn(ctx context.Context, req *reply.Request) error {
	if err := a.OfferRequests(ctx, req); err != nil {
		return err
	}
	return a.OfferPicker(ctx, req, "pick.whom")
}

// OfferPicker says the text of that name over a key that opens Telegram's list of
// people.
func (a *Access) OfferPicker(ctx context.Context, req *reply.Request, said string) error {
	v := req.Localizer
	return req.SendMessage(ctx, chat.Message{
		Text:   v.Text(said, text.Args{"Most": chat.MostPicked}),
		Markup: chat.PickPeople(pickToAllow, v.Text("pick", nil), v.Text("pick.cancel", nil)),
	})
}

// CancelsPicker reports whether a message is what the other key sends, in any
// language: the key may be older than the one that is spoken now.
func (a *Access) CancelsPicker(m *models.Message) bool {
	return m.ForwardOrigin == nil && slices.ContainsFunc(text.Languages(), func(language string) bool {
		return m.Text == a.Catalog.Localizer(language).Text("pick.cancel", nil)
	})
}

// PickerCanceled takes the keys away.
func (a *Access) PickerCanceled(ctx context.Context, req *reply.Request, _ *models.Message) error {
	return a.withoutKeys(ctx, req, new(text.Builder).Add(req.Localizer.Text("pick.canceled", nil)))
}

// NotPicked answers people picked by somebody who is no admin any more, and takes the
// keys away.
func (a *Access) NotPicked(ctx context.Context, req *reply.Request, _ *models.Message) error {
	return a.withoutKeys(ctx, req, new(text.Builder).Add(req.Localizer.Text("button.old", nil)))
}

func (a *Access) withoutKeys(ctx context.Context, req *reply.Request, words *text.Builder) error {
	return req.SendMessage(ctx, chat.Message{Text: words.String(), Entities: words.Entities, Markup: chat.NoKeys()})
}

// Picked lets those in whom an admin has picked.
func (a *Access) Picked(ctx context.Context, req *reply.Request, m *models.Message) error {
	if m.UsersShared.RequestID != pickToAllow {
		return a.NotPicked(ctx, req, m)
	}
	by := map[Standing][]Admission{}
	unreachable := false
	seen := map[int64]bool{}
	for _, u := range m.UsersShared.Users[:min(len(m.UsersShared.Users), chat.MostPicked)] {
		if seen[u.UserID] || !text.ValidID(u.UserID) {
			continue
		}
		seen[u.UserID] = true
		out, err := a.LetIn(ctx, req, u.UserID, "", text.CleanName(u.FirstName+" "+u.LastName))
		if err != nil {
			return err
		}
		by[out.Is] = append(by[out.Is], out)
		unreachable = unreachable || out.Unreachable
	}
	v := req.Localizer
	var r text.Builder
	for _, part := range []struct {
		is   Standing
		said string
	}{
		{LetIn, v.Text("pick.done", nil)}, {WasIn, v.Text("pick.already", nil)},
		{Admin, v.Text("pick.admin", nil)}, {Overruled, v.Text("pick.overruled", nil)},
	} {
		listPeople(&r, part.said, by[part.is])
	}
	if unreachable {
		r.Add(v.Text("pick.unreachable", text.Args{"Bot": a.Username}))
	}
	if len(seen) == 0 {
		r.Add(v.Text("pick.canceled", nil))
	}
	return a.withoutKeys(ctx, req, &r)
}

// unreached stands behind those who cannot be told that they were let in.
const unreached = " ✉️"

// listPeople adds people under a line that says what they are.
func listPeople(r *text.Builder, said string, list []Admission) {
	if len(list) == 0 {
		return
	}
	r.Line(said)
	for _, out := range list {
		addPerson(r, out.Person)
		if out.Unreachable {
			r.Add(unreached)
		}
		r.Add("\n")
	}
	r.Add("\n")
}

// addPerson adds somebody's id and name.
func addPerson(r *text.Builder, p storage.Person) {
	r.Code(text.ID(p.ID))
	if name := text.CleanName(p.Name); name != "" {
		r.Add(" ").Bold(name)
	}
}
