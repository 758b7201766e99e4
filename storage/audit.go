package storage

import (
	"context"
	"fmt"
	"time"
)

// AuditEntry is one thing that somebody did to a person or a setting. Nothing of
// a card, and nothing anybody wrote, is in it.
type AuditEntry struct {
	Seq    uint64    // the place in the order; the store gives it
	At     time.Time // when
	By     int64     // who did it; 0: the program itself
	Action string    // a short code, such as "allow"
	Person int64     // to whom; 0: nobody
	Detail string    // what besides, such as a new limit
}

// Check reports as ErrInvalid what no engine stores, as Task's does.
func (e AuditEntry) Check() error {
	if e.Action == "" || e.At.IsZero() {
		return fmt.Errorf("%w: an audit entry needs a time and an action", ErrInvalid)
	}
	if err := CheckText(e.Action, e.Detail); err != nil {
		return err
	}
	return CheckTime(e.At)
}

// Audited gives those entries that say something: one whose Action is empty is left
// out. It is an error when one of them cannot be stored.
func Audited(entries []*AuditEntry) (said []AuditEntry, err error) {
	for _, e := range entries {
		if e.Action == "" {
			continue
		}
		if err := e.Check(); err != nil {
			return nil, err
		}
		said = append(said, *e)
	}
	return said, nil
}

// Audit keeps who did what. Entries are added and never changed.
//
// Operations that take entries add them in one step with what they do, as change has
// left them where there is one: the change and its entries are there or both are not.
// Entries without an Action are left out.
type Audit interface {
	// AddAudit adds an entry. Its Seq is ignored.
	AddAudit(ctx context.Context, e AuditEntry) error

	// AuditEntries gives up to max entries, the newest (by Seq) first, from the
	// first below before on; 0 is from the newest on.
	AuditEntries(ctx context.Context, before uint64, max int) ([]AuditEntry, error)
}
