package scan

import (
	"context"
	"slices"

	"mrzbot/bot/outcome"
	"mrzbot/bot/screen"
)

// sealedCaption is the picture's caption as it is kept; nil when it has none.
func (j *photoJob) sealedCaption() []byte {
	if j.caption == "" {
		return nil
	}
	return j.Seal.Seal(albumsKey(j.t.Person)+":"+j.group, sealCaption, []byte(j.caption))
}

// label is what the sender has written under the picture, or under its album.
func (j *photoJob) label(ctx context.Context) string {
	if j.caption != "" || j.group == "" {
		return j.caption
	}
	all, err := j.albums(ctx, j.t.Person)
	a := all.find(j.group)
	if err != nil || a == nil || a.Caption == nil {
		return "" // the answer goes out without it rather than late
	}
	plain, err := j.Seal.Open(albumsKey(j.t.Person)+":"+j.group, sealCaption, a.Caption)
	if err != nil {
		return "" // of an earlier token
	}
	return string(plain)
}

// inAlbum reports whether the picture is noted in an album that still waits for it.
func (j *photoJob) inAlbum(ctx context.Context) bool {
	if j.group == "" {
		return false
	}
	all, err := j.albums(ctx, j.t.Person)
	a := all.find(j.group)
	return err == nil && a != nil && slices.ContainsFunc(a.Pictures, func(p screen.AlbumPicture) bool { return p.Message == j.t.Message })
}

// toldInAlbum reports whether an answer is told in the album's message, and not in
// a reply of its own: it shows nothing of a card, and asks nothing. What was stopped here
// asks in that message: ten fronts are one hint. Who has pressed a button waits for a
// reply, whatever it says.
func (j *photoJob) toldInAlbum(a screen.Answer) bool {
	return j.group != "" && !j.again() && len(a.Lines) == 0 && !asksInAlbum(a.Code)
}

// asksInAlbum reports whether a picture of an album asks under a reply of its own.
func asksInAlbum(code outcome.Code) bool {
	row := outcome.Of(code)
	return row.Asks && !row.Stops
}

// become notes what became of a picture of an album with that answer.
func (j *photoJob) become(a screen.Answer) {
	if j.group == "" {
		return
	}
	j.became = screen.AlbumPicture{State: screen.PictureLook, Alike: a.Alike}
	switch {
	case asksInAlbum(a.Code):
		j.became.State = screen.PictureAsked
	case len(a.Lines) == 0:
		j.became = screen.AlbumPicture{State: screen.PictureRefused, Code: a.Code, Detail: a.Detail}
		if a.Detail == outcome.DetailUnanswered {
			j.became.Detail = outcome.DetailNone // how many they are is told by a reply
		}
		if outcome.Of(a.Code).Stops && j.toldInAlbum(a) {
			j.became.Offer = j.t.ID
		}
	case j.screen(a).Sound():
		j.became.State = screen.PictureRead
	}
}
