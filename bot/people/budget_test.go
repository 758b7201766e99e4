package people

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// settings is one setting, and how often it was looked at.
type settings struct {
	storage.Settings
	value  []byte
	looked int
}

func (s *settings) Setting(context.Context, string) ([]byte, error) {
	s.looked++
	return s.value, nil
}

func (s *settings) ChangeSetting(_ context.Context, _ string, change func([]byte) ([]byte, error), _ ...*storage.AuditEntry) ([]byte, error) {
	next, err := change(s.value)
	s.value = next
	return next, err
}

// TestBudgets: photos cost a look every five seconds, whoever changes it knows at once,
// and a clock that goes back does not keep an old budget.
func TestBudgets(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	store := &settings{}
	b := &Budgets{Store: store, Now: func() time.Time { return now }}
	get := func() (Budget, bool) {
		got, was, err := b.Get(t.Context())
		require.NoError(t, err)
		return got, was
	}
	for range 100 {
		got, was := get()
		require.Zero(t, got)
		require.False(t, was, "there has never been one: nothing is counted")
	}
	require.Equal(t, 1, store.looked)
	store.value = []byte("500 9000") // by another replica
	now = now.Add(budgetFor)
	got, was := get()
	require.Equal(t, Budget{500, 9000}, got)
	require.True(t, was)
	store.value = []byte("600 9000")
	now = now.Add(-time.Hour)
	got, _ = get()
	require.Equal(t, 600, got.Day)

	before, after, ok, err := b.Change(t.Context(), 1, func(Budget) (Budget, bool) { return Budget{}, true })
	require.NoError(t, err)
	require.Equal(t, []any{Budget{600, 9000}, Budget{}, true}, []any{before, after, ok})
	got, was = get()
	require.Zero(t, got)
	require.True(t, was, "what is taken is counted on")
	day, month := got.Bounds()
	require.Equal(t, []int{uncounted, uncounted}, []int{day, month})
	day, month = Budget{5, 0}.Bounds()
	require.Equal(t, []int{5, uncounted}, []int{day, month})

	_, after, ok, err = b.Change(t.Context(), 1, func(now Budget) (Budget, bool) { return Budget{1, 1}, now == Budget{9, 9} })
	require.NoError(t, err)
	require.False(t, ok)
	require.Zero(t, after)
}
