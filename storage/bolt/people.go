package bolt

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mrzbot/storage"
)

// errChanged says that somebody else changed something meanwhile.
var errChanged = errors.New("changed meanwhile")

// swap reads a record, has change make another of it in the caller's goroutine, and
// writes that if the record is still what it was made from; else it does so again.
// nil is no record. What is audited is written with it.
func swap[R any](
	ctx context.Context, s *Store, invalid error, t table[R], key []byte, change func(old *R) (*R, error), audit []*storage.AuditEntry,
) (*R, error) {
	for {
		var value []byte
		old, err := readCommitted(ctx, s, invalid, func(b *batch) *R {
			old := t.find(b, key)
			if old != nil { // and so is what was written
				value = bytes.Clone(t.bucket(b).Get(key))
			}
			return old
		})
		if err != nil {
			return nil, err
		}
		made, err := change(old)
		if err != nil {
			return nil, err
		}
		audited, err := storage.Audited(audit)
		if err != nil || made == nil && old == nil && audited == nil {
			return nil, err
		}
		err = s.write(ctx, nil, func(b *batch) error {
			switch {
			case !bytes.Equal(t.bucket(b).Get(key), value):
				return errChanged
			case made == nil:
				t.delete(b, key)
			default:
				t.put(b, made)
			}
			return b.audit(audited)
		})
		if !errors.Is(err, errChanged) {
			return made, err
		}
	}
}

func (s *Store) Person(ctx context.Context, id int64) (storage.Person, error) {
	return readCommitted(ctx, s, nil, func(b *batch) storage.Person { return orNobody(personTable.find(b, intKey(id)), id) })
}

func orNobody(p *storage.Person, id int64) storage.Person {
	if p == nil {
		return storage.Person{ID: id}
	}
	return *p
}

func (s *Store) ChangePerson(ctx context.Context, id int64, change func(*storage.Person) error, audit ...*storage.AuditEntry) (storage.Person, error) {
	p, err := swap(ctx, s, nil, personTable, intKey(id), func(old *storage.Person) (*storage.Person, error) {
		p := orNobody(old, id)
		if err := change(&p); err != nil {
			return nil, err
		}
		p.ID, p.Name, p.Added, p.ShutOut, p.Until = id, storage.CutName(p.Name), cut(p.Added), cut(p.ShutOut), cut(p.Until)
		if err := p.Check(); err != nil || !p.Kept() {
			return nil, err
		}
		return &p, nil
	}, audit)
	if err != nil {
		return storage.Person{}, err
	}
	return orNobody(p, id), nil
}

func (s *Store) ListPeople(ctx context.Context, after int64, most int) ([]storage.Person, error) {
	return readCommitted(ctx, s, nil, func(b *batch) (all []storage.Person) {
		for p := range personTable.between(b, intKey(after), nil) {
			if len(all) >= most {
				break
			}
			if p.ID > after && p.Role != storage.RoleNone {
				all = append(all, *p)
			}
		}
		return all
	})
}

// Forget looks for what names the person without holding up the writer; the change looks
// at it again.
func (s *Store) Forget(ctx context.Context, id int64, audit ...*storage.AuditEntry) error {
	audited, invalid := storage.Audited(audit)
	if id == 0 {
		invalid = fmt.Errorf("%w: nobody cannot be forgotten", storage.ErrInvalid)
	}
	type naming struct{ rows, days, months, counts, invites [][]byte }
	ofPerson := func(t *storage.DayTotal) bool { return t.Person == id }
	found, err := readCommitted(ctx, s, invalid, func(b *batch) naming {
		return naming{
			rows:    ledgerTable.keys(b, func(r *storage.RowRecord) bool { return r.Person == id }),
			days:    dayTotalTable.keys(b, ofPerson),
			months:  sumTable.keys(b, ofPerson),
			counts:  countTable.keys(b, func(c *storage.CountRecord) bool { return c.Person == id }),
			invites: inviteTable.keys(b, func(i *storage.Invite) bool { return slices.Contains(i.Used, id) }),
		}
	})
	if err != nil {
		return err
	}
	return s.write(ctx, nil, func(b *batch) error {
		for row := range ledgerTable.of(b, found.rows) {
			row.Person = 0
			ledgerTable.put(b, row)
		}
		b.moveToNobody(dayTotalTable, found.days)
		b.moveToNobody(sumTable, found.months)
		for i := range inviteTable.of(b, found.invites) {
			i.Used = slices.DeleteFunc(i.Used, func(who int64) bool { return who == id })
			inviteTable.put(b, i)
		}
		for _, k := range found.counts {
			countTable.delete(b, k)
		}
		personTable.delete(b, intKey(id))
		return b.audit(audited)
	})
}

// moveToNobody stages that totals are nobody's.
func (b *batch) moveToNobody(in table[storage.DayTotal], keys [][]byte) {
	for t := range in.of(b, keys) {
		in.delete(b, dayTotalKey(t))
		t.Person = 0
		b.addTo(in, *t)
	}
}

func (s *Store) AddAudit(ctx context.Context, a storage.AuditEntry) error {
	return s.write(ctx, a.Check(), func(b *batch) error { return b.audit([]storage.AuditEntry{a}) })
}

// audit stages entries.
func (b *batch) audit(entries []storage.AuditEntry) (err error) {
	for _, a := range entries {
		if a.Seq, err = auditTable.bucket(b).NextSequence(); err != nil {
			return err
		}
		auditTable.put(b, &a)
	}
	return nil
}

func (s *Store) AuditEntries(ctx context.Context, before uint64, most int) ([]storage.AuditEntry, error) {
	return readCommitted(ctx, s, nil, func(b *batch) (entries []storage.AuditEntry) {
		c := auditTable.bucket(b).Cursor()
		var k, v []byte
		if at, _ := c.Seek(seqKey(before)); before > 0 && at != nil {
			k, v = c.Prev()
		} else {
			k, v = c.Last()
		}
		for ; k != nil && len(entries) < most && b.err == nil; k, v = c.Prev() {
			if a := auditTable.read(b, k, v); a != nil {
				entries = append(entries, *a)
			}
		}
		return entries
	})
}

func (s *Store) AddInvite(ctx context.Context, i storage.Invite, audit ...*storage.AuditEntry) error {
	audited, invalid := storage.Audited(audit)
	return s.write(ctx, cmp.Or(invalid, i.Check()), func(b *batch) error {
		inviteTable.put(b, &i)
		return b.audit(audited)
	})
}

func (s *Store) UseInvite(ctx context.Context, hash string, person int64, now time.Time) (storage.Invite, error) {
	return change(ctx, s, nil, func(b *batch) (storage.Invite, error) {
		i := inviteTable.find(b, []byte(hash))
		if i == nil {
			return storage.Invite{}, storage.ErrGone
		}
		used, changed, err := i.Use(person, now)
		if err == nil && changed {
			inviteTable.put(b, &used)
		}
		return used, err
	})
}

// ListInvites forgets what it finds to be over.
func (s *Store) ListInvites(ctx context.Context, now time.Time) ([]storage.Invite, error) {
	return change(ctx, s, nil, func(b *batch) (good []storage.Invite, err error) {
		for _, k := range inviteTable.keys(b, func(i *storage.Invite) bool { return !now.Before(i.Until) }) {
			inviteTable.delete(b, k)
		}
		for i := range inviteTable.all(b) {
			if i.Left > 0 {
				good = append(good, *i)
			}
		}
		return good, nil
	})
}

func (s *Store) RemoveInvite(ctx context.Context, hash string, audit ...*storage.AuditEntry) error {
	audited, invalid := storage.Audited(audit)
	return s.write(ctx, invalid, func(b *batch) error {
		if inviteTable.find(b, []byte(hash)) == nil {
			return nil
		}
		inviteTable.delete(b, []byte(hash))
		return b.audit(audited)
	})
}
