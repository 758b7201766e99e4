package bill

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outcome"
	"mrzbot/storage"
)

var kgs = Price{2500, "KGS"}

func TestPrice(t *testing.T) {
	for want, p := range map[string]struct {
		Price
		calls int
	}{
		"10\u00a0425\u00a0KGS":             {kgs, 417},
		"0\u00a0KGS":                       {kgs, 0},
		"0.35\u00a0USD":                    {Price{35, "USD"}, 1},
		"1.05\u00a0USD":                    {Price{35, "USD"}, 3},
		"3500\u00a0USD":                    {Price{35, "USD"}, 10_000},
		"87\u00a0500\u00a0000.75\u00a0сом": {Price{8_750_000_075, "сом"}, 1},
		"99\u00a0999\u00a0999.99\u00a0KZT": {Price{9_999_999_999, "KZT"}, 1},
		"250\u00a0000\u00a0000\u00a0KGS":   {kgs, 10_000_000},
	} {
		require.Equal(t, want, p.Of(p.calls))
	}
	require.Equal(t, "0,35", Price{35, "USD"}.Plain(1, ','))
	require.Equal(t, "25\u00a0KGS", kgs.String())
	require.False(t, Price{}.Known())
}

func TestRanges(t *testing.T) {
	r := func(from, to storage.Day) storage.Days { return storage.Days{From: from, To: to} }
	require.Equal(t, r("2026-11-23", "2026-11-29"), Week("2026-11-29"), "a Sunday ends a week")
	require.Equal(t, r("2026-11-30", "2026-12-06"), Week("2026-11-30"))
	require.Equal(t, r("2024-02-01", "2024-02-29"), Month("2024-02-29"))
	for days, want := range map[storage.Days]struct {
		kind         Kind
		before, next storage.Days
	}{
		r("2026-11-30", "2026-11-30"): {OneDay, r("2026-11-29", "2026-11-29"), r("2026-12-01", "2026-12-01")},
		r("2026-11-30", "2026-12-06"): {OneWeek, r("2026-11-23", "2026-11-29"), r("2026-12-07", "2026-12-13")},
		r("2026-12-01", "2026-12-31"): {OneMonth, r("2026-11-01", "2026-11-30"), r("2027-01-01", "2027-01-31")},
		r("2026-03-01", "2026-03-31"): {OneMonth, r("2026-02-01", "2026-02-28"), r("2026-04-01", "2026-04-30")},
		r("2026-11-03", "2026-11-05"): {Some, r("2026-10-31", "2026-11-02"), r("2026-11-06", "2026-11-08")},
	} {
		require.True(t, Valid(days))
		require.Equal(t, want.kind, KindOf(days), days)
		require.Equal(t, want.before, Shift(days, -1), days)
		require.Equal(t, want.next, Shift(days, 1), days)
	}
	for _, wrong := range []storage.Days{
		r("2026-11-30", "2026-11-29"), r("", ""), r("2026-11-31", "2026-12-01"), r("2026-11-99", "2026-11-99"), r("2000-01-01", "2026-01-01"),
	} {
		require.False(t, Valid(wrong), wrong)
	}
}

var november = []storage.DayTotal{
	{Day: "2026-11-02", Person: 7, Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 3},
	{Day: "2026-11-02", Person: 8, Outcome: "unknown", Charge: storage.ChargeUnknown, Counted: true, Number: 2},
	{Day: "2026-11-03", Person: 7, Outcome: "too_blurry", Charge: storage.ChargeNo, Number: 4},
	{Day: "2026-11-03", Person: 8, Outcome: "unreadable", Charge: storage.ChargeYes, Counted: true, Number: 1},
	{Day: "2026-11-03", Person: 9, Outcome: "bad_key", Charge: storage.ChargeNo, Number: 4},
}

func TestSums(t *testing.T) {
	all := SumAll(november)
	require.Equal(t, Sum{Attempts: 14, Charged: 4, Perhaps: 2, Of: map[outcome.Class]int{
		outcome.ClassRead: 3, outcome.ClassPerhaps: 2, outcome.ClassLooked: 4, outcome.ClassUnreadable: 1, outcome.ClassRefused: 4,
	}}, all)
	require.Equal(t, 8, all.NotCharged())
	days := ByDay(storage.Days{From: "2026-11-01", To: "2026-11-03"}, november)
	require.Len(t, days, 3)
	require.Equal(t, []int{0, 5, 9}, []int{days[0].Attempts, days[1].Attempts, days[2].Attempts})
	people := ByPerson(november)
	require.Equal(t, []int64{7, 9, 8}, []int64{people[0].Person, people[1].Person, people[2].Person}, "most first")
	require.Equal(t, OutcomeSum{"bad_key", storage.ChargeNo, 4}, ByOutcome(november)[0])
}

// read gives the rows of a file.
func read(t *testing.T, file string, separator rune) [][]string {
	body, ok := strings.CutPrefix(file, "\ufeff")
	require.True(t, ok, "a BOM first")
	r := csv.NewReader(strings.NewReader(body))
	r.Comma = separator
	rows, err := r.ReadAll()
	require.NoError(t, err)
	return rows
}

func TestDaysFile(t *testing.T) {
	var b bytes.Buffer
	f := File{FormatFor("ru"), Price{3550, "KGS"}, time.UTC}
	require.NoError(t, f.Days(&b, ByDay(storage.Days{From: "2026-11-01", To: "2026-11-03"}, november)))
	rows := read(t, b.String(), ';')
	require.Equal(t, []string{"day", "attempts", "read", "local", "unreadable", "perhaps", "refused", "down", "looked", "limit", "other",
		"charged", "not_charged", "perhaps_charged", "money_KGS", "money_perhaps_KGS"}, rows[0])
	require.Equal(t, []string{"2026-11-02", "5", "3", "0", "0", "2", "0", "0", "0", "0", "0", "3", "0", "2", "106,50", "71"}, rows[2])
	require.Equal(t, []string{"all", "14", "3", "0", "1", "2", "4", "0", "4", "0", "0", "4", "8", "2", "142", "71"}, rows[4])
	b.Reset()
	require.NoError(t, File{FormatFor("en"), Price{}, time.UTC}.Days(&b, nil))
	require.Equal(t, "perhaps_charged", read(t, b.String(), ',')[0][13])
}

// TestHarmless: nothing that a person or the provider writes is a formula to a
// spreadsheet, or a row of its own, with whichever separators it is opened.
func TestHarmless(t *testing.T) {
	for name, want := range map[string]string{
		"=1+1": "'=1+1", "+996": "'+996", "-2": "'-2", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t'=1", "\r=1": "'\r'=1", "\n=1": "'\n'=1",
		"＝1": "'＝1", "  =1": "  '=1", "Aibek;=1": "Aibek;'=1", "Aibek, -1": "Aibek, '-1", `a"=1`: `a"'=1`,
		"Айгүл-Ө": "Айгүл-Ө", "a=b": "a=b", "": "", "\u202e=1": "\u202e=1", "7b0c-11": "7b0c-11",
	} {
		for _, f := range []Format{FormatFor("en"), FormatFor("ky")} {
			var b bytes.Buffer
			require.NoError(t, File{f, kgs, time.UTC}.People(&b, []PersonSum{{Person: 7}}, func(int64) string { return name }))
			rows := read(t, b.String(), rune(f.Separator))
			require.Len(t, rows, 2)
			require.Equal(t, want, rows[1][1], "%q", name)
		}
	}
}

// ledger is rows in the order of their ends.
type ledger struct {
	rows  []storage.Entry
	asked int
}

func (l *ledger) Entries(_ context.Context, from, to time.Time, max int) (page []storage.Entry, err error) {
	l.asked++
	for _, e := range l.rows {
		if !e.Ended.Before(from) && e.Ended.Before(to) && len(page) < max {
			page = append(page, e)
		}
	}
	return page, nil
}

// TestRows: every attempt of the days comes once, also where thousands end in one
// moment, and those around midnight belong to the day that they are counted for.
func TestRows(t *testing.T) {
	bishkek := time.FixedZone("+06", 6*3600)
	noon := time.Date(2026, 11, 2, 12, 0, 0, 0, bishkek)
	midnight := time.Date(2026, 11, 3, 0, 0, 0, 0, bishkek)
	l := &ledger{}
	put := func(task string, day storage.Day, ended time.Time, took time.Duration) {
		l.rows = append(l.rows, storage.Entry{Task: task, Day: day, Began: ended.Add(-took), Ended: ended, Took: took})
	}
	put("before", "2026-11-01", midnight.Add(-24*time.Hour).Add(time.Second), 2*time.Second)
	for i := range 3500 {
		put(fmt.Sprint("together", i), "2026-11-02", noon, time.Second)
	}
	for i := range 2500 {
		put(fmt.Sprint("later", i), "2026-11-02", noon.Add(time.Duration(i+1)*time.Second), time.Second)
	}
	put("over midnight", "2026-11-02", midnight.Add(time.Second), 2*time.Second)
	put("never began, over midnight", "", midnight.Add(2*time.Second), 3*time.Second)
	put("never began", "", midnight.Add(3*time.Second), time.Second)
	put("waited long", "2026-11-02", midnight.Add(24*time.Hour), time.Second)
	put("found after a week", "2026-11-02", midnight.Add(7*24*time.Hour), time.Second)
	got := map[string]int{}
	for e, err := range Rows(t.Context(), l, storage.Days{From: "2026-11-02", To: "2026-11-02"}, bishkek, midnight.Add(200*time.Hour)) {
		require.NoError(t, err)
		got[e.Task]++
	}
	require.Len(t, got, 6004)
	for task, n := range got {
		require.Equal(t, 1, n, task)
	}
	require.NotContains(t, got, "before")
	require.NotContains(t, got, "never began")
	require.Contains(t, got, "never began, over midnight")
	require.Contains(t, got, "waited long")
	require.Contains(t, got, "found after a week")
	require.Less(t, l.asked, 12)
}

func TestAttemptsFile(t *testing.T) {
	bishkek := time.FixedZone("+06", 6*3600)
	at := time.Date(2026, 11, 2, 20, 30, 0, 0, time.UTC)
	rows := func(yield func(storage.Entry, error) bool) {
		_ = yield(storage.Entry{Task: "u:5", Person: 7, Began: at, Ended: at.Add(1500 * time.Millisecond), Day: "2026-11-03",
			Outcome: "service_fault", Charge: storage.ChargeUnknown, Session: "=cmd", Took: 1500 * time.Millisecond}, nil)
	}
	var b bytes.Buffer
	require.NoError(t, File{FormatFor("en"), kgs, bishkek}.Attempts(&b, rows, func(int64) string { return "Айгүл" }))
	require.Equal(t, [][]string{
		{"day", "began", "ended", "person", "name", "outcome", "class", "counted", "charged", "session", "seconds", "task"},
		{"2026-11-03", "2026-11-03 02:30:00", "2026-11-03 02:30:01", "7", "Айгүл", "service_fault", "perhaps", "no", "perhaps", "'=cmd", "1.500", "u:5"},
	}, read(t, b.String(), ','))
	broken := errors.New("broken")
	require.ErrorIs(t, File{FormatFor("en"), kgs, bishkek}.Attempts(io.Discard, func(yield func(storage.Entry, error) bool) { yield(storage.Entry{}, broken) }, nil), broken)
}

func TestInvoiceFile(t *testing.T) {
	days := ByDay(storage.Days{From: "2026-11-02", To: "2026-11-03"}, november)
	doubtful := Doubtful{"2026-11-03": {}}
	rows := func(yield func(storage.Entry, error) bool) {
		for i := range sessionsInRow + 1 {
			e := storage.Entry{Day: "2026-11-02", Charge: storage.ChargeUnknown, Session: fmt.Sprint("s", i)}
			if i == 0 {
				e.Session = "" // no answer, no name
			}
			if !yield(e, nil) || !yield(storage.Entry{Day: "2026-11-02", Charge: storage.ChargeYes, Session: "sure"}, nil) {
				return
			}
		}
		yield(storage.Entry{Day: "2026-11-02", Charge: storage.ChargeUnknown, Session: "last"}, nil)
	}
	for range doubtful.Collect(rows, time.UTC) {
	}
	days[0].Attempts, days[0].Perhaps = 205, sessionsInRow+2
	var b bytes.Buffer
	require.NoError(t, File{FormatFor("en"), kgs, time.UTC}.Invoice(&b, days, doubtful))
	got := read(t, b.String(), ',')
	require.Equal(t, []string{"day", "charged", "not_charged", "perhaps_charged", "money_KGS", "money_perhaps_KGS", "perhaps_without_session", "perhaps_sessions"}, got[0])
	require.Equal(t, []string{"2026-11-02", "3", "0", "202", "75", "5050", "1"}, got[1][:7])
	require.Len(t, strings.Fields(got[1][7]), sessionsInRow)
	require.Equal(t, []string{"2026-11-02", "", "", "", "", "", "", "last"}, got[2])
	require.Equal(t, []string{"2026-11-03", "1", "8", "0", "25", "0", "0", ""}, got[3])
}
