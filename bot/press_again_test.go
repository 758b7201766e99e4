package bot

import (
	"context"
	cryptorand "crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/people"
	"mrzbot/storage"
)

// mortal is a chat over which the program dies: when it is to show what was done.
type mortal struct {
	*tableau
	dies bool
}

func (c *mortal) Send(ctx context.Context, m chat.Message) (chat.Sent, error) {
	if c.dies {
		panic("dead")
	}
	return c.tableau.Send(ctx, m)
}

func (c *mortal) Edit(ctx context.Context, to int64, message int, m chat.Message) error {
	if c.dies {
		panic("dead")
	}
	return c.tableau.Edit(ctx, to, message, m)
}

// otherAdmin does something between the two times that a press is worked.
const otherAdmin = 30

// mortalTable is a table with two admins at which the program dies over a press.
func mortalTable(t *testing.T) *mortal {
	c := &mortal{tableau: setTable(t, nil)}
	config := c.Config
	config.Chat, config.Secrets, config.Admins = c, cryptorand.Reader, []int64{anAdmin, otherAdmin}
	var err error
	c.Bot, err = New(config)
	require.NoError(t, err)
	return c
}

// twice works a task, dies before it is shown what came of it, and works it again.
func (c *mortal) twice(task storage.Task, meanwhile func()) {
	c.dies = true
	require.Panics(c.t, func() { c.Handle(c.t.Context(), task) })
	c.dies = false
	meanwhile()
	c.Handle(c.t.Context(), task)
}

// actions counts what the audit says that the admin has done.
func (c *mortal) actions(action string) (n int) {
	entries, err := c.store.AuditEntries(c.t.Context(), 0, 100)
	require.NoError(c.t, err)
	for _, e := range entries {
		if e.By == anAdmin && e.Action == action {
			n++
		}
	}
	return n
}

// TestPressWorkedAgain: a press whose program dies when its work is done does it once,
// and gives back nothing that another admin has taken before it is worked again.
func TestPressWorkedAgain(t *testing.T) {
	const (
		stale  = "This card was old. This is how things are now."
		cameAt = time.Minute // before noon, when it is worked
	)
	agent := storage.Person{Role: storage.RoleAgent, Name: "Aibek", Added: noon.Add(-time.Hour)}
	admin, former := agent, agent
	admin.Role, former.Role = storage.RoleAdmin, storage.RoleNone
	role := func(r storage.Role) func(*storage.Person) {
		return func(p *storage.Person) {
			if p.Role = r; r == storage.RoleNone {
				p.ShutOut = noon.Add(-time.Second)
			}
		}
	}
	limit := func(n int) func(*storage.Person) { return func(p *storage.Person) { p.Limit = &n } }
	for name, c := range map[string]struct {
		is      storage.Person
		presses []string // from the card on; over the last one the program dies
		typed   string   // or over the answer to what is asked then
		once    string
		action  string
		other   func(*storage.Person)
		stays   string
	}{
		"limit":        {agent, []string{"Limit", "20"}, "", "agent 20 –", people.AuditLimit, limit(10), "agent 10 –"},
		"typed limit":  {agent, []string{"Limit", "Type"}, "30", "agent 30 –", people.AuditLimit, limit(10), "agent 10 –"},
		"note":         {agent, []string{"Note"}, "Osh", "agent -1 – Osh", people.AuditNote, func(p *storage.Person) { p.Note = "Naryn" }, "agent -1 – Naryn"},
		"until":        {agent, []string{"Until", "1 day"}, "", "agent -1 24.11", people.AuditUntil, func(p *storage.Person) { p.Until = time.Time{} }, "agent -1 –"},
		"make admin":   {agent, []string{"Make admin"}, "", "admin -1 –", people.AuditAdmin, role(storage.RoleAgent), "agent -1 –"},
		"unmake admin": {admin, []string{"Take admin rights"}, "", "agent -1 –", people.AuditUnadmin, role(storage.RoleAdmin), "admin -1 –"},
		"close":        {agent, []string{"⛔"}, "", " -1 –", people.AuditRevoke, role(storage.RoleAgent), "agent -1 –"},
		"undo":         {agent, []string{"⛔", "Undo"}, "", "agent -1 –", people.AuditAllow, role(storage.RoleNone), " -1 –"},
		"open":         {former, []string{"✅"}, "", "agent -1 –", people.AuditAllow, role(storage.RoleNone), " -1 –"},
	} {
		for _, meddled := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", meddled ", meddled), func(t *testing.T) {
				d := mortalTable(t)
				_, err := d.people.Change(t.Context(), otherAdmin, asker, func(p *storage.Person) error {
					id := p.ID
					*p = c.is
					p.ID = id
					return nil
				})
				require.NoError(t, err)
				d.Handle(t.Context(), d.pressing("update:1", anAdmin, 55, "person:20:0:", noon.Add(-cameAt)))
				var task storage.Task
				for i, label := range c.presses {
					task = d.pressing(fmt.Sprint("update:", i+2), anAdmin, 55, d.button(d.edits[len(d.edits)-1], label), noon.Add(-cameAt))
					if i < len(c.presses)-1 || c.typed != "" {
						d.Handle(t.Context(), task)
					}
				}
				if c.typed != "" {
					task = d.answering("update:9", len(d.said), c.typed, noon.Add(-cameAt))
				}
				d.twice(task, func() {
					require.Equal(t, c.once, d.stands())
					if meddled {
						_, err := d.people.Adjust(t.Context(), otherAdmin, asker, func(p *storage.Person) error { c.other(p); return nil })
						require.NoError(t, err)
					}
				})
				require.Equal(t, 1, d.actions(c.action), "once")
				welcomed := slices.ContainsFunc(d.said, func(m chat.Message) bool { return m.Chat == asker })
				require.Equal(t, name == "open" && !meddled, welcomed)
				want := c.once
				if meddled {
					want = c.stays
				}
				require.Equal(t, want, d.stands())
				if meddled && c.typed == "" {
					require.Equal(t, stale, d.heard[len(d.heard)-1])
				} else if len(d.heard) > 0 {
					require.NotEqual(t, stale, d.heard[len(d.heard)-1])
				}
			})
		}
	}
}

// stands says how things stand with the asker: role, limit, last day, note.
func (c *mortal) stands() string {
	p, err := c.store.Person(c.t.Context(), asker)
	require.NoError(c.t, err)
	limit, until := -1, "–"
	if p.Limit != nil {
		limit = *p.Limit
	}
	if !p.Until.IsZero() {
		until = p.Until.Format("02.01")
	}
	said := fmt.Sprintf("%s %d %s", p.Role, limit, until)
	if p.Note != "" {
		said += " " + p.Note
	}
	return said
}

// answering is the task of the admin's reply to a message of the bot's.
func (c *tableau) answering(name string, to int, words string, added time.Time) storage.Task {
	raw := fmt.Sprintf(`{"message":{"message_id":9,"from":{"id":1,"first_name":"N1"},"chat":{"id":1,"type":"private"},"text":%q,
		"reply_to_message":{"message_id":%d,"date":1,"from":{"id":9,"is_bot":true,"first_name":"B"},"chat":{"id":1,"type":"private"}}}}`, words, to)
	return storage.Task{
		ID: name, Kind: storage.KindUpdate, Order: "chat:1", Person: anAdmin, Chat: anAdmin, Message: 9,
		Added: added, Payload: c.Seal.Seal(name, chat.SealUpdate, []byte(raw)),
	}
}

// TestResetWorkedAgain: the attempts of a day are given back once.
func TestResetWorkedAgain(t *testing.T) {
	d := mortalTable(t)
	d.role(storage.RoleAgent)
	day := storage.DayOf(noon, time.UTC)
	uses := func(name string) {
		task := d.photoOf(name)
		_, err := d.store.Begin(t.Context(), task, storage.Begin{Now: noon, Day: day})
		require.NoError(t, err)
		_, err = d.store.Hold(t.Context(), task, storage.Hold{Now: noon, Outcome: "ok", Counted: true})
		require.NoError(t, err)
		require.NoError(t, d.store.Done(t.Context(), task))
	}
	used := func() int {
		count, err := d.store.Attempts(t.Context(), asker, day)
		require.NoError(t, err)
		return count.Settled
	}
	uses("update:1")
	d.Handle(t.Context(), d.pressing("update:2", anAdmin, 55, "person:20:0:", noon))
	d.twice(d.pressing("update:3", anAdmin, 55, d.button(d.edits[0], "Give today back"), noon), func() {
		require.Zero(t, used())
		uses("update:4")
	})
	require.Equal(t, 1, used())
	require.Equal(t, 1, d.actions(people.AuditReset))
	require.Equal(t, "Today's attempts are given back.", d.heard[len(d.heard)-1])
}

// TestBudgetWorkedAgain: a budget that another admin has put back stays as they left it.
func TestBudgetWorkedAgain(t *testing.T) {
	d := mortalTable(t)
	set := func(to int) {
		_, _, _, err := d.admin.Budgets.Change(t.Context(), otherAdmin, func(people.Budget) (people.Budget, bool) { return people.Budget{Day: to}, true })
		require.NoError(t, err)
	}
	day := func() int {
		b, _, err := d.admin.Budgets.Fresh(t.Context())
		require.NoError(t, err)
		return b.Day
	}
	set(100)
	d.twice(d.pressing("update:1", anAdmin, 5, "budget:day+:100:0", noon), func() {
		require.Equal(t, 110, day())
		set(100)
	})
	require.Equal(t, 100, day())
	require.Equal(t, "The budget is another one by now: look again.", d.heard[len(d.heard)-1])
	d.Handle(t.Context(), d.pressing("update:2", anAdmin, 5, "budget:day+:100:0", noon.Add(time.Second)))
	require.Equal(t, 110, day(), "another press is another wish")
}

// TestInviteWorkedAgain: in the place of a link that another admin has revoked there is
// no new one.
func TestInviteWorkedAgain(t *testing.T) {
	for _, meddled := range []bool{false, true} {
		d := mortalTable(t)
		links := func() []storage.Invite {
			all, err := d.store.ListInvites(t.Context(), noon)
			require.NoError(t, err)
			return all
		}
		d.twice(d.pressing("update:1", anAdmin, 5, "invite:1:1", noon), func() {
			require.Len(t, links(), 1)
			if meddled {
				d.Handle(t.Context(), d.pressing("update:2", otherAdmin, 6, "uninvite:"+links()[0].Hash, noon))
			}
		})
		said := d.said[len(d.said)-1]
		if meddled {
			require.Empty(t, links())
			require.Equal(t, "invite:1:1", d.button(said, "🔗 1 person"), "it can be made anew by a press")
		} else {
			require.Contains(t, said.Text, "?start=")
		}
	}
}
