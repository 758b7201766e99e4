package telegram

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Errors of this package that are not an *Error; find them with errors.Is.
var (
	// ErrToken says that the token cannot be right: it has the wrong form, or
	// Telegram does not know it. Only a new one helps.
	ErrToken = errors.New("telegram: the bot token is not right; copy it again from @BotFather (/mybots, API Token)")

	// ErrTooLarge says that a file, or an update, is larger than is read.
	ErrTooLarge = errors.New("telegram: too large")
)

const (
	// usualPause is the wait before a call is worth repeating when Telegram
	// did not say how long: its restarts take a few seconds.
	usualPause = 5 * time.Second

	// tokenPause is the wait after 401 and 404. They are no verdict on the
	// message: Telegram has answered so to good tokens in its own outages, and
	// after a real change of the token nothing helps but a restart.
	tokenPause = time.Minute

	// longestPause bounds what Telegram can ask for where one chat is held up by
	// it. Telegram has been seen to ask for 10,000 s, and means it; to ask again
	// once an hour costs nothing, and a number that is wrong costs an hour.
	longestPause = time.Hour

	// longestSharedPause bounds it where people who did nothing would wait, too:
	// for getUpdates, the webhook, files, and all chats together. Real pauses
	// are of seconds there, and a button can be answered for 150 s only.
	longestSharedPause = time.Minute
)

// Error is a call that failed. Its text holds no token and nothing of what was
// sent.
type Error struct {
	Method      string
	Code        int    // Telegram's error_code, or the HTTP status; 0: no answer came
	Description string // from this program's own list of words: see phrase
	// After is the time after which the call may be made again; 0: repeating
	// it cannot help.
	After time.Duration

	// foreign: the answer was not the Bot API's, but that of something between.
	foreign bool
	// part is what of the request Telegram refuses, and gone that nobody is
	// there to be written to, by its own words.
	part string
	gone bool
	// taken: Telegram has done what was asked, and only its answer was lost.
	taken bool
	// cause is the caller's own context error, or an error of this package;
	// nothing else is wrapped, since the texts of network errors hold addresses,
	// and those hold the token.
	cause error
}

// Error says which call failed, and how.
func (e *Error) Error() string {
	if e.Code == 0 {
		return fmt.Sprintf("telegram: %s: %s", e.Method, e.Description)
	}
	return fmt.Sprintf("telegram: %s: %d %s", e.Method, e.Code, e.Description)
}

// Unwrap gives context.Canceled or context.DeadlineExceeded when the caller's
// context ended the call, and ErrFilesDir where that was it.
func (e *Error) Unwrap() error { return e.cause }

// RetryAfter gives the pause after which the call may succeed. It is false for
// an answer that would stay the same.
func (e *Error) RetryAfter() (time.Duration, bool) { return e.After, e.After > 0 }

// Final reports whether repeating the call cannot help.
func (e *Error) Final() bool { return e.After == 0 }

// Blocked reports whether nothing can be sent to the person: they blocked the
// bot, never started it, or are gone.
func (e *Error) Blocked() bool {
	if e.foreign {
		return false
	}
	switch e.Code {
	case http.StatusForbidden:
		return true
	case http.StatusBadRequest:
		return e.gone
	}
	return false
}

// Unfound reports whether that is because Telegram does not find the person or the
// chat, and not their own doing. It may pass: a Bot API server of one's own that
// has lost its memory does not find a chat until somebody writes in it.
func (e *Error) Unfound() bool { return e.Blocked() && e.Code == http.StatusBadRequest }

// badToken reports whether Telegram does not know the token.
func (e *Error) badToken() bool {
	return !e.foreign && (e.Code == http.StatusUnauthorized || e.Code == http.StatusNotFound)
}

// Is makes ErrToken of an answer that says that Telegram does not know the token.
func (e *Error) Is(target error) bool { return target == ErrToken && e.badToken() }

// finalWebhook are the words with which Telegram refuses a webhook that only
// other settings mend. Everything else may pass: a name that is not known yet,
// an address that does not answer, words that are new.
var finalWebhook = []string{
	"HTTPS URL", "only on ports", "invalid webhook URL", "invalid URL", "wrong HTTP URL", "URL protocol", "URL host", "port number",
	"is reserved", "certificate", "secret token", "max_connections", "allowed_updates",
}

// says reports whether the description holds the words, in any case.
func (e *Error) says(words string) bool {
	return strings.Contains(strings.ToLower(e.Description), strings.ToLower(words))
}

// refused makes the error of an answer in which Telegram said no.
func refused(method string, code int, description string, retryAfter time.Duration) *Error {
	e := &Error{
		Method: method, Code: code, Description: phrase(description),
		part: partOf(description), gone: holdsOneOf(description, gone),
	}
	switch {
	case code == http.StatusTooManyRequests:
		e.After = min(max(retryAfter, time.Second), longestPause)
	case code == http.StatusUnauthorized, code == http.StatusNotFound:
		e.After = tokenPause
	case code == http.StatusBadRequest && holdsOneOf(description, passing):
		e.After = usualPause
	case code == http.StatusBadRequest && method == "setWebhook" && !slices.ContainsFunc(finalWebhook, e.says):
		e.After = usualPause
	case code >= 400 && code < 500 && code != http.StatusConflict && code != http.StatusRequestTimeout:
	default:
		e.After = usualPause
	}
	return e
}

// foreign makes the error of an answer that is not the Bot API's: the page of a
// proxy, most often. It decides nothing, and since it may echo the address,
// none of it is kept.
func foreign(method string, status int, retryAfter time.Duration) *Error {
	e := refused(method, status, "", retryAfter)
	e.Description = "the answer is not the Bot API's"
	e.After = max(e.After, usualPause)
	e.foreign = true
	return e
}

// outcome takes out of an error whether Telegram did what was asked all the
// same.
func outcome(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && e.taken {
		return nil
	}
	return err
}

// refusedFor reports whether err is Telegram's 400 with one of the words: the
// state that was asked for is there already, or can no longer be reached.
func refusedFor(err error, words ...string) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code != http.StatusBadRequest {
		return false
	}
	for _, w := range words {
		if e.says(w) {
			return true
		}
	}
	return false
}
