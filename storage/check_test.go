package storage_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

func TestCutName(t *testing.T) {
	for name, c := range map[string]struct{ name, want string }{
		"empty":         {"", ""},
		"short":         {"Айгүл", "Айгүл"},
		"exact":         {strings.Repeat("ж", storage.MaxName), strings.Repeat("ж", storage.MaxName)},
		"long":          {strings.Repeat("ж", storage.MaxName) + "x", strings.Repeat("ж", storage.MaxName)},
		"not UTF-8":     {"a\xffb\xc3", "ab"},
		"NUL":           {"a\x00b", "ab"},
		"cut after NUL": {"\x00" + strings.Repeat("y", storage.MaxName+1), strings.Repeat("y", storage.MaxName)},
	} {
		require.Equal(t, c.want, storage.CutName(c.name), name)
	}
}

func TestCheckTime(t *testing.T) {
	require.NoError(t, storage.CheckTime())
	require.NoError(t, storage.CheckTime(time.Time{}, time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)))
	for _, bad := range []time.Time{
		time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Unix(1<<60, 0),
		time.Unix(-1<<60, 0),
	} {
		require.ErrorIs(t, storage.CheckTime(time.Time{}, bad), storage.ErrInvalid)
	}
}

func TestCheckText(t *testing.T) {
	require.NoError(t, storage.CheckText("", "plain", "ж😀", strings.Repeat("x", storage.MaxText)))
	for _, bad := range []string{"a\x00", "\xff", strings.Repeat("x", storage.MaxText+1)} {
		err := storage.CheckText("fine", bad)
		require.ErrorIs(t, err, storage.ErrInvalid)
		require.NotContains(t, err.Error(), bad)
	}
}

func TestDayOf(t *testing.T) {
	bishkek := time.FixedZone("Bishkek", 6*3600)
	at := time.Date(2026, 5, 4, 18, 30, 0, 0, time.UTC)
	require.Equal(t, storage.Day("2026-05-04"), storage.DayOf(at, time.UTC))
	require.Equal(t, storage.Day("2026-05-05"), storage.DayOf(at, bishkek))
	require.Equal(t, storage.Day("2026-05-04"), storage.DayOf(at.Add(-30*time.Minute-time.Second), bishkek))
}
