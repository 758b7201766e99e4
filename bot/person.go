package bot

import (
	"context"

	"mrzbot/storage"
)

// person gives who somebody is, with the role that the settings give.
func (b *Bot) person(ctx context.Context, id int64) (storage.Person, error) {
	p, err := b.Store.Person(ctx, id)
	if err != nil {
		return p, err
	}
	if b.admins[id] {
		p.Role = storage.RoleAdmin
	}
	return p, nil
}

// allowed reports whether somebody is let in. Not knowing is no.
func (b *Bot) allowed(ctx context.Context, id int64) bool {
	p, err := b.person(ctx, id)
	return err == nil && p.Role != storage.RoleNone
}

// limit is the person's attempts a day; 0: no limit.
func (b *Bot) limit(p storage.Person) int {
	if p.Limit != nil {
		return *p.Limit
	}
	return b.Daily
}

// unclaimed reports whether nobody is an admin yet, so that nobody could ever
// let anybody in: then the bot tells people their id, and does nothing else.
func (b *Bot) unclaimed(ctx context.Context) (bool, error) {
	if len(b.admins) > 0 {
		return false, nil
	}
	admin, err := b.storedAdmins(ctx, 1)
	return len(admin) == 0, err
}

// peoplePage is how many people are read from the store at once.
const peoplePage = 200

// storedAdmins gives up to max admins that the store knows.
func (b *Bot) storedAdmins(ctx context.Context, max int) ([]int64, error) {
	var found []int64
	for after := int64(0); ; {
		page, err := b.Store.ListPeople(ctx, after, peoplePage)
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

// note records that a person cannot be written to, or can again. It is a mark
// for the admins' list: when the store fails, it is set the next time.
func (b *Bot) note(ctx context.Context, id int64, isBlocked bool) {
	_, err := b.Store.ChangePerson(ctx, id, func(p *storage.Person) error {
		if p.Role != storage.RoleNone {
			p.Blocked = isBlocked
		}
		return nil
	})
	if err != nil {
		b.Log.Warn("mark of a blocked chat not stored", "user_id", id, "error", err)
	}
}
