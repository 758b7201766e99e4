package botapi

import (
	"fmt"
	"net/http"
)

// Error is a refusal in Telegram's shape: {"ok":false,"error_code":…,"description":…}.
type Error struct {
	Code        int    // the HTTP status and the error_code
	Description string // the whole text, "Bad Request: …" included
	RetryAfter  int    // seconds; 0: the answer holds no parameters
}

func (e *Error) Error() string { return e.Description }

// BadRequest makes a 400. The text never holds a value of the request, so
// that it may be logged.
func BadRequest(format string, args ...any) *Error {
	return &Error{Code: http.StatusBadRequest, Description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

// Forbidden makes a 403.
func Forbidden(text string) *Error {
	return &Error{Code: http.StatusForbidden, Description: "Forbidden: " + text}
}

// Conflict makes a 409.
func Conflict(text string) *Error {
	return &Error{Code: http.StatusConflict, Description: "Conflict: " + text}
}

// TooMany makes a 429 that asks for a pause of so many seconds.
func TooMany(seconds int) *Error {
	return &Error{
		Code:        http.StatusTooManyRequests,
		Description: fmt.Sprintf("Too Many Requests: retry after %d", seconds),
		RetryAfter:  seconds,
	}
}
