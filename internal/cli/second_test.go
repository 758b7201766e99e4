package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/specimen"
	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
)

// personal is what must stand nowhere of the card that photoOf draws, and of what the
// service makes of it.
func personal(lines ...[]string) (words []string) {
	for _, some := range lines {
		name, given, _ := strings.Cut(strings.TrimRight(some[2], "<"), "<<")
		words = append(words, some[0], some[1], name, given, some[0][5:14], some[0][15:29])
	}
	return words
}

// TestSecondReadingLeaksNothing: the card stands in the chat, and neither in the data of
// a button nor in the store, the log or the metrics, while a question is open and when it
// is answered.
func TestSecondReadingLeaksNothing(t *testing.T) {
	b := reading(t, map[string]string{"PREFLIGHT": "on"})
	truth := specimen.Invent("TD1", 7)
	wrong := []string{strings.Replace(truth[0], "0731584", "O731584", 1), strings.Replace(truth[1], "M", "F", 1), strings.Replace(truth[2], "TIYU", "TLYU", 1)}
	b.mrz.Answer(fakemrz.Lines(wrong...))
	b.start()
	nowhere := func(where string, hay []byte) {
		for _, word := range personal(truth, wrong) {
			require.NotContains(t, string(hay), word, where)
		}
	}
	_, err := b.telegram.SendPhoto(gulnara, photoOf(t, "card"), "")
	require.NoError(t, err)
	answer := b.answered(gulnara, "Given names: TLYU or TIYU?")
	for _, row := range answer.Buttons {
		for _, button := range row {
			nowhere("a button", []byte(button.Data))
		}
	}
	b.quiet() // the answer is kept for its buttons
	nowhere("the store with a question", b.storeBytes())
	b.pressed(gulnara, "M")
	b.quiet()
	b.pressed(gulnara, "TIYU")
	b.quiet()
	nowhere("the store with a mend", b.storeBytes())
	b.forward(11 * time.Minute)
	b.quiet()
	metrics := get(t, b.ops()+"/metrics")
	nowhere("the metrics", []byte(metrics))
	require.Contains(t, metrics, `mrzbot_calls_saved_total{by="double_send"} 0`)
	b.end()
	nowhere("the store at rest", b.storeBytes())
	nowhere("the log", []byte(b.log.String()))
	require.Contains(t, b.log.String(), "second=differs")
	require.Contains(t, b.log.String(), "answer mended")
}

// TestMendBelow: an answer that Telegram does not change now comes below, once it takes
// messages, and only there.
func TestMendBelow(t *testing.T) {
	b := reading(t, map[string]string{"PREFLIGHT": "on", "DELETE_AFTER": "1h"})
	truth := specimen.Invent("TD1", 7)
	b.mrz.Answer(fakemrz.Lines(truth[0], truth[1], strings.Replace(truth[2], "TIYU", "TIYV", 1)))
	b.start()
	_, err := b.telegram.SendPhoto(gulnara, photoOf(t, "card"), "")
	require.NoError(t, err)
	answer := b.answered(gulnara, "TIYV or TIYU?")
	b.quiet() // the answer is kept for its buttons
	b.telegram.Fail(faketelegram.Fault{Method: "editMessageText", HTML: true, Status: http.StatusBadGateway})
	b.pressed(gulnara, "TIYU")
	mended := b.answered(gulnara, "Given names: TIYU, as you chose.")
	require.Equal(t, answer.ID, mended.ReplyTo)
	require.Contains(t, mended.Text, truth[2])
	b.quiet()
	b.forward(61 * time.Minute)
	b.quiet()
	for _, m := range b.telegram.Messages(gulnara.ID) {
		require.True(t, m.Deleted, m.Text)
	}
}

// TestSavedCalls: what makes a call unnecessary is counted by what it was.
func TestSavedCalls(t *testing.T) {
	b := reading(t, map[string]string{"PREFLIGHT": "on", "READER": "local-first"})
	b.mrz.Answer(fakemrz.Lines(specimen.Invent("TD1", 7)...))
	b.start()
	for _, thing := range []string{"card", "card", "night", "hidden", "hidden"} {
		_, err := b.telegram.SendPhoto(gulnara, photoOf(t, thing), "")
		require.NoError(t, err)
		b.quiet()
	}
	metrics := get(t, b.ops()+"/metrics")
	for by, n := range map[string]string{"look": "1", "local_reading": "1", "double_send": "1"} {
		require.Contains(t, metrics, `mrzbot_calls_saved_total{by="`+by+`"} `+n)
	}
	require.Contains(t, metrics, `mrzbot_photos_total{charge="no",outcome="local"} 1`)
	require.Equal(t, 1, b.mrz.Counts().Begun)
}
