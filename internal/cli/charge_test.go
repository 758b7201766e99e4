package cli

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// onEngines runs a test with a store of each kind.
func onEngines(t *testing.T, settings map[string]string, test func(b *bench)) {
	for name, url := range map[string]func(*testing.T) string{
		"bolt":     func(*testing.T) string { return "" },
		"postgres": func(t *testing.T) string { _, url := newDatabase(t); return url },
	} {
		t.Run(name, func(t *testing.T) {
			b := reading(t, maps.Clone(settings))
			if url := url(t); url != "" {
				b.environ["STORAGE_URL"] = url
			}
			test(b)
		})
	}
}

// TestUnansweredUsesUpTheLimit: what may be charged is bounded by the limit, also
// when the service takes every photo and answers too late.
func TestUnansweredUsesUpTheLimit(t *testing.T) {
	onEngines(t, map[string]string{"DAILY_ATTEMPTS": "3", "MRZ_TIMEOUT": "1s", "RETRY_FOR": "1m"}, unansweredUsesUpTheLimit)
}

func unansweredUsesUpTheLimit(b *bench) {
	b.mrz.Answer(answering(b.t, "slow"))
	b.start()
	for range 9 {
		b.photo(gulnara)
	}
	for range 9 {
		b.quiet()
		b.forward(10 * time.Second)
	}
	b.quiet()
	b.telegram.Say(gulnara, "/me")
	b.answered(gulnara, "3 of 3 today, 3 without an answer")
	for range 9 {
		b.photo(gulnara)
	}
	b.quiet()
	b.pressed(gulnara, "Read again")
	b.quiet()
	require.Equal(b.t, 3, b.mrz.Counts().Begun)
	require.NotZero(b.t, b.saying(gulnara, "(3 of 3, 3 without an answer)"))
	b.telegram.Say(gulnara, "/reset 1001")
	b.quiet()
	b.mrz.Answer(fakemrz.Lines(card...))
	b.forward(time.Minute)
	b.photo(gulnara)
	b.answered(gulnara, "1 of 3 today")
	b.end()
	b.ledgerAgrees()
}

// TestSamePhotoFourTimes: four messages with one picture and an answer that comes
// too late are one call.
func TestSamePhotoFourTimes(t *testing.T) {
	onEngines(t, map[string]string{"MRZ_TIMEOUT": "1s"}, func(b *bench) {
		b.mrz.Answer(answering(b.t, "slow"))
		b.start()
		same := jpegOf(b.t)
		for range 4 {
			_, err := b.telegram.SendPhoto(gulnara, same, "")
			require.NoError(b.t, err)
		}
		b.quiet()
		require.Equal(b.t, 4, b.saying(gulnara, "press Read again"))
		require.Equal(b.t, 1, b.mrz.Counts().Begun)
		b.mrz.Answer(fakemrz.Lines(card...))
		for range 3 {
			b.pressed(gulnara, "Read again")
			b.quiet()
		}
		require.Equal(b.t, 2, b.mrz.Counts().Begun)
		require.Equal(b.t, 1, b.saying(gulnara, "TESTOV"))
		b.end()
		b.ledgerAgrees()
	})
}

// TestSamePhotoUnanswered: a photo whose answer nobody knows is not sent again
// because it comes again, however it does, across lives of the program; one press
// under any of its replies is one call.
func TestSamePhotoUnanswered(t *testing.T) {
	b := reading(t, nil)
	b.mrz.Answer(answering(t, "slow"))
	same := jpegOf(t)
	send := func(n int) {
		for range n {
			_, err := b.telegram.SendPhoto(gulnara, same, "")
			require.NoError(t, err)
		}
	}
	asked := func(n int) {
		b.until("each is told", func() bool { return b.saying(gulnara, "press Read again") == n })
	}
	p := b.startProcess()
	send(2)
	b.received(1)
	p.kill()
	p = b.startProcess()
	asked(2)
	b.telegram.DeliverTwice(-1)
	send(2)
	asked(4)
	p.done(4)
	p.kill()
	p = b.startProcess()
	send(1)
	asked(5)
	require.Equal(t, 1, b.mrz.Counts().Begun)
	require.Equal(t, 5, b.saying(gulnara, "1 of 50 today, 1 without an answer"))
	b.mrz.Answer(fakemrz.Lines(card...))
	for range 2 {
		b.pressed(gulnara, "Read again")
	}
	b.answered(gulnara, "TESTOV")
	b.until("no button is left that was pressed", func() bool { return b.saying(gulnara, "so I read it again") > 0 })
	b.pressed(gulnara, "Read again") // under another of its replies
	send(1)
	b.until("the same is repeated", func() bool { return b.saying(gulnara, "TESTOV") == 2 })
	p.finish()
	require.Equal(t, 2, b.mrz.Counts().Begun)
	b.ledgerAgrees()
}

// TestBlockedThenSameAgain: somebody who cannot be written to, and comes back with
// the same photo, does not cause a second call.
func TestBlockedThenSameAgain(t *testing.T) {
	b := reading(t, nil)
	b.mrz.Answer(answering(t, "cut_after"))
	b.start()
	heal := b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusForbidden, Description: "Forbidden: bot was blocked by the user"})
	same := jpegOf(t)
	_, err := b.telegram.SendPhoto(gulnara, same, "")
	require.NoError(t, err)
	b.quiet()
	heal()
	_, err = b.telegram.SendPhoto(gulnara, same, "")
	require.NoError(t, err)
	b.answered(gulnara, "press Read again")
	b.quiet()
	require.Equal(t, 1, b.mrz.Counts().Begun)
	b.mrz.Answer(fakemrz.Lines(card...))
	b.pressed(gulnara, "Read again")
	b.answered(gulnara, "TESTOV")
}

// TestOutageOfSilence: each kind of answer that leaves a photo unknown is an
// outage for the others after two in a row, whoever they are of.
func TestOutageOfSilence(t *testing.T) {
	for _, name := range []string{"internal", "bad_gateway", "gateway_timeout", "cut_after", "cut_in_answer", "cut_unframed", "slow"} {
		t.Run(name, func(t *testing.T) {
			settings := map[string]string{"WORKERS": "1"}
			if name == "slow" {
				settings["MRZ_TIMEOUT"] = "1s"
			}
			b := reading(t, settings)
			a := answering(t, name)
			if a.Status == 0 {
				a.Lines = card
			}
			b.mrz.Answer(a)
			b.start()
			b.clock.stop() // else one asks again, on a slow machine, before this has looked
			for range 8 {
				b.photo(gulnara)
			}
			// Not until all is quiet: that would be when one asks again.
			b.until("the others wait", func() bool {
				work, err := b.run.store.Backlog(t.Context(), b.clock.now())
				require.NoError(t, err)
				return work.Waiting[storage.KindPhoto] == 6 && b.saying(gulnara, "I keep your photos in line") == 1 &&
					b.saying(gulnara, "takes photos and gives no answer") == 1
			})
			require.Equal(t, 2, b.mrz.Counts().Begun)
			require.Equal(t, 2, b.saying(gulnara, "press Read again"))
			b.mrz.Answer(fakemrz.Lines(card...))
			for range 4 {
				b.forward(10 * time.Second)
				b.quiet()
			}
			require.Equal(t, 6, b.saying(gulnara, "TESTOV"))
			require.Equal(t, 2, b.saying(gulnara, "press Read again"))
			require.Equal(t, 8, b.mrz.Counts().Begun)
			b.end()
			b.ledgerAgrees()
		})
	}
}

// TestSlowDownloadDoesNotAsk: of photos that wait for the service the one that has
// been fetched asks, and not one whose download takes its time.
func TestSlowDownloadDoesNotAsk(t *testing.T) {
	b := reading(t, nil)
	b.mrz.Answer(answering(t, "unavailable"))
	b.start()
	b.photo(gulnara)
	b.answered(gulnara, "I keep your photos in line")
	b.photo(gulnara)
	b.quiet()
	b.mrz.Answer(fakemrz.Lines(card...))
	fetched := len(b.telegram.CallsOf("getFile"))
	b.telegram.Fail(faketelegram.Fault{Method: faketelegram.FileCall, Delay: 2 * patience, Times: 1})
	b.forward(5 * time.Second)
	b.until("one is being fetched", func() bool { return len(b.telegram.CallsOf("getFile")) > fetched })
	b.until("the other is read meanwhile", func() bool {
		b.forward(time.Second)
		return b.saying(gulnara, "TESTOV") == 1
	})
}

// TestWorkersComeBack: whatever the service does with a connection, a worker is
// its own again when the call's time is over, and the program stops in time.
func TestWorkersComeBack(t *testing.T) {
	for _, name := range []string{"switches", "endless", "slow", "ok_twice"} {
		t.Run(name, func(t *testing.T) {
			b := reading(t, map[string]string{"WORKERS": "2", "MRZ_TIMEOUT": "1s"})
			a := answering(t, name)
			b.mrz.AnswerNext(a, a)
			b.start()
			for range 3 {
				b.photo(gulnara)
			}
			b.quiet()
			b.forward(10 * time.Second)
			b.answered(gulnara, "TESTOV")
			b.end()
		})
	}
}

// TestSentLongAgo: a photo that Telegram could not deliver for hours is asked
// about.
func TestSentLongAgo(t *testing.T) {
	for age, asks := range map[time.Duration]bool{
		0: false, 10 * time.Minute: false, time.Hour: true, 23 * time.Hour: true, -time.Hour: false,
	} {
		t.Run(fmt.Sprint(age), func(t *testing.T) {
			b := reading(t, nil)
			b.clock.lead.Add(int64(-age))
			b.photo(gulnara)
			b.clock.lead.Add(int64(age))
			b.start()
			want := "TESTOV"
			if asks {
				want = "You sent this photo a while ago"
			}
			b.answered(gulnara, want)
			b.quiet()
			if !asks {
				return
			}
			require.Zero(t, b.mrz.Counts().Begun)
			require.Empty(t, b.telegram.CallsOf("getFile"))
			b.pressed(gulnara, "Read it")
			b.answered(gulnara, "TESTOV")
			require.Equal(t, 1, b.mrz.Counts().Begun)
		})
	}
}

// TestReasonInTheLog: the log says what was wrong with a call, in words of the
// program's own.
func TestReasonInTheLog(t *testing.T) {
	b := reading(t, nil)
	b.mrz.AnswerNext(answering(t, "login_page"))
	b.start()
	b.photo(gulnara)
	b.answered(gulnara, "I keep your photos in line")
	b.quiet()
	require.True(t, strings.Contains(b.log.String(), `reason="mrz service: the answer is not the service's (HTTP 200): it is a page for people"`))
}
