package screen

import (
	"fmt"
	"strconv"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// CardButton is the verb of the buttons of a person's card: what to do, to whom, under
// which key, and with what. The key is that of the card as it was shown; the store
// knows which one is good.
const CardButton = "card"

// What the buttons of a card do.
const (
	CardShow    = "show"   // the card, from one of the two below
	CardLimits  = "limits" // which limit?
	CardUntils  = "untils" // until when?
	CardLimit   = "limit"
	CardUntil   = "until"
	CardType    = "type" // a limit
	CardNote    = "note"
	CardReset   = "reset"
	CardAdmin   = "admin"
	CardUnadmin = "unadmin"
	CardClose   = "close"
	CardUndo    = "undo"
	CardOpen    = "open"
)

// Limits and days that are offered.
var (
	cardLimits = []int{10, 20, 50, 100, 200}
	cardDays   = []int{1, 7, 30, 90}
)

// Card is what an admin sees of a person.
type Card struct {
	Localizer text.Localizer
	Person    storage.Person // with what is kept
	Role      storage.Role   // the one they have
	Fixed     bool           // it is given by the settings
	Own       bool           // it is the admin's who looks
	Ended     bool           // the time is over until which it was given
	By        string         // who gave it; "": not known
	Language  string         // the one that they are written to in; "": not known
	Limit     int
	Count     storage.Count
	Today     storage.Day
	Month     []storage.DayTotal
	Last      Last
	TimeZone  *time.Location

	View string // CardShow, CardLimits or CardUntils
	Key  string
	Back Place
	Undo bool // the closing can be undone
}

// Last is a person's last photo: when, and what came of it.
type Last struct {
	At    time.Time     // zero: not known, or there was none
	Day   storage.Day   // where At is not known; "": there was none
	Class outcome.Class // "": not known
}

// Message makes the card.
func (c Card) Message() chat.Message {
	r := c.text()
	m := chat.Message{Text: r.String(), Entities: r.Entities}
	switch c.View {
	case CardLimits:
		m.AddRows(c.limits()...)
	case CardUntils:
		m.AddRows(c.untils()...)
	default:
		m.AddRows(c.actions()...)
	}
	return m
}

func (c Card) date(t time.Time) string { return t.In(c.TimeZone).Format("02.01.2006") }

func (c Card) text() *text.Builder {
	l, p := c.Localizer, c.Person
	r := new(text.Builder)
	if name := text.CleanName(p.Name); name != "" {
		r.Bold(name).Add("\n")
	}
	r.Code(text.ID(p.ID)).Add("\n")
	switch {
	case c.Fixed:
		r.Line("⭐ " + l.Text("card.fixed", nil))
	case c.Ended:
		r.Line("⛔ " + l.Text("card.ended", text.Args{"Date": c.date(p.Until)}))
	case c.Role == storage.RoleNone && !p.ShutOut.IsZero():
		r.Line("⛔ " + l.Text("card.closed.on", text.Args{"Date": c.date(p.ShutOut)}))
	case c.Role == storage.RoleNone:
		r.Line("⛔ " + l.Text("card.closed", nil))
	case c.Role == storage.RoleAdmin:
		r.Line("⭐ " + l.Text("role.admin", nil))
	default:
		r.Line("✅ " + l.Text("role.agent", nil))
	}
	if !p.Added.IsZero() && c.By != "" {
		r.Line(l.Text("card.since.by", text.Args{"Date": c.date(p.Added), "Name": c.By}))
	} else if !p.Added.IsZero() {
		r.Line(l.Text("me.since", text.Args{"Date": c.date(p.Added)}))
	}
	if !p.Until.IsZero() && !c.Ended {
		r.Line(l.Text("me.until", text.Args{"Date": c.date(p.Until)}))
	}
	if p.Blocked {
		r.Line(l.Text("users.unreachable", nil))
	}
	c.use(r.Add("\n"))
	if c.Language != "" {
		r.Line(l.Text("card.language", text.Args{"Language": l.Text("lang."+c.Language, nil)}))
	}
	if note := text.CleanLine(p.Note, MaxNote); note != "" {
		r.Add("\n").Line(l.Text("card.note", text.Args{"What": note}))
	}
	return r
}

// MaxNote is the longest note about a person, in characters.
const MaxNote = 200

// use says what the person has sent.
func (c Card) use(r *text.Builder) {
	l := c.Localizer
	r.Add(Used(l, c.Count, c.Limit))
	if c.Person.Limit != nil {
		r.Add(" · ").Add(l.Text("card.own_limit", nil))
	}
	r.Add("\n")
	me := Me{Localizer: l, Today: c.Today, Month: c.Month}
	r.Line(l.Text("me.today", text.Args{"Counts": me.outcomes(true)}))
	r.Line(l.Text("me.month", text.Args{"Counts": me.outcomes(false)}))
	at := ""
	switch {
	case !c.Last.At.IsZero():
		at = c.Last.At.In(c.TimeZone).Format("02.01.2006 15:04")
	case c.Last.Day != "":
		at = DaysName(l, storage.Days{From: c.Last.Day, To: c.Last.Day})
	default:
		return
	}
	if c.Last.Class == "" {
		r.Line(l.Text("card.last", text.Args{"Date": at}))
		return
	}
	r.Line(l.Text("card.last.what", text.Args{"Date": at, "What": l.Text("last."+string(c.Last.Class), nil)}))
}

// key makes a button of the card.
func (c Card) key(label, do, with string) models.InlineKeyboardButton {
	return models.InlineKeyboardButton{Text: label, CallbackData: fmt.Sprintf("%s:%s:%d:%s:%s", CardButton, do, c.Person.ID, c.Key, with)}
}

// named makes one with the text of that name.
func (c Card) named(name, do string) models.InlineKeyboardButton {
	return c.key(c.Localizer.Text(name, nil), do, "")
}

func (c Card) actions() (rows [][]models.InlineKeyboardButton) {
	row := func(keys ...models.InlineKeyboardButton) { rows = append(rows, keys) }
	switch {
	case c.Fixed:
		row(c.named("button.limit", CardLimits), c.named("button.reset", CardReset))
		row(c.named("button.note", CardNote))
	case c.Role == storage.RoleNone && !c.Ended:
		if c.Undo {
			row(c.named("button.undo", CardUndo))
		} else {
			row(styled(c.named("button.open", CardOpen), string(chat.StyleGood)))
		}
	default:
		row(c.named("button.limit", CardLimits), c.named("button.until", CardUntils))
		row(c.named("button.reset", CardReset), c.named("button.note", CardNote))
		if !c.Own {
			row(c.ranks()...)
		}
	}
	row(models.InlineKeyboardButton{Text: c.Localizer.Text("button.list", nil), CallbackData: PageButton + ":" + c.Back.Data()})
	return rows
}

// ranks are the buttons that change what the person is.
func (c Card) ranks() (row []models.InlineKeyboardButton) {
	switch {
	case c.Role == storage.RoleAdmin:
		row = append(row, c.named("button.unmake_admin", CardUnadmin))
	case c.Role == storage.RoleAgent:
		row = append(row, c.named("button.make_admin", CardAdmin))
	}
	return append(row, styled(c.named("button.close", CardClose), string(chat.StyleDanger)))
}

// styled gives a button a color, where the app shows it.
func styled(b models.InlineKeyboardButton, style string) models.InlineKeyboardButton {
	b.Style = style
	return b
}

func (c Card) limits() (rows [][]models.InlineKeyboardButton) {
	var numbers []models.InlineKeyboardButton
	for _, n := range cardLimits {
		numbers = append(numbers, c.key(strconv.Itoa(n), CardLimit, strconv.Itoa(n)))
	}
	return [][]models.InlineKeyboardButton{
		numbers,
		{c.key(c.Localizer.Text("button.limit.none", nil), CardLimit, "0"), c.key(c.Localizer.Text("button.limit.default", nil), CardLimit, "default")},
		{c.named("button.limit.type", CardType), c.named("button.back", CardShow)},
	}
}

// untils offers days, each button with the day that it means.
func (c Card) untils() (rows [][]models.InlineKeyboardButton) {
	today, _ := time.Parse(time.DateOnly, string(c.Today))
	var row []models.InlineKeyboardButton
	for _, days := range cardDays {
		day := today.AddDate(0, 0, days)
		label := c.Localizer.Count("card.days", days) + " · " + day.Format("02.01")
		if row = append(row, c.key(label, CardUntil, day.Format("20060102"))); len(row) == 2 {
			rows, row = append(rows, row), nil
		}
	}
	return append(rows, []models.InlineKeyboardButton{c.key(c.Localizer.Text("button.until.none", nil), CardUntil, "0"), c.named("button.back", CardShow)})
}
