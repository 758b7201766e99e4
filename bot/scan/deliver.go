package scan

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// deliverHeld delivers what an earlier claim has held.
func (j *photoJob) deliverHeld(ctx context.Context) queue.Verdict {
	a, err := j.held(ctx)
	if err != nil {
		return j.deliverShut(ctx)
	}
	return j.deliver(ctx, a)
}

// held opens the answer.
func (j *photoJob) held(ctx context.Context) (a screen.Answer, err error) {
	plain, err := j.Seal.Open(j.t.ID, sealAnswer, j.t.Payload)
	if err == nil {
		err = json.Unmarshal(plain, &a)
	}
	j.speak(ctx, a.Lang)
	j.thread, j.date = a.Thread, outbox.SentAt(a.Date, j.t.Added)
	j.group, j.caption = a.Album, a.Caption
	return a, err
}

// deliver replies to the photo and closes its task, if its sender may still
// have the answer.
func (j *photoJob) deliver(ctx context.Context, a screen.Answer) queue.Verdict {
	j.become(a)
	switch a.Code {
	case outcome.Sealed:
		return j.deliverShut(ctx)
	case outcome.Canceled:
		return j.done(ctx, j.cleanUp(chat.Sent{})) // the press was answered
	}
	if a.Code == outcome.ShutOut {
		return j.turnedAway(ctx)
	}
	if v, out := j.shutOut(ctx); out {
		return v
	}
	if j.toldInAlbum(a) {
		return j.closeInAlbum(ctx)
	}
	return j.reply(ctx, j.answer(ctx, a, j.t.ID), time.Unix(a.Held, 0))
}

// closeInAlbum closes the task of a photo that has no reply of its own.
func (j *photoJob) closeInAlbum(ctx context.Context) queue.Verdict {
	if j.waited() {
		j.deleteNotice(ctx)
	}
	return j.close(ctx, chat.Sent{})
}

// answer makes the message of an answer, as things are now. Its buttons name the
// task to whose photo it is a reply.
func (j *photoJob) answer(ctx context.Context, a screen.Answer, task string) chat.Message {
	shown := j.screen(j.upToDate(ctx, a))
	if len(a.Lines) > 0 {
		shown.Team = j.template(ctx)
	}
	if !outcome.Of(a.Code).Asks {
		shown.Mend = MendButton + ":" + task
	}
	return shown.Message()
}

// template gives the team's line. An answer goes out without it rather than late.
func (j *photoJob) template(ctx context.Context) screen.Template {
	raw, err := j.Store.Setting(ctx, screen.TemplateKey)
	if err != nil {
		j.Log.Warn("template not read", "error", err)
	}
	t, err := screen.ParseTemplate(string(raw))
	if err != nil {
		return screen.Template{} // none, or one of another version of the program
	}
	return t
}

// deliverShut answers a photo that was sealed under another token. A pile of
// photos that did not count needs one message; one whose answer was held and
// counted is told of itself.
func (j *photoJob) deliverShut(ctx context.Context) queue.Verdict {
	if j.t.Attempt.Counted {
		said := j.localizer.Text("outcome.sealed.held", nil) + "\n" + j.screen(screen.Answer{Limit: j.People.Limit(j.person)}).Counted()
		return j.reply(ctx, chat.Message{Text: said}, j.t.Attempt.Began)
	}
	if j.waited() {
		j.deleteNotice(ctx)
	}
	name := "sealed:" + text.ID(j.t.Person) + ":" + string(storage.DayOf(j.started, j.TimeZone))
	l := outbox.Message{Text: j.localizer.Text("outcome.sealed", nil), Thread: j.thread}
	return queue.Done(append(j.cleanUp(chat.Sent{}), j.Outbox.Post(name, j.t.Chat, l))...)
}

// deliverPlain delivers a held answer without anything that could break again.
func (j *photoJob) deliverPlain(ctx context.Context) queue.Verdict {
	a, err := j.held(ctx)
	if err != nil {
		return j.deliverShut(ctx)
	}
	j.become(a)
	if a.Code == outcome.Canceled {
		return j.done(ctx, j.cleanUp(chat.Sent{}))
	}
	if v, out := j.shutOut(ctx); out {
		return v
	}
	if j.toldInAlbum(a) {
		return j.closeInAlbum(ctx)
	}
	said := strings.Join(a.Lines, "\n")
	if said == "" {
		said = j.localizer.Text("outcome."+string(a.Code), text.Args{"Limit": a.Limit})
	}
	return j.reply(ctx, chat.Message{Text: said + "\n" + j.screen(a).Counted()}, time.Unix(a.Held, 0))
}

// shutOut reports whether the person was shut out since the claim: then nothing
// is called or shown for them any more. What was settled stays so. Admins of
// the settings cannot be shut out while the program runs.
func (j *photoJob) shutOut(ctx context.Context) (v queue.Verdict, out bool) {
	if j.People.IsAdmin(j.t.Person) {
		return v, false
	}
	p, err := j.People.Person(ctx, j.t.Person)
	switch {
	case err != nil:
		return outage.StoreFailed(j.Log, j.Now(), j.t, "whether they are still let in", err), true
	case p.Role == storage.RoleNone && !j.t.Attempt.Began.IsZero() && !j.t.Attempt.Held:
		return j.end(ctx, screen.Answer{Code: outcome.ShutOut}, nil), true // the service was asked for it before
	case p.Role == storage.RoleNone:
		return j.turnedAway(ctx), true
	default:
		return v, false
	}
}

// refused answers the photo of somebody who was not let in, or no longer is.
// Somebody who was shut out while their photo waited had been promised a word.
func (j *photoJob) refused(ctx context.Context, none bool) queue.Verdict {
	if !none && (j.waited() || j.t.Attempt.Held || j.inAlbum(ctx)) {
		return j.turnedAway(ctx)
	}
	req := &reply.Request{Parts: j.Replies, Task: j.t, Localizer: j.localizer, Thread: j.thread}
	return req.Settle(ctx, j.Stranger(ctx, req, false, none))
}

// turnedAway ends the photo of somebody who was shut out after they sent it:
// with a word instead of an answer. Let in again soon after, they need not pay for
// it again.
func (j *photoJob) turnedAway(ctx context.Context) queue.Verdict {
	if j.waited() {
		j.deleteNotice(ctx)
	}
	if j.t.Attempt.Held && !j.opened {
		_, _ = j.held(ctx) // for the language, the topic, the date and the album only
	}
	if gone, err := j.forgotten(ctx); err != nil {
		return outage.StoreFailed(j.Log, j.Now(), j.t, "forget", err)
	} else if gone {
		return queue.Done(j.cleanUp(chat.Sent{})...) // as they wanted
	}
	if j.group != "" {
		j.became = screen.AlbumPicture{State: screen.PictureRefused, Code: outcome.ShutOut}
		return j.close(ctx, chat.Sent{}) // one word for all of them
	}
	said := j.localizer.Text("outcome.shut_out", nil) + "\n" + j.screen(screen.Answer{Limit: j.People.Limit(j.person)}).Counted()
	l := outbox.Message{Text: said, ReplyTo: j.t.Message, Thread: j.thread}
	return j.close(ctx, chat.Sent{}, j.Outbox.Post("shut_out:"+j.t.ID, j.t.Chat, l))
}

// forgotten reports whether the person has had themselves forgotten meanwhile. Then
// nothing that was written since must name them either: no row, no list.
func (j *photoJob) forgotten(ctx context.Context) (bool, error) {
	gone, err := j.Forgotten(ctx, j.t.Person, j.t.Added)
	if gone && err == nil && j.group != "" {
		err = j.ForgetAlbums(ctx, j.t.Person)
	}
	if gone && err == nil && j.t.Attempt.Held {
		err = errors.Join(j.Recovery.Forget(ctx, j.t.Person), j.forgetAgain(ctx))
	}
	return gone, err
}

// forgetAgain takes the person out of the row. That an admin has shut them out since they
// were forgotten is kept: a link would let them in.
func (j *photoJob) forgetAgain(ctx context.Context) error {
	was, err := j.People.Store.Person(ctx, j.t.Person)
	if err != nil {
		return err
	}
	if err := j.Store.Forget(ctx, j.t.Person); err != nil || was.ShutOut.IsZero() {
		return err
	}
	_, err = j.People.Store.ChangePerson(ctx, j.t.Person, func(p *storage.Person) error {
		if p.ShutOut.Before(was.ShutOut) {
			p.ShutOut = was.ShutOut
		}
		return nil
	})
	return err
}

// reply sends a message as the reply to the photo and closes its task. An
// answer that does not go out stays where it is and is tried again; since is
// when there was something to say.
func (j *photoJob) reply(ctx context.Context, m chat.Message, since time.Time) queue.Verdict {
	m.Chat, m.ReplyTo, m.Thread, m.Protect = j.t.Chat, j.t.Message, j.thread, j.ProtectContent
	m.AddRows(j.askRow(outcome.Code(j.t.Attempt.Outcome)), j.deleteRow())
	sent, rest, err := j.Chat.Send(ctx, m)
	if err == nil {
		j.step("replied")
		if j.waited() {
			j.deleteNotice(ctx)
		}
		return j.close(ctx, sent, j.Outbox.Rest(j.t.ID, j.t.Chat, rest, outbox.Message{Personal: true})...)
	}
	if chat.Blocked(err) {
		j.People.MarkBlocked(ctx, j.t.Person, true)
	}
	// A Bot API server that has lost its data finds no chat for a while: what was
	// paid for waits for it, in the private chat of whoever sent it.
	mayComeBack := chat.Unfound(err) && j.t.Attempt.Counted && j.t.Chat == j.t.Person
	if chat.Blocked(err) && !mayComeBack {
		return j.close(ctx, chat.Sent{}) // nobody is there; the same photo soon after is not paid for again
	}
	if at, again := chat.TryAgain(err, since, j.Now()); again {
		return queue.Later(at)
	}
	j.Log.Error("reply given up", "update_id", chat.UpdateID(j.t), "error", err)
	return j.close(ctx, chat.Sent{})
}

// cleanUp removes photo and reply from the chat later, each by its own date,
// when that is wanted. No reply is the zero Sent.
func (j *photoJob) cleanUp(reply chat.Sent) []storage.Task {
	if j.Outbox.DeleteAfter == 0 {
		return nil
	}
	then := []storage.Task{j.Outbox.Deletion(j.t, j.t.Message, j.date)}
	if reply.ID != 0 {
		then = append(then, j.Outbox.Deletion(j.t, reply.ID, j.Outbox.Replied(reply)))
	}
	return then
}

// upToDate adds what changes until the reply is written. When the store does not
// know, it is not told.
func (j *photoJob) upToDate(ctx context.Context, a screen.Answer) screen.Answer {
	day := j.t.Attempt.Day
	switch {
	case a.Detail == outcome.DetailUnanswered:
		day = storage.DayOf(j.started, j.TimeZone)
	case !j.t.Attempt.Counted || !outcome.Of(a.Code).Asks:
		return a
	}
	if count, err := j.Store.Attempts(ctx, j.t.Person, day); err == nil {
		a.Unanswered = count.Unanswered
	}
	return a
}

// screen is the reply to the photo with that answer.
func (j *photoJob) screen(a screen.Answer) screen.Photo {
	return screen.Photo{Answer: a, Localizer: j.localizer, Attempt: j.t.Attempt, Now: j.Now().In(j.TimeZone)}
}
