package bolt

import (
	"bytes"
	"time"

	"mrzbot/storage"
)

// How often what is over is swept away, and how much at a time. Seldom and
// more at once touches fewer pages of the file than a little each time. What
// is looked at must be more than what comes in between.
const (
	sweepEvery = 32
	sweepLook  = 2 * sweepEvery
)

// sweepDue counts what happens, and reports whether it is time to sweep.
func sweepDue(counter *uint64) bool {
	*counter++
	return *counter%sweepEvery == 0
}

// sweep stages the deletion of what is over among the next records of a table, and gives
// it. It goes on where the last sweep ended.
func (t table[R]) sweep(b *batch, over func(r *R) bool) (gone []*R) {
	c := t.bucket(b).Cursor()
	k, v := c.Seek(b.swept[t.name])
	for n := 0; k != nil && n < sweepLook; n++ {
		if r := t.read(b, k, v); r != nil && over(r) {
			gone = append(gone, r)
		}
		k, v = c.Next()
	}
	if b.beyond(k) {
		b.note(errValue)
		return nil
	}
	b.swept[t.name] = bytes.Clone(k)
	for _, r := range gone {
		t.delete(b, t.key(r))
	}
	return gone
}

// sweepBefore stages the deletion of the first records of a bucket that is sorted by time,
// up to a key.
func (b *batch) sweepBefore(bucket string, end []byte) {
	var keys [][]byte
	c := b.tx.Bucket([]byte(bucket)).Cursor()
	for k, _ := c.First(); k != nil && bytes.Compare(k, end) < 0 && len(keys) < sweepLook; k, _ = c.Next() {
		if b.beyond(k) {
			b.note(errValue)
			return
		}
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		b.delete(bucket, k)
	}
}

// sweepLedger stages the folding of rows, and the forgetting of counts and totals of
// days, that nobody needs any more.
func (b *batch) sweepLedger(keep time.Time) {
	if keep.IsZero() || !sweepDue(&b.holds) {
		return
	}
	b.sweepBefore(ledgerTable.name, timeKey(keep, 0))
	// A day's name says less than the day's zone: one day more is kept.
	last := []byte(storage.DayOf(keep.AddDate(0, 0, -1), time.UTC))
	for _, name := range []string{countTable.name, dayTotalTable.name, sumTable.name} {
		b.sweepBefore(name, last)
	}
}

// sweepTasks stages the forgetting of names and of tasks in quarantine whose time is
// over. A clock that was ahead has left some that would stay until it comes true: such
// a name is remembered from now on.
func (b *batch) sweepTasks(now time.Time) {
	if !sweepDue(&b.adds) {
		return
	}
	last, ahead := now.Add(-storage.Remember), now.Add(storage.ClockSlack)
	over := func(since time.Time) bool { return !since.After(last) || since.After(ahead) }
	for _, q := range quarantineTable.sweep(b, func(q *storage.QuarantinedRecord) bool { return over(q.Since) }) {
		b.quarantined--
		b.delete(payloadBucket, seqKey(q.Seq))
	}
	for _, n := range nameTable.sweep(b, func(n *storage.NameRecord) bool { return over(n.Since) }) {
		if n.Since.After(ahead) {
			b.remember(n.ID, now)
		}
	}
}

func (b *batch) sweepWindows(now time.Time) {
	if sweepDue(&b.taken) {
		windowTable.sweep(b, func(w *storage.WindowRecord) bool { return windowOver(w, now) })
	}
}

const (
	// maxDropped is how many retained tasks one transaction removes: their deletion
	// must not hold up what else is in it.
	maxDropped = 1000

	// dropPause is the time between two removals of what is retained no longer, by
	// the clock of those who claim: under load the commit it takes is shared by many
	// tasks.
	dropPause = time.Second
)

// dropDue reports whether a claim is to remove what is retained no longer. Claims do
// so because they come regularly.
func (b *batch) dropDue(now int64) bool {
	since := now - b.dropped
	return (since < 0 || since >= dropPause.Microseconds()) && b.index.retained.over(now)
}

func (b *batch) dropRetained(now int64) {
	over := b.index.retained.takeOver(now, maxDropped)
	for _, r := range over {
		b.deleteTask(r.seq)
	}
	if b.dropped = now; len(over) == maxDropped {
		b.dropped -= dropPause.Microseconds() // there may be more: the next claim goes on
	}
}
