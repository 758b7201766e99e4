package scan

import (
	"context"
	"encoding/json"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

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
func (n notice) holds(now time.Time, retryFor time.Duration) bool {
	return n.Until.After(now) && !n.Until.After(now.Add(retryFor))
}

// canceled reports whether it cancels what was sent at a time. A clock that was
// ahead cancels nothing that is sent after it was set right.
func (n notice) canceled(sent, now time.Time) bool {
	return !n.Canceled.IsZero() && !sent.After(n.Canceled) && !n.Canceled.After(now.Add(storage.ClockSlack))
}

func noticeKey(person int64) string { return "waiting:" + text.ID(person) }

func (s *Scanner) notice(ctx context.Context, person int64) (n notice, err error) {
	raw, err := s.Store.Setting(ctx, noticeKey(person))
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
func (s *Scanner) changeNotice(ctx context.Context, person int64, change func(*notice)) error {
	_, err := s.Store.ChangeSetting(ctx, noticeKey(person), func(raw []byte) ([]byte, error) {
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

// ForgetNotice takes away what is kept of somebody whose photos wait, and the message
// that says so.
func (s *Scanner) ForgetNotice(ctx context.Context, person int64) error {
	n, err := s.notice(ctx, person)
	if err == nil {
		err = s.Store.PutSetting(ctx, noticeKey(person), nil)
	}
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if n.Message != 0 {
		if err := s.Chat.API.Delete(ctx, person, []int{n.Message}); err != nil {
			s.Log.Debug("notice not deleted", "user_id", person, "error", err)
		}
	}
	return nil
}

// tellWaiting tells the person, if they do not know yet, with a button that
// ends it. Of photos that begin to wait together one speaks.
func (j *photoJob) tellWaiting(ctx context.Context, w storage.Waiting, left time.Duration) {
	if j.notified(ctx) {
		return // as most do, at each of their tries
	}
	speaks, ok := j.Leases.Acquire(ctx, noticeKey(j.t.Person), j.t.ID)
	if !ok {
		return
	}
	defer speaks.End(time.Time{})
	if j.notified(ctx) { // meanwhile
		return
	}
	now := j.Now()
	key := "waiting"
	if w.For == storage.OutageDownload {
		key = "waiting.download"
	}
	sent, rest, err := j.Chat.Send(ctx, chat.Message{
		Chat: j.t.Chat, ReplyTo: j.t.Message, Thread: j.thread, Protect: j.ProtectContent,
		Text:   j.localizer.Text(key, text.Args{"Minutes": j.localizer.Count("waiting.minutes", int((left+time.Minute-1)/time.Minute))}),
		Markup: chat.Buttons(j.localizer, chat.Button{Name: "button.cancel", Data: CancelButton}),
	})
	if chat.Blocked(err) {
		j.People.MarkBlocked(ctx, j.t.Person, true)
	} else if err != nil {
		return // the next time
	}
	j.Outbox.AddRest(ctx, "waiting:"+j.t.ID, j.t.Chat, rest)
	err = j.changeNotice(ctx, j.t.Person, func(n *notice) { n.Message, n.Until = sent.ID, now.Add(left) })
	if err != nil {
		j.Log.Warn("notice not stored", "user_id", j.t.Person, "error", err)
	}
}

// told reports whether the person knows that photos of theirs wait. What is not
// known is told the next time.
func (j *photoJob) notified(ctx context.Context) bool {
	n, err := j.notice(ctx, j.t.Person)
	return err != nil || n.holds(j.Now(), j.RetryFor)
}

// canceled reports whether the person has canceled what they sent up to now.
// Not knowing is no.
func (j *photoJob) canceled(ctx context.Context) bool {
	n, err := j.notice(ctx, j.t.Person)
	return err == nil && n.canceled(j.t.Added, j.Now())
}

// deleteNotice takes the message away that said that photos wait: the answer is there.
// If others still have to wait, the person is told again.
func (j *photoJob) deleteNotice(ctx context.Context) {
	old, err := j.notice(ctx, j.t.Person)
	if err != nil || old.Until.IsZero() {
		return
	}
	if old.Message != 0 {
		if err := j.Chat.API.Delete(ctx, j.t.Chat, []int{old.Message}); err != nil {
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

// CancelButton is the data of the button that cancels all that waits of a
// person. It needs no name: a person has one such message.
const CancelButton = "cancel"

// mostWaiting bounds how many photos of one person one press wakes. The others
// find out when their pause is over.
const mostWaiting = 1000

// Cancel ends the waiting of what the person has sent so far. A photo that is
// being read right now is still answered if the service answers.
func (s *Scanner) Cancel(ctx context.Context, req *reply.Request, q *models.CallbackQuery, _ string) error {
	n, err := s.notice(ctx, req.Task.Person)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	now, again := s.Now(), n.Canceled.Equal(req.Task.Added) // after a crash
	if !again {
		if !n.holds(now, s.RetryFor) || n.Message != 0 && n.Message != req.Task.Message {
			req.Toast(ctx, q, "cancel.nothing")
			req.Strip(ctx, q)
			return nil
		}
		err := s.changeNotice(ctx, req.Task.Person, func(n *notice) { *n = notice{Canceled: req.Task.Added} })
		if err != nil {
			return outage.StoreError{Err: err}
		}
	}
	_, err = s.Store.WakeWaiting(ctx, storage.WakeWaiting{Kind: storage.KindPhoto, Person: req.Task.Person, Now: now, Max: mostWaiting})
	if err != nil {
		return outage.StoreError{Err: err}
	}
	req.Toast(ctx, q, "")
	return req.Show(ctx, chat.Message{Text: req.Localizer.Text("outcome."+string(outcome.Canceled), nil)})
}
