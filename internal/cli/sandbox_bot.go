package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"

	"mrzbot/sandbox/page"
)

const (
	// restartPause is how long a bot that was killed stays away: long enough
	// to be seen, as a supervisor of services would have it.
	restartPause = 2 * time.Second
	// askReady is how often a starting bot is asked whether it is ready.
	askReady = 50 * time.Millisecond
	// askPatience bounds one such question.
	askPatience = time.Second
	// lastLines of the log are shown when the bot ends by itself.
	lastLines = 2 << 10
)

// supervisor runs the bot of the sandbox as a process of its own: the same
// program, started again as "serve". It is what the page kills.
type supervisor struct {
	process  Process
	dir      string // its working directory, where no .env lies
	settings map[string]string
	log      io.Writer

	mu      sync.Mutex
	changed chan struct{}
	state   page.ProcessState
	child   *os.Process // nil: none runs
	wake    chan struct{}
}

// States of the bot's process, as the page knows them.
const (
	stateStarting = "starting"
	stateRunning  = "running"
	stateDown     = "down"
)

func newSupervisor(p Process, dir string) *supervisor {
	return &supervisor{
		process: p, dir: dir, changed: make(chan struct{}), wake: make(chan struct{}, 1),
		state: page.ProcessState{State: stateStarting, Since: p.Now().UnixMilli()},
	}
}

// Now is the state of the process.
func (s *supervisor) Now() (page.ProcessState, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.changed
}

// change changes the state and wakes those who look at it.
func (s *supervisor) change(f func(*page.ProcessState)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.state.State
	f(&s.state)
	if s.state.State != was {
		s.state.Since = s.process.Now().UnixMilli()
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// Kill ends the process as a power cut would.
func (s *supervisor) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child != nil {
		s.state.Kills++
		_ = s.child.Kill() // it may have ended a moment ago
	}
}

// StayDown keeps a killed bot from being started again.
func (s *supervisor) StayDown(stay bool) {
	s.change(func(state *page.ProcessState) { state.Stays = stay })
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run starts the bot whenever it was killed, until ctx is done. It fails when
// the bot ends by itself.
func (s *supervisor) run(ctx context.Context) error {
	for {
		last := &tail{limit: lastLines}
		kills := s.kills()
		err := s.live(ctx, last)
		if ctx.Err() != nil {
			return nil
		}
		if s.kills() == kills {
			return fmt.Errorf("the bot ended by itself: %w\n%s", err, last.text)
		}
		s.change(func(state *page.ProcessState) { state.State = stateDown })
		if !s.away(ctx) {
			return nil
		}
		s.change(func(state *page.ProcessState) { state.State = stateStarting })
	}
}

func (s *supervisor) kills() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.Kills
}

// away waits until the bot is to be started again; false: not any more.
func (s *supervisor) away(ctx context.Context) bool {
	pause := time.NewTimer(restartPause)
	defer pause.Stop()
	over := false
	for {
		select {
		case <-pause.C:
			over = true
		case <-s.wake:
		case <-ctx.Done():
			return false
		}
		if state, _ := s.Now(); over && !state.Stays {
			return true
		}
	}
}

// live runs the process once, from its start to its end.
func (s *supervisor) live(ctx context.Context, last *tail) error {
	cmd, err := s.process.again("serve")
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.settings)) {
		cmd.Env = append(cmd.Env, name+"="+s.settings[name])
	}
	cmd.Dir = s.dir
	cmd.Stdout, cmd.Stderr = s.log, io.MultiWriter(s.log, last)
	return tied(cmd, func() error { return s.wait(ctx, cmd) })
}

// wait waits for the end of a process that was started, and brings it about
// when ctx is done: nothing is kept, so there is nothing to finish.
func (s *supervisor) wait(ctx context.Context, cmd *exec.Cmd) error {
	s.own(cmd.Process)
	defer s.own(nil)
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() }) // it may have ended a moment ago
	defer stop()
	asking, enough := context.WithCancel(ctx)
	var asked sync.WaitGroup
	defer asked.Wait()
	defer enough()
	asked.Go(func() { s.awaitReady(asking) })
	return cmd.Wait()
}

// own notes which process the page may kill.
func (s *supervisor) own(child *os.Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.child = child
}

// awaitReady asks the bot until it says that it is ready.
func (s *supervisor) awaitReady(ctx context.Context) {
	client := &http.Client{Timeout: askPatience, Transport: &http.Transport{DisableKeepAlives: true}}
	again := time.NewTicker(askReady)
	defer again.Stop()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.settings["OPS_ADDR"]+"/readyz", nil)
		if err != nil {
			return
		}
		if resp, err := client.Do(r); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				s.change(func(state *page.ProcessState) { state.State = stateRunning })
				return
			}
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
}

// tail keeps the end of what is written.
type tail struct {
	limit int
	text  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-t.limit):]
	return len(p), nil
}

// again is a command that runs this program with other arguments, and without
// its environment.
func (p Process) again(args ...string) (*exec.Cmd, error) {
	if p.Again != nil {
		return p.Again(args...), nil
	}
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, args...)
	cmd.Env = []string{}
	return cmd, nil
}
