package scan

import "time"

// A line of photos that is long for a moment is no outage, and Telegram keeps for
// a day what it cannot deliver: a date from before that is a wrong clock's.
const (
	leastLate = time.Minute
	mostLate  = 24 * time.Hour
)

// late reports whether a photo comes to be read so long after it was sent that
// perhaps nobody needs it any more, as after a night in which the bot was down.
// Its person is asked before it is paid for.
func (j *photoJob) late() bool {
	if !j.Reader.Paid() {
		return false
	}
	now := j.Now()
	if j.waited() {
		// The last try is due when the time for waiting is over.
		return now.Sub(j.t.Waiting.Since) > j.RetryFor+min(j.RetryFor, leastLate)
	}
	most := max(j.RetryFor, leastLate)
	age := now.Sub(time.Unix(j.sent.Message.Date, 0))
	if j.ClockAhead != nil {
		age -= j.ClockAhead() // a wrong clock of ours makes no photo late
	}
	return now.Sub(j.t.Added) > most || age > most && age < mostLate
}
