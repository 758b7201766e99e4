//go:build !unix

package pgtest

import (
	"errors"
	"os"
	"os/exec"
)

// account is who the servers run as.
type account struct{}

func unprivileged() (account, error) {
	return account{}, errors.New("these tests start servers on Unix systems only")
}

func (account) own(string) error { return nil }

func (account) run(*exec.Cmd) {}

func interrupt(cmd *exec.Cmd) error { return cmd.Process.Kill() }

func killChildren(*os.Process) {}
