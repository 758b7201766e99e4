package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	faketelegram "mrzbot/sandbox/telegram"
)

// status gives what /status says to somebody.
func (b *bench) status(p faketelegram.Person) faketelegram.Message {
	b.t.Helper()
	b.telegram.Say(p, "/status")
	b.quiet()
	all := b.telegram.Messages(p.ID)
	return all[len(all)-1]
}

// commandThen is command by the clock of the bench.
func (b *bench) commandThen(args ...string) (code int, says string) {
	code, stdout, stderr := runAt(b.t, b.clock.now, "", b.environ, args...)
	return code, stdout + stderr
}

// TestStatus: one command says why the bot is silent, in the chat and on the
// machine alike.
func TestStatus(t *testing.T) {
	onEngines(t, map[string]string{"ADMIN_IDS": "1001,1002,1003", "SUBSCRIPTION_UNTIL": "01.12.2026"}, func(b *bench) {
		t := b.t
		b.clock.stop()
		b.start()
		says := b.status(gulnara).Text
		for _, line := range []string{
			"🟡 The bot works, 2 things need a look",
			"🟡 Subscription: ends on 01.12.2026, 8 days left\n→ renew it",
			"🟡 Backup: mrzbot backup has not made any\n→ have mrzbot backup FILE run every day",
			"🟢 Telegram: answers", "🟢 Updates: no webhook: the bot asks Telegram for updates",
			"🟢 Reading service: its address answers (HTTP 405, http://); the key was not tried",
			"🟢 Budget: none", "🟢 Work: waiting 0, in work 1, in quarantine 0", "🟢 Store: ", "🟢 Replicas: ", "🟢 Version: dev",
		} {
			require.Contains(t, says, line)
		}
		require.Zero(t, b.mrz.Counts().Received, "nothing is spent")
		for _, p := range []faketelegram.Person{{ID: 1002, LanguageCode: "ru", FirstName: "O"}, {ID: 1003, LanguageCode: "ky", FirstName: "N"}} {
			other := b.status(p).Text
			require.Equal(t, strings.Count(says, "\n"), strings.Count(other, "\n"), other)
			require.NotContains(t, other, "health.")
			require.NotContains(t, other, "<no value>")
			require.Contains(t, other, "(HTTP 405, http://)", "in a form that every language reads")
			require.NotEqual(t, says, other)
		}

		// What was backed up is known, and on the machine it is said alike.
		code, out := b.commandThen("backup", filepath.Join(t.TempDir(), "x.backup"))
		require.Equal(t, exitFine, code, out)
		b.quiet()
		m := b.status(gulnara)
		require.Contains(t, m.Text, "🟢 Backup: last made 10:00")
		code, out = b.commandThen("check")
		require.Equal(t, exitFine, code, out)
		for _, line := range []string{"ok    backup    last made 10:00", "note  subscription ends on 01.12.2026, 8 days left", "ok    tasks     waiting 0", "ok    budget    none"} {
			require.Contains(t, out, line)
		}

		// The button looks again, in the same message.
		b.clock.lead.Add(int64(4 * time.Second))
		_, err := b.telegram.Press(gulnara, m.ID, "Check now")
		require.NoError(t, err)
		b.quiet()
		all := b.telegram.Messages(gulnara.ID)
		require.Equal(t, m.ID, all[len(all)-1].ID)
		require.NotEqual(t, m.Text, all[len(all)-1].Text)
	})
}

// TestStatusOfTrouble: what is wrong stands first, with its mend.
func TestStatusOfTrouble(t *testing.T) {
	t.Run("the service is out of reach", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, map[string]string{"ADMIN_IDS": "1001,1002,1003", "MRZ_API_URL": "http://127.0.0.1:1/"})
		b.start()
		says := b.status(gulnara).Text
		require.True(t, strings.HasPrefix(says, "🔴 1 thing keeps the bot from its work\n\n🔴 Reading service: no good answer: the connection is refused\n"), says)
		require.Contains(t, b.status(faketelegram.Person{ID: 1002, LanguageCode: "ru", FirstName: "O"}).Text, "нет нужного ответа: сервер отклонил соединение\n")
		require.Contains(t, b.status(faketelegram.Person{ID: 1003, LanguageCode: "ky", FirstName: "N"}).Text, "керектүү жооп жок: сервер байланышты кабыл алган жок\n")
		require.Contains(t, says, "→ look at the network, a proxy, and MRZ_API_URL")
	})
	t.Run("the key is refused", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "MRZ_API_KEY": strings.Repeat("another-key", 5)})
		b.start()
		b.photo(gulnara)
		b.quiet()
		says := b.status(gulnara).Text
		require.Contains(t, says, "🔴 Reading service: The reading service does not accept our key.")
		code, out := b.commandThen("check")
		require.Equal(t, exitFailed, code, out)
		require.Contains(t, out, "FAIL  service   The reading service does not accept our key.")
		require.NotRegexp(t, `(?m)→\s*$`, out, "no mend is left out")
	})
	t.Run("Telegram did not get through", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
		b.byWebhook()
		b.start()
		b.quiet()
		b.end()
		b.telegram.Say(gulnara, "hello")
		info := b.environ["TELEGRAM_API_URL"] + "/bot" + testToken + "/getWebhookInfo"
		b.until("Telegram has tried", func() bool { return strings.Contains(get(t, info), "last_error_message") })
		b.start()
		b.quiet()
		says := b.status(gulnara).Text
		require.Regexp(t, `🟡 Updates: webhook set, .*: connection (refused|reset by peer|closed)`, says)
		require.Contains(t, says, "→ look at the proxy: WEBHOOK_URL must reach LISTEN_ADDR")
	})
	t.Run("the budget is spent", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
		b.start()
		b.telegram.Say(gulnara, "/budget 1 0")
		b.quiet()
		b.photo(gulnara)
		b.quiet()
		require.Contains(t, b.status(gulnara).Text, "🔴 Budget: 1 of 1 used today\n→ /budget changes it")
	})
	t.Run("there is no key", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "MRZ_API_KEY": ""})
		b.start()
		require.Contains(t, b.status(gulnara).Text, "🟡 Reading service: MRZ_API_KEY is empty: the local reader answers\n→ set MRZ_API_KEY")
	})
}
