package cli

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/internal/config"
	faketelegram "mrzbot/sandbox/telegram"
)

// TestStopWithUnusedConnection: a connection that Telegram, or a proxy, has
// opened for later and not used yet is no reason to end with an error.
func TestStopWithUnusedConnection(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.byWebhook()
	b.telegram.Say(gulnara, "/me")
	p := b.startProcess()
	b.answered(gulnara, "Your id")
	door, err := url.Parse(b.environ["WEBHOOK_URL"])
	require.NoError(t, err)
	unused, err := net.Dial("tcp", door.Host)
	require.NoError(t, err)
	defer func() { require.NoError(t, unused.Close()) }()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait(), p.log.String())
}

// TestStopWithSlowRequest: a request that is half here and never goes on holds up
// the end for no longer than any other.
func TestStopWithSlowRequest(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "MRZ_TIMEOUT": "1s", "WEBHOOK_SECRET": "s3cret"})
	b.byWebhook()
	b.telegram.Say(gulnara, "/me")
	p := b.startProcess()
	b.answered(gulnara, "Your id")
	door, err := url.Parse(b.environ["WEBHOOK_URL"])
	require.NoError(t, err)
	for _, secret := range []string{"s3cret", "wrong"} {
		slow, err := net.Dial("tcp", door.Host)
		require.NoError(t, err)
		defer func() { require.NoError(t, slow.Close()) }()
		_, err = io.WriteString(slow, "POST "+door.Path+" HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\n"+
			"X-Telegram-Bot-Api-Secret-Token: "+secret+"\r\nContent-Length: 100\r\n\r\n{\"update_id\"")
		require.NoError(t, err)
	}
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	start := time.Now()
	require.NoError(t, p.wait(), p.log.String())
	require.Less(t, time.Since(start), 30*time.Second) // MRZ_TIMEOUT and 5 s, on a machine that is busy
}

// TestStopWhileStarting: whatever the start is at when a signal comes, the end is a
// good one.
func TestStopWhileStarting(t *testing.T) {
	for name, cut := range map[string]func(b *bench, stop func()){
		"with the store": func(_ *bench, stop func()) { stop() },
		"asking Telegram": func(b *bench, stop func()) {
			b.telegram.Fail(faketelegram.Fault{Method: "getMe", Status: http.StatusBadGateway, Met: stop})
		},
		"with the webhook": func(b *bench, stop func()) {
			b.byWebhook()
			b.telegram.Fail(faketelegram.Fault{Method: "setWebhook", Status: http.StatusBadGateway, Met: stop})
		},
	} {
		t.Run(name, func(t *testing.T) {
			onEngines(t, nil, func(b *bench) {
				ctx, stop := context.WithTimeout(b.t.Context(), patience)
				defer stop()
				cut(b, stop)
				cfg, err := config.Load(b.environ, nil)
				require.NoError(b.t, err)
				r, err := assemble(Process{Stderr: b.log, Now: b.clock.now}, cfg)
				require.NoError(b.t, err)
				require.NoError(b.t, r.serve(ctx), b.log.String())
				require.Contains(b.t, b.log.String(), "msg=stopped")
				require.ErrorIs(b.t, ctx.Err(), context.Canceled)
			})
		})
	}
}

// TestEndInTime: what hangs, in a store or elsewhere, is given up.
func TestEndInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := make(chan struct{})
		defer close(hangs)
		broken := errors.New("broken")
		for name, c := range map[string]struct {
			do    func(ctx context.Context) error
			ended bool
			err   error
			after time.Duration
		}{
			"it ends by itself": {func(context.Context) error { return broken }, true, broken, 0},
			"it ends when told": {func(ctx context.Context) error { <-ctx.Done(); time.Sleep(3 * time.Second); return broken }, true, broken, time.Minute + 3*time.Second},
			"it does not":       {func(context.Context) error { <-hangs; return nil }, false, nil, time.Minute + 4*time.Second},
		} {
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			start := time.Now()
			ended, err := endInTime(ctx, 4*time.Second, func() error { return c.do(ctx) })
			require.Equal(t, c.ended, ended, name)
			require.Equal(t, c.err, err, name)
			require.Equal(t, c.after, time.Since(start), name)
		}
	})
}
