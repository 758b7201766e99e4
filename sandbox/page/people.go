package page

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"mrzbot/sandbox/botapi"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/sandbox/web"
)

// maxNameLength of somebody new, in characters: Telegram's.
const maxNameLength = 64

// share answers a keyboard button that asked for people.
func (p *Page) share(w http.ResponseWriter, r *http.Request) {
	o, who, ok := p.read(w, r)
	if !ok {
		return
	}
	var users []faketelegram.Person
	for _, id := range o.Users {
		if u, ok := p.person(id); ok {
			users = append(users, u)
		}
	}
	if len(users) == 0 || len(users) > botapi.MaxPickedUsers {
		http.Error(w, "Choose somebody.", http.StatusBadRequest)
		return
	}
	if p.cfg.Telegram.ShareUsers(who, o.RequestID, users...) == 0 {
		http.Error(w, "The bot asked for fewer.", http.StatusConflict)
		return
	}
	done(w)
}

// about is an order that names another person.
func (p *Page) about(w http.ResponseWriter, r *http.Request) (o order, who, whose faketelegram.Person, ok bool) {
	if o, who, ok = p.read(w, r); !ok {
		return o, who, whose, false
	}
	if whose, ok = p.person(o.Whose); !ok {
		http.Error(w, "nobody here has this id", http.StatusNotFound)
	}
	return o, who, whose, ok
}

// contact shares somebody's contact.
func (p *Page) contact(w http.ResponseWriter, r *http.Request) {
	if _, who, whose, ok := p.about(w, r); ok {
		p.cfg.Telegram.SendContact(who, whose)
		done(w)
	}
}

// forward sends a text that somebody else wrote; hidden: their account does
// not say who they are.
func (p *Page) forward(w http.ResponseWriter, r *http.Request) {
	o, who, whose, ok := p.about(w, r)
	if !ok {
		return
	}
	from := faketelegram.ForwardedFrom(whose)
	if o.Kind == "hidden" {
		from = faketelegram.ForwardedHidden(whose.Name())
	}
	p.cfg.Telegram.Say(who, "Hello! I would like to scan cards.", from)
	done(w)
}

func (p *Page) block(w http.ResponseWriter, r *http.Request) {
	o, who, ok := p.read(w, r)
	if !ok {
		return
	}
	if o.On {
		p.cfg.Telegram.Block(who)
	} else {
		p.cfg.Telegram.Unblock(who)
	}
	done(w)
}

// languageTag is what phones send as language_code.
var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z]{2,8})?$`)

// join brings somebody new to the page, a stranger.
func (p *Page) join(w http.ResponseWriter, r *http.Request) {
	o, ok := decodeOrder(w, r)
	if !ok {
		return
	}
	name := strings.Join(strings.Fields(o.Name), " ")
	if name == "" || utf8.RuneCountInString(name) > maxNameLength || !languageTag.MatchString(o.Language) {
		http.Error(w, "Give a name and a language.", http.StatusBadRequest)
		return
	}
	c, err := p.invite(name, o.Language)
	if err != nil {
		http.Error(w, "There are enough people in this sandbox.", http.StatusConflict)
		return
	}
	web.WriteJSON(w, http.StatusOK, map[string]any{"id": c.ID})
}

// errCrowded: there are maxCast people.
var errCrowded = errors.New("sandbox: there are enough people")

// invite adds a stranger to the page.
func (p *Page) invite(name, language string) (Character, error) {
	p.mu.Lock()
	if len(p.people) >= maxCast {
		p.mu.Unlock()
		return Character{}, errCrowded
	}
	c := Character{faketelegram.Person{ID: firstGuest + int64(len(p.people)), FirstName: name, LanguageCode: language}, PartStranger}
	p.people = append(p.people, c)
	p.mu.Unlock()
	p.cfg.Telegram.AddPerson(c.Person)
	p.touch()
	return c, nil
}

// firstGuest is where the ids of people begin who came through the page.
const firstGuest = 700_100
