package scan

import (
	"context"
	"errors"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/storage"
)

// A mend is what a person says of an answer with questions: which of two readings
// stands on the card, whether a repair is right. It costs nothing and is no attempt.
// What was chosen last is in the store, as the name under which the photo's retained
// task was used: so it is chosen once, and the same photo sent again shows it. While
// some questions of an answer are open, what was chosen for the others is in the
// data of the buttons only: nothing is lost with it but a press.

// MendButton is the verb of the buttons under an answer with questions. What follows
// it is the name of the photo's task, a colon and what is chosen (screen.Answer).
const MendButton = "mend"

// errOld: the answer is no longer there, or was never this person's.
var errOld = errors.New("scan: no such answer")

// Mend changes an answer as its person says.
func (s *Scanner) Mend(ctx context.Context, req *reply.Request, q *models.CallbackQuery, about string) error {
	at := max(0, strings.LastIndexByte(about, ':'))
	id, choices := about[:at], about[at:]
	j, kept, a, err := s.answered(ctx, req, id)
	if err == nil && !a.Fits(strings.TrimPrefix(choices, ":")) {
		err = errOld
	}
	if errors.Is(err, errOld) {
		req.Toast(ctx, q, "mend.old")
		return nil
	} else if err != nil {
		return err
	}
	a.Choices = strings.TrimPrefix(choices, ":")
	said := ""
	if screen.AllChosen(a.Choices) {
		said = "mend.done"
		by, err := s.chosen(ctx, j.t, req.Task.ID+" "+a.Choices)
		switch {
		case errors.Is(err, storage.ErrGone):
			req.Toast(ctx, q, "mend.old")
			return nil
		case err != nil:
			return outage.StoreError{Err: err}
		case !strings.HasPrefix(by, req.Task.ID+" "):
			said = "mend.used"
		}
		a.Choices = choicesIn(by, a)
	} else if by := j.t.ConsumedBy; by != "" {
		said, a.Choices = "mend.used", choicesIn(by, a)
	}
	shown, err := s.mendedInAlbum(ctx, kept, j.screen(a).Sound())
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if shown != nil {
		req.Then = append(req.Then, *shown)
	}
	j.Log.Info("answer mended", "update_id", chat.UpdateID(req.Task), "user_id", req.Task.Person)
	j.show(ctx, req, id, a)
	req.Toast(ctx, q, said)
	return nil
}

// answered finds the answer under which somebody has pressed a button. kept is the photo
// that it replies to.
func (s *Scanner) answered(ctx context.Context, req *reply.Request, id string) (j *photoJob, kept storage.Task, a screen.Answer, err error) {
	kept, ok, err := s.Store.Retained(ctx, id, s.Now())
	if err == nil && (!ok || kept.Person != req.Task.Person || kept.Chat != req.Task.Chat || !req.Under(kept)) {
		return nil, kept, a, errOld
	}
	var t storage.Task
	if err == nil {
		t, ok, err = s.original(ctx, kept)
	}
	if err != nil {
		return nil, kept, a, outage.StoreError{Err: err}
	}
	j = &photoJob{Scanner: s, t: t, person: req.Person, started: s.Now()}
	a, err = j.held(ctx)
	if !ok || err != nil || len(a.Questions) == 0 { // of an earlier token, for one
		return nil, kept, a, errOld
	}
	j.localizer = req.Localizer
	return j, kept, a, nil
}

// chosen notes what was chosen, and gives what counts: that which was chosen first.
func (s *Scanner) chosen(ctx context.Context, t storage.Task, by string) (string, error) {
	used, err := s.Store.Consume(ctx, t.ID, by, s.Now())
	if errors.Is(err, storage.ErrConsumed) {
		return used.ConsumedBy, nil
	}
	return by, err
}

// choicesIn gives what was chosen of an answer, as it lies in the store; "": nothing.
func choicesIn(by string, a screen.Answer) string {
	_, choices, _ := strings.Cut(by, " ")
	if !a.Fits(choices) {
		return ""
	}
	return choices
}

// show puts the changed answer in the place of the one that was pressed, or below it
// when that cannot be changed: then as a message of its own, which is for nobody who
// is shut out meanwhile.
func (j *photoJob) show(ctx context.Context, req *reply.Request, id string, a screen.Answer) {
	m := j.answer(ctx, a, id)
	m.AddRows(j.deleteRow())
	err := j.Chat.Edit(ctx, req.Task.Chat, req.Task.Message, m)
	if err == nil || chat.Blocked(err) {
		return
	}
	l := outbox.Message{Text: m.Text, Entities: m.Entities, ReplyTo: req.Task.Message, Thread: req.Thread, Personal: true}
	req.Then = append(req.Then, j.Outbox.Post("mended:"+req.Task.ID, req.Task.Chat, l))
}
