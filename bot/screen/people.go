package screen

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// Used says how much of a day's limit is used.
func Used(l text.Localizer, n storage.Count, limit int) string {
	a := text.Args{"N": n.Settled, "Limit": limit, "Unanswered": n.Unanswered}
	switch {
	case n.Unanswered > 0 && limit == 0:
		return l.Text("used.unanswered.unlimited", a)
	case n.Unanswered > 0:
		return l.Text("used.unanswered", a)
	case limit == 0:
		return l.Text("used.unlimited", a)
	}
	return l.Text("used", a)
}

// About says a text about a person, with the id, which copies at a tap, and the
// name on lines of their own: neither can pretend to be more of the other.
func About(l text.Localizer, key string, p storage.Person) *text.Builder {
	before, after := text.Cut(l.Text(key, text.Args{"ID": text.Gap}))
	var r text.Builder
	r.Add(before).Code(text.ID(p.ID))
	if name := text.CleanName(p.Name); name != "" {
		r.Add("\n").Bold(name)
	}
	return r.Add(after)
}

// WithID says a text, with the person's id where it has a place for it, which
// copies at a tap.
func WithID(l text.Localizer, key string, id int64) chat.Message {
	before, after, has := strings.Cut(l.Text(key, nil), text.Gap)
	var r text.Builder
	if r.Add(before); has {
		r.Code(text.ID(id)).Add(after)
	}
	return chat.Message{Text: r.String(), Entities: r.Entities}
}

// KeptFor says for how many days something is kept; 0 is for good.
func KeptFor(l text.Localizer, days int) string {
	if days == 0 {
		return l.Text("privacy.forever", nil)
	}
	return l.Count("privacy.days", days)
}

// PageLength is how many people fit one phone screen.
const PageLength = 8

// Verbs of the buttons of the list of people. They change nothing, and may be pressed
// again and again: all that they show stands in their data, which is the page and what
// is looked for, and for a person the id in front.
const (
	PageButton   = "users"
	PersonButton = "person"
	FindButton   = "find"
	PickButton   = "pick" // lets others in: as bare /allow
)

// Place is a page of the list, or of those that were found.
type Place struct {
	Page int    // from 0 on
	What string // what is looked for; "": nothing
}

// maxWhat is how much of what is looked for fits, in bytes, into the data of a button
// (64) beside a person's id and the number of a page.
const maxWhat = 34

// PlaceOf makes a place of what somebody looks for.
func PlaceOf(page int, what string) Place {
	what = text.CleanName(what)
	for len(what) > maxWhat {
		_, size := utf8.DecodeLastRuneInString(what)
		what = what[:len(what)-size]
	}
	return Place{Page: max(page, 0), What: strings.TrimSpace(what)}
}

// ReadPlace reads what a button says of a place.
func ReadPlace(data string) Place {
	page, what, _ := strings.Cut(data, ":")
	n, err := strconv.Atoi(page)
	if err != nil || n > 99_999 {
		n = 0
	}
	return PlaceOf(n, what)
}

// Data is what a button says of the place.
func (p Place) Data() string { return strconv.Itoa(p.Page) + ":" + p.What }

// Row is somebody in the list of those who were let in.
type Row struct {
	storage.Person
	Role  storage.Role // the one they have: none when their time is over
	Today storage.Count
	Limit int
}

// People is a page of that list.
type People struct {
	Localizer text.Localizer
	People    []Row
	Place     Place
	Pages     int
	All       int // people on all pages
}

// Message makes the page: a button for each person.
func (p People) Message() chat.Message {
	l := p.Localizer
	var r text.Builder
	switch {
	case p.All == 0:
		r.Line(l.Text("users.nobody", text.Args{"What": p.Place.What}))
	case p.Place.What != "":
		r.Bold(l.Text("users.found", text.Args{"What": p.Place.What, "N": Count(p.All)}))
	default:
		r.Bold(l.Text("users.head", text.Args{"N": Count(p.All)}))
	}
	if p.Pages > 1 {
		r.Add(" · " + l.Text("users.page", text.Args{"N": Count(p.Place.Page + 1), "Of": Count(p.Pages)}))
	}
	if p.All > 0 {
		r.Add("\n").Line(l.Text("users.hint", nil))
	}
	m := chat.Message{Text: r.String(), Entities: r.Entities}
	for _, who := range p.People {
		m.AddRows([]models.InlineKeyboardButton{{Text: p.label(who), CallbackData: PersonButton + ":" + text.ID(who.ID) + ":" + p.Place.Data()}})
	}
	m.AddRows(p.turns(), p.ends())
	return m
}

// maxLabel keeps a name on one line of a button beside what follows it.
const maxLabel = 24

// label says who it is and how they stand.
func (p People) label(who Row) string {
	name := short(text.CleanName(who.Name), maxLabel)
	alike := 0
	for _, other := range p.People {
		if other.Name == who.Name {
			alike++
		}
	}
	switch {
	case name == "":
		name = text.ID(who.ID)
	case alike > 1:
		name += " " + text.ID(who.ID)
	}
	used := strconv.Itoa(who.Today.Used())
	if who.Limit > 0 {
		used += "/" + strconv.Itoa(who.Limit)
	}
	switch {
	case who.Role == storage.RoleNone:
		return name + " · " + p.Localizer.Text("users.ended", nil)
	case who.Role == storage.RoleAdmin:
		return "⭐ " + name + " · " + used
	}
	return name + " · " + used
}

// short cuts a name, of characters and not of their bytes.
func short(name string, most int) string {
	runes := []rune(name)
	if len(runes) <= most {
		return name
	}
	return text.CleanName(string(runes[:most-1])) + "…"
}

// turns are the buttons that turn pages: one on, and ten, because there may be
// hundreds.
func (p People) turns() (row []models.InlineKeyboardButton) {
	for _, turn := range []struct {
		label string
		by    int
	}{{"« 10", -10}, {"‹", -1}, {"›", 1}, {"10 »", 10}} {
		to := p.Place
		to.Page = min(max(to.Page+turn.by, 0), p.Pages-1)
		far := max(turn.by, -turn.by) > 1
		if p.Pages < 2 || to == p.Place || far && p.Pages <= 10 {
			continue
		}
		row = append(row, models.InlineKeyboardButton{Text: turn.label, CallbackData: PageButton + ":" + to.Data()})
	}
	return row
}

func (p People) ends() []models.InlineKeyboardButton {
	l := p.Localizer
	row := chat.Row(l, chat.Button{Name: "button.find", Data: FindButton})
	if p.Place.What != "" {
		return append(row, chat.Row(l, chat.Button{Name: "users.all", Data: PageButton + ":" + Place{}.Data()})...)
	}
	return append(row, chat.Row(l, chat.Button{Name: "button.pick", Data: PickButton})...)
}
