package bot

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/queue"
	"mrzbot/storage"
)

// work has a process work for as long as the tests lets it.
func (c *tableau) work(b *Bot) (stop func()) {
	q := queue.Queue{
		Tasks: c.store, Handle: b.Handle, Owner: "us", Grace: time.Minute, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Pools: []queue.Pool{{Kinds: []storage.Kind{storage.KindPhoto, storage.KindUpdate, storage.KindAlbum}, Workers: 4}},
	}
	ctx, cancel := context.WithCancel(c.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx) }()
	return func() {
		cancel()
		require.NoError(c.t, <-ended)
	}
}

// pass lets time pass in the test's bubble, and what is due be done.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// stoppedAlbum is an album whose pictures were all stopped here; its message is 1.
func stoppedAlbum(t *testing.T, pictures int, service func() (reader.Reading, error)) (c *tableau, calls *int) {
	time.Sleep(time.Until(noon)) // the bubble begins in 2000, when nobody on a card was born
	calls = new(int)
	c = setTableAt(t, func() (reader.Reading, error) {
		*calls++
		return service()
	}, time.Now)
	c.scan.Looker = lookFunc(func() (reader.Look, error) {
		return reader.Look{Hint: outcome.DetailTooDark}, &outcome.Failure{Code: outcome.TooDark}
	})
	for i := range pictures {
		name, message := fmt.Sprint("update:", i+1), i+7
		_, err := c.store.AddTask(t.Context(), storage.Task{
			ID: name, Kind: storage.KindPhoto, Person: 1, Chat: 1, Message: message, FileID: "f", Added: time.Now(),
			Payload: c.Seal.Seal(name, chat.SealUpdate, []byte(`{"message":{"media_group_id":"g","photo":[{"file_id":"f"}]}}`)),
		})
		require.NoError(t, err)
	}
	defer c.work(c.Bot)()
	pass(5 * time.Second)
	require.Len(t, c.said, 1)
	require.Zero(t, *calls)
	return c, calls
}

// adds stores the task of a press.
func (c *tableau) adds(t storage.Task) {
	_, err := c.store.AddTask(c.t.Context(), t)
	require.NoError(c.t, err)
}

func labels(m chat.Message) (all []string) {
	if m.Markup == nil {
		return nil
	}
	for _, row := range m.Markup.(*models.InlineKeyboardMarkup).InlineKeyboard {
		for _, b := range row {
			all = append(all, b.Text)
		}
	}
	return all
}

// TestSentAnywayFromAlbum: one press is one call, when the program dies after what the
// press has written, when another process goes on, and when it is pressed twice. The
// button keeps its place, so that a second tap meets the same picture.
func TestSentAnywayFromAlbum(t *testing.T) { synctest.Test(t, sentAnywayFromAlbum) }

func sentAnywayFromAlbum(t *testing.T) {
	c, calls := stoppedAlbum(t, 3, onceRead)
	require.Equal(t, []string{"again:update:1", "again:update:2", "again:update:3"}, data(c.said[0]))
	require.Equal(t, []string{"Send photo 1 anyway", "Send photo 2 anyway", "Send photo 3 anyway"}, labels(c.said[0]))

	press := c.pressing("update:11", 1, 1, "again:update:2", time.Now())
	c.Handle(t.Context(), press) // and dies before it can say that this is done
	require.Zero(t, *calls)
	other := c.process(c.Config)
	other.scan.Looker = c.scan.Looker
	defer c.work(other)()
	c.adds(press)
	pass(5 * time.Second)
	c.adds(c.pressing("update:12", 1, 1, "again:update:2", time.Now()))
	pass(5 * time.Second)
	require.Equal(t, 1, *calls)
	require.Equal(t, []string{"Sending it to the service. It will count.", "Sending it to the service. It will count.", "This photo has been sent already."}, c.heard)
	require.Len(t, c.said, 2)
	require.Equal(t, 8, c.said[1].ReplyTo, "the answer is a reply to the picture")
	require.Contains(t, c.said[1].Text, "№ ID1234567 PIN 20101199012345")
	shown := c.edits[len(c.edits)-1]
	require.Equal(t, "1 of 3 photos read · 1 of 5 today\n❌ 1, 3: too dark. Find more light.\nNames: compare with the cards.", strings.TrimSpace(shown.Text))
	require.Equal(t, []string{"Send photo 1 anyway", "✅ Photo 2", "Send photo 3 anyway"}, labels(shown))

	for i, photo := range []string{"update:1", "update:3"} {
		c.adds(c.pressing(fmt.Sprint("update:", 20+i), 1, 1, "again:"+photo, time.Now()))
	}
	pass(5 * time.Second)
	require.Equal(t, 3, *calls)
	shown = c.edits[len(c.edits)-1]
	require.Equal(t, "3 of 3 photos read · 3 of 5 today\nNames: compare with the cards.", strings.TrimSpace(shown.Text))
	require.Empty(t, labels(shown))
}

// TestAnywayInAlbumIsTold: who has pressed gets a reply whatever it says, and the album's
// message says it, too.
func TestAnywayInAlbumIsTold(t *testing.T) {
	for code, want := range map[outcome.Code]string{
		outcome.Unreadable: "0 of 2 photos read · 1 of 5 today\n❌ 1, 2: too dark. Find more light.",
		outcome.Unknown:    "0 of 2 photos read · 1 of 5 today\n❓ 1: press the button under the answer.\n❌ 2: too dark. Find more light.",
		outcome.NoAccess:   "",
	} {
		t.Run(string(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, calls := stoppedAlbum(t, 2, func() (reader.Reading, error) { return reader.Reading{}, &outcome.Failure{Code: code} })
				defer c.work(c.Bot)()
				c.adds(c.pressing("update:11", 1, 1, "again:update:1", time.Now()))
				pass(5 * time.Second)
				require.Equal(t, 1, *calls)
				require.Len(t, c.said, 2)
				require.Equal(t, 7, c.said[1].ReplyTo)
				shown := c.edits[len(c.edits)-1]
				if want != "" {
					require.Equal(t, want, strings.TrimSpace(shown.Text))
				}
				require.Len(t, labels(shown), 2, "the other may be sent still")
			})
		})
	}
}

// TestAnywayInAlbumSaysThatItReads: before it is read, without a word about its count.
func TestAnywayInAlbumSaysThatItReads(t *testing.T) { synctest.Test(t, anywayInAlbumReads) }

func anywayInAlbumReads(t *testing.T) {
	answer := make(chan struct{})
	c, _ := stoppedAlbum(t, 2, func() (reader.Reading, error) {
		<-answer
		return onceRead()
	})
	defer c.work(c.Bot)()
	c.adds(c.pressing("update:11", 1, 1, "again:update:2", time.Now()))
	pass(3 * time.Second)
	shown := c.edits[len(c.edits)-1]
	require.Equal(t, "0 of 2 photos read\n🔎 2: reading.\n❌ 1: too dark. Find more light.", strings.TrimSpace(shown.Text))
	require.Equal(t, []string{"Send photo 1 anyway", "🔎 Photo 2"}, labels(shown))
	c.adds(c.pressing("update:12", 1, 1, "again:update:1", time.Now()))
	pass(3 * time.Second)
	require.Equal(t, []string{"🔎 Photo 1", "🔎 Photo 2"}, labels(c.edits[len(c.edits)-1]), "what stands below does not move up yet")
	close(answer)
	pass(3 * time.Second)
	require.Contains(t, c.edits[len(c.edits)-1].Text, "2 of 2 photos read")
	require.Empty(t, labels(c.edits[len(c.edits)-1]))
}

// TestManyStoppedAreOneHint: more than four have no buttons.
func TestManyStoppedAreOneHint(t *testing.T) { synctest.Test(t, manyStopped) }

func manyStopped(t *testing.T) {
	c, _ := stoppedAlbum(t, 5, onceRead)
	require.Empty(t, data(c.said[0]))
	require.Equal(t, "0 of 5 photos read · not counted\n❌ 1–5: too dark. Find more light.\nIf I am wrong about one, send it alone: its answer has a button.", strings.TrimSpace(c.said[0].Text))
}

// TestSentAnywayFromAlbumByOthers: a button proves nothing.
func TestSentAnywayFromAlbumByOthers(t *testing.T) {
	for name, press := range map[string]struct {
		person  int64
		message int
		about   string
		after   time.Duration
	}{
		"somebody else":   {2, 1, "update:1", 0},
		"another message": {1, 9, "update:1", 0},
		"no such photo":   {1, 1, "update:7", 0},
		"too late":        {1, 1, "update:1", 11 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, calls := stoppedAlbum(t, 2, onceRead)
				_, err := c.store.ChangePerson(t.Context(), 2, func(p *storage.Person) error { p.Role = storage.RoleAgent; return nil })
				require.NoError(t, err)
				defer c.work(c.Bot)()
				pass(press.after)
				c.adds(c.pressing("update:11", press.person, press.message, "again:"+press.about, time.Now()))
				pass(5 * time.Second)
				require.Equal(t, []string{"This button is out of date. Please send the photo again."}, c.heard)
				require.Zero(t, *calls)
				require.Empty(t, c.edits)
			})
		})
	}
}

// TestAlbumOffersAsLongAsAnAnswer: a picture that was stopped at once can be sent for
// ten minutes after the last of the others was read, which may have waited.
func TestAlbumOffersAsLongAsAnAnswer(t *testing.T) { synctest.Test(t, offersAsLong) }

func offersAsLong(t *testing.T) {
	c, calls := stoppedAlbum(t, 1, onceRead)
	defer c.work(c.Bot)()
	pass(c.RetryFor + 9*time.Minute + 50*time.Second)
	c.adds(c.pressing("update:11", 1, 1, "again:update:1", time.Now()))
	pass(5 * time.Second)
	require.Equal(t, 1, *calls)
}
