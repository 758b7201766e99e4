package bot

import (
	"context"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/access"
	"mrzbot/bot/admin"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
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
		{"lang", anybody, b.languages},
		{"forget", agents, b.forget},
		{"allow", admins, b.admin.Allow},
		{"invite", admins, b.access.Invite},
		{"revoke", admins, b.admin.Revoke},
		{"users", admins, b.admin.Users},
		{"limit", admins, b.admin.SetLimit},
		{"reset", admins, b.admin.Reset},
		{"stats", admins, b.admin.Stats},
		{"budget", admins, b.admin.Budget},
		{"export", admins, b.admin.Export},
		{"status", admins, b.admin.Status},
		{"template", admins, b.admin.Template},
		{"audit", admins, b.admin.Audit},
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
	offered := func(verb string) func(context.Context, *reply.Request, *models.CallbackQuery, string) error {
		return func(ctx context.Context, req *reply.Request, q *models.CallbackQuery, offer string) error {
			return b.access.DecideOffer(ctx, req, q, offer, verb)
		}
	}
	return []button{
		{screen.PageButton, admins, b.admin.Turn},
		{screen.PersonButton, admins, b.admin.OpenPerson},
		{screen.CardButton, admins, b.admin.PressCard},
		{screen.FindButton, admins, b.admin.PressFind},
		{screen.AuditButton, admins, b.admin.TurnAudit},
		{screen.AuditFileButton, admins, b.admin.ExportAudit},
		{screen.StatsButton, admins, b.admin.TurnStats},
		{screen.CalendarButton, admins, b.admin.ShowCalendar},
		{screen.ExportButton, admins, b.admin.PressExport},
		{admin.BudgetButton, admins, b.admin.PressBudget},
		{screen.StatusButton, admins, b.admin.PressStatus},
		{outbox.CheckButton, admins, b.admin.PressCheck},
		{access.AllowButton, admins, decide(access.AllowButton)},
		{access.DenyButton, admins, decide(access.DenyButton)},
		{access.LetInButton, admins, offered(access.LetInButton)},
		{access.LeaveOutButton, admins, offered(access.LeaveOutButton)},
		{screen.PickButton, admins, b.access.Pick},
		{access.InviteButton, admins, b.access.PressInvite},
		{access.UninviteButton, admins, b.access.PressUninvite},
		{screen.LanguageButton, agents, b.chooseLanguage},
		{scan.RereadButton, agents, b.scan.Reread},
		{scan.MendButton, agents, b.scan.Mend},
		{scan.CancelButton, agents, b.scan.Cancel},
		{scan.DeleteButton, anybody, b.scan.Delete},
		{forgetButton, anybody, b.forgetYes},
		{stayButton, anybody, b.forgetNo},
		{access.AskButton, agents, b.access.AskedInside},
	}
}

// kind is a kind of message that is neither a photo nor a command.
type kind struct {
	fits func(m *models.Message) bool
	who  level
	line string // the friendly line for it; "": run answers
	run  func(context.Context, *reply.Request, *models.Message) error
}

// kinds lists them. The first that fits is answered.
func (b *Bot) kinds() []kind {
	return []kind{
		{fits: func(m *models.Message) bool { return m.UsersShared != nil }, who: admins, run: b.access.Picked},
		{fits: func(m *models.Message) bool { return m.UsersShared != nil }, who: agents, run: b.access.NotPicked},
		{fits: b.access.CancelsPicker, who: admins, run: b.access.PickerCanceled},
		{fits: func(m *models.Message) bool { return m.ForwardOrigin != nil || m.Contact != nil }, who: admins, run: b.access.Offer},
		{fits: func(m *models.Message) bool { return m.Text != "" && m.ForwardOrigin == nil }, who: agents, run: b.typed},
		{fits: func(m *models.Message) bool { return m.Sticker != nil || m.Animation != nil }, who: agents, line: "talk.sticker"},
		{fits: func(m *models.Message) bool { return m.Video != nil || m.VideoNote != nil }, who: agents, line: "talk.video"},
		{fits: func(m *models.Message) bool { return m.Voice != nil || m.Audio != nil }, who: agents, line: "talk.voice"},
		{fits: func(m *models.Message) bool { return m.Text != "" }, who: agents, line: "talk.text"},
		{fits: func(*models.Message) bool { return true }, who: agents, line: "talk.other"},
	}
}

// typed answers a text.
func (b *Bot) typed(ctx context.Context, req *reply.Request, m *models.Message) error {
	if admins.admits(req.Person.Role) {
		if handled, err := b.admin.Typed(ctx, req, m); handled || err != nil {
			return err
		}
	}
	if handled, err := b.scan.Typed(ctx, req, m); handled || err != nil {
		return err
	}
	return req.Reply(ctx, req.Localizer.Text("talk.text", nil))
}

// message answers a message.
func (b *Bot) message(ctx context.Context, req *reply.Request, m *models.Message) error {
	cmd, isCommand := reply.ParseCommand(m.Text, b.Username)
	isCommand = isCommand && m.ForwardOrigin == nil // what somebody else wrote is no wish of who forwards it
	none, err := b.people.Unclaimed(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	role := req.Person.Role
	if none {
		return b.access.ToStranger(ctx, req, isCommand, true)
	}
	if isCommand && cmd.Name == "start" && len(cmd.Args) == 1 && (!agents.admits(role) || b.access.Came(req)) {
		return b.access.ComeByInvite(ctx, req, cmd.Args[0])
	}
	if isCommand {
		for _, c := range b.commands() {
			if c.name == cmd.Name && c.who.admits(role) {
				return c.run(ctx, req, cmd, m)
			}
		}
	}
	if !agents.admits(role) {
		return b.access.ToStranger(ctx, req, isCommand, false)
	}
	if isCommand {
		return req.Reply(ctx, req.Localizer.Text("unknown_command", nil))
	}
	for _, k := range b.kinds() {
		switch {
		case !k.who.admits(role) || !k.fits(m):
		case k.run != nil:
			return k.run(ctx, req, m)
		default:
			return req.Reply(ctx, req.Localizer.Text(k.line, nil))
		}
	}
	return nil
}

// press answers a button. Roles are asked again at every press: a keyboard
// outlives a role.
func (b *Bot) press(ctx context.Context, req *reply.Request, q *models.CallbackQuery) error {
	verb, about, _ := strings.Cut(q.Data, ":")
	stranger := !agents.admits(req.Person.Role)
	for _, k := range b.buttons() {
		if k.verb != verb || !k.who.admits(req.Person.Role) {
			continue
		}
		if stranger {
			if ok, err := b.access.Command(ctx, req); err != nil || !ok {
				return err
			}
		}
		return k.press(ctx, req, q, about)
	}
	if stranger {
		return b.access.PressOfStranger(ctx, req, q, verb, about)
	}
	req.Toast(ctx, q, "button.old")
	return nil
}
