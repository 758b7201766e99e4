package bolt

import (
	"bytes"
	"cmp"
	"iter"

	"mrzbot/storage"
)

// schema is the version of what is in the file. A change that older versions
// of the program could not read, or would lose, raises it. 2: finished tasks that are kept.
// 3: when tasks were put off, and when windows began; audit, invites, and more
// of a person; totals of days. 4: what tasks wait for and what is kept of them instead
// of notes; when people were shut out; one form for all records; payloads have a
// checksum; sums of the totals of days.
const schema = 4

// bucketsOf are the buckets of a file of a schema.
func bucketsOf(version uint64) []string {
	switch {
	case version < 3:
		return buckets[:len(buckets)-4]
	case version < 4:
		return buckets[:len(buckets)-1]
	default:
		return buckets
	}
}

// migrate brings a file of an earlier schema to this one. The caller commits it,
// all or nothing. Rows of the ledger stay as they are.
func migrate(b *batch, version uint64) error {
	if err := makeBuckets(b.tx); err != nil {
		return err
	}
	if version == schema {
		return nil
	}
	var records []storage.Record
	for r, err := range storage.MoveShutOuts(oldRecords(b)) {
		if err != nil {
			return err
		}
		records = append(records, r)
	}
	for _, name := range append(oldTables, payloadBucket) {
		seq := b.tx.Bucket([]byte(name)).Sequence()
		if err := cmp.Or(emptyBucket(b.tx, name), b.tx.Bucket([]byte(name)).SetSequence(seq)); err != nil {
			return err
		}
	}
	for _, r := range records {
		b.load(r)
	}
	if version < 3 {
		for row := range ledgerTable.all(b) {
			b.addToDay(dayTotalOf(row, storage.Hold{Now: row.Ended}.TotalDay(storage.Attempt{Day: row.Day})))
		}
	}
	return b.err
}

var oldTables = []string{ // in the order of a dump
	settingTable.name, windowTable.name, inviteTable.name, auditTable.name, personTable.name, countTable.name, totalTable.name,
	dayTotalTable.name, nameTable.name, taskTable.name, quarantineTable.name,
}

// oldRecords reads the old tables of a file of a schema before 4.
func oldRecords(b *batch) iter.Seq2[storage.Record, error] {
	return func(yield func(storage.Record, error) bool) {
		for _, name := range oldTables {
			c := b.tx.Bucket([]byte(name)).Cursor()
			for k, v := c.First(); k != nil; k, v = c.Next() {
				data, err := b.checked(k, v)
				var r storage.Record
				if err == nil {
					d := decoder{rest: data}
					r = d.oldRecord(name, k)
					err = d.end()
				}
				if t := taskOf(r); t != nil {
					if payload := b.tx.Bucket([]byte(payloadBucket)).Get(seqKey(t.Seq)); !b.beyond(payload) {
						t.Payload = bytes.Clone(payload)
					}
				}
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

// oldRecord reads a record: fields one after another.
func (d *decoder) oldRecord(table string, k []byte) (r storage.Record) {
	switch table {
	case settingTable.name:
		r.Setting = &storage.SettingRecord{Key: string(k), Value: append([]byte{}, d.rest...)}
		d.rest = nil
	case windowTable.name:
		r.Window = &storage.WindowRecord{Key: string(k)}
		d.fields(&r.Window.End)
		r.Window.Used = int(d.uint())
		if len(d.rest) > 0 {
			d.fields(&r.Window.Begin)
		}
	case inviteTable.name:
		r.Invite = d.oldInvite(k)
	case auditTable.name:
		a := &storage.AuditEntry{Seq: d.seqKey(k)}
		d.form(1)
		d.fields(&a.At, &a.By, &a.Action, &a.Person, &a.Detail)
		r.Audit = a
	case personTable.name:
		r.Person = d.oldPerson(k)
	case countTable.name:
		day := max(len(k)-8, 0)
		r.Count = &storage.CountRecord{Day: storage.Day(k[:day]), Person: d.intKey(k[day:]), Settled: int(d.uint())}
		if len(d.rest) > 0 {
			r.Count.Unanswered = int(d.uint())
		}
	case totalTable.name:
		r.Total = &storage.Total{Number: int(d.uint())}
		r.Total.Outcome, r.Total.Charge, r.Total.Counted = d.totalKey(k)
	case dayTotalTable.name:
		r.Day = new(storage.DayTotal)
		d.bad = decodeDayTotal(k, d.rest, r.Day) != nil
		d.rest = nil
	case nameTable.name:
		r.Name = &storage.NameRecord{ID: string(k)}
		d.fields(&r.Name.Since)
	case taskTable.name:
		if t, kept := d.oldTask(k); kept {
			r.Retained = &t
		} else {
			r.Task = &t.Task
		}
	case quarantineTable.name:
		since, _ := d.timeKey(k)
		t, _ := d.oldTask(k[min(len(k), 8):])
		r.Quarantined = &storage.QuarantinedRecord{Task: t.Task, Since: since}
		d.fields(&r.Quarantined.Reason)
	}
	return r
}

func (d *decoder) oldInvite(key []byte) *storage.Invite {
	i := &storage.Invite{Hash: string(key)}
	d.form(1)
	d.fields(&i.Added, &i.Until, &i.Left, &i.By, (*string)(&i.Role))
	for n := d.uint(); n > 0 && !d.bad; n-- {
		i.Used = append(i.Used, d.int())
	}
	if len(d.rest) > 0 {
		i.Limit = new(int)
		d.fields(i.Limit)
	}
	return i
}

func (d *decoder) oldPerson(key []byte) *storage.Person {
	p := &storage.Person{ID: d.intKey(key)}
	d.form(1)
	bits := d.byte()
	d.fields(&p.Name, (*string)(&p.Role))
	if bits&1 != 0 {
		p.Limit = new(int)
		d.fields(p.Limit)
	}
	p.Blocked = bits&2 != 0
	d.fields(&p.Added, &p.By)
	if bits&4 != 0 { // since schema 3
		d.fields(&p.Language, &p.Note, &p.Until)
	}
	return p
}

// oldTask reads a task. Forms 1 and 2 are those of schema 2 and earlier, which did
// not say when tasks were put off, 3 and 4 those of schema 3; those of the even ones
// are retained.
func (d *decoder) oldTask(seq []byte) (t storage.RetainedRecord, kept bool) {
	form := d.byte()
	d.bad = d.bad || form < 1 || form > 4
	if kept = form%2 == 0; kept {
		d.fields(&t.Until, &t.ConsumedBy)
	}
	t.Seq = d.seqKey(seq)
	d.fields(&t.ID, (*string)(&t.Kind), &t.Order, &t.Person, &t.Chat, &t.Message, &t.FileID, &t.Added, &t.NotBefore)
	t.PutOff = t.Added
	if form > 2 {
		d.fields(&t.PutOff)
	}
	note := ""
	d.fields(&t.Tries, &t.Pauses, &note)
	t.ReadNote(note)
	if bits := d.byte(); bits&1 != 0 {
		a := &t.Attempt
		a.Calling, a.Held, a.Counted, a.Budgeted = bits&2 != 0, bits&4 != 0, bits&8 != 0, bits&16 != 0
		d.fields(&a.Began, (*string)(&a.Day), &a.Outcome, &a.Number)
	}
	return t, kept
}
