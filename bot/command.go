package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// verb is a command of the bot.
type verb struct {
	name  string
	admin bool // for admins only
	run   func(context.Context, *reply.Request, reply.Command, *models.Message) error
}

// verbs lists the commands in the order in which menus show them.
func (b *Bot) verbs() []verb {
	return []verb{
		{"start", false, b.start},
		{"help", false, b.help},
		{"me", false, b.me},
		{"privacy", false, b.privacy},
		{"allow", true, b.admin.Allow},
		{"revoke", true, b.admin.Revoke},
		{"users", true, b.admin.Users},
		{"limit", true, b.admin.SetLimit},
		{"reset", true, b.admin.Reset},
	}
}

// menusKey is the setting that lists the admins who were given the longer menu.
const menusKey = "menus"

// SetMenus fills the menus: one for everybody, and a longer one for each admin
// of the settings, which those lose who no longer are. A bot without menus
// works as well.
func (b *Bot) SetMenus(ctx context.Context) {
	b.setMenu(ctx, 0, false)
	// Another process may be at it, with other settings. So those who get the
	// longer menu are noted first, and those who had it are left out after they
	// have lost it.
	had, err := b.changeMenus(ctx, func(ids []string) []string {
		for _, id := range b.people.Admins {
			if !slices.Contains(ids, text.ID(id)) {
				ids = append(ids, text.ID(id))
			}
		}
		return ids
	})
	if err != nil {
		b.Log.Warn("menus not read", "error", err)
		return
	}
	for _, id := range b.people.Admins {
		b.setMenu(ctx, id, true)
	}
	var lost []string
	for _, word := range had {
		if id, ok := text.ParseID(word); !ok || !b.people.IsAdmin(id) {
			if ok {
				b.setMenu(ctx, id, false)
			}
			lost = append(lost, word)
		}
	}
	_, err = b.changeMenus(ctx, func(ids []string) []string {
		return slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(lost, id) })
	})
	if err != nil {
		b.Log.Warn("menus not stored", "error", err)
	}
}

// changeMenus alters the list of those who have the longer menu, and gives it.
func (b *Bot) changeMenus(ctx context.Context, change func(ids []string) []string) ([]string, error) {
	list, err := b.Store.ChangeSetting(ctx, menusKey, func(old []byte) ([]byte, error) {
		return []byte(strings.Join(change(strings.Fields(string(old))), " ")), nil
	})
	return strings.Fields(string(list)), err
}

// setMenu fills the menu of a chat. That of an admin who never pressed Start
// cannot be filled; it is when they do.
func (b *Bot) setMenu(ctx context.Context, id int64, admin bool) {
	v := b.catalog.Localizer("")
	var menu []chat.MenuEntry
	for _, c := range b.verbs() {
		if !c.admin || admin {
			menu = append(menu, chat.MenuEntry{Command: c.name, Description: v.Text("menu."+c.name, nil)})
		}
	}
	if err := b.sender.API.SetMenu(ctx, id, menu); err != nil && !chat.Blocked(err) {
		b.Log.Warn("menu not set", "chat_id", id, "error", err)
	}
}

// command runs what somebody typed, if they may.
func (b *Bot) command(ctx context.Context, req *reply.Request, cmd reply.Command, m *models.Message) error {
	for _, v := range b.verbs() {
		if v.name != cmd.Name || v.admin && req.Person.Role != storage.RoleAdmin {
			continue
		}
		return v.run(ctx, req, cmd, m)
	}
	return req.Reply(ctx, req.Localizer.Text("unknown_command", nil))
}

func (b *Bot) start(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	if req.Person.Blocked {
		b.people.MarkBlocked(ctx, req.Person.ID, false)
	}
	if req.Person.Role == storage.RoleAdmin {
		b.setMenu(ctx, req.Task.Chat, true)
	}
	return req.Reply(ctx, req.Localizer.Text("start", nil))
}

func (b *Bot) help(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	text := req.Localizer.Text("help", nil)
	if req.Person.Role == storage.RoleAdmin {
		text += "\n\n" + req.Localizer.Text("help.admin", nil)
	}
	return req.Reply(ctx, text)
}

// me says who somebody is to the bot and what they have left today.
func (b *Bot) me(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	count, err := b.Store.Attempts(ctx, req.Person.ID, storage.DayOf(b.Now(), b.Zone))
	if err != nil {
		return outage.StoreError{Err: err}
	}
	before, after := text.Cut(req.Localizer.Text("me", text.Args{"ID": text.Gap, "Role": req.Localizer.Text("role."+string(req.Person.Role), nil)}))
	var r text.Builder
	r.Add(before).Code(text.ID(req.Person.ID)).Add(after).Add("\n")
	return req.Send(ctx, r.Add(screen.Used(req.Localizer, count, b.people.Limit(req.Person))))
}

// privacy says what becomes of a photo and what is kept.
func (b *Bot) privacy(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	return req.Reply(ctx, req.Localizer.Text(b.privacyText(), text.Args{"Days": b.ledgerDays()}))
}

func (b *Bot) privacyText() string {
	if b.Reader.Paid() {
		return "privacy"
	}
	return "privacy.local"
}

// ledgerDays is how long the list of attempts is kept.
func (b *Bot) ledgerDays() int { return int(b.LedgerKept / (24 * time.Hour)) }
