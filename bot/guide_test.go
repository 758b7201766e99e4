package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/reader"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// pictureless is a chat that takes no pictures: because it refuses them, or because
// uploads fail.
type pictureless struct {
	*tableau
	refuses bool
}

type refusal struct{ error }

func (refusal) Refused() (part string, ok bool) { return "picture", true }

func (p pictureless) Send(ctx context.Context, m chat.Message) (chat.Sent, error) {
	switch {
	case m.Picture == nil:
		return p.tableau.Send(ctx, m)
	case p.refuses:
		return chat.Sent{}, refusal{errors.New("PHOTO_INVALID_DIMENSIONS")}
	default:
		return chat.Sent{}, errors.New("cut on the way")
	}
}

// asking is a request of the admin's, in a language.
func (c *tableau) asking(lang string) *reply.Request {
	return &reply.Request{
		Parts: c.parts, Task: storage.Task{ID: "update:1", Person: 1, Chat: 1, Message: 7},
		Person: storage.Person{ID: 1, Role: storage.RoleAdmin}, Localizer: c.catalog.Localizer(lang),
	}
}

// TestGuide: the picture comes with the text as its caption, or before a text that is
// too long for one.
func TestGuide(t *testing.T) {
	for _, lang := range text.Languages() {
		c := setTable(t, func() (reader.Reading, error) { panic("read") })
		req := c.asking(lang)
		require.NoError(t, withGuide(t.Context(), req, "short"))
		require.Len(t, c.said, 1)
		require.Equal(t, "short", c.said[0].Text)
		require.NotNil(t, c.said[0].Picture, lang)

		long := strings.Repeat("я", mostCaption+1)
		require.NoError(t, withGuide(t.Context(), req, long))
		require.Len(t, c.said, 3)
		require.NotNil(t, c.said[1].Picture)
		require.Empty(t, c.said[1].Text)
		require.Nil(t, c.said[2].Picture)
		require.Equal(t, long, c.said[2].Text)
		for _, name := range []string{"start", "help"} {
			require.LessOrEqual(t, text.Units(req.Localizer.Text(name, nil)), mostCaption, "%s: %s is a caption", lang, name)
		}
	}
}

// TestGuideCostsNoText: whatever becomes of the picture, the text goes out.
func TestGuideCostsNoText(t *testing.T) {
	for _, refuses := range []bool{true, false} {
		for _, words := range []string{"short", strings.Repeat("я", mostCaption+1)} {
			c := setTable(t, func() (reader.Reading, error) { panic("read") })
			c.sender.API = pictureless{c, refuses}
			req := c.asking("ky")
			require.NoError(t, withGuide(t.Context(), req, words))
			if len(c.said) == 0 { // it follows as a message of its own
				require.Len(t, req.Then, 1)
				require.Equal(t, queue.Done(), c.Handle(t.Context(), req.Then[0]))
			}
			require.Len(t, c.said, 1, fmt.Sprint(refuses, len(words)))
			require.Equal(t, words, c.said[0].Text)
		}
	}
}
