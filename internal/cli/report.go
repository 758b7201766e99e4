package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"text/tabwriter"
	"time"

	"mrzbot/bot/bill"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/internal/config"
	"mrzbot/internal/control"
	"mrzbot/storage"
)

type reportCommand struct {
	From string `help:"The first day, as 2026-11-29; without it, the first of the month." placeholder:"DATE"`
	To   string `help:"The last day; without it, today." placeholder:"DATE"`
	By   string `help:"A line for each person, day or outcome." enum:"person,day,outcome" default:"day"`
	CSV  bool   `name:"csv" help:"Write CSV for a spreadsheet." xor:"form"`
	JSON bool   `name:"json" help:"Write JSON." xor:"form"`
}

// Run says what the attempts of some days come to. It asks the running bot, or opens
// the store itself.
func (c reportCommand) Run(ctx context.Context, p Process) error {
	environ, err := p.environ()
	if err != nil {
		return err
	}
	s, zone, price, err := p.reportSettings(environ)
	if err != nil {
		return err
	}
	today := storage.DayOf(p.Now(), zone.Location)
	days, err := c.days(today)
	if err != nil {
		return err
	}
	r := report{days: days, today: today, by: c.By, price: price}
	if err := r.fill(ctx, s); err != nil {
		return err
	}
	switch {
	case c.CSV:
		return r.csv(p.Stdout, zone.Location)
	case c.JSON:
		return r.json(p.Stdout)
	default:
		return r.table(p.Stdout)
	}
}

// days reads the range.
func (c reportCommand) days(today storage.Day) (storage.Days, error) {
	days := storage.Days{From: bill.Month(today).From, To: today}
	if c.To != "" {
		days.To = storage.Day(c.To)
		if _, ok := bill.Date(days.To); ok {
			days.From = bill.Month(days.To).From
		}
	}
	if c.From != "" {
		days.From = storage.Day(c.From)
	}
	if !bill.Valid(days) {
		return days, usageError{fmt.Errorf("--from and --to are no range of days: write them as 2026-11-29, the first not after the last, at most %d days", bill.MostDays)}
	}
	return days, nil
}

// report is what is reported.
type report struct {
	days     storage.Days
	today    storage.Day
	by       string
	price    bill.Price
	all      bill.Sum
	byDay    []bill.DaySum
	people   []bill.PersonSum
	names    map[int64]string
	outcomes []bill.OutcomeSum
}

// sums is where the figures come from: a store, or the bot that runs with it.
type sums interface {
	DaySums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error)
	PersonSums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error)
	Names(ctx context.Context, people []int64) (map[int64]string, error)
}

// named gives names out of a store.
type named struct{ storage.Store }

// Names reads those who were let in all at once: a database may be far away, and
// thousands may be asked for.
func (s named) Names(ctx context.Context, people []int64) (map[int64]string, error) {
	names := map[int64]string{}
	all, err := s.ListPeople(ctx, 0, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		names[p.ID] = p.Name
	}
	for _, id := range people {
		if _, found := names[id]; found {
			continue
		}
		p, err := s.Person(ctx, id)
		if err != nil {
			return nil, err
		}
		names[id] = p.Name
	}
	return names, nil
}

// fill asks the running bot, or opens the store when there is none that can be asked.
func (r *report) fill(ctx context.Context, s config.Storage) error {
	if err := there(s); err != nil {
		return err
	}
	if s.Engine == config.Bolt {
		err := r.ask(ctx, control.Client{Path: control.Path(s.Path)})
		if !errors.Is(err, control.ErrNobody) && !errors.Is(err, control.ErrPath) {
			return err
		}
	}
	store, err := openAsIs(s)
	if errors.Is(err, storage.ErrInUse) {
		return fmt.Errorf("another program has the store %s open and does not answer on %s: stop it first (%w)",
			s.Path, control.Path(s.Path), storage.ErrInUse)
	}
	if err != nil {
		return err
	}
	return errors.Join(r.ask(ctx, named{store}), store.Close())
}

func (r *report) ask(ctx context.Context, from sums) error {
	question, to := from.DaySums, r.days.To
	if r.by == "person" {
		question = from.PersonSums
		if to == r.today {
			to = bill.Month(to).To // nothing lies behind today, and a whole month is summed up already
		}
	}
	totals, err := question(ctx, r.days.From, to)
	if err != nil {
		return err
	}
	r.all = bill.SumAll(totals)
	switch r.by {
	case "person":
		r.people = bill.ByPerson(totals)
		ids := make([]int64, len(r.people))
		for i, p := range r.people {
			ids[i] = p.Person
		}
		r.names, err = from.Names(ctx, ids)
	case "outcome":
		r.outcomes = bill.ByOutcome(totals)
	default:
		r.byDay = bill.ByDay(r.days, totals)
	}
	return err
}

func (r *report) name(id int64) string { return text.CleanName(r.names[id]) }

func (r *report) csv(w io.Writer, zone *time.Location) error {
	f := bill.File{Format: bill.FormatFor("en"), Price: r.price, Zone: zone}
	switch r.by {
	case "person":
		return f.People(w, r.people, r.name)
	case "outcome":
		return f.Outcomes(w, r.outcomes)
	default:
		return f.Days(w, r.byDay)
	}
}

// line is a sum as JSON has it.
type line struct {
	Day      storage.Day           `json:"day,omitempty"`
	Person   int64                 `json:"person,omitempty"`
	Name     string                `json:"name,omitempty"`
	Outcome  string                `json:"outcome,omitempty"`
	Charge   storage.Charge        `json:"charge,omitempty"`
	Attempts int                   `json:"attempts"`
	Classes  map[outcome.Class]int `json:"classes,omitempty"`
	Charged  *int                  `json:"charged,omitempty"`
	Not      *int                  `json:"not_charged,omitempty"`
	Perhaps  *int                  `json:"perhaps_charged,omitempty"`
	Money    *money                `json:"money,omitempty"`
}

// money is what a sum costs.
type money struct {
	Currency string      `json:"currency"`
	Sure     json.Number `json:"sure"`
	Perhaps  json.Number `json:"perhaps"`
}

func (r *report) line(s bill.Sum) line {
	not := s.NotCharged()
	l := line{Attempts: s.Attempts, Classes: s.Of, Charged: &s.Charged, Not: &not, Perhaps: &s.Perhaps}
	if r.price.Known() {
		l.Money = &money{r.price.Currency, json.Number(r.price.Plain(s.Charged, '.')), json.Number(r.price.Plain(s.Perhaps, '.'))}
	}
	return l
}

func (r *report) json(w io.Writer) error {
	lines := []line{}
	for _, d := range r.byDay {
		l := r.line(d.Sum)
		l.Day = d.Day
		lines = append(lines, l)
	}
	for _, p := range r.people {
		l := r.line(p.Sum)
		l.Person, l.Name = p.Person, r.name(p.Person)
		lines = append(lines, l)
	}
	for _, o := range r.outcomes {
		lines = append(lines, line{Outcome: o.Outcome, Charge: o.Charge, Attempts: o.Number})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		From storage.Day `json:"from"`
		To   storage.Day `json:"to"`
		All  line        `json:"all"`
		Rows []line      `json:"rows"`
	}{r.days.From, r.days.To, r.line(r.all), lines})
}

func (r *report) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(first string, s bill.Sum) {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d", first, s.Attempts, s.Of[outcome.ClassRead]+s.Of[outcome.ClassLocal], s.Charged, s.NotCharged(), s.Perhaps)
		if r.price.Known() {
			fmt.Fprintf(t, "\t%s\t%s", r.price.Of(s.Charged), r.price.Of(s.Perhaps))
		}
		fmt.Fprintln(t)
	}
	if r.by == "outcome" {
		fmt.Fprintln(t, "outcome\tcharged\tattempts")
		for _, o := range r.outcomes {
			fmt.Fprintf(t, "%s\t%s\t%d\n", o.Outcome, o.Charge, o.Number)
		}
		return t.Flush()
	}
	head := "day"
	if r.by == "person" {
		head = "person"
	}
	fmt.Fprint(t, head, "\tattempts\tread\tcharged\tnot\tperhaps")
	if r.price.Known() {
		fmt.Fprint(t, "\tmoney\tperhaps more")
	}
	fmt.Fprintln(t)
	for _, d := range r.byDay {
		row(string(d.Day), d.Sum)
	}
	for _, p := range r.people {
		row(fmt.Sprint(p.Person, " ", r.name(p.Person)), p.Sum)
	}
	row("all", r.all)
	return t.Flush()
}

// reportSettings loads the settings of the store and the price of a call.
func (p Process) reportSettings(environ map[string]string) (config.Storage, config.Zone, bill.Price, error) {
	s, zone, price, err := config.LoadReport(environ, os.ReadFile)
	if err != nil {
		return s, zone, bill.Price{}, usageError{err}
	}
	p.sayMisnamed(environ)
	return s, zone, bill.Price(price), nil
}
