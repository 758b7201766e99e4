package screen

import (
	"strings"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// Me is what somebody is told about themselves.
type Me struct {
	Localizer text.Localizer
	Person    storage.Person
	Limit     int // attempts a day; 0: no limit
	Count     storage.Count
	Today     storage.Day
	Month     []storage.DayTotal // the person's, of the days of this month
	TimeZone  *time.Location
}

// Message says it.
func (m Me) Message() chat.Message {
	l := m.Localizer
	before, after := text.Cut(l.Text("me", text.Args{"ID": text.Gap, "Role": l.Text("role."+string(m.Person.Role), nil)}))
	var r text.Builder
	r.Add(before).Code(text.ID(m.Person.ID)).Line(after)
	r.Add(Used(l, m.Count, m.Limit))
	if m.Limit > 0 {
		r.Add(", ").Add(l.Text("me.left", text.Args{"N": max(0, m.Limit-m.Count.Used())}))
	}
	r.Add("\n\n")
	r.Line(l.Text("me.today", text.Args{"Counts": m.outcomes(true)}))
	r.Line(l.Text("me.month", text.Args{"Counts": m.outcomes(false)}))
	r.Add("\n").Line(l.Text("me.language", text.Args{"Language": l.Text("lang."+l.Lang, nil)}))
	if !m.Person.Added.IsZero() {
		r.Line(l.Text("me.since", text.Args{"Date": m.date(m.Person.Added)}))
	}
	if !m.Person.Until.IsZero() {
		r.Line(l.Text("me.until", text.Args{"Date": m.date(m.Person.Until)}))
	}
	return chat.Message{Text: r.String(), Entities: r.Entities}
}

func (m Me) date(t time.Time) string { return t.In(m.TimeZone).Format("02.01.2006") }

// outcomes says what came of the photos of today or of the month.
func (m Me) outcomes(today bool) string {
	var read, unreadable, unanswered, uncounted int
	for _, t := range m.Month {
		switch {
		case today && t.Day != m.Today:
		case !t.Counted:
			uncounted += t.Number
		case t.Outcome == string(outcome.OK):
			read += t.Number
		case t.Charge == storage.ChargeUnknown:
			unanswered += t.Number
		default:
			unreadable += t.Number
		}
	}
	var said []string
	for _, part := range []struct {
		text string
		n    int
	}{{"me.read", read}, {"me.unreadable", unreadable}, {"me.unanswered", unanswered}, {"me.uncounted", uncounted}} {
		if part.n > 0 {
			said = append(said, m.Localizer.Text(part.text, text.Args{"N": part.n}))
		}
	}
	if said == nil {
		return m.Localizer.Text("me.nothing", nil)
	}
	return strings.Join(said, ", ")
}
