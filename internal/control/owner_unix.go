//go:build unix

package control

import "syscall"

// ownerOnly gives the socket its mode before it has a name, where the system
// passes it on (Linux); elsewhere it gets it a moment later.
func ownerOnly(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) { _ = syscall.Fchmod(int(fd), 0o600) })
}
