package scan

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

const (
	// albumLead is how long the message waits for the other pictures of an album: they
	// come one by one, and nothing says which is the last.
	albumLead = time.Second

	// albumSettled is how long after its last picture an album counts as complete.
	albumSettled = 2 * time.Second

	// albumHeld is how long it may count as incomplete because photos wait for a
	// worker, of which some may be its own.
	albumHeld = 30 * time.Second

	// albumPace is how far apart two changes of such messages are in one chat.
	albumPace = time.Second
)

func (a album) ended() bool { return screen.Album{Pictures: a.Pictures}.Complete() }

// earliest is when the album has something to show.
func (a album) earliest() time.Time {
	if a.ended() {
		return a.Last.Add(albumSettled)
	}
	return a.First.Add(albumLead)
}

// turn gives when an album may be shown, now or later. Those of a person that have
// waited longest go first. crowded: photos wait for a worker.
func (all *albums) turn(a *album, now time.Time, crowded bool) time.Time {
	if held := now.Sub(a.Last); crowded && a.ended() && held >= 0 && held < albumHeld {
		return now.Add(albumPace)
	}
	if first := a.earliest(); first.After(now) && first.Sub(now) <= albumSettled {
		return first
	}
	since := now.Sub(all.Shown)
	if since >= albumPace || since < -storage.ClockSlack { // or a clock that was ahead
		return now
	}
	before, passed := 0, false
	for i := range all.List {
		other := &all.List[i]
		passed = passed || other == a
		if other.Due && other != a && !other.earliest().After(now) && (other.Shown.Before(a.Shown) || !passed && other.Shown.Equal(a.Shown)) {
			before++
		}
	}
	return now.Add(min(albumPace-since, albumPace) + time.Duration(before)*albumPace)
}

// ShowAlbum brings the message of an album up to date. Its turn is noted before, and
// what it shows after: so there is no second one within the same second, whichever
// process dies when.
func (s *Scanner) ShowAlbum(ctx context.Context, t storage.Task) queue.Verdict {
	group, number := albumOf(t)
	now := s.Now()
	crowded := s.crowded(ctx, now)
	var a album
	var at time.Time
	due := false
	err := s.changeAlbums(ctx, t.Person, func(all *albums) bool {
		found := all.find(group)
		if due = found != nil && found.Due && found.Task == number; !due {
			return false
		}
		if at = all.turn(found, now, crowded); at.After(now) {
			return false
		}
		found.Shown, all.Shown = cut(now), cut(now)
		a = *found
		return true
	})
	switch {
	case err != nil:
		return outage.StoreFailed(s.Log, now, t, "the turn of an album", err)
	case !due:
		return queue.Done() // shown already, or forgotten
	case at.After(now):
		return queue.Later(at)
	}
	before := a
	a.Complete = a.ended()
	if !a.Gone || a.Complete {
		if err := s.sendAlbum(ctx, t, &a); err != nil {
			if later, again := chat.TryAgain(err, a.Changed, s.Now()); again && !chat.Blocked(err) {
				if a.Gone != before.Gone {
					later = s.Now().Add(albumPace)
				}
				return s.albumShown(ctx, t, a, queue.Later(later), false)
			}
			s.Log.Warn("album not shown", "user_id", t.Person, "error", err)
		}
	}
	return s.albumShown(ctx, t, a, queue.Verdict{}, true)
}

// crowded reports whether photos wait that nobody works at. Not knowing is no.
func (s *Scanner) crowded(ctx context.Context, now time.Time) bool {
	at, ok, err := s.Store.NextTask(ctx, now, []storage.Kind{storage.KindPhoto})
	return err == nil && ok && !at.After(now)
}

// albumOf gives which album a task shows, and the task's number.
func albumOf(t storage.Task) (group string, number int) {
	name := strings.TrimPrefix(t.ID, "album:"+text.ID(t.Person)+":")
	group, n, _ := strings.Cut(name, ":")
	number, _ = strconv.Atoi(n) // no album has a task 0
	return group, number
}

// sendAlbum sends the message, or changes it. One that is gone is sent anew when the
// album is complete: it may be the only word about a picture.
func (s *Scanner) sendAlbum(ctx context.Context, t storage.Task, a *album) error {
	v := s.Catalog.Localizer(a.Lang)
	m := screen.Album{Pictures: a.Pictures, Localizer: v, Count: a.Count, Limit: a.Limit, Send: RereadButton + ":"}.Message()
	m.Aside = true
	if a.Complete {
		m.AddRows(s.albumDeleteRow(v, a.Pictures))
	}
	if a.Message != 0 && !a.Gone {
		err := s.Chat.Edit(ctx, t.Chat, a.Message, m)
		if _, refused := chat.Refused(err); refused {
			a.Gone = true
		}
		return err
	}
	m.Chat, m.ReplyTo, m.Thread = t.Chat, a.Pictures[0].Message, a.Thread
	m.Protect, m.Notice = s.ProtectContent, true
	sent, rest, err := s.Chat.Send(ctx, m)
	switch {
	case chat.Blocked(err):
		s.People.MarkBlocked(ctx, t.Person, true)
		fallthrough
	case err != nil:
		return err
	}
	s.Outbox.AddRest(ctx, t.ID, t.Chat, rest)
	a.Message, a.Sent, a.Gone = sent.ID, s.Outbox.Replied(sent), sent.ID == 0
	return nil
}

// albumShown notes what is shown now. What has changed meanwhile is shown next.
func (s *Scanner) albumShown(ctx context.Context, t storage.Task, shown album, v queue.Verdict, ok bool) queue.Verdict {
	var kept, again bool
	for try := 0; ; try++ {
		err := s.changeAlbums(context.WithoutCancel(ctx), t.Person, func(all *albums) bool {
			a := all.find(shown.Group)
			if kept = a != nil; !kept {
				return false
			}
			a.Message, a.Sent, a.Gone = shown.Message, shown.Sent, shown.Gone
			if again = !ok || a.Changes != shown.Changes; again {
				return true
			}
			a.Due, a.Complete = false, shown.Complete
			if a.Complete {
				a.Caption = nil
			}
			return true
		})
		if err == nil {
			break
		}
		s.Log.Error("album not noted, trying again", "user_id", t.Person, "error", err)
		select {
		case <-ctx.Done():
			return queue.Leave()
		case <-time.After(s.Pauses.Next(try, 0)):
		}
	}
	switch {
	case !kept: // forgotten meanwhile
		s.deleteAlbum(ctx, t.Person, shown)
		return queue.Done()
	case !ok:
		return v
	case again:
		return queue.Later(s.Now().Add(albumPace))
	}
	return queue.Done(s.albumCleanUp(t, shown)...)
}

// albumCleanUp removes the message later, as photos and answers are.
func (s *Scanner) albumCleanUp(t storage.Task, a album) []storage.Task {
	if s.Outbox.DeleteAfter == 0 || !a.Complete || a.Message == 0 {
		return nil
	}
	return []storage.Task{s.Outbox.DeletionOfChanged(t, a.Message, a.Sent, s.Now())}
}

// ForgetAlbums takes away what is kept of somebody's albums, and their messages.
func (s *Scanner) ForgetAlbums(ctx context.Context, person int64) error {
	all, err := s.albums(ctx, person)
	if err == nil && len(all.List) > 0 {
		err = s.Store.PutSetting(ctx, albumsKey(person), nil)
	}
	if err != nil {
		return outage.StoreError{Err: err}
	}
	for _, a := range all.List {
		s.deleteAlbum(ctx, person, a)
	}
	return nil
}

func (s *Scanner) deleteAlbum(ctx context.Context, person int64, a album) {
	if a.Message == 0 {
		return
	}
	if err := s.Chat.API.Delete(ctx, person, []int{a.Message}); err != nil {
		s.Log.Debug("album not deleted", "user_id", person, "error", err)
	}
}

// albumDeleteRow is the button that removes the pictures without a reply, and the
// message, before their time; none where nothing is removed anyway.
func (s *Scanner) albumDeleteRow(v text.Localizer, pictures []screen.AlbumPicture) []models.InlineKeyboardButton {
	messages := refusedIn(pictures)
	if s.Outbox.DeleteAfter == 0 || len(messages) == 0 {
		return nil
	}
	return chat.Row(v, chat.Button{Name: "button.delete", Data: DeleteButton + ":" + deleted(messages)})
}

// refusedIn gives the messages of the pictures that have no reply of their own.
func refusedIn(pictures []screen.AlbumPicture) (messages []int) {
	for _, p := range pictures {
		if p.State == screen.PictureRefused {
			messages = append(messages, p.Message)
		}
	}
	return messages
}
