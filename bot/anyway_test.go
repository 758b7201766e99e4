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

// stopped is a photo that was stopped here, with the reply to it as message 1, and
// a service that counts its calls.
func stopped(t *testing.T, why outcome.Code, service func() (reader.Reading, error)) (c *tableau, calls *int) {
	calls = new(int)
	c = setTable(t, func() (reader.Reading, error) {
		*calls++
		return service()
	})
	c.scan.Looker = lookFunc(func() (reader.Look, error) {
		return reader.Look{Hint: outcome.Detail(why)}, &outcome.Failure{Code: why}
	})
	task := c.claim()
	v := c.Handle(t.Context(), task)
	require.Len(t, c.said, 1)
	require.Zero(t, *calls)
	if row := outcome.Of(why); row.Stops {
		require.Equal(t, queue.Retain(storage.Retain{Until: noon.Add(10 * time.Minute), Reply: 1}), v)
		require.Equal(t, []string{"again:update:1"}, data(c.said[0]))
		require.NoError(t, c.store.Retain(t.Context(), task, storage.Retain{Until: noon.Add(10 * time.Minute), Reply: 1}))
	}
	return c, calls
}

func onceRead() (reader.Reading, error) { return reader.Reading{Lines: onCard}, nil }

// TestSentAnyway: one press is one call, also when the program dies after what the
// press has written and works it again.
func TestSentAnyway(t *testing.T) {
	c, calls := stopped(t, outcome.Glare, onceRead)
	press := c.pressing("update:2", 1, 1, "again:update:1", noon)
	for range 2 { // worked again after a crash
		require.Contains(t, fmt.Sprint(c.Handle(t.Context(), press)), "again:update:2", "the photo that follows has the press's name")
	}
	require.Equal(t, queue.Done(), c.Handle(t.Context(), c.pressing("update:3", 1, 1, "again:update:1", noon)))
	require.Equal(t, []string{"Sending it to the service.", "Sending it to the service.", "This photo has been sent already."}, c.heard)
	require.Zero(t, *calls)
}

// wanted is a photo whose person wants it sent.
func (c *tableau) wanted() storage.Task {
	name := "again:update:2"
	_, err := c.store.AddTask(c.t.Context(), storage.Task{
		ID: name, Kind: storage.KindPhoto, Person: 1, Chat: 1, Message: 7, FileID: "f", Added: noon,
		Payload: c.Seal.Seal(name, chat.SealUpdate, []byte(`{"mrzbot_send_anyway":true}`)),
	})
	require.NoError(c.t, err)
	return c.claimAgain()
}

// TestSentAnywayCounts: it is a call like any other, and what the look found is what a
// 422 is told with.
func TestSentAnywayCounts(t *testing.T) {
	c, calls := stopped(t, outcome.TooBlurry, func() (reader.Reading, error) {
		return reader.Reading{}, &outcome.Failure{Code: outcome.Unreadable}
	})
	c.saved = nil
	c.Handle(t.Context(), c.wanted())
	require.Equal(t, 1, *calls)
	require.Empty(t, c.saved)
	reason, _, _ := strings.Cut(c.said[0].Text, "\n")
	require.Equal(t, "I could not read it. "+reason+"\n1 of 5 today", c.said[1].Text)
	require.Empty(t, data(c.said[1]))
	totals, err := c.store.Totals(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, []storage.Total{
		{Outcome: "too_blurry", Charge: storage.ChargeNo, Number: 1},
		{Outcome: "unreadable", Charge: storage.ChargeYes, Counted: true, Number: 1},
	}, totals)
}

// TestSentAnywayIsNoPicture: what is certain stays so.
func TestSentAnywayIsNoPicture(t *testing.T) {
	c, calls := stopped(t, outcome.TooDark, onceRead)
	c.scan.Looker = lookFunc(func() (reader.Look, error) {
		return reader.Look{}, &outcome.Failure{Code: outcome.UnsupportedFile, Detail: outcome.DetailDamaged}
	})
	c.Handle(t.Context(), c.wanted())
	require.Zero(t, *calls)
	require.Contains(t, c.said[1].Text, "damaged")
}

// TestOnlyStopsAreSentAnyway: what surely is no picture of a card's lines has no such
// button.
func TestOnlyStopsAreSentAnyway(t *testing.T) {
	for _, code := range []outcome.Code{outcome.UnsupportedFile, outcome.TooLarge} {
		c, _ := stopped(t, code, onceRead)
		require.Empty(t, data(c.said[0]), code)
	}
}

// TestSentAnywayByOthers: a button proves nothing.
func TestSentAnywayByOthers(t *testing.T) {
	for name, press := range map[string]struct {
		person  int64
		message int
		about   string
	}{
		"somebody else":   {2, 1, "update:1"},
		"another message": {1, 9, "update:1"},
		"no such photo":   {1, 1, "update:7"},
		"nothing":         {1, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, calls := stopped(t, outcome.CutOff, onceRead)
			_, err := c.store.ChangePerson(t.Context(), 2, func(p *storage.Person) error { p.Role = storage.RoleAgent; return nil })
			require.NoError(t, err)
			v := c.Handle(t.Context(), c.pressing("update:2", press.person, press.message, "again:"+press.about, noon))
			require.Equal(t, queue.Done(), v)
			require.Equal(t, []string{"This button is out of date. Please send the photo again."}, c.heard)
			require.Zero(t, *calls)
		})
	}
}
