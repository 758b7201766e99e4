package sandbox

import (
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// MRZCut says when the service breaks a connection.
type MRZCut int

const (
	MRZCutNever MRZCut = iota
	// MRZCutBefore breaks before the body is read.
	MRZCutBefore
	// MRZCutInBody breaks in the middle of it. The client may still believe
	// that it has written everything: the system buffers some megabytes.
	MRZCutInBody
	// MRZCutAfter breaks when the whole body was received: perhaps charged.
	MRZCutAfter
	// MRZCutInAnswer breaks in the middle of the answer.
	MRZCutInAnswer
)

// MRZFraming says how the end of an answer is told.
type MRZFraming int

const (
	// MRZLength gives a Content-Length.
	MRZLength MRZFraming = iota
	// MRZUnframed lets the end of the connection tell it, as HTTP/1.0 does; with
	// MRZCutInAnswer it tells a lie.
	MRZUnframed
	// MRZSwitches answers 101 and says no more, with the connection open until
	// the client closes it.
	MRZSwitches
	// MRZTwice sends the whole answer a second time over the same connection.
	MRZTwice
	// MRZEndless never ends it: a blank each 50 ms.
	MRZEndless
)

// MRZAnswer is what a well-formed call gets. The zero value reads the picture
// and answers with its zone.
type MRZAnswer struct {
	// For a zone (Status 0):
	Lines        []string // instead of reading
	Misread      bool     // one character is wrong
	Separator    string   // between lines; empty: "\n". Use "none" for none at all
	SessionField string   // empty: "backend_session"
	List         bool     // the lines are a list
	Escaped      bool     // for HTML

	// For everything else:
	Status      int
	Body        string // "SESSION" in it becomes the session's id
	ContentType string // empty: application/json
	Encoding    string // Content-Encoding of Body, which is written as it is; empty: none
	Framing     MRZFraming
	HTML        bool // a gateway's page instead of Body
	RetryAfter  int  // seconds
	Location    string

	// For both:
	Delay time.Duration // after the body was received
	Cut   MRZCut

	name    string        // among the named ones
	failed  bool          // a 200 with result false, because of the picture
	once    bool          // set with AnswerNext
	more    time.Duration // of Slow, when it was chosen
	session string        // of the finished answer
}

func (a MRZAnswer) isZone() bool { return a.Status == 0 }

func (a MRZAnswer) separator() string {
	switch a.Separator {
	case "":
		return "\n"
	case "none":
		return ""
	}
	return a.Separator
}

func (a MRZAnswer) with(session string) MRZAnswer {
	a.session = session
	a.Body = strings.ReplaceAll(a.Body, "SESSION", session)
	return a
}

func (a MRZAnswer) zone(lines []string) string {
	var mrz any = strings.Join(lines, a.separator())
	switch {
	case a.List:
		mrz = lines
	case a.Escaped:
		mrz = html.EscapeString(strings.Join(lines, a.separator()))
	}
	field := a.SessionField
	if field == "" {
		field = "backend_session"
	}
	return mustMarshal(map[string]any{
		field: "SESSION", "status": "RECEIVED", "result": true, "mrz_string": mrz, "failure_reason": nil,
	})
}

// cutEarly breaks the connection before the body is complete.
func (a MRZAnswer) cutEarly(r *http.Request) {
	switch a.Cut {
	case MRZCutInBody:
		_, _ = io.CopyN(io.Discard, r.Body, max(1, r.ContentLength/2)) // how much comes does not matter
		panic(http.ErrAbortHandler)
	case MRZCutBefore:
		panic(http.ErrAbortHandler)
	}
}

// mrzText is an error in the shape real clients look for first.
func mrzText(status int, text string) MRZAnswer {
	return MRZAnswer{Status: status, Body: mustMarshal(map[string]string{"detail": text})}
}

// mustMarshal writes what always marshals: strings, booleans and maps of them.
func mustMarshal(v any) string {
	raw, err := encode(v)
	if err != nil {
		return "{}"
	}
	return string(raw)
}

// mrzFailure is a 200 with result false and that failure_reason.
func mrzFailure(reason any) MRZAnswer {
	return MRZAnswer{Status: http.StatusOK, failed: true, Body: mustMarshal(map[string]any{
		"backend_session": "SESSION", "status": "FAILED", "result": false, "mrz_string": nil, "failure_reason": reason,
	})}
}

// mrzFault is such a failure that is the service's own.
func mrzFault(reason any) MRZAnswer {
	a := mrzFailure(reason)
	a.failed = false
	return a
}

// slowAnswer is longer than any client waits.
const slowAnswer = 10 * time.Minute

// mrzAnswers is every documented answer and every fault worth playing, by the
// name tests and the page call it. Texts with a vendor's source are literal.
var mrzAnswers = []struct {
	name   string
	answer MRZAnswer
}{
	{"ok", MRZAnswer{}},
	{"misread", MRZAnswer{Misread: true}},
	{"ok_crlf", MRZAnswer{Separator: "\r\n"}},
	{"ok_joined", MRZAnswer{Separator: "none"}},
	{"ok_session_id", MRZAnswer{SessionField: "backend_session_id"}},
	{"ok_list", MRZAnswer{List: true}},
	{"ok_entities", MRZAnswer{Escaped: true}},
	{"ok_blanks", MRZAnswer{Separator: " "}},
	{"ok_gzip", MRZAnswer{Encoding: "gzip"}},
	{"ok_unframed", MRZAnswer{Framing: MRZUnframed}},
	{"ok_twice", MRZAnswer{Framing: MRZTwice}},

	{"unreadable", mrzText(422, "Error while parsing MRZ")},
	{"failed_null", mrzFailure(nil)},
	{"failed_object", mrzFailure(map[string]string{"type": "CALC_RESULT", "detail": "MRZ not found"})},
	{"failed_string", mrzFailure("MRZ not found")},
	{"failed_list", mrzFailure([]string{"MRZ not found"})},
	{"service_error", mrzFault(map[string]string{"type": "SERVICE_ERROR", "detail": "connection refused"})},
	{"service_timeout", mrzFault(map[string]string{"type": "TIMEOUT", "detail": "no result in time"})},
	{"request_error", mrzFault(map[string]string{"type": "REQUEST_ERROR", "detail": "upstream request failed"})},

	{"not_started", mrzText(400, "Subscription has not started")},
	{"no_subscription", mrzText(400, "No active or future subscription for technology")},
	{"client_no_subscription", mrzText(400, "Client does not have subscription")},
	{"no_access", mrzText(400, "Client does not have access to MRZ technology")},
	{"max_attempts", mrzText(400, "MRZ max attempts exceeded")},
	{"bad_request_message", MRZAnswer{Status: 400, Body: `{"message":"Client does not have subscription"}`}},
	{"bad_request_error", MRZAnswer{Status: 400, Body: `{"error":"Client doesn` + "`" + `t have subscription"}`}},
	{"bad_request_field", MRZAnswer{Status: 400, Body: `{"api_key":["Ensure this field has at least 47 characters."]}`}},
	{"bad_request_general", MRZAnswer{Status: 400, Body: `{"non_field_errors":["MRZ max attempts exceeded"]}`}},
	{"bad_request_plain", MRZAnswer{Status: 400, Body: "MRZ max attempts exceeded", ContentType: "text/plain"}},
	{"bad_request_422", MRZAnswer{Status: 422, Body: `{"detail":[{"loc":["body","image"],"msg":"field required","type":"value_error.missing"}]}`}},
	{"bad_key", mrzText(401, "Invalid api_key")},
	{"forbidden", mrzText(403, "You do not have permission to perform this action.")},
	{"not_found", mrzText(404, "Not found.")},
	{"too_large", MRZAnswer{Status: 413, HTML: true}},
	{"unsupported", mrzText(415, "Unsupported media type")},
	{"bad_image", MRZAnswer{Status: 400, Body: `{"image":["Upload a valid image. The file you uploaded was either not an image or a corrupted image."]}`}},
	{"blocked", MRZAnswer{Status: 403, HTML: true}},
	{"wrong_host", MRZAnswer{Status: 404, HTML: true}},
	{"login_page", MRZAnswer{Status: 200, HTML: true}},
	{"redirect", MRZAnswer{Status: 307, Location: movedPath, ContentType: "text/plain"}},

	{"government", mrzText(424, "Government service error")},
	{"busy", MRZAnswer{Status: 429, Body: `{"detail":"Request was throttled."}`, RetryAfter: 2}},
	{"unavailable", mrzText(503, "MRZ service not available now")},
	{"internal", mrzText(500, "Internal server error")},
	{"bad_gateway", MRZAnswer{Status: 502, HTML: true}},
	{"gateway_timeout", MRZAnswer{Status: 504, HTML: true}},

	{"garbage", MRZAnswer{Status: 200, Body: "{\"result\": tr"}},
	{"empty", MRZAnswer{Status: 200}},
	{"wrong_types", MRZAnswer{Status: 200, Body: `{"backend_session":1,"status":true,"result":"yes","mrz_string":["I<"],"failure_reason":0}`}},
	{"blank_zone", MRZAnswer{Status: 200, Body: `{"backend_session":"SESSION","status":"RECEIVED","result":true,"mrz_string":" ","failure_reason":null}`}},
	{"slow", MRZAnswer{Delay: slowAnswer}},
	{"cut_before", MRZAnswer{Cut: MRZCutBefore}},
	{"cut_in_body", MRZAnswer{Cut: MRZCutInBody}},
	{"cut_after", MRZAnswer{Cut: MRZCutAfter}},
	{"cut_in_answer", MRZAnswer{Cut: MRZCutInAnswer}},
	{"cut_unframed", MRZAnswer{Cut: MRZCutInAnswer, Framing: MRZUnframed}},
	{"switches", MRZAnswer{Status: 101, Framing: MRZSwitches}},
	{"endless", MRZAnswer{Framing: MRZEndless}},
}

// MRZAnswerNames lists the answers that MRZAnswerNamed knows.
func MRZAnswerNames() []string {
	var names []string
	for _, row := range mrzAnswers {
		names = append(names, row.name)
	}
	return names
}

// MRZAnswerNamed is a documented answer or a fault by its name, such as
// "unreadable" or "bad_gateway".
func MRZAnswerNamed(name string) (MRZAnswer, bool) {
	for _, row := range mrzAnswers {
		if row.name == name {
			row.answer.name = name
			return row.answer, true
		}
	}
	return MRZAnswer{}, false
}

// MRZZone answers with these lines, whatever the picture shows.
func MRZZone(lines ...string) MRZAnswer { return MRZAnswer{Lines: lines} }

// mistaken are the characters readers take for one another.
const mistaken = "0O1I8B5S2Z6G"

// misread gives back the lines with one character wrong: the first in the
// document number or behind it that is easily mistaken.
func misread(lines []string) []string {
	const documentNumber = 5 // 0-based column in the first line of a TD1 zone
	lines = slices.Clone(lines)
	if len(lines) == 0 {
		return lines
	}
	first := []byte(lines[0])
	for i := documentNumber; i < len(first); i++ {
		if at := strings.IndexByte(mistaken, first[i]); at >= 0 {
			first[i] = mistaken[at^1]
			break
		}
	}
	lines[0] = string(first)
	return lines
}
