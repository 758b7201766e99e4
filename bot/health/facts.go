// Package health says what is well and what is not: a line for each matter, with
// a light and, where it is not green, how to mend it. It judges facts that others
// have gathered, so that the chat, the alerts and the command on the machine say
// the same. It asks nobody anything.
package health

import (
	"time"

	"mrzbot/storage"
)

// Facts is what was found of the bot and of what it needs. A part that was not
// looked at is zero, and nothing is said of it.
type Facts struct {
	Webhook      *Webhook         `json:",omitempty"`
	Service      *Service         `json:",omitempty"`
	Store        *Store           `json:",omitempty"`
	Work         *storage.Backlog `json:",omitempty"`
	Replicas     *Replicas        `json:",omitempty"`
	Clock        *Clock           `json:",omitempty"`
	Version      *Version         `json:",omitempty"`
	Backup       *Backup          `json:",omitempty"`
	Budget       *Budget          `json:",omitempty"`
	Subscription storage.Day      `json:",omitempty"` // the last day of the subscription
	// Open lists what the admins were told of and what is not over.
	Open []Open `json:",omitempty"`
}

// Webhook is what Telegram says of where it sends updates.
type Webhook struct {
	Trouble  string // why Telegram did not say it; "": it did
	BadToken bool   // it does not know the token
	Wanted   bool   // the settings name one
	Set      bool   // Telegram has one
	Same     bool   // it is that of the settings
	Pending  int    // updates that wait at Telegram
	Error    string // what went wrong at the last call that did; "": nothing
	ErrorAt  time.Time
	Came     time.Time // when the last update came, as the running bot knows; zero: not known
}

// Service is what came back when its address was asked, without a picture.
type Service struct {
	Local   bool   // there is no key: the local reader answers
	Trouble string // why nothing good came back, for logs; "": something did
	Cause   string // the same by the name of a text; see Exactly
	Status  int    // the HTTP status that it came with; 0: none
	Says    string
	Down    bool // photos wait for it
}

// Store is where the bot keeps everything.
type Store struct {
	Engine  string
	Size    int64  // in bytes; 0: not known
	Trouble string // why it cannot be written; "": it can
	Disk    *Disk  `json:",omitempty"` // nil: it lies on another machine, or it is not known
}

// Disk is the disk under a store's file, in bytes.
type Disk struct{ Free, Size int64 }

// Replicas is the bots that run with the store.
type Replicas struct {
	Alone  bool // no other can: the store is a file
	Count  int
	Leader string // the one that leads; "": none
}

// Clock is this machine's clock beside Telegram's.
type Clock struct{ Ahead time.Duration }

// Version is the program that runs.
type Version struct {
	Name  string
	Built time.Time // when its source was committed; zero: not known
}

// BackupSetting is the setting that holds when the last backup was made, as RFC 3339
// writes it. Whoever makes one sets it.
const BackupSetting = "last_backup"

// BackupMade is the value of that setting.
func BackupMade(at time.Time) []byte { return []byte(at.UTC().Format(time.RFC3339)) }

// Backup is the last backup.
type Backup struct {
	Last time.Time // zero: none was made
}

// Budget is the budgets that all people share, 0: none, and what is used of them.
type Budget struct{ Day, Month, UsedDay, UsedMonth int }

// Open is a cause that the admins were told of and that is not over.
type Open struct {
	Cause string // an outcome's code, with its detail behind a point
	Since time.Time
	Seen  time.Time // by a photo, last
	Hits  int       // photos that it hit
	Text  string    // the name of its text
	Waits bool      // photos wait until it is over
}
