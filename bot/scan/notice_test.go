package scan

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

// TestCancelWhileDeletingTheNotice: one replica takes the message away that said
// that photos wait while the other notes that the person has canceled them.
func TestCancelWhileDeletingTheNotice(t *testing.T) {
	for reads := 1; reads <= 2; reads++ {
		store, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
		require.NoError(t, err)
		scanner := func(s Store) *Scanner {
			return &Scanner{Store: s, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler), Chat: &chat.Sender{API: deleting{}}}
		}
		second := scanner(store)
		first := scanner(&meddling{Store: store, reads: reads, another: func() {
			require.NoError(t, second.changeNotice(t.Context(), 1, func(n *notice) { *n = notice{Canceled: noon} }))
		}})
		err = second.changeNotice(t.Context(), 1, func(n *notice) { n.Message, n.Until = 5, noon.Add(time.Minute) })
		require.NoError(t, err)
		photo := storage.Task{Person: 1, Added: noon.Add(-time.Second)}
		(&photoJob{Scanner: first, t: photo}).deleteNotice(t.Context())
		require.True(t, (&photoJob{Scanner: second, t: photo}).canceled(t.Context()), "reads before it: %d", reads)
		require.NoError(t, store.Close())
	}
}

// deleting takes messages away.
type deleting struct{ chat.API }

func (deleting) Delete(context.Context, int64, []int) error { return nil }

// meddling is a store in which another replica changes a setting when this one
// has read it, and has not written it yet.
type meddling struct {
	Store
	reads   int // how many reads are left before that
	another func()
}

func (m *meddling) meddle() {
	if m.reads--; m.reads == 0 {
		m.another()
	}
}

func (m *meddling) Setting(ctx context.Context, key string) ([]byte, error) {
	value, err := m.Store.Setting(ctx, key)
	m.meddle()
	return value, err
}

func (m *meddling) ChangeSetting(ctx context.Context, key string, change func(old []byte) ([]byte, error), audit ...*storage.AuditEntry) ([]byte, error) {
	return m.Store.ChangeSetting(ctx, key, func(old []byte) ([]byte, error) {
		value, err := change(old)
		m.meddle()
		return value, err
	}, audit...)
}

// TestNoticeOfAWrongClock: what was noted by a clock that was ahead is over when
// it is set right.
func TestNoticeOfAWrongClock(t *testing.T) {
	const retryFor = 15 * time.Minute
	for _, ahead := range []time.Duration{6 * time.Hour, 10 * 365 * 24 * time.Hour} {
		n := notice{Message: 5, Until: noon.Add(ahead), Canceled: noon.Add(ahead)}
		require.False(t, n.holds(noon, retryFor))
		require.True(t, n.holds(noon.Add(ahead-time.Minute), retryFor))
		require.False(t, n.canceled(noon, noon))
		require.True(t, n.canceled(noon.Add(ahead), noon.Add(ahead)))
	}
}
