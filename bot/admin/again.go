package admin

import (
	"context"
	"slices"

	"mrzbot/bot/outage"
	"mrzbot/bot/people"
	"mrzbot/bot/screen"
	"mrzbot/storage"
)

// An update is worked again when the program died over it, or the store failed. What
// it did then stands in the audit, from the step of the change on. Done once more it
// would give back what another admin has taken meanwhile.

// audited names what stands in the audit of what a button does, or what was
// typed in answer to it.
var audited = map[string][]string{
	screen.CardLimit:   {people.AuditLimit},
	screen.CardUntil:   {people.AuditUntil},
	screen.CardType:    {people.AuditLimit},
	screen.CardNote:    {people.AuditNote},
	screen.CardReset:   {people.AuditReset},
	screen.CardAdmin:   {people.AuditAdmin},
	screen.CardUnadmin: {people.AuditUnadmin},
	screen.CardClose:   {people.AuditRevoke},
	screen.CardUndo:    {people.AuditAllow, people.AuditAdmin},
	screen.CardOpen:    {people.AuditAllow},
}

// carriedOut reports whether the admin of an update has done something to a person (0:
// nobody) since it came.
func (a *Admin) carriedOut(ctx context.Context, t storage.Task, person int64, actions ...string) (bool, error) {
	entries, err := people.AuditSince(ctx, a.Store, t.Added)
	if err != nil {
		return false, outage.StoreError{Err: err}
	}
	return slices.ContainsFunc(entries, func(e storage.AuditEntry) bool {
		return e.By == t.Person && e.Person == person && slices.Contains(actions, e.Action)
	}), nil
}

// overruled reports whether the admin of an update has done something of a kind since it
// came, and another admin has done so after them. It is for commands, of which several
// of the same kind may wait together: one alone would be taken for the other.
func (a *Admin) overruled(ctx context.Context, t storage.Task, person int64, actions ...string) (bool, error) {
	entries, err := people.AuditSince(ctx, a.Store, t.Added)
	if err != nil {
		return false, outage.StoreError{Err: err}
	}
	by := false // another
	for _, e := range entries {
		switch {
		case e.Person != person || !slices.Contains(actions, e.Action):
		case e.By != t.Person:
			by = true
		case by:
			return true, nil
		}
	}
	return false, nil
}

// stands reports whether somebody's role is what a button makes of it.
func stands(do string, role storage.Role) bool {
	switch do {
	case screen.CardAdmin:
		return role == storage.RoleAdmin
	case screen.CardUnadmin:
		return role == storage.RoleAgent
	case screen.CardClose:
		return role == storage.RoleNone
	case screen.CardUndo, screen.CardOpen:
		return role != storage.RoleNone
	}
	return true
}
