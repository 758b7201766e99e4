package access

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"mrzbot/bot/outage"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// An invite is a link that lets people in, t.me/BOT?start=CODE. Its code is shown
// once and kept as a hash only. It makes agents, whatever the store says of it, and
// is good while who made it is an admin.

const (
	// codeBytes of randomness nobody tries out.
	codeBytes = 16

	maxInvites    = 20  // that are good at once
	maxInvited    = 100 // people by one link
	maxInviteDays = 30
)

// hashOf is how a code is kept. A code is random, so a plain hash does not give it
// away, and 43 characters fit into the data of a button.
func hashOf(code string) string {
	sum := sha256.Sum256([]byte(code))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// newInvite stores an invite for so many people, and gives its code.
func (a *Access) newInvite(ctx context.Context, req *reply.Request, people, days int) (i storage.Invite, code string, err error) {
	raw := make([]byte, codeBytes)
	if _, err := io.ReadFull(a.Secrets, raw); err != nil {
		return i, "", fmt.Errorf("access: no randomness: %w", err)
	}
	code = base64.RawURLEncoding.EncodeToString(raw)
	i = storage.Invite{
		Hash: hashOf(code), Added: req.Task.Added, Until: a.endOf(days),
		Left: people, By: req.Task.Person, Role: storage.RoleAgent,
	}
	made := a.audited(req.Task.Person, AuditInvite, i.Hash)
	made.Detail += sized(people, days)
	if err := a.Store.AddInvite(ctx, i, made); err != nil {
		return i, "", outage.StoreError{Err: err}
	}
	return i, code, nil
}

// sized is how the audit writes for how many people and days an invite is.
func sized(people, days int) string { return " " + strconv.Itoa(people) + " " + strconv.Itoa(days) }

// takenBack reports whether an update has made an invite of that size and another admin
// has revoked it. It is worked again then, and would give back what they have taken.
func (a *Access) takenBack(ctx context.Context, t storage.Task, size string) (bool, error) {
	entries, err := people.AuditSince(ctx, a.Store, t.Added)
	if err != nil {
		return false, outage.StoreError{Err: err}
	}
	revoked := map[string]bool{}
	for _, e := range entries {
		if e.Action == AuditUninvite && e.By != t.Person {
			revoked[e.Detail+size] = true
		}
		if e.Action == AuditInvite && e.By == t.Person && revoked[e.Detail] {
			return true, nil
		}
	}
	return false, nil
}

// What stands in the audit as the Action of an invite. The Detail begins with its mark.
const (
	AuditInvite   = "invite"      // and for how many people and days
	AuditCame     = "invite_used" // by the person; who did it is who made the link
	AuditUninvite = "invite_revoked"
)

// endOf gives the end of the day that comes so many days after this one.
func (a *Access) endOf(days int) time.Time {
	now := a.Now().In(a.TimeZone)
	return time.Date(now.Year(), now.Month(), now.Day()+days+1, 0, 0, 0, 0, a.TimeZone)
}

// lastDay is the last day of an invite, as people write it.
func (a *Access) lastDay(i storage.Invite) string {
	return i.Until.Add(-time.Second).In(a.TimeZone).Format("02.01.2006")
}

// markLength is how much of an invite's hash names it in the audit.
const markLength = 6

// audited makes the entry of what somebody did to an invite.
func (a *Access) audited(by int64, action, hash string) *storage.AuditEntry {
	return &storage.AuditEntry{At: a.Now(), By: by, Action: action, Detail: hash[:min(len(hash), markLength)]}
}

// invites gives the invites that are good, the newest first. Those of who is no admin
// any more are removed.
func (a *Access) invites(ctx context.Context) (good []storage.Invite, err error) {
	all, err := a.Store.ListInvites(ctx, a.Now())
	if err != nil {
		return nil, outage.StoreError{Err: err}
	}
	admins, err := a.People.AllAdmins(ctx)
	if err != nil {
		return nil, outage.StoreError{Err: err}
	}
	for _, i := range all {
		if !slices.Contains(admins, i.By) {
			if err := a.Store.RemoveInvite(ctx, i.Hash); err != nil {
				return nil, outage.StoreError{Err: err}
			}
			continue
		}
		good = append(good, i)
	}
	slices.SortStableFunc(good, func(i, j storage.Invite) int { return j.Added.Compare(i.Added) })
	return good, nil
}

// errShutOut: somebody whose access an admin has closed.
var errShutOut = errors.New("access: closed by an admin")

// Came reports whether an update has let its sender in, by a link that they opened: it
// is worked again then, and goes to ComeByInvite once more.
func (a *Access) Came(req *reply.Request) bool {
	return req.Person.Role != storage.RoleNone && req.Person.Added.Equal(req.Task.Added)
}

// ComeByInvite lets a stranger in who opens a link, within bounds. Whom an admin has
// shut out, or refused a while ago, is not let in: that was about them, the link is
// for whoever has it.
func (a *Access) ComeByInvite(ctx context.Context, req *reply.Request, code string) error {
	if a.Came(req) {
		return a.cameBefore(ctx, req, code)
	}
	if ok, err := a.Command(ctx, req); err != nil || !ok {
		return err
	}
	id := req.Task.Person
	at, err := a.standing(ctx, id)
	if err != nil {
		return err
	}
	p, err := a.Store.Person(ctx, id)
	switch {
	case err != nil:
		return outage.StoreError{Err: err}
	case barred(p), at.text == "stranger.denied":
		if at.mayAsk {
			at.text = "invite.closed"
		}
		return req.SendMessage(ctx, tell(req, at, AskButton))
	}
	invite, ok, err := a.useInvite(ctx, code, id)
	switch {
	case err != nil:
		return err
	case !ok:
		if at.text = "invite.over.asked"; at.mayAsk {
			at.text = "invite.over"
		}
		return req.SendMessage(ctx, tell(req, at, AskButton))
	}
	used, came := a.audited(invite.By, AuditCame, invite.Hash), new(storage.AuditEntry)
	used.Person = id
	p, err = a.People.Change(ctx, invite.By, id, func(p *storage.Person) error {
		if *came = (storage.AuditEntry{}); !p.ShutOut.IsZero() {
			return errShutOut // just now
		}
		if p.Role == storage.RoleNone {
			*came = *used
			p.Role, p.Added, p.By, p.Blocked = storage.RoleAgent, req.Task.Added, invite.By, false
			if p.Limit == nil {
				p.Limit = invite.Limit
			}
		}
		p.Name = cmp.Or(p.Name, text.DisplayName(req.From))
		return nil
	}, came)
	switch {
	case errors.Is(err, errShutOut):
		at, err = a.standing(ctx, id)
		return errors.Join(err, req.SendMessage(ctx, tell(req, at, AskButton)))
	case err != nil:
		return outage.StoreError{Err: err}
	}
	return a.cameIn(ctx, req, p, invite)
}

// barred reports whether an admin has closed somebody's access, or given it until a
// time that is over: they still have a role then, which is none any more.
func barred(p storage.Person) bool { return !p.ShutOut.IsZero() || p.Role != storage.RoleNone }

// useInvite uses one of the places of an invite. It is false when there is none.
func (a *Access) useInvite(ctx context.Context, code string, person int64) (storage.Invite, bool, error) {
	invite, err := a.Store.UseInvite(ctx, hashOf(code), person, a.Now())
	if errors.Is(err, storage.ErrGone) {
		return invite, false, nil
	}
	var by storage.Person
	if err == nil {
		by, err = a.People.Person(ctx, invite.By)
	}
	if err != nil {
		return invite, false, outage.StoreError{Err: err}
	}
	return invite, by.Role == storage.RoleAdmin, nil
}

// cameBefore does once more what follows when somebody has come by a link, which may be
// used up or revoked by now.
func (a *Access) cameBefore(ctx context.Context, req *reply.Request, code string) error {
	invite, _, err := a.useInvite(ctx, code, req.Task.Person)
	if err != nil {
		return err
	}
	invite.By = req.Person.By
	return a.cameIn(ctx, req, req.Person, invite)
}

// cameIn ends the request of somebody who came by a link, and tells them and who made
// the link.
func (a *Access) cameIn(ctx context.Context, req *reply.Request, p storage.Person, i storage.Invite) error {
	d := decision{verb: AllowButton, at: req.Task.Added}
	if _, _, err := a.endRequest(ctx, req, p.ID, d, ""); err != nil {
		return err
	}
	l := aboutPerson(a.Outbox.LocalizerOf(ctx, i.By), "invite.came", text.Args{"N": i.Left}, p)
	req.Then = append(req.Then, a.Outbox.Post("came:"+req.Task.ID, i.By, l))
	return req.Reply(ctx, req.Localizer.Text("welcome", nil))
}
