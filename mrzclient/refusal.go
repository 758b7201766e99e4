package mrzclient

import (
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a service may ask for. An update lives for a day.
const maxRetryAfter = 24 * time.Hour

// maxDepth is how deep texts are looked for in JSON. The shapes that were seen
// end at three.
const maxDepth = 8

// refusalWords say more of a status than its kind does.
var refusalWords = map[int]Detail{
	http.StatusProxyAuthRequired:             DetailProxyLogin,
	http.StatusNetworkAuthenticationRequired: DetailNetworkLogin,
}

// phrases are the service's own texts, in lower case and shortened to what
// distinguishes them. The first that occurs counts.
var phrases = []struct {
	text string
	kind Kind
}{
	{"max attempts", MaxAttempts},
	{"subscription has not started", SubscriptionNotStarted},
	{"no active or future subscription", NoActiveSubscription},
	{"does not have access to mrz", NoAccess},
	{"does not have subscription", NoSubscription},
	{"error while parsing mrz", Unreadable},
}

// keyWords are how a text speaks of the key.
var keyWords = []string{"api_key", "api key", "apikey"}

// imageWords are how a text speaks of the picture, missingWords how it says that
// there is none, which is the request's fault and not the picture's.
var (
	imageWords   = []string{"image", "picture", "photo"}
	missingWords = []string{"required", "no file", "not a file", "missing"}
)

// unreached are answers of a gateway that says that it could not connect to the
// service: codes of its own, which Cloudflare documents.
var unreached = []int{521, 523, 525, 526}

// plain undoes what differs between texts that mean the same.
var plain = strings.NewReplacer(
	"`", "'", "´", "'", "‘", "'", "’", "'", "&#39;", "'", "&#x27;", "'",
)

// contractions are undone after plain.
var contractions = strings.NewReplacer("doesn't", "does not", "hasn't", "has not")

// refusal classifies an answer that is not of success: by its status, and
// within the status by its text.
func (r reply) refusal() Kind {
	switch {
	case r.status/100 == 4:
		return r.clientError()
	case r.status == http.StatusNetworkAuthenticationRequired, r.status/100 == 3 && r.isPage():
		return Gateway
	case r.status/100 == 3:
		return Rejected
	case r.status == http.StatusServiceUnavailable, slices.Contains(unreached, r.status):
		return Unavailable
	case r.status/100 == 5:
		return r.lost() // a gateway's page, too: the service may have read the picture before
	}
	return Protocol
}

func (r reply) clientError() Kind {
	s := hearText(r.text)
	if kind, ok := s.known(); ok {
		return kind
	}
	switch r.status {
	case http.StatusProxyAuthRequired:
		return Gateway
	case http.StatusFailedDependency, http.StatusTooManyRequests:
		return Busy
	case http.StatusRequestTimeout:
		return r.lost()
	case http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		return PictureRefused
	case http.StatusUnprocessableEntity:
		return r.unprocessable(s)
	}
	switch {
	case r.isPage():
		return Gateway
	case r.status == http.StatusBadRequest && s.blamesKey():
		return BadKey
	case r.status == http.StatusBadRequest && s.blamesImage() && !r.isForeign():
		return PictureRefused
	case r.isForeign() && !s.blamesKey():
		return Gateway
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden:
		return BadKey
	}
	return Rejected
}

// unprocessable classifies a 422: of the service's, whatever it is written in,
// for no gateway has one of its own.
func (r reply) unprocessable(s said) Kind {
	switch {
	case s.blamesKey():
		return BadKey
	case !s.located:
		return Unreadable
	case s.blamesImage():
		return PictureRefused
	}
	return Rejected
}

// lost is the kind of an answer that does not tell whether the picture was
// read: half a request cannot have been.
func (r reply) lost() Kind {
	if r.sent {
		return Unknown
	}
	return Unavailable
}

// said is what an answer says, whatever the shape it says it in.
type said struct {
	texts   []string // as they stand
	fields  []string // names of what is complained about
	located bool     // a list of {loc, msg}: the request is malformed
}

// hearText takes JSON, and anything else as one text.
func hearText(text []byte) said {
	var value any
	if json.Unmarshal(text, &value) != nil {
		return said{texts: []string{string(text)}}
	}
	return hear(value)
}

// hear collects the texts of any JSON value: `detail`, `message`, `error`, lists
// of a field, lists of {loc, msg}, and what else there may be.
func hear(value any) said {
	var s said
	s.collect(value, 0)
	return s
}

func (s *said) collect(value any, depth int) {
	if depth > maxDepth {
		return
	}
	switch v := value.(type) {
	case string:
		s.texts = append(s.texts, v)
	case []any:
		for _, item := range v {
			s.collect(item, depth+1)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			s.collectField(name, v[name], depth)
		}
	}
}

func (s *said) collectField(name string, value any, depth int) {
	switch name {
	case "input", "ctx", "url":
		// Beside loc and msg these repeat what was sent.
		return
	case "loc":
		if _, ok := value.([]any); ok {
			s.located = true
		}
		s.fields = append(s.fields, hear(value).texts...)
		return
	}
	s.fields = append(s.fields, name)
	s.collect(value, depth+1)
}

// known gives the kind of the service's own text, if it is one.
func (s said) known() (Kind, bool) {
	all := s.normalised()
	for _, phrase := range phrases {
		if strings.Contains(all, phrase.text) {
			return phrase.kind, true
		}
	}
	return "", false
}

func (s said) blamesKey() bool {
	return slices.Contains(s.fields, "api_key") || s.speaksOf(keyWords)
}

// blamesImage reports whether something is wrong with the picture that was sent.
func (s said) blamesImage() bool {
	return (slices.Contains(s.fields, "image") || s.speaksOf(imageWords)) && !s.speaksOf(missingWords)
}

func (s said) speaksOf(words []string) bool {
	all := s.normalised()
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(all, word) })
}

// normalised is all texts in lower case, with one kind of apostrophe and single
// spaces.
func (s said) normalised() string {
	all := strings.ToLower(strings.Join(s.texts, "\n"))
	return strings.Join(strings.Fields(contractions.Replace(plain.Replace(all))), " ")
}

// retryAfter reads seconds or a date (RFC 9110, 10.2.3). A date is held against
// the answer's own, so that clocks need not agree.
func retryAfter(header http.Header) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	var wait time.Duration
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 {
		// Some give a fraction.
		wait = time.Duration(math.Ceil(min(seconds, maxRetryAfter.Seconds()))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		if now, err := http.ParseTime(header.Get("Date")); err == nil {
			wait = at.Sub(now)
		}
	}
	return min(max(wait, 0), maxRetryAfter)
}
