package admin

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// Users lists who was let in, or those whose name or id holds what stands behind the
// command. Who is found alone is shown at once.
func (a *Admin) Users(ctx context.Context, req *reply.Request, cmd reply.Command, _ *models.Message) error {
	return a.find(ctx, req, strings.Join(cmd.Args, " "))
}

// find shows those whose name or id holds something, in a new message.
func (a *Admin) find(ctx context.Context, req *reply.Request, what string) error {
	if id, ok := text.ParseID(what); ok { // also one who has no access any more
		p, err := a.Store.Person(ctx, id)
		if err != nil {
			return outage.StoreError{Err: err}
		}
		if p.Kept() || a.People.IsAdmin(id) {
			return a.sendCard(ctx, req, id, screen.Place{})
		}
	}
	found, m, err := a.page(ctx, req, screen.PlaceOf(0, what))
	switch {
	case err != nil:
		return err
	case what != "" && len(found) == 1:
		return a.sendCard(ctx, req, found[0].ID, screen.Place{})
	}
	return req.SendMessage(ctx, m)
}

// Turn shows another page of the list.
func (a *Admin) Turn(ctx context.Context, req *reply.Request, q *models.CallbackQuery, place string) error {
	_, m, err := a.page(ctx, req, screen.ReadPlace(place))
	if err != nil {
		return err
	}
	// First the answer: without it the button turns for a minute.
	req.Toast(ctx, q, "")
	return req.Show(ctx, m)
}

// page makes a page of the list, the last one where there are fewer.
func (a *Admin) page(ctx context.Context, req *reply.Request, at screen.Place) (found []storage.Person, m chat.Message, err error) {
	if found, err = a.listed(ctx, at.What); err != nil {
		return nil, m, err
	}
	pages := max((len(found)+screen.PageLength-1)/screen.PageLength, 1)
	at.Page = min(at.Page, pages-1)
	page := screen.People{Localizer: req.Localizer, Place: at, Pages: pages, All: len(found)}
	first := at.Page * screen.PageLength
	for _, p := range found[first:min(first+screen.PageLength, len(found))] {
		count, err := a.Store.Attempts(ctx, p.ID, a.today())
		if err != nil {
			return nil, m, outage.StoreError{Err: err}
		}
		page.People = append(page.People, screen.Row{Person: p, Role: a.People.RoleOf(p), Today: count, Limit: a.People.Limit(p)})
	}
	return found, page.Message(), nil
}

// listed gives those who were let in, and the admins of the settings, whose name or id
// holds something: the admins first, then by name, and those without a name by id.
// All of them are read each time: thousands are a few milliseconds.
func (a *Admin) listed(ctx context.Context, what string) ([]storage.Person, error) {
	all, err := a.Store.ListPeople(ctx, 0, math.MaxInt32)
	if err != nil {
		return nil, outage.StoreError{Err: err}
	}
	for _, id := range a.People.Admins {
		if !slices.ContainsFunc(all, func(p storage.Person) bool { return p.ID == id }) {
			p, err := a.Store.Person(ctx, id)
			if err != nil {
				return nil, outage.StoreError{Err: err}
			}
			all = append(all, p)
		}
	}
	type entry struct {
		storage.Person
		name string // as names are sorted
		rank int
	}
	var found []entry
	words := strings.Fields(sortable(what, true))
	for _, p := range all {
		if !fits(p, words) {
			continue
		}
		e := entry{Person: p, name: sortable(p.Name, false)}
		switch {
		case a.People.RoleOf(p) == storage.RoleAdmin:
		case e.name != "":
			e.rank = 1
		default:
			e.rank = 2
		}
		found = append(found, e)
	}
	slices.SortFunc(found, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.name, y.name), cmp.Compare(x.ID, y.ID))
	})
	people := make([]storage.Person, len(found))
	for i, e := range found {
		people[i] = e.Person
	}
	return people, nil
}

// fits reports whether all words are in somebody's name or id, in any order.
func fits(p storage.Person, words []string) bool {
	if len(words) == 0 {
		return true
	}
	in := sortable(p.Name, true) + " " + text.ID(p.ID)
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(in, word) })
}

// kyrgyz are the letters that stand elsewhere in Unicode than in the alphabet, behind
// the one that they follow there, which many write in their place.
var kyrgyz = map[rune]rune{'ё': 'е', 'ң': 'н', 'ө': 'о', 'ү': 'у'}

// sortable gives a name without upper case, so that names sort as in the alphabet; or,
// loosely, so that a search finds what is written without the letters of Kyrgyz.
func sortable(name string, loosely bool) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		before, ours := kyrgyz[r]
		switch {
		case ours && loosely:
			b.WriteRune(before)
		case ours:
			b.WriteString(string(before) + "\U0010ffff") // behind all that begin with the letter before
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
