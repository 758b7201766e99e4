package queue

import (
	"context"
	"time"

	"mrzbot/storage"
)

// Verdict is what becomes of a task after its handler. The functions below
// make one.
type Verdict struct {
	end     end
	then    []storage.Task
	at      time.Time
	waiting storage.Waiting
	keep    storage.Retain
	reason  string
	stored  func(context.Context)
}

type end uint8

const (
	leave end = iota // the zero Verdict loses nothing
	done
	retain
	later
	quarantine
)

// endings names the ends, for the log.
var endings = map[end]string{leave: "left", done: "done", retain: "done", later: "later", quarantine: "aside"}

// Done ends the task. What follows from it is added in the same step.
func Done(then ...storage.Task) Verdict { return Verdict{end: done, then: then} }

// Retain ends the task as Done does, and keeps it so that it can be looked up.
func Retain(keep storage.Retain, then ...storage.Task) Verdict {
	return Verdict{end: retain, keep: keep, then: then}
}

// Later has the task claimed again from that time on. Nothing was processed by
// anybody else meanwhile: a task that was calling no longer is.
func Later(at time.Time) Verdict { return Verdict{end: later, at: at} }

// Wait is Later for a task that waits for something: until then WakeWaiting finds
// it, and every claim from then on tells what it waited for.
func Wait(at time.Time, what storage.Waiting) Verdict {
	return Verdict{end: later, at: at, waiting: what}
}

// WhenStored adds what is done once the verdict is in the store, for what others
// may have looked for there meanwhile in vain. A crash before it leaves it out.
func (v Verdict) WhenStored(f func(context.Context)) Verdict {
	v.stored = f
	return v
}

// Quarantine takes the task out of the way for good. The reason is a short code.
func Quarantine(reason string) Verdict { return Verdict{end: quarantine, reason: reason} }

// Leave changes nothing: the task is somebody else's by now, or will be when
// its lease is over, with everything as it stands in the store.
func Leave() Verdict { return Verdict{end: leave} }
