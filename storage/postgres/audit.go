package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

const auditColumns = `seq, at, by_id, action, person, detail`

func readAudit(row pgx.CollectableRow) (a storage.AuditEntry, err error) {
	var seq, at int64
	err = row.Scan(&seq, &at, &a.By, &a.Action, &a.Person, &a.Detail)
	a.Seq, a.At = uint64(seq), storage.FromMicros(at)
	return a, err
}

// AddAudit is as in storage.Audit.
func (s *Store) AddAudit(ctx context.Context, a storage.AuditEntry) error {
	if err := a.Check(); err != nil {
		return err
	}
	return s.addAudit(ctx, []storage.AuditEntry{a})
}

// addAudit adds entries.
func (s *Store) addAudit(ctx context.Context, entries []storage.AuditEntry) error {
	if len(entries) == 0 {
		return nil
	}
	rows, args := auditRows(0, entries)
	_, err := s.exec(ctx, "add audit", rows+` WHERE `+durably, args...)
	return err
}

// auditRows adds entries by a statement that takes a condition behind it, with
// arguments behind the first n.
func auditRows(n int, entries []storage.AuditEntry) (query string, args []any) {
	at, by, people := []int64{}, []int64{}, []int64{}
	actions, details := []string{}, []string{}
	for _, e := range entries {
		at, by, people = append(at, storage.Micros(e.At)), append(by, e.By), append(people, e.Person)
		actions, details = append(actions, e.Action), append(details, e.Detail)
	}
	return fmt.Sprintf(`INSERT INTO mrzbot.audit (at, by_id, action, person, detail)
		SELECT e.* FROM unnest($%d::bigint[], $%d::bigint[], $%d::text[], $%d::bigint[], $%d::text[]) AS e`, n+1, n+2, n+3, n+4, n+5),
		[]any{at, by, actions, people, details}
}

// audited gives a statement that changes something, and adds entries to the audit if
// it has changed something. It reports as many rows as the change.
func audited(change string, args []any, entries []storage.AuditEntry) (query string, all []any) {
	if len(entries) == 0 {
		return change, args
	}
	rows, values := auditRows(len(args), entries)
	return `WITH changed AS (` + change + ` RETURNING 1), noted AS (` + rows + ` WHERE EXISTS (SELECT FROM changed) AND ` + durably + `)
		SELECT FROM changed`, slices.Concat(args, values)
}

// AuditEntries is as in storage.Audit.
func (s *Store) AuditEntries(ctx context.Context, before uint64, most int) ([]storage.AuditEntry, error) {
	return all(s, ctx, "audit", readAudit, `
		SELECT `+auditColumns+` FROM mrzbot.audit WHERE $1::bigint = 0 OR seq < $1 ORDER BY seq DESC LIMIT $2`, int64(before), max(most, 0))
}
