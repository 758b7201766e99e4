package mrzclient

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// Answer is what the service read. Printed or logged it shows the session only:
// the lines are personal data.
type Answer struct {
	// Lines are those of the MRZ from top to bottom, none of them empty. What
	// they say is not checked.
	Lines []string
	// Session is the provider's name of the call; "" when it gave none.
	Session string
	// Status is the provider's word for the call, such as RECEIVED; the set is
	// open.
	Status string
}

// Format hides the lines from every verb.
func (a Answer) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, "{lines "+hidden+" session "+a.Session+"}")
}

// LogValue hides the lines from logs.
func (a Answer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("lines", hidden), slog.String("session", a.Session))
}

var (
	// A session is a UUID so far. The bound keeps a key, which has 47
	// characters at least, from being echoed into logs as one.
	sessionForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
	statusForm  = regexp.MustCompile(`^[A-Za-z_]{1,32}$`)
	// reasons are the types of failure that were seen in the API's family.
	reasons = []string{"SERVICE_ERROR", "REQUEST_ERROR", "CLIENT", "CALC_RESULT", "OTHER", "TIMEOUT"}
)

// wire is the answer's JSON. Everything may come as anything.
type wire struct {
	Session   any `json:"backend_session"`
	SessionID any `json:"backend_session_id"`
	Status    any `json:"status"`
	Result    any `json:"result"`
	MRZ       any `json:"mrz_string"`
	Failure   any `json:"failure_reason"`
}

func (w wire) session() string {
	for _, v := range []any{w.Session, w.SessionID} {
		if text, ok := v.(string); ok && sessionForm.MatchString(text) {
			return text
		}
	}
	return ""
}

func (w wire) status() string {
	if text, ok := w.Status.(string); ok && statusForm.MatchString(text) {
		return text
	}
	return ""
}

// result gives what the answer says of itself; known is false when it does not.
func (w wire) result() (good, known bool) {
	switch v := w.Result.(type) {
	case bool:
		return v, true
	case float64:
		return v == 1, v == 1 || v == 0
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "true":
			return true, true
		case "false":
			return false, true
		}
	}
	return false, strings.EqualFold(w.status(), "FAILED")
}

// reason gives the type of the failure, which stands in an object, a list of
// them, or alone; "" when it is not one that is known.
func (w wire) reason() string {
	for _, text := range hear(w.Failure).texts {
		if text = strings.ToUpper(strings.TrimSpace(text)); slices.Contains(reasons, text) {
			return text
		}
	}
	return ""
}

// ownFaults are the types of failure that the service gives for what went wrong
// within it, whatever the picture is like.
var ownFaults = []string{"SERVICE_ERROR", "REQUEST_ERROR", "TIMEOUT"}

// faultWords are how a text speaks of such a fault.
var faultWords = []string{
	"service_error", "request_error", "not available", "unavailable", "service error", "server error", "internal error",
	"timeout", "timed out", "time out",
}

// failure says what kind of failure an answer of success reports.
func (w wire) failure() Kind {
	s := hear(w.Failure)
	if kind, ok := s.known(); ok {
		return kind
	}
	if slices.Contains(ownFaults, w.reason()) || w.reason() == "" && s.speaksOf(faultWords) {
		return ServiceFault
	}
	return Unreadable
}

// understand gives the answer, or an *Error that says why it is none.
func (r reply) understand() (Answer, error) {
	w, malformed, cut := decode(r.text)
	failure := &Error{
		Status:  r.status,
		Sent:    r.sent,
		Session: w.session(),
		Reason:  w.reason(),
	}
	if !r.accepted() {
		failure.Kind = r.refusal()
		failure.RetryAfter = retryAfter(r.header)
		failure.Detail = refusalWords[r.status]
		if r.status/100 == 3 {
			failure.Detail = DetailRedirects
		}
		return Answer{}, failure
	}
	good, known := w.result()
	lines := w.lines()
	switch {
	case malformed && r.isPage():
		failure.Kind, failure.Detail = Gateway, DetailPage
	case r.long:
		failure.Kind, failure.Detail = Protocol, DetailTooLong
	case r.coded:
		failure.Kind, failure.Detail = Protocol, DetailCoding
	case cut && r.unframed:
		failure.Kind, failure.Detail = Unknown, DetailClosed
	case malformed:
		failure.Kind, failure.Detail = Protocol, DetailNoJSON
	case (!known || good && len(lines) == 0) && slices.Contains(ownFaults, failure.Reason):
		failure.Kind = ServiceFault // whatever it says of itself
	case !known:
		failure.Kind, failure.Detail = Protocol, DetailNoResult
	case !good:
		failure.Kind = w.failure()
	case len(lines) == 0:
		failure.Kind, failure.Detail = Protocol, DetailNoMRZ
	case !zoneLike(lines):
		failure.Kind, failure.Detail = Protocol, DetailNotMRZ
	default:
		return Answer{Lines: lines, Session: w.session(), Status: w.status()}, nil
	}
	return Answer{}, failure
}
