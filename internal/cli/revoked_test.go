package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/sandbox"
	"mrzbot/storage"
)

// TestRevokedMeanwhile: whoever is shut out while their photo is in work gets
// no answer, whatever step it is in, and before the call none is paid for. What
// was counted stays so.
func TestRevokedMeanwhile(t *testing.T) {
	slow := sandbox.MRZZone(card...)
	slow.Delay = 1500 * time.Millisecond
	for name, c := range map[string]struct {
		preflight string
		fault     sandbox.Fault
		until     func(*bench) bool // the step is reached
		calls     int
		says      string
		totals    []storage.Total
	}{
		"getFile": {
			fault: sandbox.Fault{Method: "getFile"},
			until: func(b *bench) bool { return b.step("claimed") },
			says:  "This did not count.",
		},
		"download": {
			preflight: "on", // else the photo flows through the call
			fault:     sandbox.Fault{Method: sandbox.FileCall},
			until:     func(b *bench) bool { return len(b.telegram.CallsOf("getFile")) > 0 },
			says:      "This did not count.",
		},
		"call": {
			until: func(b *bench) bool { return b.mrz.Counts().Received > 0 },
			calls: 1, says: "Attempt 1 of 50 today.",
			totals: []storage.Total{{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 1}},
		},
		"delivery": {
			fault: sandbox.Fault{Method: "sendMessage", Chat: 2001, Status: http.StatusTooManyRequests, RetryAfter: 30, Times: 1},
			until: func(b *bench) bool { return b.step("held") },
			calls: 1, says: "Attempt 1 of 50 today.",
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
			aibek := sandbox.Person{ID: 2001, FirstName: "Aibek", LanguageCode: "en"}
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
			_, err := b.telegram.SendPhoto(aibek, same, "", sandbox.InTopic(topic))
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
			b.end()
			b.ledgerAgrees()
			require.Equal(t, c.totals, b.totals())
		})
	}
}

// TestRevokedBeforeTheNextTry: the service was asked for the photo once, so it
// has its row in the ledger.
func TestRevokedBeforeTheNextTry(t *testing.T) {
	for name, when := range map[string]func(*bench, func()){
		"while it waits": func(b *bench, revoke func()) {
			revoke()
			b.forward(20 * time.Second)
		},
		"while it is fetched again": func(b *bench, revoke func()) {
			revoked := make(chan struct{})
			b.telegram.Fail(sandbox.Fault{Method: "getFile", Hold: revoked})
			claimed := strings.Count(b.log.String(), "step=claimed")
			b.forward(20 * time.Second)
			b.until("the next try", func() bool { return strings.Count(b.log.String(), "step=claimed") > claimed })
			revoke()
			close(revoked)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := reading(t, nil)
			aibek := sandbox.Person{ID: 2001, FirstName: "Aibek", LanguageCode: "en"}
			b.telegram.Acquaint(aibek)
			b.telegram.Say(gulnara, "/start")
			b.start()
			b.telegram.Say(gulnara, "/allow 2001")
			b.quiet()
			b.mrz.Answer(answering(t, "unavailable"))
			b.photo(aibek)
			b.answered(aibek, "I keep your photos in line")
			b.quiet()
			when(b, func() {
				b.telegram.Say(gulnara, "/revoke 2001")
				b.answered(gulnara, "Shut out:")
			})
			require.Contains(t, b.answered(aibek, "taken off the list before").Text, "This did not count.")
			b.quiet()
			require.Equal(t, 1, b.mrz.Counts().Received)
			b.end()
			b.ledgerAgrees()
			require.Equal(t, []storage.Total{{Outcome: "shut_out", Charge: storage.ChargeNo, Number: 1}}, b.totals())
		})
	}
}

// step reports whether a photo has come as far as that.
func (b *bench) step(name string) bool {
	return strings.Contains(b.log.String(), "step="+name)
}
