package bill

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// TestAuditFile: names are what people chose to be called, and no formula in it.
func TestAuditFile(t *testing.T) {
	entries := func(yield func(storage.AuditEntry, error) bool) {
		e := storage.AuditEntry{At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), By: 1, Action: "limit", Person: 7, Detail: "default → 20"}
		_ = yield(e, nil) && yield(storage.AuditEntry{At: e.At, Action: "export"}, nil)
	}
	names := func(id int64) string { return map[int64]string{1: "=1+1", 7: "A;\n@b"}[id] }
	var out strings.Builder
	f := File{Format: FormatFor("ru"), Zone: time.FixedZone("", 6*3600)}
	require.NoError(t, f.Audit(&out, entries, names, strings.ToUpper))
	require.Equal(t, "\ufefftime;by;by_name;action;what;person;person_name;detail\r\n"+
		"2026-11-23 18:00:00;1;\"'=1+1\";limit;LIMIT;7;\"A;'\n'@b\";default → 20\r\n"+
		"2026-11-23 18:00:00;;;export;EXPORT;;;\r\n", out.String())
	failed := errors.New("failed")
	require.ErrorIs(t, f.Audit(&out, func(yield func(storage.AuditEntry, error) bool) { yield(storage.AuditEntry{}, failed) }, names, strings.ToUpper), failed)
}
