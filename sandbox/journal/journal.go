// Package journal remembers what happened behind the sandbox's chat: each call
// on the wire, each update on its way, and each line of the bot's log, as far
// back as there is room.
//
// It keeps what it is given: whoever writes into it leaves secrets out. It is
// not the program's log, and nothing of it reaches the disk.
package journal

import (
	"slices"
	"sync"
	"time"
)

// Bounds of the journal. Old entries go first.
const (
	// maxJournal entries are some hundred photos with all that they cause.
	maxJournal = 3_000
	// maxEntryField bounds a value of an entry, in bytes: long enough for a
	// whole update, too short for a picture.
	maxEntryField = 8 << 10
)

// Where an entry comes from.
const (
	FromBot      = "bot"      // what the bot wrote into its log
	FromTelegram = "telegram" // a call of the bot to Telegram
	FromDelivery = "delivery" // an update brought to the bot
	FromService  = "service"  // a call of the bot to the MRZ API
	FromSandbox  = "sandbox"  // what somebody did to the sandbox itself
)

// Entry is one line of the journal: a call on the wire, or a line of the
// bot's log. It holds no secret.
type Entry struct {
	Number int64         `json:"n"`
	At     int64         `json:"at"` // Unix milliseconds
	Source string        `json:"source"`
	What   string        `json:"what"`             // method, or message of the log
	Status int           `json:"status,omitempty"` // HTTP status; 0: none was sent
	Bad    bool          `json:"bad,omitempty"`    // it went wrong
	Note   string        `json:"note,omitempty"`   // what went wrong, in words
	Took   time.Duration `json:"took,omitempty"`   // nanoseconds
	Person int64         `json:"person,omitempty"`
	Update int64         `json:"update,omitempty"` // update_id
	Fields []Field       `json:"fields,omitempty"`
}

// Field is a name and a value of an entry.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Journal is what happened behind the chat, as far back as it remembers. Its
// methods may be called from several goroutines; those of a nil Journal do
// nothing.
type Journal struct {
	mu      sync.Mutex
	entries []Entry
	last    int64
	changed chan struct{}
}

// New makes an empty one.
func New() *Journal { return &Journal{changed: make(chan struct{})} }

// Add writes an entry and gives it its number.
func (j *Journal) Add(e Entry) {
	if j == nil {
		return
	}
	for i := range e.Fields {
		e.Fields[i].Value = Shorten(e.Fields[i].Value, maxEntryField)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	e.Number = j.last
	j.entries = KeepLast(append(j.entries, e), maxJournal)
	close(j.changed)
	j.changed = make(chan struct{})
}

// Since is the entries behind a number, oldest first, and what is closed when
// there are more.
func (j *Journal) Since(number int64) ([]Entry, <-chan struct{}) {
	if j == nil {
		return nil, nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	skip := len(j.entries) - int(min(max(0, j.last-number), int64(len(j.entries))))
	return slices.Clone(j.entries[skip:]), j.changed
}

// Shorten cuts a text that is too long for a place, between characters.
func Shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && s[limit]&0xC0 == 0x80 {
		limit--
	}
	return s[:limit] + "…"
}

// KeepLast drops the oldest entries beyond limit.
func KeepLast[T any](list []T, limit int) []T {
	if len(list) > limit {
		return list[len(list)-limit:]
	}
	return list
}
