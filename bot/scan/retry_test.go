package scan

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/storage"
)

// knowing is a store in which everybody has been told that their photos wait.
// Nothing else is asked of it.
type knowing struct {
	Store
	until time.Time
}

func (k knowing) Setting(context.Context, string) ([]byte, error) {
	return json.Marshal(notice{Message: 1, Until: k.until})
}

// TestWaitingOnlyReads: a photo that nobody asked the service about, of a person
// who knows, writes nothing: thousands may wait so, and come back together. Nor
// does it tell the admins what it has not heard itself.
func TestWaitingOnlyReads(t *testing.T) {
	s := &Scanner{
		Store: knowing{until: noon.Add(time.Hour)}, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
		RetryFor: time.Hour, Pauses: outage.NewPauses(rand.New(rand.NewPCG(1, 1))), Gate: outage.NewGate(nil, nil), Alerts: &outbox.Alerts{},
	}
	j := &photoJob{Scanner: s, t: storage.Task{ID: "update:1", Person: 1}}
	_, ok := j.wait(t.Context(), &outcome.Failure{Code: outcome.Unavailable, Detail: outcome.DetailNotAsked})
	require.True(t, ok)
}

// TestLate: what was sent, came in or began to wait too long ago is asked about.
func TestLate(t *testing.T) {
	waits := func(ago time.Duration) storage.Waiting {
		return storage.Waiting{For: storage.OutageService, Since: noon.Add(-ago)}
	}
	for name, c := range map[string]struct {
		sent, added time.Duration // ago
		ahead       time.Duration
		waiting     storage.Waiting
		local, want bool
	}{
		"just now":              {},
		"in line for a while":   {sent: 14 * time.Minute, added: 14 * time.Minute},
		"Telegram kept it":      {sent: 16 * time.Minute, want: true},
		"we kept it":            {sent: 16 * time.Minute, added: 16 * time.Minute, want: true},
		"we kept it for a week": {sent: 200 * time.Hour, added: 200 * time.Hour, want: true},
		"a date of last year":   {sent: 9000 * time.Hour},
		"a date to come":        {sent: -time.Hour},
		"the last try":          {sent: 16 * time.Minute, added: 16 * time.Minute, waiting: waits(15 * time.Minute)},
		"waited much longer":    {sent: 17 * time.Minute, added: 17 * time.Minute, waiting: waits(16*time.Minute + time.Second), want: true},
		"our clock is ahead":    {sent: 6 * time.Hour, ahead: 6*time.Hour - time.Minute},
		"it costs nothing":      {sent: time.Hour, added: time.Hour, local: true},
	} {
		s := &Scanner{Now: func() time.Time { return noon }, RetryFor: 15 * time.Minute, Reader: paid{}}
		s.ClockAhead = func() time.Duration { return c.ahead }
		if c.local {
			s.Reader = reader.NewLocal(1, 1)
		}
		j := &photoJob{Scanner: s, t: storage.Task{Added: noon.Add(-c.added), Waiting: c.waiting}}
		j.sent.Message.Date = noon.Add(-c.sent).Unix()
		require.Equal(t, c.want, j.late(), name)
	}
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// paid is a reader that costs.
type paid struct{ reader.Reader }

func (paid) Paid() bool { return true }

// waking is a store that notes when photos are woken.
type waking struct {
	Store
	woken int
}

func (w *waking) WakeWaiting(context.Context, storage.WakeWaiting) (int, error) {
	w.woken++
	return 1, nil
}

// TestAnsweredWhileItTurnsBack: a photo that found another one asking is stored
// among those that wait after the other's answer has woken them. It wakes itself.
func TestAnsweredWhileItTurnsBack(t *testing.T) {
	store := &waking{}
	s := &Scanner{Store: store, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon }, Gate: outage.NewGate(&outage.Leases{Now: func() time.Time { return noon }}, nil)}
	j := &photoJob{Scanner: s}
	j.wakeIfAnswered(t.Context())
	require.Zero(t, store.woken, "the service has never answered")
	pass, _ := s.Gate.Enter(t.Context(), false)
	pass.Up()
	j.wakeIfAnswered(t.Context())
	require.Equal(t, 1, store.woken)
	pass, _ = s.Gate.Enter(t.Context(), false)
	pass.Fail(outcome.Unavailable, noon, time.Minute)
	j.wakeIfAnswered(t.Context())
	require.Equal(t, 1, store.woken, "it is down")
}
