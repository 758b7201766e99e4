package bot

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/queue"
	"mrzbot/storage"
)

// Chat is what the conversation asks of Telegram.
//
// Errors may say, by methods of their own, RetryAfter() (time.Duration, bool):
// worth trying again after that long; Blocked() bool: this person cannot be
// written to; and Refused() (part string, ok bool): the message is not taken
// as it is, because of that part (see refused).
type Chat interface {
	Send(ctx context.Context, m Message) (Sent, error)
	Edit(ctx context.Context, chat int64, message int, m Message) error
	AnswerCallback(ctx context.Context, id, text string, alert bool) error
	Delete(ctx context.Context, chat int64, messages []int) error
	Typing(ctx context.Context, chat int64, thread int) error
	// SetMenu fills the menu of commands that a chat shows; 0 is every chat
	// without one of its own.
	SetMenu(ctx context.Context, chat int64, menu []MenuEntry) error
}

// Files fetches what people sent.
type Files interface {
	// Download gives a file in memory.
	Download(ctx context.Context, fileID string) ([]byte, error)
	// Open gives a file on its way. The body gives size bytes or fails; closing
	// it ends a Read that waits.
	Open(ctx context.Context, fileID string) (body io.ReadCloser, size int64, err error)
}

// Message is a message to be sent.
type Message struct {
	Chat     int64
	Text     string
	Entities []models.MessageEntity
	ReplyTo  int                // 0: a message of its own
	Thread   int                // the topic of the chat; 0: none
	Markup   models.ReplyMarkup // nil: none
	Protect  bool               // cannot be forwarded or saved
	Notice   bool               // nobody asked for it just now
}

// Attempts is the part of the store that counts.
type Attempts interface {
	Begin(ctx context.Context, t storage.Task, b storage.Begin) (storage.Attempt, error)
	Hold(ctx context.Context, t storage.Task, h storage.Hold) (storage.Attempt, error)
	Attempts(ctx context.Context, person int64, day storage.Day) (storage.Count, error)
	ResetAttempts(ctx context.Context, person int64, day storage.Day) error
}

// Shelf is the part of the store that finds finished tasks again, and wakes
// those that wait.
type Shelf interface {
	Kept(ctx context.Context, id string, now time.Time) (t storage.Task, ok bool, err error)
	KeptFor(ctx context.Context, order string, now time.Time) (t storage.Task, ok bool, err error)
	Use(ctx context.Context, id, by string, now time.Time) (storage.Task, error)
	Rouse(ctx context.Context, r storage.Rouse) (n int, err error)
}

// Store is the part of the store that the conversation uses. The queue moves
// the tasks.
type Store interface {
	Attempts
	Shelf
	AddTask(ctx context.Context, t storage.Task) (added bool, err error)
	storage.People
	storage.Access
	storage.Settings
	storage.Leadership
}

// Sealer closes and opens what lies in the store.
type Sealer interface {
	Seal(task, purpose string, plain []byte) []byte
	Open(task, purpose string, sealed []byte) ([]byte, error)
}

// The purposes things are sealed for. An update is sealed by the door.
const (
	SealUpdate = "update"
	sealAnswer = "answer"
	sealLetter = "letter"
)

// Meter is told what happened, for metrics.
type Meter interface {
	Outcome(code string, charge string, took time.Duration)
}

// Config is what the conversation is made of.
type Config struct {
	Username string // the bot's own, without @
	Owner    string // names this process to others with the same store
	Chat     Chat
	Files    Files
	Store    Store
	Seal     Sealer
	Reader   Reader
	Judge    Judge // nil: every picture goes to the Reader
	Meter    Meter
	Log      *slog.Logger
	Now      func() time.Time
	// ClockAhead is how far Now is ahead of Telegram's clock; nil: not known.
	ClockAhead func() time.Duration
	Random     *rand.Rand // for the jitter of pauses; used under a lock

	Admins     []int64 // from the settings; stored admins are others
	Daily      int     // attempts a day; 0: no limit
	Zone       *time.Location
	RetryFor   time.Duration // how long a photo waits for a service that is down
	LedgerKept time.Duration
	Delete     time.Duration // remove photo and reply after this; 0: never
	Protect    bool

	// Stream passes a compressed photo from Telegram on to the Reader as it
	// comes, instead of holding it in memory. It is for a Reader that needs no
	// more than that.
	Stream bool
}

// Bot answers tasks.
type Bot struct {
	Config
	admins  map[int64]bool
	texts   *texts
	pauses  pauses
	alerts  alerts
	breaker breaker
	// Room for what is sent as a file, and for stripping it.
	files, stripping *room
	// attempts holds, of the photos in work, what Begin and Hold have written
	// since their claim: Broken is given the task as it was claimed.
	attempts sync.Map // task ID → storage.Attempt
}

// New makes the conversation. It fails when the texts are broken, which a test
// excludes.
func New(c Config) (*Bot, error) {
	t, err := newTexts()
	if err != nil {
		return nil, err
	}
	b := &Bot{Config: c, texts: t, admins: map[int64]bool{}, files: newRoom(filesInMemory, math.MaxInt32), stripping: newRoom(0, 1)}
	for _, id := range c.Admins {
		b.admins[id] = true
	}
	b.pauses.random = c.Random
	return b, nil
}

// Handle works one task. It is the queue's handler.
func (b *Bot) Handle(ctx context.Context, t storage.Task) queue.Verdict {
	switch t.Kind {
	case storage.KindPhoto:
		v := b.photo(ctx, t)
		b.attempts.Delete(t.ID) // not after a panic
		return v
	case storage.KindUpdate:
		return b.update(ctx, t)
	case storage.KindDelete:
		return b.remove(ctx, t)
	case storage.KindNotice:
		return b.deliverLetter(ctx, t)
	default:
		return queue.Aside("unknown_kind")
	}
}

// Broken gives a task its last word after the program has died over it, or
// panicked. It does as little as possible: what broke the first time may break
// again.
func (b *Bot) Broken(ctx context.Context, t storage.Task) queue.Verdict {
	switch t.Kind {
	case storage.KindPhoto:
		if written, ok := b.attempts.LoadAndDelete(t.ID); ok {
			t.Attempt = written.(storage.Attempt)
		}
		j := &job{Bot: b, t: t, person: storage.Person{ID: t.Person}, started: b.Now()}
		_ = j.open() // for the language only
		if t.Attempt.Held {
			return j.deliverPlain(ctx)
		}
		code := CodeInternal
		if t.Attempt.Calling && b.Reader.Paid() {
			code = CodeUnknown
		}
		return j.end(ctx, answer{Code: code}, nil)
	case storage.KindUpdate:
		if !b.allowed(ctx, t.Person) {
			return queue.Aside("broken")
		}
		v := b.texts.speak("")
		// The last word is worth one try, no more.
		_, rest, _ := b.send(ctx, Message{Chat: t.Chat, Text: v.say("broken", nil), ReplyTo: t.Message})
		b.addRest(ctx, t.ID, t.Chat, rest)
		return queue.Aside("broken")
	default:
		return queue.Aside("broken")
	}
}

// updateID gives the number in a task's name, for logs.
func updateID(t storage.Task) int64 {
	n, _ := strconv.ParseInt(t.ID[strings.LastIndexByte(t.ID, ':')+1:], 10, 64)
	return n
}

// retryAfter finds how long Telegram wants to be left alone.
func retryAfter(err error) (time.Duration, bool) {
	var later interface{ RetryAfter() (time.Duration, bool) }
	if errors.As(err, &later) {
		return later.RetryAfter()
	}
	return 0, false
}

// blocked reports whether this person cannot be written to.
func blocked(err error) bool {
	var b interface{ Blocked() bool }
	return errors.As(err, &b) && b.Blocked()
}
