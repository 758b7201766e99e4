package people

import (
	"context"
	"strconv"
	"time"

	"mrzbot/storage"
)

// AuditForget stands in the audit as the Action of somebody who has had themselves
// forgotten.
const AuditForget = "forget"

// What stands in the audit as the Action of a change of what all share.
const (
	AuditBudget   = "budget"
	AuditTemplate = "template"
)

// What stands in the audit as the Action of a change of a person. The Detail of a
// role that was taken is the role; of a limit, or of the time until which access is
// given, it is what it was and what it became.
const (
	AuditAllow   = "allow"
	AuditAdmin   = "admin"   // made an admin
	AuditUnadmin = "unadmin" // made an agent of an admin
	AuditRevoke  = "revoke"
	AuditLimit   = "limit"
	AuditUntil   = "until"
	AuditNote    = "note" // without what it says
	AuditReset   = "reset"
)

// Actions lists all actions of the audit but those of invites, which access adds.
func Actions() []string {
	return []string{AuditAllow, AuditAdmin, AuditUnadmin, AuditRevoke, AuditLimit, AuditUntil, AuditNote, AuditReset,
		AuditBudget, AuditTemplate, "export", AuditForget}
}

// auditPage is how much of the audit is read at once.
const auditPage = 100

// AuditSince gives the entries of the audit since a time, the newest first.
func AuditSince(ctx context.Context, audit storage.Audit, since time.Time) (entries []storage.AuditEntry, err error) {
	for before := uint64(0); ; {
		page, err := audit.AuditEntries(ctx, before, auditPage)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if !e.At.Before(since) {
				entries = append(entries, e)
			}
		}
		if len(page) < auditPage || page[len(page)-1].At.Before(since) {
			return entries, nil
		}
		before = page[len(page)-1].Seq
	}
}

// audit notes what a change has made of a person: role, limit, time and note, each in
// an entry of its own. The change may be made again, so all of them are set.
func audit(entries []*storage.AuditEntry, by int64, at time.Time, was, now storage.Person) {
	note := func(i int, changed bool, action, detail string) {
		*entries[i] = storage.AuditEntry{}
		if changed {
			*entries[i] = storage.AuditEntry{At: at, By: by, Action: action, Person: now.ID, Detail: detail}
		}
	}
	role, detail := AuditAllow, ""
	switch {
	case now.Role == storage.RoleNone:
		role, detail = AuditRevoke, string(was.Role)
	case now.Role == storage.RoleAdmin:
		role = AuditAdmin
	case was.Role == storage.RoleAdmin:
		role = AuditUnadmin
	}
	note(0, was.Role != now.Role, role, detail)
	note(1, limitDetail(was.Limit) != limitDetail(now.Limit), AuditLimit, limitDetail(was.Limit)+between+limitDetail(now.Limit))
	note(2, !was.Until.Equal(now.Until) && now.Role != storage.RoleNone, AuditUntil, timeDetail(was.Until)+between+timeDetail(now.Until))
	note(3, was.Note != now.Note, AuditNote, "")
}

const audited = 4 // the entries of a change

// between stands in a Detail between what was and what is.
const between = " → "

func limitDetail(limit *int) string {
	if limit == nil {
		return "default"
	}
	return strconv.Itoa(*limit)
}

func timeDetail(t time.Time) string {
	if t.IsZero() {
		return "none"
	}
	return t.UTC().Format(time.RFC3339)
}
