package outbox

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"mrzbot/bot/health"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

const (
	// watchTask is the one task of its kind. It is never done: each look puts it off
	// until the next, whichever process has it then.
	watchTask = "watch"

	// watchEvery: what is found late is found a minute late.
	watchEvery = time.Minute

	// serviceEvery: the service's address is asked at every fifth look, so that an
	// outage is known before somebody has photographed a card.
	serviceEvery = 5

	// outlierScans in outlierTime is more than hands do: a card is taken, laid down,
	// photographed and given back in half a minute, which makes twenty. Whoever has
	// sent twice as many sends pictures that were made before, or is no person.
	outlierScans = 40
	outlierTime  = 10 * time.Minute

	// outlierRows bounds what is read of the ledger at a look: a minute's work at
	// far more photos than any team sends.
	outlierRows = 10_000

	// clockCalm is how long no look may have seen a wrong clock before it counts as
	// right: of several replicas only one may have it, and others look, too.
	clockCalm = 5 * time.Minute

	// dayBegins and dayEnds: what has days of time is said while people are awake.
	dayBegins, dayEnds = 9, 21
)

// twice: what one look alone sees may be a clock that was set, a machine that woke
// up, or a packet that was lost.
const twice = 2

// Watch looks once a minute at what may go wrong without a photo.
type Watch struct {
	*Alerts
	seen  map[string]int // by cause, how many looks in a row of this process have seen it
	looks atomic.Int64   // of this process
	// Gather finds the facts; service: the service's address is asked, too.
	Gather func(ctx context.Context, service bool) health.Facts
	// Entries gives rows of the ledger, as storage.Ledger does.
	Entries func(ctx context.Context, from, to time.Time, max int) ([]storage.Entry, error)
}

// Start sees to it that there is the task.
func (w *Watch) Start(ctx context.Context) error {
	now := w.Now()
	_, err := w.Store.AddTask(ctx, storage.Task{ID: watchTask, Kind: storage.KindWatch, Added: now, NotBefore: now.Add(watchEvery)})
	return err
}

// Look looks, and puts the task off until the next look.
func (w *Watch) Look(ctx context.Context) queue.Verdict {
	service := w.looks.Add(1)%serviceEvery == 0
	lines := health.Judge(w.Gather(ctx, service), w.Now(), w.TimeZone)
	for _, l := range lines {
		w.heed(ctx, l)
	}
	w.budgets(ctx, lines)
	w.outliers(ctx)
	return w.Rest()
}

// Rest puts the task off.
func (w *Watch) Rest() queue.Verdict { return queue.Later(w.Now().Add(watchEvery)) }

// heed raises or closes the cause that a line is about.
func (w *Watch) heed(ctx context.Context, l health.Line) {
	red, lit := l.Light == health.Red, l.Light != health.Green
	switch l.About {
	case health.AboutWebhook:
		if w.again(causeErrors, red) == red { // otherwise an update may just be on its way
			w.follow(ctx, causeErrors, l, red, alertWindow)
		}
	case health.AboutTasks:
		if w.again(causeTasks, red) == red { // otherwise it is too early to say
			w.follow(ctx, causeTasks, l, red, alertWindow)
		}
	case health.AboutService:
		if strings.HasPrefix(l.Key, "health.service.") && w.again(causeSilent, red) == red {
			w.follow(ctx, causeSilent, l, red && !w.refuses(ctx), alertWindow)
		}
	case health.AboutDisk:
		w.follow(ctx, causeDisk, l, red, alertWindow)
	case health.AboutClock:
		if red || w.calm(ctx, causeClock) {
			w.follow(ctx, causeClock, l, red, alertWindow)
		}
	case health.AboutBackup:
		if l.Key == "health.backup" { // where none was ever made nobody waits for one
			w.follow(ctx, causeBackup, l, lit, quietWindow)
		}
	case health.AboutSubscription:
		if hour := w.Now().In(w.TimeZone).Hour(); !lit || hour >= dayBegins && hour < dayEnds {
			w.follow(ctx, causeSubscription, l, lit, 0)
		}
	}
}

// again reports whether two looks in a row have seen a cause.
func (w *Watch) again(cause string, there bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen == nil {
		w.seen = map[string]int{}
	}
	w.seen[cause]++
	if !there {
		w.seen[cause] = 0
	}
	return w.seen[cause] >= twice
}

// refuses reports whether photos have met something of the service's already, so
// that the admins know more than that its address is silent.
func (w *Watch) refuses(ctx context.Context) bool {
	open, err := OpenCauses(ctx, w.Store)
	return err != nil || len(open) > 0
}

// follow raises a cause while it is there, and closes it when it is not.
func (w *Watch) follow(ctx context.Context, cause string, l health.Line, there bool, every time.Duration) {
	if !there {
		_ = w.over(ctx, is(cause), func(v text.Localizer) string { return l.Name(v) + ": " + l.Says(v) })
		return
	}
	w.raise(ctx, alert{cause: cause, light: l.Light, every: every, stage: l.Stage, now: w.Now(), says: func(v text.Localizer) string {
		return withMending(l, v)
	}})
}

// withMending is a line as an alert says it.
func withMending(l health.Line, v text.Localizer) string {
	s := l.Name(v) + ": " + l.Says(v)
	if mend := l.Mending(v); mend != "" {
		s += "\n→ " + mend
	}
	return s
}

func is(cause string) func(string) bool { return func(c string) bool { return c == cause } }

// calm reports whether no look has seen a cause for a while.
func (w *Watch) calm(ctx context.Context, cause string) bool {
	s, err := w.states(ctx)
	o := s[cause]
	return err == nil && o != nil && o.open() && w.Now().Sub(time.Unix(o.Seen, 0)).Abs() >= clockCalm
}

// budgets closes what was said of budgets that are spent or nearly used no more.
func (w *Watch) budgets(ctx context.Context, lines []health.Line) {
	lines = about(lines, causeBudget)
	if len(lines) == 0 {
		return // not known
	}
	s, err := w.states(ctx)
	if err != nil {
		w.Log.Warn("open alerts not read", "error", err)
		return
	}
	red := slices.ContainsFunc(lines, func(l health.Line) bool { return l.Light == health.Red })
	for _, what := range []string{"day", "month"} {
		i := slices.IndexFunc(lines, func(l health.Line) bool { return l.Key == "health.budget."+what })
		now := lines[max(i, 0)] // that of the other, when there is none any more
		near, spent := causeNear+what, causeSpent+what
		meant := func(cause string) bool {
			switch o := s[cause]; {
			case o == nil || !o.open():
				return false
			case cause == spent:
				return i < 0 || roomAgain(now, o.Stage)
			default:
				return cause == near && (i < 0 || now.Light == health.Green)
			}
		}
		switch {
		case meant(spent) && !red:
			_ = w.over(ctx, meant, func(v text.Localizer) string { return now.Name(v) + ": " + now.Says(v) })
		case meant(spent), meant(near): // without a word: photos are refused all the same, or never were
			_ = w.change(ctx, func(s states) { s.close(meant, w.Now()) })
		}
	}
}

// roomAgain reports whether a budget that was spent, at that stage, is not any more.
// What a photo that ends without a charge puts back is no room, as the next one takes
// it: otherwise the admins would hear of each.
func roomAgain(l health.Line, stage string) bool {
	return l.Light == health.Green || l.Light == health.Yellow && l.Stage != stage
}

// outliers tells of people who send far more than others can. It walks the last
// minutes of the ledger, so that no photo counts for it and all replicas see all.
func (w *Watch) outliers(ctx context.Context) {
	now := w.Now()
	rows, err := w.Entries(ctx, now.Add(-outlierTime), now.Add(time.Second), outlierRows)
	if err != nil {
		w.Log.Warn("the last photos not counted", "error", err)
		return
	}
	scans := map[string]int{}
	people := map[string]int64{}
	for _, row := range rows {
		if row.Counted {
			cause := causeOutlier + text.ID(row.Person)
			scans[cause]++
			people[cause] = row.Person
		}
	}
	for cause, n := range scans {
		if n >= outlierScans {
			w.outlier(ctx, cause, people[cause], n)
		}
	}
	s, err := w.states(ctx)
	for cause, o := range s {
		if id, ok := strings.CutPrefix(cause, causeOutlier); err == nil && ok && o.open() && scans[cause] < outlierScans {
			person, _ := text.ParseID(id)
			name := w.nameOf(ctx, person)
			_ = w.over(ctx, is(cause), func(l text.Localizer) string { return l.Text("alert.outlier.over", text.Args{"Who": name}) })
		}
	}
}

func (w *Watch) outlier(ctx context.Context, cause string, person int64, n int) {
	args := text.Args{"Who": w.nameOf(ctx, person), "Scans": n, "Minutes": int(outlierTime.Minutes())}
	w.raise(ctx, alert{
		cause: cause, light: health.Yellow, every: alertWindow, now: w.Now(), fixed: true,
		says: func(l text.Localizer) string { return l.Text("alert.outlier", args) },
	})
}

// nameOf is how admins know somebody.
func (w *Watch) nameOf(ctx context.Context, id int64) string {
	p, err := w.People.Person(ctx, id)
	if err != nil || p.Name == "" {
		return text.ID(id)
	}
	return p.Name + " (" + text.ID(id) + ")"
}
