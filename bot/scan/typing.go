package scan

import (
	"context"
	"sync"
	"time"

	"mrzbot/bot/chat"
)

// typingAfter keeps the typing indicator away from an answer that comes before
// anybody has looked: it is one of six calls a photo costs.
const typingAfter = 500 * time.Millisecond

// typingEvery repeats the typing indicator, which Telegram shows for about
// five seconds.
const typingEvery = 4 * time.Second

// typing shows that work is going on until the returned function is called,
// which may be called twice. It does not wait for a call on its way: an answer
// is never held up by an indicator.
func (j *photoJob) typing(ctx context.Context) (stop func()) {
	over, thread := make(chan struct{}), j.thread
	timer := time.AfterFunc(typingAfter, func() {
		again := time.NewTicker(typingEvery)
		defer again.Stop()
		for {
			// A missing indicator is not worth a word.
			if _, no := chat.Refused(j.Chat.API.Typing(ctx, j.t.Chat, thread)); no {
				thread = 0 // the topic is closed; the next one shows
			}
			select {
			case <-again.C:
			case <-over:
				return
			case <-ctx.Done():
				return
			}
		}
	})
	return sync.OnceFunc(func() {
		timer.Stop()
		close(over)
	})
}
