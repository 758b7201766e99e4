package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

const personColumns = `id, name, role, day_limit, added, let_in_by, blocked, language, note, until, shut_out`

func readPerson(row pgx.CollectableRow) (p storage.Person, err error) {
	var added, until, shutOut int64
	err = row.Scan(&p.ID, &p.Name, &p.Role, &p.Limit, &added, &p.By, &p.Blocked, &p.Language, &p.Note, &until, &shutOut)
	p.Added, p.Until, p.ShutOut = storage.FromMicros(added), storage.FromMicros(until), storage.FromMicros(shutOut)
	return p, err
}

// Person is as in storage.People.
func (s *Store) Person(ctx context.Context, id int64) (storage.Person, error) {
	p, _, err := s.find(ctx, id)
	return p, err
}

// find gives a person and whether they are kept.
func (s *Store) find(ctx context.Context, id int64) (p storage.Person, found bool, err error) {
	people, err := all(s, ctx, "person", readPerson, `SELECT `+personColumns+` FROM mrzbot.people WHERE id = $1`, id)
	switch {
	case err != nil:
		return storage.Person{}, false, err
	case len(people) == 0:
		return storage.Person{ID: id}, false, nil
	}
	return people[0], true, nil
}

// ChangePerson is as in storage.People. No transaction is held while change
// runs; what it made is written if the person is still what it was made from.
func (s *Store) ChangePerson(ctx context.Context, id int64, change func(*storage.Person) error, audit ...*storage.AuditEntry) (storage.Person, error) {
	for {
		was, found, err := s.find(ctx, id)
		if err != nil {
			return storage.Person{}, err
		}
		p := clone(was)
		if err := change(&p); err != nil {
			return storage.Person{}, err
		}
		p.ID, p.Name = id, storage.CutName(p.Name)
		p.Added, p.Until, p.ShutOut = storage.FromMicros(storage.Micros(p.Added)), storage.FromMicros(storage.Micros(p.Until)), storage.FromMicros(storage.Micros(p.ShutOut))
		if err := p.Check(); err != nil {
			return storage.Person{}, err
		}
		entries, err := storage.Audited(audit)
		if err != nil {
			return storage.Person{}, err
		}
		written, err := s.replace(ctx, was, found, p, entries)
		switch {
		case err != nil:
			return storage.Person{}, err
		case !written:
			continue
		case !p.Kept():
			return storage.Person{ID: id}, nil
		}
		return p, nil
	}
}

// clone gives a copy that shares nothing.
func clone(p storage.Person) storage.Person {
	if p.Limit != nil {
		limit := *p.Limit
		p.Limit = &limit
	}
	return p
}

// personArgs gives the values of personColumns.
func personArgs(p storage.Person) []any {
	return []any{p.ID, p.Name, string(p.Role), p.Limit, storage.Micros(p.Added), p.By, p.Blocked, p.Language, p.Note, storage.Micros(p.Until), storage.Micros(p.ShutOut)}
}

// replace writes a person in the place of what they were, and reports whether
// they still were that. Entries of the audit are written with them.
func (s *Store) replace(ctx context.Context, was storage.Person, found bool, p storage.Person, entries []storage.AuditEntry) (written bool, err error) {
	const still = ` WHERE id = $1 AND (name, role, day_limit, added, let_in_by, blocked, language, note, until, shut_out)
		IS NOT DISTINCT FROM ($2, $3, $4::bigint, $5, $6, $7, $8, $9, $10, $11) AND ` + durably
	before, now := personArgs(was), personArgs(p)
	var change string
	var args []any
	switch {
	case !found && !p.Kept() && len(entries) == 0:
		return true, nil
	case !found && !p.Kept():
		return true, s.addAudit(ctx, entries)
	case !found:
		change, args = `
			INSERT INTO mrzbot.people (`+personColumns+`) SELECT $1, $2, $3, $4::bigint, $5, $6, $7, $8, $9, $10, $11 WHERE `+durably+` ON CONFLICT DO NOTHING`,
			now
	case !p.Kept():
		change, args = `DELETE FROM mrzbot.people`+still, before
	default:
		change, args = `
			UPDATE mrzbot.people SET name = $12, role = $13, day_limit = $14, added = $15, let_in_by = $16, blocked = $17,
				language = $18, note = $19, until = $20, shut_out = $21`+still, append(before, now[1:]...)
	}
	change, args = audited(change, args, entries)
	changed, err := s.exec(ctx, "change person", change, args...)
	return changed > 0, err
}

// ListPeople is as in storage.People.
func (s *Store) ListPeople(ctx context.Context, after int64, most int) ([]storage.Person, error) {
	people, err := all(s, ctx, "list people", readPerson, `
		SELECT `+personColumns+` FROM mrzbot.people WHERE id > $1 AND role <> '' ORDER BY id LIMIT $2`, after, max(most, 0))
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return people, err
}
