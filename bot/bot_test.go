package bot

import (
	"math/rand/v2"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/mrzclient"
	"mrzbot/storage"
)

// TestOutcomes holds the table against what design and ledger rest on.
func TestOutcomes(t *testing.T) {
	for code, o := range outcomes {
		require.Equal(t, code, o.Code)
		mayCost := o.Charge != storage.ChargeNo && code != CodeServiceFault
		require.Equal(t, mayCost, o.Counts, "what may be charged uses up the limit: %s", code)
		if o.Charge == storage.ChargeUnknown {
			require.True(t, o.Asks, "what may have been charged is not repeated without a press: %s", code)
		}
		if o.Asks {
			require.False(t, o.Waits, code)
		}
		if o.Waits {
			require.Equal(t, storage.ChargeNo, o.Charge, "only what surely was not processed may be repeated: %s", code)
			require.False(t, o.Counts, code)
		}
	}
	for kind, f := range serviceFailures {
		row, known := outcomes[f.Code]
		require.True(t, known, kind)
		e := &mrzclient.Error{Kind: kind}
		require.Equal(t, row.Waits, e.Repeatable(), "client and table must agree on %s", kind)
		if e.MayBeCharged() {
			require.NotEqual(t, storage.ChargeNo, row.Charge, kind)
		}
	}
}

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

// TestRich holds the entities against Telegram's way of counting.
func TestRich(t *testing.T) {
	var r rich
	r.add("👍🏽 и ").bold("имя").add(": ").code("").code("1😀2").line("").pre("A<B\nC").add("\n")
	units := utf16.Encode([]rune(r.String()))
	var spans []string
	for _, e := range r.entities {
		spans = append(spans, string(e.Type)+"="+string(utf16.Decode(units[e.Offset:e.Offset+e.Length])))
	}
	require.Equal(t, []string{"bold=имя", "code=1😀2", "pre=A<B\nC"}, spans)
	require.Equal(t, models.MessageEntityTypeBold, r.entities[0].Type)
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
			b.Reader = NewLocal(1, 1)
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

// TestPauses: they grow, stay bounded, scatter, and follow the service's wish.
func TestPauses(t *testing.T) {
	p := pauses{random: rand.New(rand.NewPCG(1, 2))}
	for n := range 100 {
		d := p.next(n, 0)
		low := min(firstPause<<min(n, 10), maxPause)
		require.GreaterOrEqual(t, d, low)
		require.LessOrEqual(t, d, low+low/2)
	}
	require.Equal(t, 5*time.Minute, p.next(0, 5*time.Minute))
	require.LessOrEqual(t, p.next(0, 24*time.Hour), longestWish)
	require.NotEqual(t, p.next(3, 0), p.next(3, 0))
}
