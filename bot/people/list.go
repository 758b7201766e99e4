// Package people is who may do what: roles, limits, and who can be written to.
// How somebody becomes one of them is decided elsewhere.
package people

import (
	"context"
	"log/slog"
	"slices"

	"mrzbot/storage"
)

// List is the people whom the bot knows, and the admins that the settings name.
type List struct {
	Store         storage.People
	Log           *slog.Logger
	Admins        []int64 // from the settings; stored admins are others
	DailyAttempts int     // for those without a limit of their own; 0: no limit
}

// IsAdmin reports whether the settings make somebody an admin, whom nobody can
// shut out while the program runs.
func (l *List) IsAdmin(id int64) bool { return slices.Contains(l.Admins, id) }

// Person gives who somebody is, with the role that the settings give.
func (l *List) Person(ctx context.Context, id int64) (storage.Person, error) {
	p, err := l.Store.Person(ctx, id)
	if err != nil {
		return p, err
	}
	if l.IsAdmin(id) {
		p.Role = storage.RoleAdmin
	}
	return p, nil
}

// Allowed reports whether somebody is let in. Not knowing is no.
func (l *List) Allowed(ctx context.Context, id int64) bool {
	p, err := l.Person(ctx, id)
	return err == nil && p.Role != storage.RoleNone
}

// Limit is the person's attempts a day; 0: no limit.
func (l *List) Limit(p storage.Person) int {
	if p.Limit != nil {
		return *p.Limit
	}
	return l.DailyAttempts
}

// Unclaimed reports whether nobody is an admin yet, so that nobody could ever
// let anybody in: then the bot tells people their id, and does nothing else.
func (l *List) Unclaimed(ctx context.Context) (bool, error) {
	if len(l.Admins) > 0 {
		return false, nil
	}
	admin, err := l.StoredAdmins(ctx, 1)
	return len(admin) == 0, err
}

// People is how many people are read from the store at once.
const peoplePage = 200

// StoredAdmins gives up to max admins that the store knows.
func (l *List) StoredAdmins(ctx context.Context, max int) ([]int64, error) {
	var found []int64
	for after := int64(0); ; {
		page, err := l.Store.ListPeople(ctx, after, peoplePage)
		if err != nil {
			return nil, err
		}
		for _, p := range page {
			if after = p.ID; p.Role == storage.RoleAdmin {
				if found = append(found, p.ID); len(found) == max {
					return found, nil
				}
			}
		}
		if len(page) < peoplePage {
			return found, nil
		}
	}
}

// AllAdmins gives the admins of the settings and the stored ones, each once.
func (l *List) AllAdmins(ctx context.Context) ([]int64, error) {
	stored, err := l.StoredAdmins(ctx, MostStoredAdmins)
	all := slices.Clone(l.Admins)
	for _, id := range stored {
		if !l.IsAdmin(id) {
			all = append(all, id)
		}
	}
	return all, err
}

// MostStoredAdmins bounds how many admins one alert goes to.
const MostStoredAdmins = 100

// MarkBlocked records that a person cannot be written to, or can again. It is a mark
// for the admins' list: when the store fails, it is set the next time.
func (l *List) MarkBlocked(ctx context.Context, id int64, isBlocked bool) {
	_, err := l.Store.ChangePerson(ctx, id, func(p *storage.Person) error {
		if p.Role != storage.RoleNone {
			p.Blocked = isBlocked
		}
		return nil
	})
	if err != nil {
		l.Log.Warn("mark of a blocked chat not stored", "user_id", id, "error", err)
	}
}
