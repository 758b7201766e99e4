package bot

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"mrzbot/queue"
)

// The pauses between two tries at a service that is down: growing, so that a
// service that comes back is not run over, and never so long that a person
// waits minutes after it is back.
const (
	firstPause = 3 * time.Second
	maxPause   = time.Minute
)

// pauses makes them, with jitter, so that many photos do not come back at once.
type pauses struct {
	mu     sync.Mutex
	random *rand.Rand
}

// next gives the pause before try n+1 (n from 0); the service's own wish, when
// it is longer, goes first.
func (p *pauses) next(n int, wish time.Duration) time.Duration {
	d := min(firstPause<<min(n, 10), maxPause)
	p.mu.Lock()
	d += time.Duration(p.random.Int64N(int64(d)/2 + 1))
	p.mu.Unlock()
	return max(d, min(wish, 10*maxPause))
}

// waiting is what a photo that waits remembers, in its task's note.
type waiting struct {
	since time.Time // of the first failure
	told  bool      // the person knows
}

func (w waiting) String() string {
	s := "waiting " + strconv.FormatInt(w.since.Unix(), 10)
	if w.told {
		s += " told"
	}
	return s
}

// parseWaiting reads a note; ok is false when the photo did not wait yet.
func parseWaiting(note string) (w waiting, ok bool) {
	f := strings.Fields(note)
	if len(f) < 2 || f[0] != "waiting" {
		return w, false
	}
	sec, err := strconv.ParseInt(f[1], 10, 64)
	return waiting{since: time.Unix(sec, 0), told: len(f) > 2}, err == nil
}

// wait puts the photo off, telling the person once. ok is false when the time
// for that is over, or when waiting cannot help.
func (j *job) wait(ctx context.Context, f *Failure) (v queue.Verdict, ok bool) {
	now := j.Now()
	w, before := parseWaiting(j.t.Note)
	if !before || w.since.After(now) { // the clock may have gone back
		w.since = now
	}
	left := w.since.Add(j.RetryFor).Sub(now)
	if left <= 0 || f.Detail == DetailGone {
		return v, false
	}
	j.Log.Warn("photo waits", "update_id", updateID(j.t), "outcome", f.Code, "pause", j.t.Pauses)
	if outcomes[f.Code].Alert {
		j.alert(ctx, f.Code)
	}
	if !w.told && j.worthTelling(f) {
		_, err := j.Chat.Send(ctx, Message{
			Chat: j.t.Chat, ReplyTo: j.t.Message, Protect: j.Protect,
			Text: j.voice.say(waitingText(f), args{"Minutes": int((left + time.Minute - 1) / time.Minute)}),
		})
		w.told = err == nil
	}
	pause := j.pauses.next(j.t.Pauses, f.After)
	// The last try comes at the end of the time, not before it.
	return queue.Later(now.Add(min(pause, left)), w.String()), true
}

// waitingText says who keeps the photo waiting.
func waitingText(f *Failure) string {
	if f.Code == CodeDownloadFailed {
		return "waiting.download"
	}
	return "waiting"
}

// worthTelling keeps a hiccup to ourselves: a first download that fails is
// usually over at the second try.
func (j *job) worthTelling(f *Failure) bool {
	return f.Code != CodeDownloadFailed || j.t.Pauses > 1
}
