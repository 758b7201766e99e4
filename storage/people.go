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

// Person is somebody an admin let in. Strangers are not kept.
type Person struct {
	ID   int64 // Telegram's user id
	Name string
	Role Role
	// Limit is the person's own number of attempts a day; nil: the setting's;
	// 0: no limit.
	Limit *int
	Added time.Time // when the role was given
	By    int64     // who gave it
	// Blocked: the person has blocked the bot, or never started it, so that
	// nothing can be sent to them.
	Blocked bool
}

// People keeps who was let in.
type People interface {
	// Person gives what is kept of a user. One who is not kept is a Person
	// with the ID and nothing else, and no error.
	Person(ctx context.Context, id int64) (Person, error)

	// ChangePerson reads a person (as Person does), lets change alter it and
	// writes it, as one step against others; it gives what Person gives from
	// then on. A person without role, limit and name is removed. An error of
	// change is returned as it is and nothing is written. change may be called
	// more than once and must do nothing but alter its argument; it cannot
	// alter the ID. Names are kept as CutName gives them.
	ChangePerson(ctx context.Context, id int64, change func(*Person) error) (Person, error)

	// ListPeople gives up to max people with a role, by ID, from the first ID
	// above after.
	ListPeople(ctx context.Context, after int64, max int) ([]Person, error)
}
