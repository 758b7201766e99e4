package scan

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/outcome"
	"mrzbot/bot/people"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

// wall is a chat that keeps what it shows, and when it was changed.
type wall struct {
	chat.API
	now     func() time.Time
	shown   map[int]string
	changes []time.Time
	fail    error // of the next call
	lose    bool  // the answer to the next call is lost
}

type deletedByHand struct{ error }

func (deletedByHand) Refused() (string, bool) { return "target", true }

// pause is what Telegram says to who writes too often.
type pause struct{ error }

func (pause) RetryAfter() (time.Duration, bool) { return 7 * time.Second, true }

func (w *wall) Send(_ context.Context, m chat.Message) (chat.Sent, error) {
	if err := w.fail; err != nil {
		w.fail = nil
		return chat.Sent{}, err
	}
	id := 1000 + len(w.changes)
	w.shown[id] = m.Text
	w.changes = append(w.changes, w.now())
	if w.lose {
		w.lose = false
		return chat.Sent{}, nil
	}
	return chat.Sent{ID: id, At: w.now()}, nil
}

func (w *wall) Edit(_ context.Context, _ int64, message int, m chat.Message) error {
	if err := w.fail; err != nil {
		w.fail = nil
		return err
	}
	if _, ok := w.shown[message]; !ok {
		return deletedByHand{errors.New("gone")}
	}
	w.shown[message] = m.Text
	w.changes = append(w.changes, w.now())
	return nil
}

func (w *wall) Delete(_ context.Context, _ int64, messages []int) error {
	for _, m := range messages {
		delete(w.shown, m)
	}
	return nil
}

// texts are the messages that hang on the wall.
func (w *wall) texts() (all []string) {
	for _, text := range w.shown {
		all = append(all, text)
	}
	return all
}

// unsealed leaves everything open.
type unsealed struct{}

func (unsealed) Seal(_, _ string, plain []byte) []byte           { return plain }
func (unsealed) Open(_, _ string, sealed []byte) ([]byte, error) { return sealed, nil }

// albumist is a person's albums, with a clock of its own.
type albumist struct {
	*Scanner
	t     *testing.T
	wall  *wall
	store *bolt.Store
}

// inAlbums runs a test in a bubble of its own time, in which albums are shown.
func inAlbums(t *testing.T, name string, test func(t *testing.T, a *albumist)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			a := newAlbumist(t)
			defer a.work()()
			test(t, a)
		})
	})
}

// work has albums shown, until the returned function is called.
func (a *albumist) work() (stop func()) {
	q := queue.Queue{
		Tasks: a.store, Handle: a.ShowAlbum, Owner: "us", Grace: time.Minute, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Pools: []queue.Pool{{Kinds: []storage.Kind{storage.KindAlbum}, Workers: 4}},
	}
	ctx, cancel := context.WithCancel(a.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx) }()
	return func() {
		cancel()
		require.NoError(a.t, <-ended)
	}
}

func newAlbumist(t *testing.T) *albumist {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	catalog, err := text.New()
	require.NoError(t, err)
	a := &albumist{t: t, store: store}
	now, log := time.Now, slog.New(slog.DiscardHandler)
	a.wall = &wall{now: now, shown: map[int]string{}}
	sender := &chat.Sender{API: a.wall, Log: log}
	list := &people.List{Store: store, Log: log, DailyAttempts: 50}
	a.Scanner = &Scanner{
		Store: store, Seal: unsealed{}, Chat: sender, Catalog: catalog, People: list, Log: log, Now: now, Reader: paid{},
		Outbox: &outbox.Outbox{Chat: sender, Catalog: catalog, People: list, Store: store, Seal: unsealed{}, Log: log, Now: now, TimeZone: time.UTC},
		Pauses: outage.NewPauses(rand.New(rand.NewPCG(1, 1))), TimeZone: time.UTC,
	}
	return a
}

// picture is a picture of an album in work.
func (a *albumist) picture(group string, message int) *photoJob {
	return &photoJob{
		Scanner: a.Scanner, group: group, localizer: a.Catalog.Localizer("en"),
		t: storage.Task{ID: fmt.Sprint("update:", message), Person: 7, Chat: 7, Message: message},
	}
}

func (a *albumist) join(group string, messages ...int) {
	for _, m := range messages {
		require.NoError(a.t, a.picture(group, m).joinAlbum(a.t.Context()))
	}
}

// end ends a picture, as the end of its task does.
func (a *albumist) end(group string, message int, code outcome.Code, detail outcome.Detail) {
	j := a.picture(group, message)
	answer := screen.Answer{Code: code, Detail: detail}
	if code == outcome.OK {
		answer.Lines = []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
	}
	j.become(answer)
	then, ok := j.leaveAlbum(a.t.Context())
	require.True(a.t, ok)
	for _, t := range then {
		_, err := a.store.AddTask(a.t.Context(), t)
		require.NoError(a.t, err)
	}
}

// pass lets time pass, and what is due be shown.
func (a *albumist) pass(d time.Duration) {
	time.Sleep(d) // the bubble's time
	synctest.Wait()
}

func (a *albumist) waiting() int {
	work, err := a.store.Backlog(a.t.Context(), time.Now())
	require.NoError(a.t, err)
	return work.Waiting[storage.KindAlbum] + work.Leased[storage.KindAlbum]
}

// TestAlbumPace: however many albums of a chat change at once, their messages change
// once a second, and in the end each says what became of it.
func TestAlbumPace(t *testing.T) { inAlbums(t, "", albumPaceKept) }

func albumPaceKept(t *testing.T, a *albumist) {
	const albums, pictures = 12, 5
	for g := range albums {
		for p := range pictures {
			a.join(fmt.Sprint("g", g), 10*g+p+1)
		}
	}
	for p := range pictures {
		a.pass(1700 * time.Millisecond)
		for g := range albums {
			a.end(fmt.Sprint("g", g), 10*g+p+1, outcome.OK, outcome.DetailNone)
		}
	}
	a.pass(20 * time.Second)
	require.Zero(t, a.waiting())
	require.Len(t, a.wall.shown, albums)
	for _, text := range a.wall.texts() {
		require.Contains(t, text, "5 of 5 photos read")
	}
	for i := range len(a.wall.changes) - 1 {
		require.GreaterOrEqual(t, a.wall.changes[i+1].Sub(a.wall.changes[i]), albumPace)
	}
}

// TestAlbumRefused: whatever Telegram says to a change of the message, what it has to
// say is said in the end, once.
func TestAlbumRefused(t *testing.T) {
	for name, spoil := range map[string]func(w *wall){
		"nothing":            func(*wall) {},
		"deleted by hand":    func(w *wall) { clear(w.shown) },
		"a pause":            func(w *wall) { w.fail = pause{errors.New("too many")} },
		"a broken network":   func(w *wall) { w.fail = errors.New("no answer") },
		"refused as it is":   func(w *wall) { w.fail = deletedByHand{errors.New("no")}; clear(w.shown) },
		"the answer is lost": func(w *wall) { clear(w.shown); w.lose = true },
	} {
		inAlbums(t, name, func(t *testing.T, a *albumist) {
			a.join("1", 1, 2, 3)
			a.pass(2 * time.Second)
			require.Contains(t, a.wall.texts()[0], "0 of 3 photos done")
			spoil(a.wall)
			a.end("1", 1, outcome.OK, outcome.DetailNone)
			a.pass(2 * time.Second)
			a.end("1", 2, outcome.TooDark, outcome.DetailNone)
			a.end("1", 3, outcome.TooDark, outcome.DetailNone)
			a.pass(3 * time.Minute)
			require.Zero(t, a.waiting(), name)
			require.Len(t, a.wall.shown, 1, name)
			require.Regexp(t, `^1 of 3 photos read · not counted\n(⚠️.*\n)?❌ 2, 3: too dark.`, a.wall.texts()[0], name)
		})
	}
}

// TestAlbumLatePicture: a picture that comes when its album was complete changes the
// same message; and a whole hour later one begins another.
func TestAlbumLatePicture(t *testing.T) { inAlbums(t, "", albumLatePicture) }

func albumLatePicture(t *testing.T, a *albumist) {
	a.join("1", 2)
	a.end("1", 2, outcome.NoMRZ, outcome.DetailFront)
	a.pass(5 * time.Second)
	require.Regexp(t, `^0 of 1 photos read · not counted\n(⚠️.*\n)?❌ 1: front side.`, a.wall.texts()[0])
	a.join("1", 1)
	a.end("1", 1, outcome.OK, outcome.DetailNone)
	a.pass(5 * time.Second)
	require.Len(t, a.wall.shown, 1)
	require.Regexp(t, `^1 of 2 photos read · not counted\n(⚠️.*\n)?❌ 2: front side.`, a.wall.texts()[0])
	a.pass(albumFor + time.Minute)
	a.join("2", 11)
	a.end("2", 11, outcome.OK, outcome.DetailNone)
	a.pass(5 * time.Second)
	all, err := a.albums(t.Context(), 7)
	require.NoError(t, err)
	require.Len(t, all.List, 1, "what is over is not kept")
}

// TestAlbumCrash: the program dies when the message is changed and that is not noted;
// another goes on, and keeps the pace.
func TestAlbumCrash(t *testing.T) { synctest.Test(t, albumCrash) }

func albumCrash(t *testing.T) {
	a := newAlbumist(t)
	a.join("1", 1, 2)
	a.end("1", 1, outcome.OK, outcome.DetailNone)
	a.end("1", 2, outcome.Glare, outcome.DetailNone)
	time.Sleep(albumSettled)
	s := a.Scanner
	dying := &Scanner{Store: dead{a.store}, Chat: s.Chat, Catalog: s.Catalog, Outbox: s.Outbox, Log: s.Log, Now: s.Now, Pauses: s.Pauses}
	ctx, stop := context.WithCancel(t.Context())
	stop() // before it can try again
	kept, err := s.albums(t.Context(), 7)
	require.NoError(t, err)
	dying.ShowAlbum(ctx, storage.Task{ID: fmt.Sprint("album:7:1:", kept.List[0].Task), Person: 7, Chat: 7})
	require.Len(t, a.wall.changes, 1)
	defer a.work()()
	a.pass(6 * time.Second)
	require.Zero(t, a.waiting())
	require.Len(t, a.wall.changes, 2, "nobody can know that it was shown")
	require.GreaterOrEqual(t, a.wall.changes[1].Sub(a.wall.changes[0]), albumPace)
	for _, text := range a.wall.texts() {
		require.Regexp(t, `^1 of 2 photos read · not counted\n(⚠️.*\n)?❌ 2: glare.`, text)
	}
}

// dead is a store of a program that dies when it has taken its turn.
type dead struct{ Store }

func (d dead) ChangeSetting(ctx context.Context, key string, change func(old []byte) ([]byte, error), audit ...*storage.AuditEntry) ([]byte, error) {
	if ctx.Done() == nil { // what is tried until it goes through
		return nil, errors.New("dead")
	}
	return d.Store.ChangeSetting(context.WithoutCancel(ctx), key, change, audit...)
}

// TestForgetAlbums: nothing is left of them, and one that is being shown meanwhile
// is taken away.
func TestForgetAlbums(t *testing.T) { inAlbums(t, "", forgetAlbums) }

func forgetAlbums(t *testing.T, a *albumist) {
	a.join("1", 1, 2)
	a.pass(2 * time.Second)
	require.Len(t, a.wall.shown, 1)
	a.end("1", 1, outcome.OK, outcome.DetailNone)
	require.NoError(t, a.ForgetAlbums(t.Context(), 7))
	a.pass(5 * time.Second)
	require.Empty(t, a.wall.shown)
	require.Zero(t, a.waiting())
	raw, err := a.store.Setting(t.Context(), albumsKey(7))
	require.NoError(t, err)
	require.Nil(t, raw)
}

// counted counts what is written.
type counted struct {
	Store
	settings, tasks int
}

func (c *counted) ChangeSetting(ctx context.Context, key string, change func(old []byte) ([]byte, error), audit ...*storage.AuditEntry) ([]byte, error) {
	wrote := false
	value, err := c.Store.ChangeSetting(ctx, key, func(old []byte) ([]byte, error) {
		value, err := change(old)
		wrote = err == nil
		return value, err
	}, audit...)
	if wrote {
		c.settings++
	}
	return value, err
}

func (c *counted) AddTask(ctx context.Context, t storage.Task) (bool, error) {
	c.tasks++
	return c.Store.AddTask(ctx, t)
}

// TestAlbumWrites: a single photo writes nothing for all this and asks for nothing; a
// picture of an album changes one setting when it comes and one when it ends, and
// its album's first one adds a task.
func TestAlbumWrites(t *testing.T) {
	lone := &photoJob{Scanner: &Scanner{}} // there is no store
	require.NoError(t, lone.joinAlbum(t.Context()))
	lone.putOffInAlbum(t.Context())
	require.Empty(t, lone.label(t.Context()))
	lone.become(screen.Answer{Code: outcome.OK})
	then, ok := lone.leaveAlbum(t.Context())
	require.True(t, ok)
	require.Empty(t, then)

	a := newAlbumist(t)
	c := &counted{Store: a.store}
	a.Scanner.Store = c
	a.join("1", 1, 2, 3, 4, 5)
	require.Equal(t, 5, c.settings)
	require.LessOrEqual(t, c.tasks, 5) // of one name: the store takes the first
	require.Equal(t, 1, a.waiting())
	a.join("1", 1, 2, 3, 4, 5)
	require.Equal(t, 5, c.settings)
	for m := 1; m <= 5; m++ {
		a.end("1", m, outcome.OK, outcome.DetailNone)
	}
	require.Equal(t, 10, c.settings)
}

// TestAlbumCaption: the caption of an album's first picture is that of all without
// one of their own, whichever is worked first; and it is kept no longer than needed.
func TestAlbumCaption(t *testing.T) { inAlbums(t, "", albumCaption) }

func albumCaption(t *testing.T, a *albumist) {
	captions := map[int]string{1: "flat 12", 3: "the uncle"}
	for _, m := range []int{3, 2, 1} {
		j := a.picture("1", m)
		j.caption = captions[m]
		require.NoError(t, j.joinAlbum(t.Context()))
	}
	for m, want := range map[int]string{1: "flat 12", 2: "flat 12", 3: "the uncle"} {
		j := a.picture("1", m)
		j.caption = captions[m]
		require.Equal(t, want, j.label(t.Context()))
		a.end("1", m, outcome.OK, outcome.DetailNone)
	}
	a.pass(5 * time.Second)
	raw, err := a.store.Setting(t.Context(), albumsKey(7))
	require.NoError(t, err)
	require.NotContains(t, string(raw), "caption")
}

// TestAlbumsOfAnotherVersion: what cannot be read holds up no photo.
func TestAlbumsOfAnotherVersion(t *testing.T) {
	a := newAlbumist(t)
	require.NoError(t, a.store.PutSetting(t.Context(), albumsKey(7), []byte("[1]")))
	a.join("1", 1)
	all, err := a.albums(t.Context(), 7)
	require.NoError(t, err)
	require.Len(t, all.List, 1)
}

// TestShownInAlbum: a correction finds the lines of an answer in an album.
func TestShownInAlbum(t *testing.T) {
	catalog, err := text.New()
	require.NoError(t, err)
	lines := []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
	m := screen.Photo{Answer: screen.Answer{Code: outcome.OK, Lines: lines, Album: "1", Caption: "flat 12"}, Localizer: catalog.Localizer("en"), Now: noon}.Message()
	require.Equal(t, lines, shownLines(&models.Message{From: &models.User{IsBot: true}, Text: m.Text, Entities: m.Entities}))
	require.True(t, strings.HasPrefix(m.Text, "flat 12\n№ ID1234567 PIN 20101199012345\n"))
}
