package scan

import (
	"context"
	"strings"

	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/storage"
)

// A picture of an album may be read again: one that was stopped here by a button under
// the album's message, one without an answer by that under its own reply. The answer
// comes as a reply to the picture, and the album's message follows.

// again reports whether a button has the photo read, and not its arrival.
func (j *photoJob) again() bool { return strings.HasPrefix(j.t.ID, RereadButton+":") }

// standing is where a photo that asks stands in an album that is kept.
type standing struct {
	group   string // "": in none
	offered bool   // its button stands under the album's message, not under a reply
	message int    // that message; 0: it is not known which
}

// standing finds it.
func (s *Scanner) standing(ctx context.Context, photo storage.Task) (st standing, err error) {
	all, err := s.albums(ctx, photo.Person)
	if err != nil {
		return st, err
	}
	for _, a := range all.List {
		if i := a.place(photo.Message); i >= 0 {
			return standing{group: a.Group, offered: a.Pictures[i].Offer == photo.ID, message: a.Message}, nil
		}
	}
	return st, nil
}

// pressed reports whether a press came from the message that bears the photo's button.
func (st standing) pressed(req *reply.Request, photo storage.Task) bool {
	if st.offered {
		return st.message == 0 || st.message == req.Task.Message
	}
	return req.Under(photo)
}

// readAgain notes in its album that a photo is read again, and gives the task that
// shows it; nil when there is nothing to be shown.
func (s *Scanner) readAgain(ctx context.Context, st standing, photo storage.Task) (due *storage.Task, err error) {
	return s.changePicture(ctx, st, photo, func(p *screen.AlbumPicture) bool {
		if p.State != screen.PictureAsked && !(p.Open() && st.offered) {
			return false
		}
		*p = screen.AlbumPicture{Message: p.Message, State: screen.PictureAgain}
		return true
	})
}

// mendedInAlbum notes in its album whether a photo whose answer was mended needs a
// second look still.
func (s *Scanner) mendedInAlbum(ctx context.Context, photo storage.Task, sound bool) (due *storage.Task, err error) {
	st, err := s.standing(ctx, photo)
	if err != nil {
		return nil, err
	}
	return s.changePicture(ctx, st, photo, func(p *screen.AlbumPicture) bool {
		before := p.State
		if before == screen.PictureRead || before == screen.PictureLook {
			p.State = screen.PictureLook
			if sound {
				p.State = screen.PictureRead
			}
		}
		return p.State != before
	})
}

// changePicture changes what is kept of a picture in its album, if it stands in one.
func (s *Scanner) changePicture(ctx context.Context, st standing, photo storage.Task, change func(*screen.AlbumPicture) bool) (due *storage.Task, err error) {
	if st.group == "" {
		return nil, nil
	}
	now := cut(s.Now())
	err = s.changeAlbums(ctx, photo.Person, func(all *albums) bool {
		due = nil
		a := all.find(st.group)
		if a == nil {
			return false
		}
		i := a.place(photo.Message)
		if i < 0 {
			return false
		}
		p := a.Pictures[i]
		changed := change(&p) && a.put(p, now)
		due = a.task(photo, now, changed)
		return changed
	})
	return due, err
}
