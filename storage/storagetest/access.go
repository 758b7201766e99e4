package storagetest

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var accessCases = []testCase{
	{"so many in a window", func(b *bench) {
		for i := range 5 {
			b.takes(i < 3, "k", 3, time.Hour)
			b.pass(time.Minute)
		}
		b.takes(true, "other", 3, time.Hour)
		b.now = start.Add(time.Hour - time.Microsecond)
		b.takes(false, "k", 3, time.Hour)
		b.pass(time.Microsecond)
		b.takes(true, "k", 3, time.Hour)
		// The second window starts with its first use.
		b.pass(30 * time.Minute)
		b.takes(true, "k", 3, time.Hour)
		b.pass(29 * time.Minute)
		b.takes(true, "k", 3, time.Hour)
		b.takes(false, "k", 3, time.Hour)
		b.pass(time.Minute)
		b.takes(true, "k", 3, time.Hour)
	}},
	{"survives opening again", func(b *bench) {
		b.takes(true, "k", 1, time.Hour)
		b.reopen()
		b.takes(false, "k", 1, time.Hour)
	}},
	{"nothing to take", func(b *bench) {
		b.takes(false, "k", 0, time.Hour)
		b.takes(false, "k", -1, time.Hour)
		b.takes(true, "k", 1, time.Hour)
	}},
	{"another n in the same window", func(b *bench) {
		b.takes(true, "k", 1, time.Hour)
		b.takes(false, "k", 1, time.Hour)
		b.takes(true, "k", 2, time.Hour)
		b.takes(false, "k", 2, time.Minute)
		b.pass(time.Minute)
		b.takes(false, "k", 2, time.Minute)
	}},
	{"many keys come and go", func(b *bench) {
		for round := range 3 {
			for _, t := range numbered(150, func(id string, _ int) storage.Task { return storage.Task{ID: id} }) {
				b.takes(true, t.ID, 1, time.Hour)
				if round == 2 {
					b.takes(false, t.ID, 1, time.Hour)
				}
			}
			b.pass(time.Hour)
		}
	}},
	{"keys that cannot be stored", func(b *bench) {
		for _, key := range []string{"", "a\x00", "\xff", strings.Repeat("x", storage.MaxText+1)} {
			_, err := b.RateLimit(b.ctx, key, b.now, 1, time.Hour)
			require.ErrorIs(b, err, storage.ErrInvalid)
			_, err = b.Setting(b.ctx, key)
			require.ErrorIs(b, err, storage.ErrInvalid)
			require.ErrorIs(b, b.PutSetting(b.ctx, key, nil), storage.ErrInvalid)
		}
	}},
	{"settings", func(b *bench) {
		b.setting("k", nil)
		for _, value := range [][]byte{{0, 1, 2}, {}, []byte(strings.Repeat("long", 5000)), []byte("x")} {
			require.NoError(b, b.PutSetting(b.ctx, "k", value))
			b.setting("k", value)
			b.setting("K", nil)
		}
		b.reopen()
		b.setting("k", []byte("x"))
		require.NoError(b, b.PutSetting(b.ctx, "k", nil))
		require.NoError(b, b.PutSetting(b.ctx, "k", nil))
		b.setting("k", nil)
		require.ErrorIs(b, b.PutSetting(b.ctx, "k", make([]byte, storage.MaxPayload+1)), storage.ErrInvalid)
	}},
	{"a setting is changed", func(b *bench) {
		b.changes("k", nil, nil)
		b.changes("k", nil, []byte("a"))
		b.changes("k", []byte("a"), []byte("a"))
		b.changes("k", []byte("a"), []byte{})
		b.reopen()
		b.changes("k", []byte{}, []byte("b"))
		b.changes("k", []byte("b"), nil)
		b.changes("k", nil, []byte{})
		b.setting("K", nil)
	}},
	{"a setting that is not changed after all", func(b *bench) {
		require.NoError(b, b.PutSetting(b.ctx, "k", []byte("a")))
		refused := errors.New("refused")
		_, err := b.ChangeSetting(b.ctx, "k", func([]byte) ([]byte, error) { return []byte("b"), refused })
		require.ErrorIs(b, err, refused)
		_, err = b.ChangeSetting(b.ctx, "k", func([]byte) ([]byte, error) { return make([]byte, storage.MaxPayload+1), nil })
		require.ErrorIs(b, err, storage.ErrInvalid)
		_, err = b.ChangeSetting(b.ctx, "", func([]byte) ([]byte, error) { return nil, nil })
		require.ErrorIs(b, err, storage.ErrInvalid)
		b.setting("k", []byte("a"))
	}},
	{"a setting is changed by somebody else meanwhile", func(b *bench) {
		for _, others := range [][]byte{nil, {}, []byte("other")} {
			for _, old := range [][]byte{nil, []byte("old")} {
				require.NoError(b, b.PutSetting(b.ctx, "k", old))
				var seen [][]byte
				got, err := b.ChangeSetting(b.ctx, "k", func(now []byte) ([]byte, error) {
					if seen = append(seen, bytes.Clone(now)); len(seen) == 1 {
						require.NoError(b, b.PutSetting(b.ctx, "k", others))
					}
					return append([]byte("new of "), now...), nil
				})
				require.NoError(b, err)
				require.Equal(b, "new of "+string(others), string(got))
				b.setting("k", got)
				if old != nil || others != nil {
					require.Equal(b, [][]byte{old, others}, seen)
				}
			}
		}
	}},
	{"a setting is the store's own copy", func(b *bench) {
		value := []byte("abc")
		require.NoError(b, b.PutSetting(b.ctx, "k", value))
		value[0] = 'x'
		b.setting("k", []byte("abc"))
		got, err := b.Setting(b.ctx, "k")
		require.NoError(b, err)
		got[0] = 'y'
		b.setting("k", []byte("abc"))
	}},
}

func (b *bench) takes(want bool, key string, n int, window time.Duration) {
	b.Helper()
	ok, err := b.RateLimit(b.ctx, key, b.now, n, window)
	require.NoError(b, err)
	require.Equal(b, want, ok)
}

// changes changes a setting and checks what it was.
func (b *bench) changes(key string, old, value []byte) {
	b.Helper()
	got, err := b.ChangeSetting(b.ctx, key, func(now []byte) ([]byte, error) {
		require.Equal(b, old, now)
		return value, nil
	})
	require.NoError(b, err)
	require.Equal(b, value, got)
	b.setting(key, value)
}

func (b *bench) setting(key string, want []byte) {
	b.Helper()
	got, err := b.Setting(b.ctx, key)
	require.NoError(b, err)
	require.Equal(b, want, got)
}
