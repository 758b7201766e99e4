package scan

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// Handle is the life of a photo from its claim to its reply, or to the next
// time it is tried.
func (s *Scanner) Handle(ctx context.Context, t storage.Task) queue.Verdict {
	v := s.life(ctx, t)
	s.attempts.Delete(t.ID) // not after a panic
	return v
}

// Broken gives a photo its last word after the program has died over it, or
// panicked.
func (s *Scanner) Broken(ctx context.Context, t storage.Task) queue.Verdict {
	if written, ok := s.attempts.LoadAndDelete(t.ID); ok {
		t.Attempt = written.(storage.Attempt)
	}
	j := &photoJob{Scanner: s, t: t, person: storage.Person{ID: t.Person}, started: s.Now()}
	if p, err := s.People.Person(ctx, t.Person); err == nil {
		j.person = p
	}
	_ = j.open(ctx) // for the language only
	if t.Attempt.Held {
		return j.deliverPlain(ctx)
	}
	code := outcome.Internal
	if t.Attempt.Calling && s.Reader.Paid() {
		code = outcome.Unknown
	}
	return j.end(ctx, screen.Answer{Code: code}, nil)
}

func (s *Scanner) life(ctx context.Context, t storage.Task) queue.Verdict {
	none, err := s.People.Unclaimed(ctx)
	if err != nil {
		return outage.StoreFailed(s.Log, s.Now(), t, "who the admins are", err)
	}
	p, err := s.People.Person(ctx, t.Person)
	if err != nil {
		return outage.StoreFailed(s.Log, s.Now(), t, "who sent it", err)
	}
	j := &photoJob{Scanner: s, t: t, person: p, started: s.Now()}
	j.step("claimed")
	opened := j.open(ctx)
	switch {
	case t.Attempt.Calling && s.Reader.Paid():
		// The program died between the call and its answer: nobody knows what
		// became of it, and nobody but the person may pay for it again.
		return j.end(ctx, screen.Answer{Code: outcome.Unknown}, nil)
	case (none || p.Role == storage.RoleNone) && !t.Attempt.Began.IsZero() && !t.Attempt.Held:
		// The service was asked for it, so it belongs into the ledger.
		return j.end(ctx, screen.Answer{Code: outcome.ShutOut}, nil)
	case none || p.Role == storage.RoleNone:
		return j.refused(ctx, none)
	case t.Attempt.Held:
		return j.deliverHeld(ctx)
	case errors.Is(opened, errShut):
		return j.end(ctx, screen.Answer{Code: outcome.Sealed}, nil)
	case opened != nil:
		return j.end(ctx, screen.Answer{Code: outcome.Internal}, nil)
	}
	if j.sent.Message.From.Language != "" {
		s.People.NotePhone(ctx, p, j.localizer.Lang)
	}
	return j.work(ctx)
}

// photoJob is one claim of a photo.
type photoJob struct {
	*Scanner
	t         storage.Task
	person    storage.Person
	sent      sent
	localizer text.Localizer
	started   time.Time
	// first names the photo sent before of which this is a duplicate, when that
	// one has buttons, and firstFor is how long they work; "": there is none.
	first    string
	firstFor time.Duration
	thread   int         // the topic the photo was sent in; 0: none, or not known
	date     time.Time   // when Telegram had the photo
	seen     reader.Look // what was seen in the picture here; zero: nothing
	// agreement is what the second reading has shown; "": there was none.
	agreement reader.Agreement
	// doubleSend: the photo was answered before, which saved a call.
	doubleSend bool
	// group names the album that the photo is a part of; "": none. caption is what its
	// sender has written under it, on one short line. became is what is shown of the
	// photo in the album when its task ends.
	group, caption string
	became         screen.AlbumPicture
	opened         bool // the update was read, in this claim
}

// step notes how far the photo is, for those who look on.
func (j *photoJob) step(name string) {
	j.Log.Debug("photo step", "update_id", chat.UpdateID(j.t), "user_id", j.t.Person, "step", name)
}

// errShut: what is sealed cannot be opened, because the token has changed.
var errShut = errors.New("bot: sealed under another token")

// open reads the update that brought the photo. After Hold the answer stands
// in its place.
func (j *photoJob) open(ctx context.Context) error {
	j.date = j.t.Added
	if j.t.Attempt.Held {
		j.localizer = j.Catalog.Localizer(j.person.Language)
		return nil
	}
	raw, err := j.Seal.Open(j.t.ID, chat.SealUpdate, j.t.Payload)
	if err != nil {
		j.speak(ctx, "")
		return errShut
	}
	err = json.Unmarshal(raw, &j.sent)
	j.opened = true
	j.speak(ctx, j.sent.Message.From.Language)
	j.thread = chat.Topic(j.sent.Message.InTopic, j.sent.Message.Thread)
	j.date = outbox.SentAt(j.sent.Message.Date, j.t.Added)
	j.caption = text.CleanName(j.sent.Message.Caption)
	if plausibleGroup(j.sent.Message.Group) {
		j.group = j.sent.Message.Group
	}
	return err
}

// speak finds the language for the person. phone is that of the phone from which
// the photo came; "": not known.
func (j *photoJob) speak(ctx context.Context, phone string) {
	j.localizer = j.Catalog.Localizer(j.People.Language(ctx, j.person, phone))
}

// work reads the picture and answers.
func (j *photoJob) work(ctx context.Context) queue.Verdict {
	if err := j.joinAlbum(ctx); err != nil {
		return outage.StoreFailed(j.Log, j.Now(), j.t, "its album", err)
	}
	if f := j.sent.refuse(); f != nil {
		return j.fail(ctx, f)
	}
	if v, ok := j.repeat(ctx); ok {
		return v
	}
	if j.waited() && j.canceled(ctx) {
		return j.end(ctx, screen.Answer{Code: outcome.Canceled}, nil)
	}
	if j.late() {
		return j.end(ctx, screen.Answer{Code: outcome.Late}, nil)
	}
	if !j.LocalFirst { // what is answered here counts for no limit
		if v, over := j.overLimit(ctx); over {
			return v
		}
		if v, over := j.overBudget(ctx); over {
			return v
		}
	}
	// A photo that waits for the service was looked at before it did.
	forService := j.t.Waiting.For == storage.OutageService
	mayAnswer := j.Looker != nil && (j.LocalFirst || j.Fallback) && !forService
	closed := j.Gate.Closed(j.Now(), forService)
	if closed != "" && !mayAnswer {
		return j.fail(ctx, &outcome.Failure{Code: closed, Detail: outcome.DetailNotAsked})
	}
	stop := j.typing(ctx)
	defer stop()

	pic, err := j.Fetcher.Fetch(ctx, reader.File{ID: j.t.FileID, Person: j.t.Person, Whole: j.sent.isFile(), Size: j.sent.size()})
	if err != nil {
		return j.failed(ctx, err)
	}
	defer pic.Close()
	j.step("fetched")
	if err := j.look(ctx, pic); err != nil {
		return j.failed(ctx, err)
	}
	if v, done := j.readHere(ctx); done {
		return v
	}
	if closed != "" {
		return j.fail(ctx, &outcome.Failure{Code: closed, Detail: outcome.DetailNotAsked})
	}
	if pic, err = j.upright(ctx, pic); err != nil {
		return j.failed(ctx, err)
	}
	pass, code := j.Gate.Enter(ctx, forService)
	switch {
	case pass == nil && code == "":
		return queue.Later(j.Now())
	case pass == nil:
		return j.fail(ctx, &outcome.Failure{Code: code, Detail: outcome.DetailNotAsked})
	}
	defer pass.Leave()
	// Somebody may have been shut out while the picture was fetched.
	if v, out := j.shutOut(ctx); out {
		return v
	}
	began, err := j.begin(ctx)
	switch {
	case errors.Is(err, storage.ErrLimit):
		if v, over := j.overLimit(ctx); over {
			return v
		}
		return queue.Later(j.Now()) // one was given back meanwhile
	case errors.Is(err, storage.ErrBudget):
		if v, over := j.overBudget(ctx); over {
			return v
		}
		return queue.Later(j.Now())
	case err != nil:
		return outage.StoreFailed(j.Log, j.Now(), j.t, "begin", err)
	}
	j.t.Attempt = began
	j.attempts.Store(j.t.ID, began)
	j.step("begun")

	if pic.Body != nil {
		pic.Body = guarded{pic.Body, func() error { return j.stillIn(ctx) }}
	}
	r, err := j.Reader.Read(ctx, pic)
	stop()
	j.reportToBreaker(ctx, pass, err)
	if err != nil {
		return j.failed(ctx, err)
	}
	return j.end(ctx, j.compared(r), &outcome.Failure{Session: r.Session})
}

// overLimit reports whether no attempt is left, so that a photo over the limit
// causes no download. Begin asks again, exactly.
func (j *photoJob) overLimit(ctx context.Context) (v queue.Verdict, over bool) {
	limit := j.People.Limit(j.person)
	if limit == 0 || !j.t.Attempt.Began.IsZero() {
		return v, false
	}
	count, err := j.Store.Attempts(ctx, j.t.Person, storage.DayOf(j.started, j.TimeZone))
	switch {
	case err != nil:
		return outage.StoreFailed(j.Log, j.Now(), j.t, "the day's count", err), true
	case count.Settled >= limit && count.Unanswered > 0:
		return j.fail(ctx, &outcome.Failure{Code: outcome.LimitReached, Detail: outcome.DetailUnanswered}), true
	case count.Settled >= limit:
		return j.fail(ctx, &outcome.Failure{Code: outcome.LimitReached}), true
	case count.Used() >= limit:
		return j.fail(ctx, &outcome.Failure{Code: outcome.LimitReached, Detail: outcome.DetailInWork}), true
	default:
		return v, false
	}
}

// failed sorts an error of download or reading.
func (j *photoJob) failed(ctx context.Context, err error) queue.Verdict {
	var f *outcome.Failure
	if errors.Is(err, reader.ErrInterrupted) {
		return queue.Later(j.Now())
	}
	if !errors.As(err, &f) {
		j.Log.Error("photo failed", "update_id", chat.UpdateID(j.t), "error_type", errorType(err))
		f = &outcome.Failure{Code: outcome.Internal}
		if j.t.Attempt.Calling && j.Reader.Paid() {
			f.Code = outcome.Unknown
		}
	}
	return j.fail(ctx, f)
}

// fail ends the photo with a failure, or puts it off when it may wait.
func (j *photoJob) fail(ctx context.Context, f *outcome.Failure) queue.Verdict {
	if f.Code == outcome.PictureRefused && j.sent.Message.Document != nil {
		f.Detail = outcome.DetailFile
	}
	if a, ok := j.inPlaceOf(f); ok {
		return j.instead(ctx, a, f)
	}
	if f.Code == outcome.Unreadable && f.Detail == outcome.DetailNone {
		f.Detail = j.seen.Hint
	}
	if outcome.Of(f.Code).Waits {
		if j.canceled(ctx) {
			return j.end(ctx, screen.Answer{Code: outcome.Canceled}, nil)
		}
		if v, ok := j.wait(ctx, f); ok {
			return v
		}
	}
	return j.end(ctx, screen.Answer{Code: f.Code, Detail: f.Detail}, f)
}
