package fakemrz

import (
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"mrzbot/sandbox/web"
)

// Cut says when the service breaks a connection.
type Cut int

const (
	CutNever Cut = iota
	// CutBefore breaks before the body is read.
	CutBefore
	// CutInBody breaks in the middle of it. The client may still believe
	// that it has written everything: the system buffers some megabytes.
	CutInBody
	// CutAfter breaks when the whole body was received: perhaps charged.
	CutAfter
	// CutInAnswer breaks in the middle of the answer.
	CutInAnswer
)

// Framing says how the end of an answer is told.
type Framing int

const (
	// Framed gives a Content-Length.
	Framed Framing = iota
	// Unframed lets the end of the connection tell it, as HTTP/1.0 does; with
	// CutInAnswer it tells a lie.
	Unframed
	// Switches answers 101 and says no more, with the connection open until
	// the client closes it.
	Switches
	// Twice sends the whole answer a second time over the same connection.
	Twice
	// Endless never ends it: a blank each 50 ms.
	Endless
)

// Answer is what a well-formed call gets. The zero value reads the picture
// and answers with its MRZ.
type Answer struct {
	// For an MRZ (Status 0):
	Lines        []string // instead of reading
	Misread      bool     // one character is wrong
	MisreadName  bool     // … in the name, where no check digit looks
	Separator    string   // between lines; empty: "\n". Use "none" for none at all
	SessionField string   // empty: "backend_session"
	List         bool     // the lines are a list
	Escaped      bool     // for HTML

	// For everything else:
	Status      int
	Body        string // "SESSION" in it becomes the session's id
	ContentType string // empty: application/json
	Encoding    string // Content-Encoding of Body, which is written as it is; empty: none
	Framing     Framing
	HTML        bool // a gateway's page instead of Body
	RetryAfter  int  // seconds
	Location    string

	// For both:
	Delay time.Duration // after the body was received
	Cut   Cut

	name    string        // among the named ones
	failed  bool          // a 200 with result false, because of the picture
	once    bool          // set with AnswerNext
	more    time.Duration // of Slow, when it was chosen
	session string        // of the finished answer
}

// Name is what AnswerNamed calls the answer; empty: it is not one of them.
func (a Answer) Name() string { return a.name }

func (a Answer) isZone() bool { return a.Status == 0 }

func (a Answer) separator() string {
	switch a.Separator {
	case "":
		return "\n"
	case "none":
		return ""
	}
	return a.Separator
}

func (a Answer) with(session string) Answer {
	a.session = session
	a.Body = strings.ReplaceAll(a.Body, "SESSION", session)
	return a
}

func (a Answer) mrz(lines []string) string {
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
func (a Answer) cutEarly(r *http.Request) {
	switch a.Cut {
	case CutInBody:
		_, _ = io.CopyN(io.Discard, r.Body, max(1, r.ContentLength/2)) // how much comes does not matter
		panic(http.ErrAbortHandler)
	case CutBefore:
		panic(http.ErrAbortHandler)
	}
}

// detail is an error in the shape real clients look for first.
func detail(status int, text string) Answer {
	return Answer{Status: status, Body: mustMarshal(map[string]string{"detail": text})}
}

// mustMarshal writes what always marshals: strings, booleans and maps of them.
func mustMarshal(v any) string {
	raw, err := web.Encode(v)
	if err != nil {
		return "{}"
	}
	return string(raw)
}

// failure is a 200 with result false and that failure_reason.
func failure(reason any) Answer {
	return Answer{Status: http.StatusOK, failed: true, Body: mustMarshal(map[string]any{
		"backend_session": "SESSION", "status": "FAILED", "result": false, "mrz_string": nil, "failure_reason": reason,
	})}
}

// ownFault is such a failure that is the service's own.
func ownFault(reason any) Answer {
	a := failure(reason)
	a.failed = false
	return a
}

// slowAnswer is longer than any client waits.
const slowAnswer = 10 * time.Minute

// named is every documented answer and every fault worth playing, by the
// name tests and the page call it. Texts with a vendor's source are literal.
var named = []struct {
	name   string
	answer Answer
}{
	{"ok", Answer{}},
	{"misread", Answer{Misread: true}},
	{"misread_name", Answer{MisreadName: true}},
	{"ok_crlf", Answer{Separator: "\r\n"}},
	{"ok_joined", Answer{Separator: "none"}},
	{"ok_session_id", Answer{SessionField: "backend_session_id"}},
	{"ok_list", Answer{List: true}},
	{"ok_entities", Answer{Escaped: true}},
	{"ok_blanks", Answer{Separator: " "}},
	{"ok_gzip", Answer{Encoding: "gzip"}},
	{"ok_unframed", Answer{Framing: Unframed}},
	{"ok_twice", Answer{Framing: Twice}},

	{"unreadable", detail(422, "Error while parsing MRZ")},
	{"failed_null", failure(nil)},
	{"failed_object", failure(map[string]string{"type": "CALC_RESULT", "detail": "MRZ not found"})},
	{"failed_string", failure("MRZ not found")},
	{"failed_list", failure([]string{"MRZ not found"})},
	{"service_error", ownFault(map[string]string{"type": "SERVICE_ERROR", "detail": "connection refused"})},
	{"service_timeout", ownFault(map[string]string{"type": "TIMEOUT", "detail": "no result in time"})},
	{"request_error", ownFault(map[string]string{"type": "REQUEST_ERROR", "detail": "upstream request failed"})},

	{"not_started", detail(400, "Subscription has not started")},
	{"no_subscription", detail(400, "No active or future subscription for technology")},
	{"client_no_subscription", detail(400, "Client does not have subscription")},
	{"no_access", detail(400, "Client does not have access to MRZ technology")},
	{"max_attempts", detail(400, "MRZ max attempts exceeded")},
	{"bad_request_message", Answer{Status: 400, Body: `{"message":"Client does not have subscription"}`}},
	{"bad_request_error", Answer{Status: 400, Body: `{"error":"Client doesn` + "`" + `t have subscription"}`}},
	{"bad_request_field", Answer{Status: 400, Body: `{"api_key":["Ensure this field has at least 47 characters."]}`}},
	{"bad_request_general", Answer{Status: 400, Body: `{"non_field_errors":["MRZ max attempts exceeded"]}`}},
	{"bad_request_plain", Answer{Status: 400, Body: "MRZ max attempts exceeded", ContentType: "text/plain"}},
	{"bad_request_422", Answer{Status: 422, Body: `{"detail":[{"loc":["body","image"],"msg":"field required","type":"value_error.missing"}]}`}},
	{"bad_key", detail(401, "Invalid api_key")},
	{"forbidden", detail(403, "You do not have permission to perform this action.")},
	{"not_found", detail(404, "Not found.")},
	{"too_large", Answer{Status: 413, HTML: true}},
	{"unsupported", detail(415, "Unsupported media type")},
	{"bad_image", Answer{Status: 400, Body: `{"image":["Upload a valid image. The file you uploaded was either not an image or a corrupted image."]}`}},
	{"blocked", Answer{Status: 403, HTML: true}},
	{"wrong_host", Answer{Status: 404, HTML: true}},
	{"login_page", Answer{Status: 200, HTML: true}},
	{"redirect", Answer{Status: 307, Location: movedPath, ContentType: "text/plain"}},

	{"government", detail(424, "Government service error")},
	{"busy", Answer{Status: 429, Body: `{"detail":"Request was throttled."}`, RetryAfter: 2}},
	{"unavailable", detail(503, "MRZ service not available now")},
	{"internal", detail(500, "Internal server error")},
	{"bad_gateway", Answer{Status: 502, HTML: true}},
	{"gateway_timeout", Answer{Status: 504, HTML: true}},

	{"garbage", Answer{Status: 200, Body: "{\"result\": tr"}},
	{"empty", Answer{Status: 200}},
	{"wrong_types", Answer{Status: 200, Body: `{"backend_session":1,"status":true,"result":"yes","mrz_string":["I<"],"failure_reason":0}`}},
	{"blank_zone", Answer{Status: 200, Body: `{"backend_session":"SESSION","status":"RECEIVED","result":true,"mrz_string":" ","failure_reason":null}`}},
	{"slow", Answer{Delay: slowAnswer}},
	{"cut_before", Answer{Cut: CutBefore}},
	{"cut_in_body", Answer{Cut: CutInBody}},
	{"cut_after", Answer{Cut: CutAfter}},
	{"cut_in_answer", Answer{Cut: CutInAnswer}},
	{"cut_unframed", Answer{Cut: CutInAnswer, Framing: Unframed}},
	{"switches", Answer{Status: 101, Framing: Switches}},
	{"endless", Answer{Framing: Endless}},
}

// AnswerNames lists the answers that AnswerNamed knows.
func AnswerNames() []string {
	var names []string
	for _, row := range named {
		names = append(names, row.name)
	}
	return names
}

// AnswerNamed is a documented answer or a fault by its name, such as
// "unreadable" or "bad_gateway".
func AnswerNamed(name string) (Answer, bool) {
	for _, row := range named {
		if row.name == name {
			row.answer.name = name
			return row.answer, true
		}
	}
	return Answer{}, false
}

// Lines answers with these lines, whatever the picture shows.
func Lines(lines ...string) Answer { return Answer{Lines: lines} }

// mistaken are the characters readers take for one another.
const mistaken = "0O1I8B5S2Z6G"

// misread gives back the lines with one character wrong: the first in the
// document number or behind it that is easily mistaken.
func misread(lines []string) []string {
	const documentNumber = 5 // 0-based column in the first line of a TD1
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

// mistakenLetters are the letters readers take for one another.
const mistakenLetters = "UVOQEFITGCPBMNKRDLXYAHSZ"

// misreadName gives back the lines with one letter wrong, the first in the name that
// is easily mistaken: no check digit looks there.
func misreadName(lines []string) []string {
	lines = slices.Clone(lines)
	line, from := 0, 5 // of an MRZ of two lines
	if len(lines) > 2 {
		line, from = 2, 0
	}
	if len(lines) <= line {
		return lines
	}
	name := []byte(lines[line])
	for i := from; i < len(name); i++ {
		if at := strings.IndexByte(mistakenLetters, name[i]); at >= 0 {
			name[i] = mistakenLetters[at^1]
			break
		}
	}
	lines[line] = string(name)
	return lines
}
