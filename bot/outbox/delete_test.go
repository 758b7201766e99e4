package outbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// TestDeletionByAClockThatIsBehind: what is to be removed waits as long as it is set,
// by the clock that it is worked by.
func TestDeletionByAClockThatIsBehind(t *testing.T) {
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	for _, after := range []time.Duration{time.Hour, 47 * time.Hour, 48 * time.Hour} {
		for _, ahead := range []time.Duration{-time.Hour, 0, storage.ClockSlack, 10 * time.Minute, 2 * time.Hour} {
			o := &Outbox{DeleteAfter: after, Now: func() time.Time { return now }}
			task := o.Deletion(storage.Task{Chat: 20, Message: 7}, 8, now.Add(ahead))
			task.PutOff = task.Added // as the store has it of what was never put off
			due := now.Add(min(after, deletable) + min(ahead, 0))
			require.Equal(t, due, task.NotBefore, "%s, %s ahead", after, ahead)
			require.Equal(t, due.After(now), task.Waits(now), "%s, %s ahead", after, ahead)
		}
	}
}
