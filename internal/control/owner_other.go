//go:build !unix

package control

import "syscall"

// ownerOnly leaves it to the folder who may use the socket.
func ownerOnly(_, _ string, _ syscall.RawConn) error { return nil }
