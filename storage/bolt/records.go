package bolt

import "mrzbot/storage"

// form is the first byte of each record, so that a later version of the
// program can add fields and still read what this one wrote.
const form = 1

// The forms of a task: unfinished, and finished and kept. A kept one stands where
// the task stood, so that keeping it touches no more pages than removing it. Those
// of schema 2 and earlier do not say when they were put off.
const (
	openForm2 = form
	keptForm2 = 2
	openForm  = 3
	keptForm  = 4
)

func (d *decoder) form() {
	if d.byte() != form {
		d.bad = true
	}
}

// Bits that tell what a record of a task or of an attempt holds.
const (
	bitAttempt = 1 << iota
	bitCalling
	bitHeld
	bitCounted
)

// task writes all of a task but Seq, which is its key, payload and lease.
func (e *encoder) task(t *storage.Task) {
	e.byte(openForm)
	e.fields(t)
}

// kept writes a task that is kept until a time.
func (e *encoder) kept(t *storage.Task, until int64) {
	e.byte(keptForm)
	e.time(fromMicros(until))
	e.text(t.Used)
	e.fields(t)
}

func (e *encoder) fields(t *storage.Task) {
	e.text(t.ID)
	e.text(string(t.Kind))
	e.text(t.Order)
	e.int(t.Person)
	e.int(t.Chat)
	e.int(int64(t.Message))
	e.text(t.FileID)
	e.time(t.Added)
	e.time(t.NotBefore)
	e.time(t.PutOff)
	e.int(int64(t.Tries))
	e.int(int64(t.Pauses))
	e.text(t.Note)
	e.attempt(t.Attempt)
}

// task reads what task or kept has written; until is when the time of a kept
// one is over.
func (d *decoder) task(t *storage.Task) (until int64, kept bool, err error) {
	until, kept = d.taskFields(t)
	return until, kept, d.end()
}

func (d *decoder) taskFields(t *storage.Task) (until int64, kept bool) {
	formed := d.byte()
	switch formed {
	case openForm, openForm2:
	case keptForm, keptForm2:
		kept = true
		until = micros(d.time())
		t.Used = d.text()
	default:
		d.bad = true
	}
	t.ID = d.text()
	t.Kind = storage.Kind(d.text())
	t.Order = d.text()
	t.Person = d.int()
	t.Chat = d.int()
	t.Message = int(d.int())
	t.FileID = d.text()
	t.Added = d.time()
	t.NotBefore = d.time()
	t.PutOff = t.Added
	if formed == openForm || formed == keptForm {
		t.PutOff = d.time()
	}
	t.Tries = int(d.int())
	t.Pauses = int(d.int())
	t.Note = d.text()
	t.Attempt = d.attempt()
	return until, kept
}

func (e *encoder) attempt(a storage.Attempt) {
	if a == (storage.Attempt{}) {
		e.byte(0)
		return
	}
	bits := byte(bitAttempt)
	if a.Calling {
		bits |= bitCalling
	}
	if a.Held {
		bits |= bitHeld
	}
	if a.Counted {
		bits |= bitCounted
	}
	e.byte(bits)
	e.time(a.Began)
	e.text(string(a.Day))
	e.text(a.Outcome)
	e.int(int64(a.Number))
}

func (d *decoder) attempt() (a storage.Attempt) {
	bits := d.byte()
	if bits&bitAttempt == 0 {
		return a
	}
	a.Calling = bits&bitCalling != 0
	a.Held = bits&bitHeld != 0
	a.Counted = bits&bitCounted != 0
	a.Began = d.time()
	a.Day = storage.Day(d.text())
	a.Outcome = d.text()
	a.Number = int(d.int())
	return a
}

// row writes a ledger row but Ended, which is in its key.
func (e *encoder) row(r *storage.Entry) {
	e.byte(form)
	var bits byte
	if r.Counted {
		bits = bitCounted
	}
	e.byte(bits)
	e.text(r.Task)
	e.int(r.Person)
	e.time(r.Began)
	e.text(string(r.Day))
	e.text(r.Outcome)
	e.text(string(r.Charge))
	e.text(r.Session)
	e.took(r.Took)
}

func (d *decoder) row(r *storage.Entry) error {
	d.form()
	r.Counted = d.byte()&bitCounted != 0
	r.Task = d.text()
	r.Person = d.int()
	r.Began = d.time()
	r.Day = storage.Day(d.text())
	r.Outcome = d.text()
	r.Charge = storage.Charge(d.text())
	r.Session = d.text()
	r.Took = d.took()
	return d.end()
}

// Bits that tell what a record of a person holds.
const (
	bitLimit = 1 << iota
	bitBlocked
)

// person writes all of a person but the ID, which is the key.
func (e *encoder) person(p *storage.Person) {
	e.byte(form)
	var bits byte
	if p.Limit != nil {
		bits |= bitLimit
	}
	if p.Blocked {
		bits |= bitBlocked
	}
	e.byte(bits)
	e.text(p.Name)
	e.text(string(p.Role))
	if p.Limit != nil {
		e.int(int64(*p.Limit))
	}
	e.time(p.Added)
	e.int(p.By)
}

func (d *decoder) person(p *storage.Person) error {
	d.form()
	bits := d.byte()
	p.Name = d.text()
	p.Role = storage.Role(d.text())
	if bits&bitLimit != 0 {
		limit := int(d.int())
		p.Limit = &limit
	}
	p.Added = d.time()
	p.By = d.int()
	p.Blocked = bits&bitBlocked != 0
	return d.end()
}
