package bot

import (
	"context"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/access"
	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/bot/scan"
	"mrzbot/bot/screen"
	"mrzbot/storage"
)

// level says for whom a command, a button or a kind of text is.
type level int

const (
	anybody level = iota
	agents        // everybody who was let in
	admins
)

// admits reports whether somebody in that role may.
func (l level) admits(role storage.Role) bool {
	switch l {
	case admins:
		return role == storage.RoleAdmin
	case agents:
		return role != storage.RoleNone
	default:
		return true
	}
}

// command is a command of the bot.
type command struct {
	name string
	who  level
	run  func(context.Context, *reply.Request, reply.Command, *models.Message) error
}

// commands lists them in the order in which menus show them.
func (b *Bot) commands() []command {
	return []command{
		{"start", agents, b.start},
		{"help", agents, b.help},
		{"me", agents, b.me},
		{"privacy", anybody, b.privacy},
		{"allow", admins, b.admin.Allow},
		{"revoke", admins, b.admin.Revoke},
		{"users", admins, b.admin.Users},
		{"limit", admins, b.admin.SetLimit},
		{"reset", admins, b.admin.Reset},
	}
}

// button is a button of the bot. Its data is a verb, and behind a colon what it
// is about. It proves nothing: who may press, under which message and whether it
// was pressed before is asked of the store at every press.
type button struct {
	verb  string
	who   level
	press func(ctx context.Context, req *reply.Request, q *models.CallbackQuery, about string) error
}

// buttons lists them. What strangers press goes to access.
func (b *Bot) buttons() []button {
	decide := func(verb string) func(context.Context, *reply.Request, *models.CallbackQuery, string) error {
		return func(ctx context.Context, req *reply.Request, q *models.CallbackQuery, request string) error {
			return b.access.Decide(ctx, req, q, request, verb)
		}
	}
	return []button{
		{screen.PageButton, admins, b.admin.Turn},
		{access.AllowButton, admins, decide(access.AllowButton)},
		{access.DenyButton, admins, decide(access.DenyButton)},
		{scan.RereadButton, agents, b.scan.Reread},
		{scan.CancelButton, agents, b.scan.Cancel},
		{access.AskButton, agents, b.access.AskedInside},
	}
}

// kinds lists the kinds of text that are neither a photo nor a command, with the
// friendly line for each. The first that fits is said.
var kinds = []struct {
	fits func(m *models.Message) bool
	who  level
	line string
}{
	{func(m *models.Message) bool { return m.Sticker != nil || m.Animation != nil }, agents, "talk.sticker"},
	{func(m *models.Message) bool { return m.Video != nil || m.VideoNote != nil }, agents, "talk.video"},
	{func(m *models.Message) bool { return m.Voice != nil || m.Audio != nil }, agents, "talk.voice"},
	{func(m *models.Message) bool { return m.ForwardOrigin != nil || m.Contact != nil }, admins, "talk.allow_hint"},
	{func(m *models.Message) bool { return m.Text != "" }, agents, "talk.text"},
	{func(*models.Message) bool { return true }, agents, "talk.other"},
}

// message answers a message.
func (b *Bot) message(ctx context.Context, req *reply.Request, m *models.Message) error {
	cmd, isCommand := reply.ParseCommand(m.Text, b.Username)
	none, err := b.people.Unclaimed(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	role := req.Person.Role
	if none {
		return b.access.ToStranger(ctx, req, isCommand, "unclaimed")
	}
	if isCommand {
		for _, c := range b.commands() {
			if c.name == cmd.Name && c.who.admits(role) {
				return c.run(ctx, req, cmd, m)
			}
		}
	}
	if !agents.admits(role) {
		return b.access.ToStranger(ctx, req, isCommand, "stranger")
	}
	if isCommand {
		return req.Reply(ctx, req.Localizer.Text("unknown_command", nil))
	}
	for _, k := range kinds {
		if k.who.admits(role) && k.fits(m) {
			return req.Reply(ctx, req.Localizer.Text(k.line, nil))
		}
	}
	return nil
}

// press answers a button. Roles are asked again at every press: a keyboard
// outlives a role.
func (b *Bot) press(ctx context.Context, req *reply.Request, q *models.CallbackQuery) error {
	verb, about, _ := strings.Cut(q.Data, ":")
	if !agents.admits(req.Person.Role) {
		return b.access.PressOfStranger(ctx, req, q, verb)
	}
	for _, k := range b.buttons() {
		if k.verb == verb && k.who.admits(req.Person.Role) {
			return k.press(ctx, req, q, about)
		}
	}
	req.Toast(ctx, q, "button.old")
	return nil
}
