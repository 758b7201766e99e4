package storage

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Copying takes a whole store out and puts it into another, of whatever
// engine: a backup and a move are the same.
type Copying interface {
	// Dump gives everything that is kept, as it was at one moment, whatever
	// others do meanwhile: settings, windows, invites, audit entries, people, counts, rows (in the order
	// of Entries), totals, totals of days, names, tasks unfinished and kept (by Seq), tasks put
	// aside. What is over (a window, a name, a retained task, a row to be folded) may
	// be among it. Leases are left out. An error comes with an empty Record and
	// is the last.
	//
	// Who takes the records must not wait for a change of the same store
	// meanwhile: a change may have to wait for the end of the dump. One that
	// waits too long ends the dump with ErrHeldUp.
	Dump(ctx context.Context) iter.Seq2[Record, error]

	// Load puts the records of a Dump, in its order, into a store that holds no
	// people, tasks, counts or ledger: ErrNotEmpty otherwise. Settings, windows
	// and names that are there go. The store is from then on what the other one
	// was: same names, numbers, counts and order of Seq, tasks added later come
	// after all that were loaded, and nobody has a lease.
	//
	// It is all or nothing: when it fails, or the process ends in it, the store
	// holds nothing, or refuses to be used and opened (ErrDamaged). Nothing else
	// may use the store meanwhile. Errors among the records come back as they
	// are.
	Load(ctx context.Context, records iter.Seq2[Record, error]) error
}

// Errors of Copying.
var (
	// ErrNotEmpty says that a store holds something already.
	ErrNotEmpty = errors.New("storage: the store is not empty")

	// ErrHeldUp says that a dump was given up because it held up others. It may
	// be made again.
	ErrHeldUp = errors.New("storage: the copy held up the work and was given up")
)

// Record is one thing that a store keeps. One field is set, and no other.
//
// The names of the fields, down to those of Task, Person and Entry, are the
// form of a backup: one that is renamed makes older backups unreadable.
type Record struct {
	Setting     *SettingRecord     `json:",omitempty"`
	Window      *WindowRecord      `json:",omitempty"`
	Invite      *Invite            `json:",omitempty"`
	Audit       *AuditEntry        `json:",omitempty"`
	Person      *Person            `json:",omitempty"`
	Count       *CountRecord       `json:",omitempty"`
	Row         *RowRecord         `json:",omitempty"`
	Total       *Total             `json:",omitempty"`
	Day         *DayTotal          `json:",omitempty"`
	Name        *NameRecord        `json:",omitempty"`
	Task        *Task              `json:",omitempty"` // unfinished, with its payload and without its lease
	Retained    *RetainedRecord    `json:"Kept,omitempty"`
	Quarantined *QuarantinedRecord `json:"Aside,omitempty"`
}

// SettingRecord is a setting.
type SettingRecord struct {
	Key   string
	Value []byte // not nil
}

// WindowRecord is what Take keeps of a key.
type WindowRecord struct {
	Key   string
	Begin time.Time `json:",omitzero"`
	End   time.Time
	Used  int
}

// CountRecord is the settled count of a person and day. Reservations are not
// counted here: they go with their tasks.
type CountRecord struct {
	Person     int64
	Day        Day
	Settled    int
	Unanswered int `json:",omitempty"` // of these
}

// RowRecord is a row of the ledger. Seq, of its task, tells rows apart that
// ended at the same time.
//
// A Total counts the rows that are kept and those that were folded away.
type RowRecord struct {
	Seq uint64
	Entry
}

// NameRecord is the name of a task, remembered for Remember from a time on.
// Unfinished tasks have one too.
type NameRecord struct {
	ID    string
	Since time.Time
}

// RetainedRecord is a task that is finished and kept.
type RetainedRecord struct {
	Task
	Until time.Time
}

// QuarantinedRecord is a task that was quarantined.
type QuarantinedRecord struct {
	Task
	Since  time.Time // when
	Reason string
}

// Check reports as ErrInvalid what no engine loads: a record without exactly
// one field, numbers that cannot be, and what Task.Check, CheckText and
// CheckTime refuse.
func (r Record) Check() error {
	var errs []error
	fields := 0
	has := func(good bool, err error) {
		fields++
		if !good {
			err = errors.Join(err, fmt.Errorf("%w: a record that cannot be", ErrInvalid))
		}
		errs = append(errs, err)
	}
	if s := r.Setting; s != nil {
		has(s.Key != "" && s.Value != nil && len(s.Value) <= MaxPayload, CheckText(s.Key))
	}
	if w := r.Window; w != nil {
		has(w.Key != "" && w.Used > 0, errors.Join(CheckText(w.Key), CheckTime(w.Begin, w.End)))
	}
	if i := r.Invite; i != nil {
		has(true, i.Check())
	}
	if a := r.Audit; a != nil {
		has(a.Seq > 0, a.Check())
	}
	if p := r.Person; p != nil {
		has(p.Name == CutName(p.Name), errors.Join(CheckText(p.Name), p.Check()))
	}
	if c := r.Count; c != nil {
		has(c.Day != "" && c.Settled > 0 && c.Unanswered >= 0 && c.Unanswered <= c.Settled, CheckText(string(c.Day)))
	}
	if row := r.Row; row != nil {
		has(row.Task != "" && row.Outcome != "", errors.Join(
			CheckText(row.Task, string(row.Day), row.Outcome, string(row.Charge), row.Session), CheckTime(row.Began, row.Ended)))
	}
	if t := r.Total; t != nil {
		has(t.Outcome != "" && t.Number > 0, CheckText(t.Outcome, string(t.Charge)))
	}
	if t := r.Day; t != nil {
		has(t.Day != "" && t.Outcome != "" && t.Number > 0, CheckText(string(t.Day), t.Outcome, string(t.Charge)))
	}
	if n := r.Name; n != nil {
		has(n.ID != "", errors.Join(CheckText(n.ID), CheckTime(n.Since)))
	}
	if t := r.Task; t != nil {
		has(t.Tries >= 0 && t.Pauses >= 0, errors.Join(t.Check(), t.Attempt.check()))
	}
	if k := r.Retained; k != nil {
		has(k.Tries >= 0, errors.Join(k.Check(), k.Attempt.check(), CheckText(k.ConsumedBy), CheckTime(k.Until)))
	}
	if a := r.Quarantined; a != nil {
		has(a.Tries >= 0, errors.Join(a.Check(), a.Attempt.check(), CheckText(a.Reason), CheckTime(a.Since)))
	}
	if fields != 1 {
		return fmt.Errorf("%w: a record of %d things", ErrInvalid, fields)
	}
	return errors.Join(errs...)
}

func (a Attempt) check() error {
	return errors.Join(CheckText(string(a.Day), a.Outcome), CheckTime(a.Began))
}
