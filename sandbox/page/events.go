package page

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/sandbox/botapi"
	"mrzbot/sandbox/journal"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/sandbox/web"
)

const (
	// heartbeat keeps an idle stream alive and finds out that a browser left.
	heartbeat = 20 * time.Second
	// maxShown messages of a chat are given to a browser that comes anew.
	maxShown = 300
)

// chatState is what stands around the messages of a chat.
type chatState struct {
	Typing   int64               `json:"typing"` // when the bot began to type, as it still does; 0: it does not
	Commands []models.BotCommand `json:"commands"`
	Keyboard [][]botapi.Key      `json:"keyboard"`
	Holder   string              `json:"placeholder"`
	Blocked  bool                `json:"blocked"`
	Started  bool                `json:"started"`
}

type shownPerson struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Part     string `json:"part"`
	Language string `json:"language"`
}

type shownMessage struct {
	ID        int                    `json:"id"`
	Own       bool                   `json:"own"`
	Date      int64                  `json:"date"` // milliseconds
	Edited    bool                   `json:"edited"`
	Deleted   bool                   `json:"deleted"`
	Taken     bool                   `json:"taken"`
	Kind      string                 `json:"kind"`
	Text      string                 `json:"text"`
	Detail    string                 `json:"detail"`
	Entities  []models.MessageEntity `json:"entities"`
	ReplyTo   int                    `json:"reply_to"`
	Forwarded string                 `json:"forwarded"`
	Album     string                 `json:"album"`
	Reaction  string                 `json:"reaction"`
	Protected bool                   `json:"protected"`
	Buttons   [][]botapi.Button      `json:"buttons"`
	File      *shownFile             `json:"file"`
}

type shownFile struct {
	URL    string `json:"url"`
	Name   string `json:"name"`
	Size   int    `json:"size"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// watcher is one browser that follows everything.
type watcher struct {
	page    *Page
	out     http.ResponseWriter
	version int64 // of the messages it has
	entries int64 // of the journal it has
	reset   bool  // it has nothing
	sent    map[string][]byte
	err     error
}

// events streams all changes as server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html): "people",
// "bot", "switches", "demo", for each person "chat", and "journal". The id of
// an event is the run and how far the browser is, so that one that reconnects
// gets only what it missed, and everything anew from another run.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	b := &watcher{page: p, out: w, sent: map[string][]byte{}}
	b.resume(r.Header.Get("Last-Event-ID"))
	b.print("retry: 1000\n\n")
	flush := http.NewResponseController(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	p.watched(r)
	for {
		messages := p.cfg.Telegram.Changed()
		people, page := p.cast()
		entries, journal := p.cfg.Journal.Since(b.entries)
		process := b.process()
		b.chats(people)
		b.journal(entries)
		if b.err != nil || flush.Flush() != nil {
			return
		}
		b.reset = false
		select {
		case <-messages:
		case <-page:
		case <-journal:
		case <-process:
		case <-beat.C:
			b.print(": still here\n\n")
		case <-r.Context().Done():
			return
		}
	}
}

func (b *watcher) print(text string) {
	if b.err == nil {
		_, b.err = fmt.Fprint(b.out, text)
	}
}

// resume reads how far a browser was.
func (b *watcher) resume(eventID string) {
	parts := strings.Split(eventID, "-")
	if len(parts) != 3 || parts[0] != strconv.FormatInt(b.page.epoch, 10) {
		b.reset = true
		return
	}
	b.version, _ = strconv.ParseInt(parts[1], 10, 64) // what cannot be read starts anew
	b.entries, _ = strconv.ParseInt(parts[2], 10, 64)
}

// event sends an event.
func (b *watcher) event(name string, value any) {
	body, err := web.Encode(value)
	if err != nil {
		b.err = err
		return
	}
	b.print(fmt.Sprintf("id: %d-%d-%d\nevent: %s\ndata: %s\n\n", b.page.epoch, b.version, b.entries, name, body))
}

// fresh reports whether a value is not what the browser has under that key.
func (b *watcher) fresh(key string, value any) bool {
	body, err := web.Encode(value)
	if err != nil {
		b.err = err
		return false
	}
	if had, ok := b.sent[key]; ok && bytes.Equal(had, body) {
		return false
	}
	b.sent[key] = body
	return true
}

// process sends how the bot, the switches and the demonstration are, and gives
// what is closed when the bot's process changes.
func (b *watcher) process() <-chan struct{} {
	var changed <-chan struct{}
	if b.page.cfg.Process != nil {
		var state ProcessState
		if state, changed = b.page.cfg.Process.Now(); b.fresh("bot", state) {
			b.event("bot", state)
		}
	}
	answers, others := b.page.switches.list()
	if all := (map[string]any{"answers": answers, "others": others}); b.fresh("switches", all) {
		b.event("switches", all)
	}
	if scene := b.page.demo.scene(); b.fresh("demo", scene) {
		b.event("demo", scene)
	}
	return changed
}

// chats sends what is new in every chat.
func (b *watcher) chats(cast []Character) {
	people := []shownPerson{}
	for _, c := range cast {
		people = append(people, shownPerson{c.ID, c.Name(), c.Part, c.LanguageCode})
	}
	if b.fresh("people", people) {
		b.event("people", people)
	}
	tg := b.page.cfg.Telegram
	version := tg.Version()
	for _, c := range cast {
		messages, _ := tg.Changes(c.ID, b.version)
		if b.reset && len(messages) > maxShown {
			messages = messages[len(messages)-maxShown:]
		}
		state := b.page.state(c.Person)
		changed := b.fresh("state "+strconv.FormatInt(c.ID, 10), state)
		if b.reset || changed || len(messages) > 0 {
			b.event("chat", map[string]any{
				"person": c.ID, "reset": b.reset, "messages": shownMessages(messages, c.Person), "state": state,
			})
		}
	}
	b.version = version // not before: a browser that is cut off in between has not got all
}

// journal sends what happened behind.
func (b *watcher) journal(entries []journal.Entry) {
	if len(entries) == 0 && !b.reset {
		return
	}
	if len(entries) > 0 {
		b.entries = entries[len(entries)-1].Number
	}
	if entries == nil {
		entries = []journal.Entry{}
	}
	b.event("journal", map[string]any{"reset": b.reset, "entries": entries})
}

func (p *Page) state(who faketelegram.Person) chatState {
	tg := p.cfg.Telegram
	s := chatState{Commands: tg.Commands(who)}
	s.Started, s.Blocked = tg.Acquainted(who.ID)
	s.Keyboard, s.Holder = tg.Keyboard(who.ID)
	if until := tg.TypingUntil(who.ID); !until.IsZero() {
		s.Typing = until.Add(-faketelegram.TypingLasts).UnixMilli()
	}
	return s
}

func shownMessages(messages []faketelegram.Message, who faketelegram.Person) []shownMessage {
	list := []shownMessage{}
	for _, m := range messages {
		shown := shownMessage{
			ID: m.ID, Own: m.From == who.ID, Date: m.Date.UnixMilli(), Edited: !m.EditDate.IsZero(), Deleted: m.Deleted, Taken: m.Taken,
			Kind: m.Kind, Text: m.Text, Detail: m.Detail, Entities: m.Entities, ReplyTo: m.ReplyTo, Forwarded: m.Forwarded,
			Album: m.AlbumID, Reaction: m.Reaction, Protected: m.Protected, Buttons: m.Buttons,
		}
		if m.File != nil {
			shown.File = &shownFile{
				URL: "api/file?id=" + m.File.FileID, Name: m.File.Name, Size: m.File.Size, Width: m.File.Width, Height: m.File.Height,
			}
		}
		list = append(list, shown)
	}
	return list
}
