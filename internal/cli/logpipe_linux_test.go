package cli

import (
	"bufio"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
)

// smallPipe is what a pipe of newPipe holds: the least that Linux allows.
const smallPipe = 4096

// newPipe makes a pipe that is full soon.
func newPipe(t *testing.T) (r, w *os.File) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Close() })
	const setSize = 1031 // F_SETPIPE_SZ
	_, _, errno := syscall.Syscall(syscall.SYS_FCNTL, w.Fd(), setSize, smallPipe)
	require.Zero(t, errno)
	return r, w
}

// TestLogReaderGoes: the reader of the log ends, in the middle of a call; the bot
// goes on, and stops as ever.
func TestLogReaderGoes(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	slow := fakemrz.Lines(card...)
	slow.Delay = 500 * time.Millisecond
	b.mrz.Answer(slow)
	r, w := newPipe(t)
	p := b.startLogging(w)
	require.NoError(t, w.Close())
	_, err := bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err)
	b.photo(gulnara)
	b.received(1)
	require.NoError(t, r.Close())
	b.answered(gulnara, "1 of 50 today")
	b.telegram.Say(gulnara, "/me")
	b.answered(gulnara, "Your id")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait())
}

// TestLogReaderStops: the reader of the log stands still, the pipe is full; the
// door and the workers go on. It hears all when it goes on in time, and the end
// does not wait for it.
func TestLogReaderStops(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.byWebhook()
	b.mrz.Answer(fakemrz.Lines(card...))
	_, w := newPipe(t) // which nobody reads
	p := b.startLogging(w)
	require.NoError(t, w.Close())
	const many = 100 // some 20 KB of lines
	for range many {
		b.telegram.Say(gulnara, "/me")
	}
	b.until("all are answered", func() bool { return b.saying(gulnara, "Your id") == many })
	b.photo(gulnara)
	b.answered(gulnara, "TESTOV")

	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	start := time.Now()
	require.NoError(t, p.wait())
	require.Less(t, time.Since(start), 30*time.Second)
}

// TestLogReaderPauses: what it did not read in time it reads later.
func TestLogReaderPauses(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.byWebhook()
	r, w := newPipe(t)
	p := b.startLogging(w)
	require.NoError(t, w.Close())
	const many = 100
	for range many {
		b.telegram.Say(gulnara, "/me")
	}
	b.until("all are answered", func() bool { return b.saying(gulnara, "Your id") == many })
	text, reading := make(chan string, 1), make(chan struct{})
	go func() {
		first := make([]byte, 1<<10)
		n, _ := io.ReadFull(r, first)
		close(reading)
		rest, _ := io.ReadAll(r)
		text <- string(first[:n]) + string(rest)
	}()
	<-reading // a log that nobody reads is given up at the end
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait())
	log := <-text
	require.Greater(t, len(log), 2*smallPipe)
	require.Equal(t, many, strings.Count(log, "an update came in"))
	require.Contains(t, log, "msg=stopped")
	require.NotContains(t, log, "are missing")
}
