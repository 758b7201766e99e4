//go:build unix

package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// account is who the servers run as: neither of them runs as root.
type account struct {
	id *syscall.Credential // nil: who runs the test
}

// unprivileged gives the user who runs the test, or the one that PostgreSQL's
// package made when that is root.
func unprivileged() (account, error) {
	if os.Getuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return account{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
		}
	}
	return account{}, fmt.Errorf("no user to run PostgreSQL as: it refuses to run as root")
}

// own gives a folder or file to the account.
func (a account) own(path string) error {
	if a.id == nil {
		return nil
	}
	return os.Chown(path, int(a.id.Uid), int(a.id.Gid))
}

// run has a program run under the account, apart from the test's terminal.
func (a account) run(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: a.id, Setpgid: true}
}

// interrupt asks a server to drop its clients and end.
func interrupt(cmd *exec.Cmd) error { return cmd.Process.Signal(syscall.SIGINT) }

// killChildren kills the processes that one has started; it starts no others
// after that.
func killChildren(first *os.Process) {
	_ = first.Signal(syscall.SIGSTOP)
	all, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is sound
	for _, path := range all {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest) // state ppid …: see proc(5)
		if len(fields) < 2 || fields[1] != strconv.Itoa(first.Pid) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
