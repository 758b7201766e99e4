package cli

import (
	"os/exec"
	"runtime"
	"syscall"
)

// tied starts a command that ends when this program does, however it ends: the
// kernel kills it then. For the kernel the parent is the thread that started
// the command, so the thread is kept until run has waited for its end.
func tied(cmd *exec.Cmd, run func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// A group of its own: Ctrl+C in a terminal is for the sandbox alone.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	return run()
}
