package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/text"
)

// menusKey is the setting that lists the admins who were given the longer menu,
// by their ids.
const menusKey = "menus"

// SetMenus fills the menus and what Telegram says of the bot: one menu for
// everybody, a longer one for each admin, which those lose who no longer are, and then all of it in the languages of phones. A bot without menus
// works as well.
func (b *Bot) SetMenus(ctx context.Context) {
	menuOfAll := func(phone string) {
		_ = patiently(ctx, func() error { return b.fillMenu(ctx, chat.Menu{Language: phone}, false, b.catalog.Localizer(phone)) })
	}
	menuOfAll("")
	b.setAdminMenus(ctx)
	for _, phone := range text.PhoneLanguages() {
		if phone != "" {
			menuOfAll(phone)
		}
		b.describe(ctx, phone)
	}
}

func (b *Bot) setAdminMenus(ctx context.Context) {
	// Another process may be at it, with other settings. So those who get the
	// longer menu are noted first, and those who had it are left out after they
	// have lost it.
	admins, err := b.people.AllAdmins(ctx)
	if err != nil {
		b.Log.Warn("admins not read for their menus", "error", err)
		return
	}
	had, err := b.changeMenus(ctx, func(ids []string) []string {
		for _, id := range admins {
			ids = withMenu(ids, id, true)
		}
		return ids
	})
	if err != nil {
		b.Log.Warn("menus not read", "error", err)
		return
	}
	for _, id := range admins {
		b.setMenu(ctx, id, true, b.outbox.LocalizerOf(ctx, id))
	}
	var lost []string
	for _, word := range had {
		if id, ok := text.ParseID(word); !ok || !slices.Contains(admins, id) {
			if ok {
				b.setMenu(ctx, id, false, b.outbox.LocalizerOf(ctx, id))
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

// changeMenu gives somebody the menu of what they have become. One that cannot be
// set now is at the next start.
func (b *Bot) changeMenu(ctx context.Context, id int64, admin bool) {
	if admin {
		b.noteMenu(ctx, id, true)
	}
	err := b.fillMenu(ctx, chat.Menu{Chat: id}, admin, b.outbox.LocalizerOf(ctx, id))
	if !admin && err == nil {
		b.noteMenu(ctx, id, false)
	}
}

// noteMenu notes who has the longer menu.
func (b *Bot) noteMenu(ctx context.Context, id int64, has bool) {
	_, err := b.changeMenus(ctx, func(ids []string) []string { return withMenu(ids, id, has) })
	if err != nil {
		b.Log.Warn("menus not stored", "error", err)
	}
}

// withMenu gives the ids with or without one of them.
func withMenu(ids []string, id int64, has bool) []string {
	ids = slices.DeleteFunc(ids, func(word string) bool { return word == text.ID(id) })
	if has {
		ids = append(ids, text.ID(id))
	}
	return ids
}

// changeMenus alters the list of those who have the longer menu, and gives it.
func (b *Bot) changeMenus(ctx context.Context, change func(ids []string) []string) ([]string, error) {
	list, err := b.Store.ChangeSetting(ctx, menusKey, func(old []byte) ([]byte, error) {
		return []byte(strings.Join(change(strings.Fields(string(old))), " ")), nil
	})
	return strings.Fields(string(list)), err
}

// setMenu fills the menu of a chat, in one language. That of an admin who never
// pressed Start cannot be filled; it is when they do.
func (b *Bot) setMenu(ctx context.Context, id int64, admin bool, v text.Localizer) {
	_ = b.fillMenu(ctx, chat.Menu{Chat: id}, admin, v) // it is in the log
}

// describe sets what Telegram says of the bot to phones of a language.
func (b *Bot) describe(ctx context.Context, phone string) {
	v := b.catalog.Localizer(phone)
	err := patiently(ctx, func() error {
		return b.sender.API.Describe(ctx, phone, v.Text("about.long", nil), v.Text("about.short", nil))
	})
	if err != nil {
		b.Log.Warn("description not set", "language", phone, "error", err)
	}
}

// Telegram takes few changes of a profile at once, and there is one for each
// language. Nobody waits for them.
const (
	profileTries = 3
	profilePause = time.Minute // of a longer one the next start is the end
)

// patiently makes a call again when Telegram asks for a pause.
func patiently(ctx context.Context, call func() error) error {
	for try := 1; ; try++ {
		err := call()
		after, again := chat.RetryAfter(err)
		if !again || after > profilePause || try == profileTries {
			return err
		}
		select {
		case <-time.After(after):
		case <-ctx.Done():
			return err
		}
	}
}

func (b *Bot) fillMenu(ctx context.Context, m chat.Menu, admin bool, v text.Localizer) error {
	for _, c := range b.commands() {
		if c.who != admins || admin {
			m.Entries = append(m.Entries, chat.MenuEntry{Command: c.name, Description: v.Text("menu."+c.name, nil)})
		}
	}
	err := b.sender.API.SetMenu(ctx, m)
	if err != nil && !chat.Blocked(err) {
		b.Log.Warn("menu not set", "chat_id", m.Chat, "language", m.Language, "error", err)
	}
	return err
}
