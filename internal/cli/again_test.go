package cli

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// kill ends a process as a power cut does.
func (p *process) kill() {
	require.NoError(p.t, p.cmd.Process.Kill())
	require.Error(p.t, p.wait())
}

// finish ends a process as a signal does: what it began is written down.
func (p *process) finish() {
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(p.t, p.wait(), p.log.String())
}

// pressed presses the button of a person's newest message that has it.
func (b *bench) pressed(p faketelegram.Person, button string) {
	b.t.Helper()
	id := 0
	for _, m := range b.telegram.Messages(p.ID) {
		for _, row := range m.Buttons {
			for _, k := range row {
				if k.Text == button && !m.Deleted {
					id = m.ID
				}
			}
		}
	}
	require.NotZero(b.t, id, "no button %q", button)
	_, err := b.telegram.Press(p, id, button)
	require.NoError(b.t, err)
}

// TestSamePhotoAtTheSameMoment: of one photo sent twice one waits for the
// other, and both get the one answer that was paid for.
func TestSamePhotoAtTheSameMoment(t *testing.T) {
	b := reading(t, nil)
	slow := fakemrz.Lines(card...)
	slow.Delay = 300 * time.Millisecond
	b.mrz.Answer(slow)
	p := b.startProcess()
	same := jpegOf(t)
	var sent []int
	for range 3 {
		id, err := b.telegram.SendPhoto(gulnara, same, "")
		require.NoError(t, err)
		sent = append(sent, id)
	}
	b.photo(gulnara) // another one does not wait for them
	b.until("all are answered", func() bool { return b.saying(gulnara, "TESTOV") == 4 })
	for _, m := range b.telegram.Messages(gulnara.ID) {
		if m.FromBot && m.ReplyTo != 0 && m.ReplyTo != sent[0] && m.ReplyTo <= sent[2] {
			require.Contains(t, m.Text, "The same photo as before")
			require.Contains(t, sent, m.ReplyTo)
		}
	}
	require.Equal(t, 2, b.saying(gulnara, "It counted once."))
	require.Equal(t, 2, b.mrz.Counts().Received)
	require.Len(t, b.telegram.CallsOf("getFile"), 2)
	p.kill()
	b.ledgerAgrees()
	totals := b.totals()
	require.Equal(t, []storage.Total{{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 2}}, totals, "a repeat is no attempt")
}

// TestSamePhotoAcrossRestarts: the answer that was held is repeated by the next
// life of the program, and no longer than ten minutes.
func TestSamePhotoAcrossRestarts(t *testing.T) {
	b := reading(t, nil)
	same := jpegOf(t)
	send := func() {
		_, err := b.telegram.SendPhoto(gulnara, same, "")
		require.NoError(t, err)
	}
	heal := b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusBadGateway})
	p := b.startProcess()
	send()
	send()
	b.until("the reply is tried", func() bool { return len(b.telegram.CallsOf("sendMessage")) > 0 })
	p.kill()
	heal()
	p = b.startProcess()
	b.until("both are answered", func() bool { return b.saying(gulnara, "TESTOV") >= 2 })
	p.done(2)
	p.kill()
	p = b.startProcess()
	send()
	b.until("and once more", func() bool { return b.saying(gulnara, "It counted once.") == 2 })
	require.Equal(t, 1, b.mrz.Counts().Received)
	p.done(1)
	p.kill()
	b.clock.lead.Store(int64(repeated)) // the process went by the real clock
	b.start()
	send()
	b.answered(gulnara, "2 of 50 today")
	require.Equal(t, 2, b.mrz.Counts().Received)
	b.quiet()
	b.end()
	b.ledgerAgrees()
}

// repeated is longer than an answer is repeated.
const repeated = 10*time.Minute + time.Second

// TestReadAgainAcrossRestarts: the button outlives the program, and one press
// is one call, however often it arrives and the program dies over it.
func TestReadAgainAcrossRestarts(t *testing.T) {
	b := reading(t, map[string]string{"DAILY_ATTEMPTS": "3"})
	b.mrz.AnswerNext(answering(t, "slow"))
	p := b.startProcess()
	b.photo(gulnara)
	b.received(1)
	p.kill()
	p = b.startProcess()
	b.answered(gulnara, "no answer that I can use")
	p.finish()
	b.pressed(gulnara, "Read again")
	b.pressed(gulnara, "Read again")
	b.mrz.AnswerNext(answering(t, "slow"))
	p = b.startProcess()
	b.received(2)
	p.kill()
	p = b.startProcess()
	b.until("it is offered again", func() bool { return b.saying(gulnara, "press Read again") == 1 })
	p.finish()
	b.pressed(gulnara, "Read again")
	p = b.startProcess()
	require.Contains(t, b.answered(gulnara, "TESTOV").Text, "3 of 3 today")
	require.Equal(t, 3, b.mrz.Counts().Received)
	p.kill()
	b.ledgerAgrees()
	require.Equal(t, []storage.Total{
		{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 1},
		{Outcome: "unknown", Charge: storage.ChargeUnknown, Counted: true, Number: 2},
	}, b.totals())
}

// TestSentAnywayAcrossRestarts: so does the button under a photo that was stopped here,
// and a press that arrives twice, with a death at its call, is one call.
func TestSentAnywayAcrossRestarts(t *testing.T) {
	b := reading(t, map[string]string{"PREFLIGHT": "on"})
	p := b.startProcess()
	_, err := b.telegram.SendPhoto(gulnara, photoOf(t, "fog"), "")
	require.NoError(t, err)
	b.answered(gulnara, "blurred")
	p.finish()
	b.pressed(gulnara, "Send it anyway")
	b.pressed(gulnara, "Send it anyway")
	b.mrz.AnswerNext(answering(t, "slow"))
	p = b.startProcess()
	b.received(1)
	p.kill()
	p = b.startProcess()
	require.Contains(t, b.answered(gulnara, "press Read again").Text, "1 of 50 today")
	require.Equal(t, 1, b.mrz.Counts().Received)
	p.finish()
	b.ledgerAgrees()
	require.ElementsMatch(t, []storage.Total{
		{Outcome: "too_blurry", Charge: storage.ChargeNo, Number: 1},
		{Outcome: "unknown", Charge: storage.ChargeUnknown, Counted: true, Number: 1},
	}, b.totals())
}
