package bot

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/outbox"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

const (
	asker   = 20
	anAdmin = 1
)

// pressing is the task of a press.
func (c *tableau) pressing(name string, person int64, message int, data string, added time.Time) storage.Task {
	raw := fmt.Sprintf(`{"callback_query":{"id":"1","from":{"id":%d,"first_name":"N%[1]d"},"message":{"message_id":%d,"date":1,
		"is_topic_message":true,"message_thread_id":5,"chat":{"id":%[1]d,"type":"private"}},"data":%[3]q}}`, person, message, data)
	return storage.Task{
		ID: name, Kind: storage.KindUpdate, Order: "chat:" + text.ID(person), Person: person, Chat: person, Message: message,
		Added: added, Payload: c.Seal.Seal(name, chat.SealUpdate, []byte(raw)),
	}
}

// command is the task of a command of the admin's.
func (c *tableau) command(name, text string, added time.Time) storage.Task {
	raw := fmt.Sprintf(`{"message":{"message_id":9,"from":{"id":1,"first_name":"N1"},"chat":{"id":1,"type":"private"},"text":%q}}`, text)
	return storage.Task{
		ID: name, Kind: storage.KindUpdate, Order: "chat:1", Person: anAdmin, Chat: anAdmin, Message: 9,
		Added: added, Payload: c.Seal.Seal(name, chat.SealUpdate, []byte(raw)),
	}
}

// keeps stores a task as one that is finished and kept.
func (c *tableau) keeps(t storage.Task, keep storage.Retain) {
	_, err := c.store.AddTask(c.t.Context(), t)
	require.NoError(c.t, err)
	tasks, err := c.store.Claim(c.t.Context(), storage.Claim{Kinds: []storage.Kind{t.Kind}, Owner: "test", Now: noon, Lease: time.Minute, Max: 1})
	require.NoError(c.t, err)
	require.Len(c.t, tasks, 1)
	keep.Until = noon.Add(outbox.CardFor)
	require.NoError(c.t, c.store.Retain(c.t.Context(), tasks[0], keep))
}

// asks has the stranger ask a minute ago; the admin's card is message 55.
func (c *tableau) asks() (request storage.Task) {
	request = c.pressing("update:1", asker, 3, "ask", noon.Add(-time.Minute))
	c.keeps(request, storage.Retain{Request: true})
	c.keeps(c.outbox.Post("card:"+request.ID+":1", anAdmin, outbox.Message{Text: "card", Ask: request.ID}), storage.Retain{Reply: 55})
	return request
}

func (c *tableau) role(r storage.Role) {
	_, err := c.store.ChangePerson(c.t.Context(), asker, func(p *storage.Person) error { p.Role = r; return nil })
	require.NoError(c.t, err)
}

func (c *tableau) isIn() bool {
	p, err := c.store.Person(c.t.Context(), asker)
	require.NoError(c.t, err)
	return p.Role != storage.RoleNone
}

// shutOutAt notes a /revoke as another process does that did not see the
// request.
func (c *tableau) shutOutAt(at time.Time) {
	_, err := c.store.ChangePerson(c.t.Context(), asker, func(p *storage.Person) error { p.ShutOut = at; return nil })
	require.NoError(c.t, err)
}

// TestRequestBehindTheTimes: whatever was decided since somebody asked is not
// undone by a button that does not know of it.
func TestRequestBehindTheTimes(t *testing.T) {
	for name, c := range map[string]struct {
		before func(*tableau)
		press  string
		in     bool
		heard  string
		card   string
	}{
		"let in elsewhere, Deny": {
			func(c *tableau) { c.role(storage.RoleAgent) }, "deny", true, "✅ On the list already.", "✅ On the list already.",
		},
		"let in elsewhere, Allow": {
			func(c *tableau) { c.role(storage.RoleAgent) }, "allow", true, "✅ On the list already.", "✅ On the list already.",
		},
		"shut out since, Allow": {
			func(c *tableau) { c.shutOutAt(noon.Add(-time.Second)) }, "allow", false, "❌ Shut out since they asked.", "❌ Shut out since they asked.",
		},
		"shut out before, Allow": {
			func(c *tableau) { c.shutOutAt(noon.Add(-time.Hour)) }, "allow", true, "", "✅ Let in by N1.",
		},
		"shut out by a clock that was ahead, Allow": {
			func(c *tableau) { c.shutOutAt(noon.Add(time.Hour)) }, "allow", true, "", "✅ Let in by N1.",
		},
		"nothing since, Deny": {func(*tableau) {}, "deny", false, "", "❌ Denied by N1."},
	} {
		t.Run(name, func(t *testing.T) {
			d := setTable(t, nil)
			request := d.asks()
			c.before(d)
			d.Handle(t.Context(), d.pressing("update:2", anAdmin, 55, c.press+":"+request.ID, noon))
			require.Equal(t, c.in, d.isIn())
			require.Equal(t, []string{c.heard}, d.heard)
			require.Len(t, d.edits, 1)
			require.Equal(t, "card\n"+c.card, d.edits[0].Text)
			require.Nil(t, d.edits[0].Markup)
		})
	}
}

// TestDecidedByCommand: a command ends the request, and what is pressed then
// changes nothing and says how things are.
func TestDecidedByCommand(t *testing.T) {
	d := setTable(t, nil)
	request := d.asks()
	d.Handle(t.Context(), d.command("update:2", "/allow 20", noon.Add(-30*time.Second)))
	require.True(t, d.isIn())
	require.Equal(t, "card\n✅ Let in by N1.", d.edits[0].Text)
	d.Handle(t.Context(), d.pressing("update:3", anAdmin, 55, "deny:"+request.ID, noon))
	require.True(t, d.isIn())
	d.Handle(t.Context(), d.command("update:4", "/revoke 20", noon))
	require.False(t, d.isIn())
	d.Handle(t.Context(), d.pressing("update:5", anAdmin, 55, "allow:"+request.ID, noon))
	require.False(t, d.isIn())
	require.Equal(t, []string{
		"Already decided by N1. They are on the list now.", "Already decided by N1. They are not on the list now.",
	}, d.heard)
	for _, m := range d.said {
		require.NotContains(t, m.Text, "not to let you in")
		if m.Chat == asker {
			require.Equal(t, 5, m.Thread, "where they asked")
		}
	}
}

// TestAskOlderThanItsDecision: a press that was on its way while the person was
// shut out asks nobody.
func TestAskOlderThanItsDecision(t *testing.T) {
	d := setTable(t, nil)
	d.shutOutAt(noon.Add(-time.Second))
	require.Equal(t, queue.Done(), d.Handle(t.Context(), d.pressing("update:1", asker, 3, "ask", noon.Add(-time.Minute))))
	require.Len(t, d.heard, 1)
	require.Contains(t, d.heard[0], "decided about your access in the meantime")
	require.NotEqual(t, queue.Done(), d.Handle(t.Context(), d.pressing("update:2", asker, 3, "ask", noon)), "a new one is heard")
}

// TestDecisionIsCarriedOutAgain: what a death of the program has carried out
// twice does not undo what came between.
func TestDecisionIsCarriedOutAgain(t *testing.T) {
	for name, decide := range map[string]func(d *tableau, request string) storage.Task{
		"button": func(d *tableau, request string) storage.Task {
			return d.pressing("update:2", anAdmin, 55, "allow:"+request, noon.Add(-time.Second))
		},
		"command": func(d *tableau, _ string) storage.Task {
			return d.command("update:2", "/allow 20", noon.Add(-time.Second))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := setTable(t, nil)
			task := decide(d, d.asks().ID)
			d.Handle(t.Context(), task)
			require.True(t, d.isIn())
			d.Handle(t.Context(), task) // dead before the end, and nothing between
			require.True(t, d.isIn())
			d.Handle(t.Context(), d.command("update:3", "/revoke 20", noon))
			require.False(t, d.isIn())
			d.Handle(t.Context(), task)
			require.False(t, d.isIn())
			if name == "button" {
				require.Equal(t, "❌ Shut out since they asked.", d.heard[len(d.heard)-1])
			}
		})
	}
}

// TestCardOnItsWay: a card that goes out while its request is decided is closed
// behind it.
func TestCardOnItsWay(t *testing.T) {
	d := setTable(t, nil)
	request := d.asks()
	_, err := d.store.ChangePerson(t.Context(), 2, func(p *storage.Person) error { p.Role = storage.RoleAdmin; return nil })
	require.NoError(t, err)
	second := d.outbox.Post("card:"+request.ID+":2", 2, outbox.Message{Text: "card", Ask: request.ID})
	d.meanwhile = func() {
		require.Empty(t, d.access.LateClosing(t.Context(), second, outbox.Message{Text: "card", Ask: request.ID}, 9), "it is open")
		d.Handle(t.Context(), d.command("update:2", "/allow 20", noon))
	}
	d.Handle(t.Context(), second)
	tasks := d.access.LateClosing(t.Context(), second, outbox.Message{Text: "card", Ask: request.ID}, 9)
	require.Len(t, tasks, 1)
	d.Handle(t.Context(), tasks[0])
	require.Equal(t, "card\n✅ Let in by 1.", d.edits[len(d.edits)-1].Text)
}

// TestThreadOfNoTopic: a reply has a thread without standing in a topic, and
// nothing can be sent there.
func TestThreadOfNoTopic(t *testing.T) {
	d := setTable(t, nil)
	for i, c := range []struct {
		raw  string
		want int
	}{
		{`"message_thread_id":5`, 0},
		{`"message_thread_id":5,"is_topic_message":true`, 5},
		{`"message_thread_id":5,"is_topic_message":false`, 0},
		{`"is_topic_message":true`, 0},
	} {
		name := fmt.Sprintf("update:%d", i)
		raw := fmt.Sprintf(`{"message":{"message_id":9,%s,"from":{"id":1,"first_name":"N1"},"chat":{"id":1,"type":"private"},"text":"/me"}}`, c.raw)
		d.Handle(t.Context(), storage.Task{
			ID: name, Kind: storage.KindUpdate, Person: anAdmin, Chat: anAdmin, Message: 9, Added: noon,
			Payload: d.Seal.Seal(name, chat.SealUpdate, []byte(raw)),
		})
		require.Equal(t, c.want, d.said[i].Thread, c.raw)
	}
}
