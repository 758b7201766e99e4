package telegram

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestRefused holds the words that Telegram's server is known to use against
// the part that each names.
func TestRefused(t *testing.T) {
	for words, want := range map[string]string{
		"message to be replied not found":                       PartReply,
		"reply message not found":                               PartReply,
		"replied message not found":                             PartReply,
		"REPLY_MESSAGE_ID_INVALID":                              PartReply,
		"QUOTE_TEXT_INVALID":                                    PartReply,
		"can't parse entities: Can't find end of Bold entity":   PartEntities,
		"entity begins in a middle of a UTF-16 symbol":          PartEntities,
		"ENTITY_BOUNDS_INVALID":                                 PartEntities,
		"reply markup is too long":                              PartMarkup,
		"REPLY_MARKUP_TOO_LONG":                                 PartMarkup,
		"REPLY_MARKUP_INVALID":                                  PartMarkup,
		"can't parse reply keyboard markup JSON object":         PartMarkup,
		"BUTTON_DATA_INVALID":                                   PartMarkup,
		"inline keyboard expected":                              PartMarkup,
		"message thread not found":                              PartTopic,
		"TOPIC_CLOSED":                                          PartTopic,
		"TOPIC_DELETED":                                         PartTopic,
		"message is too long":                                   PartLength,
		"MESSAGE_TOO_LONG":                                      PartLength,
		"ENTITIES_TOO_LONG":                                     PartLength,
		"message can't be edited":                               PartTarget,
		"message to edit not found":                             PartTarget,
		"MESSAGE_ID_INVALID":                                    PartTarget,
		"have no rights to send a message":                      "",
		"something that Telegram has never said up to this day": "",
	} {
		part, ok := refused("sendMessage", 400, "Bad Request: "+words, 0).Refused()
		require.True(t, ok, words)
		require.Equal(t, want, part, words)
	}
	part, ok := refused("sendMessage", 413, "Request Entity Too Large", 0).Refused()
	require.True(t, ok)
	require.Equal(t, PartLength, part)

	for name, e := range map[string]*Error{
		"nobody there":     refused("sendMessage", 400, "Bad Request: chat not found", 0),
		"account deleted":  refused("sendMessage", 400, "Bad Request: INPUT_USER_DEACTIVATED", 0),
		"no private chat":  refused("sendMessage", 400, "Bad Request: group chat was upgraded to a supergroup chat", 0),
		"blocked":          refused("sendMessage", 403, "Forbidden: bot was blocked by the user", 0),
		"will pass":        refused("sendMessage", 400, "Bad Request: MSG_WAIT_FAILED", 0),
		"too many":         refused("sendMessage", 429, "Too Many Requests", 3),
		"the token":        refused("sendMessage", 401, "Unauthorized", 0),
		"Telegram is down": refused("sendMessage", 502, "Bad Gateway", 0),
		"a proxy's page":   foreign("sendMessage", 400, 0),
		"no answer":        {After: time.Second},
	} {
		_, ok := e.Refused()
		require.False(t, ok, name)
		_, later := e.RetryAfter()
		require.NotEqual(t, e.Blocked(), later, "each is somebody who is gone, or worth another try: %s", name)
	}
}
