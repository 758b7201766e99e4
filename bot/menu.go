package bot

import (
	"context"
	"slices"
	"strings"

	"mrzbot/bot/chat"
	"mrzbot/bot/text"
)

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
	for _, c := range b.commands() {
		if c.who != admins || admin {
			menu = append(menu, chat.MenuEntry{Command: c.name, Description: v.Text("menu."+c.name, nil)})
		}
	}
	if err := b.sender.API.SetMenu(ctx, id, menu); err != nil && !chat.Blocked(err) {
		b.Log.Warn("menu not set", "chat_id", id, "error", err)
	}
}
