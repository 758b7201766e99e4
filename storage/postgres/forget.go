package postgres

import (
	"context"
	"fmt"

	"mrzbot/storage"
)

// Forget is as in storage.People.
func (s *Store) Forget(ctx context.Context, id int64, audit ...*storage.AuditEntry) error {
	if id == 0 {
		return fmt.Errorf("%w: nobody cannot be forgotten", storage.ErrInvalid)
	}
	entries, err := storage.Audited(audit)
	if err != nil {
		return err
	}
	rows, args := auditRows(1, entries)
	_, err = s.exec(ctx, "forget", `
		WITH person AS (DELETE FROM mrzbot.people WHERE id = $1 AND `+durably+`),
		rows AS (UPDATE mrzbot.ledger SET person = 0 WHERE person = $1 AND `+durably+`),
		invites AS (UPDATE mrzbot.invites SET used = array_remove(used, $1) WHERE $1 = ANY (used) AND `+durably+`),
		unused AS (DELETE FROM mrzbot.days WHERE person = $1 AND reserved = 0 AND `+durably+`),
		reserved AS (UPDATE mrzbot.days SET settled = 0, unanswered = 0 WHERE person = $1 AND reserved > 0 AND `+durably+`),
		months AS (DELETE FROM mrzbot.sums WHERE person = $1 AND `+durably+` RETURNING day, outcome, charge, counted, number),
		nobody AS (INSERT INTO mrzbot.sums AS t (day, person, outcome, charge, counted, share, number)
			SELECT day, 0, outcome, charge, counted, 0, sum(number) FROM months GROUP BY day, outcome, charge, counted
			ON CONFLICT (day, person, outcome, charge, counted, share) DO UPDATE SET number = t.number + excluded.number),
		noted AS (`+rows+` WHERE `+durably+`),
		days AS (DELETE FROM mrzbot.day_totals WHERE person = $1 AND `+durably+` RETURNING day, outcome, charge, counted, number)
		INSERT INTO mrzbot.day_totals AS t (day, person, outcome, charge, counted, number)
			SELECT day, 0, outcome, charge, counted, number FROM days
			ON CONFLICT (day, person, outcome, charge, counted) DO UPDATE SET number = t.number + excluded.number`, append([]any{id}, args...)...)
	return err
}
