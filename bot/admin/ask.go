package admin

import (
	"context"
	"errors"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// PressFind asks whom to look for.
func (a *Admin) PressFind(ctx context.Context, req *reply.Request, q *models.CallbackQuery, _ string) error {
	req.Toast(ctx, q, "")
	return a.ask(ctx, req, screen.FindButton, shown{})
}

// ask asks for words: a limit or a note for the person of a card, or whom to look for.
// The app opens a reply by itself.
func (a *Admin) ask(ctx context.Context, req *reply.Request, what string, c shown) error {
	out := new(text.Builder).Add(req.Localizer.Text("users.ask", nil))
	if what != screen.FindButton {
		p, err := a.Store.Person(ctx, c.Person)
		if err != nil {
			return outage.StoreError{Err: err}
		}
		key := "card.limit.ask"
		if what == screen.CardNote {
			key = "card.note.ask"
		}
		out = screen.About(req.Localizer, key, p)
	}
	return a.put(ctx, req, out, question{What: what, Person: c.Person, Back: c.Back})
}

// put puts a question, in the place of one that waits. One that Telegram does not take
// now is put when it does: its time begins then.
func (a *Admin) put(ctx context.Context, req *reply.Request, out *text.Builder, asked question) (err error) {
	asked.End = a.Now().Add(askFor)
	asked.Message, err = req.SendNow(ctx, chat.Message{Text: out.String(), Entities: out.Entities, Markup: models.ForceReply{ForceReply: true}})
	if err != nil {
		return err
	}
	if asked.Says = ""; asked.Message == 0 {
		asked.Says = fingerprint(strings.TrimSpace(out.String()))
	}
	return a.changeDesk(ctx, req.Task.Person, func(d *desk) { d.Asked = &asked })
}

// in reports whether a question stands in a message of the bot's.
func (q question) in(m *models.Message) bool {
	if q.Message == 0 {
		return q.Says != "" && q.Says == fingerprint(strings.TrimSpace(m.Text))
	}
	return q.Message == m.ID
}

// Typed takes the answer to what an admin was asked: a reply to the question, once.
// handled is false for every other message.
func (a *Admin) Typed(ctx context.Context, req *reply.Request, m *models.Message) (handled bool, err error) {
	if m.ReplyToMessage == nil || m.ReplyToMessage.From == nil || !m.ReplyToMessage.From.IsBot {
		return false, nil
	}
	d, err := a.desk(ctx, req.Task.Person)
	if err != nil {
		return false, err
	}
	asked := d.Asked
	if asked == nil || !asked.in(m.ReplyToMessage) || !req.Task.Added.Before(asked.End) {
		return false, nil
	}
	if asked.What == screen.FindButton {
		return true, a.find(ctx, req, text.CleanName(m.Text))
	}
	change, ok := typedChange(asked.What, strings.TrimSpace(m.Text))
	if !ok {
		wrong := req.Localizer.Text("card.limit.wrong", text.Args{"N": screen.Count(maxLimit)})
		return true, a.put(ctx, req, new(text.Builder).Add(wrong), *asked)
	}
	if err := a.adjustTyped(ctx, req, *asked, change); err != nil {
		return true, err
	}
	if err := a.sendCard(ctx, req, asked.Person, asked.Back); err != nil {
		return true, err
	}
	return true, a.changeDesk(ctx, req.Task.Person, func(d *desk) {
		if d.Asked != nil && d.Asked.Message == asked.Message {
			d.Asked = nil
		}
	})
}

// adjustTyped changes somebody as the answer to a question says. An answer that is
// worked again changes nothing, as a press does.
func (a *Admin) adjustTyped(ctx context.Context, req *reply.Request, asked question, change func(*storage.Person)) (err error) {
	done := false
	if asked.Used == req.Task.ID {
		done, err = a.carriedOut(ctx, req.Task, asked.Person, audited[asked.What]...)
	} else {
		err = a.changeDesk(ctx, req.Task.Person, func(d *desk) {
			if d.Asked != nil {
				d.Asked.Used = req.Task.ID
			}
		})
	}
	if err != nil {
		return err
	}
	_, err = a.People.Adjust(ctx, req.Task.Person, asked.Person, func(p *storage.Person) error {
		if p.Role == storage.RoleNone && !a.People.IsAdmin(p.ID) {
			return people.ErrNotListed
		}
		return alter(p, change, done)
	})
	if err != nil && !errors.Is(err, people.ErrNotListed) && !errors.Is(err, errStale) {
		return outage.StoreError{Err: err}
	}
	return nil
}

// typedChange is what a typed answer makes of a person. A dash is no note.
func typedChange(what, typed string) (change func(*storage.Person), ok bool) {
	if what == screen.CardNote {
		note := text.CleanLine(typed, screen.MaxNote)
		if note == "-" || note == "–" || note == "—" {
			note = ""
		}
		return func(p *storage.Person) { p.Note = note }, true
	}
	limit, ok := readLimit(typed)
	return func(p *storage.Person) { p.Limit = limit }, ok
}
