package host

import (
	"bytes"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// maxLogWaiting bounds what waits for a reader of the log that has stopped:
	// some five thousand lines.
	maxLogWaiting = 1 << 20

	// logChunk is what is written at once: what POSIX writes to a pipe in one
	// piece (PIPE_BUF on Linux), so that no other writer's line gets between.
	logChunk = 4096

	// logStuck is how long the last lines wait at the end for a reader that takes
	// nothing, and logLast for one that takes a little.
	logStuck = 500 * time.Millisecond
	logLast  = 2 * time.Second
)

// LogPipe is a log that nobody waits for. What is written to it goes out behind
// the writer's back; while the reader takes nothing it is kept, up to a bound,
// and then counted instead. Each Write is one line.
type LogPipe struct {
	out  io.Writer
	wake chan struct{}
	over chan struct{} // closed when all is written after Close
	took atomic.Int64  // bytes that the reader took

	mu      sync.Mutex
	waiting []byte
	missing int // lines that were not kept, or that the reader refused
	closed  bool
	format  func(io.Writer) *slog.Logger // nil: nothing is said of missing lines
}

// NewLogPipe makes a log that goes to out. Close it at the end.
func NewLogPipe(out io.Writer) *LogPipe {
	l := &LogPipe{out: out, wake: make(chan struct{}, 1), over: make(chan struct{})}
	go l.run()
	return l
}

// Format sets how the log speaks of itself.
func (l *LogPipe) Format(format func(io.Writer) *slog.Logger) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.format = format
}

// Write never waits, and never fails.
func (l *LogPipe) Write(line []byte) (int, error) {
	l.mu.Lock()
	if l.closed || len(l.waiting)+len(line) > maxLogWaiting {
		l.missing++
	} else {
		l.waiting = append(l.waiting, line...)
	}
	l.mu.Unlock()
	l.ring()
	return len(line), nil
}

func (l *LogPipe) ring() {
	select {
	case l.wake <- struct{}{}:
	default: // it is rung already
	}
}

// run writes what waits, until Close.
func (l *LogPipe) run() {
	defer close(l.over)
	var spare []byte
	for range l.wake {
		for {
			l.mu.Lock()
			lines, missing, closed, format := l.waiting, l.missing, l.closed, l.format
			l.waiting, l.missing = spare[:0], 0
			l.mu.Unlock()
			spare = lines
			lost := l.pour(lines)
			if lost == 0 && missing > 0 {
				lost = l.tell(missing, format)
			} else {
				lost += missing
			}
			l.mu.Lock()
			l.missing += lost
			more := len(l.waiting) > 0
			l.mu.Unlock()
			if closed && !more {
				return
			}
			if !more {
				break
			}
		}
	}
}

// pour writes whole lines, some at a time, and gives how many the reader did
// not take.
func (l *LogPipe) pour(lines []byte) (lost int) {
	for len(lines) > 0 {
		n := len(lines)
		if n > logChunk {
			if n = bytes.LastIndexByte(lines[:logChunk], '\n') + 1; n == 0 {
				n = bytes.IndexByte(lines, '\n') + 1 // a line that is longer
			}
			if n == 0 {
				n = len(lines)
			}
		}
		wrote, err := l.out.Write(lines[:n])
		l.took.Add(int64(wrote))
		if err != nil {
			return max(bytes.Count(lines[wrote:], []byte("\n")), 1)
		}
		lines = lines[n:]
	}
	return 0
}

// tell says that lines are missing, and gives their number again when that is
// not taken either.
func (l *LogPipe) tell(missing int, format func(io.Writer) *slog.Logger) (lost int) {
	if format == nil {
		return 0
	}
	var line bytes.Buffer
	format(&line).Warn("the log was not taken for a while, and lines of it are missing", "lines", missing)
	if l.pour(line.Bytes()) > 0 {
		return missing
	}
	return 0
}

// Close writes what waits, as long as somebody takes it.
func (l *LogPipe) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.ring()
	last := time.NewTimer(logLast)
	defer last.Stop()
	look := time.NewTicker(logStuck)
	defer look.Stop()
	for before := l.took.Load(); ; {
		select {
		case <-l.over:
			return
		case <-last.C:
			return
		case <-look.C:
			if took := l.took.Load(); took != before {
				before = took
				continue
			}
			return
		}
	}
}
