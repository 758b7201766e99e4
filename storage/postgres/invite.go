package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

const inviteColumns = `hash, added, until, uses_left, by_id, role, day_limit, used`

func readInvite(row pgx.CollectableRow) (i storage.Invite, err error) {
	var added, until int64
	err = row.Scan(&i.Hash, &added, &until, &i.Left, &i.By, &i.Role, &i.Limit, &i.Used)
	i.Added, i.Until = storage.FromMicros(added), storage.FromMicros(until)
	if len(i.Used) == 0 {
		i.Used = nil
	}
	return i, err
}

// inviteArgs gives the values of inviteColumns.
func inviteArgs(i storage.Invite) []any {
	used := i.Used
	if used == nil {
		used = []int64{}
	}
	return []any{i.Hash, storage.Micros(i.Added), storage.Micros(i.Until), i.Left, i.By, string(i.Role), i.Limit, used}
}

// AddInvite is as in storage.Invites.
func (s *Store) AddInvite(ctx context.Context, i storage.Invite, audit ...*storage.AuditEntry) error {
	entries, err := storage.Audited(audit)
	if err := errors.Join(err, i.Check()); err != nil {
		return err
	}
	change, args := audited(`
		INSERT INTO mrzbot.invites (`+inviteColumns+`) SELECT $1, $2, $3, $4, $5, $6, $7::bigint, $8::bigint[] WHERE `+durably+`
		ON CONFLICT (hash) DO UPDATE SET added = excluded.added, until = excluded.until, uses_left = excluded.uses_left,
			by_id = excluded.by_id, role = excluded.role, day_limit = excluded.day_limit, used = excluded.used`, inviteArgs(i), entries)
	_, err = s.exec(ctx, "add invite", change, args...)
	return err
}

// UseInvite is as in storage.Invites. The row is locked by the change itself, and
// looked at again by whoever waited for it.
func (s *Store) UseInvite(ctx context.Context, hash string, person int64, now time.Time) (storage.Invite, error) {
	found, err := all(s, ctx, "use invite", readInvite, `
		UPDATE mrzbot.invites SET
			uses_left = uses_left - CASE WHEN $2 = ANY (used) THEN 0 ELSE 1 END,
			used = CASE WHEN $2 = ANY (used) THEN used ELSE used || $2::bigint END
		WHERE hash = $1 AND until > $3 AND (uses_left > 0 OR $2 = ANY (used)) AND `+durably+`
		RETURNING `+inviteColumns, plain(hash), person, storage.Micros(now))
	switch {
	case err != nil:
		return storage.Invite{}, err
	case len(found) == 0:
		return storage.Invite{}, storage.ErrGone
	}
	return found[0], nil
}

// ListInvites is as in storage.Invites.
func (s *Store) ListInvites(ctx context.Context, now time.Time) ([]storage.Invite, error) {
	_, err := s.exec(ctx, "list invites", `DELETE FROM mrzbot.invites WHERE until <= $1 AND `+durably, storage.Micros(now))
	if err != nil {
		return nil, err
	}
	return all(s, ctx, "list invites", readInvite, `
		SELECT `+inviteColumns+` FROM mrzbot.invites WHERE until > $1 AND uses_left > 0 ORDER BY hash`, storage.Micros(now))
}

// RemoveInvite is as in storage.Invites.
func (s *Store) RemoveInvite(ctx context.Context, hash string, audit ...*storage.AuditEntry) error {
	entries, err := storage.Audited(audit)
	if err != nil {
		return err
	}
	change, args := audited(`DELETE FROM mrzbot.invites WHERE hash = $1 AND `+durably, []any{plain(hash)}, entries)
	_, err = s.exec(ctx, "remove invite", change, args...)
	return err
}
