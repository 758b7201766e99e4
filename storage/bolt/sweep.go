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
	sweepLook  = 4 * sweepEvery
)

// sweepLedger stages the folding of rows, and the forgetting of counts, that
// nobody needs any more.
func (b *batch) sweepLedger(keep time.Time) error {
	if b.holds++; keep.IsZero() || b.holds%sweepEvery != 0 {
		return nil
	}
	end := ledgerKey(micros(keep), 0)
	if _, err := b.deleteWhile(ledgerTable, false, func(k []byte) bool { return bytes.Compare(k, end) < 0 }); err != nil {
		return err
	}
	// A day's name says less than the day's zone: one day more is kept.
	last := []byte(storage.DayOf(keep.AddDate(0, 0, -1), time.UTC))
	_, err := b.deleteWhile(countTable, false, func(k []byte) bool { return bytes.Compare(k, last) < 0 })
	return err
}

// sweepTasks stages the forgetting of names and of tasks put aside whose time
// is over.
func (b *batch) sweepTasks(now time.Time) error {
	if b.adds++; b.adds%sweepEvery != 0 {
		return nil
	}
	over, ahead := micros(now.Add(-storage.Remember)), micros(now.Add(storage.ClockSlack))
	if err := b.sweepAside(over, ahead); err != nil {
		return err
	}
	// A clock that was ahead has left names that would stay until it comes true.
	var early []string
	var err error
	b.names, err = b.sweep(nameTable, b.names, func(k []byte, d *decoder) bool {
		since := micros(d.time())
		if since > ahead {
			early = append(early, string(k))
		}
		return since <= over
	})
	for _, id := range early {
		if err == nil {
			err = b.remember(id, cut(now))
		}
	}
	return err
}

func (b *batch) sweepAside(over, ahead int64) error {
	if b.aside == 0 {
		return nil
	}
	keys, err := b.deleteWhile(asideTable, false, func(k []byte) bool { return keyInt(k[:8]) <= over })
	if err != nil {
		return err
	}
	early, err := b.deleteWhile(asideTable, true, func(k []byte) bool { return keyInt(k[:8]) > ahead })
	keys = append(keys, early...)
	for _, k := range keys {
		if err == nil {
			err = b.delete(payloadTable, k[8:])
		}
	}
	b.aside -= len(keys)
	return err
}

// sweepTakes stages the forgetting of keys whose window is over.
func (b *batch) sweepTakes(now int64) (err error) {
	if b.taken++; b.taken%sweepEvery != 0 {
		return nil
	}
	b.takes, err = b.sweep(takeTable, b.takes, func(_ []byte, d *decoder) bool {
		u, err := d.uses()
		return err == nil && u.over(now)
	})
	return err
}

// deleteWhile deletes some of the first keys of a table, or of the last, as long
// as they are over, and gives them.
func (b *batch) deleteWhile(t table, last bool, over func(k []byte) bool) (keys [][]byte, err error) {
	c := b.bucket(t).Cursor()
	first, next := c.First, c.Next
	if last {
		first, next = c.Last, c.Prev
	}
	for k, _ := first(); k != nil && len(keys) < sweepLook && over(k); k, _ = next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := b.delete(t, k); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// sweep looks at some values of a table from a key on and deletes those that
// are over. It gives the key to go on from; nil is the beginning.
func (b *batch) sweep(t table, from []byte, over func(k []byte, d *decoder) bool) (next []byte, err error) {
	var keys [][]byte
	c := b.bucket(t).Cursor()
	k, v := c.Seek(from)
	for n := 0; k != nil && n < sweepLook; n++ {
		d, err := decode(k, v)
		if err != nil {
			return nil, err
		}
		if over(k, &d) {
			keys = append(keys, bytes.Clone(k))
		}
		k, v = c.Next()
	}
	next = bytes.Clone(k)
	for _, k := range keys {
		if err := b.delete(t, k); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// maxShelved is how many kept tasks one transaction removes: their deletion
// must not hold up what else is in it.
const maxShelved = 1000

// noteOverdue has the next transaction remove what is kept no longer. It is
// for claims, which come regularly and do not wait for it.
func (b *batch) noteOverdue(now int64) {
	if b.index.shelf.over(now) == nil {
		return
	}
	if since := now - b.swept; since < 0 || since >= shelfPause.Microseconds() {
		b.overdue, b.swept = true, now
	}
}

// sweepShelf stages the removal of kept tasks whose time was over at the last
// claim that asked.
func (b *batch) sweepShelf() error {
	for range maxShelved {
		k := b.index.shelf.over(b.swept)
		if k == nil {
			return nil
		}
		b.index.unshelve(k)
		key := appendUint(nil, k.seq)
		if err := b.delete(taskTable, key); err != nil {
			return err
		}
		if err := b.delete(payloadTable, key); err != nil {
			return err
		}
	}
	b.swept -= shelfPause.Microseconds() // there is more: the next claim goes on
	return nil
}
