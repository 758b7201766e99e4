package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

// photo sends a photo.
func (b *bench) photo(p faketelegram.Person) {
	b.t.Helper()
	_, err := b.telegram.SendPhoto(p, jpegOf(b.t), "")
	require.NoError(b.t, err)
}

// told gives what the bot said to a person, oldest first.
func (b *bench) told(p faketelegram.Person) []string {
	var texts []string
	for _, m := range b.telegram.Messages(p.ID) {
		if m.FromBot {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// saying counts the messages that hold a text.
func (b *bench) saying(p faketelegram.Person, text string) (n int) {
	for _, m := range b.told(p) {
		if strings.Contains(m, text) {
			n++
		}
	}
	return n
}

// totals reads the ledger of a stopped program.
func (b *bench) totals() []storage.Total {
	s, err := bolt.Open(b.store, bolt.Options{})
	require.NoError(b.t, err)
	defer func() { require.NoError(b.t, s.Close()) }()
	totals, err := s.Totals(b.t.Context())
	require.NoError(b.t, err)
	return totals
}

func answering(t *testing.T, name string) fakemrz.Answer {
	a, ok := fakemrz.AnswerNamed(name)
	require.True(t, ok, name)
	return a
}

// leaveAlone is the answer of a service that is down and asks not to be tried again
// for longer than any test takes by itself.
func leaveAlone(t *testing.T) fakemrz.Answer {
	a := answering(t, "unavailable")
	a.RetryAfter = 300
	return a
}

func reading(t *testing.T, settings map[string]string) *bench {
	t.Parallel()
	if _, set := settings["ADMIN_IDS"]; !set {
		if settings == nil {
			settings = map[string]string{}
		}
		settings["ADMIN_IDS"] = "1001"
	}
	b := newBench(t, settings)
	b.mrz.Answer(fakemrz.Lines(card...))
	return b
}

// TestClockJumpsDuringCall: the program does not take its own running photo
// for a dead one.
func TestClockJumpsDuringCall(t *testing.T) {
	b := reading(t, nil)
	slow := fakemrz.Lines(card...)
	slow.Delay = 500 * time.Millisecond
	b.mrz.Answer(slow)
	b.start()
	b.photo(gulnara)
	b.received(1)
	b.forward(time.Minute)
	b.answered(gulnara, "1 of 50 today")
	b.quiet()
	require.Len(t, b.told(gulnara), 1)
	b.end()
	b.ledgerAgrees()
}

// TestTypingRefused: an indicator that Telegram has had enough of does not
// hold up the answer.
func TestTypingRefused(t *testing.T) {
	b := reading(t, nil)
	b.telegram.Fail(faketelegram.Fault{Method: "sendChatAction", Status: http.StatusTooManyRequests, RetryAfter: 3600})
	slow := fakemrz.Lines(card...)
	slow.Delay = 2 * time.Second // the indicator comes after half a second
	b.mrz.Answer(slow)
	b.start()
	b.photo(gulnara)
	b.answered(gulnara, "1 of 50 today")
	require.NotEmpty(t, b.telegram.CallsOf("sendChatAction"))
}

// TestAlertsOfAFlappingService: one alert an hour, and one all-clear for it.
func TestAlertsOfAFlappingService(t *testing.T) {
	b := reading(t, nil)
	b.start()
	for range 4 {
		b.mrz.Answer(answering(t, "bad_key"))
		b.photo(gulnara)
		b.quiet()
		b.mrz.Answer(fakemrz.Lines(card...))
		b.photo(gulnara)
		b.quiet()
	}
	require.Equal(t, 1, b.saying(gulnara, "Please check MRZ_API_KEY"))
	require.Equal(t, 1, b.saying(gulnara, "reads again"))
}

// TestNobodyIsAdmin: then nothing is read for anybody.
func TestNobodyIsAdmin(t *testing.T) {
	b := reading(t, map[string]string{"ADMIN_IDS": ""})
	b.start()
	_, err := b.run.store.ChangePerson(t.Context(), gulnara.ID, func(p *storage.Person) error {
		p.Role, p.Added = storage.RoleAgent, b.clock.now()
		return nil
	})
	require.NoError(t, err)
	b.photo(gulnara)
	b.answered(gulnara, "no admin yet")
	require.Zero(t, b.mrz.Counts().Begun)
	require.Empty(t, b.telegram.CallsOf("getFile"))
}

// TestRevokedDuringCall: killed during the call, and shut out before the
// restart: the ledger knows of the call all the same.
func TestRevokedDuringCall(t *testing.T) {
	b := reading(t, map[string]string{"ADMIN_IDS": "7"})
	b.mrz.Answer(answering(t, "slow"))
	role := func(r storage.Role) {
		s, err := bolt.Open(b.store, bolt.Options{})
		require.NoError(t, err)
		_, err = s.ChangePerson(t.Context(), gulnara.ID, func(p *storage.Person) error { p.Role = r; return nil })
		require.NoError(t, err)
		require.NoError(t, s.Close())
	}
	role(storage.RoleAgent)
	p := b.startProcess()
	b.photo(gulnara)
	b.received(1)
	require.NoError(t, p.cmd.Process.Kill())
	require.Error(t, p.wait())
	role(storage.RoleNone)
	b.start()
	b.quiet()
	b.end()
	b.ledgerAgrees()
}

// TestLateReply: the day in which a reply is tried begins when there is one.
func TestLateReply(t *testing.T) {
	b := reading(t, nil)
	b.mrz.Answer(leaveAlone(t))
	b.start()
	b.photo(gulnara)
	b.answered(gulnara, "I keep your photos in line")
	b.quiet()
	b.end()
	b.clock.lead.Add(int64(25 * time.Hour)) // the machine was off
	b.mrz.Answer(fakemrz.Lines(card...))
	b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusBadGateway, Times: 2})
	b.start()
	b.quiet()
	b.forward(time.Minute)
	b.answered(gulnara, "You sent this photo a while ago")
	require.Equal(t, 1, b.mrz.Counts().Received, "it is asked about before it is paid for")
	b.quiet()
	b.pressed(gulnara, "Read it")
	b.answered(gulnara, "1 of 50 today")
}

// TestNotAZone: pages of text for an MRZ are no answer to pass on.
func TestNotAZone(t *testing.T) {
	b := reading(t, nil)
	b.mrz.Answer(fakemrz.Lines(strings.Split(strings.Repeat(card[0]+"\n", 150), "\n")...))
	b.start()
	b.photo(gulnara)
	b.answered(gulnara, "an answer that I do not understand")
}

// TestDeletionBeforeTelegramForbidsIt: 48 hours are too late for a photo that
// is a moment older than its answer.
func TestDeletionBeforeTelegramForbidsIt(t *testing.T) {
	b := reading(t, map[string]string{"DELETE_AFTER": "48h"})
	b.start()
	b.photo(gulnara)
	b.quiet()
	b.forward(deletedBy)
	b.quiet()
	for _, m := range b.telegram.Messages(gulnara.ID) {
		require.True(t, m.Deleted, m.Text)
	}
}

// deletedBy is before Telegram's 48 hours are over.
const deletedBy = 47*time.Hour + 59*time.Minute

// TestDeletionEnds: a deletion that never succeeds is not tried for ever.
func TestDeletionEnds(t *testing.T) {
	b := reading(t, map[string]string{"DELETE_AFTER": "1h"})
	b.start()
	b.photo(gulnara)
	b.quiet()
	b.telegram.Fail(faketelegram.Fault{Method: "deleteMessages", Status: http.StatusTooManyRequests, RetryAfter: 3600})
	for range 52 {
		b.forward(time.Hour)
		b.quiet()
	}
	work, err := b.run.store.Backlog(t.Context(), b.clock.now())
	require.NoError(t, err)
	require.Zero(t, work.Waiting[storage.KindDelete])
}

// TestCommandIsDoneOnce: when its answer has to wait, the answer waits, not
// the command.
func TestCommandIsDoneOnce(t *testing.T) {
	b := reading(t, nil)
	b.start()
	b.telegram.Say(gulnara, "/allow 2001 Aibek")
	b.quiet()
	b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusTooManyRequests, RetryAfter: 2, Times: 1})
	b.telegram.Say(gulnara, "/revoke 2001")
	b.quiet()
	b.forward(10 * time.Second)
	b.answered(gulnara, "Shut out:\n2001\nAibek")
	require.Zero(t, b.saying(gulnara, "Not on the list"))
}

// TestStrangerAfterAHiccup: the one reply of the hour is not lost to it.
func TestStrangerAfterAHiccup(t *testing.T) {
	b := reading(t, nil)
	stranger := faketelegram.Person{ID: 5, FirstName: "X", LanguageCode: "en"}
	b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusBadGateway, Times: 2})
	b.start()
	b.photo(stranger)
	b.quiet()
	b.forward(time.Minute)
	b.answered(stranger, "You have no access yet")
	require.Empty(t, b.telegram.CallsOf("getFile"))
}

// TestHeldUnderOldToken: an answer that was held and cannot be opened any more
// has counted, and says so for each photo.
func TestHeldUnderOldToken(t *testing.T) {
	old := reading(t, nil)
	old.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusTooManyRequests, RetryAfter: 60})
	old.start()
	old.photo(gulnara)
	old.photo(gulnara)
	old.quiet()
	old.end()
	b := newBenchOf(t, "123456:the-new-token-the-new-token-the-new-token", map[string]string{
		"ADMIN_IDS": "1001", "STORAGE_URL": old.environ["STORAGE_URL"],
	})
	b.telegram.RestartNumbering(700_000_000)
	b.clock.lead.Add(int64(2 * time.Minute))
	b.telegram.Say(gulnara, "/me")
	b.start()
	b.quiet()
	require.Equal(t, 2, b.saying(gulnara, "cannot open the answer to this photo"))
	require.Equal(t, 1, b.saying(gulnara, "again.\n1 of 50 today"))
	require.Equal(t, 1, b.saying(gulnara, "again.\n2 of 50 today"))
}

// TestTelegramKeepsThePhoto: the text names who keeps it waiting, and goes when
// there is a last word.
func TestTelegramKeepsThePhoto(t *testing.T) {
	b := reading(t, map[string]string{"RETRY_FOR": "1m"})
	b.telegram.Fail(faketelegram.Fault{Method: "getFile", Status: http.StatusTooManyRequests, RetryAfter: 3})
	b.start()
	b.photo(gulnara)
	steps := func(n int) {
		for range n {
			b.quiet()
			b.forward(5 * time.Second)
		}
		b.quiet()
	}
	steps(7)
	require.Equal(t, 1, b.saying(gulnara, "Telegram does not give me your photo right now"))
	steps(9)
	for _, m := range b.telegram.Messages(gulnara.ID) {
		require.Equal(t, m.FromBot && strings.Contains(m.Text, "Telegram does not give me"), m.Deleted, m.Text)
	}
	require.Contains(t, b.answered(gulnara, "could not fetch this photo").Text, "Not counted.")
}

// TestLimitTakenByWaitingPhotos: what is in work may use the day up.
func TestLimitTakenByWaitingPhotos(t *testing.T) {
	b := reading(t, map[string]string{"DAILY_ATTEMPTS": "1"})
	b.mrz.Answer(answering(t, "unavailable"))
	b.start()
	b.photo(gulnara)
	b.quiet()
	b.photo(gulnara)
	require.Contains(t, b.answered(gulnara, "Your other photos may use up").Text, "Not counted.")
}

// TestRefusalInASuccess: the provider may charge for a refusal that came as a
// success, and the ledger says so.
func TestRefusalInASuccess(t *testing.T) {
	b := reading(t, nil)
	b.mrz.Answer(fakemrz.Answer{Status: http.StatusOK, Body: `{"backend_session":"abc","result":false,` +
		`"failure_reason":{"type":"CLIENT","detail":"MRZ max attempts exceeded"}}`})
	b.start()
	b.photo(gulnara)
	b.answered(gulnara, "allows no more attempts")
	b.quiet()
	b.end()
	require.Equal(t, []storage.Total{{Outcome: "provider_limit", Charge: storage.ChargeUnknown, Number: 1}}, b.totals())
}
