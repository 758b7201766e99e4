//go:build !linux

package cli

import "os/exec"

// tied starts a command and runs what waits for its end. Here nothing ends the
// command when this program is killed without a chance to do so: it is left
// behind, without Telegram, and has to be ended by hand.
func tied(cmd *exec.Cmd, run func() error) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	return run()
}
