package bolt

import (
	"context"
	"iter"
	"slices"
	"time"

	"mrzbot/storage"
)

// enter stages a row of the ledger. The totals are kept up at once, so that
// folding a row away is deleting it.
func (b *batch) enter(row *storage.RowRecord, day storage.Day) {
	ledgerTable.put(b, row)
	b.addToDay(dayTotalOf(row, day))
	ever := &storage.Total{Outcome: row.Outcome, Charge: row.Charge, Counted: row.Counted}
	if old := totalTable.find(b, totalKey(ever)); old != nil {
		ever = old
	}
	ever.Number++
	totalTable.put(b, ever)
}

func dayTotalOf(row *storage.RowRecord, day storage.Day) storage.DayTotal {
	return storage.DayTotal{Day: day, Person: row.Person, Outcome: row.Outcome, Charge: row.Charge, Counted: row.Counted, Number: 1}
}

// addToDay stages that a total of a day is so much more, and with it what sums it up:
// the day of all people, and the person's month.
func (b *batch) addToDay(t storage.DayTotal) {
	b.addTo(dayTotalTable, t)
	b.addToSums(t)
}

func (b *batch) addToSums(t storage.DayTotal) {
	all, month := t, t
	all.Person, month.Day = 0, t.Day.MonthSum()
	b.addTo(sumTable, all)
	b.addTo(sumTable, month)
}

func (b *batch) addTo(to table[storage.DayTotal], t storage.DayTotal) {
	if old := to.find(b, dayTotalKey(&t)); old != nil {
		t.Number += old.Number
	}
	to.put(b, &t)
}

func (s *Store) Entries(ctx context.Context, from, to time.Time, most int) ([]storage.Entry, error) {
	return readCommitted(ctx, s, nil, func(b *batch) (rows []storage.Entry) {
		for row := range ledgerTable.between(b, timeKey(from, 0), timeKey(to, 0)) {
			if len(rows) >= most {
				break
			}
			rows = append(rows, row.Entry)
		}
		return rows
	})
}

func (s *Store) Totals(ctx context.Context) ([]storage.Total, error) {
	return readCommitted(ctx, s, nil, func(b *batch) (all []storage.Total) {
		for t := range totalTable.all(b) {
			all = append(all, *t)
		}
		return all
	})
}

func (s *Store) DayTotals(ctx context.Context, from, to storage.Day, people ...int64) ([]storage.DayTotal, error) {
	return readCommitted(ctx, s, storage.CheckText(string(from), string(to)), func(b *batch) (all []storage.DayTotal) {
		if len(people) == 1 {
			return b.dayTotalsOf(people[0], from, to)
		}
		for t := range ofDays(b, dayTotalTable, from, to) {
			if len(people) == 0 || slices.Contains(people, t.Person) {
				all = append(all, *t)
			}
		}
		return all
	})
}

// dayTotalsOf gives somebody's totals of the days from one to another, and leaps over
// those of others: there may be thousands of people.
func (b *batch) dayTotalsOf(person int64, from, to storage.Day) (all []storage.DayTotal) {
	for next := []byte(from); next != nil; {
		start := next
		next = nil
		for t := range dayTotalTable.between(b, start, []byte(to+"\x01")) {
			if t.Person == person {
				all = append(all, *t)
				continue
			}
			if next = []byte(t.Day + "\x01"); t.Person < person { // else the days after this one
				next = dayTotalKey(&storage.DayTotal{Day: t.Day, Person: person})[:len(t.Day)+1+8]
			}
			break
		}
	}
	return all
}

// ofDays gives the totals of the days from one to another.
func ofDays(b *batch, in table[storage.DayTotal], from, to storage.Day) iter.Seq[*storage.DayTotal] {
	return in.between(b, []byte(from), []byte(to+"\x01")) // a NUL ends the day of a key
}

func (s *Store) DaySums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error) {
	return readCommitted(ctx, s, storage.CheckDays(from, to), func(b *batch) []storage.DayTotal {
		sums := []storage.DayTotal{}
		for next := from; next != ""; {
			start := next
			next = ""
			for t := range ofDays(b, sumTable, start, to) {
				if t.Day == t.Day.MonthSum() { // those of people's months lie between
					next = t.Day + "\x01"
					break
				}
				sums = append(sums, *t)
			}
		}
		return sums
	})
}

// PersonSums takes whole months from their sums, the days before and after them from
// the totals of days.
func (s *Store) PersonSums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error) {
	months, days := storage.WholeMonths(from, to)
	return readCommitted(ctx, s, storage.CheckDays(from, to), func(b *batch) []storage.DayTotal {
		numbers := map[storage.DayTotal]int{}
		add := func(in table[storage.DayTotal], from, to storage.Day) {
			for t := range ofDays(b, in, from, to) {
				n := t.Number
				t.Day, t.Number = "", 0
				numbers[*t] += n
			}
		}
		for _, m := range months {
			add(sumTable, m.MonthSum(), m.MonthSum())
		}
		for _, d := range days {
			add(dayTotalTable, d.From, d.To)
		}
		sums := make([]storage.DayTotal, 0, len(numbers))
		for t, n := range numbers {
			t.Number = n
			sums = append(sums, t)
		}
		slices.SortFunc(sums, storage.CompareByPerson)
		return sums
	})
}
