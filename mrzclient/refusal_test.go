package mrzclient

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shapes put a text into the forms in which services give their reasons.
var shapes = map[string]func(text string) string{
	"detail":           func(text string) string { return object("detail", text) },
	"message":          func(text string) string { return object("message", text) },
	"error":            func(text string) string { return object("error", text) },
	"non_field_errors": func(text string) string { return object("non_field_errors", []string{text}) },
	"a field's list":   func(text string) string { return object("image", []string{text}) },
	"error object":     func(text string) string { return object("error", map[string]any{"code": 7, "message": text}) },
	"failure_reason": func(text string) string {
		return object("failure_reason", map[string]any{"type": "CLIENT", "detail": text})
	},
	"list of texts": func(text string) string { return `[` + quote(text) + `]` },
	"a JSON text":   quote,
	"plain text":    func(text string) string { return text },
	"upper case":    func(text string) string { return object("detail", strings.ToUpper(text)) },
	"HTML": func(text string) string {
		return "<html><head><title>400 Bad Request</title></head>\n<body><h1>" + strings.ReplaceAll(text, " ", "\n ") + "</h1></body></html>"
	},
}

func object(name string, value any) string {
	text, err := json.Marshal(map[string]any{name: value, "backend_session": session})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(quoted)
}

// The table of the vendor's page, in every shape a text may come in.
func TestVendorsTable(t *testing.T) {
	tests := []struct {
		status     int
		text       string
		kind       Kind
		charged    bool
		repeatable bool
	}{
		{400, "Subscription has not started", SubscriptionNotStarted, false, false},
		{400, "No active or future subscription for technology", NoActiveSubscription, false, false},
		{400, "Client does not have subscription", NoSubscription, false, false},
		{400, "Client doesn`t have subscription", NoSubscription, false, false},
		{400, "Client does not have access to MRZ technology", NoAccess, false, false},
		{400, "Client doesn’t have access to MRZ technology", NoAccess, false, false},
		{400, "MRZ max attempts exceeded", MaxAttempts, false, false},
		{422, "Error while parsing MRZ", Unreadable, true, false},
		{503, "MRZ service not available now", Unavailable, false, true},
		// The same texts under a neighbouring status.
		{403, "Client does not have access to MRZ technology", NoAccess, false, false},
		{403, "Subscription hasn't started", SubscriptionNotStarted, false, false},
		{429, "MRZ max attempts exceeded", MaxAttempts, false, false},
		{400, "Error while parsing MRZ", Unreadable, true, false},
		// Sister endpoints, and what must be expected.
		{424, "Government service error", Busy, false, true},
		{504, "Gateway Time-out", Unknown, true, false},
	}
	for _, test := range tests {
		for shape, form := range shapes {
			t.Run(fmt.Sprintf("%d %s/%s", test.status, test.text, shape), func(t *testing.T) {
				r := reply{status: test.status, text: []byte(form(test.text)), sent: true}
				_, err := r.understand()
				failure := err.(*Error)
				require.Equal(t, test.kind, failure.Kind)
				require.Equal(t, test.charged, failure.MayBeCharged())
				require.Equal(t, test.repeatable, failure.Repeatable())
				require.Contains(t, err.Error(), kinds[test.kind].text)
				require.Contains(t, err.Error(), fmt.Sprintf("(HTTP %d)", test.status))
				if strings.Contains(string(r.text), session) {
					require.Equal(t, session, failure.Session)
				}
			})
		}
	}
}

// Every status with nothing to go by, and of some over a real connection. Pages
// have a test of their own.
func TestEveryStatus(t *testing.T) {
	for status := 200; status < 600; status++ {
		want := Rejected
		switch status {
		case 401, 403:
			want = BadKey
		case 407, 511:
			want = Gateway
		case 408:
			want = Unknown
		case 413, 415:
			want = PictureRefused
		case 422:
			want = Unreadable
		case 424, 429:
			want = Busy
		case 503, 521, 523, 525, 526:
			want = Unavailable
		default:
			switch status / 100 {
			case 2:
				want = Protocol
			case 5:
				want = Unknown
			}
		}
		for _, text := range []string{"", "{}", `{"detail":"Something else"}`, `{"detail":null,"message":7,"error":[[]]}`} {
			_, err := reply{status: status, text: []byte(text), sent: true}.understand()
			require.Equal(t, want, err.(*Error).Kind, "%d %s", status, text)
		}
	}
	for status, want := range map[int]Kind{
		200: Protocol, 302: Rejected, 400: Rejected, 401: BadKey, 403: BadKey, 404: Rejected, 413: PictureRefused, 422: Unreadable,
		424: Busy, 429: Busy, 500: Unknown, 502: Unknown, 503: Unavailable, 504: Unknown,
	} {
		failure := failing(t, answering(t, status, "{}"), t.Context(), picture("x"))
		require.Equal(t, want, failure.Kind, status)
		require.Equal(t, status, failure.Status)
		require.True(t, failure.Sent)
	}
}

// Half a request cannot have been processed, so the answer to one loses nothing.
func TestStatusWithoutWholePicture(t *testing.T) {
	for status, want := range map[int]Kind{
		408: Unavailable, 500: Unavailable, 502: Unavailable, 503: Unavailable, 504: Unavailable, 413: PictureRefused, 401: BadKey, 429: Busy,
	} {
		_, err := reply{status: status}.understand()
		require.Equal(t, want, err.(*Error).Kind, status)
		require.False(t, err.(*Error).MayBeCharged(), status)
	}
}

func TestMalformedRequest(t *testing.T) {
	tests := map[string]struct {
		status int
		text   string
		want   Kind
	}{
		"no image":                {422, `{"detail":[{"loc":["body","image"],"msg":"field required","type":"value_error.missing"}]}`, Rejected},
		"no key":                  {422, `{"detail":[{"loc":["body","api_key"],"msg":"field required"}]}`, BadKey},
		"image, and what we sent": {422, `{"detail":[{"loc":["body","image"],"msg":"field required","input":{"api_key":"the api key"}}]}`, Rejected},
		"a list alone":            {422, `[{"loc":["image"],"msg":"too large"}]`, PictureRefused},
		"the text among them":     {422, `{"detail":[{"loc":["image"],"msg":"Error while parsing MRZ"}]}`, Unreadable},
		"loc that is none":        {422, `{"loc":"x","detail":"what"}`, Unreadable},
		"the key's field":         {400, `{"api_key":["This field may not be blank."]}`, BadKey},
		"the key's field below":   {400, `{"errors":{"api_key":["Invalid value."]}}`, BadKey},
		"the key in words":        {400, `{"detail":"Invalid API key"}`, BadKey},
		"the image's field":       {400, `{"image":["Upload a valid image."]}`, PictureRefused},
		"the image, below":        {400, `{"errors":{"image":["The submitted file is empty."]}}`, PictureRefused},
		"the image, in words":     {400, `{"detail":"Unsupported image format"}`, PictureRefused},
		"the image is missing":    {400, `{"image":["No file was submitted."]}`, Rejected},
		"the image, no file":      {400, `{"image":["The submitted data was not a file. Check the encoding type on the form."]}`, Rejected},
		"the image is too large":  {422, `{"detail":[{"loc":["body","image"],"msg":"ensure this value is at most 5 MB"}]}`, PictureRefused},
		"another field":           {400, `{"file":["Unexpected."]}`, Rejected},
		"the key and the limit":   {429, `{"detail":"Too many requests with this API key"}`, Busy},
		"deep down":               {400, strings.Repeat(`{"detail":[`, 20) + `"MRZ max attempts exceeded"` + strings.Repeat(`]}`, 20), Rejected},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := reply{status: test.status, text: []byte(test.text), sent: true}.understand()
			require.Equal(t, test.want, err.(*Error).Kind)
		})
	}
}

func TestEveryKindHasWords(t *testing.T) {
	all := []Kind{
		Unreadable, MaxAttempts, SubscriptionNotStarted, NoActiveSubscription, NoSubscription, NoAccess, BadKey, Rejected,
		PictureRefused, Gateway, ServiceFault, Busy, Unavailable, Unknown, Protocol, BadPicture, Canceled,
	}
	require.Len(t, kinds, len(all))
	for _, kind := range all {
		require.NotEmpty(t, kinds[kind].text, kind)
		failure := &Error{Kind: kind}
		require.False(t, failure.MayBeCharged() && failure.Repeatable(), kind)
	}
}

// Whatever comes, there is an answer or an *Error, and the error says nothing of
// what came.
func FuzzUnderstand(f *testing.F) {
	f.Add(200, goodAnswer)
	f.Add(200, `[{"result":1,"mrz_string":["A&lt;",{"b":"C D"}]}]`)
	f.Add(403, "<html>")
	f.Add(200, `{"result":false,"failure_reason":["x",{"type":"OTHER"}]}`)
	for _, form := range shapes {
		f.Add(400, form("MRZ max attempts exceeded"))
	}
	f.Add(422, `{"detail":[{"loc":["body","image"],"msg":"field required"}]}`)
	f.Fuzz(func(t *testing.T, status int, text string) {
		answer, err := reply{status: status, text: []byte(text), sent: true}.understand()
		if err == nil {
			if status/100 != 2 || len(answer.Lines) == 0 {
				t.Fatalf("a success of HTTP %d with %d lines", status, len(answer.Lines))
			}
			return
		}
		failure := err.(*Error)
		bare := &Error{Kind: failure.Kind, Status: status, Detail: failure.Detail}
		if _, known := kinds[failure.Kind]; !known || err.Error() != bare.Error() {
			t.Fatalf("kind %q: %v", failure.Kind, err)
		}
		if status/100 == 2 && failure.Kind != Gateway && !failure.MayBeCharged() {
			t.Fatalf("accepted and not charged: %v", err)
		}
	})
}
