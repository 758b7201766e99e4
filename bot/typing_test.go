package bot

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mrzbot/bot/chat"

	"github.com/stretchr/testify/require"
)

// typist counts how often the indicator was shown.
type typist struct {
	tableau
	shown atomic.Int32
}

func (c *typist) Typing(context.Context, int64, int) error {
	c.shown.Add(1)
	return nil
}

// TestTyping: the indicator comes when an answer takes its time, is repeated
// while it does, and ends with it.
func TestTyping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		typist := &typist{}
		j := &job{Bot: &Bot{sender: &chat.Sender{API: typist}}}
		shows := func(after time.Duration, want int32) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			require.Equal(t, want, typist.shown.Load())
		}
		stop := j.typing(t.Context())
		shows(typingAfter-1, 0)
		shows(1, 1)
		shows(typingEvery-1, 1)
		shows(1, 2)
		stop()
		stop()
		shows(time.Hour, 2)

		j.typing(t.Context())() // an answer at once
		shows(time.Hour, 2)
	})
}

// narrow takes no indicator for a topic.
type narrow struct {
	tableau
	threads []int
}

func (c *narrow) Typing(_ context.Context, _ int64, thread int) error {
	c.threads = append(c.threads, thread)
	if thread != 0 {
		return closedTopic{}
	}
	return nil
}

// TestTypingInAClosedTopic: the indicator goes on outside of it.
func TestTypingInAClosedTopic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		narrow := &narrow{}
		j := &job{Bot: &Bot{sender: &chat.Sender{API: narrow}}, thread: 5}
		stop := j.typing(t.Context())
		time.Sleep(typingAfter + 2*typingEvery)
		synctest.Wait()
		stop()
		require.Equal(t, []int{5, 0, 0}, narrow.threads)
	})
}

// closedTopic is what Telegram says of a topic that is closed.
type closedTopic struct{ error }

func (closedTopic) Refused() (part string, ok bool) { return "topic", true }
