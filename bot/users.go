package bot

import (
	"context"

	"github.com/go-telegram/bot/models"

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
	after, ok := parseID(from)
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
func (c *conversation) usersFrom(ctx context.Context, after int64) (Message, error) {
	people, err := c.Store.ListPeople(ctx, after, usersPage+1)
	if err != nil {
		return Message{}, storeError{err}
	}
	more := len(people) > usersPage
	people = people[:min(len(people), usersPage)]
	var r rich
	if len(people) == 0 {
		r.line(c.voice.say("users.none", nil))
	}
	today := storage.DayOf(c.Now(), c.Zone)
	for _, p := range people {
		count, err := c.Store.Attempts(ctx, p.ID, today)
		if err != nil {
			return Message{}, storeError{err}
		}
		r.code(itoa(p.ID))
		if name := cleanName(p.Name); name != "" {
			r.add(" ").bold(name)
		}
		r.add(" · ").add(c.used(count, c.limit(p)))
		if p.Role == storage.RoleAdmin {
			r.add(" · ").add(c.voice.say("role.admin", nil))
		}
		if p.Blocked {
			r.add(" · ").add(c.voice.say("users.unreachable", nil))
		}
		r.add("\n")
	}
	if after == 0 {
		r.add(c.voice.say("users.admins", nil))
		for _, id := range c.Admins[:min(len(c.Admins), usersPage)] {
			r.add(" ").code(itoa(id))
		}
	}
	m := Message{Text: r.String(), Entities: r.entities}
	var row []models.InlineKeyboardButton
	if after > 0 {
		row = append(row, models.InlineKeyboardButton{Text: c.voice.say("users.first", nil), CallbackData: usersButton + ":"})
	}
	if more {
		row = append(row, models.InlineKeyboardButton{
			Text: c.voice.say("users.next", nil), CallbackData: usersButton + ":" + itoa(people[len(people)-1].ID),
		})
	}
	if row != nil {
		m.Markup = &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{row}}
	}
	return m, nil
}
