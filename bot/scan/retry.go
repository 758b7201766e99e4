package scan

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/queue"
)

// What a photo waits for: the first word of its task's note.
const (
	forService  = "service"
	forDownload = "download"
)

// waiting is what a photo that waits remembers, in its task's note.
type waiting struct {
	what  string
	since time.Time // of the first failure
}

func (w waiting) String() string { return w.what + " " + strconv.FormatInt(w.since.Unix(), 10) }

// parseWaiting reads a note; ok is false when the photo did not wait yet.
func parseWaiting(note string) (w waiting, ok bool) {
	what, since, _ := strings.Cut(note, " ")
	sec, err := strconv.ParseInt(since, 10, 64)
	if err != nil || what != forService && what != forDownload {
		return waiting{}, false
	}
	return waiting{what: what, since: time.Unix(sec, 0)}, true
}

// wait puts the photo off, telling the person once. ok is false when the time
// for that is over, or when waiting cannot help.
func (j *photoJob) wait(ctx context.Context, f *outcome.Failure) (v queue.Verdict, ok bool) {
	now := j.Now()
	w, before := parseWaiting(j.t.Note)
	if !before || w.since.After(now) { // the clock may have gone back
		w.since = now
	}
	w.what = forService
	pause := j.Pauses.Next(j.t.Pauses, f.After)
	if f.Code == outcome.DownloadFailed {
		w.what = forDownload
	} else {
		pause = max(pause, j.Gate.Pause(now))
	}
	left := w.since.Add(j.RetryFor).Sub(now)
	if left <= 0 || f.Detail == outcome.DetailGone {
		return v, false
	}
	asked, level := f.Detail != outcome.DetailNotAsked, slog.LevelWarn
	if !asked {
		level = slog.LevelDebug // one speaks for all, also to the admins
	}
	j.Log.Log(ctx, level, "photo waits", "update_id", chat.UpdateID(j.t), "outcome", f.Code, "reason", f.Reason, "pauses", j.t.Pauses)
	if asked && outcome.Of(f.Code).Alert {
		j.Alerts.Raise(ctx, f.Code)
	}
	// In the last quarter the last word is near, one way or the other.
	if j.worthTelling(f) && left > j.RetryFor/4 {
		j.tellWaiting(ctx, w, left)
	}
	// The last try comes at the end of the time, not before it.
	return queue.Later(now.Add(min(pause, left)), w.String()), true
}

// worthTelling keeps a hiccup to ourselves: a first download that fails is
// usually over at the second try.
func (j *photoJob) worthTelling(f *outcome.Failure) bool {
	return f.Code != outcome.DownloadFailed || j.t.Pauses > 1
}
