package access

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
)

// Verbs of buttons. What follows the first is for how many people and days, and the
// second the hash of an invite. Neither is bound to its message: making a link anew
// is what the first is for, and to revoke twice does no harm.
const (
	InviteButton   = "invite"
	UninviteButton = "uninvite"
)

// Invite answers /invite: with the links there are, or with a new one for so many
// people and days.
func (a *Access) Invite(ctx context.Context, req *reply.Request, cmd reply.Command, _ *models.Message) error {
	if len(cmd.Args) > 0 {
		return a.makeInvite(ctx, req, strings.Join(cmd.Args, " "))
	}
	m, err := a.inviteList(ctx, req)
	if err != nil {
		return err
	}
	return req.SendMessage(ctx, m)
}

// PressInvite makes a link at the press of a button, or shows those there are.
func (a *Access) PressInvite(ctx context.Context, req *reply.Request, q *models.CallbackQuery, about string) error {
	if about == "" {
		m, err := a.inviteList(ctx, req)
		if err != nil {
			return err
		}
		req.Toast(ctx, q, "")
		return req.Show(ctx, m)
	}
	req.Toast(ctx, q, "")
	return a.makeInvite(ctx, req, strings.ReplaceAll(about, ":", " "))
}

// PressUninvite takes a link back.
func (a *Access) PressUninvite(ctx context.Context, req *reply.Request, q *models.CallbackQuery, hash string) error {
	err := a.Store.RemoveInvite(ctx, hash, a.audited(req.Task.Person, AuditUninvite, hash))
	if err != nil {
		return outage.StoreError{Err: err}
	}
	// Not the list that is left: a second tap would meet another link there.
	req.Toast(ctx, q, "")
	m := chat.Message{Text: req.Localizer.Text("invite.revoked", nil)}
	m.AddRows(chat.Row(req.Localizer, chat.Button{Name: "invite.all", Data: InviteButton + ":"}))
	return req.Show(ctx, m)
}

// inviteSize reads for how many people and days an invite is to be.
func inviteSize(words string) (people, days int, ok bool) {
	f := strings.Fields(words)
	if len(f) != 2 || !text.AllDigits(f[0]) || !text.AllDigits(f[1]) {
		return 0, 0, false
	}
	people, errPeople := strconv.Atoi(f[0])
	days, errDays := strconv.Atoi(f[1])
	ok = errPeople == nil && errDays == nil && people >= 1 && people <= maxInvited && days >= 1 && days <= maxInviteDays
	return people, days, ok
}

// makeInvite makes a link and shows it. It stands in this message only.
func (a *Access) makeInvite(ctx context.Context, req *reply.Request, size string) error {
	v := req.Localizer
	people, days, ok := inviteSize(size)
	if !ok {
		return req.Reply(ctx, v.Text("invite.usage", text.Args{"N": maxInvited, "Days": maxInviteDays}))
	}
	if taken, err := a.takenBack(ctx, req.Task, sized(people, days)); err != nil {
		return err
	} else if taken {
		return a.Invite(ctx, req, reply.Command{}, nil)
	}
	good, err := a.invites(ctx)
	if err != nil {
		return err
	}
	if len(good) >= maxInvites {
		return req.Reply(ctx, v.Text("invite.full", text.Args{"N": maxInvites}))
	}
	i, code, err := a.newInvite(ctx, req, people, days)
	if err != nil {
		return err
	}
	link := "https://t.me/" + a.Username + "?start=" + code
	var r text.Builder
	r.Line(v.Text("invite.made", text.Args{"N": people, "Date": a.lastDay(i)})).Add("\n")
	r.Link(link, link).Add("\n\n").Add(v.Text("invite.once", nil))
	m := chat.Message{Text: r.String(), Entities: r.Entities}
	if key, ok := chat.CopyKey(v.Text("invite.copy", nil), link); ok {
		m.AddRows([]models.InlineKeyboardButton{key})
	}
	m.AddRows(chat.Row(v, chat.Button{Name: "invite.revoke", Data: UninviteButton + ":" + i.Hash, Style: chat.StyleDanger}))
	return req.SendMessage(ctx, m)
}

// inviteList shows the links that are good, with buttons that revoke them and make
// others.
func (a *Access) inviteList(ctx context.Context, req *reply.Request) (m chat.Message, err error) {
	good, err := a.invites(ctx)
	if err != nil {
		return m, err
	}
	v := req.Localizer
	var r text.Builder
	r.Line(v.Text("invite", nil))
	var keys []chat.Button
	for n, i := range good {
		by, err := a.deciderName(ctx, req, decision{by: i.By})
		if err != nil {
			return m, err
		}
		number := strconv.Itoa(n + 1)
		r.Add("\n" + number + ". ").Add(v.Text("invite.row", text.Args{
			"N": i.Left, "Of": i.Left + len(i.Used), "Date": a.lastDay(i), "Name": by,
		}))
		keys = append(keys, chat.Button{Name: "invite.revoke", Data: UninviteButton + ":" + i.Hash, Style: chat.StyleDanger, Behind: number})
	}
	m = chat.Message{Text: r.String(), Entities: r.Entities}
	m.AddRows(
		chat.Row(v, chat.Button{Name: "invite.new.one", Data: InviteButton + ":1:1", Style: chat.StyleGood}),
		chat.Row(v, chat.Button{Name: "invite.new.ten", Data: InviteButton + ":10:7", Style: chat.StyleGood}))
	for row := range slices.Chunk(keys, 2) {
		m.AddRows(chat.Row(v, row...))
	}
	return m, nil
}
