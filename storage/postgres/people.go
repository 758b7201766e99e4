package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

const personColumns = `id, name, role, day_limit, added, let_in_by, blocked, language, note, until`

func readPerson(row pgx.CollectableRow) (p storage.Person, err error) {
	var added, until int64
	err = row.Scan(&p.ID, &p.Name, &p.Role, &p.Limit, &added, &p.By, &p.Blocked, &p.Language, &p.Note, &until)
	p.Added, p.Until = fromMicros(added), fromMicros(until)
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
func (s *Store) ChangePerson(ctx context.Context, id int64, change func(*storage.Person) error) (storage.Person, error) {
	for {
		was, found, err := s.find(ctx, id)
		if err != nil {
			return storage.Person{}, err
		}
		p := clone(was)
		if err := change(&p); err != nil {
			return storage.Person{}, err
		}
		p.ID, p.Name, p.Added, p.Until = id, storage.CutName(p.Name), fromMicros(micros(p.Added)), fromMicros(micros(p.Until))
		if err := p.Check(); err != nil {
			return storage.Person{}, err
		}
		written, err := s.replace(ctx, was, found, p)
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
	return []any{p.ID, p.Name, string(p.Role), p.Limit, micros(p.Added), p.By, p.Blocked, p.Language, p.Note, micros(p.Until)}
}

// replace writes a person in the place of what they were, and reports whether
// they still were that.
func (s *Store) replace(ctx context.Context, was storage.Person, found bool, p storage.Person) (written bool, err error) {
	const still = ` WHERE id = $1 AND (name, role, day_limit, added, let_in_by, blocked, language, note, until)
		IS NOT DISTINCT FROM ($2, $3, $4::bigint, $5, $6, $7, $8, $9, $10) AND ` + durably
	before, now := personArgs(was), personArgs(p)
	var changed int64
	switch {
	case !found && !p.Kept():
		return true, nil
	case !found:
		changed, err = s.exec(ctx, "change person", `
			INSERT INTO mrzbot.people (`+personColumns+`) SELECT $1, $2, $3, $4::bigint, $5, $6, $7, $8, $9, $10 WHERE `+durably+` ON CONFLICT DO NOTHING`,
			now...)
	case !p.Kept():
		changed, err = s.exec(ctx, "change person", `DELETE FROM mrzbot.people`+still, before...)
	default:
		changed, err = s.exec(ctx, "change person", `
			UPDATE mrzbot.people SET name = $11, role = $12, day_limit = $13, added = $14, let_in_by = $15, blocked = $16,
				language = $17, note = $18, until = $19`+still, append(before, now[1:]...)...)
	}
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
