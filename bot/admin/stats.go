package admin

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/bill"
	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

func (a *Admin) today() storage.Day { return storage.DayOf(a.Now(), a.TimeZone) }

// firstDay is the first day of which anything is kept.
func (a *Admin) firstDay() storage.Day {
	if a.LedgerDays <= 0 {
		return "2000-01-01"
	}
	return storage.DayOf(a.Now().AddDate(0, 0, -a.LedgerDays), a.TimeZone)
}

// shownDays reports whether days can be asked for: a button may have been forged, or
// be as old as what it is about.
func (a *Admin) shownDays(days storage.Days) bool {
	return bill.Valid(days) && days.From <= a.today() && days.To >= a.firstDay()
}

// Stats shows what was read and what it costs: this week, or the days that are named.
func (a *Admin) Stats(ctx context.Context, req *reply.Request, cmd reply.Command, _ *models.Message) error {
	days := bill.Week(a.today())
	if len(cmd.Args) > 0 {
		var ok bool
		if days, ok = a.typedDays(cmd.Args); !ok {
			return req.Reply(ctx, req.Localizer.Text("stats.usage", text.Args{"First": screen.DaysName(req.Localizer, dayOnly(a.firstDay()))}))
		}
	}
	m, err := a.stats(ctx, req, days, false, 0)
	if err != nil {
		return err
	}
	return req.SendMessage(ctx, m)
}

func dayOnly(d storage.Day) storage.Days { return storage.Days{From: d, To: d} }

// typedDays reads one day or two, as 2026-11-29 or 29.11.2026.
func (a *Admin) typedDays(args []string) (days storage.Days, ok bool) {
	if len(args) > 2 {
		return days, false
	}
	var read []storage.Day
	for _, arg := range args {
		t, err := time.Parse(time.DateOnly, arg)
		if err != nil {
			if t, err = time.Parse("02.01.2006", arg); err != nil {
				return days, false
			}
		}
		read = append(read, bill.Day(t))
	}
	days = storage.Days{From: read[0], To: read[len(read)-1]}
	return days, a.shownDays(days)
}

// TurnStats shows other days, or people instead of days, in the place of what was
// pressed. about is "d" or "p", two days, and for people the first that is shown.
func (a *Admin) TurnStats(ctx context.Context, req *reply.Request, q *models.CallbackQuery, about string) error {
	f := strings.Split(about, ":")
	if len(f) != 4 || f[0] != "d" && f[0] != "p" {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	from, ok1 := screen.ReadDay(f[1])
	to, ok2 := screen.ReadDay(f[2])
	first, err := strconv.Atoi(f[3])
	days := storage.Days{From: from, To: to}
	if !ok1 || !ok2 || err != nil || first < 0 || !a.shownDays(days) {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	m, err := a.stats(ctx, req, days, f[0] == "p", first)
	if err != nil {
		return err
	}
	req.Toast(ctx, q, "")
	return req.Show(ctx, m)
}

// stats makes the message about some days.
func (a *Admin) stats(ctx context.Context, req *reply.Request, days storage.Days, byPerson bool, first int) (chat.Message, error) {
	s := screen.Stats{
		Localizer: req.Localizer, Price: a.Price, Days: days, Today: a.today(), First: a.firstDay(), ByPerson: byPerson,
	}
	if byPerson {
		err := a.statsByPerson(ctx, &s, first)
		return s.Message(), err
	}
	drawn := days
	if days.From == days.To { // one bar says little: the week up to it
		t, _ := bill.Date(days.To)
		drawn.From = bill.Day(t.AddDate(0, 0, -6))
	}
	totals, err := a.Store.DaySums(ctx, drawn.From, drawn.To)
	if err != nil {
		return chat.Message{}, outage.StoreError{Err: err}
	}
	s.Bars = bill.ByDay(drawn, totals)
	for _, d := range s.Bars {
		if d.Day >= days.From {
			s.Sum = s.Sum.Plus(d.Sum)
		}
	}
	s.Repeats, err = a.repeats(ctx, days)
	return s.Message(), err
}

// repeats gives how many calls were saved because photos were sent twice.
func (a *Admin) repeats(ctx context.Context, days storage.Days) (sum int, err error) {
	for month := bill.Month(days.From); month.From <= days.To; {
		raw, err := a.Store.Setting(ctx, bill.RepeatsKey(month.From))
		if err != nil {
			return 0, outage.StoreError{Err: err}
		}
		n, err := bill.Repeats(raw, days)
		if err != nil {
			return 0, outage.StoreError{Err: err}
		}
		sum += n
		next, _ := bill.Date(month.From)
		month = bill.Month(bill.Day(next.AddDate(0, 1, 0)))
	}
	return sum, nil
}

func (a *Admin) statsByPerson(ctx context.Context, s *screen.Stats, first int) error {
	totals, err := a.Store.PersonSums(ctx, s.Days.From, s.Days.To)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	s.Sum = bill.SumAll(totals)
	people := bill.ByPerson(totals)
	s.All = len(people)
	if first >= s.All {
		first = 0
	}
	s.From = first
	for _, p := range people[first:min(first+screen.StatsPage, s.All)] {
		name, err := a.nameOf(ctx, p.Person)
		if err != nil {
			return err
		}
		s.People = append(s.People, screen.StatsPerson{PersonSum: p, Name: name})
	}
	return nil
}

// nameOf gives the name of somebody as it is shown; "" where none is kept.
func (a *Admin) nameOf(ctx context.Context, id int64) (string, error) {
	p, err := a.Store.Person(ctx, id)
	if err != nil {
		return "", outage.StoreError{Err: err}
	}
	return text.CleanName(p.Name), nil
}

// ShowCalendar lets a first and a last day be chosen, for statistics ("s") or an
// export ("e"). about holds that, a day of the month shown, and the first day if it
// was chosen.
func (a *Admin) ShowCalendar(ctx context.Context, req *reply.Request, q *models.CallbackQuery, about string) error {
	f := strings.Split(about, ":")
	c := screen.Calendar{Localizer: req.Localizer, First: a.firstDay(), Today: a.today()}
	ok := len(f) == 3 && (f[0] == "s" || f[0] == "e")
	if ok {
		c.What = f[0][0]
		c.Month, ok = screen.ReadDay(f[1])
	}
	if ok && f[2] != "" {
		c.Chosen, ok = screen.ReadDay(f[2])
		ok = ok && a.shownDays(dayOnly(c.Chosen))
	}
	if !ok || !a.shownDays(bill.Month(c.Month)) {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	req.Toast(ctx, q, "")
	return req.Show(ctx, chat.Message{Text: c.Words(), Markup: c.Keyboard(), Caption: c.What == 's'})
}
