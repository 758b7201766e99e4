package cli

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	"mrzbot/storage"
)

// TestOneAsksForAll: a dead service is asked by one photo at a time; when it is
// back, those that waited are read within seconds, and never too many at once.
func TestOneAsksForAll(t *testing.T) {
	b := reading(t, map[string]string{"WORKERS": "4", "DAILY_ATTEMPTS": "0"})
	b.mrz.Answer(answering(t, "unavailable"))
	b.start()
	const photos = 30
	for i := range photos {
		b.photo(gulnara)
		if i == 0 {
			b.quiet()
		}
	}
	b.quiet()
	require.Less(t, b.mrz.Counts().Received, photos/3, "most did not even ask")
	require.Equal(t, 1, b.saying(gulnara, "I keep your photos in line"))
	for range 20 {
		b.forward(15 * time.Second)
		b.quiet()
	}
	asked := b.mrz.Counts().Received
	require.Less(t, asked, 2*20, "one in each pause; the clock also moves while it is quiet")
	require.Greater(t, asked, 8)
	require.Equal(t, 1, b.saying(gulnara, "I keep your photos in line"))

	// After a restart one photo asks as well.
	b.end()
	b.clock.lead.Add(int64(20 * time.Second))
	b.start()
	b.quiet()
	require.Greater(t, b.mrz.Counts().Received, asked)
	require.Less(t, b.mrz.Counts().Received, asked+photos/3)

	slow := fakemrz.Lines(card...)
	slow.Delay = 20 * time.Millisecond
	b.mrz.Answer(slow)
	b.forward(25 * time.Second)
	b.quiet()
	require.Equal(t, photos, b.saying(gulnara, "TESTOV"), "one asks, and its answer wakes the others")
	b.end()
	b.ledgerAgrees()
}

// TestCancelAcrossRestarts: what was canceled is not read, and nothing of it
// counts or stays reserved.
func TestCancelAcrossRestarts(t *testing.T) {
	b := reading(t, map[string]string{"DAILY_ATTEMPTS": "3"})
	b.mrz.Answer(answering(t, "unavailable"))
	b.start()
	for range 3 {
		b.photo(gulnara)
		b.quiet()
	}
	b.end()
	b.pressed(gulnara, "Cancel")
	b.mrz.Answer(fakemrz.Lines(card...))
	b.start()
	b.answered(gulnara, "Canceled: I no longer try")
	b.quiet()
	asked := b.mrz.Counts().Received
	for range 3 {
		b.photo(gulnara)
	}
	b.answered(gulnara, "3 of 3 today")
	require.Equal(t, asked+3, b.mrz.Counts().Received)
	b.quiet()
	b.end()
	b.ledgerAgrees()
	require.Equal(t, []storage.Total{
		{Outcome: "canceled", Charge: storage.ChargeNo, Number: 3},
		{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 3},
	}, b.totals())
}

// TestCanceledWhileAsking: the photo that asks for all is not asked again.
func TestCanceledWhileAsking(t *testing.T) {
	b := reading(t, nil)
	b.mrz.Answer(leaveAlone(t))
	b.start()
	b.photo(gulnara)
	b.answered(gulnara, "I keep your photos in line")
	b.quiet()
	late := answering(t, "unavailable")
	late.Delay = 300 * time.Millisecond
	b.mrz.Answer(late)
	b.forward(6 * time.Minute)
	b.received(2)
	b.pressed(gulnara, "Cancel")
	b.answered(gulnara, "Canceled: I no longer try")
	b.quiet()
	b.forward(time.Hour)
	b.quiet()
	require.Equal(t, 2, b.mrz.Counts().Received)
	b.end()
	require.Equal(t, []storage.Total{{Outcome: "canceled", Charge: storage.ChargeNo, Number: 1}}, b.totals())
}
