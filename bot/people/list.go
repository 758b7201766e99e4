// Package people is who may do what: roles, limits, and who can be written to.
// How somebody becomes one of them is decided elsewhere.
package people

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"mrzbot/storage"
)

// List is the people whom the bot knows, and the admins that the settings name.
type List struct {
	Store         Store
	Log           *slog.Logger
	Admins        []int64 // from the settings; stored admins are others
	Now           func() time.Time
	DailyAttempts int // for those without a limit of their own; 0: no limit
	// AdminChanged is told who became an admin, or is none any more; nil: nobody is.
	AdminChanged func(ctx context.Context, id int64, admin bool)

	phones sync.Map // user id → notedPhone
}

// Store is the part of the store that holds what is kept of people.
type Store interface {
	storage.People
	storage.Settings
}

// IsAdmin reports whether the settings make somebody an admin, whom nobody can
// shut out while the program runs.
func (l *List) IsAdmin(id int64) bool { return slices.Contains(l.Admins, id) }

// Ended reports whether somebody's access was given until a time that is over. What
// the settings give does not end.
func (l *List) Ended(p storage.Person) bool {
	return p.Role != storage.RoleNone && !p.Until.IsZero() && !p.Until.After(l.Now()) && !l.IsAdmin(p.ID)
}

// RoleOf gives the role that somebody has: that of the settings, none when their time
// is over, or else the one that is kept.
func (l *List) RoleOf(p storage.Person) storage.Role {
	switch {
	case l.IsAdmin(p.ID):
		return storage.RoleAdmin
	case l.Ended(p):
		return storage.RoleNone
	}
	return p.Role
}

// Person gives who somebody is, with the role that they have.
func (l *List) Person(ctx context.Context, id int64) (storage.Person, error) {
	p, err := l.Store.Person(ctx, id)
	if err != nil {
		return p, err
	}
	p.Role = l.RoleOf(p)
	return p, nil
}

// Change alters somebody as Store.ChangePerson does, at the wish of another
// person. Somebody whose time is over has no role in it, nor an end of it. What is
// changed goes to the audit, in one step with it; who was let in or shut out, and by
// whom, to the log. also are entries of the caller's own for the audit.
func (l *List) Change(ctx context.Context, by, id int64, change func(*storage.Person) error, also ...*storage.AuditEntry) (storage.Person, error) {
	return l.Adjust(ctx, by, id, func(p *storage.Person) error {
		if l.Ended(*p) {
			p.Role, p.Until = storage.RoleNone, time.Time{}
		}
		return change(p)
	}, also...)
}

// Adjust is Change for what concerns somebody whose time is over, too, and leaves it
// over: such as a new end.
func (l *List) Adjust(ctx context.Context, by, id int64, change func(*storage.Person) error, also ...*storage.AuditEntry) (storage.Person, error) {
	entries := make([]*storage.AuditEntry, audited)
	for i := range entries {
		entries[i] = new(storage.AuditEntry)
	}
	was := storage.RoleNone
	p, err := l.Store.ChangePerson(ctx, id, func(p *storage.Person) error {
		before := *p
		was = l.RoleOf(before)
		if before.Role != was && !l.IsAdmin(id) { // ended
			before.Role = was
		}
		if p.Limit != nil {
			limit := *p.Limit
			before.Limit = &limit
		}
		if err := change(p); err != nil {
			return err
		}
		if p.Role == storage.RoleNone {
			p.Until = time.Time{}
		}
		now := *p
		if l.Ended(now) {
			now.Role = storage.RoleNone
		}
		audit(entries, by, l.Now(), before, now)
		return nil
	}, append(entries, also...)...)
	if err != nil {
		return p, err
	}
	is := l.RoleOf(p)
	if is != was {
		l.Log.Info("role changed", "user_id", id, "role", string(is), "by", by)
	}
	if admin := is == storage.RoleAdmin; admin != (was == storage.RoleAdmin) && l.AdminChanged != nil {
		l.AdminChanged(ctx, id, admin)
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
			if after = p.ID; p.Role == storage.RoleAdmin && !l.Ended(p) {
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
