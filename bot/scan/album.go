package scan

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"mrzbot/bot/outcome"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// Pictures that were sent together are an album: one message shows how far each of
// them is, and says in the end which to photograph again. Each picture notes what
// becomes of it in a setting of its person, and a task, of which there is at most one
// for an album at a time, brings the message up to date. What is not said in a reply
// to the picture is said there, so that note and task are made before the picture's
// own task ends.

const (
	// albumFor is how long a complete album is kept: a picture that comes late changes
	// its message, and does not begin another.
	albumFor = time.Hour

	// albumAtMost is longer than a picture waits: what is older was left behind.
	albumAtMost = 26 * time.Hour

	// mostAlbums of a person are kept at once. The pictures of any more are answered
	// like single ones.
	mostAlbums = 200
)

// albums is what is kept of a person's albums. It holds nothing of a card.
type albums struct {
	Shown time.Time `json:"shown,omitzero"` // when a message of one was last sent or changed
	List  []album   `json:"list,omitempty"`
}

// album is what is kept of one.
type album struct {
	Group    string                `json:"group"` // Telegram's name of it
	Pictures []screen.AlbumPicture `json:"pictures"`
	Changes  int                   `json:"changes"` // how often something has changed
	First    time.Time             `json:"first"`   // when its first picture came
	Last     time.Time             `json:"last"`    // and its last so far
	Changed  time.Time             `json:"changed"`
	Lang     string                `json:"lang"`
	Thread   int                   `json:"thread,omitempty"`
	Caption  []byte                `json:"caption,omitempty"` // that of its first picture, sealed
	Count    storage.Count         `json:"count,omitzero"`    // of the day of the last that was counted
	Limit    int                   `json:"limit,omitempty"`

	Due      bool      `json:"due,omitempty"` // something is not shown yet
	Task     int       `json:"task"`          // number of the task that shows it: it begins with a time, so that none is taken twice
	Complete bool      `json:"complete,omitempty"`
	Shown    time.Time `json:"shown,omitzero"`
	Message  int       `json:"message,omitempty"` // 0: there is none
	Sent     time.Time `json:"sent,omitzero"`     // when that was sent
	// Gone: the message cannot be changed, or its id was lost on the way.
	Gone bool `json:"gone,omitempty"`
}

// sealCaption is the purpose that an album's caption is sealed for.
const sealCaption = "caption"

func albumsKey(person int64) string { return "albums:" + text.ID(person) }

// readAlbums reads what is kept. What cannot be read is of another version of the
// program: it must not hold up a photo.
func readAlbums(raw []byte) (all albums) {
	if json.Unmarshal(raw, &all) != nil {
		return albums{}
	}
	return all
}

func (s *Scanner) albums(ctx context.Context, person int64) (all albums, err error) {
	raw, err := s.Store.Setting(ctx, albumsKey(person))
	return readAlbums(raw), err
}

// cut rounds a time up to one that the store keeps as it is: else a task would come
// before what it waits for.
func cut(t time.Time) time.Time { return t.Add(time.Millisecond - 1).Truncate(time.Millisecond) }

// find gives an album; nil when it is not kept.
func (all *albums) find(group string) *album {
	for i := range all.List {
		if all.List[i].Group == group {
			return &all.List[i]
		}
	}
	return nil
}

// drop takes out what is over, or was left behind.
func (all *albums) drop(now time.Time) {
	all.List = slices.DeleteFunc(all.List, func(a album) bool {
		age := now.Sub(a.Changed).Abs()
		return age > albumAtMost || age > albumFor && a.Complete && !a.Due
	})
}

// errSame: there is nothing to be written.
var errSame = errors.New("scan: nothing is changed")

// changeAlbums alters what is kept of a person's albums, unless change reports that
// nothing is changed. change may be called more than once.
func (s *Scanner) changeAlbums(ctx context.Context, person int64, change func(*albums) bool) error {
	_, err := s.Store.ChangeSetting(ctx, albumsKey(person), func(raw []byte) ([]byte, error) {
		all := readAlbums(raw)
		if !change(&all) {
			return nil, errSame
		}
		all.drop(s.Now())
		if len(all.List) == 0 {
			return nil, nil
		}
		return json.Marshal(all)
	})
	if errors.Is(err, errSame) {
		return nil
	}
	return err
}

// plausibleGroup reports whether a name can be that of an album. It is kept in the
// clear, so nothing else may pass for one.
func plausibleGroup(name string) bool {
	return name != "" && len(name) <= 64 && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// joinAlbum notes that a picture of an album is in work. A picture that was noted
// before, as when it has waited, stays as it is.
func (j *photoJob) joinAlbum(ctx context.Context) error {
	if j.group == "" {
		return nil
	}
	due, err := j.note(ctx, screen.AlbumPicture{State: screen.PictureReading})
	if err == nil && due != nil {
		_, err = j.Store.AddTask(ctx, *due)
	}
	return err
}

// putOffInAlbum notes that a picture of an album waits.
func (j *photoJob) putOffInAlbum(ctx context.Context) {
	if j.group == "" || j.waited() {
		return
	}
	due, err := j.note(ctx, screen.AlbumPicture{State: screen.PictureWaiting})
	if err == nil && due != nil {
		_, err = j.Store.AddTask(ctx, *due)
	}
	if err != nil { // it is shown as being read
		j.Log.Warn("waiting not noted in the album", "user_id", j.t.Person, "error", err)
	}
}

// leaveAlbum notes what became of a picture, and gives the task that shows it, for
// the end of the picture's own. It tries until the store takes it; ok is false when
// the program has to stop before.
func (j *photoJob) leaveAlbum(ctx context.Context) (then []storage.Task, ok bool) {
	if j.group == "" {
		return nil, true
	}
	p := j.became
	if p.State == "" {
		p = screen.AlbumPicture{State: screen.PictureRefused, Code: outcome.Code(j.t.Attempt.Outcome)}
	}
	for try := 0; ; try++ {
		due, err := j.note(ctx, p)
		if err == nil && due != nil {
			return []storage.Task{*due}, true
		}
		if err == nil {
			return nil, true
		}
		j.Log.Error("album not changed, trying again", "user_id", j.t.Person, "error", err)
		select {
		case <-ctx.Done():
			return nil, false
		case <-time.After(j.Pauses.Next(try, 0)):
		}
	}
}

// note notes how far the picture is, and gives the task that is due to show it, if
// there may be none yet. A picture that is read again begins no album.
func (j *photoJob) note(ctx context.Context, p screen.AlbumPicture) (due *storage.Task, err error) {
	now := cut(j.Now())
	p.Message = j.t.Message
	full, gone := false, false
	err = j.changeAlbums(ctx, j.t.Person, func(all *albums) bool {
		due, full, gone = nil, false, false
		a := all.find(j.group)
		if a == nil && j.again() {
			gone = true
			return false
		}
		if a == nil {
			all.drop(now)
			if full = len(all.List) >= mostAlbums && !p.Ended(); full {
				return false
			}
			all.List = append(all.List, album{Group: j.group, Task: int(now.UnixMilli()), First: now, Lang: j.localizer.Lang, Thread: j.thread})
			a = &all.List[len(all.List)-1]
		}
		changed := a.put(p, now)
		if changed && a.Pictures[0].Message == p.Message && !p.Ended() {
			a.Caption = j.sealedCaption()
		}
		if p.Ended() {
			a.Count.Settled, a.Limit = max(a.Count.Settled, j.t.Attempt.Number), j.People.Limit(j.person)
		}
		due = a.task(j.t, now, changed)
		return changed
	})
	if full || gone {
		j.group = ""
	}
	return due, err
}

// put notes how far a picture is, and reports whether that is new.
func (a *album) put(p screen.AlbumPicture, now time.Time) bool {
	i := a.place(p.Message)
	if i >= 0 {
		p.Offer = cmp.Or(p.Offer, a.Pictures[i].Offer)
	}
	switch {
	case i >= 0 && (a.Pictures[i] == p || p.State == screen.PictureReading || a.Pictures[i].Ended() && !p.Ended()):
		return false
	case i >= 0:
		a.Pictures[i] = p
	default:
		a.Pictures = append(a.Pictures, p)
		slices.SortFunc(a.Pictures, func(a, b screen.AlbumPicture) int { return cmp.Compare(a.Message, b.Message) })
		a.Last = now
	}
	a.Changed = now
	a.Changes++
	return true
}

// place gives where in the album a message is; -1: nowhere.
func (a *album) place(message int) int {
	return slices.IndexFunc(a.Pictures, func(p screen.AlbumPicture) bool { return p.Message == message })
}

// task makes the task that shows an album, one of whose pictures is worked by the task
// t; nil when there is nothing to show. The store takes each number once.
func (a *album) task(t storage.Task, now time.Time, changed bool) *storage.Task {
	if changed && !a.Due {
		a.Due, a.Complete = true, false
		a.Task++
	}
	if !a.Due {
		return nil
	}
	return &storage.Task{
		ID: "album:" + text.ID(t.Person) + ":" + a.Group + ":" + strconv.Itoa(a.Task), Kind: storage.KindAlbum,
		Person: t.Person, Chat: t.Chat, Message: a.Pictures[0].Message, Added: now, NotBefore: a.earliest(),
	}
}
