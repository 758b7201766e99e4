package bot

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/outbox"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// meddled is a store in which another replica changes a setting at the worst
// moment: when this one has read it, and has not written it yet.
type meddled struct {
	Store
	reads   int // how many reads are left before that
	another func()
}

func (m *meddled) meddle() {
	if m.reads--; m.reads == 0 {
		m.another()
	}
}

func (m *meddled) Setting(ctx context.Context, key string) ([]byte, error) {
	value, err := m.Store.Setting(ctx, key)
	m.meddle()
	return value, err
}

func (m *meddled) ChangeSetting(ctx context.Context, key string, change func(old []byte) ([]byte, error), audit ...*storage.AuditEntry) ([]byte, error) {
	return m.Store.ChangeSetting(ctx, key, func(old []byte) ([]byte, error) {
		value, err := change(old)
		m.meddle()
		return value, err
	}, audit...)
}

// twoReplicas gives two bots with one store. While the first changes a
// setting that it has read so often, the other one does something.
func twoReplicas(t *testing.T, reads int, another func(second *Bot)) (first, second *Bot) {
	c := setTable(t, nil)
	config := c.Config
	config.Chat = menus{tableau: c, length: map[int64]int{}}
	second, err := New(config)
	require.NoError(t, err)
	config.Store = &meddled{Store: c.store, reads: reads, another: func() { another(second) }}
	first, err = New(config)
	require.NoError(t, err)
	return first, second
}

// TestAlertsOfTwoReplicas: what one replica told the admins is not forgotten
// because the other did so too, and the one that sees the service well again
// says so, once, whoever told of it.
func TestAlertsOfTwoReplicas(t *testing.T) {
	first, second := twoReplicas(t, 1, func(second *Bot) {
		second.Alerts.Raise(t.Context(), &outcome.Failure{Code: outcome.Subscription}, true)
	})
	first.Alerts.Raise(t.Context(), &outcome.Failure{Code: outcome.BadKey}, true)
	told := func() int {
		backlog, err := second.Store.(storage.Store).Backlog(t.Context(), noon)
		require.NoError(t, err)
		return backlog.Waiting[storage.KindNotice]
	}
	require.Equal(t, 2, told())
	open, err := outbox.OpenCauses(t.Context(), second.Store)
	require.NoError(t, err)
	var causes []string
	for _, o := range open {
		causes = append(causes, o.Cause)
		require.Equal(t, 1, o.Hits)
	}
	require.ElementsMatch(t, []string{string(outcome.Subscription), string(outcome.BadKey)}, causes)
	second.Alerts.AllClear(t.Context())
	first.Alerts.AllClear(t.Context())
	require.Equal(t, 3, told(), "it is over")
}

// menus remembers how long each chat's menu is.
type menus struct {
	*tableau
	length map[int64]int
}

func (m menus) SetMenu(_ context.Context, menu chat.Menu) error {
	m.length[menu.Chat] = len(menu.Entries)
	return nil
}

// TestMenusOfTwoReplicas: of two replicas with other admins each, the longer menu
// is with those who are noted for it, so that it can be taken away again.
func TestMenusOfTwoReplicas(t *testing.T) {
	first, second := twoReplicas(t, 1, func(second *Bot) {
		second.people.Admins = []int64{2}
		second.SetMenus(t.Context())
	})
	first.SetMenus(t.Context())
	list, err := second.Store.Setting(t.Context(), menusKey)
	require.NoError(t, err)
	length := first.Chat.(menus).length
	for _, id := range []int64{1, 2} {
		require.Equal(t, length[id] > length[0], strings.Contains(string(list), text.ID(id)), "admin %d", id)
	}
}

// TestRefusedHearOnce: those who were refused hear once that the service reads again,
// whichever of two replicas sees it, also when it dies before it has cleared the list;
// whoever sees it by themselves, or was shut out, hears nothing.
func TestRefusedHearOnce(t *testing.T) {
	first, second := twoReplicas(t, -1, nil)
	for person, role := range map[int64]storage.Role{1: storage.RoleAdmin, 2: storage.RoleAgent, 3: storage.RoleAgent, 4: storage.RoleNone} {
		_, err := second.Store.ChangePerson(t.Context(), person, func(p *storage.Person) error { p.Role = role; return nil })
		require.NoError(t, err)
	}
	told := func() int {
		backlog, err := second.Store.(storage.Store).Backlog(t.Context(), noon)
		require.NoError(t, err)
		return backlog.Waiting[storage.KindNotice]
	}
	for person := range int64(5) {
		first.scan.Recovery.Refused(t.Context(), person, person, 0)
		first.scan.Recovery.Refused(t.Context(), person, person, 0)
	}
	before, err := second.Store.Setting(t.Context(), "refused")
	require.NoError(t, err)
	second.scan.Recovery.Reads(t.Context(), 3)
	require.Equal(t, 2, told())
	after, err := second.Store.Setting(t.Context(), "refused")
	require.NoError(t, err)
	require.Empty(t, after)
	require.NoError(t, second.Store.PutSetting(t.Context(), "refused", before)) // as if it had died before that
	first.scan.Recovery.Reads(t.Context(), 3)
	require.Equal(t, 2, told())
}
