package bot

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/queue"
	"mrzbot/storage"
)

// replying is the task of the admin's reply to a message of the bot's, as Telegram tells
// it: with what that says.
func (c *tableau) replying(name string, to int, says, words string, added time.Time) storage.Task {
	raw := fmt.Sprintf(`{"message":{"message_id":9,"from":{"id":1,"first_name":"N1"},"chat":{"id":1,"type":"private"},"text":%q,
		"reply_to_message":{"message_id":%d,"date":1,"text":%q,"from":{"id":9,"is_bot":true,"first_name":"B"},"chat":{"id":1,"type":"private"}}}}`, words, to, says)
	return storage.Task{
		ID: name, Kind: storage.KindUpdate, Order: "chat:1", Person: anAdmin, Chat: anAdmin, Message: 9,
		Added: added, Payload: c.Seal.Seal(name, chat.SealUpdate, []byte(raw)),
	}
}

// limitOf gives the limit of the asker's own; -1: none.
func (c *tableau) limitOf() int {
	p, err := c.store.Person(c.t.Context(), asker)
	require.NoError(c.t, err)
	if p.Limit == nil {
		return -1
	}
	return *p.Limit
}

// asksForLimit is the press that asks for a limit to be typed.
func (c *busy) asksForLimit() storage.Task {
	c.Handle(c.t.Context(), c.pressing("update:1", anAdmin, 55, "person:20:0:", noon))
	c.Handle(c.t.Context(), c.pressing("update:2", anAdmin, 55, c.button(c.edits[0], "Limit"), noon))
	return c.pressing("update:3", anAdmin, 55, c.button(c.edits[1], "Type"), noon)
}

// TestQuestionInAPause: a question that Telegram does not take now is put when it does,
// so that its answer finds it, and the app opens the reply.
func TestQuestionInAPause(t *testing.T) {
	c := busyTable(t)
	press := c.asksForLimit()
	c.paused = true
	again := queue.Later(noon.Add(time.Minute))
	require.Equal(t, again, c.Handle(t.Context(), press))
	c.paused = false
	c.Handle(t.Context(), press)
	require.Len(t, c.said, 1)
	require.Equal(t, models.ForceReply{ForceReply: true}, c.said[0].Markup)

	// So is the question that follows an answer which is none.
	wrong := c.replying("update:4", 1, c.said[0].Text, "many", noon)
	c.paused = true
	require.Equal(t, again, c.Handle(t.Context(), wrong))
	c.paused = false
	c.Handle(t.Context(), wrong)
	require.Len(t, c.said, 2)
	require.Equal(t, models.ForceReply{ForceReply: true}, c.said[1].Markup)
	c.Handle(t.Context(), c.replying("update:5", 2, c.said[1].Text, "7", noon))
	require.Equal(t, 7, c.limitOf())
}

// TestQuestionOfUnknownMessage: where Telegram's answer was lost, which says what message
// the question has become, a reply to it is known by what it says. A reply to another
// message is none to it: what is said there may be a line of a card.
func TestQuestionOfUnknownMessage(t *testing.T) {
	c := busyTable(t)
	press := c.asksForLimit()
	c.lost = true
	c.Handle(t.Context(), press)
	require.Len(t, c.said, 1)
	question := c.said[0].Text
	c.Handle(t.Context(), c.replying("update:4", 70, "Send me a photo", "7", noon))
	require.Equal(t, -1, c.limitOf())
	require.Len(t, c.said, 2)
	require.Equal(t, c.catalog.Localizer("").Text("talk.text", nil), c.said[1].Text)
	c.Handle(t.Context(), c.replying("update:5", 71, question, "many", noon)) // asked anew, and lost too
	require.Len(t, c.said, 3)
	c.Handle(t.Context(), c.replying("update:6", 71, question, "8", noon))
	require.Equal(t, -1, c.limitOf(), "the newer question counts")
	c.Handle(t.Context(), c.replying("update:7", 72, c.said[2].Text, "9", noon))
	require.Equal(t, 9, c.limitOf())
}
