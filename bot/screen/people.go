package screen

import (
	"strings"

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
// copies at a tap. days is how long the list of attempts is kept.
func WithID(l text.Localizer, key string, id int64, days int) chat.Message {
	before, after, has := strings.Cut(l.Text(key, text.Args{"ID": text.Gap, "Days": days}), text.Gap)
	var r text.Builder
	if r.Add(before); has {
		r.Code(text.ID(id)).Add(after)
	}
	return chat.Message{Text: r.String(), Entities: r.Entities}
}

// PageLength is how many people fit one phone screen.
const PageLength = 10

// PageButton is the verb of the button that shows the next people: pages may
// be turned again and again, so it names where the page starts and holds no
// state.
const PageButton = "users"

// Row is somebody in the list of those who were let in.
type Row struct {
	storage.Person
	Today storage.Count
	Limit int
}

// People is a page of that list.
type People struct {
	Localizer text.Localizer
	People    []Row
	Admins    []int64 // of the settings, shown on the first page
	First     bool
	More      bool // others follow
}

// Message makes the page.
func (p People) Message() chat.Message {
	l := p.Localizer
	var r text.Builder
	if len(p.People) == 0 {
		r.Line(l.Text("users.none", nil))
	}
	for _, who := range p.People {
		r.Code(text.ID(who.ID))
		if name := text.CleanName(who.Name); name != "" {
			r.Add(" ").Bold(name)
		}
		r.Add(" · ").Add(Used(l, who.Today, who.Limit))
		if who.Role == storage.RoleAdmin {
			r.Add(" · ").Add(l.Text("role.admin", nil))
		}
		if who.Blocked {
			r.Add(" · ").Add(l.Text("users.unreachable", nil))
		}
		r.Add("\n")
	}
	if p.First {
		r.Add(l.Text("users.admins", nil))
		for _, id := range p.Admins[:min(len(p.Admins), PageLength)] {
			r.Add(" ").Code(text.ID(id))
		}
	}
	m := chat.Message{Text: r.String(), Entities: r.Entities}
	var row []chat.Button
	if !p.First {
		row = append(row, chat.Button{Name: "users.first", Data: PageButton + ":"})
	}
	if p.More {
		row = append(row, chat.Button{Name: "users.next", Data: PageButton + ":" + text.ID(p.People[len(p.People)-1].ID)})
	}
	if row != nil {
		m.Markup = chat.Buttons(l, row...)
	}
	return m
}
