package bot

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
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
func (j *job) wait(ctx context.Context, f *outcome.Failure) (v queue.Verdict, ok bool) {
	now := j.Now()
	w, before := parseWaiting(j.t.Note)
	if !before || w.since.After(now) { // the clock may have gone back
		w.since = now
	}
	w.what = forService
	pause := j.pauses.Next(j.t.Pauses, f.After)
	if f.Code == outcome.DownloadFailed {
		w.what = forDownload
	} else {
		pause = max(pause, j.gate.Pause(now))
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
		j.alert(ctx, f.Code)
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
func (j *job) worthTelling(f *outcome.Failure) bool {
	return f.Code != outcome.DownloadFailed || j.t.Pauses > 1
}

// notice is what is kept of the message that tells a person that photos of
// theirs wait: there is one for all of them.
type notice struct {
	Message int `json:"message,omitempty"` // 0: its id was lost on the way
	// Until is when it is no longer true, because the photo it was about has
	// had its last word.
	Until time.Time `json:"until,omitzero"`
	// Canceled: what came before was canceled by the person.
	Canceled time.Time `json:"canceled,omitzero"`
}

// told reports whether it is true at a time. None is so for longer than photos
// wait: a clock that was ahead has set its end.
func (n notice) told(now time.Time, retryFor time.Duration) bool {
	return n.Until.After(now) && !n.Until.After(now.Add(retryFor))
}

// canceled reports whether it cancels what was sent at a time. A clock that was
// ahead cancels nothing that is sent after it was set right.
func (n notice) canceled(sent, now time.Time) bool {
	return !n.Canceled.IsZero() && !sent.After(n.Canceled) && !n.Canceled.After(now.Add(storage.ClockSlack))
}

func noticeKey(person int64) string { return "waiting:" + text.ID(person) }

func (b *Bot) notice(ctx context.Context, person int64) (n notice, err error) {
	raw, err := b.Store.Setting(ctx, noticeKey(person))
	if err != nil {
		return n, err
	}
	return readNotice(raw)
}

func readNotice(raw []byte) (n notice, err error) {
	if raw != nil {
		err = json.Unmarshal(raw, &n)
	}
	return n, err
}

// changeNotice alters it; one without anything in it is removed. change may be
// called more than once.
func (b *Bot) changeNotice(ctx context.Context, person int64, change func(*notice)) error {
	_, err := b.Store.ChangeSetting(ctx, noticeKey(person), func(raw []byte) ([]byte, error) {
		n, err := readNotice(raw)
		if err != nil {
			return nil, err
		}
		change(&n)
		if n == (notice{}) {
			return nil, nil
		}
		return json.Marshal(n)
	})
	return err
}

// tellWaiting tells the person, if they do not know yet, with a button that
// ends it. Of photos that begin to wait together one speaks.
func (j *job) tellWaiting(ctx context.Context, w waiting, left time.Duration) {
	if j.told(ctx) {
		return // as most do, at each of their tries
	}
	speaks, ok := j.leases.Acquire(ctx, noticeKey(j.t.Person), j.t.ID)
	if !ok {
		return
	}
	defer speaks.End(time.Time{})
	if j.told(ctx) { // meanwhile
		return
	}
	now := j.Now()
	key := "waiting"
	if w.what == forDownload {
		key = "waiting.download"
	}
	sent, rest, err := j.sender.Send(ctx, chat.Message{
		Chat: j.t.Chat, ReplyTo: j.t.Message, Thread: j.thread, Protect: j.Protect,
		Text:   j.localizer.Text(key, text.Args{"Minutes": int((left + time.Minute - 1) / time.Minute)}),
		Markup: chat.Buttons(j.localizer, chat.Button{Name: "button.cancel", Data: cancelButton}),
	})
	if chat.Blocked(err) {
		j.note(ctx, j.t.Person, true)
	} else if err != nil {
		return // the next time
	}
	j.addRest(ctx, "waiting:"+j.t.ID, j.t.Chat, rest)
	err = j.changeNotice(ctx, j.t.Person, func(n *notice) { n.Message, n.Until = sent.ID, now.Add(left) })
	if err != nil {
		j.Log.Warn("notice not stored", "user_id", j.t.Person, "error", err)
	}
}

// told reports whether the person knows that photos of theirs wait. What is not
// known is told the next time.
func (j *job) told(ctx context.Context) bool {
	n, err := j.notice(ctx, j.t.Person)
	return err != nil || n.told(j.Now(), j.RetryFor)
}

// canceled reports whether the person has canceled what they sent up to now.
// Not knowing is no.
func (j *job) canceled(ctx context.Context) bool {
	n, err := j.notice(ctx, j.t.Person)
	return err == nil && n.canceled(j.t.Added, j.Now())
}

// tidy takes the message away that said that photos wait: the answer is there.
// If others still have to wait, the person is told again.
func (j *job) tidy(ctx context.Context) {
	old, err := j.notice(ctx, j.t.Person)
	if err != nil || old.Until.IsZero() {
		return
	}
	if old.Message != 0 {
		if err := j.sender.API.Delete(ctx, j.t.Chat, []int{old.Message}); err != nil {
			j.Log.Debug("notice not deleted", "user_id", j.t.Person, "error", err)
		}
	}
	err = j.changeNotice(ctx, j.t.Person, func(n *notice) {
		if n.Message == old.Message {
			n.Message, n.Until = 0, time.Time{}
		}
		if j.Now().Sub(n.Canceled).Abs() > j.RetryFor { // nothing from before it is left
			n.Canceled = time.Time{}
		}
	})
	if err != nil {
		j.Log.Warn("notice not removed", "user_id", j.t.Person, "error", err)
	}
}

// cancelButton is the data of the button that cancels all that waits of a
// person. It needs no name: a person has one such message.
const cancelButton = "cancel"

// mostWaiting bounds how many photos of one person one press wakes. The others
// find out when their pause is over.
const mostWaiting = 1000

// cancel ends the waiting of what the person has sent so far. A photo that is
// being read right now is still answered if the service answers.
func (c *conversation) cancel(ctx context.Context, q *models.CallbackQuery) error {
	n, err := c.notice(ctx, c.t.Person)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	now, again := c.Now(), n.Canceled.Equal(c.t.Added) // after a crash
	if !again {
		if !n.told(now, c.RetryFor) || n.Message != 0 && n.Message != c.t.Message {
			c.toast(ctx, q, "cancel.nothing")
			c.strip(ctx, q)
			return nil
		}
		err := c.changeNotice(ctx, c.t.Person, func(n *notice) { *n = notice{Canceled: c.t.Added} })
		if err != nil {
			return outage.StoreError{Err: err}
		}
	}
	for _, note := range []string{forService + " ", forDownload + " "} {
		_, err := c.Store.Rouse(ctx, storage.Rouse{
			Kind: storage.KindPhoto, Note: note, Person: c.t.Person, Now: now, Max: mostWaiting,
		})
		if err != nil {
			return outage.StoreError{Err: err}
		}
	}
	c.toast(ctx, q, "")
	return c.show(ctx, chat.Message{Text: c.localizer.Text("outcome."+string(outcome.Canceled), nil)})
}

// wakeNow is how many waiting photos each answer of a service that is back
// wakes: so they double from answer to answer, and the service is not run over.
const wakeNow = 2

// reportToBreaker tells the breaker what a read says of the service.
func (j *job) reportToBreaker(ctx context.Context, p *outage.Pass, err error) {
	code, after := outcome.OK, time.Duration(0)
	if f := (*outcome.Failure)(nil); errors.As(err, &f) {
		code, after = f.Code, f.After
	} else if err != nil {
		code = outcome.Internal
	}
	if ctx.Err() != nil {
		code = outcome.Internal // the program stops, which is not the service's silence
	}
	pause := func() time.Duration { return j.pauses.Next(j.gate.Failures(), after) }
	switch code {
	case outcome.Busy, outcome.Unavailable, outcome.Gateway:
		p.Fail(code, j.Now(), pause())
	case outcome.Unknown:
		if p.Lose(j.Now(), pause()) {
			j.alert(ctx, outcome.Unknown)
		}
	case outcome.OK, outcome.Unreadable, outcome.ServiceFault, outcome.ProviderLimit, outcome.Subscription, outcome.NoAccess, outcome.BadKey, outcome.Rejected, outcome.Protocol:
		if p.Up() {
			j.wake(ctx)
		}
	default:
		p.Leave() // it says nothing of the service
	}
}

// wake lets some of the photos that wait for the service come now.
func (j *job) wake(ctx context.Context) {
	n, err := j.Store.Rouse(ctx, storage.Rouse{Kind: storage.KindPhoto, Note: forService + " ", Now: j.Now(), Max: wakeNow})
	switch {
	case err != nil:
		j.Log.Warn("waiting photos not woken", "error", err)
	case n == 0:
		j.gate.Rested()
	}
}
