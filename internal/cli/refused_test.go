package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	faketelegram "mrzbot/sandbox/telegram"
)

// refusing is Telegram that refuses messages with one parameter.
func refusing(field, words string) faketelegram.Fault {
	return faketelegram.Fault{Method: "sendMessage", Field: field, Status: http.StatusBadRequest, Description: "Bad Request: " + words}
}

// TestReplyInAnotherForm: a reply that Telegram refuses for its form goes out
// without it, whatever it says; it is paid for once, and so is the same photo
// again.
func TestReplyInAnotherForm(t *testing.T) {
	for name, f := range map[string]faketelegram.Fault{
		"reply, known":      refusing("reply_parameters", "message to be replied not found"),
		"reply, unknown":    refusing("reply_parameters", "something new"),
		"entities, known":   refusing("entities", "entity beginning at UTF-16 offset 3 ends after the end of the text at UTF-16 offset 9"),
		"entities, unknown": refusing("entities", "something new"),
		"once":              {Method: "sendMessage", Status: http.StatusBadRequest, Description: "Bad Request: whatever", Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			b := reading(t, nil)
			b.telegram.Fail(f)
			b.start()
			same := jpegOf(t)
			for range 2 {
				_, err := b.telegram.SendPhoto(gulnara, same, "")
				require.NoError(t, err)
				b.quiet()
			}
			require.Equal(t, 2, b.saying(gulnara, strings.Join(card, "\n")))
			require.Equal(t, 2, b.saying(gulnara, "1 of 50 today"))
			require.Equal(t, 1, b.saying(gulnara, "The same photo as before"))
			require.Equal(t, 1, b.mrz.Counts().Received)
			b.end()
			b.ledgerAgrees()
		})
	}
}

// TestReadAgainWithoutItsButton: buttons that are refused do not cost the text.
func TestReadAgainWithoutItsButton(t *testing.T) {
	for _, words := range []string{"BUTTON_DATA_INVALID", "can't parse reply keyboard markup JSON object", "something new"} {
		b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
		b.telegram.Fail(refusing("reply_markup", words))
		b.mrz.Answer(answering(t, "internal"))
		b.start()
		b.photo(gulnara)
		b.answered(gulnara, "no answer that I can use")
		b.end()
	}
}

// TestLongReplyInParts: a text that is too long for Telegram comes in parts,
// each once, whenever the program dies.
func TestLongReplyInParts(t *testing.T) {
	b := reading(t, map[string]string{"DELETE_AFTER": "1h"})
	f := faketelegram.Fault{Method: "sendMessage", Longer: 200, Status: http.StatusBadRequest, Description: "Bad Request: message is too long"}
	b.telegram.Fail(f)
	heal := b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Skip: 1, Status: http.StatusBadGateway})
	b.clock.lead.Store(0) // as the processes have it
	p := b.startProcess()
	b.photo(gulnara)
	b.until("the second part is on its way", func() bool { return b.saying(gulnara, "") == 1 && len(b.telegram.CallsOf("sendMessage")) > 5 })
	p.kill()
	heal()
	b.clock.lead.Store(int64(time.Minute)) // past the lease of the dead
	b.start()
	b.quiet()
	b.forward(time.Minute)
	b.answered(gulnara, "1 of 50 today")
	b.quiet()
	said := strings.Join(b.told(gulnara), "\n")
	for _, once := range append([]string{"All check digits hold", "Valid until", "1 of 50"}, card...) {
		require.Equal(t, 1, strings.Count(said, once), "%q in %s", once, said)
	}
	require.Equal(t, 1, b.mrz.Counts().Received)
	b.forward(time.Hour)
	b.quiet()
	for _, m := range b.telegram.Messages(gulnara.ID) {
		require.True(t, m.Deleted, "every part goes: %s", m.Text)
	}
}

// TestReplyRefusedInEveryForm: what was paid for stays held until Telegram
// takes it, and nothing is said in its place.
func TestReplyRefusedInEveryForm(t *testing.T) {
	b := reading(t, nil)
	heal := b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusBadRequest, Description: "Bad Request: no"})
	b.start()
	same := jpegOf(t)
	send := func() {
		_, err := b.telegram.SendPhoto(gulnara, same, "")
		require.NoError(t, err)
	}
	send()
	b.quiet()
	calls := len(b.telegram.CallsOf("sendMessage"))
	require.Less(t, calls, 15)
	for range 6 {
		b.forward(time.Hour)
		b.quiet()
	}
	require.Empty(t, b.told(gulnara))
	require.Less(t, len(b.telegram.CallsOf("sendMessage")), 8*calls, "less and less often")
	send()
	heal()
	b.forward(time.Hour)
	b.answered(gulnara, "The same photo as before")
	require.Equal(t, 2, b.saying(gulnara, strings.Join(card, "\n")))
	require.Len(t, b.told(gulnara), 2)
	require.Equal(t, 1, b.mrz.Counts().Received)
	b.end()
	b.ledgerAgrees()
}

// TestReplyToAChatThatIsNotFound: a Bot API server that has lost its memory does
// not find the chat; what was paid for stays held until it does.
func TestReplyToAChatThatIsNotFound(t *testing.T) {
	b := reading(t, nil)
	heal := b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusBadRequest, Description: "Bad Request: chat not found"})
	b.start()
	b.photo(gulnara)
	b.quiet()
	b.forward(time.Hour)
	b.quiet()
	require.Empty(t, b.told(gulnara))
	require.Less(t, len(b.telegram.CallsOf("sendMessage")), 6)
	heal()
	b.forward(time.Hour)
	b.answered(gulnara, strings.Join(card, "\n"))
	require.Equal(t, 1, b.mrz.Counts().Received)
	b.end()
	b.ledgerAgrees()
}

// TestReplyToNobody: somebody who has blocked the bot gets no answer; when they
// come back with the same photo at once, it is not paid for again.
func TestReplyToNobody(t *testing.T) {
	b := reading(t, nil)
	b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusForbidden, Description: "Forbidden: bot was blocked by the user", Times: 1})
	b.start()
	same := jpegOf(t)
	for range 2 {
		_, err := b.telegram.SendPhoto(gulnara, same, "")
		require.NoError(t, err)
		b.quiet()
	}
	require.Contains(t, b.answered(gulnara, "TESTOV").Text, "The same photo as before")
	require.Equal(t, 1, b.mrz.Counts().Received)
}

// TestEveryMessageInAnotherForm: commands, cards, notices and alerts go out
// without what is refused as replies do.
func TestEveryMessageInAnotherForm(t *testing.T) {
	b := reading(t, nil)
	guest := faketelegram.Person{ID: 2001, FirstName: "Guest", LanguageCode: "en"}
	for _, field := range []string{"reply_parameters", "entities", "reply_markup"} {
		b.telegram.Fail(refusing(field, "something new"))
	}
	b.start()
	b.telegram.Say(gulnara, "/users")
	b.answered(gulnara, "People: 1")
	b.telegram.Say(guest, "/start")
	m := b.answered(guest, "You have no access yet")
	b.telegram.PressForgotten(guest, m.ID, "ask")
	b.answered(gulnara, "asks for access")
	b.mrz.Answer(answering(t, "unavailable"))
	b.photo(gulnara)
	b.answered(gulnara, "I keep your photos in line")
	b.answered(gulnara, "cannot be reached")
	b.telegram.Say(gulnara, "/allow 2001")
	b.answered(gulnara, "Let in:")
	b.answered(guest, "You are let in")
}

// TestEditRefused: what stands for an answer comes as a message of its own when
// the old one cannot be changed.
func TestEditRefused(t *testing.T) {
	for _, words := range []string{"message can't be edited", "message to edit not found", "something new"} {
		b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
		b.mrz.Answer(answering(t, "unavailable"))
		b.start()
		b.photo(gulnara)
		b.answered(gulnara, "I keep your photos in line")
		b.quiet()
		b.telegram.Fail(faketelegram.Fault{Method: "editMessageText", Status: http.StatusBadRequest, Description: "Bad Request: " + words})
		b.pressed(gulnara, "Cancel")
		b.answered(gulnara, "Canceled: I no longer try")
		b.end()
	}
}
