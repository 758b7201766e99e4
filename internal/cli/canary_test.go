package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/internal/control"
	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// canaries are things that must stand nowhere but in the chat and on their way
// to the service.
var canaries = map[string]string{
	"token":           testToken,
	"token's secret":  "canary-token-canary-token-canary",
	"key":             testKey,
	"line 1":          card[0],
	"line 2":          card[1],
	"name line":       "TESTOV<<TEST",
	"surname":         "TESTOV",
	"document number": "ID1234567",
	"personal number": "20101199012345",
	"text":            "canary-text",
	"caption":         "canary-caption",
	"first name":      "Canaryname",
	"file name":       "canary-file",
	"picture":         "canary-picture-bytes",
	"webhook secret":  "canary-webhook-secret",
}

// search looks for the canaries, plain and in the usual wrappings.
func search(t *testing.T, where string, hay []byte) {
	t.Helper()
	for what, canary := range canaries {
		for _, form := range [][]byte{
			[]byte(canary),
			[]byte(base64.StdEncoding.EncodeToString([]byte(canary))),
			[]byte(hex.EncodeToString([]byte(canary))),
		} {
			require.False(t, bytes.Contains(hay, form), "%s holds the %s", where, what)
		}
	}
}

// TestNothingPersonalLeaks plays photos and talk with everything that can go
// wrong, and searches what the program leaves: log, metrics and every byte of
// the store, while an answer waits and after all is done.
func TestNothingPersonalLeaks(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "RETRY_FOR": "5m", "DAILY_ATTEMPTS": "0", "WEBHOOK_SECRET": "canary-webhook-secret"})
	b.byWebhook()
	b.start()
	agent := faketelegram.Person{ID: 1001, FirstName: "Canaryname", LanguageCode: "en"}
	stranger := faketelegram.Person{ID: 666, FirstName: "Canaryname", Username: "Canaryname"}
	picture := func() []byte { return append(jpegOf(t), "canary-picture-bytes"...) }

	b.telegram.Say(agent, "canary-text "+strings.Join(card, " "))
	b.telegram.Say(agent, "/allow canary-text")
	b.telegram.Say(stranger, "canary-text")
	for _, name := range append(fakemrz.AnswerNames(), "the card") {
		if name == "slow" {
			continue
		}
		answer := fakemrz.Lines(card...)
		if name != "the card" {
			answer, _ = fakemrz.AnswerNamed(name)
			if answer.Status == 0 {
				answer.Lines = card
			}
		}
		b.mrz.Answer(answer)
		_, err := b.telegram.SendPhoto(agent, picture(), "canary-caption", faketelegram.Unchanged())
		require.NoError(t, err)
		b.telegram.SendDocument(agent, "canary-file.jpg", "image/jpeg", picture(), "canary-caption")
		b.quiet()
	}
	b.mrz.Answer(fakemrz.Lines(card...))
	for _, f := range []faketelegram.Fault{
		{Method: faketelegram.FileCall, Status: http.StatusNotFound, Times: 2},
		{Method: faketelegram.FileCall, HTML: true, Status: http.StatusBadGateway, Times: 2},
		{Method: "getFile", Cut: faketelegram.CutBefore, Times: 2},
		{Method: "sendMessage", Status: http.StatusBadRequest, Description: "Bad Request: canary", Times: 1},
		{Method: "sendMessage", HTML: true, Status: http.StatusBadGateway, Times: 3},
	} {
		b.telegram.Fail(f)
		_, err := b.telegram.SendPhoto(agent, picture(), "canary-caption", faketelegram.Unchanged())
		require.NoError(t, err)
		b.quiet()
		b.forward(time.Minute)
		b.quiet()
	}

	// An answer that waits for Telegram lies in the store, sealed.
	heal := b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusTooManyRequests, RetryAfter: 60})
	_, err := b.telegram.SendPhoto(agent, picture(), "canary-caption", faketelegram.Unchanged())
	require.NoError(t, err)
	b.quiet()
	search(t, "the store with a waiting answer", b.storeBytes())
	heal()
	b.forward(2 * time.Minute)
	b.quiet()
	b.playKept(agent, stranger, picture)
	b.forward(2 * time.Hour)
	b.quiet()

	search(t, "the metrics", []byte(get(t, b.ops()+"/metrics")))
	search(t, "readiness", []byte(get(t, b.ops()+"/readyz")))
	b.end()
	search(t, "the store at rest", b.storeBytes())
	search(t, "the log", []byte(b.log.String()))
	require.Contains(t, b.log.String(), "photo answered")
}

// playKept plays what is kept for a while after its end: an answer that can be
// repeated, one that can be asked for again, and a request for access.
func (b *bench) playKept(agent, stranger faketelegram.Person, picture func() []byte) {
	same := picture()
	for range 2 {
		_, err := b.telegram.SendPhoto(agent, same, "canary-caption", faketelegram.Unchanged())
		require.NoError(b.t, err)
		b.quiet()
	}
	require.Equal(b.t, 1, b.saying(agent, "The same photo as before"))
	b.telegram.Say(stranger, "/start")
	b.quiet()
	b.pressed(stranger, "Ask for access")
	b.quiet()
	kept := b.keptPhoto(agent)
	require.NotEmpty(b.t, kept.Payload)
	require.NotEmpty(b.t, kept.Order)
	b.mrz.AnswerNext(answering(b.t, "cut_after"))
	_, err := b.telegram.SendPhoto(agent, picture(), "canary-caption", faketelegram.Unchanged())
	require.NoError(b.t, err)
	b.quiet()
	search(b.t, "the store with kept answers", b.storeBytes())

	b.pressed(agent, "Read again")
	b.quiet()
	b.pressed(agent, "❌ Deny")
	b.quiet()
	b.forward(10 * time.Minute)
	b.quiet()
	_, ok, err := b.run.store.RetainedFor(b.t.Context(), kept.Order, b.clock.now())
	require.NoError(b.t, err)
	require.False(b.t, ok, "ten minutes are over")
}

// keptPhoto gives the retained task of the last photo that a person sent twice.
func (b *bench) keptPhoto(p faketelegram.Person) storage.Task {
	rows, err := b.run.store.Entries(b.t.Context(), time.Time{}, b.clock.now().Add(time.Hour), 1000)
	require.NoError(b.t, err)
	last := rows[len(rows)-1]
	require.Equal(b.t, p.ID, last.Person)
	t, ok, err := b.run.store.Retained(b.t.Context(), last.Task, b.clock.now())
	require.NoError(b.t, err)
	require.True(b.t, ok)
	return t
}

// storeBytes gives every byte in the store's folder.
func (b *bench) storeBytes() []byte {
	var all []byte
	files, err := filepath.Glob(filepath.Join(filepath.Dir(b.store), "*"))
	require.NoError(b.t, err)
	require.NotEmpty(b.t, files)
	for _, f := range files {
		if f == control.Path(b.store) {
			continue // a socket holds nothing
		}
		data, err := os.ReadFile(f)
		require.NoError(b.t, err)
		all = append(all, data...)
	}
	return all
}
