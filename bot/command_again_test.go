package bot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/people"
	"mrzbot/bot/screen"
	"mrzbot/storage"
)

// TestCommandWorkedAgain: a command gives back nothing either, and of two that wait together both are done.
func TestCommandWorkedAgain(t *testing.T) {
	by := func(change func(*storage.Person)) func(*mortal, int64) {
		return func(d *mortal, admin int64) {
			_, err := d.people.Adjust(t.Context(), admin, asker, func(p *storage.Person) error { change(p); return nil })
			require.NoError(t, err)
		}
	}
	limit := func(n int) func(*mortal, int64) { return by(func(p *storage.Person) { p.Limit = &n }) }
	role := by(func(p *storage.Person) { p.Role = storage.RoleAgent })
	for name, c := range map[string]struct {
		typed, once, shows string
		other              func(d *mortal, admin int64)
		stays              string
	}{
		"limit":  {"/limit 20 5", "agent 5 – 0", "Limit", limit(7), "agent 7 – 0"},
		"revoke": {"/revoke 20", " -1 – 0", "Limit", role, "agent -1 – 0"},
		"budget": {"/budget 50 0", "agent -1 – 50", "Day +10", func(d *mortal, admin int64) {
			_, _, _, err := d.admin.Budgets.Change(t.Context(), admin, func(people.Budget) (people.Budget, bool) { return people.Budget{Day: 60}, true })
			require.NoError(t, err)
		}, "agent -1 – 60"},
		"template": {"/template {surname}", "agent -1 – 0 {surname}", "", func(d *mortal, admin int64) {
			entry := &storage.AuditEntry{At: noon, By: admin, Action: people.AuditTemplate}
			_, err := d.store.ChangeSetting(t.Context(), screen.TemplateKey, func([]byte) ([]byte, error) { return []byte("{sex}"), nil }, entry)
			require.NoError(t, err)
		}, "agent -1 – 0 {sex}"},
	} {
		for _, meddled := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", meddled ", meddled), func(t *testing.T) {
				d := mortalTable(t)
				role(d, otherAdmin)
				stands := func() string {
					b, _, err := d.admin.Budgets.Fresh(t.Context())
					require.NoError(t, err)
					line, err := d.store.Setting(t.Context(), screen.TemplateKey)
					require.NoError(t, err)
					return strings.TrimSuffix(fmt.Sprint(d.stands(), " ", b.Day, " ", string(line)), " ")
				}
				d.twice(d.command("update:1", c.typed, noon), func() {
					require.Equal(t, c.once, stands())
					if meddled {
						c.other(d, otherAdmin)
					}
				})
				if !meddled {
					require.Equal(t, c.once, stands())
					return
				}
				require.Equal(t, c.stays, stands())
				if said := d.said[len(d.said)-1]; c.shows == "" {
					require.Contains(t, said.Text, "{sex}")
				} else {
					d.button(said, c.shows) // how things are now
				}
			})
		}
	}
	d := mortalTable(t)
	role(d, otherAdmin)
	d.Handle(t.Context(), d.command("update:1", "/limit 20 5", noon))
	d.Handle(t.Context(), d.command("update:2", "/limit 20 6", noon))
	require.Equal(t, "agent 6 –", d.stands())
}
