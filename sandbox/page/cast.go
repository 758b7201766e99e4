package page

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"mrzbot/sandbox/journal"
	faketelegram "mrzbot/sandbox/telegram"
)

// Parts that a Character plays.
const (
	PartAgent    = "agent"
	PartAdmin    = "admin"
	PartStranger = "newcomer" // nobody whom the bot knows, at first
	PartShutOut  = "shut out" // was let in, and is not any more
)

// Character is a person one may be on the page.
type Character struct {
	faketelegram.Person
	Part string // PartAgent, …: shown beside the name
}

// Characters are the people of the sandbox unless others are given: of each
// part some, of each language of the bot an agent. Whom the bot knows as what is
// the bot's settings' work.
func Characters() []Character {
	return []Character{
		{faketelegram.Person{ID: 700001, FirstName: "Aibek", LanguageCode: "ky"}, PartAgent},
		{faketelegram.Person{ID: 700002, FirstName: "Gulnara", LanguageCode: "ru"}, PartAdmin},
		{faketelegram.Person{ID: 700003, FirstName: "Bakyt", LanguageCode: "ky"}, PartStranger},
		{faketelegram.Person{ID: 700004, FirstName: "Oksana", LanguageCode: "ru"}, PartAgent},
		{faketelegram.Person{ID: 700005, FirstName: "Meerim", LanguageCode: "en"}, PartAdmin},
		{faketelegram.Person{ID: 700006, FirstName: "Daniel", LanguageCode: "en"}, PartAgent},
	}
}

// languageOf is the language that a browser asks for first, "ru"; "": none.
func languageOf(r *http.Request) string {
	tag := strings.ToLower(r.Header.Get("Accept-Language"))
	if i := strings.IndexAny(tag, "-_,; "); i >= 0 {
		tag = tag[:i]
	}
	return tag
}

// English is spoken with those whose language nobody here speaks.
const english = "en"

// oneOf finds somebody of a part: of that language if there is one, or of
// English, or else the first.
func oneOf(people []Character, part, language string) (Character, bool) {
	for _, wanted := range []string{cmp.Or(language, english), english, ""} {
		i := slices.IndexFunc(people, func(c Character) bool {
			return c.Part == part && (wanted == "" || c.LanguageCode == wanted)
		})
		if i >= 0 {
			return people[i], true
		}
	}
	return Character{}, false
}

// first is whose phone is shown first: an agent's, or else anybody's.
func (p *Page) first(language string) Character {
	people, _ := p.cast()
	c, ok := oneOf(people, PartAgent, language)
	if !ok && len(people) > 0 {
		c = people[0]
	}
	return c
}

// part is what somebody is now.
func (p *Page) part(id int64) string {
	people, _ := p.cast()
	i := slices.IndexFunc(people, func(c Character) bool { return c.ID == id })
	if i < 0 {
		return ""
	}
	return people[i].Part
}

// roleChanged is what the bot logs when somebody is let in or shut out.
const roleChanged = "role changed"

// followRoles keeps everybody's part as the bot's log has it, until ctx is done.
func (p *Page) followRoles(ctx context.Context) {
	read := int64(0)
	for {
		entries, more := p.cfg.Journal.Since(read)
		for _, e := range entries {
			read = e.Number
			if e.Source == journal.FromBot && e.What == roleChanged {
				p.setPart(e.Person, partOf(e))
			}
		}
		select {
		case <-more:
		case <-ctx.Done():
			return
		}
	}
}

// partOf is the part that a role in the bot's log is.
func partOf(e journal.Entry) string {
	for _, f := range e.Fields {
		if f.Name == "role" && f.Value != "" {
			return f.Value
		}
	}
	return PartShutOut
}

// setPart gives somebody another part.
func (p *Page) setPart(id int64, part string) {
	p.mu.Lock()
	for i := range p.people {
		if p.people[i].ID == id {
			p.people[i].Part = part
		}
	}
	p.mu.Unlock()
	p.touch()
}
