package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// maxLimit is the largest daily limit an admin can type: more is a slip.
const maxLimit = 100_000

// target is the person an admin's command is about.
type target struct {
	id   int64
	name string // clean
}

// errHidden: a forwarded message that does not say who wrote it, or a contact
// that is nobody's at Telegram.
var errHidden = errors.New("bot: hidden sender")

// targetOf finds the person: by number, with a name behind it, or by the
// message the command replies to, which is a forwarded one or a shared contact.
func targetOf(cmd command, m *models.Message) (t target, ok bool, err error) {
	if len(cmd.args) > 0 {
		id, ok := text.ParseID(cmd.args[0])
		if len(cmd.args) > 1 && text.SameNumber(cmd.args[1]) {
			return t, false, nil
		}
		return target{id: id, name: text.CleanName(strings.Join(cmd.args[1:], " "))}, ok, nil
	}
	r := m.ReplyToMessage
	switch {
	case r == nil:
		return t, false, nil
	case r.Contact != nil:
		if r.Contact.UserID == 0 {
			return t, false, errHidden
		}
		t = target{id: r.Contact.UserID, name: text.CleanName(r.Contact.FirstName + " " + r.Contact.LastName)}
		return t, text.ValidID(t.id), nil
	case r.ForwardOrigin != nil && r.ForwardOrigin.MessageOriginUser != nil:
		u := r.ForwardOrigin.MessageOriginUser.SenderUser
		return target{id: u.ID, name: text.DisplayName(u)}, text.ValidID(u.ID) && !u.IsBot, nil
	case r.ForwardOrigin != nil:
		return t, false, errHidden
	default:
		return t, false, nil
	}
}

// allow lets somebody in and tells them so.
func (c *conversation) allow(ctx context.Context, cmd command, m *models.Message) error {
	who, ok, err := targetOf(cmd, m)
	switch {
	case err != nil:
		return c.reply(ctx, c.localizer.Text("allow.hidden", nil))
	case !ok:
		return c.reply(ctx, c.localizer.Text("allow.usage", nil))
	}
	request, _, err := c.endRequest(ctx, who.id, allowButton)
	if err != nil {
		return err
	}
	if c.admins[who.id] {
		return c.send(ctx, c.about("allow.is_admin", storage.Person{ID: who.id, Name: who.name}))
	}
	if late, err := c.shutOutSince(ctx, who.id, c.t.Added); err != nil || late {
		return c.overruled(ctx, who.id, err)
	}
	had := false
	p, err := c.Store.ChangePerson(ctx, who.id, func(p *storage.Person) error {
		had = p.Role != storage.RoleNone
		if !had {
			p.Role, p.Added, p.By, p.Blocked = storage.RoleAgent, c.Now(), c.person.ID, false
		}
		if who.name != "" {
			p.Name = who.name
		} else if p.Name == "" {
			p.Name = c.nameOfRequest(request)
		}
		return nil
	})
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if had {
		return c.send(ctx, c.about("allow.already", p))
	}
	out := c.about("allow.done", p)
	if c.welcome(ctx, who.id, c.topicOfRequest(request)) {
		out.Add("\n").Add(c.localizer.Text("allow.unreachable", text.Args{"Bot": c.Username}))
	}
	return c.send(ctx, out)
}

// overruled says that somebody was shut out after this command was sent: it was
// late, or is carried out again after a crash.
func (c *conversation) overruled(ctx context.Context, id int64, err error) error {
	if err != nil {
		return err
	}
	return c.send(ctx, c.about("allow.overruled", storage.Person{ID: id}))
}

// welcome tells a new agent, in the topic they asked from or in none (0), that
// they may begin. It reports whether they cannot be reached because they never
// pressed Start, or blocked the bot.
func (c *conversation) welcome(ctx context.Context, id int64, thread int) (unreachable bool) {
	l := letter{Text: c.catalog.Localizer("").Text("welcome", nil), Thread: thread}
	_, rest, err := c.sender.Send(ctx, l.message(id))
	switch {
	case chat.Blocked(err):
		c.note(ctx, id, true)
		return true
	case err != nil:
		c.then = append(c.then, c.post("welcome:"+c.t.ID, id, l))
	default:
		c.then = append(c.then, c.follow("welcome:"+c.t.ID, id, rest, false)...)
	}
	return false
}

// about says a text about a person, with the id, which copies at a tap, and the
// name on lines of their own: neither can pretend to be more of the other.
func (c *conversation) about(key string, p storage.Person) *text.Builder {
	before, after := text.Cut(c.localizer.Text(key, text.Args{"ID": text.Gap}))
	var r text.Builder
	r.Add(before).Code(text.ID(p.ID))
	if name := text.CleanName(p.Name); name != "" {
		r.Add("\n").Bold(name)
	}
	return r.Add(after)
}

// revoke shuts somebody out.
func (c *conversation) revoke(ctx context.Context, cmd command, m *models.Message) error {
	who, ok, err := targetOf(cmd, m)
	if err != nil || !ok {
		return c.reply(ctx, c.localizer.Text("revoke.usage", nil))
	}
	if c.admins[who.id] {
		return c.reply(ctx, c.localizer.Text("revoke.is_admin", nil))
	}
	// First what makes a request void that is on its way.
	if err := c.rememberShutOut(ctx, who.id); err != nil {
		return err
	}
	request, asked, err := c.endRequest(ctx, who.id, denyButton)
	if err != nil {
		return err
	}
	var was storage.Person
	_, err = c.Store.ChangePerson(ctx, who.id, func(p *storage.Person) error {
		was = *p
		*p = storage.Person{ID: p.ID}
		return nil
	})
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if was.Role == storage.RoleNone && asked {
		c.tellDenied(request)
	}
	if was.Role == storage.RoleNone {
		return c.send(ctx, c.about("not_listed", storage.Person{ID: who.id}))
	}
	l := letter{Text: c.catalog.Localizer("").Text("shut_out.now", nil), Thread: c.topicOfRequest(request)}
	c.then = append(c.then, c.post("revoked:"+c.t.ID, who.id, l))
	return c.send(ctx, c.about("revoke.done", was))
}

// setLimit gives somebody a daily limit of their own: a number, 0 for none, or
// "default" for everybody's.
func (c *conversation) setLimit(ctx context.Context, cmd command, _ *models.Message) error {
	if len(cmd.args) != 2 {
		return c.reply(ctx, c.localizer.Text("limit.usage", nil))
	}
	id, ok := text.ParseID(cmd.args[0])
	n, err := strconv.Atoi(cmd.args[1])
	limit, good := &n, err == nil && text.AllDigits(cmd.args[1]) && n <= maxLimit
	if strings.EqualFold(cmd.args[1], "default") {
		limit, n, good = nil, c.Daily, true
	}
	if !ok || !good {
		return c.reply(ctx, c.localizer.Text("limit.usage", nil))
	}
	p, found, err := c.change(ctx, id, func(p *storage.Person) { p.Limit = limit })
	if err != nil || !found {
		return err
	}
	out := c.about("limit.done", p)
	if n == 0 {
		return c.send(ctx, out.Add("\n").Add(c.localizer.Text("limit.none", nil)))
	}
	return c.send(ctx, out.Add("\n").Add(c.localizer.Text("limit.now", text.Args{"Limit": n})))
}

// reset gives somebody today's attempts back.
func (c *conversation) reset(ctx context.Context, cmd command, _ *models.Message) error {
	if len(cmd.args) != 1 {
		return c.reply(ctx, c.localizer.Text("reset.usage", nil))
	}
	id, ok := text.ParseID(cmd.args[0])
	if !ok {
		return c.reply(ctx, c.localizer.Text("reset.usage", nil))
	}
	p, found, err := c.change(ctx, id, func(*storage.Person) {})
	if err != nil || !found {
		return err
	}
	if err := c.Store.ResetAttempts(ctx, id, storage.DayOf(c.Now(), c.Zone)); err != nil {
		return outage.StoreError{Err: err}
	}
	return c.send(ctx, c.about("reset.done", p))
}

// errNotListed stops a change of somebody who was not let in.
var errNotListed = errors.New("bot: not listed")

// change alters somebody who was let in. When there is nobody of that id, it
// says so to the admin and found is false.
func (c *conversation) change(ctx context.Context, id int64, f func(*storage.Person)) (p storage.Person, found bool, err error) {
	p, err = c.Store.ChangePerson(ctx, id, func(p *storage.Person) error {
		if p.Role == storage.RoleNone && !c.admins[id] {
			return errNotListed
		}
		f(p)
		return nil
	})
	switch {
	case errors.Is(err, errNotListed):
		return p, false, c.send(ctx, c.about("not_listed", storage.Person{ID: id}))
	case err != nil:
		return p, false, outage.StoreError{Err: err}
	default:
		return p, true, nil
	}
}
