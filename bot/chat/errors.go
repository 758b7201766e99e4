package chat

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"mrzbot/storage"
)

// RetryAfter finds how long Telegram wants to be left alone.
func RetryAfter(err error) (time.Duration, bool) {
	var later interface{ RetryAfter() (time.Duration, bool) }
	if errors.As(err, &later) {
		return later.RetryAfter()
	}
	return 0, false
}

// Unfound reports whether a person cannot be written to because Telegram does not
// find their chat.
func Unfound(err error) bool {
	var u interface{ Unfound() bool }
	return errors.As(err, &u) && u.Unfound()
}

// Blocked reports whether this person cannot be written to.
func Blocked(err error) bool {
	var b interface{ Blocked() bool }
	return errors.As(err, &b) && b.Blocked()
}

// Refused finds which part of a message Telegram refuses: "reply", "entities",
// "markup", "topic", "length", "picture", of an edit "target", or "" for one that it does
// not name.
func Refused(err error) (part string, ok bool) {
	var r interface{ Refused() (string, bool) }
	if !errors.As(err, &r) {
		return "", false
	}
	return r.Refused()
}

// giveUpReply is how long a reply that Telegram does not take is tried:
// as long as Telegram itself keeps what it could not deliver to us.
const giveUpReply = 24 * time.Hour

// The pauses between two tries of a message that Telegram refuses in every
// form. They grow with the time that it has been tried.
const (
	firstRefusedPause   = time.Minute
	longestRefusedPause = time.Hour
)

// TryAgain gives when a message that did not go out is tried again, or says
// that it is not worth it any more. since is when there was something to say.
func TryAgain(err error, since, now time.Time) (at time.Time, ok bool) {
	tried := now.Sub(since)
	pause, later := RetryAfter(err)
	if !later {
		pause = min(max(tried, firstRefusedPause), longestRefusedPause)
	}
	return now.Add(max(pause, time.Second)), tried < giveUpReply
}

// UpdateID gives the number in a task's name, for logs.
func UpdateID(t storage.Task) int64 {
	n, _ := strconv.ParseInt(t.ID[strings.LastIndexByte(t.ID, ':')+1:], 10, 64)
	return n
}
