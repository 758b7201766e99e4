package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"
	"mrzbot/sandbox/botapi"
)

// heartbeat keeps an idle stream alive and finds out that a browser left.
const heartbeat = 20 * time.Second

// pageState is what stands around the messages of a chat.
type pageState struct {
	Typing   int64               `json:"typing"` // when the bot began to type, as it still does; 0: it does not
	Commands []models.BotCommand `json:"commands"`
	Keyboard [][]botapi.Key      `json:"keyboard"`
	Holder   string              `json:"placeholder"`
	Latest   map[int64]int       `json:"latest"` // by person: the bot's last message to them
}

type pageMessage struct {
	ID        int                    `json:"id"`
	Own       bool                   `json:"own"`
	Date      int64                  `json:"date"` // milliseconds
	Edited    bool                   `json:"edited"`
	Deleted   bool                   `json:"deleted"`
	Kind      string                 `json:"kind"`
	Text      string                 `json:"text"`
	Entities  []models.MessageEntity `json:"entities"`
	ReplyTo   int                    `json:"reply_to"`
	Forwarded string                 `json:"forwarded"`
	Reaction  string                 `json:"reaction"`
	Protected bool                   `json:"protected"`
	Buttons   [][]botapi.Button      `json:"buttons"`
	File      *pageFile              `json:"file"`
}

type pageFile struct {
	URL    string `json:"url"`
	Name   string `json:"name"`
	Size   int    `json:"size"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// events streams the changes of one person's chat as server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html). The id of
// an event is run and version, so that a browser that reconnects gets only
// what it missed, and everything anew from another run.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.URL.Query().Get("person"), 10, 64) // nobody has the id 0
	who, ok := p.person(id)
	if !ok {
		http.Error(w, "nobody here has this id", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	since := p.since(r.Header.Get("Last-Event-ID"))
	reset := since == 0
	var lastState []byte
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	_, _ = fmt.Fprint(w, "retry: 1000\n\n")
	for {
		changed := p.cfg.Telegram.Changed()
		messages, version := p.cfg.Telegram.Changes(who.ID, since)
		state, err := encode(p.state(who))
		if err != nil {
			return
		}
		if reset || len(messages) > 0 || !bytes.Equal(state, lastState) {
			body, err := encode(object{
				"reset": reset, "messages": pageMessages(messages, who), "state": json.RawMessage(state),
			})
			if err != nil {
				return
			}
			_, _ = fmt.Fprintf(w, "id: %d-%d\nevent: chat\ndata: %s\n\n", p.epoch, version, body)
			since, reset, lastState = version, false, state
		}
		if out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-beat.C:
			_, _ = fmt.Fprint(w, ": still here\n\n")
		case <-r.Context().Done():
			return
		}
	}
}

func (p *Page) since(eventID string) int64 {
	epoch, version, _ := strings.Cut(eventID, "-")
	if epoch != strconv.FormatInt(p.epoch, 10) {
		return 0
	}
	n, _ := strconv.ParseInt(version, 10, 64) // what cannot be read starts anew
	return n
}

func (p *Page) state(who Person) pageState {
	tg := p.cfg.Telegram
	s := pageState{Commands: tg.Commands(who), Latest: map[int64]int{}}
	for _, c := range p.cfg.People {
		s.Latest[c.ID] = tg.latest(c.ID)
	}
	s.Keyboard, s.Holder = tg.Keyboard(who.ID)
	if until := tg.TypingUntil(who.ID); !until.IsZero() {
		s.Typing = until.Add(-typingLasts).UnixMilli()
	}
	return s
}

func pageMessages(messages []Message, who Person) []pageMessage {
	list := []pageMessage{}
	for _, m := range messages {
		shown := pageMessage{
			ID: m.ID, Own: m.From == who.ID, Date: m.Date.UnixMilli(), Edited: !m.EditDate.IsZero(), Deleted: m.Deleted,
			Kind: m.Kind, Text: m.Text, Entities: m.Entities, ReplyTo: m.ReplyTo, Forwarded: m.Forwarded,
			Reaction: m.Reaction, Protected: m.Protected, Buttons: m.Buttons,
		}
		if m.File != nil {
			shown.File = &pageFile{
				URL: "api/file?id=" + m.File.FileID, Name: m.File.Name, Size: m.File.Size, Width: m.File.Width, Height: m.File.Height,
			}
		}
		list = append(list, shown)
	}
	return list
}
