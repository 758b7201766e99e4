package bot

import (
	"context"
	cryptorand "crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/outbox"
	"mrzbot/bot/reply"
	"mrzbot/queue"
	"mrzbot/storage"
)

// busy is a chat in which Telegram takes nothing for a while, or no long text.
type busy struct {
	*tableau
	paused bool
	lost   bool // Telegram's answer, which tells the id of the message
	most   int  // characters of a text; 0: any
}

// later is what Telegram says then.
type later struct{ error }

func (later) RetryAfter() (time.Duration, bool) { return time.Minute, true }

// tooLong is what it says to a long text.
type tooLong struct{ error }

func (tooLong) Refused() (part string, ok bool) { return "length", true }

func (c *busy) takes(m chat.Message) error {
	switch {
	case c.paused:
		return later{errors.New("429")}
	case c.most > 0 && len(m.Text) > c.most:
		return tooLong{errors.New("400")}
	}
	return nil
}

func (c *busy) Send(ctx context.Context, m chat.Message) (chat.Sent, error) {
	if err := c.takes(m); err != nil {
		return chat.Sent{}, err
	}
	sent, err := c.tableau.Send(ctx, m)
	if c.lost {
		sent = chat.Sent{}
	}
	return sent, err
}

func (c *busy) Edit(ctx context.Context, to int64, message int, m chat.Message) error {
	if err := c.takes(m); err != nil {
		return err
	}
	return c.tableau.Edit(ctx, to, message, m)
}

// busyTable is a table with such a chat: the asker is an agent named Aibek, and besides
// the admin of the settings there is a stored one.
func busyTable(t *testing.T) *busy {
	c := &busy{tableau: setTable(t, nil)}
	config := c.Config
	config.Chat, config.Secrets = c, cryptorand.Reader
	var err error
	c.Bot, err = New(config)
	require.NoError(t, err)
	c.is(asker, storage.RoleAgent)
	c.is(otherAdmin, storage.RoleAdmin)
	return c
}

// is gives somebody a role.
func (c *busy) is(id int64, role storage.Role) {
	_, err := c.store.ChangePerson(c.t.Context(), id, func(p *storage.Person) error {
		if p.Role = role; id == asker {
			p.Name = "Aibek"
		}
		return nil
	})
	require.NoError(c.t, err)
}

// works works what somebody did as of a task of that name, and gives what is to be
// sent later.
func (c *busy) works(name string, by int64, work func(req *reply.Request) error) []storage.Task {
	p, err := c.people.Person(c.t.Context(), by)
	require.NoError(c.t, err)
	req := &reply.Request{
		Parts: c.parts, Task: storage.Task{ID: name, Kind: storage.KindUpdate, Order: "chat:" + fmt.Sprint(by), Person: by, Chat: by, Message: 9, Added: noon},
		From: models.User{ID: by, FirstName: fmt.Sprint("N", by)}, Person: p, Localizer: c.catalog.Localizer(""),
	}
	require.NoError(c.t, work(req))
	if req.Keep != nil {
		c.keeps(req.Task, *req.Keep)
	}
	return req.Then
}

// says works what somebody wrote.
func (c *busy) says(name string, by int64, words string) []storage.Task {
	return c.works(name, by, func(req *reply.Request) error {
		return c.message(c.t.Context(), req, &models.Message{ID: 9, Text: words, Chat: models.Chat{ID: by, Type: models.ChatTypePrivate}})
	})
}

// presses works a press.
func (c *busy) presses(name string, by int64, data string) []storage.Task {
	return c.works(name, by, func(req *reply.Request) error {
		return c.press(c.t.Context(), req, &models.CallbackQuery{ID: "q", From: req.From, Data: data})
	})
}

// link finds the code of an invite.
var link = regexp.MustCompile(`\?start=(\S+)`)

// TestLettersForAdmins: what names others and could not go out at once goes out to
// nobody who is an admin no more by then.
func TestLettersForAdmins(t *testing.T) {
	for name, write := range map[string]func(c *busy) []storage.Task{
		"card of a request": func(c *busy) []storage.Task {
			c.is(asker, storage.RoleNone)
			return c.presses("update:1", asker, "ask")
		},
		"list of people": func(c *busy) []storage.Task {
			c.paused = true
			return c.says("update:1", otherAdmin, "/users")
		},
		"audit": func(c *busy) []storage.Task {
			_, err := c.people.Change(c.t.Context(), anAdmin, asker, func(p *storage.Person) error { p.Role = storage.RoleNone; return nil })
			require.NoError(c.t, err)
			c.paused = true
			return c.says("update:1", otherAdmin, "/audit")
		},
		"rest of the audit": func(c *busy) []storage.Task {
			for i := range int64(9) {
				_, err := c.people.Change(c.t.Context(), anAdmin, 40+i, func(p *storage.Person) error { p.Role = storage.RoleAgent; return nil })
				require.NoError(c.t, err)
			}
			c.most = 100
			defer func() { c.most = 0 }()
			return c.says("update:1", otherAdmin, "/audit")
		},
		"what another has done": func(c *busy) []storage.Task {
			return c.works("update:1", anAdmin, func(req *reply.Request) error {
				_, err := c.access.MakeAdmin(c.t.Context(), req, asker)
				return err
			})
		},
		"who came by a link": func(c *busy) []storage.Task {
			c.presses("update:1", otherAdmin, "invite:1:1")
			code := link.FindStringSubmatch(c.said[0].Text)
			require.NotNil(c.t, code, c.said[0].Text)
			c.said = nil
			c.is(asker, storage.RoleNone)
			return c.says("update:2", asker, "/start "+code[1])
		},
		"who has decided": func(c *busy) []storage.Task {
			c.is(asker, storage.RoleNone)
			ask := c.presses("update:1", asker, "ask")
			for _, card := range ask {
				c.keeps(card, storage.Retain{Reply: 50 + int(card.Person)})
			}
			c.paused = true
			return c.says("update:2", anAdmin, "/allow 20")
		},
	} {
		for _, role := range []storage.Role{storage.RoleAdmin, storage.RoleAgent, storage.RoleNone} {
			t.Run(fmt.Sprintf("%s, role %q", name, role), func(t *testing.T) {
				c := busyTable(t)
				letters := write(c)
				letters = slices.DeleteFunc(letters, func(l storage.Task) bool { return l.Person != otherAdmin })
				require.Len(t, letters, 1)
				c.is(otherAdmin, role)
				c.paused, c.said, c.edits = false, nil, nil
				verdict := c.outbox.Deliver(t.Context(), letters[0])
				if role != storage.RoleAdmin {
					require.Equal(t, queue.Done(), verdict)
					require.Empty(t, c.said)
					require.Empty(t, c.edits)
					return
				}
				require.Len(t, append(c.said, c.edits...), 1)
			})
		}
	}
}

// TestRestOfAnAlert: what is left of a message for admins is for admins, too.
func TestRestOfAnAlert(t *testing.T) {
	c := busyTable(t)
	for _, whole := range []outbox.Message{{Alert: "disk"}, {Ask: "update:1"}, {ForAdmins: true}} {
		rest := c.outbox.Rest("update:1", otherAdmin, &chat.Message{Text: "rest"}, whole)
		require.Len(t, rest, 1)
		c.is(otherAdmin, storage.RoleAgent)
		c.outbox.Deliver(t.Context(), rest[0])
		require.Empty(t, c.said)
		c.is(otherAdmin, storage.RoleAdmin)
		c.outbox.Deliver(t.Context(), rest[0])
		require.Len(t, c.said, 1)
		c.said = nil
	}
}

// TestForgottenAdminIsTold: an admin who wanted to be forgotten hears that they are,
// although they are no admin any more when it goes out.
func TestForgottenAdminIsTold(t *testing.T) {
	c := busyTable(t)
	c.is(asker, storage.RoleAdmin)
	c.keeps(c.pressing("update:1", asker, 9, "", noon.Add(-time.Minute)), storage.Retain{Reply: 9})
	c.paused = true
	letters := c.presses("update:2", asker, "forget:update:1")
	require.Len(t, letters, 1)
	p, err := c.people.Person(t.Context(), asker)
	require.NoError(t, err)
	require.Equal(t, storage.RoleNone, p.Role)
	c.paused = false
	c.outbox.Deliver(t.Context(), letters[0])
	require.Len(t, c.said, 1)
	require.Equal(t, c.catalog.Localizer("").Text("forget.done", nil), c.said[0].Text)
}

// TestKeysOfALetter: what is put off has the keys that it has when it goes out at once,
// or takes them away as well.
func TestKeysOfALetter(t *testing.T) {
	for key, write := range map[string]func(c *busy, req *reply.Request) error{
		"request_users":   func(c *busy, req *reply.Request) error { return c.access.OfferPicker(t.Context(), req, "pick.whom") },
		"remove_keyboard": func(c *busy, req *reply.Request) error { return c.access.PickerCanceled(t.Context(), req, nil) },
	} {
		c := busyTable(t)
		work := func(req *reply.Request) error { return write(c, req) }
		require.Empty(t, c.works("update:1", otherAdmin, work))
		c.paused = true
		letters := c.works("update:2", otherAdmin, work)
		require.Len(t, letters, 1)
		c.paused = false
		c.outbox.Deliver(t.Context(), letters[0])
		require.Len(t, c.said, 2)
		atOnce, err := json.Marshal(c.said[0].Markup)
		require.NoError(t, err)
		require.Contains(t, string(atOnce), key)
		late, err := json.Marshal(c.said[1].Markup)
		require.NoError(t, err)
		require.JSONEq(t, string(atOnce), string(late))
	}
}
