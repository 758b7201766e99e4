package host

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// logReader is the other end of a log: it may stop, and it may be gone.
type logReader struct {
	mu    sync.Mutex
	text  bytes.Buffer
	gate  chan struct{} // nil: it reads; closed when it goes on
	gone  bool
	calls int
}

func (r *logReader) Write(p []byte) (int, error) {
	r.mu.Lock()
	gate := r.gate
	r.mu.Unlock()
	if gate != nil {
		<-gate
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	if r.gone {
		return 0, errors.New("broken pipe")
	}
	return r.text.Write(p)
}

func (r *logReader) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

func (r *logReader) lines() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Split(strings.TrimSuffix(r.text.String(), "\n"), "\n")
}

func plain(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

const someMissing = `level=WARN msg="the log was not taken for a while, and lines of it are missing" lines=`

// TestLogIsWhole: nothing is lost at a normal stop, and lines stay whole and in
// order, long ones too.
func TestLogIsWhole(t *testing.T) {
	r := &logReader{}
	l := NewLogPipe(r)
	l.Format(plain)
	var want []string
	for i := range 3000 {
		line := fmt.Sprint(i, " ", strings.Repeat("x", i%200))
		if i%1000 == 999 {
			line += strings.Repeat("y", 3*logChunk)
		}
		want = append(want, line)
		n, err := fmt.Fprintln(l, line)
		require.NoError(t, err)
		require.Equal(t, len(line)+1, n)
		if i%100 == 0 {
			time.Sleep(0) // a moment for the writer
		}
	}
	l.Close()
	require.Equal(t, want, r.lines())
}

// TestLogThatIsNotTaken: whoever logs does not wait; what is kept comes later, and
// what is not is counted and said.
func TestLogThatIsNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &logReader{gate: make(chan struct{})}
		l := NewLogPipe(r)
		l.Format(plain)
		line := strings.Repeat("x", 1023) + "\n"
		start := time.Now()
		fmt.Fprint(l, line)
		synctest.Wait() // the reader holds this one
		for range maxLogWaiting/len(line) + 7 {
			fmt.Fprint(l, line)
		}
		require.Zero(t, time.Since(start))
		r.set(func() { close(r.gate); r.gate = nil })
		synctest.Wait()
		lines := r.lines()
		require.Len(t, lines, 1+maxLogWaiting/len(line)+1)
		require.Equal(t, someMissing+"7", lines[len(lines)-1])

		fmt.Fprintln(l, "and on")
		synctest.Wait()
		require.Equal(t, "and on", r.lines()[len(lines)])

		r.set(func() { r.gate = make(chan struct{}) })
		for range 2*maxLogWaiting/len(line) + 1 {
			fmt.Fprint(l, line)
		}
		start = time.Now()
		l.Close()
		require.Equal(t, logStuck, time.Since(start), "the end does not wait for who takes nothing")
		r.set(func() { close(r.gate); r.gate = nil })
	})
}

// TestLogWhoseReaderIsGone: the lines are counted until somebody reads again.
func TestLogWhoseReaderIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &logReader{}
		l := NewLogPipe(r)
		l.Format(plain)
		r.set(func() { r.gone = true })
		for range 20 {
			fmt.Fprintln(l, "nobody hears")
			synctest.Wait()
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Less(t, r.calls, 50, "it does not go round and round")
		r.set(func() { r.gone = false })
		fmt.Fprintln(l, "somebody hears")
		synctest.Wait()
		require.Equal(t, []string{"somebody hears", someMissing + "20"}, r.lines())
		l.Close()
		fmt.Fprintln(l, "after the end")
		require.Len(t, r.lines(), 2)
	})
}
