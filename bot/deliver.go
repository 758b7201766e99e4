package bot

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// typingAfter keeps the typing indicator away from an answer that comes before
// anybody has looked: it is one of six calls a photo costs.
const typingAfter = 500 * time.Millisecond

// typingEvery repeats the typing indicator, which Telegram shows for about
// five seconds.
const typingEvery = 4 * time.Second

// deliverHeld delivers what an earlier claim has held.
func (j *job) deliverHeld(ctx context.Context) queue.Verdict {
	a, err := j.held()
	if err != nil {
		return j.deliverShut(ctx)
	}
	return j.deliver(ctx, a)
}

// held opens the answer.
func (j *job) held() (a answer, err error) {
	plain, err := j.Seal.Open(j.t.ID, sealAnswer, j.t.Payload)
	if err == nil {
		err = json.Unmarshal(plain, &a)
	}
	j.localizer = j.catalog.Localizer(a.Lang)
	j.thread, j.date = a.Thread, sentAt(a.Date, j.t.Added)
	return a, err
}

// deliver replies to the photo and closes its task, if its sender may still
// have the answer.
func (j *job) deliver(ctx context.Context, a answer) queue.Verdict {
	switch a.Code {
	case outcome.Sealed:
		return j.deliverShut(ctx)
	case outcome.Canceled:
		return queue.Done(j.cleanUp(chat.Sent{})...) // the press was answered
	}
	if a.Code == outcome.ShutOut {
		return j.turnedAway(ctx)
	}
	if v, out := j.shutOut(ctx); out {
		return v
	}
	return j.reply(ctx, j.render(j.upToDate(ctx, a)), time.Unix(a.Held, 0))
}

// deliverShut answers a photo that was sealed under another token. A pile of
// photos that did not count needs one message; one whose answer was held and
// counted is told of itself.
func (j *job) deliverShut(ctx context.Context) queue.Verdict {
	if j.t.Attempt.Counted {
		said := j.localizer.Text("outcome.sealed.held", nil) + "\n" + j.counted(answer{Limit: j.limit(j.person)})
		return j.reply(ctx, chat.Message{Text: said}, j.t.Attempt.Began)
	}
	name := "sealed:" + text.ID(j.t.Person) + ":" + string(storage.DayOf(j.started, j.Zone))
	l := letter{Text: j.localizer.Text("outcome.sealed", nil), Thread: j.thread}
	return queue.Done(append(j.cleanUp(chat.Sent{}), j.post(name, j.t.Chat, l))...)
}

// deliverPlain delivers a held answer without anything that could break again.
func (j *job) deliverPlain(ctx context.Context) queue.Verdict {
	a, err := j.held()
	if err != nil {
		return j.deliverShut(ctx)
	}
	if a.Code == outcome.Canceled {
		return queue.Done(j.cleanUp(chat.Sent{})...)
	}
	if v, out := j.shutOut(ctx); out {
		return v
	}
	said := strings.Join(a.Lines, "\n")
	if said == "" {
		said = j.localizer.Text("outcome."+string(a.Code), text.Args{"Limit": a.Limit})
	}
	return j.reply(ctx, chat.Message{Text: said + "\n" + j.counted(a)}, time.Unix(a.Held, 0))
}

// shutOut reports whether the person was shut out since the claim: then nothing
// is called or shown for them any more. What was settled stays so. Admins of
// the settings cannot be shut out while the program runs.
func (j *job) shutOut(ctx context.Context) (v queue.Verdict, out bool) {
	if j.admins[j.t.Person] {
		return v, false
	}
	p, err := j.Bot.person(ctx, j.t.Person)
	switch {
	case err != nil:
		return outage.StoreFailed(j.Log, j.Now(), j.t, "whether they are still let in", err), true
	case p.Role == storage.RoleNone && !j.t.Attempt.Began.IsZero() && !j.t.Attempt.Held:
		return j.end(ctx, answer{Code: outcome.ShutOut}, nil), true // the service was asked for it before
	case p.Role == storage.RoleNone:
		return j.turnedAway(ctx), true
	default:
		return v, false
	}
}

// Refused answers the photo of somebody who was not let in, or no longer is.
// Somebody who was shut out while their photo waited had been promised a word.
func (j *job) refused(ctx context.Context, none bool) queue.Verdict {
	key := "stranger"
	switch _, waited := parseWaiting(j.t.Note); {
	case none:
		key = "unclaimed"
	case waited || j.t.Attempt.Held:
		return j.turnedAway(ctx)
	}
	c := &conversation{Bot: j.Bot, t: j.t, localizer: j.localizer, thread: j.thread}
	return c.settle(ctx, c.toStranger(ctx, false, key))
}

// turnedAway ends the photo of somebody who was shut out after they sent it:
// with a word instead of an answer.
func (j *job) turnedAway(ctx context.Context) queue.Verdict {
	if _, waited := parseWaiting(j.t.Note); waited {
		j.tidy(ctx)
	}
	if j.t.Attempt.Held {
		_, _ = j.held() // for the language, the topic and the date only
	}
	said := j.localizer.Text("outcome.shut_out", nil) + "\n" + j.counted(answer{Limit: j.limit(j.person)})
	l := letter{Text: said, ReplyTo: j.t.Message, Thread: j.thread}
	return queue.Done(append(j.cleanUp(chat.Sent{}), j.post("shut_out:"+j.t.ID, j.t.Chat, l))...)
}

// reply sends a message as the reply to the photo and closes its task. An
// answer that does not go out stays where it is and is tried again; since is
// when there was something to say.
func (j *job) reply(ctx context.Context, m chat.Message, since time.Time) queue.Verdict {
	m.Chat, m.ReplyTo, m.Thread, m.Protect = j.t.Chat, j.t.Message, j.thread, j.Protect
	if m.Markup == nil {
		m.Markup = j.askButtons(outcome.Code(j.t.Attempt.Outcome))
	}
	sent, rest, err := j.sender.Send(ctx, m)
	if err == nil {
		j.step("replied")
		if _, waited := parseWaiting(j.t.Note); waited {
			j.tidy(ctx)
		}
		return j.close(sent, j.follow(j.t.ID, j.t.Chat, rest, true)...)
	}
	if chat.Blocked(err) {
		j.note(ctx, j.t.Person, true)
		return j.close(chat.Sent{}) // nobody is there; the same photo soon after is not paid for again
	}
	if at, again := chat.TryAgain(err, since, j.Now()); again {
		return queue.Later(at, j.t.Note)
	}
	j.Log.Error("reply given up", "update_id", chat.UpdateID(j.t), "error", err)
	return j.close(chat.Sent{})
}

// typing shows that work is going on until the returned function is called,
// which may be called twice. It does not wait for a call on its way: an answer
// is never held up by an indicator.
func (j *job) typing(ctx context.Context) (stop func()) {
	over, thread := make(chan struct{}), j.thread
	timer := time.AfterFunc(typingAfter, func() {
		again := time.NewTicker(typingEvery)
		defer again.Stop()
		for {
			// A missing indicator is not worth a word.
			if _, no := chat.Refused(j.sender.API.Typing(ctx, j.t.Chat, thread)); no {
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
