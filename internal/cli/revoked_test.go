package cli

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// TestRevokedMeanwhile: whoever is shut out while their photo is in work gets
// no answer, whatever step it is in, and before the call none is paid for. What
// was counted stays so.
func TestRevokedMeanwhile(t *testing.T) {
	slow := fakemrz.Lines(card...)
	slow.Delay = 3 * time.Second
	for name, c := range map[string]struct {
		preflight string
		fault     faketelegram.Fault
		until     func(*bench) bool // the step is reached
		calls     int
		says      string
		totals    []storage.Total
	}{
		"getFile": {
			fault: faketelegram.Fault{Method: "getFile"},
			until: func(b *bench) bool { return b.step("claimed") },
			says:  "Not counted.",
		},
		"download": {
			preflight: "on", // else the photo flows through the call
			fault:     faketelegram.Fault{Method: faketelegram.FileCall},
			until:     func(b *bench) bool { return len(b.telegram.CallsOf("getFile")) > 0 },
			says:      "Not counted.",
		},
		"call": {
			until: func(b *bench) bool { return b.mrz.Counts().Received > 0 },
			calls: 1, says: "1 of 50 today",
			totals: []storage.Total{{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 1}},
		},
		"delivery": {
			fault: faketelegram.Fault{Method: "sendMessage", Chat: 2001, Status: http.StatusTooManyRequests, RetryAfter: 30, Times: 1},
			until: func(b *bench) bool { return b.step("held") },
			calls: 1, says: "1 of 50 today",
			totals: []storage.Total{{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 1}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			settings := map[string]string{}
			if c.preflight != "" {
				settings["PREFLIGHT"] = c.preflight
			}
			b := reading(t, settings)
			b.mrz.Answer(slow)
			b.start()
			aibek := faketelegram.Person{ID: 2001, FirstName: "Aibek", LanguageCode: "en"}
			b.telegram.Acquaint(aibek)
			b.telegram.Say(gulnara, "/allow 2001 Aibek")
			b.quiet()
			revoked := make(chan struct{})
			if c.fault.Method != "" {
				c.fault.Hold = revoked
			}
			b.telegram.Fail(c.fault)
			same := jpegOf(t)
			if c.preflight != "" {
				same = photoOf(t, "card")
			}
			topic := b.telegram.AddTopic(aibek)
			_, err := b.telegram.SendPhoto(aibek, same, "", faketelegram.InTopic(topic))
			require.NoError(t, err)
			b.until("the step is reached", func() bool { return c.until(b) })
			b.telegram.Say(gulnara, "/revoke 2001")
			b.answered(gulnara, "Shut out:")
			close(revoked)
			b.quiet()
			b.forward(time.Minute)
			require.Contains(t, b.answered(aibek, "taken off the list before this photo was answered").Text, c.says)
			require.Equal(t, topic, b.answered(aibek, "taken off the list before").Topic)
			require.Zero(t, b.saying(aibek, "TESTOV"))
			require.Equal(t, c.calls, b.mrz.Counts().Received)

			// A double send is not answered from the first one either.
			_, err = b.telegram.SendPhoto(aibek, same, "")
			require.NoError(t, err)
			b.quiet()
			require.Zero(t, b.saying(aibek, "TESTOV"))
			if c.calls > 0 {
				// By mistake, as it turns out: what was paid for is not paid for again.
				b.telegram.Say(gulnara, "/allow 2001")
				b.quiet()
				_, err = b.telegram.SendPhoto(aibek, same, "")
				require.NoError(t, err)
				require.Contains(t, b.answered(aibek, "TESTOV").Text, "The same photo as before")
				require.Equal(t, c.calls, b.mrz.Counts().Received)
			}
			b.end()
			b.ledgerAgrees()
			require.Equal(t, c.totals, b.totals())
		})
	}
}

// TestRevokedBeforeTheNextTry: the service was asked for the photo once, so it
// has its row in the ledger, and somebody who was promised a word gets one.
func TestRevokedBeforeTheNextTry(t *testing.T) {
	for name, when := range map[string]func(*bench, func()){
		"while it waits": func(b *bench, revoke func()) {
			revoke()
			b.forward(6 * time.Minute)
		},
		"while it is fetched again": func(b *bench, revoke func()) {
			revoked := make(chan struct{})
			b.telegram.Fail(faketelegram.Fault{Method: "getFile", Hold: revoked})
			claimed := strings.Count(b.log.String(), "step=claimed")
			b.forward(6 * time.Minute)
			b.until("the next try", func() bool { return strings.Count(b.log.String(), "step=claimed") > claimed })
			revoke()
			close(revoked)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := reading(t, nil)
			aibek := faketelegram.Person{ID: 2001, FirstName: "Aibek", LanguageCode: "en"}
			b.telegram.Acquaint(aibek)
			b.telegram.Say(gulnara, "/start")
			b.start()
			b.telegram.Say(gulnara, "/allow 2001")
			b.quiet()
			b.mrz.Answer(leaveAlone(t))
			b.photo(aibek)
			b.answered(aibek, "I keep your photos in line")
			b.quiet()
			when(b, func() {
				b.telegram.Say(gulnara, "/revoke 2001")
				b.answered(gulnara, "Shut out:")
			})
			require.Contains(t, b.answered(aibek, "taken off the list before").Text, "Not counted.")
			b.quiet()
			require.Equal(t, 1, b.mrz.Counts().Received, "the call before the revoke")
			count, err := b.run.store.Attempts(t.Context(), aibek.ID, storage.DayOf(b.clock.now(), b.run.cfg.Timezone.Location))
			require.NoError(t, err)
			require.Zero(t, count, "nothing stays reserved")
			b.end()
			b.ledgerAgrees()
			require.Equal(t, []storage.Total{{Outcome: "shut_out", Charge: storage.ChargeNo, Number: 1}}, b.totals())
		})
	}
}

// TestRevokedWhileItFlows: a photo that flows from Telegram into the call does not
// get there whole, so it was not read.
func TestRevokedWhileItFlows(t *testing.T) {
	revoked := make(chan struct{})
	b := streaming(t, nil, func(int) fileServer {
		return func(w http.ResponseWriter, _ *http.Request, data []byte) {
			w.Header().Set("Content-Length", strconv.Itoa(len(data)))
			_, _ = w.Write(data[:len(data)/2])
			_ = http.NewResponseController(w).Flush()
			<-revoked
			_, _ = w.Write(data[len(data)/2:])
		}
	})
	b.start()
	aibek := faketelegram.Person{ID: 2001, FirstName: "Aibek", LanguageCode: "en"}
	b.telegram.Acquaint(aibek)
	b.telegram.Say(gulnara, "/allow 2001 Aibek")
	b.quiet()
	b.sendNoiseOf(aibek)
	b.until("the call has begun", func() bool { return b.mrz.Counts().Begun > 0 })
	b.telegram.Say(gulnara, "/revoke 2001")
	b.answered(gulnara, "Shut out:")
	close(revoked)
	b.quiet()
	b.forward(time.Minute)
	require.Contains(t, b.answered(aibek, "taken off the list before this photo was answered").Text, "Not counted.")
	require.Zero(t, b.mrz.Counts().Received)
	b.end()
	b.ledgerAgrees()
	require.Equal(t, []storage.Total{{Outcome: "shut_out", Charge: storage.ChargeNo, Number: 1}}, b.totals())
}

// step reports whether a photo has come as far as that.
func (b *bench) step(name string) bool {
	return strings.Contains(b.log.String(), "step="+name)
}
