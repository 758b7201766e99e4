package bot

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
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

func (m *meddled) ChangeSetting(ctx context.Context, key string, change func(old []byte) ([]byte, error)) ([]byte, error) {
	return m.Store.ChangeSetting(ctx, key, func(old []byte) ([]byte, error) {
		value, err := change(old)
		m.meddle()
		return value, err
	})
}

// twoReplicas gives two conversations with one store. While the first changes a
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

// TestCancelWhileTidying: one replica takes the message away that said that
// photos wait while the other notes that the person has canceled them.
func TestCancelWhileTidying(t *testing.T) {
	for reads := 1; reads <= 2; reads++ {
		first, second := twoReplicas(t, reads, func(second *Bot) {
			require.NoError(t, second.changeNotice(t.Context(), 1, func(n *notice) { *n = notice{Canceled: noon} }))
		})
		err := second.changeNotice(t.Context(), 1, func(n *notice) { n.Message, n.Until = 5, noon.Add(time.Minute) })
		require.NoError(t, err)
		photo := storage.Task{Person: 1, Added: noon.Add(-time.Second)}
		(&job{Bot: first, t: photo}).tidy(t.Context())
		require.True(t, (&job{Bot: second, t: photo}).canceled(t.Context()), "reads before it: %d", reads)
	}
}

// TestAlertsOfTwoReplicas: what one replica told the admins is not forgotten
// because the other did so too, and the one that sees the service well again
// says so, once, whoever told of it.
func TestAlertsOfTwoReplicas(t *testing.T) {
	first, second := twoReplicas(t, 1, func(second *Bot) { second.alert(t.Context(), outcome.Subscription) })
	first.alert(t.Context(), outcome.BadKey)
	told := func() int {
		backlog, err := second.Store.(storage.Store).Backlog(t.Context(), noon)
		require.NoError(t, err)
		return backlog.Waiting[storage.KindNotice]
	}
	require.Equal(t, 2, told())
	open, err := second.Store.Setting(t.Context(), alertsKey)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{string(outcome.Subscription), string(outcome.BadKey)}, strings.Fields(string(open)))
	second.allClear(t.Context())
	first.allClear(t.Context())
	require.Equal(t, 3, told(), "it is over")
}

// menus remembers how long each chat's menu is.
type menus struct {
	*tableau
	length map[int64]int
}

func (m menus) SetMenu(_ context.Context, chat int64, menu []chat.MenuEntry) error {
	m.length[chat] = len(menu)
	return nil
}

// TestMenusOfTwoReplicas: of two replicas with other admins each, the longer menu
// is with those who are noted for it, so that it can be taken away again.
func TestMenusOfTwoReplicas(t *testing.T) {
	first, second := twoReplicas(t, 1, func(second *Bot) {
		second.Admins, second.admins = []int64{2}, map[int64]bool{2: true}
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

// TestNoticeOfAWrongClock: what was noted by a clock that was ahead is over when
// it is set right.
func TestNoticeOfAWrongClock(t *testing.T) {
	const retryFor = 15 * time.Minute
	for _, ahead := range []time.Duration{6 * time.Hour, 10 * 365 * 24 * time.Hour} {
		n := notice{Message: 5, Until: noon.Add(ahead), Canceled: noon.Add(ahead)}
		require.False(t, n.told(noon, retryFor))
		require.True(t, n.told(noon.Add(ahead-time.Minute), retryFor))
		require.False(t, n.canceled(noon, noon))
		require.True(t, n.canceled(noon.Add(ahead), noon.Add(ahead)))
	}
}
