package sandbox

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTopics: what is sent to a topic stands there, until it is closed or gone.
func TestTopics(t *testing.T) {
	tg := newTelegram(t, TelegramConfig{})
	id := tg.AddTopic(gulnara)
	said := tg.Say(gulnara, "hello", InTopic(id))
	m, _ := tg.Message(said)
	require.Equal(t, id, m.Topic)
	in := []string{"message_thread_id", strconv.Itoa(id)}
	send := func(fields ...string) reply {
		return call(tg, "sendMessage", append(fields, "chat_id", "1002", "text", "x")...)
	}
	require.True(t, send(in...).OK)
	require.True(t, send("reply_parameters", fmt.Sprintf(`{"message_id":%d}`, said)).OK)
	require.True(t, call(tg, "sendChatAction", append(in, "chat_id", "1002", "action", "typing")...).OK)
	require.Equal(t, id, tg.Typings(gulnara.ID)[0].Topic)
	for _, m := range tg.Messages(gulnara.ID) {
		require.Equal(t, id, m.Topic)
	}
	tg.CloseTopic(gulnara, id)
	require.Contains(t, send(in...).Description, "TOPIC_CLOSED")
	tg.RemoveTopic(gulnara, id)
	require.Contains(t, send(in...).Description, "message thread not found")
	for _, m := range tg.Messages(gulnara.ID) {
		require.True(t, m.Deleted)
	}
}
