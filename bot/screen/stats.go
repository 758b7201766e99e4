package screen

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/bill"
	"mrzbot/bot/chart"
	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// The verbs of the buttons under statistics. What they show is in their data, and
// they change nothing.
const (
	StatsButton    = "stats"  // :d or :p, from, to, and for people the first shown
	CalendarButton = "days"   // :s or :e (for statistics, for an export), month, first day chosen
	ExportButton   = "export" // from, to
)

// StatsPerson is somebody among the statistics, with what is shown of their name.
type StatsPerson struct {
	bill.PersonSum
	Name string
}

// Stats is what the attempts of some days come to.
type Stats struct {
	Localizer text.Localizer
	Price     bill.Price
	Days      storage.Days
	Today     storage.Day
	First     storage.Day // the first day that is kept
	Sum       bill.Sum
	// Bars is each day that the picture shows.
	Bars []bill.DaySum

	Repeats int // calls saved in Days because a photo was sent twice

	// ByPerson: people instead of days. People is a page of them, which begins with
	// number From of so many in All.
	ByPerson  bool
	People    []StatsPerson
	From, All int
}

// StatsPage is how many people fit under a picture.
const StatsPage = 8

// shortName keeps a caption of StatsPage people below what Telegram takes (1024).
const shortName = 24

// Message makes the message. The picture is missing when it cannot be drawn.
func (s Stats) Message() chat.Message {
	r := s.caption()
	m := chat.Message{Text: r.String(), Entities: r.Entities, Markup: s.keyboard()}
	if png, err := s.chart().PNG(); err == nil {
		m.Picture = chat.BytesFile("statistics.png", png)
	}
	return m
}

func (s Stats) caption() *text.Builder {
	l := s.Localizer
	var r text.Builder
	r.Bold(DaysName(l, s.Days)).Add("\n").Line(SumLine(l, s.Sum, s.Price))
	if s.ByPerson {
		return s.listPeople(&r)
	}
	if n := s.Sum.Of; n[outcome.ClassLooked]+n[outcome.ClassLocal]+s.Repeats > 0 {
		r.Line(l.Text("stats.saved", text.Args{
			"Look": Count(n[outcome.ClassLooked]), "Twice": Count(s.Repeats), "Local": Count(n[outcome.ClassLocal]),
		}))
	}
	var besides []string
	for _, c := range []outcome.Class{outcome.ClassDown, outcome.ClassLimit, outcome.ClassOther} {
		if n := s.Sum.Of[c]; n > 0 {
			besides = append(besides, l.Text("stats.class."+string(c), text.Args{"N": Count(n)}))
		}
	}
	if besides != nil {
		r.Line(l.Text("stats.besides", text.Args{"What": strings.Join(besides, ", ")}))
	}
	return &r
}

// listPeople adds the people of the page. What of theirs is perhaps charged shows in the
// picture: a caption has no room for it.
func (s Stats) listPeople(r *text.Builder) *text.Builder {
	if len(s.People) == 0 {
		return r
	}
	r.Add("\n").Line(s.Localizer.Text("stats.people", nil))
	for i, p := range s.People {
		r.Add(strconv.Itoa(s.From+i+1) + ". ")
		if p.Name != "" {
			r.Bold(cut(p.Name)).Add(" ")
		}
		r.Code(text.ID(p.Person)).Add(" · " + Count(p.Attempts))
		if s.Price.Known() {
			r.Add(", " + s.Price.Of(p.Charged))
		}
		r.Add("\n")
	}
	return r
}

func cut(name string) string {
	if runes := []rune(name); len(runes) > shortName {
		return string(runes[:shortName-1]) + "…"
	}
	return name
}

// Count writes a number as people read it.
func Count(n int) string { return bill.Group(strconv.Itoa(n)) }

// SumLine is the sentence that matters: what was read, what was not, what it costs.
func SumLine(l text.Localizer, sum bill.Sum, price bill.Price) string {
	if sum.Attempts == 0 {
		return l.Text("stats.none", nil)
	}
	var parts []string
	for _, c := range []outcome.Class{outcome.ClassRead, outcome.ClassLocal, outcome.ClassUnreadable, outcome.ClassRefused, outcome.ClassPerhaps} {
		if n := sum.Of[c]; n > 0 || c == outcome.ClassRead {
			parts = append(parts, l.Text("stats.class."+string(c), text.Args{"N": Count(n)}))
		}
	}
	said := strings.Join(parts, ", ") + "; "
	switch {
	case !price.Known():
		return said + l.Text("stats.charged", text.Args{"N": Count(sum.Charged)})
	case sum.Perhaps > 0:
		return said + l.Text("stats.money.perhaps", text.Args{
			"Money": price.Of(sum.Charged), "Price": price.String(), "Most": price.Of(sum.Charged + sum.Perhaps),
		})
	default:
		return said + l.Text("stats.money", text.Args{"Money": price.Of(sum.Charged), "Price": price.String()})
	}
}

// DaysName names a range as people write it: 29.11.2026, 23.11–29.11.2026, or a
// month by its name.
func DaysName(l text.Localizer, days storage.Days) string {
	from, _ := bill.Date(days.From)
	to, _ := bill.Date(days.To)
	switch {
	case bill.KindOf(days) == bill.OneMonth:
		return MonthName(l, days.From)
	case days.From == days.To:
		return from.Format("02.01.2006")
	case from.Year() == to.Year():
		return from.Format("02.01") + "–" + to.Format("02.01.2006")
	default:
		return from.Format("02.01.2006") + "–" + to.Format("02.01.2006")
	}
}

// MonthName is the month of a day, such as November 2026.
func MonthName(l text.Localizer, day storage.Day) string {
	t, _ := bill.Date(day)
	return l.Text(fmt.Sprintf("month.%d", t.Month()), nil) + " " + strconv.Itoa(t.Year())
}

// series is how classes are drawn: what was not sent is one.
var series = []struct {
	name    string
	tone    chart.Tone
	classes []outcome.Class
}{
	{"chart.read", chart.Good, []outcome.Class{outcome.ClassRead}},
	{"chart.local", chart.Calm, []outcome.Class{outcome.ClassLocal}},
	{"chart.unreadable", chart.Mild, []outcome.Class{outcome.ClassUnreadable}},
	{"chart.perhaps", chart.Bad, []outcome.Class{outcome.ClassPerhaps}},
	{"chart.refused", chart.Dull, []outcome.Class{outcome.ClassRefused, outcome.ClassDown}},
	{"chart.not_sent", chart.Faint, []outcome.Class{outcome.ClassLooked, outcome.ClassLimit, outcome.ClassOther}},
}

// mostBars is how many days are drawn each for themselves; more are drawn by month.
const mostBars = 62

func (s Stats) chart() chart.Bars {
	b := chart.Bars{Title: DaysName(s.Localizer, s.Days), Lying: s.ByPerson}
	var sums []bill.Sum
	put := func(label string, sum bill.Sum) {
		if n := len(b.Labels); n > 0 && b.Labels[n-1] == label && !s.ByPerson {
			sums[n-1] = sums[n-1].Plus(sum)
			return
		}
		b.Labels, sums = append(b.Labels, label), append(sums, sum)
	}
	for _, d := range s.Bars {
		t, _ := bill.Date(d.Day)
		if len(s.Bars) > mostBars {
			put(t.Format("01.06"), d.Sum)
		} else {
			put(strconv.Itoa(t.Day()), d.Sum)
		}
	}
	if n := len(s.Bars); !s.ByPerson && n > 1 && n <= mostBars {
		b.Title = DaysName(s.Localizer, storage.Days{From: s.Bars[0].Day, To: s.Bars[n-1].Day})
	}
	for _, p := range s.People {
		label := cut(p.Name)
		if !chart.Drawable(label) {
			label = text.ID(p.Person)
		}
		put(label, p.Sum)
	}
	for _, one := range series {
		part := chart.Series{Name: s.Localizer.Text(one.name, nil), Tone: one.tone}
		for _, sum := range sums {
			n := 0
			for _, c := range one.classes {
				n += sum.Of[c]
			}
			part.Values = append(part.Values, n)
		}
		b.Series = append(b.Series, part)
	}
	return b
}

// compact writes a day into a button's data.
func compact(d storage.Day) string { return strings.ReplaceAll(string(d), "-", "") }

// ReadDay reads a day out of a button's data; ok is false for what is none.
func ReadDay(data string) (d storage.Day, ok bool) {
	if len(data) != 8 {
		return "", false
	}
	d = storage.Day(data[:4] + "-" + data[4:6] + "-" + data[6:])
	_, ok = bill.Date(d)
	return d, ok
}

func (s Stats) data(byPerson bool, days storage.Days, from int) string {
	what := "d"
	if byPerson {
		what = "p"
	}
	return fmt.Sprintf("%s:%s:%s:%s:%d", StatsButton, what, compact(days.From), compact(days.To), from)
}

func (s Stats) keyboard() *models.InlineKeyboardMarkup {
	l := s.Localizer
	key := func(words, data string) models.InlineKeyboardButton {
		return models.InlineKeyboardButton{Text: words, CallbackData: data}
	}
	var turn, people []models.InlineKeyboardButton
	if before := bill.Shift(s.Days, -1); before.To >= s.First && bill.Valid(before) {
		turn = append(turn, key("‹ "+DaysName(l, before), s.data(s.ByPerson, before, 0)))
	}
	if next := bill.Shift(s.Days, 1); next.From <= s.Today && bill.Valid(next) {
		turn = append(turn, key(DaysName(l, next)+" ›", s.data(s.ByPerson, next, 0)))
	}
	if s.ByPerson && s.From > 0 {
		people = append(people, key(l.Text("stats.people.before", nil), s.data(true, s.Days, max(s.From-StatsPage, 0))))
	}
	if s.ByPerson && s.From+StatsPage < s.All {
		people = append(people, key(l.Text("stats.people.next", nil), s.data(true, s.Days, s.From+StatsPage)))
	}
	other := key(l.Text("stats.by_person", nil), s.data(true, s.Days, 0))
	if s.ByPerson {
		other = key(l.Text("stats.by_day", nil), s.data(false, s.Days, 0))
	}
	rows := [][]models.InlineKeyboardButton{
		people, turn,
		{
			key(l.Text("stats.today", nil), s.data(s.ByPerson, storage.Days{From: s.Today, To: s.Today}, 0)),
			key(l.Text("stats.week", nil), s.data(s.ByPerson, bill.Week(s.Today), 0)),
			key(l.Text("stats.month", nil), s.data(s.ByPerson, bill.Month(s.Today), 0)),
		},
		{other, key(l.Text("stats.days", nil), CalendarData('s', s.Days.From, ""))},
		{key(l.Text("stats.export", nil), ExportData(s.Days))},
	}
	m := &models.InlineKeyboardMarkup{}
	for _, row := range rows {
		if row != nil {
			m.InlineKeyboard = append(m.InlineKeyboard, row)
		}
	}
	return m
}

// ExportData is the data of the button that exports some days.
func ExportData(days storage.Days) string {
	return fmt.Sprintf("%s:%s:%s", ExportButton, compact(days.From), compact(days.To))
}
