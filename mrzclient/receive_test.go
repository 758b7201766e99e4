package mrzclient

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pack compresses a text in one of the ways a server may choose.
func pack(t *testing.T, coding, text string) string {
	var packed bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&packed)
	case "zlib":
		w = zlib.NewWriter(&packed)
	case "flate":
		var err error
		w, err = flate.NewWriter(&packed, flate.BestCompression)
		require.NoError(t, err)
	}
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return packed.String()
}

// TestCompressedAnswer: some servers compress whatever they are asked for. What
// was paid for is unpacked, within bounds.
func TestCompressedAnswer(t *testing.T) {
	gzipped := pack(t, "gzip", goodAnswer)
	bomb := pack(t, "gzip", `{"result":true,"mrz_string":"`+strings.Repeat("A", 4<<20))
	for name, test := range map[string]struct {
		header string // Content-Encoding
		text   string
		kind   Kind // "": read
		status int
	}{
		"gzip":                  {header: "gzip", text: gzipped},
		"x-gzip":                {header: "X-GZIP", text: gzipped},
		"gzip without saying":   {text: gzipped},
		"gzip only said":        {header: "gzip", text: goodAnswer},
		"gzip twice":            {header: "gzip, gzip", text: pack(t, "gzip", gzipped)},
		"gzip, said once":       {header: "gzip", text: pack(t, "gzip", gzipped)},
		"gzip and more":         {header: "gzip", text: gzipped + "\n\n"},
		"deflate":               {header: "deflate", text: pack(t, "zlib", goodAnswer)},
		"deflate, bare":         {header: "deflate", text: pack(t, "flate", goodAnswer)},
		"deflate only said":     {header: "deflate", text: goodAnswer},
		"identity":              {header: "identity", text: goodAnswer},
		"brotli":                {header: "br", text: "\x0b\x02\x80", kind: Protocol},
		"too many":              {header: "gzip, gzip, gzip", text: gzipped, kind: Protocol},
		"rubbish":               {header: "gzip", text: "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff", kind: Protocol},
		"cut":                   {header: "gzip", text: gzipped[:len(gzipped)/2], kind: Unknown},
		"a bomb":                {header: "gzip", text: bomb, kind: Protocol},
		"a bomb in a bomb":      {header: "gzip, gzip", text: pack(t, "gzip", bomb), kind: Protocol},
		"a refusal":             {header: "gzip", text: pack(t, "gzip", `{"detail":"MRZ max attempts exceeded"}`), kind: MaxAttempts, status: 400},
		"a refusal in brotli":   {header: "br", text: "\x0b\x02\x80", kind: BadKey, status: 403},
		"a page":                {header: "gzip", text: pack(t, "gzip", "<html>nginx</html>"), kind: Gateway, status: 403},
		"a fault of the server": {header: "gzip", text: "\x1f\x8b", kind: Unknown, status: 502},
	} {
		t.Run(name, func(t *testing.T) {
			asked := ""
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				asked = r.Header.Get("Accept-Encoding")
				if test.header != "" {
					w.Header().Set("Content-Encoding", test.header)
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(max(test.status, 200))
				_, _ = io.WriteString(w, test.text)
			})
			if test.kind == "" {
				answer, err := c.Read(t.Context(), picture("x"))
				require.NoError(t, err)
				require.Equal(t, goodLines, answer.Lines)
			} else {
				require.Equal(t, test.kind, failing(t, c, t.Context(), picture("x")).Kind)
			}
			require.Equal(t, "identity", asked)
		})
	}
}

// TestPages: whoever answers with a page is not the API. The picture was not
// read, but where the status says that the API was reached.
func TestPages(t *testing.T) {
	const page = "\r\n<!DOCTYPE html><html><title>Sign in to the network</title></html>"
	pages := map[string]struct{ kind, text string }{
		"HTML":             {"text/html", page},
		"HTML as JSON":     {"application/json", page},
		"XML":              {"application/xml", `<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>`},
		"HTML, empty":      {"text/html; charset=UTF-8", ""},
		"HTML, plain":      {"text/html", "Forbidden by administrative rules."},
		"HTML without end": {"text/html", page + strings.Repeat("lorem ipsum ", 20<<10)},
		"with a script":    {"text/html", `<html><script>var x = {"result": true, "a": {"b": 1}}</script></html>`},
		"about a key":      {"text/html", "<html>enter your API key</html>"},
	}
	for status, want := range map[int]Kind{
		200: Gateway, 203: Gateway, 302: Gateway, 307: Gateway, 400: Gateway, 401: Gateway, 403: Gateway, 404: Gateway,
		405: Gateway, 407: Gateway, 451: Gateway, 511: Gateway,
		413: PictureRefused, 415: PictureRefused, 422: Unreadable, 429: Busy, 503: Unavailable,
		500: Unknown, 502: Unknown, 504: Unknown, 408: Unknown, 520: Unknown, 524: Unknown,
		521: Unavailable, 523: Unavailable, 525: Unavailable, 526: Unavailable,
	} {
		for name, page := range pages {
			if status == 422 && name == "about a key" {
				continue
			}
			t.Run(fmt.Sprint(status, " ", name), func(t *testing.T) {
				c := serve(t, func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					w.Header().Set("Content-Type", page.kind)
					w.WriteHeader(status)
					_, _ = io.WriteString(w, page.text)
				})
				failure := failing(t, c, t.Context(), picture("x"))
				require.Equal(t, want, failure.Kind, failure)
				if want == Gateway {
					require.True(t, failure.Repeatable())
					require.False(t, failure.MayBeCharged())
				}
			})
		}
	}
}

// TestPlainWords: what refuses in plain words is no API, unless it says what the
// API says.
func TestPlainWords(t *testing.T) {
	for _, test := range []struct {
		status int
		text   string
		want   Kind
	}{
		{404, "404 page not found\n", Gateway},
		{403, "error code: 1020", Gateway},
		{403, "RBAC: access denied", Gateway},
		{401, "Unauthorized", Gateway},
		{400, "Client sent an HTTP request to an HTTPS server.\n", Gateway},
		{401, "Invalid api_key", BadKey},
		{400, "MRZ max attempts exceeded", MaxAttempts},
		{429, "slow down", Busy},
		{503, "no healthy upstream", Unavailable},
		{403, "", BadKey},
		{403, "{", BadKey},
		{404, "", Rejected},
		{200, "OK", Protocol},
	} {
		_, err := reply{status: test.status, text: []byte(test.text), sent: true}.understand()
		require.Equal(t, test.want, err.(*Error).Kind, "%d %s", test.status, test.text)
	}
}
