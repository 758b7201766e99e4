package faketelegram

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mrzbot/sandbox/botapi"
)

// Errors of Press.
var (
	ErrNoMessage = errors.New("sandbox: there is no such message")
	ErrNoButton  = errors.New("sandbox: the message has no such button")
)

// Press presses the button with that callback data or, if none has it, with
// that label. It returns the id to ask Answer with. Buttons that copy or open
// an address send nothing: ErrNoButton.
func (t *Server) Press(p Person, messageID int, button string) (queryID string, err error) {
	return t.press(p, messageID, func(all []botapi.Button) int {
		if i := slices.IndexFunc(all, func(b botapi.Button) bool { return b.Data != "" && b.Data == button }); i >= 0 {
			return i
		}
		return slices.IndexFunc(all, func(b botapi.Button) bool { return b.Text == button })
	})
}

// PressIndex presses the n-th button, counted from 0 along the rows.
func (t *Server) PressIndex(p Person, messageID, n int) (queryID string, err error) {
	return t.press(p, messageID, func([]botapi.Button) int { return n })
}

func (t *Server) press(p Person, messageID int, choose func([]botapi.Button) int) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.messages[messageID]
	if m == nil || m.deleted {
		return "", ErrNoMessage
	}
	var all []botapi.Button
	if m.wire.ReplyMarkup != nil {
		all = slices.Concat(m.wire.ReplyMarkup.Rows...)
	}
	i := choose(all)
	if i < 0 || i >= len(all) || all[i].Data == "" {
		return "", ErrNoButton
	}
	wire := m.wire
	return t.ask(p, m.wire.Chat.ID, all[i].Data, &wire), nil
}

// PressForgotten presses a button of a message the bot cannot see any more:
// the update holds its id and no content. The data is anything a person with
// a crafted client may send.
func (t *Server) PressForgotten(p Person, messageID int, data string) (queryID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.talk(p)
	return t.ask(p, c.ID, data, object{"chat": c.Chat, "message_id": messageID, "date": 0})
}

func (t *Server) ask(p Person, chat int64, data string, about any) string {
	id := fmt.Sprintf("%d%09d", p.ID, len(t.asked)+1)
	for t.queries[id] != nil { // numbers come round again when old queries are forgotten
		id += "1"
	}
	t.queries[id] = &query{at: t.now()}
	t.asked = append(t.asked, id)
	for len(t.asked) > maxQueries {
		delete(t.queries, t.asked[0])
		t.asked = t.asked[1:]
	}
	t.enqueue(pressQueue(p.ID), "callback_query", queryLifetime, wireUpdate{CallbackQuery: &wireQuery{
		ID: id, From: t.know(p).user(), Message: about, ChatInstance: strings.TrimPrefix(fmt.Sprint(chat), "-"), Data: data,
	}})
	return id
}
