package faults

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// program is one life of the process.
type program struct {
	cmd   *exec.Cmd
	log   *logbook
	once  sync.Once     // kill
	dead  chan struct{} // closed when the process is gone
	err   error         // of the process; read after dead
	meant bool          // the end was ours; guarded by log.mu
}

// launch starts the binary with these settings and no others.
func launch(t testing.TB, environ map[string]string, dir string) *program {
	p := &program{cmd: exec.Command(os.Getenv(binaryVar), "serve"), log: newLogbook(), dead: make(chan struct{})}
	for name, value := range environ {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.Dir = dir
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	require.NoError(t, p.cmd.Start())
	go func() {
		p.err = p.cmd.Wait()
		p.log.end()
		close(p.dead)
	}()
	return p
}

// kill ends the process as a power cut does for it, and returns when it is
// gone. It reports whether it was this call that did it.
func (p *program) kill() (did bool) {
	p.once.Do(func() {
		p.mean()
		did = p.cmd.Process.Kill() == nil
	})
	<-p.dead
	return did
}

// stop asks the process to end, as a service manager does.
func (p *program) stop() error {
	p.mean()
	return p.cmd.Process.Signal(syscall.SIGTERM)
}

func (p *program) mean() {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	p.meant = true
}

// ended reports whether the process is gone.
func (p *program) ended() bool {
	select {
	case <-p.dead:
		return true
	default:
		return false
	}
}

// crashed reports whether the process ended by itself.
func (p *program) crashed() bool {
	select {
	case <-p.dead:
		p.log.mu.Lock()
		defer p.log.mu.Unlock()
		return !p.meant
	default:
		return false
	}
}

// logbook keeps what a process wrote, and finds in it where it listens.
type logbook struct {
	mu      sync.Mutex
	text    bytes.Buffer
	rest    []byte // of a line
	ended   bool
	changed chan struct{} // closed and replaced at every line
	webhook string
	ops     string
	started bool
	leads   bool // it alone polls, or sets the webhook
}

func newLogbook() *logbook { return &logbook{changed: make(chan struct{})} }

var addressOf = regexp.MustCompile(`msg="?(webhook|health and metrics)"? address=(\S+)`)

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	l.rest = append(l.rest, p...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		l.rest = rest
		l.read(string(line))
	}
}

func (l *logbook) read(line string) {
	if m := addressOf.FindStringSubmatch(line); m != nil && m[1] == "webhook" {
		l.webhook = m[2]
	} else if m != nil {
		l.ops = m[2]
	}
	l.started = l.started || strings.Contains(line, "msg=started")
	if strings.Contains(line, "this process leads") {
		l.leads = !strings.Contains(line, "no longer")
	}
	l.wake()
}

func (l *logbook) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *logbook) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.wake()
}

// await waits until the condition holds, and reports whether it ever did: not
// when the process ends before.
func (l *logbook) await(stop <-chan struct{}, condition func() bool) bool {
	for {
		l.mu.Lock()
		ok, ended, changed := condition(), l.ended, l.changed
		l.mu.Unlock()
		if ok || ended {
			return ok
		}
		select {
		case <-changed:
		case <-stop:
			return false
		}
	}
}

// where gives the addresses the process listens at; "" for what is not open.
func (l *logbook) where() (webhook, ops string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.webhook, l.ops
}

// leading reports whether the process leads.
func (l *logbook) leading() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.leads
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// complaints are words that no life of the program may write.
var complaints = []string{
	"panic", "fatal error", "DATA RACE", "goroutine ", "a handler decided cannot be stored", "is damaged", "SIGSEGV",
}

// bad gives the lines of a log that hold a complaint.
func bad(log string) (lines []string) {
	for line := range strings.Lines(log) {
		for _, word := range complaints {
			if strings.Contains(line, word) {
				lines = append(lines, strings.TrimSpace(line))
				break
			}
		}
	}
	return lines
}
