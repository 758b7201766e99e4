package pgtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Shared is the server that the tests of a package share: the first one that
// needs it starts it.
type Shared struct {
	settings  []string
	once      sync.Once
	server    *Server
	err       error
	databases atomic.Int64
}

// NewShared gives a server with these settings (see Start), not started yet.
func NewShared(settings ...string) *Shared { return &Shared{settings: settings} }

// Server starts the server, if nobody has yet. The test is skipped where there
// is no PostgreSQL.
func (s *Shared) Server(t testing.TB) *Server {
	t.Helper()
	s.once.Do(func() { s.server, s.err = Start(s.settings...) })
	if errors.Is(s.err, ErrMissing) {
		t.Skip(s.err)
	}
	require.NoError(t, s.err)
	return s.server
}

// Database makes an empty database on it and gives its name.
func (s *Shared) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprint("test", s.databases.Add(1))
	require.NoError(t, s.Server(t).Exec(context.Background(), "postgres", "CREATE DATABASE "+name))
	return name
}

// Stop ends the server, if it was started.
func (s *Shared) Stop() error {
	if s.server == nil {
		return nil
	}
	return s.server.Stop()
}

// Tests are those of a package that share a server.
type Tests struct {
	*testing.M
	Server *Shared
}

// Run runs the tests and then ends the server.
func (t Tests) Run() int {
	code := t.M.Run()
	if err := t.Server.Stop(); err != nil {
		fmt.Println(err)
		return 1
	}
	return code
}
