package bot

import (
	"context"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// usersPage is how many people fit one phone screen.
const usersPage = 10

// usersButton is the data of the button that shows the next people: pages may
// be turned again and again, so it names where the page starts and holds no
// state.
const usersButton = "users"

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
	people, err := c.Store.ListPeople(ctx, after, usersPage+1)
	if err != nil {
		return chat.Message{}, outage.StoreError{Err: err}
	}
	more := len(people) > usersPage
	people = people[:min(len(people), usersPage)]
	var r text.Builder
	if len(people) == 0 {
		r.Line(c.localizer.Text("users.none", nil))
	}
	today := storage.DayOf(c.Now(), c.Zone)
	for _, p := range people {
		count, err := c.Store.Attempts(ctx, p.ID, today)
		if err != nil {
			return chat.Message{}, outage.StoreError{Err: err}
		}
		r.Code(text.ID(p.ID))
		if name := text.CleanName(p.Name); name != "" {
			r.Add(" ").Bold(name)
		}
		r.Add(" · ").Add(c.used(count, c.limit(p)))
		if p.Role == storage.RoleAdmin {
			r.Add(" · ").Add(c.localizer.Text("role.admin", nil))
		}
		if p.Blocked {
			r.Add(" · ").Add(c.localizer.Text("users.unreachable", nil))
		}
		r.Add("\n")
	}
	if after == 0 {
		r.Add(c.localizer.Text("users.admins", nil))
		for _, id := range c.Admins[:min(len(c.Admins), usersPage)] {
			r.Add(" ").Code(text.ID(id))
		}
	}
	m := chat.Message{Text: r.String(), Entities: r.Entities}
	var row []models.InlineKeyboardButton
	if after > 0 {
		row = append(row, models.InlineKeyboardButton{Text: c.localizer.Text("users.first", nil), CallbackData: usersButton + ":"})
	}
	if more {
		row = append(row, models.InlineKeyboardButton{
			Text: c.localizer.Text("users.next", nil), CallbackData: usersButton + ":" + text.ID(people[len(people)-1].ID),
		})
	}
	if row != nil {
		m.Markup = &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{row}}
	}
	return m, nil
}
