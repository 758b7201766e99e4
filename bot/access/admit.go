package access

import (
	"cmp"
	"context"

	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/storage"
)

// newcomer is somebody whom an admin lets in.
type newcomer struct {
	id    int64
	named string // what the admin calls them: takes the place of the name that is kept
	name  string // their name elsewhere, for those of whom none is kept
}

// admit lets somebody in. had is false also when the same update has let them in
// before, and the program died over it. request is their last one, if there is any.
func (a *Access) admit(ctx context.Context, req *reply.Request, who newcomer, request storage.Task) (p storage.Person, had bool, err error) {
	by, at := req.Task.Person, req.Task.Added
	p, err = a.People.Change(ctx, by, who.id, func(p *storage.Person) error {
		had = p.Role != storage.RoleNone && (p.By != by || !p.Added.Equal(at))
		if p.Role == storage.RoleNone {
			p.Role, p.Added, p.By, p.Blocked = storage.RoleAgent, at, by, false
		}
		p.Name = cmp.Or(who.named, p.Name, who.name, a.nameOfRequest(request))
		p.Language = cmp.Or(p.Language, a.chosenInRequest(request))
		return nil
	})
	if err != nil {
		return p, false, outage.StoreError{Err: err}
	}
	return p, had, nil
}

// Admission is what came of letting somebody in.
type Admission struct {
	Person storage.Person
	Is     Standing
	// Unreachable: they cannot be told, because they never pressed Start or have
	// blocked the bot.
	Unreachable bool
}

// Standing is how somebody stands after an admin wanted to let them in.
type Standing int

// What may come of it.
const (
	LetIn     Standing = iota
	WasIn              // they were in already
	Admin              // an admin of the settings
	Overruled          // they were shut out after the admin wanted it
)

// LetIn lets somebody in at an admin's wish, ends their request, if one is open, and
// tells them. named is what the admin calls them, name what is said of them elsewhere;
// either may be "".
func (a *Access) LetIn(ctx context.Context, req *reply.Request, id int64, named, name string) (Admission, error) {
	out := Admission{Person: storage.Person{ID: id, Name: cmp.Or(named, name)}}
	request, _, err := a.EndRequest(ctx, req, id, AllowButton)
	if err != nil {
		return out, err
	}
	if a.People.IsAdmin(id) {
		out.Is = Admin
		return out, nil
	}
	if late, err := a.ShutOutSince(ctx, id, req.Task.Added); err != nil || late {
		out.Is = Overruled
		return out, err
	}
	had := false
	if out.Person, had, err = a.admit(ctx, req, newcomer{id: id, named: named, name: name}, request); err != nil {
		return out, err
	}
	if had {
		out.Is = WasIn
		return out, nil
	}
	out.Unreachable = a.Welcome(ctx, req, out.Person, request)
	return out, nil
}
