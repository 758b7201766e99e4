package admin

import (
	"testing"

	"mrzbot/bot/access"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
)

// TestTargetOf: whoever is named in any other way than by one id and a name is
// nobody.
func TestTargetOf(t *testing.T) {
	forwarded := func(u models.User) *models.Message {
		return &models.Message{ReplyToMessage: &models.Message{ForwardOrigin: &models.MessageOrigin{
			MessageOriginUser: &models.MessageOriginUser{SenderUser: u},
		}}}
	}
	contact := func(id int64, name string) *models.Message {
		return &models.Message{ReplyToMessage: &models.Message{Contact: &models.Contact{UserID: id, FirstName: name}}}
	}
	for text, want := range map[string]target{
		"/allow 512345678":                   {512345678, ""},
		"/allow 512345678 Aibek Uulu":        {512345678, "Aibek Uulu"},
		"/allow 512345678 Ай\u202eбек\u200b": {512345678, "Ай бек"},
		"/allow 2001 Agent 7":                {2001, "Agent 7"},
		"/allow 2001 3-й пост":               {2001, "3-й пост"},
		"/allow 512 345 678":                 {},
		"/allow 512\u00a0345\u00a0678":       {},
		"/allow 512\u202f345":                {},
		"/allow 512 345 678 Aibek":           {},
		"/allow 512 (345) 678":               {},
		"/allow 512 -345-678":                {},
		"/allow 512 ٣٤٥":                     {},
		"/allow +996 555 123456":             {},
		"/allow Aibek 512345678":             {},
		"/allow 0 Nobody":                    {},
		"/allow -7 Nobody":                   {},
	} {
		cmd, ok := reply.ParseCommand(text, "bot")
		require.True(t, ok)
		who, ok, err := targetOf(cmd, &models.Message{})
		require.NoError(t, err)
		require.Equal(t, want != target{}, ok, text)
		if ok {
			require.Equal(t, want, who, text)
		}
	}
	for name, m := range map[string]*models.Message{
		"forward of 0":       forwarded(models.User{FirstName: "X"}),
		"forward of -7":      forwarded(models.User{ID: -7, FirstName: "X"}),
		"forward of too big": forwarded(models.User{ID: text.MaxID + 1, FirstName: "X"}),
		"forward of a bot":   forwarded(models.User{ID: 7, IsBot: true}),
		"contact of -7":      contact(-7, "X"),
		"contact of too big": contact(text.MaxID+1, "X"),
		"no reply":           {},
		"reply from elsewhere": {ExternalReply: &models.ExternalReplyInfo{Origin: models.MessageOrigin{
			MessageOriginUser: &models.MessageOriginUser{SenderUser: models.User{ID: 7}}, // may be somebody whom the writer forwarded
		}}},
		"reply to talk": {ReplyToMessage: &models.Message{Text: "512345678"}},
	} {
		_, ok, err := targetOf(reply.Command{Name: "allow"}, m)
		if m.ReplyToMessage == nil || m.ReplyToMessage.Text != "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorIs(t, err, access.ErrHidden, name)
		}
		require.False(t, ok, name)
	}
	_, _, err := targetOf(reply.Command{Name: "allow"}, contact(0, "X"))
	require.ErrorIs(t, err, access.ErrHidden)
	who, ok, err := targetOf(reply.Command{Name: "allow"}, contact(3031, "Bob\n999999 · today 0, no limit"))
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, target{3031, "Bob 999999 · today 0, no limit"}, who)
}
