package cli

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage/postgres"
)

// TestClockIsWrong: by how much the clock differs from Telegram's is said in the
// log, to those who ask and to the admins; and when it no longer does.
func TestClockIsWrong(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.telegram.Say(gulnara, "/start")
	b.start()
	b.answered(gulnara, "Hello")
	b.quiet()
	require.NotContains(t, b.log.String(), "clock")
	require.Contains(t, get(t, b.ops()+"/metrics"), "mrzbot_clock_ahead_seconds 0\n")

	b.telegram.SetDateAhead(-10 * 365 * 24 * time.Hour)
	b.talk(3)
	require.Equal(t, 1, strings.Count(b.log.String(), "the clock of this machine differs"), "once, not with each call")
	require.Regexp(t, `^ready\nclock: this machine's clock is ahead of Telegram's by 87\d\d\dh`, get(t, b.ops()+"/readyz"))
	require.Regexp(t, `mrzbot_clock_ahead_seconds 3.15\d*e\+08\n`, get(t, b.ops()+"/metrics"))
	require.Equal(t, 1, b.saying(gulnara, "differs from Telegram's"))
	_, says, _ := runAt(t, b.clock.now, "", b.environ, "check")
	require.Contains(t, says, "FAIL  clock     this machine's clock is ahead of Telegram's by 87")
	require.Contains(t, says, "the running bot says of clock")

	b.telegram.SetDateAhead(0)
	b.talk(3)
	require.Equal(t, "ready\n", get(t, b.ops()+"/readyz"))
	require.Contains(t, b.log.String(), "agrees with Telegram's again")
	_, says, _ = runAt(t, b.clock.now, "", b.environ, "check")
	require.Contains(t, says, "ok    clock     agrees with Telegram's")
	b.telegram.SetDateAhead(time.Hour)
	b.talk(3)
	require.Regexp(t, `this machine's clock is behind Telegram's by (59m5\ds|1h0m)`, get(t, b.ops()+"/readyz"))
}

// talk has some questions answered.
func (b *bench) talk(n int) {
	for range n {
		before := b.saying(gulnara, "Your id")
		b.telegram.Say(gulnara, "/me")
		b.until("it is answered", func() bool { return b.saying(gulnara, "Your id") > before })
	}
	b.quiet()
}

// TestWebhookThatMayPass: Telegram cannot resolve the name yet. The bot waits, and
// says so; when it can, it says that, too.
func TestWebhookThatMayPass(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.byWebhook()
	b.telegram.Say(gulnara, "/start")
	heal := b.telegram.Fail(faketelegram.Fault{
		Method: "setWebhook", Status: http.StatusBadRequest,
		Description: "Bad Request: bad webhook: Failed to resolve host: Temporary failure in name resolution canary-AN1234567",
	})
	p := b.startProcess()
	b.until("it is tried again", func() bool { return len(b.telegram.CallsOf("setWebhook")) >= 3 })
	require.Contains(t, p.log.String(), "webhook not set, trying again; if it stays so, look at WEBHOOK_URL: its name has to lead to this machine")
	require.Contains(t, p.log.String(), "temporary failure in name resolution")
	require.NotContains(t, p.log.String(), "AN1234567")
	b.answered(gulnara, "Telegram does not take the bot's webhook address yet")
	_, says := b.commandNow("check")
	require.Contains(t, says, "the running bot says of webhook: not set yet")
	require.Contains(t, says, "temporary failure in name resolution")

	heal()
	b.answered(gulnara, "Telegram has taken the bot's webhook address now")
	b.answered(gulnara, "Hello")
	_, says = b.commandNow("check")
	require.NotContains(t, says, "the running bot says of webhook")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait(), p.log.String())
}

// TestWebhookThatCannotPass: what only other settings mend ends the start, in words
// of ours.
func TestWebhookThatCannotPass(t *testing.T) {
	t.Chdir(t.TempDir())
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.byWebhook()
	b.telegram.Fail(faketelegram.Fault{
		Method: "setWebhook", Status: http.StatusBadRequest,
		Description: "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443 canary-AN1234567",
	})
	code, _, stderr := run(t, "", b.environ, "serve")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "WEBHOOK_URL: Telegram refuses it")
	require.Contains(t, stderr, "Give a public https address")
	require.Contains(t, stderr, "ports 80, 88, 443 or 8443")
	require.NotContains(t, stderr, "AN1234567")
}

// TestTokenRevoked: with a webhook no updates are asked for, so only the answers show
// that the token is an old one. It is said once, with the mend, until one goes through.
func TestTokenRevoked(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.byWebhook()
	b.telegram.Acquaint(gulnara)
	p := b.startProcess()
	heal := b.telegram.Fail(faketelegram.Fault{Status: http.StatusUnauthorized, Description: "Unauthorized"})
	b.telegram.Say(gulnara, "/me")
	const says = "Telegram does not know the token any more: set TELEGRAM_BOT_TOKEN"
	b.until("it is said", func() bool { return strings.Contains(p.log.String(), says) })
	_, out := b.commandNow("check")
	require.Contains(t, out, "the running bot says of token: Telegram does not know it any more")
	require.Contains(t, out, "→ set TELEGRAM_BOT_TOKEN to the new one of @BotFather, and start the bot again")
	heal()
	b.telegram.Say(gulnara, "/me")
	b.until("an answer goes through", func() bool { return b.saying(gulnara, "Your id") > 0 })
	_, out = b.commandNow("check")
	require.NotContains(t, out, "of token")
	require.Equal(t, 1, strings.Count(p.log.String(), says))
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait(), p.log.String())
}

// TestTelegramHangs: SIGTERM ends the program with 0 in time, at the start, in a
// poll, in a reply and in a download that never ends.
func TestTelegramHangs(t *testing.T) {
	t.Parallel()
	for name, method := range map[string]string{
		"at the start": "getMe", "before the poll": "deleteWebhook", "in the poll": "getUpdates", "in a reply": "sendMessage", "in a download": faketelegram.FileCall,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "MRZ_TIMEOUT": "1s"})
			b.mrz.Answer(fakemrz.Lines(card...))
			b.telegram.Say(gulnara, "/start")
			b.photo(gulnara)
			var met atomic.Bool
			b.telegram.Fail(faketelegram.Fault{Method: method, Delay: time.Hour, Met: func() { met.Store(true) }})
			p := b.startProcess()
			b.until("it hangs", met.Load)
			require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
			start := time.Now()
			require.NoError(t, p.wait(), p.log.String())
			require.Less(t, time.Since(start), 30*time.Second) // MRZ_TIMEOUT and 5 s, on a machine that is busy
		})
	}
}

// TestFilesOfALocalServer: a Bot API server of one's own gives a path on its disk.
// Without the setting the admins and who asks hear what to set.
func TestFilesOfALocalServer(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.mrz.Answer(fakemrz.Lines(card...))
	folder := t.TempDir()
	b.telegram.RunLocal(folder)
	b.start()
	b.photo(gulnara)
	b.answered(gulnara, "name it in TELEGRAM_FILES_DIR")
	b.quiet()
	require.Contains(t, get(t, b.ops()+"/readyz"), "TELEGRAM_FILES_DIR is not set")
	_, says, _ := runAt(t, b.clock.now, "", b.environ, "check")
	require.Contains(t, says, "the running bot says of files")
	require.Contains(t, says, "mount its folder")
	b.end()
	require.NotContains(t, b.log.String(), testToken)

	b.environ["TELEGRAM_FILES_DIR"] = folder
	b.log = &safeBuffer{}
	b.start()
	b.forward(2 * time.Minute)
	b.answered(gulnara, "1 of 50 today")
	require.Equal(t, "ready\n", get(t, b.ops()+"/readyz"))
	code, says, _ := runAt(t, b.clock.now, "", b.environ, "check")
	require.Equal(t, exitFine, code, says)
	require.Contains(t, says, "ok    files")
	b.end()
	require.NotContains(t, b.log.String(), testToken)

	b.environ["TELEGRAM_FILES_DIR"] = filepath.Join(folder, "absent")
	code, says, _ = runAt(t, b.clock.now, "", b.environ, "check")
	require.Equal(t, exitFailed, code)
	require.Contains(t, says, "FAIL  files     TELEGRAM_FILES_DIR cannot be read: no such file or directory")
}

// TestCheckSaysWhoLeads: with a database, where check can ask nobody else.
func TestCheckSaysWhoLeads(t *testing.T) {
	t.Parallel()
	_, url := newDatabase(t)
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "STORAGE_URL": url})
	b.start()
	check := func() string {
		_, says, _ := runAt(t, b.clock.now, "", b.environ, "check")
		return says
	}
	require.Contains(t, check(), "ok    leader    a bot leads")
	owner := b.run.queue.Owner
	b.end()
	require.Contains(t, check(), "ok    leader    no bot runs")

	store, err := postgres.Open(t.Context(), url, postgres.Options{})
	require.NoError(t, err)
	now := b.clock.now()
	_, err = store.TakeLease(t.Context(), botLeaseName+owner, owner, now, now.Add(10*time.Minute))
	require.NoError(t, err)
	require.Contains(t, check(), "note  leader    1 bot runs with the database, and none leads")
	require.NoError(t, store.Close())
}

// TestTelegramEchoes: a Telegram that repeats what it was sent, in whatever it
// refuses, puts none of it into the log, the metrics or an answer to who asks.
func TestTelegramEchoes(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.mrz.Answer(fakemrz.Lines(card...))
	b.telegram.Say(gulnara, "/start")
	b.start()
	b.answered(gulnara, "Hello")
	secrets := append([]string{"TESTOV", "ID1234567", "20101199012345", testToken}, card...)
	echo := "Bad Request: can't parse " + strings.Join(secrets, " | ") + " 'at' \"byte\" offset 12 " + card[1]
	for _, method := range []string{"sendMessage", "getFile", faketelegram.FileCall, "editMessageText", "sendChatAction", "setMyCommands"} {
		for _, code := range []int{400, 403, 404, 409, 429, 500} {
			b.telegram.Fail(faketelegram.Fault{Method: method, Status: code, Description: echo, Times: 2, RetryAfter: 1})
		}
	}
	for range 12 {
		b.photo(gulnara)
		b.quiet()
		b.forward(time.Minute)
	}
	_, says, _ := runAt(t, b.clock.now, "", b.environ, "check")
	seen := b.log.String() + get(t, b.ops()+"/metrics") + get(t, b.ops()+"/readyz") + says
	b.end()
	seen += b.log.String()
	require.Contains(t, seen, "sendMessage")
	for _, s := range secrets {
		require.NotContains(t, seen, s)
	}
}
