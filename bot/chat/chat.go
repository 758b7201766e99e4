// Package chat is the edge to Telegram as the bot sees it: the few calls it
// makes, messages and their buttons, and how a message is sent in whatever form
// Telegram takes. It knows neither texts nor people, and no library: those who
// run the bot fit it to one.
package chat

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/go-telegram/bot/models"
)

// API is what the bot asks of Telegram.
//
// Errors may say, by methods of their own, RetryAfter() (time.Duration, bool):
// worth trying again after that long; Blocked() bool: this person cannot be
// written to; Unfound() bool: because the chat is not found, which may pass; and
// Refused() (part string, ok bool): the message is not taken
// as it is, because of that part (see Refused).
type API interface {
	Send(ctx context.Context, m Message) (Sent, error)
	Edit(ctx context.Context, chat int64, message int, m Message) error
	AnswerCallback(ctx context.Context, id, text string, alert bool) error
	Delete(ctx context.Context, chat int64, messages []int) error
	Typing(ctx context.Context, chat int64, thread int) error
	// React puts one emoji of those that Telegram has for it at a message.
	React(ctx context.Context, chat int64, message int, emoji string) error
	// SetMenu fills a menu of commands; an empty one is taken away.
	SetMenu(ctx context.Context, m Menu) error
	// Describe says what the bot is, to phones with that language code; "" is
	// every phone without texts of its own.
	Describe(ctx context.Context, language, long, short string) error
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
	// Aside: a pause that Telegram wants of it holds up no other message of the chat.
	Aside bool
	// Picture is shown above the text, or sent as a file; nil: the message is a text.
	// The text is then a caption, of at most 1024 characters.
	Picture, Document *File
	// Caption marks the edit of a message with a picture that leaves the picture as it
	// is.
	Caption bool
}

// File is something to be sent along.
type File struct {
	Name string
	// Open gives its content from the beginning. It may be called again.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// BytesFile is a file whose content is at hand.
func BytesFile(name string, content []byte) *File {
	return &File{Name: name, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}}
}

// Sent is a message that Telegram took.
type Sent struct {
	ID int       // 0: the answer that tells was lost
	At time.Time // by Telegram's clock; zero: the same
}

// Menu is a menu of commands that Telegram shows.
type Menu struct {
	Chat     int64  // 0: every chat without one of its own
	Language string // the language code of the phones that show it; "": every one without a menu of its own
	Entries  []MenuEntry
}

// MenuEntry is a line of the command menu that Telegram shows.
type MenuEntry struct{ Command, Description string }

// Sealer closes and opens what lies in the store.
type Sealer interface {
	Seal(task, purpose string, plain []byte) []byte
	Open(task, purpose string, sealed []byte) ([]byte, error)
}

// SealUpdate is the purpose that the door seals updates for.
const SealUpdate = "update"
