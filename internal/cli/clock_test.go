package cli

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// jumps of the calendar: a machine that slept, or whose clock was set.
var jumps = map[string]time.Duration{"forward": 6 * time.Hour, "back": -6 * time.Hour, "a day forward": 26 * time.Hour}

// jump moves the calendar and tells nobody.
func (b *bench) jump(d time.Duration) { b.clock.lead.Add(int64(d)) }

// TestClockJumpsDuringCalls: photos in work are neither taken for dead ones
// nor read again, whichever way the clock goes, and their day is the one they
// began in.
func TestClockJumpsDuringCalls(t *testing.T) {
	t.Parallel()
	for name, d := range jumps {
		t.Run(name, func(t *testing.T) {
			b := reading(t, nil)
			slow := fakemrz.Lines(card...)
			slow.Delay = time.Second
			b.mrz.Answer(slow)
			b.start()
			for range 3 {
				b.photo(gulnara)
			}
			b.received(3)
			b.jump(d)
			b.answered(gulnara, "3 of 50 today")
			b.quiet()
			require.Len(t, b.told(gulnara), 3)
			require.Equal(t, 3, b.mrz.Counts().Begun)
			b.end()
			b.ledgerAgrees()
		})
	}
}

// TestClockJumpsDuringWait: a photo waits for a service that is down. Put
// forward, its time may be over; put back, it waits no longer than it would have.
// Others are served meanwhile, and it gets one last word.
func TestClockJumpsDuringWait(t *testing.T) {
	t.Parallel()
	for name, d := range jumps {
		t.Run(name, func(t *testing.T) {
			b := reading(t, nil)
			b.mrz.AnswerNext(answering(t, "unavailable"))
			b.start()
			b.photo(gulnara)
			b.answered(gulnara, "I keep your photos in line")
			b.quiet()
			b.jump(d)
			b.run.queue.Notify()
			b.photo(gulnara)
			b.until("the other is answered", func() bool { return b.saying(gulnara, "TESTOV") > 0 })
			lastWords := func() int { return b.saying(gulnara, " of 50 today") + b.saying(gulnara, "Not counted.") }
			b.quiet()
			for range 60 { // one may wait for what the other learns, but no longer than RETRY_FOR
				if lastWords() < 2 {
					b.forward(20 * time.Second)
					b.quiet()
				}
			}
			require.Equal(t, 2, lastWords())
			// What was said before the jump is old, and may be said again.
			require.LessOrEqual(t, b.saying(gulnara, "I keep your photos in line"), 2)
			require.LessOrEqual(t, b.mrz.Counts().Begun, 3)
			b.end()
			b.ledgerAgrees()
		})
	}
}

// TestClockJumpsDuringReply: an answer that Telegram does not take yet is not
// lost, and goes out once.
func TestClockJumpsDuringReply(t *testing.T) {
	t.Parallel()
	for name, d := range jumps {
		t.Run(name, func(t *testing.T) {
			b := reading(t, nil)
			b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusTooManyRequests, RetryAfter: 30, Times: 1})
			b.start()
			b.photo(gulnara)
			b.until("the reply is refused", func() bool { return len(b.telegram.CallsOf("sendMessage")) == 1 })
			b.quiet()
			b.jump(d)
			b.quiet()
			if d < 0 {
				require.Empty(t, b.told(gulnara))
				b.jump(-d)
			}
			b.forward(time.Minute)
			b.answered(gulnara, "1 of 50 today")
			b.quiet()
			require.Len(t, b.told(gulnara), 1)
			require.Equal(t, 1, b.mrz.Counts().Begun)
		})
	}
}

// TestClockJumpsBetweenLives: killed during a call, and started again in
// another time: still nothing is read twice and nothing stays reserved.
func TestClockJumpsBetweenLives(t *testing.T) {
	t.Parallel()
	for name, d := range jumps {
		t.Run(name, func(t *testing.T) {
			b := reading(t, map[string]string{"DAILY_ATTEMPTS": "2"})
			b.mrz.AnswerNext(answering(t, "slow"))
			b.clock.lead.Store(0) // the process goes by the machine's clock
			p := b.startProcess()
			b.photo(gulnara)
			b.received(1)
			require.NoError(t, p.cmd.Process.Kill())
			require.Error(t, p.wait())
			b.jump(d)
			b.start()
			require.Contains(t, b.answered(gulnara, "no answer that I can use").Text, "1 of 2 today, 1 without an answer")
			b.photo(gulnara)
			b.answered(gulnara, "TESTOV")
			b.quiet()
			work, err := b.run.store.Backlog(t.Context(), b.clock.now())
			require.NoError(t, err)
			require.Zero(t, work.Waiting[storage.KindPhoto]+work.Leased[storage.KindPhoto])
			require.Equal(t, 2, b.mrz.Counts().Begun)
			b.end()
			b.ledgerAgrees()
		})
	}
}
