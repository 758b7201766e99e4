package mrzclient

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

func TestGoodAnswers(t *testing.T) {
	const mrz = "IDKGZ<1\nL2<<\nL3<<"
	withMRZ := func(mrz string) string {
		text, err := json.Marshal(map[string]any{"result": true, "mrz_string": mrz})
		require.NoError(t, err)
		return string(text)
	}
	three := []string{"IDKGZ<1", "L2<<", "L3<<"}
	ninety := strings.Repeat("A", 30) + strings.Repeat("B", 30) + strings.Repeat("C", 30)
	tests := map[string]struct {
		status int
		text   string
		want   Answer
	}{
		"the vendor's":       {text: goodAnswer, want: Answer{Lines: goodLines, Session: session, Status: "RECEIVED"}},
		"201":                {status: 201, text: withMRZ(mrz), want: Answer{Lines: three}},
		"session_id":         {text: `{"result":true,"mrz_string":"A","backend_session_id":"` + session + `"}`, want: Answer{Lines: []string{"A"}, Session: session}},
		"both, one empty":    {text: `{"result":true,"mrz_string":"A","backend_session":"","backend_session_id":"s-1"}`, want: Answer{Lines: []string{"A"}, Session: "s-1"}},
		"session of a list":  {text: `{"result":true,"mrz_string":"A","backend_session":["x"]}`, want: Answer{Lines: []string{"A"}}},
		"session too long":   {text: `{"result":true,"mrz_string":"A","backend_session":"` + testKey + `"}`, want: Answer{Lines: []string{"A"}}},
		"status of a number": {text: `{"result":true,"mrz_string":"A","status":7}`, want: Answer{Lines: []string{"A"}}},
		"result a text":      {text: `{"result":" True ","mrz_string":"A"}`, want: Answer{Lines: []string{"A"}}},
		"reason beside it":   {text: `{"result":true,"mrz_string":"A","failure_reason":{"type":"OTHER"}}`, want: Answer{Lines: []string{"A"}}},
		"carriage returns":   {text: withMRZ("IDKGZ<1\r\nL2<<\r\nL3<<\r\n"), want: Answer{Lines: three}},
		"old carriage":       {text: withMRZ("IDKGZ<1\rL2<<\rL3<<"), want: Answer{Lines: three}},
		"escaped twice":      {text: withMRZ(`IDKGZ<1\nL2<<\r\nL3<<`), want: Answer{Lines: three}},
		"blanks around":      {text: withMRZ("\n  IDKGZ<1 \n\n\tL2<<\n L3<<\n"), want: Answer{Lines: three}},
		"ninety in one":      {text: withMRZ(" " + ninety + "\n"), want: Answer{Lines: []string{ninety[:30], ninety[30:60], ninety[60:]}}},
		"eighty-nine in one": {text: withMRZ(ninety[1:]), want: Answer{Lines: []string{ninety[1:]}}},
		"escaped brackets":   {text: `{"result":true,"mrz_string":"A\u003c\u003c"}`, want: Answer{Lines: []string{"A<<"}}},
		"with a label":       {text: withMRZ("MRZ:\n" + mrz + "\nEND"), want: Answer{Lines: []string{"MRZ:", "IDKGZ<1", "L2<<", "L3<<", "END"}}},
		"a long line":        {text: withMRZ(strings.Repeat("B", 400)), want: Answer{Lines: []string{strings.Repeat("B", 400)}}},
		"a list":             {text: `{"result":true,"mrz_string":["IDKGZ<1","L2<<","L3<<"]}`, want: Answer{Lines: three}},
		"an object":          {text: `{"result":true,"mrz_string":{"line1":"IDKGZ<1","line2":"L2<<","line3":"L3<<"}}`, want: Answer{Lines: three}},
		"a list of one text": {text: `{"result":true,"mrz_string":["IDKGZ<1\nL2<<\nL3<<"]}`, want: Answer{Lines: three}},
		"as it came":         {text: withMRZ("\u200bID&lt;1 2\nL2&amp;lt;\nL3 «"), want: Answer{Lines: []string{"\u200bID&lt;1 2", "L2&amp;lt;", "L3 «"}}},
		"in a list":          {text: `[` + withMRZ(mrz) + `]`, want: Answer{Lines: three}},
		"result one":         {text: `{"result":1,"mrz_string":"A"}`, want: Answer{Lines: []string{"A"}}},
		"UTF-16":             {text: utf16Text(binary.LittleEndian, "\ufeff"+withMRZ(mrz)), want: Answer{Lines: three}},
		"UTF-16, no mark":    {text: utf16Text(binary.BigEndian, withMRZ(mrz)), want: Answer{Lines: three}},
		"NaN beside it":      {text: `{"result":true,"score":NaN,"limits":[-Infinity, Infinity],"mrz_string":"NaN<Infinity\\\"\nL2<<"}`, want: Answer{Lines: []string{`NaN<Infinity\"`, "L2<<"}}},
		"a warning before":   {text: "<br />\n<b>Warning</b>: {0} in <b>/x.php</b><br />\n" + withMRZ(mrz), want: Answer{Lines: three}},
		"a word after":       {text: withMRZ(mrz) + "\n<!-- took 0.2 s -->", want: Answer{Lines: three}},
		"a word around":      {text: "OK\n" + withMRZ(mrz) + "\nbye", want: Answer{Lines: three}},
		"a heartbeat before": {text: strings.Repeat(" \n", 1000) + withMRZ(mrz), want: Answer{Lines: three}},
		"a mark before":      {text: "\ufeff" + withMRZ("A"), want: Answer{Lines: []string{"A"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer, err := answering(t, max(test.status, 200), test.text).Read(t.Context(), picture("x"))
			require.NoError(t, err)
			require.Equal(t, test.want, answer)
		})
	}
}

func utf16Text(order binary.AppendByteOrder, text string) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = order.AppendUint16(raw, unit)
	}
	return string(raw)
}

// failedCases are answers of 2xx that are no success.
var failedCases = map[string]struct {
	status int
	text   string
	kind   Kind
	reason string
}{
	"false":                {text: `{"result":false}`, kind: Unreadable},
	"false, a text":        {text: `{"result":"false","mrz_string":null}`, kind: Unreadable},
	"false with an MRZ":    {text: `{"result":false,"mrz_string":"A"}`, kind: Unreadable},
	"FAILED, no result":    {text: `{"result":null,"status":"FAILED"}`, kind: Unreadable},
	"reason null":          {text: `{"result":false,"failure_reason":null}`, kind: Unreadable},
	"reason an object":     {text: `{"result":false,"failure_reason":{"type":"SERVICE_ERROR","detail":"Error while parsing MRZ"}}`, kind: Unreadable, reason: "SERVICE_ERROR"},
	"reason a text":        {text: `{"result":false,"failure_reason":"TIMEOUT"}`, kind: ServiceFault, reason: "TIMEOUT"},
	"service's own":        {text: `{"result":false,"failure_reason":{"type":"SERVICE_ERROR","detail":"connection to ocr lost"}}`, kind: ServiceFault, reason: "SERVICE_ERROR"},
	"request's":            {text: `{"result":false,"failure_reason":[{"type":"REQUEST_ERROR"}]}`, kind: ServiceFault, reason: "REQUEST_ERROR"},
	"lower case":           {text: `{"result":false,"failure_reason":{"type":"timeout"}}`, kind: ServiceFault, reason: "TIMEOUT"},
	"a fault in words":     {text: `{"result":false,"failure_reason":"MRZ service not available now"}`, kind: ServiceFault},
	"a fault, FAILED":      {text: `{"result":null,"status":"FAILED","failure_reason":"SERVICE_ERROR"}`, kind: ServiceFault, reason: "SERVICE_ERROR"},
	"calculated":           {text: `{"result":false,"failure_reason":{"type":"CALC_RESULT","detail":"Timeout of focus"}}`, kind: Unreadable, reason: "CALC_RESULT"},
	"reason a list":        {text: `{"result":false,"failure_reason":["what",{"type":"CALC_RESULT"}]}`, kind: Unreadable, reason: "CALC_RESULT"},
	"reason not known":     {text: `{"result":false,"failure_reason":{"type":"IBRAIMOVA"}}`, kind: Unreadable},
	"reason is the limit":  {text: `{"result":false,"failure_reason":{"type":"CLIENT","detail":"MRZ max attempts exceeded"}}`, kind: MaxAttempts, reason: "CLIENT"},
	"not decided":          {text: `{"result":null,"status":"CREATED","mrz_string":null}`, kind: Protocol},
	"no result":            {text: `{"mrz_string":"A"}`, kind: Protocol},
	"true and blank":       {text: `{"result":true,"mrz_string":" \n "}`, kind: Protocol},
	"true and null":        {text: `{"result":true,"mrz_string":null}`, kind: Protocol},
	"MRZ an empty list":    {text: `{"result":true,"mrz_string":[]}`, kind: Protocol},
	"MRZ a list of pages":  {text: `{"result":true,"mrz_string":["A","B","C","D","E","F","G","H","I","J","K","L","M"]}`, kind: Protocol},
	"MRZ a number":         {text: `{"result":true,"mrz_string":7}`, kind: Protocol},
	"result a number":      {text: `{"result":7,"mrz_string":"A"}`, kind: Protocol},
	"result naught":        {text: `{"result":0,"mrz_string":null}`, kind: Unreadable},
	"result a list":        {text: `{"result":[true],"mrz_string":"A"}`, kind: Protocol},
	"a list of two":        {text: `[{"result":true,"mrz_string":"A"},{"result":true,"mrz_string":"B"}]`, kind: Protocol},
	"an empty list":        {text: `[]`, kind: Protocol},
	"null":                 {text: `null`, kind: Protocol},
	"a text":               {text: `"OK"`, kind: Protocol},
	"nothing":              {text: ``, kind: Protocol},
	"204":                  {status: 204, kind: Protocol},
	"two answers":          {text: goodAnswer + goodAnswer, kind: Protocol},
	"half an answer":       {text: goodAnswer[:100], kind: Protocol},
	"not UTF-8":            {text: "{\"result\":\xff}", kind: Protocol},
	"nested without end":   {text: strings.Repeat(`{"result":`, 6000), kind: Protocol},
	"nested in the reason": {text: `{"result":false,"failure_reason":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, kind: Unreadable},
	"larger than it may":   {text: `{"result":true,"mrz_string":"` + strings.Repeat("A", maxAnswer) + `"}`, kind: Protocol},
}

func TestAcceptedAndFailed(t *testing.T) {
	for name, test := range failedCases {
		t.Run(name, func(t *testing.T) {
			text := test.text
			if strings.HasPrefix(text, `{"result":`) && !strings.HasPrefix(name, "nested") {
				text = `{"backend_session_id":"` + session + `",` + text[1:]
			}
			status := max(test.status, 200)
			failure := failing(t, answering(t, status, text), t.Context(), picture("x"))
			require.Equal(t, test.kind, failure.Kind)
			require.Equal(t, status, failure.Status)
			require.Equal(t, test.reason, failure.Reason)
			require.True(t, failure.Sent)
			require.True(t, failure.MayBeCharged())
			require.False(t, failure.Repeatable())
			if json.Valid([]byte(text)) && text != test.text && len(text) <= maxAnswer {
				require.Equal(t, session, failure.Session)
			}
		})
	}
}

// countingBody counts what is read of an answer.
type countingBody struct {
	http.RoundTripper
	read *atomic.Int64
}

func (c countingBody) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := c.RoundTripper.RoundTrip(r)
	if err == nil {
		body := response.Body
		response.Body = struct {
			io.Reader
			io.Closer
		}{readerFunc(func(p []byte) (int, error) {
			n, err := body.Read(p)
			c.read.Add(int64(n))
			return n, err
		}), body}
	}
	return response, err
}

func TestTwoMegabytesOfText(t *testing.T) {
	for status, kind := range map[int]Kind{200: Protocol, 400: NoAccess, 404: NoAccess, 500: Unknown, 503: Unavailable} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, "Client does not have access to MRZ technology ")
				for range 2 << 10 { // the client hangs up some time
					_, _ = io.WriteString(w, strings.Repeat("lorem ipsum ", 86))
				}
			})
			var read atomic.Int64
			transport := newTransport(nil)
			c.HTTPClient = &http.Client{Transport: countingBody{transport, &read}}
			failure := failing(t, c, t.Context(), picture("x"))
			transport.CloseIdleConnections()
			require.Equal(t, kind, failure.Kind)
			require.LessOrEqual(t, read.Load(), int64(maxAnswer+1))
		})
	}
}

func TestRetryAfter(t *testing.T) {
	const now = "Mon, 02 Mar 2026 10:00:00 GMT"
	for value, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		" 7 ":                           7 * time.Second,
		"0":                             0,
		"-7":                            0,
		"1.5":                           2 * time.Second,
		"0.493":                         time.Second,
		"NaN":                           0,
		"1e3":                           1000 * time.Second,
		"soon":                          0,
		"99999999":                      24 * time.Hour,
		"99999999999999999999":          24 * time.Hour,
		"Mon, 02 Mar 2026 10:01:30 GMT": 90 * time.Second,
		"Mon, 02 Mar 2026 09:59:00 GMT": 0,
		"Mon, 02 Mar 2036 09:59:00 GMT": 24 * time.Hour,
	} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Date", now)
			w.Header().Set("Retry-After", value)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		failure := failing(t, c, t.Context(), picture("x"))
		require.Equal(t, Busy, failure.Kind)
		require.Equal(t, want, failure.RetryAfter, "%q", value)
	}
	require.Zero(t, retryAfter(http.Header{"Retry-After": {"Mon, 02 Mar 2026 10:01:30 GMT"}, "Date": {"now"}}))
}
