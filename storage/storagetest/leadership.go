package storagetest

import (
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var leadershipCases = []testCase{
	{"one owner until its end", func(b *bench) {
		b.leader("poll", "", 0)
		b.leads(true, "poll", "a", lease)
		b.leader("poll", "a", lease)
		b.leads(false, "poll", "b", lease)
		b.leads(true, "other", "b", lease)
		b.pass(lease - time.Microsecond)
		b.leads(false, "poll", "b", lease)
		b.pass(time.Microsecond)
		b.leads(true, "poll", "b", lease)
		b.leads(false, "poll", "a", lease)
	}},
	{"kept longer and shorter", func(b *bench) {
		b.leads(true, "poll", "a", lease)
		b.pass(lease / 2)
		b.leads(true, "poll", "a", lease)
		b.pass(lease - time.Microsecond)
		b.leads(false, "poll", "b", lease)
		b.leads(true, "poll", "a", time.Hour)
		b.leads(true, "poll", "a", time.Second)
		b.pass(time.Second)
		b.leads(true, "poll", "b", lease)
	}},
	{"taken again after its end while nobody else did", func(b *bench) {
		b.leads(true, "poll", "a", lease)
		b.pass(time.Hour)
		b.leads(true, "poll", "a", lease)
		b.leads(false, "poll", "b", lease)
	}},
	{"given back", func(b *bench) {
		require.NoError(b, b.DropLease(b.ctx, "poll", "a"))
		b.leads(true, "poll", "a", lease)
		require.NoError(b, b.DropLease(b.ctx, "poll", "b"))
		require.NoError(b, b.DropLease(b.ctx, "other", "a"))
		b.leads(false, "poll", "b", lease)
		require.NoError(b, b.DropLease(b.ctx, "poll", "a"))
		b.leads(true, "poll", "b", lease)
		require.NoError(b, b.DropLease(b.ctx, "poll", "a"))
		b.leads(false, "poll", "a", lease)
	}},
	{"its owner has it after opening again", func(b *bench) {
		b.leads(true, "poll", "a", lease)
		b.reopen()
		b.leads(true, "poll", "a", lease)
		b.pass(lease)
		b.reopen()
		b.leads(true, "poll", "b", lease)
	}},
	{"one of many at the same moment", func(b *bench) {
		for range 5 {
			var won atomic.Int32
			b.atOnce(callers, func(i int) error {
				ok, err := b.TakeLease(b.ctx, "poll", fmt.Sprint("owner ", i), b.now, b.now.Add(lease))
				if ok {
					won.Add(1)
				}
				return err
			})
			require.Equal(b, int32(1), won.Load())
			b.pass(lease)
		}
	}},
	{"bad arguments", func(b *bench) {
		never := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
		for name, bad := range map[string]struct {
			name, owner string
			until       time.Time
		}{
			"no name": {"", "a", b.now}, "no owner": {"poll", "", b.now}, "NUL": {"po\x00ll", "a", b.now},
			"long": {"poll", strings.Repeat("x", storage.MaxText+1), b.now}, "late": {"poll", "a", never},
		} {
			_, err := b.TakeLease(b.ctx, bad.name, bad.owner, b.now, bad.until)
			require.ErrorIs(b, err, storage.ErrInvalid, name)
			if bad.until == b.now {
				require.ErrorIs(b, b.DropLease(b.ctx, bad.name, bad.owner), storage.ErrInvalid, name)
			}
		}
		b.leads(true, "poll", "b", lease)
	}},
}

// leads takes a lease, or tries to.
func (b *bench) leads(want bool, name, owner string, d time.Duration) {
	b.Helper()
	ok, err := b.TakeLease(b.ctx, name, owner, b.now, b.now.Add(d))
	require.NoError(b, err)
	require.Equal(b, want, ok)
}
