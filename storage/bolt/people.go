package bolt

import (
	"bytes"
	"context"
	"errors"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// Person is as in storage.People.
func (s *Store) Person(ctx context.Context, id int64) (storage.Person, error) {
	p, err := s.readPerson(ctx, id)
	return p.Person, err
}

// storedPerson is a person and what the file holds of them.
type storedPerson struct {
	storage.Person
	value []byte
}

func (s *Store) readPerson(ctx context.Context, id int64) (storedPerson, error) {
	return look(ctx, s, func(b *batch) (p storedPerson, err error) {
		err = b.view(func(tx *bbolt.Tx) error {
			p.ID = id
			key := appendInt(nil, id)
			bucket := tx.Bucket([]byte(tableNames[personTable]))
			d, ok, err := lookUp(bucket, key)
			if !ok {
				return err
			}
			p.value = bytes.Clone(bucket.Get(key))
			return d.person(&p.Person)
		})
		if err != nil {
			return storedPerson{}, err
		}
		return p, nil
	})
}

// errChanged says that somebody else changed something meanwhile.
var errChanged = errors.New("changed meanwhile")

// ChangePerson is as in storage.People. change runs in the caller's goroutine;
// what it made is written if the person is still what it was made from.
func (s *Store) ChangePerson(ctx context.Context, id int64, change func(*storage.Person) error) (storage.Person, error) {
	for {
		read, err := s.readPerson(ctx, id)
		if err != nil {
			return storage.Person{}, err
		}
		p := read.Person
		if err := change(&p); err != nil {
			return storage.Person{}, err
		}
		p.ID, p.Name, p.Added = id, storage.CutName(p.Name), cut(p.Added)
		if err := storage.CheckText(string(p.Role)); err != nil {
			return storage.Person{}, err
		}
		err = s.write(ctx, func(b *batch) error { return b.savePerson(&p, read.value) })
		switch {
		case errors.Is(err, errChanged):
			continue
		case err != nil:
			return storage.Person{}, err
		case !kept(&p):
			return storage.Person{ID: id}, nil
		}
		return p, nil
	}
}

func kept(p *storage.Person) bool {
	return p.Role != storage.RoleNone || p.Limit != nil || p.Name != ""
}

// savePerson stages a person that was made from a value.
func (b *batch) savePerson(p *storage.Person, value []byte) error {
	key := appendInt(nil, p.ID)
	now := b.bucket(personTable).Get(key)
	if (now == nil) != (value == nil) || !bytes.Equal(now, value) {
		return errChanged
	}
	if kept(p) {
		return b.put(personTable, key, func(enc *encoder) { enc.person(p) })
	}
	if now == nil {
		return nil
	}
	return b.delete(personTable, key)
}

// ListPeople is as in storage.People.
func (s *Store) ListPeople(ctx context.Context, after int64, most int) ([]storage.Person, error) {
	return look(ctx, s, func(b *batch) (people []storage.Person, err error) {
		err = b.view(func(tx *bbolt.Tx) error {
			people, err = listPeople(tx, after, most)
			return err
		})
		return people, err
	})
}

func listPeople(tx *bbolt.Tx, after int64, most int) (people []storage.Person, err error) {
	start := appendInt(nil, after)
	c := tx.Bucket([]byte(tableNames[personTable])).Cursor()
	k, v := c.Seek(start)
	if bytes.Equal(k, start) {
		k, v = c.Next()
	}
	for ; k != nil && len(people) < most; k, v = c.Next() {
		d, err := decode(k, v)
		if err != nil {
			return nil, err
		}
		p := storage.Person{ID: keyInt(k)}
		if err := d.person(&p); err != nil {
			return nil, err
		}
		if p.Role != storage.RoleNone {
			people = append(people, p)
		}
	}
	return people, nil
}
