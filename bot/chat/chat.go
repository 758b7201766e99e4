// Package chat is the edge to Telegram as the bot sees it: the few calls it
// makes, messages and their buttons, and how a message is sent in whatever form
// Telegram takes. It knows neither texts nor people, and no library: those who
// run the bot fit it to one.
package chat

import (
	"context"
	"io"
	"time"

	"github.com/go-telegram/bot/models"
)

// API is what the bot asks of Telegram.
//
// Errors may say, by methods of their own, RetryAfter() (time.Duration, bool):
// worth trying again after that long; Blocked() bool: this person cannot be
// written to; and Refused() (part string, ok bool): the message is not taken
// as it is, because of that part (see Refused).
type API interface {
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

// Sent is a message that Telegram took.
type Sent struct {
	ID int       // 0: the answer that tells was lost
	At time.Time // by Telegram's clock; zero: the same
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
