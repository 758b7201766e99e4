package people

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// onePerson is a store of one person, who is changed at the second try.
type onePerson struct {
	Store
	person storage.Person
	err    error
}

func (o *onePerson) ChangePerson(_ context.Context, _ int64, change func(*storage.Person) error, _ ...*storage.AuditEntry) (storage.Person, error) {
	lost := storage.Person{Role: storage.RoleAdmin}
	if err := errors.Join(change(&lost), change(&o.person), o.err); err != nil {
		return storage.Person{}, err
	}
	return o.person, nil
}

func TestLogsWhoIsLetIn(t *testing.T) {
	var log bytes.Buffer
	store := &onePerson{}
	l := &List{Store: store, Log: slog.New(slog.NewTextHandler(&log, nil)), Now: time.Now}
	change := func(role storage.Role) string {
		log.Reset()
		_, err := l.Change(t.Context(), 5, 7, func(p *storage.Person) error { p.Role, p.Name = role, "Aibek"; return nil })
		require.ErrorIs(t, err, store.err)
		_, line, _ := strings.Cut(log.String(), "msg=")
		return line
	}
	require.Equal(t, "\"role changed\" user_id=7 role=agent by=5\n", change(storage.RoleAgent))
	require.Empty(t, change(storage.RoleAgent), "nothing has changed")
	require.Equal(t, "\"role changed\" user_id=7 role=\"\" by=5\n", change(storage.RoleNone))
	store.err = errors.New("the disk is full")
	require.Empty(t, change(storage.RoleAgent))
}
