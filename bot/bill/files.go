package bill

import (
	"cmp"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"mrzbot/bot/outcome"
	"mrzbot/storage"
)

// The files. docs/statistics.md lists their columns; a column is never given another meaning.

// File writes files for one reader.
type File struct {
	Format Format
	Price  Price
	Zone   *time.Location // of days and times
}

// clock is how times stand in files: spreadsheets take it for a time.
const clock = "2006-01-02 15:04:05"

// Days writes a row for each day, and one for all: the accountant's summary.
func (f File) Days(w io.Writer, days []DaySum) error {
	header := []string{"day", "attempts"}
	for _, c := range outcome.Classes() {
		header = append(header, string(c))
	}
	t := newTable(w, f.Format, append(header, f.chargeColumns()...)...)
	var all Sum
	for _, d := range days {
		t.row(append([]string{string(d.Day)}, f.cells(d.Sum)...)...)
		all = all.Plus(d.Sum)
	}
	t.row(append([]string{"all"}, f.cells(all)...)...)
	return t.end()
}

// People writes a row for each person.
func (f File) People(w io.Writer, people []PersonSum, name func(int64) string) error {
	header := []string{"person", "name", "attempts"}
	for _, c := range outcome.Classes() {
		header = append(header, string(c))
	}
	t := newTable(w, f.Format, append(header, f.chargeColumns()...)...)
	for _, p := range people {
		t.row(append([]string{number(p.Person), name(p.Person)}, f.cells(p.Sum)...)...)
	}
	return t.end()
}

// Outcomes writes a row for each outcome and charge.
func (f File) Outcomes(w io.Writer, outcomes []OutcomeSum) error {
	t := newTable(w, f.Format, "outcome", "charged", "attempts")
	for _, o := range outcomes {
		t.row(o.Outcome, charged(o.Charge), strconv.Itoa(o.Number))
	}
	return t.end()
}

func (f File) chargeColumns() []string {
	columns := []string{"charged", "not_charged", "perhaps_charged"}
	if f.Price.Known() {
		columns = append(columns, "money_"+f.Price.Currency, "money_perhaps_"+f.Price.Currency)
	}
	return columns
}

func (f File) cells(s Sum) []string {
	cells := []string{strconv.Itoa(s.Attempts)}
	for _, c := range outcome.Classes() {
		cells = append(cells, strconv.Itoa(s.Of[c]))
	}
	return append(cells, f.charges(s)...)
}

func (f File) charges(s Sum) []string {
	cells := []string{strconv.Itoa(s.Charged), strconv.Itoa(s.NotCharged()), strconv.Itoa(s.Perhaps)}
	if f.Price.Known() {
		cells = append(cells, f.Price.Plain(s.Charged, f.Format.Point), f.Price.Plain(s.Perhaps, f.Format.Point))
	}
	return cells
}

// Plus adds two sums.
func (s Sum) Plus(other Sum) Sum {
	sum := Sum{s.Attempts + other.Attempts, map[outcome.Class]int{}, s.Charged + other.Charged, s.Perhaps + other.Perhaps}
	for _, c := range outcome.Classes() {
		sum.Of[c] = s.Of[c] + other.Of[c]
	}
	return sum
}

// Attempts writes a row for each attempt of the ledger, as it comes.
func (f File) Attempts(w io.Writer, rows iter.Seq2[storage.Entry, error], name func(int64) string) error {
	t := newTable(w, f.Format, "day", "began", "ended", "person", "name", "outcome", "class", "counted", "charged", "session", "seconds", "task")
	for e, err := range rows {
		if err := cmp.Or(err, t.failed); err != nil {
			return err
		}
		counted := "no"
		if e.Counted {
			counted = "yes"
		}
		seconds := strconv.FormatFloat(e.Took.Seconds(), 'f', 3, 64)
		t.row(string(DayOf(e, f.Zone)), e.Began.In(f.Zone).Format(clock), e.Ended.In(f.Zone).Format(clock), number(e.Person), name(e.Person),
			e.Outcome, string(outcome.ClassOf(outcome.Code(e.Outcome), e.Charge)), counted, charged(e.Charge), e.Session,
			seconds[:len(seconds)-4]+string(f.Format.Point)+seconds[len(seconds)-3:], e.Task)
	}
	return t.end()
}

func charged(c storage.Charge) string {
	if c == storage.ChargeUnknown {
		return "perhaps"
	}
	return string(c)
}

// sessionsInRow keeps a cell shorter than spreadsheets cut one (32,767 characters).
const sessionsInRow = 200

// Invoice writes a row for each day, to be held against the provider's invoice: what
// was charged, what was not, and what perhaps, with the provider's names of those
// calls. Where there are many, rows of the same day with nothing but names follow.
func (f File) Invoice(w io.Writer, days []DaySum, doubtful Doubtful) error {
	t := newTable(w, f.Format, slices.Concat([]string{"day"}, f.chargeColumns(), []string{"perhaps_without_session", "perhaps_sessions"})...)
	for _, d := range days {
		named := doubtful[d.Day]
		cells := append(f.charges(d.Sum), strconv.Itoa(max(d.Perhaps-len(named), 0)))
		for first := true; first || len(named) > 0; first = false {
			some := named[:min(len(named), sessionsInRow)]
			named = named[len(some):]
			t.row(slices.Concat([]string{string(d.Day)}, cells, []string{strings.Join(some, " ")})...)
			cells = make([]string, len(cells)) // only once
		}
	}
	return t.end()
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
