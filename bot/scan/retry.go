package scan

import (
	"context"
	"log/slog"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/queue"
	"mrzbot/storage"
)

// waited reports whether the photo was put off because something did not answer.
func (j *photoJob) waited() bool { return j.t.Waiting.For != storage.OutageNone }

// wait puts the photo off, telling the person once. ok is false when the time
// for that is over, or when waiting cannot help.
func (j *photoJob) wait(ctx context.Context, f *outcome.Failure) (v queue.Verdict, ok bool) {
	now := j.Now()
	w := j.t.Waiting
	if !j.waited() || w.Since.After(now) { // the clock may have gone back
		w.Since = now
	}
	w.For = storage.OutageService
	pause := j.Pauses.Next(j.t.Pauses, f.After)
	if f.Code == outcome.DownloadFailed {
		w.For = storage.OutageDownload
	} else {
		pause = max(pause, j.Gate.Pause(now))
	}
	left := w.Since.Add(j.RetryFor).Sub(now)
	if left <= 0 || f.Detail == outcome.DetailGone {
		return v, false
	}
	asked, level := f.Detail != outcome.DetailNotAsked, slog.LevelWarn
	if !asked {
		level = slog.LevelDebug // one speaks for all, also to the admins
	}
	j.Log.Log(ctx, level, "photo waits", "update_id", chat.UpdateID(j.t), "outcome", f.Code, "reason", f.Reason, "pauses", j.t.Pauses)
	first := !j.t.Waiting.Is(storage.OutageService)
	switch {
	case asked && outcome.Of(f.Code).Alert:
		j.Alerts.Raise(ctx, f, first)
	case !asked && first:
		j.Alerts.Hit()
	}
	// In the last quarter the last word is near, one way or the other.
	if j.worthTelling(f) && left > j.RetryFor/4 {
		j.tellWaiting(ctx, w, left)
	}
	j.putOffInAlbum(ctx)
	// The last try comes at the end of the time, not before it.
	v = queue.Wait(now.Add(min(pause, left)), w)
	if w.For == storage.OutageService {
		v = v.WhenStored(j.wakeIfAnswered)
	}
	return v, true
}

// wakeIfAnswered wakes photos when the service has answered another one while this
// one was turning back: the waking that followed from that answer came before this
// photo could be found among those that wait.
func (j *photoJob) wakeIfAnswered(ctx context.Context) {
	if j.Gate.Answers() {
		j.wake(ctx)
	}
}

// worthTelling keeps a hiccup to ourselves: a first download that fails is
// usually over at the second try.
func (j *photoJob) worthTelling(f *outcome.Failure) bool {
	return f.Code != outcome.DownloadFailed || j.t.Pauses > 1
}
