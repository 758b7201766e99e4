package storagetest

import (
	"cmp"
	"slices"
	"time"

	"mrzbot/storage"
)

// model is the contract of Tasks, of the counts and of the budgets in the plainest words: no
// index, no disk, one caller. It is what an engine is compared with.
type model struct {
	now     time.Time
	seq     uint64
	tasks   []*modelTask // unfinished, by Seq
	kept    []*modelTask // until is when their time is over
	names   map[string]time.Time
	settled map[modelDay]storage.Count
	budgets map[storage.Day]int // what was taken, by the budget's name
	totals  map[storage.DayTotal]int
	rows    []storage.Entry
}

type modelTask struct {
	storage.Task
	until time.Time // end of the lease, while Lease is not ""; or of the keeping
}

type modelDay struct {
	person int64
	day    storage.Day
}

func newModel() *model {
	return &model{
		now: start, names: map[string]time.Time{}, settled: map[modelDay]storage.Count{},
		budgets: map[storage.Day]int{}, totals: map[storage.DayTotal]int{},
	}
}

func (m *model) add(t storage.Task) bool {
	known := slices.ContainsFunc(m.tasks, func(x *modelTask) bool { return x.ID == t.ID })
	if since, ok := m.names[t.ID]; known || ok && t.Added.Before(since.Add(storage.Remember)) {
		return false
	}
	m.seq++
	t.Seq, t.NotBefore, t.PutOff = m.seq, t.Kind.Cut(t.Added, t.NotBefore), t.Added
	m.names[t.ID] = t.Added
	m.tasks = append(m.tasks, &modelTask{Task: t})
	return true
}

func (m *model) leased(t *modelTask) bool { return t.Lease != "" && storage.Holds(t.until, m.now) }

// open reports whether only time and leases keep a task from being claimed.
func (m *model) open(t *modelTask) bool {
	return t.Order == "" || !slices.ContainsFunc(m.tasks, func(x *modelTask) bool {
		return x.Order == t.Order && x.Seq < t.Seq
	})
}

// pick gives the tasks that a claim has to give, in their order.
func (m *model) pick(kinds []storage.Kind, most int) (picked []*modelTask) {
	work := map[int64]int{}
	for _, t := range m.tasks {
		if slices.Contains(kinds, t.Kind) && m.leased(t) {
			work[t.Person]++
		}
	}
	for len(picked) < most {
		var best *modelTask
		for _, t := range m.tasks {
			if !slices.Contains(kinds, t.Kind) || t.Waits(m.now) || m.leased(t) ||
				!m.open(t) || slices.Contains(picked, t) {
				continue
			}
			if best == nil || cmp.Or(cmp.Compare(work[t.Person], work[best.Person]), cmp.Compare(t.Seq, best.Seq)) < 0 {
				best = t
			}
		}
		if best == nil {
			return picked
		}
		work[best.Person]++
		picked = append(picked, best)
	}
	return picked
}

// next gives the earliest time that NextTask may not be later than.
func (m *model) next(kinds []storage.Kind) (at time.Time, ok bool) {
	for _, t := range m.tasks {
		if !slices.Contains(kinds, t.Kind) || !m.open(t) {
			continue
		}
		wake := t.NotBefore
		if m.leased(t) && t.until.After(wake) {
			wake = t.until
		}
		if !ok || wake.Before(at) {
			at, ok = wake, true
		}
	}
	return at, ok
}

// held gives the task of which the caller has the lease; nil: lost.
func (m *model) held(t storage.Task) *modelTask {
	for _, x := range m.tasks {
		if x.ID == t.ID && t.Lease != "" && x.Lease == t.Lease {
			return x
		}
	}
	return nil
}

func (m *model) count(person int64, day storage.Day) storage.Count {
	c := m.settled[modelDay{person, day}]
	for _, t := range m.tasks {
		if t.Person == person && t.Attempt.Day == day && !t.Attempt.Began.IsZero() && !t.Attempt.Held {
			c.Reserved++
		}
	}
	return c
}

func (m *model) begin(t storage.Task, b storage.Begin) (storage.Attempt, error) {
	x := m.held(t)
	switch {
	case x == nil:
		return storage.Attempt{}, storage.ErrLost
	case x.Attempt.Held:
		return x.Attempt, storage.ErrHeld
	case x.Attempt.Began.IsZero():
		if b.Limit > 0 && m.count(x.Person, b.Day).Used() >= b.Limit {
			return storage.Attempt{}, storage.ErrLimit
		}
		budgeted := b.DayBudget > 0 || b.MonthBudget > 0
		if budgeted && !m.spend(b) {
			return storage.Attempt{}, storage.ErrBudget
		}
		x.Attempt = storage.Attempt{Began: b.Now, Day: b.Day, Budgeted: budgeted}
	}
	x.Attempt.Calling = true
	return x.Attempt, nil
}

// spend takes an attempt from both budgets if there is one in each that is bounded.
func (m *model) spend(b storage.Begin) bool {
	use := m.budgetUse(b.Day)
	if b.DayBudget > 0 && use.Day >= b.DayBudget || b.MonthBudget > 0 && use.Month >= b.MonthBudget {
		return false
	}
	m.budgets[b.Day.BudgetDay()], m.budgets[b.Day.BudgetMonth()] = use.Day+1, use.Month+1
	return true
}

func (m *model) budgetUse(day storage.Day) storage.BudgetUse {
	first, last := day.MonthDays()
	return storage.BudgetUse{Day: m.spent(day.BudgetDay(), day, day), Month: m.spent(day.BudgetMonth(), first, last)}
}

func (m *model) spent(name, from, to storage.Day) (n int) {
	if n, ok := m.budgets[name]; ok {
		return n
	}
	for t, number := range m.totals {
		if t.Day >= from && t.Day <= to && t.Charge != storage.ChargeNo {
			n += number
		}
	}
	return n
}

// giveBack puts an attempt that was taken from the budgets back into them.
func (m *model) giveBack(a storage.Attempt) {
	if a.Budgeted {
		m.budgets[a.Day.BudgetDay()] = max(m.budgets[a.Day.BudgetDay()]-1, 0)
		m.budgets[a.Day.BudgetMonth()] = max(m.budgets[a.Day.BudgetMonth()]-1, 0)
	}
}

func (m *model) hold(t storage.Task, h storage.Hold) (storage.Attempt, error) {
	x := m.held(t)
	switch {
	case x == nil:
		return storage.Attempt{}, storage.ErrLost
	case x.Attempt.Held:
		return x.Attempt, storage.ErrHeld
	case h.Counted && x.Attempt.Began.IsZero():
		return storage.Attempt{}, storage.ErrInvalid
	}
	a := &x.Attempt
	m.rows = append(m.rows, storage.Entry{
		Task: x.ID, Person: x.Person, Began: a.Began, Ended: h.Now, Day: a.Day, Outcome: h.Outcome,
		Counted: h.Counted, Charge: h.Charge, Session: h.Session, Took: h.Took,
	})
	if a.Began.IsZero() {
		m.rows[len(m.rows)-1].Began = h.Now
	}
	m.totals[storage.DayTotal{Day: h.TotalDay(*a), Person: x.Person, Outcome: h.Outcome, Charge: h.Charge, Counted: h.Counted}]++
	if h.Charge == storage.ChargeNo {
		m.giveBack(*a)
	}
	a.Calling, a.Held, a.Outcome, a.Counted = false, true, h.Outcome, h.Counted
	if h.Counted {
		c := m.settled[modelDay{x.Person, a.Day}]
		c.Settled++
		if h.Charge == storage.ChargeUnknown {
			c.Unanswered++
		}
		m.settled[modelDay{x.Person, a.Day}] = c
		a.Number = c.Settled
	}
	x.Payload = h.Payload
	return *a, nil
}

func (m *model) postpone(t storage.Task, p storage.Postpone) error {
	x := m.held(t)
	if x == nil {
		return storage.ErrLost
	}
	x.Lease, x.NotBefore, x.PutOff, x.Tries, x.Attempt.Calling = "", x.Kind.Cut(p.Now, p.Until), p.Now, 0, false
	x.Waiting = p.Waiting
	x.Pauses++
	return nil
}

func (m *model) done(t storage.Task, then ...storage.Task) error {
	if m.held(t) == nil {
		return storage.ErrLost
	}
	return m.end(t.ID, then)
}

func (m *model) end(id string, then []storage.Task) error {
	m.drop(id)
	for _, next := range then {
		m.add(next)
	}
	return nil
}

func (m *model) keep(t storage.Task, k storage.Retain, then ...storage.Task) error {
	x := m.held(t)
	if x == nil {
		return storage.ErrLost
	}
	if since := k.Until.Add(-storage.Remember); m.names[t.ID].Before(since) {
		m.names[t.ID] = since
	}
	x.Lease, x.Reply, x.RepeatOf, x.Request = "", k.Reply, k.RepeatOf, k.Request
	m.kept = append(m.kept, &modelTask{Task: x.Task, until: k.Until})
	return m.end(t.ID, then)
}

// shelf gives the retained task of the highest Seq that fits; nil: none.
func (m *model) shelf(fits func(x *modelTask) bool) (best *modelTask) {
	for _, x := range m.kept {
		if x.until.After(m.now) && fits(x) && (best == nil || x.Seq > best.Seq) {
			best = x
		}
	}
	return best
}

func (m *model) use(id, by string) (storage.Task, error) {
	x := m.shelf(func(x *modelTask) bool { return x.ID == id })
	switch {
	case x == nil:
		return storage.Task{}, storage.ErrGone
	case x.ConsumedBy != "" && x.ConsumedBy != by:
		return x.Task, storage.ErrConsumed
	}
	x.ConsumedBy = by
	return x.Task, nil
}

func (m *model) wake(r storage.WakeWaiting) (n int) {
	for _, t := range m.tasks {
		if n < r.Max && t.Kind == r.Kind && t.Waiting.Is(r.For) && (r.Person == 0 || t.Person == r.Person) &&
			t.NotBefore.After(r.Now) && !m.leased(t) && !t.Attempt.Calling && !t.Attempt.Held && m.open(t) {
			t.NotBefore = r.Now
			n++
		}
	}
	return n
}

func (m *model) quarantine(t storage.Task) error {
	if m.held(t) == nil {
		return storage.ErrLost
	}
	m.drop(t.ID)
	if m.names[t.ID].Before(m.now) {
		m.names[t.ID] = m.now
	}
	return nil
}

func (m *model) drop(id string) {
	m.tasks = slices.DeleteFunc(m.tasks, func(x *modelTask) bool {
		if x.ID == id && !x.Attempt.Held {
			m.giveBack(x.Attempt)
		}
		return x.ID == id
	})
}
