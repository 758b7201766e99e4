package cli

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
)

// photoIn sends a photo in a topic.
func (b *bench) photoIn(p faketelegram.Person, topic int) {
	b.t.Helper()
	_, err := b.telegram.SendPhoto(p, jpegOf(b.t), "", faketelegram.InTopic(topic))
	require.NoError(b.t, err)
}

// askedFor gives the topics named in the calls of a method, "" for none.
func (b *bench) askedFor(method string) (topics []string) {
	for _, c := range b.telegram.CallsOf(method) {
		topics = append(topics, c.Fields["message_thread_id"])
	}
	return topics
}

// TestTopic: whatever is said to somebody who wrote in a topic of their chat is
// said there: answers, the indicator, notices, late ones too.
func TestTopic(t *testing.T) {
	b := reading(t, nil)
	topic := b.telegram.AddTopic(gulnara)
	b.start()
	b.telegram.Say(gulnara, "/me", faketelegram.InTopic(topic))
	require.Equal(t, topic, b.answered(gulnara, "Your id").Topic)
	slow := fakemrz.Lines(card...)
	slow.Delay = 2 * time.Second // the indicator comes after half a second
	b.mrz.AnswerNext(slow)
	b.photoIn(gulnara, topic)
	require.Equal(t, topic, b.answered(gulnara, "1 of 50").Topic)
	require.NotEmpty(t, b.telegram.Typings(gulnara.ID))
	for _, shown := range b.telegram.Typings(gulnara.ID) {
		require.Equal(t, topic, shown.Topic)
	}

	b.mrz.Answer(answering(t, "unavailable"))
	b.photoIn(gulnara, topic)
	require.Equal(t, topic, b.answered(gulnara, "I keep your photos in line").Topic)
	b.quiet()
	b.end() // what waits is answered by the next life of the program
	b.mrz.Answer(answering(t, "internal"))
	b.start()
	b.forward(20 * time.Second)
	require.Equal(t, topic, b.answered(gulnara, "press Read again").Topic)
	b.mrz.Answer(fakemrz.Lines(card...))
	b.quiet()
	heal := b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusTooManyRequests, RetryAfter: 10})
	b.pressed(gulnara, "Read again")
	b.quiet()
	heal()
	b.telegram.Say(gulnara, "/help", faketelegram.InTopic(topic)) // its chat's gate is shut: it becomes a letter
	b.quiet()
	b.forward(20 * time.Second)
	require.Equal(t, topic, b.answered(gulnara, "3 of 50").Topic, "held, and delivered late")
	require.Equal(t, topic, b.answered(gulnara, "/privacy").Topic)
}

// TestTopicIsGone: what was to be said in a topic that is closed or deleted is
// said outside of it.
func TestTopicIsGone(t *testing.T) {
	for name, end := range map[string]func(*faketelegram.Server, int){
		"closed":  func(tg *faketelegram.Server, id int) { tg.CloseTopic(gulnara, id) },
		"removed": func(tg *faketelegram.Server, id int) { tg.RemoveTopic(gulnara, id) },
	} {
		t.Run(name, func(t *testing.T) {
			b := reading(t, nil)
			topic := b.telegram.AddTopic(gulnara)
			b.mrz.Answer(answering(t, "unavailable"))
			b.start()
			b.photoIn(gulnara, topic)
			b.answered(gulnara, "I keep your photos in line")
			b.quiet()
			end(b.telegram, topic)
			b.mrz.Answer(fakemrz.Lines(card...))
			b.forward(20 * time.Second)
			b.answered(gulnara, "1 of 50")
			b.quiet()
			b.end()
			b.ledgerAgrees()
			require.Contains(t, b.askedFor("sendMessage"), "", "outside of the topic")
		})
	}
}

// TestReplyInATopicToADeletedPhoto: Telegram does not let a reply go out
// without its target there; the answer comes into the topic all the same.
func TestReplyInATopicToADeletedPhoto(t *testing.T) {
	b := reading(t, nil)
	topic := b.telegram.AddTopic(gulnara)
	slow := fakemrz.Lines(card...)
	slow.Delay = 2 * time.Second
	b.mrz.Answer(slow)
	b.start()
	id, err := b.telegram.SendPhoto(gulnara, jpegOf(t), "", faketelegram.InTopic(topic))
	require.NoError(t, err)
	b.received(1)
	b.telegram.Erase(id)
	m := b.answered(gulnara, "1 of 50")
	require.Equal(t, topic, m.Topic)
	require.NotEmpty(t, m.Entities, "what was not refused stays")
	require.Zero(t, m.ReplyTo)
}

// TestOpenTopicThatIsRefused: Telegram has refused all topics of private chats
// for hours, while it went on naming them in updates.
func TestOpenTopicThatIsRefused(t *testing.T) {
	b := reading(t, nil)
	topic := b.telegram.AddTopic(gulnara)
	b.telegram.Fail(refusing("message_thread_id", "message thread not found"))
	b.start()
	b.photoIn(gulnara, topic)
	b.answered(gulnara, "1 of 50")
	b.telegram.Say(gulnara, "/me", faketelegram.InTopic(topic))
	b.answered(gulnara, "Your id")
	require.Equal(t, 1, b.mrz.Counts().Received)
}

// TestTopicOfAnAsker: the admins' decision is told where the stranger asked.
func TestTopicOfAnAsker(t *testing.T) {
	b := reading(t, nil)
	guest := faketelegram.Person{ID: 2001, FirstName: "Guest", LanguageCode: "en"}
	topic := b.telegram.AddTopic(guest)
	b.telegram.Say(gulnara, "/start")
	b.start()
	b.telegram.Say(guest, "/start", faketelegram.InTopic(topic))
	require.Equal(t, topic, b.answered(guest, "You have no access yet").Topic)
	b.pressed(guest, "Ask for access")
	b.answered(gulnara, "asks for access")
	b.quiet()
	b.pressed(gulnara, "✅ Allow")
	require.Equal(t, topic, b.answered(guest, "You are let in").Topic)
}
