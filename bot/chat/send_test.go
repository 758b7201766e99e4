package chat

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"mrzbot/bot/text"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
)

// refusal is what Telegram says to a form that it does not take.
type refusal struct{ part string }

func (refusal) Error() string             { return "refused" }
func (r refusal) Refused() (string, bool) { return r.part, true }

// picky refuses messages that hold one of the parts, or more than so many
// UTF-16 units.
type picky struct {
	API
	parts   map[string]bool
	longest int
	named   bool // it says what it refuses
	taken   []Message
	asked   int
}

func (p *picky) refuses(m Message) error {
	has := map[string]bool{
		"reply": m.ReplyTo != 0, "entities": m.Entities != nil, "markup": m.Markup != nil, "topic": m.Thread != 0,
		"length": text.Units(m.Text) > p.longest,
	}
	for _, part := range []string{"length", "topic", "markup", "entities", "reply"} {
		if p.parts[part] && has[part] {
			if p.named {
				return refusal{part}
			}
			return refusal{}
		}
	}
	return nil
}

func (p *picky) Send(_ context.Context, m Message) (Sent, error) {
	p.asked++
	if err := p.refuses(m); err != nil {
		return Sent{}, err
	}
	p.taken = append(p.taken, m)
	return Sent{ID: p.asked}, nil
}

func (p *picky) Edit(_ context.Context, _ int64, _ int, m Message) error {
	p.asked++
	err := p.refuses(m)
	if err == nil {
		p.taken = append(p.taken, m)
	}
	return err
}

func (p *picky) sender() *Sender { return &Sender{API: p, Log: slog.New(slog.DiscardHandler)} }

// wordsOf is a text without its white space, which parts do not keep.
func wordsOf(text string) string { return strings.Join(strings.Fields(text), "") }

// TestEveryForm: whatever of a message's form is refused, alone or together,
// named or not, the content arrives, and what was not refused stays where the
// refusal names its part.
func TestEveryForm(t *testing.T) {
	parts := []string{"reply", "entities", "markup", "topic", "length"}
	for set := range 1 << len(parts) {
		for _, named := range []bool{true, false} {
			for _, longest := range []int{64, 100, 400} {
				c := &picky{parts: map[string]bool{}, longest: longest, named: named}
				for i, part := range parts {
					c.parts[part] = set&(1<<i) != 0
				}
				checkForm(t, c, fmt.Sprint(c.parts, named, longest))
			}
		}
	}
}

func checkForm(t *testing.T, c *picky, what string) {
	var text text.Builder
	text.Bold("Document number").Add(": ID1234567\n").Add(strings.Repeat("Сөз 😀 ", 60)).Line("").Pre("IDKGZ<<\nTESTOV<<TEST")
	m := Message{Chat: 1, Text: text.String(), Entities: text.Entities, ReplyTo: 7, Thread: 3, Markup: &models.InlineKeyboardMarkup{}}
	said := ""
	for next := m; ; {
		_, rest, err := c.sender().Send(t.Context(), next)
		require.NoError(t, err, what)
		said += c.taken[len(c.taken)-1].Text + "\n"
		if rest == nil {
			break
		}
		next = *rest
	}
	require.Equal(t, wordsOf(m.Text), wordsOf(said), what)
	require.Less(t, c.asked, 100, what)
	first := c.taken[0]
	if c.named {
		require.Equal(t, c.parts["reply"], first.ReplyTo == 0, what)
		require.Equal(t, c.parts["topic"], first.Thread == 0, what)
		require.Equal(t, c.parts["markup"], first.Markup == nil, what)
		require.Equal(t, c.parts["entities"] || c.parts["length"], first.Entities == nil, what)
	}
}

// TestRefusedInEveryForm: nothing is sent, and it ends.
func TestRefusedInEveryForm(t *testing.T) {
	c := &picky{parts: map[string]bool{"length": true}, longest: -1}
	for _, c.named = range []bool{true, false} {
		c.asked = 0
		_, rest, err := c.sender().Send(t.Context(), Message{Chat: 1, Text: strings.Repeat("слово ", 600), ReplyTo: 1, Thread: 2})
		require.Error(t, err)
		require.Nil(t, rest)
		require.Less(t, c.asked, 15)
	}
	require.Empty(t, c.taken)
}

// TestEditInAnotherForm: an edit goes without what is refused, too.
func TestEditInAnotherForm(t *testing.T) {
	c := &picky{parts: map[string]bool{"entities": true, "markup": true}}
	m := Message{Text: "a", Entities: []models.MessageEntity{{Type: "bold", Length: 1}}, Markup: &models.InlineKeyboardMarkup{}}
	for _, c.named = range []bool{true, false} {
		require.NoError(t, c.sender().Edit(t.Context(), 1, 2, m))
		require.Equal(t, Message{Text: "a"}, c.taken[len(c.taken)-1])
	}
}
