package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/queue"
	"mrzbot/storage"
)

// asksToForget has the asker, who was let in, be asked under message 3 whether they
// want to be forgotten.
func (c *tableau) asksToForget() {
	c.role(storage.RoleAgent)
	c.keeps(c.pressing("update:1", asker, 9, "", noon.Add(-time.Minute)), storage.Retain{Reply: 3})
}

// photoOf claims a photo of the asker.
func (c *tableau) photoOf(name string) storage.Task {
	_, err := c.store.AddTask(c.t.Context(), storage.Task{
		ID: name, Kind: storage.KindPhoto, Person: asker, Chat: asker, Message: 7, FileID: "f", Added: noon,
		Payload: c.Seal.Seal(name, chat.SealUpdate, []byte(`{"message":{"photo":[{"file_id":"f"}]}}`)),
	})
	require.NoError(c.t, err)
	return c.claimAgain()
}

// names gives whom rows and totals of days name.
func (c *tableau) names() (ids []int64) {
	rows, err := c.store.Entries(c.t.Context(), time.Time{}, noon.Add(time.Hour), 100)
	require.NoError(c.t, err)
	for _, r := range rows {
		ids = append(ids, r.Person)
	}
	days, err := c.store.DayTotals(c.t.Context(), "", "9999")
	require.NoError(c.t, err)
	for _, t := range days {
		ids = append(ids, t.Person)
	}
	return ids
}

// TestForget: nothing names them but the audit, and a crash before the end of it
// does no harm.
func TestForget(t *testing.T) {
	d := setTable(t, func() (reader.Reading, error) { return reader.Reading{Lines: []string{"I<UTO"}}, nil })
	d.asksToForget()
	d.shutOutAt(noon.Add(-time.Hour)) // once, and let in again
	d.Handle(t.Context(), d.photoOf("update:2"))
	require.Equal(t, []int64{asker, asker}, d.names())
	for _, key := range []string{"waiting:20", "phone:20"} {
		require.NoError(t, d.store.PutSetting(t.Context(), key, []byte(`{"message":5}`)))
	}
	press := d.pressing("update:3", asker, 3, "forget:update:1", noon)
	for range 2 {
		require.Equal(t, queue.Done(), d.Handle(t.Context(), press))
		p, err := d.store.Person(t.Context(), asker)
		require.NoError(t, err)
		require.Equal(t, storage.Person{ID: asker}, p)
		require.Equal(t, []int64{0, 0}, d.names())
		require.Contains(t, d.edits[len(d.edits)-1].Text, "I have forgotten you")
	}
	for r, err := range d.store.Dump(t.Context()) {
		require.NoError(t, err)
		require.False(t, r.Setting != nil && strings.HasSuffix(r.Setting.Key, ":20"), "%v", r.Setting)
	}
	audit, err := d.store.AuditEntries(t.Context(), 0, 1)
	require.NoError(t, err)
	require.Equal(t, "forget", audit[0].Action)
	require.Equal(t, int64(asker), audit[0].By)
	d.Handle(t.Context(), d.pressing("update:4", asker, 3, "forget:update:1", noon))
	require.Equal(t, "This button is out of date. Send the command again.", d.heard[len(d.heard)-1])
}

// TestForgetWhilePhotoIsRead: the row that is written afterwards names nobody
// either, and the answer goes to nobody.
func TestForgetWhilePhotoIsRead(t *testing.T) {
	var d *tableau
	d = setTable(t, func() (reader.Reading, error) {
		d.Handle(t.Context(), d.pressing("update:3", asker, 3, "forget:update:1", noon))
		return reader.Reading{Lines: []string{"I<UTOD231458907<<<<<<<<<<<<<<<"}}, nil
	})
	d.asksToForget()
	d.Handle(t.Context(), d.photoOf("update:2"))
	require.Equal(t, []int64{0, 0}, d.names())
	count, err := d.store.Attempts(t.Context(), asker, storage.DayOf(noon, time.UTC))
	require.NoError(t, err)
	require.Zero(t, count)
	for _, m := range d.said {
		require.NotContains(t, m.Text, "D231458907")
	}
}

// TestForgetWhilePhotoIsRefused: they are not on the list of those who are told when the
// service reads again.
func TestForgetWhilePhotoIsRefused(t *testing.T) {
	var d *tableau
	d = setTable(t, func() (reader.Reading, error) {
		d.Handle(t.Context(), d.pressing("update:3", asker, 3, "forget:update:1", noon))
		return reader.Reading{}, &outcome.Failure{Code: outcome.Rejected}
	})
	d.asksToForget()
	d.Handle(t.Context(), d.photoOf("update:2"))
	require.Equal(t, []int64{0, 0}, d.names())
	refused, err := d.store.Setting(t.Context(), "refused")
	require.NoError(t, err)
	require.NotContains(t, string(refused), "20")
}

// TestForgetWhilePhotoWaits: the row of a photo that was begun before names nobody,
// whatever they and the admins do before it is worked again; what an admin has decided
// since stays.
func TestForgetWhilePhotoWaits(t *testing.T) {
	for name, c := range map[string]struct {
		since func(d *tableau)
		names []int64
		told  bool
		isOut bool
	}{
		"nothing": {since: func(*tableau) {}, names: []int64{0, 0}},
		"asks for access": {since: func(d *tableau) {
			d.keeps(d.pressing("update:4", asker, 3, "ask", noon), storage.Retain{Request: true})
		}, names: []int64{0, 0}},
		"revoked": {since: func(d *tableau) {
			d.Handle(t.Context(), d.command("update:4", "/revoke 20", noon))
		}, names: []int64{0, 0}, isOut: true},
		"let in again and revoked": {since: func(d *tableau) {
			d.Handle(t.Context(), d.command("update:4", "/allow 20", noon))
			d.Handle(t.Context(), d.command("update:5", "/revoke 20", noon))
		}, names: []int64{asker, asker}, told: true, isOut: true},
		"many things done": {since: func(d *tableau) {
			for range 250 {
				require.NoError(t, d.store.AddAudit(t.Context(), storage.AuditEntry{At: noon, By: anAdmin, Action: "export"}))
			}
		}, names: []int64{0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			d := setTable(t, nil)
			d.asksToForget()
			photo := d.photoOf("update:2")
			var err error
			photo.Attempt, err = d.store.Begin(t.Context(), photo, storage.Begin{Now: noon, Day: storage.DayOf(noon, time.UTC)})
			require.NoError(t, err)
			photo.Attempt.Calling = false // it waits for the service
			d.Handle(t.Context(), d.pressing("update:3", asker, 3, "forget:update:1", noon))
			require.False(t, d.isIn())
			c.since(d)
			v := fmt.Sprint(d.Handle(t.Context(), photo))
			require.Equal(t, c.names, d.names())
			require.Equal(t, c.told, strings.Contains(v, "shut_out:update:2"))
			p, err := d.store.Person(t.Context(), asker)
			require.NoError(t, err)
			require.Equal(t, c.isOut, !p.ShutOut.IsZero())
		})
	}
}

// TestShutOutIsNotForgotten: the rows of somebody whom an admin shut out meanwhile
// name them as before.
func TestShutOutIsNotForgotten(t *testing.T) {
	var d *tableau
	d = setTable(t, func() (reader.Reading, error) {
		d.Handle(t.Context(), d.command("update:3", "/revoke 20", noon))
		return reader.Reading{Lines: []string{"I<UTO"}}, nil
	})
	d.role(storage.RoleAgent)
	d.Handle(t.Context(), d.photoOf("update:2"))
	require.Equal(t, []int64{asker, asker}, d.names())
}

// TestDismissedIsNotForgotten: who is no admin of the settings any more is told of
// their photo, and its row names them.
func TestDismissedIsNotForgotten(t *testing.T) {
	d := setTable(t, nil)
	task := d.photoOf("update:2")
	_, err := d.store.Begin(t.Context(), task, storage.Begin{Now: noon, Day: "2026-11-23"})
	require.NoError(t, err)
	task.Attempt, err = d.store.Hold(t.Context(), task, storage.Hold{Now: noon, Outcome: "ok", Counted: true})
	require.NoError(t, err)
	d.Handle(t.Context(), task)
	require.Equal(t, []int64{asker, asker}, d.names())
}

// TestOnlyAdmin: the last who can let people in is not forgotten.
func TestOnlyAdmin(t *testing.T) {
	d := setTable(t, nil)
	d.role(storage.RoleAdmin)
	person, err := d.people.Person(t.Context(), asker)
	require.NoError(t, err)
	alone, err := d.onlyAdmin(t.Context(), person)
	require.NoError(t, err)
	require.False(t, alone, "there is one of the settings")
	d.people.Admins = nil
	alone, err = d.onlyAdmin(t.Context(), person)
	require.NoError(t, err)
	require.True(t, alone)
}
