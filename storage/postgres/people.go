package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

const personColumns = `id, name, role, day_limit, added, let_in_by, blocked`

func readPerson(row pgx.CollectableRow) (p storage.Person, err error) {
	var added int64
	err = row.Scan(&p.ID, &p.Name, &p.Role, &p.Limit, &added, &p.By, &p.Blocked)
	p.Added = fromMicros(added)
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
		p.ID, p.Name, p.Added = id, storage.CutName(p.Name), fromMicros(micros(p.Added))
		if err := storage.CheckText(string(p.Role)); err != nil {
			return storage.Person{}, err
		}
		written, err := s.replace(ctx, was, found, p)
		switch {
		case err != nil:
			return storage.Person{}, err
		case !written:
			continue
		case !kept(p):
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

func kept(p storage.Person) bool {
	return p.Role != storage.RoleNone || p.Limit != nil || p.Name != ""
}

// replace writes a person in the place of what they were, and reports whether
// they still were that.
func (s *Store) replace(ctx context.Context, was storage.Person, found bool, p storage.Person) (written bool, err error) {
	const still = ` WHERE id = $1 AND (name, role, day_limit, added, let_in_by, blocked) IS NOT DISTINCT FROM ($2, $3, $4::bigint, $5, $6, $7) AND ` + durably
	before := []any{was.ID, was.Name, string(was.Role), was.Limit, micros(was.Added), was.By, was.Blocked}
	now := []any{p.Name, string(p.Role), p.Limit, micros(p.Added), p.By, p.Blocked}
	var changed int64
	switch {
	case !found && !kept(p):
		return true, nil
	case !found:
		changed, err = s.exec(ctx, "change person", `
			INSERT INTO mrzbot.people (`+personColumns+`) SELECT $1, $2, $3, $4::bigint, $5, $6, $7 WHERE `+durably+` ON CONFLICT DO NOTHING`,
			append([]any{p.ID}, now...)...)
	case !kept(p):
		changed, err = s.exec(ctx, "change person", `DELETE FROM mrzbot.people`+still, before...)
	default:
		changed, err = s.exec(ctx, "change person", `
			UPDATE mrzbot.people SET name = $8, role = $9, day_limit = $10, added = $11, let_in_by = $12, blocked = $13`+still,
			append(before, now...)...)
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
