package admin

import (
	"context"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// Users lists who was let in.
func (a *Admin) Users(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	m, err := a.usersFrom(ctx, req, 0)
	if err != nil {
		return err
	}
	return req.SendMessage(ctx, m)
}

// Turn shows another page of the list.
func (a *Admin) Turn(ctx context.Context, req *reply.Request, q *models.CallbackQuery, from string) error {
	after, ok := text.ParseID(from)
	if !ok {
		after = 0
	}
	m, err := a.usersFrom(ctx, req, after)
	if err != nil {
		return err
	}
	// First the answer: without it the button turns for a minute.
	req.Toast(ctx, q, "")
	return req.Show(ctx, m)
}

// usersFrom makes the page of people whose ids follow after.
func (a *Admin) usersFrom(ctx context.Context, req *reply.Request, after int64) (chat.Message, error) {
	listed, err := a.Store.ListPeople(ctx, after, screen.PageLength+1)
	if err != nil {
		return chat.Message{}, outage.StoreError{Err: err}
	}
	page := screen.People{Localizer: req.Localizer, Admins: a.People.Admins, First: after == 0, More: len(listed) > screen.PageLength}
	today := storage.DayOf(a.Now(), a.TimeZone)
	for _, p := range listed[:min(len(listed), screen.PageLength)] {
		count, err := a.Store.Attempts(ctx, p.ID, today)
		if err != nil {
			return chat.Message{}, outage.StoreError{Err: err}
		}
		page.People = append(page.People, screen.Row{Person: p, Today: count, Limit: a.People.Limit(p)})
	}
	return page.Message(), nil
}
