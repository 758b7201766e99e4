package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// command is what somebody typed after a slash.
type command struct {
	name string   // lower case, without the slash
	args []string // separated by white space
}

// parseCommand reads a command at the very start of a text. One that is
// addressed to another bot is none. It goes by the text and not by Telegram's
// entities, whose offsets are somebody else's arithmetic.
func parseCommand(text, username string) (c command, ok bool) {
	words := strings.Fields(text)
	if len(words) == 0 || !strings.HasPrefix(text, "/") {
		return c, false
	}
	name, to, addressed := strings.Cut(words[0][1:], "@")
	if name == "" || addressed && !strings.EqualFold(to, username) {
		return c, false
	}
	for _, r := range name {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return c, false
		}
	}
	return command{name: strings.ToLower(name), args: words[1:]}, true
}

// verb is a command of the bot.
type verb struct {
	name  string
	admin bool // for admins only
	run   func(*conversation, context.Context, command, *models.Message) error
}

// verbs lists the commands in the order in which menus show them.
func verbs() []verb {
	return []verb{
		{"start", false, (*conversation).start},
		{"help", false, (*conversation).help},
		{"me", false, (*conversation).me},
		{"privacy", false, (*conversation).privacy},
		{"allow", true, (*conversation).allow},
		{"revoke", true, (*conversation).revoke},
		{"users", true, (*conversation).users},
		{"limit", true, (*conversation).setLimit},
		{"reset", true, (*conversation).reset},
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
		for _, id := range b.Admins {
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
	for _, id := range b.Admins {
		b.setMenu(ctx, id, true)
	}
	var lost []string
	for _, word := range had {
		if id, ok := text.ParseID(word); !ok || !b.admins[id] {
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
	for _, c := range verbs() {
		if !c.admin || admin {
			menu = append(menu, chat.MenuEntry{Command: c.name, Description: v.Text("menu."+c.name, nil)})
		}
	}
	if err := b.sender.API.SetMenu(ctx, id, menu); err != nil && !chat.Blocked(err) {
		b.Log.Warn("menu not set", "chat_id", id, "error", err)
	}
}

// command runs what somebody typed, if they may.
func (c *conversation) command(ctx context.Context, cmd command, m *models.Message) error {
	for _, v := range verbs() {
		if v.name != cmd.name || v.admin && c.person.Role != storage.RoleAdmin {
			continue
		}
		return v.run(c, ctx, cmd, m)
	}
	return c.reply(ctx, c.localizer.Text("unknown_command", nil))
}

func (c *conversation) start(ctx context.Context, _ command, _ *models.Message) error {
	if c.person.Blocked {
		c.note(ctx, c.person.ID, false)
	}
	if c.person.Role == storage.RoleAdmin {
		c.setMenu(ctx, c.t.Chat, true)
	}
	return c.reply(ctx, c.localizer.Text("start", nil))
}

func (c *conversation) help(ctx context.Context, _ command, _ *models.Message) error {
	text := c.localizer.Text("help", nil)
	if c.person.Role == storage.RoleAdmin {
		text += "\n\n" + c.localizer.Text("help.admin", nil)
	}
	return c.reply(ctx, text)
}

// me says who somebody is to the bot and what they have left today.
func (c *conversation) me(ctx context.Context, _ command, _ *models.Message) error {
	count, err := c.Store.Attempts(ctx, c.person.ID, storage.DayOf(c.Now(), c.Zone))
	if err != nil {
		return outage.StoreError{Err: err}
	}
	before, after := text.Cut(c.localizer.Text("me", text.Args{"ID": text.Gap, "Role": c.localizer.Text("role."+string(c.person.Role), nil)}))
	var r text.Builder
	r.Add(before).Code(text.ID(c.person.ID)).Add(after).Add("\n")
	return c.send(ctx, r.Add(c.used(count, c.limit(c.person))))
}

// privacy says what becomes of a photo and what is kept.
func (c *conversation) privacy(ctx context.Context, _ command, _ *models.Message) error {
	return c.reply(ctx, c.localizer.Text(c.privacyText(), text.Args{"Days": c.ledgerDays()}))
}

func (b *Bot) privacyText() string {
	if b.Reader.Paid() {
		return "privacy"
	}
	return "privacy.local"
}

// ledgerDays is how long the list of attempts is kept.
func (b *Bot) ledgerDays() int { return int(b.LedgerKept / (24 * time.Hour)) }

// used says how much of a day's limit is used.
func (c *conversation) used(n storage.Count, limit int) string {
	a := text.Args{"N": n.Settled, "Limit": limit, "Unanswered": n.Unanswered}
	switch {
	case n.Unanswered > 0 && limit == 0:
		return c.localizer.Text("used.unanswered.unlimited", a)
	case n.Unanswered > 0:
		return c.localizer.Text("used.unanswered", a)
	case limit == 0:
		return c.localizer.Text("used.unlimited", a)
	}
	return c.localizer.Text("used", a)
}
