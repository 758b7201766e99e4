package cli

import (
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
)

// TestHangUpFinishesPhoto: SIGHUP, of a terminal that is closed, stops as SIGTERM
// does.
func TestHangUpFinishesPhoto(t *testing.T) {
	t.Parallel()
	// What is caught here is not ignored by a process that is started from here, even
	// where the tests themselves were started by nohup.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP)
	defer signal.Stop(caught)
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	slow := fakemrz.Lines(card...)
	slow.Delay = time.Second
	b.mrz.Answer(slow)
	p := b.startProcess()
	b.photo(gulnara)
	b.received(1)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGHUP))
	require.NoError(t, p.wait(), p.log.String())
	require.Contains(t, p.log.String(), "stopped")
	b.answered(gulnara, "1 of 50 today")
}

// TestIgnoredHangUp: what nohup starts stays.
func TestIgnoredHangUp(t *testing.T) {
	t.Parallel()
	nohup, err := exec.LookPath("nohup")
	if err != nil {
		t.Skip("no nohup here")
	}
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.program = []string{nohup, os.Args[0]}
	p := b.startProcess()
	b.telegram.Say(gulnara, "/me")
	b.answered(gulnara, "Your id")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGHUP))
	b.telegram.Say(gulnara, "/help")
	b.answered(gulnara, "Send a photo of the back")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait(), p.log.String())
}

// TestStopEndsReadingOfATerminal: a command that reads what never comes ends at
// the first signal.
func TestStopEndsReadingOfATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{{"parse"}, {"read", "-"}} {
		never, feed := io.Pipe()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan int, 1)
		go func() {
			ended <- Run(ctx, Process{Args: args, Stdin: never, Stdout: io.Discard, Stderr: io.Discard, Now: time.Now})
		}()
		_, err := io.WriteString(feed, card[0]) // it reads
		require.NoError(t, err)
		stop()
		select {
		case code := <-ended:
			require.Equal(t, exitFailed, code)
		case <-time.After(patience):
			t.Fatal("it reads on")
		}
		require.NoError(t, feed.Close())
	}
}
