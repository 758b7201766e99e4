package sandbox

import (
	"strings"

	"github.com/go-telegram/bot/models"
	"mrzbot/sandbox/botapi"
)

// Person is somebody with a Telegram account. Persons are the same when their
// ids are; the other fields are taken over whenever one is passed in.
type Person struct {
	ID           int64
	FirstName    string
	LastName     string
	Username     string // without @
	LanguageCode string // of their app, "ky"
}

// Name is how Telegram shows the person.
func (p Person) Name() string { return strings.TrimSpace(p.FirstName + " " + p.LastName) }

func (p Person) user() models.User {
	return models.User{
		ID: p.ID, FirstName: p.FirstName, LastName: p.LastName, Username: p.Username, LanguageCode: p.LanguageCode,
	}
}

type person struct {
	Person
	started bool // wrote to the bot; before that it cannot write to them
	blocked bool
}

// chat is a talk of the bot: with one person (its id is theirs), in a group or
// in a channel.
type chat struct {
	models.Chat
	member   bool // the bot is in
	messages []*message
	keys     [][]botapi.Key // the reply keyboard now shown
	holder   string         // placeholder of the input field
	topics   map[int]bool   // by their id; false: closed
}

// Group is a group or a channel.
type Group struct {
	ID       int64 // negative, as Telegram's are
	Title    string
	Username string // without @
	Channel  bool
}

// AddPerson makes a person known to Telegram who has not written to the bot:
// it cannot write to them either.
func (t *Telegram) AddPerson(p Person) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.know(p)
	t.touch()
}

// Acquaint opens a person's chat with the bot as if they had pressed Start long
// ago: the bot may write to them, and is not told.
func (t *Telegram) Acquaint(p Person) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.talk(p)
	t.touch()
}

// Acquainted says whether a person has opened the chat with the bot, and
// whether they have blocked it since.
func (t *Telegram) Acquainted(id int64) (started, blocked bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if who := t.people[id]; who != nil {
		return who.started, who.blocked
	}
	return false, false
}

func (t *Telegram) know(p Person) *person {
	known, ok := t.people[p.ID]
	if !ok {
		known = &person{}
		t.people[p.ID] = known
	}
	known.Person = p
	return known
}

// talk is the private chat, opened when the person first writes.
func (t *Telegram) talk(p Person) *chat {
	who := t.know(p)
	if who.blocked {
		t.setBlocked(who, false)
	}
	who.started = true
	c, ok := t.chats[p.ID]
	if !ok {
		c = &chat{member: true}
		t.chats[p.ID] = c
	}
	c.Chat = models.Chat{
		ID: p.ID, Type: models.ChatTypePrivate, FirstName: p.FirstName, LastName: p.LastName, Username: p.Username,
	}
	return c
}

// Block stops the bot for the person and tells it; Unblock undoes it, as does
// writing again.
func (t *Telegram) Block(p Person) { t.block(p, true) }

// Unblock lets the bot write to the person again and tells it.
func (t *Telegram) Unblock(p Person) { t.block(p, false) }

func (t *Telegram) block(p Person, blocked bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if who := t.know(p); who.blocked != blocked {
		t.setBlocked(who, blocked)
	}
	t.touch()
}

func (t *Telegram) setBlocked(who *person, blocked bool) {
	who.blocked = blocked
	before, after := "member", "kicked"
	if !blocked {
		before, after = after, before
	}
	c := models.Chat{
		ID: who.ID, Type: models.ChatTypePrivate, FirstName: who.FirstName, LastName: who.LastName, Username: who.Username,
	}
	t.memberUpdate(c, who.user(), before, after)
}

func (t *Telegram) memberUpdate(c models.Chat, by models.User, before, after string) {
	member := func(status string) object {
		o := object{"status": status, "user": t.bot}
		if status == "kicked" {
			o["until_date"] = 0
		}
		return o
	}
	t.enqueue(memberQueue(c.ID), "my_chat_member", updateLifetime, wireUpdate{MyChatMember: &wireMemberNew{
		Chat: c, From: by, Date: t.now().Unix(), Old: member(before), New: member(after),
	}})
}

// AddBot puts the bot into a group or channel; the bot is told.
func (t *Telegram) AddBot(by Person, g Group) {
	t.mu.Lock()
	defer t.mu.Unlock()
	kind := models.ChatTypeSupergroup
	if g.Channel {
		kind = models.ChatTypeChannel
	}
	c, ok := t.chats[g.ID]
	if !ok {
		c = &chat{}
		t.chats[g.ID] = c
	}
	c.Chat = models.Chat{ID: g.ID, Type: kind, Title: g.Title, Username: g.Username}
	c.member = true
	t.memberUpdate(c.Chat, t.know(by).user(), "left", "member")
	t.touch()
}

// RemoveBot takes the bot out of a group or channel; the bot is told.
func (t *Telegram) RemoveBot(by Person, g Group) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c, ok := t.chats[g.ID]; ok && c.member {
		c.member = false
		t.memberUpdate(c.Chat, t.know(by).user(), "member", "kicked")
		t.touch()
	}
}
