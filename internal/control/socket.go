package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"
)

// maxPath is the longest address of a Unix socket, in bytes: macOS and the BSDs
// have room for 104 with the NUL at its end, Linux and Windows for 108.
const maxPath = 103

// probeTimeout is how long a socket that is there already may take to answer.
const probeTimeout = 2 * time.Second

// Errors of the socket.
var (
	// ErrPath says that the socket's name is longer than the system allows.
	ErrPath = fmt.Errorf("the path of the store is too long for a socket beside it (%d bytes at most)", maxPath-len(suffix))
	// ErrLive says that somebody listens there already.
	ErrLive = errors.New("another program listens on this socket")
)

const suffix = ".sock"

// Path gives the name of the socket beside a store's file.
func Path(store string) string { return store + suffix }

// address gives the shorter name of a socket, from the root or from here.
func address(path string) (string, error) {
	short := path
	if here, err := os.Getwd(); err == nil {
		if abs, err := filepath.Abs(path); err == nil && len(abs) < len(short) {
			short = abs
		}
		if rel, err := filepath.Rel(here, path); err == nil && len(rel) < len(short) {
			short = rel
		}
	}
	if len(short) > maxPath {
		return "", ErrPath
	}
	return short, nil
}

// Listen makes the socket. One that a killed process has left behind is
// replaced; one that answers is not. The caller has the lock of the store, so
// that two who find the same leftover do not meet here.
func Listen(path string) (net.Listener, error) {
	addr, err := address(path)
	if err != nil {
		return nil, err
	}
	if err := clearAway(addr); err != nil {
		return nil, err
	}
	config := net.ListenConfig{Control: ownerOnly}
	l, err := config.Listen(context.Background(), "unix", addr)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(addr, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// clearAway removes a socket nobody listens on.
func clearAway(addr string) error {
	info, err := os.Lstat(addr)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	// Windows has a type of its own for it.
	if info.Mode()&(fs.ModeSocket|fs.ModeIrregular) == 0 {
		return fmt.Errorf("%s is there and is no socket", addr)
	}
	if c, err := net.DialTimeout("unix", addr, probeTimeout); err == nil {
		_ = c.Close()
		return ErrLive
	}
	return os.Remove(addr)
}
