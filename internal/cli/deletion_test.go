package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
)

// left gives the messages that still stand in somebody's chat.
func (b *bench) left(p faketelegram.Person) (texts []string) {
	for _, m := range b.telegram.Messages(p.ID) {
		if !m.Deleted {
			texts = append(texts, m.Kind+" "+m.Text)
		}
	}
	return texts
}

// TestDeletionByTelegramsDate: photo and reply are removed by their own dates,
// however late the bot had the photo and however long it waited.
func TestDeletionByTelegramsDate(t *testing.T) {
	b := reading(t, map[string]string{"DELETE_AFTER": "24h", "RETRY_FOR": "12h"})
	b.photo(gulnara) // while the bot is down
	b.clock.lead.Add(int64(5 * time.Hour))
	b.mrz.Answer(answering(t, "unavailable"))
	b.start()
	b.answered(gulnara, "I keep your photos in line")
	b.quiet()
	b.mrz.Answer(fakemrz.Lines(card...))
	b.forward(5 * time.Hour)
	b.answered(gulnara, "TESTOV")
	b.quiet()
	b.forward(13 * time.Hour) // 23 hours after the photo
	b.quiet()
	require.Contains(t, strings.Join(b.left(gulnara), "|"), "photo")
	b.forward(2 * time.Hour)
	b.quiet()
	left := strings.Join(b.left(gulnara), "|")
	require.NotRegexp(t, `(^|\|)photo`, left)
	require.Contains(t, left, "TESTOV", "it is ten hours younger")
	b.forward(9 * time.Hour)
	b.quiet()
	require.NotContains(t, strings.Join(b.left(gulnara), "|"), "TESTOV")
}

// TestDeletionOfTwoThatWaited: the reply to one photo, which is younger, does
// not hold up the deletion of another photo beyond Telegram's 48 hours.
func TestDeletionOfTwoThatWaited(t *testing.T) {
	b := reading(t, map[string]string{"DELETE_AFTER": "48h", "RETRY_FOR": "12h"})
	b.mrz.Answer(answering(t, "unavailable"))
	b.start()
	b.photo(gulnara)
	b.photo(gulnara)
	b.answered(gulnara, "I keep your photos in line")
	b.quiet()
	b.forward(6 * time.Hour)
	b.quiet()
	b.mrz.Answer(fakemrz.Lines(card...))
	b.forward(10 * time.Second)
	b.quiet()
	require.Equal(t, 2, b.saying(gulnara, "TESTOV"))
	b.forward(deletedBy - 6*time.Hour - 2*time.Minute)
	b.quiet()
	for _, m := range b.telegram.Messages(gulnara.ID) {
		require.Equal(t, m.Kind == "photo" || strings.Contains(m.Text, "in line"), m.Deleted, m.Text)
	}
}

// TestDeletionTooLate: what Telegram no longer lets the bot remove is said, once.
func TestDeletionTooLate(t *testing.T) {
	b := reading(t, map[string]string{"DELETE_AFTER": "48h"})
	b.start()
	b.photo(gulnara)
	b.photo(gulnara)
	b.quiet()
	b.forward(45 * time.Hour)
	b.end() // down for six hours
	b.clock.lead.Add(int64(6 * time.Hour))
	b.start()
	b.quiet()
	require.Equal(t, 1, b.saying(gulnara, "Please delete by hand"))
	require.NotZero(t, b.answered(gulnara, "Please delete by hand").ReplyTo)
}

// TestDeletionRefused: Telegram's word counts as well.
func TestDeletionRefused(t *testing.T) {
	b := reading(t, map[string]string{"DELETE_AFTER": "1h"})
	b.telegram.Fail(faketelegram.Fault{Method: "deleteMessages", Status: http.StatusBadRequest, Description: "Bad Request: message can't be deleted for everyone"})
	b.start()
	b.photo(gulnara)
	b.quiet()
	b.forward(2 * time.Hour)
	b.quiet()
	require.Equal(t, 1, b.saying(gulnara, "Please delete by hand"))
}
