package bolt

import (
	"bytes"
	"context"
	"encoding/binary"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// A budget's use is the settled count of person 0 under a name of its own.

// spend takes an attempt from the budgets of its month and day.
func (b *batch) spend(begin storage.Begin) error {
	first, last := begin.Day.MonthDays()
	month, err := b.spent(begin.Day.BudgetMonth(), first, last)
	if err != nil {
		return err
	}
	day, err := b.spent(begin.Day.BudgetDay(), begin.Day, begin.Day)
	if err != nil {
		return err
	}
	if begin.MonthBudget > 0 && month >= begin.MonthBudget || begin.DayBudget > 0 && day >= begin.DayBudget {
		return storage.ErrBudget
	}
	if err := b.settle(0, begin.Day.BudgetMonth(), storage.Count{Settled: month + 1}); err != nil {
		return err
	}
	return b.settle(0, begin.Day.BudgetDay(), storage.Count{Settled: day + 1})
}

// spent gives a budget's use. The first to ask starts with what was charged in its
// days before.
func (b *batch) spent(name, from, to storage.Day) (n int, err error) {
	if b.bucket(countTable).Get(countKey(0, name)) != nil {
		c, err := settled(b.bucket(countTable), countKey(0, name))
		return c.Settled, err
	}
	err = eachDayTotal(b.bucket(dayTotalTable), from, to, func(t storage.DayTotal) {
		if t.Charge != storage.ChargeNo {
			n += t.Number
		}
	})
	return n, err
}

// giveBack puts an attempt back into the budgets of its month and day.
func (b *batch) giveBack(day storage.Day) error {
	for _, name := range []storage.Day{day.BudgetMonth(), day.BudgetDay()} {
		c, err := settled(b.bucket(countTable), countKey(0, name))
		if err == nil && c.Settled > 0 {
			c.Settled--
			err = b.settle(0, name, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Budget is as in storage.Ledger.
func (s *Store) Budget(ctx context.Context, day storage.Day) (storage.BudgetUse, error) {
	if err := storage.CheckText(string(day)); err != nil {
		return storage.BudgetUse{}, err
	}
	return look(ctx, s, func(b *batch) (use storage.BudgetUse, err error) {
		err = b.view(func(tx *bbolt.Tx) error {
			counts := tx.Bucket([]byte(tableNames[countTable]))
			ofMonth, err := settled(counts, countKey(0, day.BudgetMonth()))
			if err != nil {
				return err
			}
			ofDay, err := settled(counts, countKey(0, day.BudgetDay()))
			use = storage.BudgetUse{Day: ofDay.Settled, Month: ofMonth.Settled}
			return err
		})
		return use, err
	})
}

// dayTotalKey sorts as DayTotals gives them.
func dayTotalKey(t storage.DayTotal) []byte {
	rest := totalKey(&storage.Entry{Outcome: t.Outcome, Charge: t.Charge, Counted: t.Counted})
	return append(appendInt([]byte(string(t.Day)+"\x00"), t.Person), rest...)
}

// addToDay stages that a total of a day is so much more.
func (b *batch) addToDay(t storage.DayTotal) error {
	key := dayTotalKey(t)
	d, ok, err := b.get(dayTotalTable, key)
	if err != nil {
		return err
	}
	n := uint64(t.Number)
	if ok {
		n += d.uint()
		if err := d.end(); err != nil {
			return err
		}
	}
	return b.put(dayTotalTable, key, func(enc *encoder) { enc.uint(n) })
}

func dumpDayTotal(k []byte, d decoder) (storage.Record, error) {
	day, rest, _ := bytes.Cut(k, []byte{0})
	if len(rest) < 8 {
		return storage.Record{}, errValue
	}
	total, err := readTotal(rest[8:], d)
	return storage.Record{Day: &storage.DayTotal{
		Day: storage.Day(day), Person: keyInt(rest[:8]), Outcome: total.Outcome, Charge: total.Charge, Counted: total.Counted, Number: total.Number,
	}}, err
}

// eachDayTotal calls do for each total of the days from one to another.
func eachDayTotal(bucket *bbolt.Bucket, from, to storage.Day, do func(storage.DayTotal)) error {
	c := bucket.Cursor()
	end := []byte(to + "\x01")
	for k, v := c.Seek([]byte(from)); k != nil && bytes.Compare(k, end) < 0; k, v = c.Next() {
		d, err := decode(k, v)
		if err != nil {
			return err
		}
		r, err := dumpDayTotal(k, d)
		if err != nil {
			return err
		}
		do(*r.Day)
	}
	return nil
}

// DayTotals is as in storage.Ledger.
func (s *Store) DayTotals(ctx context.Context, from, to storage.Day, people ...int64) ([]storage.DayTotal, error) {
	if err := storage.CheckText(string(from), string(to)); err != nil {
		return nil, err
	}
	wanted := map[int64]bool{}
	for _, p := range people {
		wanted[p] = true
	}
	return read(ctx, s, func(tx *bbolt.Tx) (totals []storage.DayTotal, err error) {
		err = eachDayTotal(tx.Bucket([]byte(tableNames[dayTotalTable])), from, to, func(t storage.DayTotal) {
			if len(people) == 0 || wanted[t.Person] {
				totals = append(totals, t)
			}
		})
		return totals, err
	})
}

// sumDays makes the totals of days of a file that has none, from its ledger.
func sumDays(tx *bbolt.Tx) error {
	sums := map[string]uint64{}
	err := tx.Bucket([]byte(tableNames[ledgerTable])).ForEach(func(k, v []byte) error {
		d, err := decode(k, v)
		if err != nil {
			return err
		}
		r, err := dumpRow(k, d)
		if err != nil {
			return err
		}
		row := r.Row.Entry
		day := storage.Hold{Now: row.Ended}.TotalDay(storage.Attempt{Day: row.Day})
		sums[string(dayTotalKey(storage.DayTotal{
			Day: day, Person: row.Person, Outcome: row.Outcome, Charge: row.Charge, Counted: row.Counted,
		}))]++
		return nil
	})
	totals := tx.Bucket([]byte(tableNames[dayTotalTable]))
	for key, n := range sums {
		if err == nil {
			enc := encoder{buf: binary.AppendUvarint(nil, n)}
			enc.sum([]byte(key), 0)
			err = totals.Put([]byte(key), enc.buf)
		}
	}
	return err
}
