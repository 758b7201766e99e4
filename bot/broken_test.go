package bot

import (
	"context"
	cryptorand "crypto/rand"
	"io"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/internal/seal"
	"mrzbot/queue"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

// tableau is a bot with a real store, an invented chat and an invented
// reader.
type tableau struct {
	*Bot
	t     *testing.T
	store storage.Store
	said  []chat.Message
	edits []chat.Message
	heard []string // answers to presses
	saved []outcome.Saving
	flow  io.ReadCloser // what Open gives
	// meanwhile happens once, while a message is sent or a file is fetched.
	meanwhile func()
	mu        sync.Mutex // held while one of the above is changed
}

// note changes what is kept of the calls.
func (c *tableau) note(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
}

func (c *tableau) happens() {
	if f := c.meanwhile; f != nil {
		c.meanwhile = nil
		f()
	}
}

func (c *tableau) Send(_ context.Context, m chat.Message) (chat.Sent, error) {
	c.happens()
	sent := chat.Sent{At: noon}
	c.note(func() {
		c.said = append(c.said, m)
		sent.ID = len(c.said)
	})
	return sent, nil
}
func (c *tableau) Edit(_ context.Context, _ int64, _ int, m chat.Message) error {
	c.note(func() { c.edits = append(c.edits, m) })
	return nil
}
func (c *tableau) AnswerCallback(_ context.Context, _, text string, _ bool) error {
	c.note(func() { c.heard = append(c.heard, text) })
	return nil
}
func (*tableau) Delete(context.Context, int64, []int) error             { return nil }
func (*tableau) Typing(context.Context, int64, int) error               { return nil }
func (*tableau) React(context.Context, int64, int, string) error        { return nil }
func (*tableau) SetMenu(context.Context, chat.Menu) error               { return nil }
func (*tableau) Describe(context.Context, string, string, string) error { return nil }
func (*tableau) Outcome(string, string, time.Duration)                  {}
func (c *tableau) Saved(by outcome.Saving)                              { c.note(func() { c.saved = append(c.saved, by) }) }

func (c *tableau) Download(context.Context, string) ([]byte, error) {
	c.happens()
	return []byte("\xff\xd8\xff\xe0"), nil
}

func (c *tableau) Open(context.Context, string) (io.ReadCloser, int64, error) {
	c.happens()
	return c.flow, 1 << 20, nil
}

// readerFunc reads for money.
type readerFunc func() (reader.Reading, error)

func (readerFunc) Paid() bool                                                     { return true }
func (f readerFunc) Read(context.Context, reader.Picture) (reader.Reading, error) { return f() }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func setTable(t *testing.T, read readerFunc) *tableau {
	return setTableAt(t, read, func() time.Time { return noon })
}

// setTableAt has a clock of the test's.
func setTableAt(t *testing.T, read readerFunc, now func() time.Time) *tableau {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	box, err := seal.New("123456:token", cryptorand.Reader)
	require.NoError(t, err)
	c := &tableau{t: t, store: store}
	c.Bot = c.process(Config{
		Owner: "test", Chat: c, Files: c, Store: store, Seal: box, Reader: read, Meter: c, Log: slog.New(slog.DiscardHandler),
		Now: now, Random: rand.New(rand.NewPCG(1, 2)),
		Admins: []int64{1}, DailyAttempts: 5, TimeZone: time.UTC, RetryFor: time.Minute,
	})
	return c
}

// process starts the bot, also a second time over the same store.
func (c *tableau) process(cfg Config) *Bot {
	b, err := New(cfg)
	require.NoError(c.t, err)
	return b
}

// claim stores a photo and claims it.
func (c *tableau) claim() storage.Task {
	name := "update:1"
	_, err := c.store.AddTask(c.t.Context(), storage.Task{
		ID: name, Kind: storage.KindPhoto, Person: 1, Chat: 1, Message: 7, FileID: "f", Added: noon,
		Payload: c.Seal.Seal(name, chat.SealUpdate, []byte(`{"message":{"photo":[{"file_id":"f"}]}}`)),
	})
	require.NoError(c.t, err)
	return c.claimAgain()
}

func (c *tableau) claimAgain() storage.Task {
	tasks, err := c.store.Claim(c.t.Context(), storage.Claim{
		Kinds: []storage.Kind{storage.KindPhoto}, Owner: "test", Now: noon, Lease: time.Minute, Max: 1,
	})
	require.NoError(c.t, err)
	require.Len(c.t, tasks, 1)
	return tasks[0]
}

// TestPanicAfterBegin: the reader has panicked, and may have been paid. The
// last word and the ledger say so, although Broken is given the task as it was
// claimed.
func TestPanicAfterBegin(t *testing.T) {
	c := setTable(t, func() (reader.Reading, error) { panic("reader") })
	task := c.claim()
	require.Panics(t, func() { c.Handle(t.Context(), task) })
	c.Broken(t.Context(), task)
	require.Len(t, c.said, 1)
	require.Contains(t, c.said[0].Text, "no answer that I can use")
	totals, err := c.store.Totals(t.Context())
	require.NoError(t, err)
	require.Equal(t, []storage.Total{{Outcome: "unknown", Charge: storage.ChargeUnknown, Counted: true, Number: 1}}, totals)
}

// TestBrokenHeld: an answer that was held is said in plain words when saying
// it well is what breaks.
func TestBrokenHeld(t *testing.T) {
	lines := []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
	c := setTable(t, func() (reader.Reading, error) { return reader.Reading{Lines: lines}, nil })
	task := c.claim()
	require.Equal(t, queue.Retain(storage.Retain{Until: noon.Add(10 * time.Minute), Reply: 1}), c.Handle(t.Context(), task))
	require.Len(t, c.said, 1)
	require.NoError(t, c.store.Postpone(t.Context(), task, storage.Postpone{Now: noon, Until: noon})) // as if the reply had not gone out
	task = c.claimAgain()
	require.True(t, task.Attempt.Held)
	require.Equal(t, queue.Retain(storage.Retain{Until: noon.Add(10 * time.Minute), Reply: 2}), c.Broken(t.Context(), task))
	require.Equal(t, strings.Join(lines, "\n")+"\n1 of 5 today", c.said[1].Text)
	require.Equal(t, 7, c.said[1].ReplyTo)
}

// TestBrokenAfterShutOut: the last word is no way around the list.
func TestBrokenAfterShutOut(t *testing.T) {
	c := setTable(t, func() (reader.Reading, error) { return reader.Reading{Lines: []string{"I<UTO"}}, nil })
	c.role(storage.RoleAgent)
	_, err := c.store.AddTask(t.Context(), storage.Task{
		ID: "update:1", Kind: storage.KindPhoto, Person: asker, Chat: asker, Message: 7, FileID: "f", Added: noon,
		Payload: c.Seal.Seal("update:1", chat.SealUpdate, []byte(`{"message":{"photo":[{"file_id":"f"}]}}`)),
	})
	require.NoError(t, err)
	c.Handle(t.Context(), c.claimAgain())
	require.Len(t, c.said, 1)
	c.role(storage.RoleNone)
	held := storage.Task{ID: "update:1", Kind: storage.KindPhoto, Person: asker, Chat: asker, Message: 7, Added: noon}
	held.Attempt = storage.Attempt{Held: true, Counted: true, Number: 1, Outcome: string(outcome.OK)}
	held.Payload = c.Seal.Seal("update:1", "answer", []byte(`{"code":"ok","lines":["I<UTO"]}`))
	c.Broken(t.Context(), held)
	require.Len(t, c.said, 1, "a letter says that they are shut out")
}
