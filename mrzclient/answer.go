package mrzclient

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
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

// td1 is the size of an ID card's MRZ (ICAO 9303-5, 4.2.2).
const (
	td1Lines = 3
	td1Width = 30
)

var (
	// A session is a UUID so far. The bound keeps a key, which has 47
	// characters at least, from being echoed into logs as one.
	sessionForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
	statusForm  = regexp.MustCompile(`^[A-Za-z_]{1,32}$`)
	// reasons are the types of failure that were seen in the API's family.
	reasons = []string{"SERVICE_ERROR", "REQUEST_ERROR", "CLIENT", "CALC_RESULT", "OTHER", "TIMEOUT"}
	// separators between lines, as they are and as they look when escaped twice.
	separators = strings.NewReplacer("\r\n", "\n", "\r", "\n", `\r\n`, "\n", `\n`, "\n", `\r`, "\n")
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
		if slices.Contains(reasons, text) {
			return text
		}
	}
	return ""
}

func (w wire) lines() []string {
	text, _ := w.MRZ.(string)
	var lines []string
	for line := range strings.SplitSeq(separators.Replace(text), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 1 && len(lines[0]) == td1Lines*td1Width {
		whole := lines[0]
		lines = []string{whole[:td1Width], whole[td1Width : 2*td1Width], whole[2*td1Width:]}
	}
	return lines
}

// No MRZ has more than three lines of some 30 or two of 44 characters, but it may
// come with labels, in pieces, or with entities for its fillers. What is longer
// than all that is something else; what is wrong with the rest is for those who
// parse it, for it has been paid.
const (
	maxLines  = 12
	maxLength = 1000 // of all lines
)

func zoneLike(lines []string) bool {
	return len(lines) <= maxLines && len(strings.Join(lines, "")) <= maxLength
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	text   []byte
	long   bool // the text went on
	sent   bool
}

// accepted reports whether the status is one of success, which alone means
// nothing yet.
func (r reply) accepted() bool { return r.status/100 == 2 }

func (r reply) understand() (Answer, error) {
	var w wire
	malformed := json.Unmarshal(bytes.TrimPrefix(r.text, []byte("\ufeff")), &w) != nil
	failure := &Error{
		Status:  r.status,
		Sent:    r.sent,
		Session: w.session(),
		Reason:  w.reason(),
	}
	if !r.accepted() {
		failure.Kind = r.refusal()
		failure.RetryAfter = retryAfter(r.header)
		if r.status/100 == 3 {
			failure.detail = redirects
		}
		return Answer{}, failure
	}
	good, known := w.result()
	lines := w.lines()
	switch {
	case r.long:
		failure.Kind, failure.detail = Protocol, "it is too long"
	case malformed:
		failure.Kind, failure.detail = Protocol, "it is not the JSON that was expected"
	case !known:
		failure.Kind, failure.detail = Protocol, "it does not say whether it succeeded"
	case !good:
		failure.Kind = Unreadable
		if kind, ok := hear(w.Failure).known(); ok {
			failure.Kind = kind
		}
	case len(lines) == 0:
		failure.Kind, failure.detail = Protocol, "it says that it succeeded and holds no MRZ"
	case !zoneLike(lines):
		failure.Kind, failure.detail = Protocol, "what it gives for an MRZ is no zone"
	default:
		return Answer{Lines: lines, Session: w.session(), Status: w.status()}, nil
	}
	return Answer{}, failure
}
