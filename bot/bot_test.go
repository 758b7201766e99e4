package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/reader"
	"mrzbot/storage"
)

func TestParseCommand(t *testing.T) {
	for text, want := range map[string]command{
		"/start":                 {name: "start", args: []string{}},
		"/START":                 {name: "start", args: []string{}},
		"/start@mrz_bot":         {name: "start", args: []string{}},
		"/start@MRZ_BOT x":       {name: "start", args: []string{"x"}},
		"/allow 12\u00a0Ай  Бек": {name: "allow", args: []string{"12", "Ай", "Бек"}},
		"/limit\t5\n6":           {name: "limit", args: []string{"5", "6"}},
		"/start@other_bot":       {},
		"/start@":                {},
		"привет /start":          {},
		" /start":                {},
		"/":                      {},
		"":                       {},
		"/st-art":                {},
		"/старт":                 {},
		"IDKGZ<<":                {},
		"//comment":              {},
	} {
		got, ok := parseCommand(text, "mrz_bot")
		require.Equal(t, want.name != "", ok, "%q", text)
		require.Equal(t, want, got, "%q", text)
	}
}

// TestLate: what was sent, came in or began to wait too long ago is asked about.
func TestLate(t *testing.T) {
	waits := func(ago time.Duration) string { return waiting{forService, noon.Add(-ago)}.String() }
	for name, c := range map[string]struct {
		sent, added time.Duration // ago
		ahead       time.Duration
		note        string
		local, want bool
	}{
		"just now":              {},
		"in line for a while":   {sent: 14 * time.Minute, added: 14 * time.Minute},
		"Telegram kept it":      {sent: 16 * time.Minute, want: true},
		"we kept it":            {sent: 16 * time.Minute, added: 16 * time.Minute, want: true},
		"we kept it for a week": {sent: 200 * time.Hour, added: 200 * time.Hour, want: true},
		"a date of last year":   {sent: 9000 * time.Hour},
		"a date to come":        {sent: -time.Hour},
		"the last try":          {sent: 16 * time.Minute, added: 16 * time.Minute, note: waits(15 * time.Minute)},
		"waited much longer":    {sent: 17 * time.Minute, added: 17 * time.Minute, note: waits(16*time.Minute + time.Second), want: true},
		"our clock is ahead":    {sent: 6 * time.Hour, ahead: 6*time.Hour - time.Minute},
		"it costs nothing":      {sent: time.Hour, added: time.Hour, local: true},
	} {
		b := &Bot{Config: Config{Now: func() time.Time { return noon }, RetryFor: 15 * time.Minute, Reader: readerFunc(nil)}}
		b.ClockAhead = func() time.Duration { return c.ahead }
		if c.local {
			b.Reader = reader.NewLocal(1, 1)
		}
		j := &job{Bot: b, t: storage.Task{Added: noon.Add(-c.added), Note: c.note}}
		j.sent.Message.Date = noon.Add(-c.sent).Unix()
		require.Equal(t, c.want, j.late(), name)
	}
}

func TestWaitingNote(t *testing.T) {
	for _, w := range []waiting{{forService, time.Unix(1700000000, 0)}, {forDownload, time.Unix(1700000000, 0)}} {
		got, ok := parseWaiting(w.String())
		require.True(t, ok)
		require.Equal(t, w, got)
	}
	for _, note := range []string{"", "service", "service x", "other 17", "service 17 18"} {
		_, ok := parseWaiting(note)
		require.False(t, ok, note)
	}
}
