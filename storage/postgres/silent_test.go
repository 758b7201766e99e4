package postgres

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// mute is a server that lets everybody in, and answers nothing from then on.
func mute(t *testing.T) (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var all sync.WaitGroup
	t.Cleanup(func() { require.NoError(t, listener.Close()); all.Wait() })
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer func() { _ = conn.Close() }()
				server := pgproto3.NewBackend(conn, conn)
				first, err := server.ReceiveStartupMessage()
				if _, cancels := first.(*pgproto3.CancelRequest); err != nil || cancels {
					return
				}
				server.Send(&pgproto3.AuthenticationOk{})
				server.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
				for server.Flush() == nil {
					said, err := server.Receive()
					if _, ends := said.(*pgproto3.Terminate); err != nil || ends {
						return // else Close waits for it, for a quarter of a minute
					}
				}
			})
		}
	})
	return listener.Addr().String()
}

// TestHungServer: every call of a server that says nothing any more ends, at the
// caller's deadline or else at the store's.
func TestHungServer(t *testing.T) {
	t.Parallel()
	config, err := parse("postgres://me@" + mute(t) + "/db?sslmode=disable&pool_max_conns=40")
	require.NoError(t, err)
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	const silence = 2 * time.Second // long enough for connections on a machine that has other things to do
	s := &Store{pool: pool, callTime: silence}
	defer func() { require.NoError(t, s.Close()) }()
	task := update("a", "")
	task.Lease = "mine"
	calls := map[string]func(ctx context.Context) error{
		"add":   func(ctx context.Context) error { _, err := s.AddTask(ctx, task); return err },
		"claim": func(ctx context.Context) error { _, err := claim(ctx, s, start, 1); return err },
		"renew": func(ctx context.Context) error { return s.Renew(ctx, task, start) },
		"postpone": func(ctx context.Context) error {
			return s.Postpone(ctx, task, storage.Postpone{Now: start, Until: start})
		},
		"begin": func(ctx context.Context) error {
			_, err := s.Begin(ctx, task, storage.Begin{Now: start, Day: day})
			return err
		},
		"hold": func(ctx context.Context) error {
			_, err := s.Hold(ctx, task, storage.Hold{Now: start, Outcome: "ok"})
			return err
		},
		"done":        func(ctx context.Context) error { return s.Done(ctx, task) },
		"keep":        func(ctx context.Context) error { return s.Retain(ctx, task, storage.Retain{Until: start}) },
		"kept":        func(ctx context.Context) error { _, _, err := s.Retained(ctx, "a", start); return err },
		"quarantined": func(ctx context.Context) error { return s.Quarantine(ctx, task, start, "x") },
		"next": func(ctx context.Context) error {
			_, _, err := s.NextTask(ctx, start, []storage.Kind{storage.KindPhoto})
			return err
		},
		"backlog": func(ctx context.Context) error { _, err := s.Backlog(ctx, start); return err },
		"person":  func(ctx context.Context) error { _, err := s.Person(ctx, 1); return err },
		"change person": func(ctx context.Context) error {
			_, err := s.ChangePerson(ctx, 1, func(*storage.Person) error { return nil })
			return err
		},
		"entries":    func(ctx context.Context) error { _, err := s.Entries(ctx, start, start, 1); return err },
		"totals":     func(ctx context.Context) error { _, err := s.Totals(ctx); return err },
		"take":       func(ctx context.Context) error { _, err := s.RateLimit(ctx, "k", start, 1, time.Hour); return err },
		"setting":    func(ctx context.Context) error { return s.PutSetting(ctx, "k", nil) },
		"take lease": func(ctx context.Context) error { _, err := s.TakeLease(ctx, "k", "me", start, start); return err },
		"ready":      s.Ready,
		"dump": func(ctx context.Context) (last error) {
			for _, err := range s.Dump(ctx) {
				last = err
			}
			return last
		},
		"load": func(ctx context.Context) error {
			return s.Load(ctx, func(func(storage.Record, error) bool) {})
		},
	}
	short, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	var mu sync.Mutex
	own, callers := map[string]error{}, map[string]error{}
	began := time.Now()
	var all sync.WaitGroup
	for name, call := range calls {
		all.Go(func() {
			hasty := call(short)
			long := call(t.Context())
			mu.Lock()
			defer mu.Unlock()
			callers[name], own[name] = hasty, long
		})
	}
	all.Wait()
	require.Less(t, time.Since(began), silence+time.Minute)
	for name := range calls {
		require.ErrorIs(t, callers[name], context.DeadlineExceeded, name)
		require.ErrorContains(t, own[name], "does not answer", name)
	}
}
