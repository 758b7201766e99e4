package postgres

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// TestAuditIsAppendOnly: whoever has the program's user of the database can add to the
// audit, and change and remove nothing of it.
func TestAuditIsAppendOnly(t *testing.T) {
	name := cluster.Database(t)
	s, err := Open(t.Context(), cluster.Server(t).URL(name), Options{anyClock: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	e := storage.AuditEntry{At: start, By: 1, Action: "limit", Person: 5, Detail: "default → 20"}
	require.NoError(t, s.AddAudit(t.Context(), e))
	for _, statement := range []string{
		"UPDATE mrzbot.audit SET by_id = 2", "UPDATE mrzbot.audit SET by_id = 2 WHERE false", "DELETE FROM mrzbot.audit", "TRUNCATE mrzbot.audit",
	} {
		require.ErrorContains(t, cluster.Server(t).Exec(t.Context(), name, statement), "never changed", statement)
	}
	got, err := s.AuditEntries(t.Context(), 0, 10)
	require.NoError(t, err)
	e.Seq = got[0].Seq
	require.Equal(t, []storage.AuditEntry{e}, got)
}
