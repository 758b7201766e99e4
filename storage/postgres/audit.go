package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

const auditColumns = `seq, at, by_id, action, person, detail`

func readAudit(row pgx.CollectableRow) (a storage.AuditEntry, err error) {
	var seq, at int64
	err = row.Scan(&seq, &at, &a.By, &a.Action, &a.Person, &a.Detail)
	a.Seq, a.At = uint64(seq), fromMicros(at)
	return a, err
}

// AddAudit is as in storage.Audit.
func (s *Store) AddAudit(ctx context.Context, a storage.AuditEntry) error {
	if err := a.Check(); err != nil {
		return err
	}
	_, err := s.exec(ctx, "add audit", `
		INSERT INTO mrzbot.audit (at, by_id, action, person, detail) SELECT $1, $2, $3, $4, $5 WHERE `+durably,
		micros(a.At), a.By, a.Action, a.Person, a.Detail)
	return err
}

// AuditEntries is as in storage.Audit.
func (s *Store) AuditEntries(ctx context.Context, before uint64, most int) ([]storage.AuditEntry, error) {
	return all(s, ctx, "audit", readAudit, `
		SELECT `+auditColumns+` FROM mrzbot.audit WHERE $1::bigint = 0 OR seq < $1 ORDER BY seq DESC LIMIT $2`, int64(before), max(most, 0))
}
