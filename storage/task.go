package storage

import (
	"context"
	"time"
)

// Kind says what a task is about, and so who works it and how it is ordered.
type Kind string

// The kinds of task there are.
const (
	KindPhoto  Kind = "photo"  // a picture somebody wants read
	KindUpdate Kind = "update" // any other update: a command, a button, talk
	KindDelete Kind = "delete" // messages to be removed from a chat
	KindNotice Kind = "notice" // a message to somebody who did not just write
	KindAlbum  Kind = "album"  // the message that shows the pictures of an album
	KindWatch  Kind = "watch"  // a look at what may go wrong: one, which is put off again and again
)

// Task is one piece of durable work. Everything that has to survive a crash is
// one: there is no second queue beside it.
//
// All fields but Payload are kept in the clear, so none of them may hold
// anything a person wrote or a card shows. Seq, PutOff and what stands below it
// but the payload are the store's: callers read them.
type Task struct {
	// ID is the task's name, chosen by whoever adds it. A name is worked once:
	// see Remember.
	ID string
	// Seq is the place in the order of arrival; the store gives it.
	Seq uint64

	Kind Kind
	// Order: tasks with the same non-empty key are worked one after another,
	// in the order of Seq, and one that waits makes those behind it wait.
	Order string
	// Person is the user the task is worked for; fairness goes by it.
	// 0 is nobody, as of an update that cannot be read.
	Person  int64
	Chat    int64
	Message int    // the message the task is about; 0: none
	FileID  string // Telegram's name of the file to read; "": none

	Added     time.Time // when the update or the need for the task arrived
	NotBefore time.Time // the task is not claimed earlier; zero: at once
	// PutOff is when NotBefore was set, by the clock of who set it: Added, or the
	// time of the last Postpone.
	PutOff time.Time `json:",omitzero"`

	// Tries counts the claims since the task was added or last postponed: a
	// high figure means that the program died over it.
	Tries int
	// Pauses counts how often the task was postponed.
	Pauses int
	// Waiting is what the last Postpone said that the task waits for; zero: none was.
	Waiting Waiting `json:",omitzero"`

	// Attempt is what Begin and Hold wrote; zero before.
	Attempt Attempt

	// Payload is sealed by the caller: the update's raw bytes, and after Hold
	// the answer.
	Payload []byte

	// Of a retained task: what Retain said of it, and the name under which it was
	// used; "": it was not. See Retain and Consume.
	Reply      int    `json:",omitempty"`
	RepeatOf   string `json:",omitempty"`
	Request    bool   `json:",omitempty"`
	ConsumedBy string `json:"Used"`

	// Lease names the claim under which the caller has the task. Only Claim
	// fills it; the operations below compare it.
	Lease string
}

// Waiting says for what a task waits, and since when.
type Waiting struct {
	For   Outage
	Since time.Time // of the first failure, for whatever it waited then
}

// Is reports whether it waits for that outage; with OutageNone, for any.
func (w Waiting) Is(what Outage) bool {
	return w.For != OutageNone && (what == OutageNone || w.For == what)
}

// Outage names what does not answer, so that tasks wait for it.
type Outage string

// What tasks wait for.
const (
	OutageNone     Outage = ""
	OutageService  Outage = "service"  // the service that reads the pictures
	OutageDownload Outage = "download" // the download of the picture from Telegram
)

// Attempt is the part of a photo's task that the day's count and the ledger
// are made of. Its life is: zero → Calling (Begin) → Held (Hold), and from
// Calling back to waiting (Postpone) when surely nothing was processed.
type Attempt struct {
	Began time.Time // when Begin was first called; zero: never
	Day   Day       // the day whose count the attempt belongs to

	// Calling is true between Begin and what ends it: the service may be
	// reading the picture right now, or may have read it before a crash.
	Calling bool

	Held    bool   // an answer is in Payload and the count is settled
	Outcome string // the code of the outcome; "" before Hold
	Counted bool
	// Number is the day's settled count with this attempt in it, for a counted
	// attempt; 0 otherwise. Two attempts of a person and day never share one,
	// but for a reset between them.
	Number int

	// Budgeted: the attempt was taken from the budgets of its day and month.
	Budgeted bool `json:",omitempty"`
}

// Day is a calendar day in the time zone of the caller's settings, as
// 2006-01-02.
type Day string

// DayOf gives the calendar day of t in the zone loc.
func DayOf(t time.Time, loc *time.Location) Day {
	return Day(t.In(loc).Format(time.DateOnly))
}

// Claim says which tasks a worker wants.
type Claim struct {
	Kinds []Kind
	Owner string        // the process (or replica) that claims
	Now   time.Time     // the claimer's clock
	Lease time.Duration // how long the claim holds unless renewed
	Max   int           // at most so many tasks
}

// Begin says which attempt is to be reserved.
type Begin struct {
	Now   time.Time
	Day   Day
	Limit int // the person's attempts a day; 0 or less: no limit

	// DayBudget and MonthBudget are how many attempts of the day and of its month
	// all people have together; 0 or less: no bound. An attempt is taken from both
	// if one of them is given, and put back when it ends without a charge.
	DayBudget, MonthBudget int
}

// Hold is the answer to a photo and what it means for the count.
type Hold struct {
	Now     time.Time
	Payload []byte // sealed: replaces the task's payload
	Outcome string
	Counted bool
	Charge  Charge
	Day     Day           // the day of Now, for the totals of what never began; "": in UTC
	Session string        // the provider's name of the call; "" when there is none
	Took    time.Duration // from the claim to the answer

	// KeepSince is the start of the ledger's memory: rows that ended earlier
	// are folded into the totals on the way, a few at a time but more than
	// come in, and counts of days more than a day before it are forgotten.
	// Zero keeps all.
	KeepSince time.Time
}

// Postpone says until when a task is put off, and what it waits for.
type Postpone struct {
	Now     time.Time
	Until   time.Time // cut to MaxWait after Now
	Waiting Waiting   // replaces the task's
}

// Retain says how a finished task is kept, and what whoever finds it should know.
type Retain struct {
	Until time.Time // kept before this time, and gone at it

	// Reply is the message in the task's chat that answers it; 0: its id is not
	// known, or there is none.
	Reply int
	// RepeatOf names the retained task whose answer this one was given again; "": it
	// has an answer of its own, or none.
	RepeatOf string
	// Request: the task asks for something that others decide.
	Request bool
}

// WakeWaiting says which tasks are to wake early.
type WakeWaiting struct {
	Kind   Kind
	For    Outage // OutageNone: whatever they wait for
	Person int64  // 0: whoever it is
	Now    time.Time
	Max    int // at most so many
}

// Backlog is how much work lies in the store.
type Backlog struct {
	Waiting     map[Kind]int // not yet claimed, put off, or with a lease that is over
	Leased      map[Kind]int // in work: their lease holds
	Quarantined int          // in quarantine
	// ReadySince says of the kinds that have one since when the task that nobody has
	// taken up for longest could be worked: it is put off no longer, and behind no other.
	ReadySince map[Kind]time.Time `json:",omitempty"`
}

// Tasks keeps work until it is done.
type Tasks interface {
	// AddTask stores a task and reports whether it is new. A name is not new
	// while a task of that name is in the store (quarantined ones included), and
	// within Remember of its Added, as the Added of the second tells: nothing
	// is changed then, whatever the rest of the task says. NotBefore is cut to
	// MaxWait after Added. The fields of the argument that are the store's are
	// ignored.
	AddTask(ctx context.Context, t Task) (added bool, err error)

	// Claim leases up to c.Max tasks of the given kinds and counts a try of
	// each. A task can be claimed when it waits for no time (see Task.Waits), no
	// lease on it holds (see Holds), it is not quarantined, and no
	// earlier task (by Seq, of any kind) of the same Order key is left, leased
	// or waiting. Among those, a task of a person with fewer tasks of these
	// kinds in work goes first, so that one person's pile never starves
	// another; then the lower Seq. The tasks claimed in one call count as in
	// work for the next pick of the same call. Person 0 is a person like any
	// other here. Tasks come in the order in which they were picked.
	//
	// Against other claims at the same moment an engine may skip a task that
	// one of them is looking at; it never gives a task to two.
	//
	// An engine may return before the leases and tries are on the disk if
	// every later change of such a task is behind them, and if no task loses
	// more than one try in all to the deaths of processes: so a task that
	// kills whoever claims it is found out, one death later at most.
	//
	// An engine may find out what a clock that was ahead has left behind at the
	// first claim of a process, when the time goes back, and once a minute.
	//
	// No task is an empty slice and no error.
	Claim(ctx context.Context, c Claim) ([]Task, error)

	// Renew lets the caller keep a task until the given time.
	Renew(ctx context.Context, t Task, until time.Time) error

	// Begin reserves an attempt of the task's Person on the day and marks the
	// task as calling, before the picture goes to the service. It fails with
	// ErrLimit when the day's settled and reserved attempts have reached the
	// limit, then with ErrBudget when a budget is spent (both reserve nothing),
	// with ErrHeld and the held attempt when the answer is held, with ErrLost.
	//
	// A task that was begun before, postponed since or not, keeps its day, its
	// time and its reservation, whatever b says; the limit is not asked again.
	Begin(ctx context.Context, t Task, b Begin) (Attempt, error)

	// Hold ends an attempt: the answer replaces the payload, the reservation
	// (if any) is settled when it counts or given back, the ledger gets its
	// row, and so do the totals of its day. One that counts with ChargeUnknown is
	// an unanswered one of the day; with ChargeNo it is put back into the budgets
	// it was taken from. It may be called without Begin for what ended before a
	// call, and after Postpone without another Begin. Counted without Begin is
	// refused with ErrInvalid. ErrHeld, ErrLost as above.
	Hold(ctx context.Context, t Task, h Hold) (Attempt, error)

	// Postpone gives the task back until a later time, and says what it waits for:
	// surely nothing was processed, so it is no longer calling. Its reservation
	// stays, and so does an answer that is held. The lease is over.
	Postpone(ctx context.Context, t Task, p Postpone) error

	// Done removes the task with its payload and adds those that follow from
	// it as AddTask does, all or nothing; one of them whose name is not new is
	// left out and is no error. The task's own name stays remembered. A
	// reservation that was never held is given back.
	Done(ctx context.Context, t Task, then ...Task) error

	// Keep ends a task as Done does, in every respect and as one step: its
	// order key is free, what follows is added, a reservation that was never
	// held is given back, its name stays remembered (at least until k.Until),
	// it is in no backlog and never claimed again. But until k.Until the task
	// itself can be looked up, and used once. What is kept too long already is
	// never found.
	//
	// It costs what Done costs. When the time is over, record and payload are
	// removed from the disk by later operations on the way: a Claim of any
	// kinds, also one that finds nothing, does so or starts it, so that while a
	// program runs (a queue claims every second) they are gone within seconds.
	Retain(ctx context.Context, t Task, k Retain, then ...Task) error

	// Retained looks up a retained task by its name, with its payload and without a
	// lease, as it stood when it was kept. ok is false when it is not kept, or
	// no longer at that time, or cannot be: names come out of buttons, and what
	// a button holds is up to whoever presses it. So it is for KeptFor and Use.
	Retained(ctx context.Context, id string, now time.Time) (t Task, ok bool, err error)

	// RetainedFor looks up a retained task by its order key: of several, that of the
	// highest Seq. No task without an order key is found.
	RetainedFor(ctx context.Context, order string, now time.Time) (t Task, ok bool, err error)

	// Consume marks a retained task as used by that name, and gives it. The first to
	// use it wins: the same name may use it again, as after a crash, and finds
	// everything as before; for any other the error is ErrUsed, and the task
	// given tells who did. ErrGone: it is not kept at that time.
	Consume(ctx context.Context, id, by string, now time.Time) (Task, error)

	// WakeWaiting lets up to r.Max tasks whose Waiting names an outage, and whose
	// time has not come, be claimed from r.Now on, the lowest Seq first, and
	// reports how many. It passes over tasks with a lease that holds, and those
	// that are calling or held. Nothing but NotBefore is changed: a task that is
	// woken has been paused as often as before, and says what it waited for.
	//
	// Against other operations at the same moment an engine may skip a task
	// that one of them is looking at.
	WakeWaiting(ctx context.Context, r WakeWaiting) (n int, err error)

	// Quarantine takes a task that nobody can work out of the way: it is not
	// claimed again, its order key is free. Its reservation, if any, is given
	// back. Payload, record and name go when it has lain there for Remember.
	// The reason is a short code, never a text with data in it.
	Quarantine(ctx context.Context, t Task, now time.Time, reason string) error

	// NextTask gives the time at which a task of these kinds can be claimed or
	// its lease ends, at the earliest: the zero time for at once. ok is false
	// when there is none. It may be early, never late. A task behind another of
	// its order key is not looked at: what an operation makes claimable is
	// known to whoever calls it.
	NextTask(ctx context.Context, now time.Time, kinds []Kind) (at time.Time, ok bool, err error)

	// Backlog counts the tasks.
	Backlog(ctx context.Context, now time.Time) (Backlog, error)
}
