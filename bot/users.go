package bot

import (
	"context"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// users lists who was let in.
func (c *conversation) users(ctx context.Context, _ command, _ *models.Message) error {
	m, err := c.usersFrom(ctx, 0)
	if err != nil {
		return err
	}
	return c.sendMessage(ctx, m)
}

// turn shows another page of the list.
func (c *conversation) turn(ctx context.Context, q *models.CallbackQuery, from string) error {
	after, ok := text.ParseID(from)
	if !ok {
		after = 0
	}
	m, err := c.usersFrom(ctx, after)
	if err != nil {
		return err
	}
	// First the answer: without it the button turns for a minute.
	c.toast(ctx, q, "")
	return c.show(ctx, m)
}

// usersFrom makes the page of people whose ids follow after.
func (c *conversation) usersFrom(ctx context.Context, after int64) (chat.Message, error) {
	listed, err := c.Store.ListPeople(ctx, after, screen.PageLength+1)
	if err != nil {
		return chat.Message{}, outage.StoreError{Err: err}
	}
	page := screen.People{Localizer: c.localizer, Admins: c.people.Admins, First: after == 0, More: len(listed) > screen.PageLength}
	today := storage.DayOf(c.Now(), c.Zone)
	for _, p := range listed[:min(len(listed), screen.PageLength)] {
		count, err := c.Store.Attempts(ctx, p.ID, today)
		if err != nil {
			return chat.Message{}, outage.StoreError{Err: err}
		}
		page.People = append(page.People, screen.Row{Person: p, Today: count, Limit: c.people.Limit(p)})
	}
	return page.Message(), nil
}
