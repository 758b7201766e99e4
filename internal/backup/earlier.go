package backup

import (
	"time"

	"mrzbot/storage"
)

// fieldsForm is the first form in which tasks have fields instead of notes, and
// people say when they were shut out.
const fieldsForm = 3

// earlierLine is a line of an earlier form.
type earlierLine struct {
	storage.Record
	Task     *earlierTask
	Retained *struct {
		earlierTask
		Until time.Time
	} `json:"Kept"`
	Quarantined *struct {
		earlierTask
		Since  time.Time
		Reason string
	} `json:"Aside"`
	End *Counts
}

type earlierTask struct {
	storage.Task
	Note string
}

func (t *earlierTask) task() storage.Task {
	t.ReadNote(t.Note)
	return t.Task
}

// line gives it in this program's form.
func (e *earlierLine) line() line {
	l := line{Record: e.Record, End: e.End}
	if e.Task != nil {
		t := e.Task.task()
		l.Task = &t
	}
	if k := e.Retained; k != nil {
		l.Retained = &storage.RetainedRecord{Task: k.task(), Until: k.Until}
	}
	if a := e.Quarantined; a != nil {
		l.Quarantined = &storage.QuarantinedRecord{Task: a.task(), Since: a.Since, Reason: a.Reason}
	}
	return l
}
