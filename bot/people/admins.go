package people

import (
	"context"
	"errors"
	"slices"

	"mrzbot/storage"
)

// Errors of MakeAdmin and UnmakeAdmin.
var (
	ErrNotListed  = errors.New("people: not let in")
	ErrBySettings = errors.New("people: an admin by the settings")
	ErrOnlyAdmin  = errors.New("people: the only admin")
)

// MakeAdmin makes an admin of somebody who was let in, at the wish of another.
// changed is false when they are one already.
func (l *List) MakeAdmin(ctx context.Context, by, id int64) (p storage.Person, changed bool, err error) {
	return l.setRole(ctx, by, id, storage.RoleAdmin)
}

// UnmakeAdmin makes an agent of an admin. Those of the settings stay what they are
// (ErrBySettings), and so does the last one there is (ErrOnlyAdmin).
func (l *List) UnmakeAdmin(ctx context.Context, by, id int64) (p storage.Person, changed bool, err error) {
	all, err := l.AllAdmins(ctx)
	if err != nil {
		return p, false, err
	}
	if !slices.ContainsFunc(all, func(other int64) bool { return other != id }) {
		return p, false, ErrOnlyAdmin
	}
	if p, changed, err = l.setRole(ctx, by, id, storage.RoleAgent); err != nil || !changed {
		return p, changed, err
	}
	// Two may have unmade each other at the same time: then both stay.
	if all, err = l.AllAdmins(ctx); err != nil || len(all) > 0 {
		return p, true, err
	}
	if p, _, err = l.setRole(ctx, by, id, storage.RoleAdmin); err != nil {
		return p, false, err
	}
	return p, false, ErrOnlyAdmin
}

// setRole changes somebody from agent to admin or back.
func (l *List) setRole(ctx context.Context, by, id int64, role storage.Role) (p storage.Person, changed bool, err error) {
	if l.IsAdmin(id) {
		return p, false, ErrBySettings
	}
	p, err = l.Change(ctx, by, id, func(p *storage.Person) error {
		if p.Role == storage.RoleNone {
			return ErrNotListed
		}
		changed = p.Role != role
		p.Role = role
		return nil
	})
	return p, changed && err == nil, err
}
