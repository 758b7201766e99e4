package faults

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/queue"
	"mrzbot/storage"
	"mrzbot/storage/postgres"
	"mrzbot/storage/postgres/pgtest"
)

// cluster is the PostgreSQL server of those tests that do not kill theirs.
var cluster = pgtest.NewShared("max_connections=300")

// postgresPlace gives a database of its own.
func postgresPlace(t testing.TB) place { return placeOn(t, cluster.Server(t)) }

var databases atomic.Int64

// placeOn gives a new database on a server.
func placeOn(t testing.TB, server *pgtest.Server) place { return placeBehind(t, server, server.URL) }

// placeBehind gives a new database on a server that the program reaches at
// another address.
func placeBehind(t testing.TB, server *pgtest.Server, url func(database string) string) place {
	name := fmt.Sprint("faults", databases.Add(1))
	require.NoError(t, server.Exec(context.Background(), "postgres", "CREATE DATABASE "+name))
	return place{url: url(name), claimed: queue.DefaultLease, open: func(t testing.TB) storage.Store {
		s, err := postgres.Open(context.Background(), server.URL(name), postgres.Options{})
		require.NoError(t, err)
		return s
	}}
}
