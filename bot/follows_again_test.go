package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/access"
	"mrzbot/bot/chat"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// again works a task over which the program dies when it is to show what was done, and
// gives what becomes of the task the second time. Meanwhile, f happens.
func (c *mortal) again(task storage.Task, f func()) queue.Verdict {
	c.dies = true
	require.Panics(c.t, func() { c.Handle(c.t.Context(), task) })
	c.dies = false
	f()
	return c.Handle(c.t.Context(), task)
}

// TestRevokeWorkedAgain: who is shut out is told of it, and the language of their phone
// goes, also when the program died after their access was taken.
func TestRevokeWorkedAgain(t *testing.T) {
	const phone, letter = "phone:20", "revoked:update:2"
	for name, c := range map[string]struct {
		card  bool
		until time.Time
		// meanwhile is when another admin shuts them out, too; zero: nobody does.
		meanwhile time.Time
	}{
		"command":                  {},
		"card":                     {card: true},
		"command, ended":           {until: noon.Add(-time.Hour)},
		"card, ended":              {card: true, until: noon.Add(-time.Hour)},
		"command, another's after": {meanwhile: noon},
	} {
		t.Run(name, func(t *testing.T) {
			d := mortalTable(t)
			_, err := d.people.Adjust(t.Context(), otherAdmin, asker, func(p *storage.Person) error {
				p.Role, p.Name, p.Added, p.Until = storage.RoleAgent, "Aibek", noon.Add(-48*time.Hour), c.until
				return nil
			})
			require.NoError(t, err)
			added := noon.Add(-time.Minute)
			d.Handle(t.Context(), d.pressing("update:1", anAdmin, 55, "person:20:0:", added))
			task := d.command("update:2", "/revoke 20", added)
			if c.card {
				task = d.pressing("update:2", anAdmin, 55, d.button(d.edits[0], "⛔"), added)
			}
			v := d.again(task, func() {
				require.False(t, d.isIn())
				require.NoError(t, d.store.PutSetting(t.Context(), phone, []byte("ky")))
				if !c.meanwhile.IsZero() {
					d.shutOutAt(c.meanwhile)
				}
			})
			require.Contains(t, fmt.Sprint(v), letter)
			kept, err := d.store.Setting(t.Context(), phone)
			require.NoError(t, err)
			require.Nil(t, kept)
			if !c.card {
				require.Equal(t, "Shut out:\n20\nAibek", d.said[len(d.said)-1].Text)
			}
		})
	}
}

// TestRevokedTwice: a second command finds nobody to tell, also when both came before
// either was worked, or it is worked again.
func TestRevokedTwice(t *testing.T) {
	d := mortalTable(t)
	d.role(storage.RoleAgent)
	d.Handle(t.Context(), d.command("update:1", "/revoke 20", noon.Add(-time.Minute)))
	v := d.Handle(t.Context(), d.command("update:2", "/revoke 20", noon.Add(-time.Second)))
	require.NotContains(t, fmt.Sprint(v), "revoked:")
	v = d.again(d.command("update:3", "/revoke 999", noon), func() {})
	require.NotContains(t, fmt.Sprint(v), "revoked:", "whom nobody knows")
}

// writing is the task of what somebody writes.
func (c *tableau) writing(name string, person int64, words string, added time.Time) storage.Task {
	raw := fmt.Sprintf(`{"message":{"message_id":9,"from":{"id":%d,"first_name":"N%[1]d"},"chat":{"id":%[1]d,"type":"private"},"text":%q}}`, person, words)
	return storage.Task{
		ID: name, Kind: storage.KindUpdate, Order: "chat:" + text.ID(person), Person: person, Chat: person, Message: 9,
		Added: added, Payload: c.Seal.Seal(name, chat.SealUpdate, []byte(raw)),
	}
}

// TestComesByInviteAgain: who made a link hears of whom it has let in, and the request
// that was open ends, also when the program died after the role was given.
func TestComesByInviteAgain(t *testing.T) {
	for name, meanwhile := range map[string]func(d *mortal){
		"nothing":          func(*mortal) {},
		"the link revoked": func(d *mortal) { require.NoError(t, d.store.RemoveInvite(t.Context(), d.links()[0].Hash)) },
		"a place less": func(d *mortal) {
			_, err := d.store.UseInvite(t.Context(), d.links()[0].Hash, 99, noon)
			require.NoError(t, err)
		},
		"ten things tried": func(d *mortal) {
			for range 10 {
				_, err := d.store.RateLimit(t.Context(), "command:20", noon, 10, time.Hour)
				require.NoError(t, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := mortalTable(t)
			request := d.asks()
			d.Handle(t.Context(), d.command("update:2", "/invite 2 1", noon))
			_, code, _ := strings.Cut(d.said[0].Text, "?start=")
			code, _, _ = strings.Cut(code, "\n")
			task := d.writing("update:3", asker, "/start "+code, noon)
			v := d.again(task, func() {
				require.True(t, d.isIn())
				meanwhile(d)
			})
			require.Contains(t, fmt.Sprint(v), "came:update:3")
			open, err := d.access.Open(t.Context(), request.ID)
			require.NoError(t, err)
			require.False(t, open)
			require.Contains(t, d.edits[len(d.edits)-1].Text, "✅", "the card is closed")
			require.Contains(t, d.said[len(d.said)-1].Text, "You are let in.")
			require.Equal(t, 1, d.came(), "once")

			d.Handle(t.Context(), d.writing("update:4", asker, "/start "+code, noon.Add(time.Second)))
			require.Contains(t, d.said[len(d.said)-1].Text, "Hello!", "as everybody who is in")
		})
	}
}

// links gives the invites there are.
func (c *mortal) links() []storage.Invite {
	all, err := c.store.ListInvites(c.t.Context(), noon)
	require.NoError(c.t, err)
	return all
}

// came counts who came by a link, as the audit says.
func (c *mortal) came() (n int) {
	entries, err := c.store.AuditEntries(c.t.Context(), 0, 100)
	require.NoError(c.t, err)
	for _, e := range entries {
		if e.Action == access.AuditCame {
			n++
		}
	}
	return n
}
