package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// patience is how long a server may take to start.
const patience = 60 * time.Second

// program is a server's process.
type program struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// launch starts a program whose words go to the end of a log.
func launch(as account, dir, log, name string, args ...string) (*program, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }()
	p := &program{cmd: exec.Command(name, args...), ended: make(chan struct{})}
	as.run(p.cmd)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, out, out
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait()
	}()
	return p, nil
}

// until waits until something works; an error says that the program has ended
// or takes too long.
func (p *program) until(works func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		err := works(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return errEnded
		case <-ctx.Done():
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

var errEnded = errors.New("the program has ended")

// kill ends the program at once, or asks it to end.
func (p *program) kill() { _ = p.cmd.Process.Kill(); <-p.ended }

func (p *program) stop() { _ = interrupt(p.cmd); <-p.ended }

// find gives the path of a program: where PATH leads to, or in the last of some
// folders, which is that of the highest version.
func find(name string, folders ...string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, pattern := range folders {
		found, err := filepath.Glob(filepath.Join(pattern, name))
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return slices.Max(found), nil
		}
	}
	return "", exec.ErrNotFound
}

// tail is the end of a log.
func tail(path string) string {
	log, err := os.ReadFile(path)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(log[max(0, len(log)-2000):])
}
