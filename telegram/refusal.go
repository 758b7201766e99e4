package telegram

import (
	"net/http"
	"strings"
)

// The parts of a message that Telegram may refuse; see Error.Refused.
const (
	PartReply    = "reply"    // the message it answers
	PartEntities = "entities" // what is bold, code and the like
	PartMarkup   = "markup"   // its buttons
	PartTopic    = "topic"    // the thread it goes to
	PartLength   = "length"   // its text is too long
	PartPicture  = "picture"  // the picture that it shows
	PartTarget   = "target"   // the message to be edited: no other form helps
)

// refusals are the words by which Telegram's descriptions name the part it
// refuses. The first that fits counts: a reply markup is no reply.
var refusals = []struct {
	part  string
	words []string
}{
	{PartMarkup, []string{"markup", "keyboard", "button"}},
	{PartReply, []string{"replied", "to reply", "reply message", "reply_", "quote"}},
	{PartTarget, []string{"to edit", "can't be edited", "message_id_invalid", "message_author_required", "message_edit_time_expired"}},
	{PartTopic, []string{"thread", "topic"}},
	{PartPicture, []string{"image", "photo", "picture"}},
	{PartLength, []string{"too long", "too_long", "too large", "entity too large"}},
	{PartEntities, []string{"entit", "utf-16", "byte offset"}},
}

// passing are words of a 400 that is no verdict on the request: the same one
// may be taken a moment later. A server that the bot was moved away from, or is
// being moved to, says "Logged out" for some minutes.
var passing = []string{"temporarily unavailable", "try again", "msg_wait_failed", "logged out"}

// gone are words of a 400 that says that nobody is there to be written to.
// Telegram has no code for these; the words are its API. Only private chats are
// written to, and those never become a supergroup: what says so is no chat of
// a person's, and what was meant for one person is not sent on to a group.
var gone = []string{
	"chat not found", "user not found", "peer_id_invalid", "deactivated", "upgraded to a supergroup",
}

// Refused reports whether Telegram refuses the request as it is, so that the
// same one would be refused again and one of a plainer form may be taken. part
// is one of the Part constants, or "" where the words name none.
func (e *Error) Refused() (part string, ok bool) {
	if e.foreign || e.Code < 400 || e.Code >= 500 || !e.Final() || e.Blocked() {
		return "", false
	}
	if e.Code == http.StatusRequestEntityTooLarge {
		return PartLength, true
	}
	return e.part, true
}

// partOf finds which part a description of Telegram's names.
func partOf(description string) string {
	for _, r := range refusals {
		if holdsOneOf(description, r.words) {
			return r.part
		}
	}
	return ""
}

// holdsOneOf reports whether a description holds one of the words, in any case.
func holdsOneOf(description string, words []string) bool {
	lower := strings.ToLower(description)
	for _, w := range words {
		if strings.Contains(lower, strings.ToLower(w)) {
			return true
		}
	}
	return false
}
