package queue

import (
	"time"

	"mrzbot/storage"
)

// Verdict is what becomes of a task after its handler. The functions below
// make one.
type Verdict struct {
	end    end
	then   []storage.Task
	at     time.Time
	note   string
	reason string
}

type end uint8

const (
	leave end = iota // the zero Verdict loses nothing
	done
	keep
	later
	aside
)

// endings names the ends, for the log.
var endings = map[end]string{leave: "left", done: "done", keep: "done", later: "later", aside: "aside"}

// Done ends the task. What follows from it is added in the same step.
func Done(then ...storage.Task) Verdict { return Verdict{end: done, then: then} }

// Keep ends the task as Done does; until that time it can be looked up, with
// this note.
func Keep(until time.Time, note string, then ...storage.Task) Verdict {
	return Verdict{end: keep, at: until, note: note, then: then}
}

// Later has the task claimed again from that time on, with a note for the
// handler. Nothing was processed by anybody else meanwhile: a task that was
// calling no longer is.
func Later(at time.Time, note string) Verdict { return Verdict{end: later, at: at, note: note} }

// Aside takes the task out of the way for good. The reason is a short code.
func Aside(reason string) Verdict { return Verdict{end: aside, reason: reason} }

// Leave changes nothing: the task is somebody else's by now, or will be when
// its lease is over, with everything as it stands in the store.
func Leave() Verdict { return Verdict{end: leave} }
