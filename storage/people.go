package storage

import (
	"context"
	"time"
)

// Role is what a person may do.
type Role string

// The roles there are. Admins may do what agents may.
const (
	RoleNone  Role = ""
	RoleAgent Role = "agent"
	RoleAdmin Role = "admin"
)

// MaxName is the longest display name kept, in characters (code points).
const MaxName = 64

// Person is somebody an admin let in, or shut out. Strangers are not kept.
type Person struct {
	ID   int64 // Telegram's user id
	Name string
	Role Role
	// Limit is the person's own number of attempts a day; nil: the setting's;
	// 0: no limit.
	Limit *int
	Added time.Time // when the role was given
	By    int64     // who gave it
	// Language is the one that the person has chosen; "": none.
	Language string `json:",omitempty"`
	Note     string `json:",omitempty"` // a word of the admins' about the person
	// ShutOut is when the person was last shut out, in the time of the command that
	// did so; zero: never.
	ShutOut time.Time `json:",omitzero"`
	// Until is when the role ends; zero: it does not. What that means is decided
	// by the caller: the store ends nothing.
	Until time.Time `json:",omitzero"`
	// Blocked: the person has blocked the bot, or never started it, so that
	// nothing can be sent to them.
	Blocked bool
}

// Kept reports whether there is anything to be kept of a person.
func (p Person) Kept() bool {
	return p.Role != RoleNone || p.Limit != nil || p.Name != "" || p.Language != "" || p.Note != "" || !p.ShutOut.IsZero()
}

// Check reports as ErrInvalid what no engine stores of a person.
func (p Person) Check() error {
	if err := CheckText(string(p.Role), p.Language, p.Note); err != nil {
		return err
	}
	return CheckTime(p.Added, p.ShutOut, p.Until)
}

// People keeps who was let in.
type People interface {
	// Person gives what is kept of a user. One who is not kept is a Person
	// with the ID and nothing else, and no error.
	Person(ctx context.Context, id int64) (Person, error)

	// ChangePerson reads a person (as Person does), lets change alter it and
	// writes it, as one step against others; it gives what Person gives from
	// then on. A person of whom nothing is kept (see Person.Kept) is removed, and
	// one whose role was taken is not: a new grant finds name, limit and language.
	// An error of change is returned as it is and nothing is written. change may be called
	// more than once and must do nothing but alter its argument and what it audits; it
	// cannot alter the ID. Names are kept as CutName gives them. For audit see Audit.
	ChangePerson(ctx context.Context, id int64, change func(*Person) error, audit ...*AuditEntry) (Person, error)

	// Forget removes what is kept of a person, and their settled counts; rows, totals
	// of days and sums that named them name nobody (0) from then on, and invites no
	// longer say that they used them. So the totals of a day stay what they were for
	// all people together. Budgets, reservations, tasks, settings and the audit stay
	// as they are; a row that is written meanwhile or later, by an attempt under way,
	// names the person as usual. It is all or nothing, and of somebody of whom
	// nothing is kept it is no error. Nobody (0) cannot be forgotten: ErrInvalid.
	// For audit see Audit.
	Forget(ctx context.Context, id int64, audit ...*AuditEntry) error

	// ListPeople gives up to max people with a role, by ID, from the first ID
	// above after.
	ListPeople(ctx context.Context, after int64, max int) ([]Person, error)
}
