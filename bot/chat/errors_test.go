package chat

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSendAgain: what is refused in every form is tried less and less often,
// and for a day.
func TestSendAgain(t *testing.T) {
	since := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tries, now := 0, since
	for {
		at, again := TryAgain(refusal{}, since, now)
		if !again {
			break
		}
		require.LessOrEqual(t, at.Sub(now), time.Hour)
		require.GreaterOrEqual(t, at.Sub(now), time.Minute)
		now = at
		tries++
	}
	require.Equal(t, giveUpReply, now.Sub(since).Truncate(giveUpReply))
	require.Less(t, tries, 40)
}
