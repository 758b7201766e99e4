package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// TestNamesOfOldStores: a name that was stored before names were cleaned forges
// no line anywhere.
func TestNamesOfOldStores(t *testing.T) {
	d := setTable(t, nil)
	_, err := d.store.ChangePerson(t.Context(), asker, func(p *storage.Person) error {
		p.Role, p.Name, p.Note = storage.RoleAgent, "Bob\n999999 · today 0, no limit\u202e\u200b", "a\n999999 · today 0\u202e"
		return nil
	})
	require.NoError(t, err)
	for i, typed := range []string{"/users 20", "/limit 20 3", "/reset 20", "/audit", "/allow 20", "/revoke 20"} {
		d.Handle(t.Context(), d.command("update:"+text.ID(int64(i)), typed, noon))
		require.Len(t, d.said, i+1, typed)
		said := d.said[i].Text
		require.Contains(t, said, "Bob 999999 · today 0, no limit", typed)
		require.NotContains(t, said, "\u202e", typed)
		for line := range strings.Lines(said) {
			require.False(t, strings.HasPrefix(line, "999999"), typed)
		}
	}
}

// TestPagesFit: a page of the longest names there are, whatever they hold, stays within
// what Telegram takes of a message and its buttons.
func TestPagesFit(t *testing.T) {
	d := setTable(t, nil)
	names := []string{
		strings.Repeat("Ж", storage.MaxName), strings.Repeat("👩\u200d👧", 21), strings.Repeat("😀", storage.MaxName), "a\nb\u202ec\u2066d",
		strings.Repeat("m\u0301\u0302", 21), "\u200f\u05d0\u05d1\u05d2", "x:y:z", "",
	}
	for i := range 300 {
		_, err := d.people.Change(t.Context(), anAdmin, text.MaxID-int64(i), func(p *storage.Person) error {
			p.Role, p.Name, p.Added, p.By = storage.RoleAgent, names[i%len(names)], noon, anAdmin
			p.Note = strings.Repeat("Ж\n", 200)
			return nil
		})
		require.NoError(t, err)
	}
	update := 0
	fits := func(m chat.Message) {
		t.Helper()
		require.LessOrEqual(t, text.Units(m.Text), maxMessage)
		require.NotContains(t, m.Text, "\u202e")
		for _, row := range m.Markup.(*models.InlineKeyboardMarkup).InlineKeyboard {
			require.LessOrEqual(t, len(row), 8)
			for _, b := range row {
				require.LessOrEqual(t, len(b.CallbackData), 64)
				require.NotEmpty(t, b.Text)
				require.NotContains(t, b.Text, "\n")
				require.NotContains(t, b.Text, "\u202e")
			}
		}
	}
	for _, typed := range []string{"/users", "/users " + strings.Repeat("Ж", 64), "/users 👩\u200d👧👩\u200d👧", "/users x:y", fmt.Sprint("/users ", text.MaxID), "/audit"} {
		update++
		d.Handle(t.Context(), d.command(fmt.Sprint("update:", 2_000_000_000+update), typed, noon.Add(time.Minute)))
		require.Len(t, d.said, update, typed)
		fits(d.said[update-1])
	}
	for _, data := range []string{"users:29:", "users:99999:" + strings.Repeat("Ж", 20), "users:-1:x", "users:", "person:" + fmt.Sprint(text.MaxID) + ":29:" + strings.Repeat("Ж", 17)} {
		update++
		before := len(d.edits)
		d.Handle(t.Context(), d.pressing(fmt.Sprint("update:", 2_000_000_000+update), anAdmin, 55, data, noon))
		require.Len(t, d.edits, before+1, data)
		fits(d.edits[before])
	}
}

// cardOf is the newest message with buttons that the admin was shown, and its button
// of that text.
func (c *tableau) button(m chat.Message, label string) string {
	c.t.Helper()
	for _, row := range m.Markup.(*models.InlineKeyboardMarkup).InlineKeyboard {
		for _, b := range row {
			if strings.HasPrefix(b.Text, label) {
				return b.CallbackData
			}
		}
	}
	c.t.Fatalf("no button %q", label)
	return ""
}

// TestButtonsOfCards: a button does what it says for whom it was shown, under its
// message, once, and while the person is what the card shows. Nothing else changes
// anything.
func TestButtonsOfCards(t *testing.T) {
	const message = 55
	press := func(d *tableau, name string, data string) {
		d.Handle(t.Context(), d.pressing(name, anAdmin, message, data, noon))
	}
	person := func(d *tableau) storage.Person {
		p, err := d.store.Person(t.Context(), asker)
		require.NoError(t, err)
		return p
	}
	// opens shows the card, with the limits, and gives the button for 20.
	opens := func(t *testing.T) (d *tableau, data string) {
		d = setTable(t, nil)
		for id, name := range map[int64]string{asker: "Aibek", 30: "Bermet"} {
			_, err := d.people.Change(t.Context(), anAdmin, id, func(p *storage.Person) error {
				p.Role, p.Name, p.Added = storage.RoleAgent, name, noon
				return nil
			})
			require.NoError(t, err)
		}
		press(d, "update:1", "person:20:0:")
		press(d, "update:2", d.button(d.edits[0], "Limit"))
		return d, d.button(d.edits[1], "20")
	}
	const stale = "This card was old. This is how things are now."
	for name, c := range map[string]struct {
		act   func(d *tableau, data string)
		limit int // 0: none of their own
		heard string
	}{
		"pressed":             {func(d *tableau, data string) { press(d, "update:3", data) }, 20, ""},
		"again after a crash": {func(d *tableau, data string) { press(d, "update:3", data); press(d, "update:3", data) }, 20, stale},
		"replayed": {func(d *tableau, data string) {
			press(d, "update:3", data)
			press(d, "update:4", d.button(d.edits[2], "Limit"))
			press(d, "update:5", d.button(d.edits[3], "10"))
			press(d, "update:6", data)
		}, 10, stale},
		"changed meanwhile by another": {func(d *tableau, data string) {
			_, err := d.people.Change(t.Context(), 7, asker, func(p *storage.Person) error { p.Note = "x"; return nil })
			require.NoError(t, err)
			press(d, "update:3", data)
		}, 0, stale},
		"for somebody else": {func(d *tableau, data string) { press(d, "update:3", strings.Replace(data, ":20:", ":30:", 1)) }, 0, stale},
		"another key":       {func(d *tableau, data string) { press(d, "update:3", "card:limit:20:9:20") }, 0, stale},
		"no number":         {func(d *tableau, data string) { press(d, "update:3", "card:limit:20:2:20x") }, 0, "This button is out of date. Send the command again."},
		"too many":          {func(d *tableau, data string) { press(d, "update:3", "card:limit:20:2:100001") }, 0, "This button is out of date. Send the command again."},
		"what there is not": {func(d *tableau, data string) { press(d, "update:3", "card:burn:20:2:") }, 0, "This button is out of date. Send the command again."},
		"a day gone by":     {func(d *tableau, data string) { press(d, "update:3", "card:until:20:2:20010101") }, 0, "This button is out of date. Send the command again."},
		"another message": {func(d *tableau, data string) {
			d.Handle(t.Context(), d.pressing("update:3", anAdmin, 99, data, noon))
		}, 0, stale},
		"another's chat": {func(d *tableau, data string) {
			_, err := d.people.Change(t.Context(), anAdmin, 30, func(p *storage.Person) error { p.Role = storage.RoleAdmin; return nil })
			require.NoError(t, err)
			d.Handle(t.Context(), d.pressing("update:3", 30, message, data, noon))
		}, 0, stale},
		"one who is no admin any more": {func(d *tableau, data string) {
			d.Handle(t.Context(), d.pressing("update:3", 30, message, data, noon))
		}, 0, "This button is out of date. Send the command again."},
	} {
		t.Run(name, func(t *testing.T) {
			d, data := opens(t)
			heard := len(d.heard)
			c.act(d, data)
			limit := 0
			if p := person(d); p.Limit != nil {
				limit = *p.Limit
			}
			require.Equal(t, c.limit, limit)
			require.Equal(t, c.heard, d.heard[len(d.heard)-1])
			require.Greater(t, len(d.heard), heard)
			require.True(t, person(d).Until.IsZero())
		})
	}
}

// TestDiesOverAPress: a press whose program dies behind any of its steps is carried out
// by the next one, once; what it has closed can still be opened again.
func TestDiesOverAPress(t *testing.T) {
	d := setTable(t, nil)
	limit := 3
	_, err := d.people.Change(t.Context(), anAdmin, asker, func(p *storage.Person) error {
		p.Role, p.Name, p.Added, p.By, p.Limit, p.Until = storage.RoleAdmin, "Aibek", noon, anAdmin, &limit, noon.Add(48*time.Hour)
		return nil
	})
	require.NoError(t, err)
	was, err := d.store.Person(t.Context(), asker)
	require.NoError(t, err)
	d.Handle(t.Context(), d.pressing("update:1", anAdmin, 55, "person:20:0:", noon))
	shown, err := d.store.Setting(t.Context(), "desk:1")
	require.NoError(t, err)
	data := d.button(d.edits[0], "⛔")
	d.Handle(t.Context(), d.pressing("update:2", anAdmin, 55, data, noon))
	// It died before the new card was noted: the desk says that the press is under way.
	used := strings.Replace(string(shown), `"back"`, `"used":"update:2","closed":{"role":"admin","added":"2026-11-23T12:00:00Z","by":1,"until":"2026-11-25T12:00:00Z","end":"2026-11-23T12:10:00Z"},"back"`, 1)
	require.NotEqual(t, string(shown), used)
	require.NoError(t, d.store.PutSetting(t.Context(), "desk:1", []byte(used)))
	d.Handle(t.Context(), d.pressing("update:2", anAdmin, 55, data, noon))
	require.False(t, d.isIn())
	entries, err := d.store.AuditEntries(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Equal(t, "revoke", entries[0].Action)
	require.NotEqual(t, "revoke", entries[1].Action, "once")
	d.Handle(t.Context(), d.pressing("update:3", anAdmin, 55, d.button(d.edits[len(d.edits)-1], "Undo"), noon.Add(9*time.Minute)))
	now, err := d.store.Person(t.Context(), asker)
	require.NoError(t, err)
	now.ShutOut = was.ShutOut
	require.Equal(t, was, now)
}
