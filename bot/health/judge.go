package health

import (
	"fmt"
	"slices"
	"time"

	"mrzbot/bot/text"
	"mrzbot/storage"
)

// Bounds of what is green.
const (
	// LateTask: all workers together clear an album in seconds. A task that could
	// be worked and that nobody has taken up for so long means that more comes in
	// than is worked, or that nobody works.
	LateTask = 5 * time.Minute

	// lowDisk and lowPart: a store of a year's work stays under a gigabyte, and on
	// a small disk a tenth is what is left for it to grow.
	lowDisk = 1 << 30
	lowPart = 10

	// FreshError is how long an error of the webhook says something of now where
	// nothing waits. While an update waits, Telegram tries again after two minutes at
	// the latest, or when the answer's Retry-After says so, up to latestRetry, and a
	// new error takes the place of the old one.
	FreshError = 10 * time.Minute

	latestRetry = time.Hour

	// pollBatch is what one call of getUpdates brings: more that waits has waited for
	// a call already.
	pollBatch = 100

	// oldBackup: where backups are made, they are made every day.
	oldBackup = 48 * time.Hour

	// oldVersion: a year without looking for a newer one.
	oldVersion = 365

	// Nearly is the part of a budget, in percent, from which on the admins are told.
	Nearly = 80
)

// Judge makes the lines, in the order of Matters, by a clock and in the zone of the
// settings. Of what is not known it says nothing.
func Judge(f Facts, now time.Time, zone *time.Location) []Line {
	j := judge{now.In(zone), zone}
	var lines []Line
	add := func(l Line, ok bool) {
		if ok {
			lines = append(lines, l)
		}
	}
	if f.Webhook != nil {
		lines = append(lines, j.webhook(*f.Webhook)...)
	}
	if f.Service != nil {
		lines = append(lines, j.service(*f.Service, f.Open)...)
	}
	add(j.subscription(f.Subscription))
	if f.Budget != nil {
		lines = append(lines, j.budgets(*f.Budget)...)
	}
	if f.Work != nil {
		lines = append(lines, j.tasks(*f.Work))
	}
	if f.Store != nil {
		lines = append(lines, j.store(*f.Store))
		add(j.disk(f.Store.Disk))
	}
	if f.Backup != nil {
		lines = append(lines, j.backup(*f.Backup))
	}
	if f.Replicas != nil {
		lines = append(lines, j.replicas(*f.Replicas))
	}
	if f.Clock != nil {
		lines = append(lines, j.clock(*f.Clock))
	}
	if f.Version != nil {
		lines = append(lines, j.version(*f.Version))
	}
	return lines
}

type judge struct {
	now  time.Time
	zone *time.Location
}

// at writes a time: of today only the clock.
func (j judge) at(t time.Time) string { return At(t, j.now, j.zone) }

// At writes a time as it stands in a line: of today only the clock.
func At(t, now time.Time, zone *time.Location) string {
	if storage.DayOf(t, zone) == storage.DayOf(now, zone) {
		return t.In(zone).Format("15:04")
	}
	return t.In(zone).Format("02.01.2006 15:04")
}

func (j judge) webhook(w Webhook) []Line {
	line := Line{About: AboutTelegram, Key: "health.telegram.answers"}
	switch {
	case w.BadToken:
		return []Line{{About: AboutTelegram, Light: Red, Key: "health.telegram.token", Mend: "health.telegram.token.mend"}}
	case w.Trouble != "":
		line.Light, line.Key, line.Mend, line.Args = Red, "health.telegram.silent", "health.telegram.silent.mend", text.Args{"Error": w.Trouble}
		return []Line{line}
	}
	hook := Line{About: AboutWebhook, Args: text.Args{"Pending": w.Pending, "Error": w.Error, "At": j.at(w.ErrorAt)}}
	age := j.now.Sub(w.ErrorAt)
	// Telegram may count the update that is being answered among those that wait, so an
	// update that came since the error says more than their number. Telegram gives
	// whole seconds.
	broken := w.Error != "" && w.Pending > 0 && w.Came.Before(w.ErrorAt) && age < latestRetry+FreshError
	switch {
	case !w.Wanted && !w.Set && w.Pending > pollBatch:
		hook.Light, hook.Key, hook.Mend = Yellow, "health.webhook.behind", "health.webhook.behind.mend"
	case !w.Wanted && !w.Set:
		hook.Key = "health.webhook.polling"
	case !w.Wanted:
		hook.Light, hook.Key, hook.Mend = Yellow, "health.webhook.unwanted", "health.webhook.unwanted.mend"
	case !w.Same:
		hook.Light, hook.Key, hook.Mend = Yellow, "health.webhook.other", "health.webhook.other.mend"
	case broken:
		hook.Light, hook.Key, hook.Mend = Red, "health.webhook.error", "health.webhook.error.mend"
	case w.Error != "" && age < FreshError:
		hook.Light, hook.Key, hook.Mend = Yellow, "health.webhook.was_error", "health.webhook.error.mend"
	default:
		hook.Key = "health.webhook.set"
	}
	return []Line{line, hook}
}

// service: what the last photo met is surer than what an address answers.
func (j judge) service(s Service, open []Open) []Line {
	var lines []Line
	var last Open
	if len(open) > 0 {
		last = slices.MaxFunc(open, func(a, b Open) int { return a.Seen.Compare(b.Seen) })
		lines = append(lines, Line{About: AboutService, Light: Red, Key: last.Text})
	}
	line := Line{About: AboutService, Args: text.Args{"Error": s.Trouble, "Says": s.Says}, Cause: s.Cause, Status: s.Status}
	switch {
	case s.Local:
		line.Light, line.Key, line.Mend = Yellow, "health.service.local", "health.service.local.mend"
	case s.Trouble != "":
		line.Light, line.Key, line.Mend = Red, "health.service.silent", "health.service.silent.mend"
	case len(lines) > 0:
		// Whether it lasts an address cannot tell: a try may be charged.
		line.Light, line.Key, line.Mend = Yellow, "health.service.answers", "health.service.refused.mend"
		if last.Waits {
			line.Mend = "health.service.waits.mend"
		}
	case s.Down:
		line.Light, line.Key, line.Mend = Yellow, "health.service.waits", "health.service.waits.mend"
	default:
		line.Key = "health.service.answers"
	}
	return append(lines, line)
}

// Stages of a subscription that ends, in days before its end.
var stages = []int{1, 3, 14}

func (j judge) subscription(until storage.Day) (Line, bool) {
	end, err := time.ParseInLocation(time.DateOnly, string(until), j.zone)
	if err != nil {
		return Line{}, false
	}
	today, _ := time.ParseInLocation(time.DateOnly, string(storage.DayOf(j.now, j.zone)), j.zone)
	left := int(end.Sub(today).Round(24*time.Hour) / (24 * time.Hour))
	line := Line{About: AboutSubscription, Key: "health.subscription.until", Days: left, Args: text.Args{"Day": end.Format("02.01.2006")}}
	if left < 0 {
		line.Light, line.Key, line.Mend, line.Stage = Red, "health.subscription.over", "health.subscription.mend", string(until)+":over"
		return line, true
	}
	for _, days := range stages {
		if left <= days {
			line.Light, line.Key, line.Mend, line.Stage = Yellow, "health.subscription.ends", "health.subscription.mend", fmt.Sprintf("%s:%d", until, days)
			break
		}
	}
	return line, true
}

func (j judge) budgets(b Budget) []Line {
	if b.Day == 0 && b.Month == 0 {
		return []Line{{About: AboutBudget, Key: "health.budget.none"}}
	}
	var lines []Line
	today := storage.DayOf(j.now, j.zone)
	for _, one := range []struct {
		key, period  string
		used, budget int
	}{{"health.budget.day", string(today), b.UsedDay, b.Day}, {"health.budget.month", string(today[:7]), b.UsedMonth, b.Month}} {
		if one.budget == 0 {
			continue
		}
		line := Line{About: AboutBudget, Key: one.key, Args: text.Args{"Used": one.used, "Budget": one.budget}, Stage: BudgetStage(one.period, one.budget)}
		switch {
		case one.used >= one.budget:
			line.Light, line.Mend = Red, "health.budget.mend"
		case one.used*100 >= one.budget*Nearly:
			line.Light, line.Mend = Yellow, "health.budget.mend"
		}
		lines = append(lines, line)
	}
	return lines
}

// BudgetStage is the stage of a budget: it is another one in the next period, and when
// the budget was changed.
func BudgetStage(period string, budget int) string { return fmt.Sprintf("%s:%d", period, budget) }

func (j judge) tasks(b storage.Backlog) Line {
	waiting, leased := 0, 0
	for k, n := range b.Waiting {
		if k != storage.KindWatch { // it always waits
			waiting += n
		}
	}
	for k, n := range b.Leased {
		if k != storage.KindWatch {
			leased += n
		}
	}
	line := Line{About: AboutTasks, Key: "health.tasks", Args: text.Args{"Waiting": waiting, "Working": leased, "Aside": b.Quarantined}}
	var oldest time.Time
	for k, at := range b.ReadySince {
		if k != storage.KindWatch && (oldest.IsZero() || at.Before(oldest)) {
			oldest = at
		}
	}
	switch {
	case !oldest.IsZero() && j.now.Sub(oldest) >= LateTask:
		line.Light, line.Key, line.Mend = Red, "health.tasks.late", "health.tasks.late.mend"
		line.Args["Since"] = j.at(oldest)
	case b.Quarantined > 0:
		line.Light, line.Mend = Yellow, "health.tasks.aside.mend"
	}
	return line
}

func (j judge) store(s Store) Line {
	line := Line{About: AboutStore, Key: "health.store", Args: text.Args{"Engine": s.Engine, "Size": bytes(s.Size)}}
	switch {
	case s.Trouble != "":
		line.Light, line.Key, line.Mend = Red, "health.store.trouble", "health.store.trouble.mend"
		line.Args["Error"] = s.Trouble
	case s.Size == 0:
		line.Key = "health.store.unmeasured"
	}
	return line
}

func (j judge) disk(d *Disk) (Line, bool) {
	if d == nil {
		return Line{}, false
	}
	line := Line{About: AboutDisk, Key: "health.disk", Args: text.Args{"Free": bytes(d.Free), "Size": bytes(d.Size)}}
	if d.Free < min(lowDisk, d.Size/lowPart) {
		line.Light, line.Mend = Red, "health.disk.mend"
	}
	return line, true
}

// bytes writes a size as people read it.
func bytes(n int64) string {
	const unit = 1000
	switch {
	case n >= unit*unit*unit:
		return fmt.Sprintf("%.1f GB", float64(n)/(unit*unit*unit))
	case n >= unit*unit:
		return fmt.Sprintf("%.1f MB", float64(n)/(unit*unit))
	}
	return fmt.Sprintf("%d kB", (n+unit-1)/unit)
}

func (j judge) backup(b Backup) Line {
	if b.Last.IsZero() {
		return Line{About: AboutBackup, Light: Yellow, Key: "health.backup.none", Mend: "health.backup.none.mend"}
	}
	line := Line{About: AboutBackup, Key: "health.backup", Args: text.Args{"At": j.at(b.Last)}}
	if j.now.Sub(b.Last) > oldBackup {
		line.Light, line.Mend = Yellow, "health.backup.old.mend"
	}
	return line
}

func (j judge) replicas(r Replicas) Line {
	line := Line{About: AboutReplicas, Key: "health.replicas", Args: text.Args{"Count": r.Count, "Leader": r.Leader}}
	switch {
	case r.Alone:
		line.Key = "health.replicas.alone"
	case r.Leader == "":
		line.Light, line.Key, line.Mend = Red, "health.replicas.leaderless", "health.replicas.leaderless.mend"
	}
	return line
}

func (j judge) clock(c Clock) Line {
	line := Line{About: AboutClock, Key: "health.clock", Args: text.Args{"By": c.Ahead.Abs().Round(time.Second).String()}}
	switch {
	case c.Ahead > 0:
		line.Light, line.Key, line.Mend = Red, "health.clock.ahead", "health.clock.mend"
	case c.Ahead < 0:
		line.Light, line.Key, line.Mend = Red, "health.clock.behind", "health.clock.mend"
	}
	return line
}

func (j judge) version(v Version) Line {
	line := Line{About: AboutVersion, Key: "health.version.undated", Args: text.Args{"Name": v.Name}}
	if v.Built.IsZero() {
		return line
	}
	line.Key, line.Days = "health.version", max(0, int(j.now.Sub(v.Built)/(24*time.Hour)))
	line.Args["Day"] = v.Built.In(j.zone).Format("02.01.2006")
	if line.Days >= oldVersion {
		line.Light, line.Mend = Yellow, "health.version.mend"
	}
	return line
}
