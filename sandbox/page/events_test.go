package page

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/sandbox/journal"
)

// stream is a browser that follows the page.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
	id    string // of the last event
}

func (b *bench) follow(lastID string) *stream {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.server.URL+"/api/events", nil)
	require.NoError(b.t, err)
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := b.server.Client().Do(r)
	require.NoError(b.t, err)
	b.t.Cleanup(func() { cancel(); _ = resp.Body.Close() })
	require.Equal(b.t, "text/event-stream", resp.Header.Get("Content-Type"))
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	return &stream{t: b.t, lines: lines}
}

// until reads events of a kind until one fits.
func until[T any](s *stream, kind string, fits func(T) bool) T {
	s.t.Helper()
	var event string
	for s.lines.Scan() {
		line := s.lines.Text()
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			s.id = id
		}
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			event = name
		}
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok || event != kind {
			continue
		}
		var e T
		require.NoError(s.t, json.Unmarshal([]byte(data), &e))
		if fits(e) {
			return e
		}
	}
	s.t.Fatal("the stream ended without the event " + kind)
	panic("not reached")
}

type chatEvent struct {
	Person   int64
	Reset    bool
	Messages []struct {
		ID      int
		Own     bool
		Taken   bool
		Text    string
		Deleted bool
	}
	State struct {
		Typing   int64
		Commands []struct{ Command string }
		Started  bool
		Blocked  bool
	}
}

func ofAgent(e chatEvent) bool { return e.Person == agent.ID }

func TestStreamsChanges(t *testing.T) {
	b := newBench(t)
	b.tg.Say(agent, "one <b>")
	s := b.follow("")
	first := until(s, "chat", ofAgent)
	require.True(t, first.Reset)
	require.Equal(t, "one <b>", first.Messages[0].Text)
	require.True(t, first.Messages[0].Own)
	require.False(t, first.Messages[0].Taken)

	n := b.sent("two")
	second := until(s, "chat", ofAgent)
	require.False(t, second.Reset)
	require.Len(t, second.Messages, 1)
	seen := s.id

	require.True(t, b.call("sendChatAction", "chat_id", "1001", "action", "typing").OK)
	until(s, "chat", func(e chatEvent) bool { return ofAgent(e) && e.State.Typing != 0 })
	require.True(t, b.call("setMyCommands", "commands", `[{"command":"me","description":"d"}]`).OK)
	until(s, "chat", func(e chatEvent) bool { return ofAgent(e) && len(e.State.Commands) == 1 })
	b.tg.Erase(n)
	until(s, "chat", func(e chatEvent) bool { return ofAgent(e) && len(e.Messages) == 1 && e.Messages[0].Deleted })
	b.ok("/api/block", `{"person":1001,"on":true}`)
	until(s, "chat", func(e chatEvent) bool { return ofAgent(e) && e.State.Blocked })

	again := until(b.follow(seen), "chat", ofAgent)
	require.False(t, again.Reset, "a browser that reconnects gets what it missed")
	require.Len(t, again.Messages, 1)
	other := until(b.follow("1-5-5"), "chat", ofAgent)
	require.True(t, other.Reset, "of another run it gets everything")
	require.Len(t, other.Messages, 2)
}

func TestShowsWhoIsThere(t *testing.T) {
	b := newBench(t)
	s := b.follow("")
	type people []struct {
		ID                   int64
		Name, Part, Language string
	}
	until(s, "people", func(p people) bool { return len(p) == 3 && p[1].Name == "Gulnara Asanova" })
	until(s, "chat", func(e chatEvent) bool { return e.Person == newcomer.ID && !e.State.Started })
	b.ok("/api/join", `{"name":" Nurlan  A ","language":"uz"}`)
	until(s, "people", func(p people) bool {
		return len(p) == 4 && p[3].Name == "Nurlan A" && p[3].Part == PartStranger && p[3].Language == "uz"
	})
	for range maxCast - 4 {
		b.ok("/api/join", `{"name":"One","language":"en"}`)
	}
	status, _ := b.post("/api/join", `{"name":"Too many","language":"en"}`)
	require.Equal(t, http.StatusConflict, status)
}

func TestBreaksAndMends(t *testing.T) {
	b := newBench(t)
	s := b.follow("")
	type state struct{ Answers, Others []Switch }
	on := func(want ...string) func(state) bool {
		return func(got state) bool {
			var names []string
			for _, w := range append(got.Answers, got.Others...) {
				if w.On {
					names = append(names, w.Name)
				}
			}
			return strings.Join(names, " ") == strings.Join(want, " ")
		}
	}
	until(s, "switches", on("ok"))
	b.ok("/api/service", `{"name":"unavailable"}`)
	until(s, "switches", on("unavailable"))
	require.Equal(t, 503, b.ask())
	b.ok("/api/switch", `{"name":"too_many","on":true}`)
	until(s, "switches", on("unavailable", "too_many"))
	require.Equal(t, 429, b.call("sendMessage", "chat_id", "1001", "text", "?").Status)
	b.ok("/api/mend", `{}`)
	until(s, "switches", on("ok"))
	require.True(t, b.call("sendMessage", "chat_id", "1001", "text", "!").OK)
}

func TestKillsTheBot(t *testing.T) {
	b := newBench(t)
	s := b.follow("")
	until(s, "bot", func(p ProcessState) bool { return p.Kills == 0 })
	b.ok("/api/kill", `{}`)
	until(s, "bot", func(p ProcessState) bool { return p.Kills == 1 && p.State == "down" })
	b.ok("/api/down", `{"on":true}`)
	until(s, "bot", func(p ProcessState) bool { return p.Stays })
}

func TestShowsTheJournal(t *testing.T) {
	b := newBench(t)
	s := b.follow("")
	type journalEvent struct {
		Reset   bool
		Entries []journal.Entry
	}
	until(s, "journal", func(j journalEvent) bool { return j.Reset && len(j.Entries) == 0 })
	b.sent("hello")
	got := until(s, "journal", func(j journalEvent) bool { return !j.Reset })
	require.Equal(t, "sendMessage", got.Entries[0].What)
	require.Equal(t, 200, got.Entries[0].Status)
	require.Equal(t, int64(1001), got.Entries[0].Person)
	seen := s.id
	b.sent("more")
	missed := until(b.follow(seen), "journal", func(journalEvent) bool { return true })
	require.Len(t, missed.Entries, 1)
	require.Equal(t, int64(2), missed.Entries[0].Number)
}
