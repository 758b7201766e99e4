package mrzclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// seen is a request as a server sees it.
type seen struct {
	method, path, accept, key, name, disposition, contentType string
	length                                                    int64
	encoding                                                  []string
	image                                                     []byte
	fields                                                    int
}

func see(r *http.Request) (seen, error) {
	s := seen{method: r.Method, path: r.URL.Path, accept: r.Header.Get("Accept"), length: r.ContentLength, encoding: r.TransferEncoding}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return s, err
	}
	if int64(len(raw)) != s.length {
		return s, fmt.Errorf("%d bytes under a Content-Length of %d", len(raw), s.length)
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	parts, err := r.MultipartReader()
	if err != nil {
		return s, err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		if err := s.take(part); err != nil {
			return s, err
		}
	}
}

func (s *seen) take(part *multipart.Part) error {
	content, err := io.ReadAll(part)
	s.fields++
	switch part.FormName() {
	case "api_key":
		s.key = string(content)
	case "image":
		s.image, s.name = content, part.FileName()
		s.contentType, s.disposition = part.Header.Get("Content-Type"), part.Header.Get("Content-Disposition")
	default:
		return fmt.Errorf("a field of the name %q", part.FormName())
	}
	return err
}

func TestRequest(t *testing.T) {
	tests := map[string]struct {
		picture     Picture
		image       []byte
		name        string
		contentType string
	}{
		"least":              {Picture{}, []byte("x"), "image.jpg", "image/jpeg"},
		"named":              {Picture{Name: "photo.png", ContentType: "image/png"}, []byte("\x89PNG"), "photo.png", "image/png"},
		"a large one":        {Picture{}, bytes.Repeat([]byte("\xff\xd8\r\n--"), 100_000), "image.jpg", "image/jpeg"},
		"a name with quotes": {Picture{Name: `a"; name="api_key`}, []byte("x"), `a"; name="api_key`, "image/jpeg"},
		"a name with lines":  {Picture{Name: "a\r\nX-Evil: 1\r\n\r\nb"}, []byte("x"), "a%0D%0AX-Evil: 1%0D%0A%0D%0Ab", "image/jpeg"},
		"a name in Cyrillic": {Picture{Name: "паспорт.jpg"}, []byte("x"), "паспорт.jpg", "image/jpeg"},
		"a form in a form":   {Picture{}, []byte("\r\n--x\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\nevil\r\n--x--\r\n"), "image.jpg", "image/jpeg"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got seen
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				var err error
				if got, err = see(r); err != nil {
					t.Error(err)
				}
				_, _ = io.WriteString(w, goodAnswer)
			})
			test.picture.Size, test.picture.Body = int64(len(test.image)), bytes.NewReader(test.image)
			answer, err := c.Read(t.Context(), test.picture)
			require.NoError(t, err)
			require.Equal(t, goodLines, answer.Lines)

			require.Equal(t, http.MethodPost, got.method)
			require.Equal(t, "/mrz/", got.path)
			require.Equal(t, "application/json", got.accept)
			require.Empty(t, got.encoding, "not chunked")
			require.Equal(t, 2, got.fields)
			require.Equal(t, testKey, got.key)
			require.True(t, bytes.Equal(test.image, got.image))
			require.Equal(t, test.name, got.name)
			require.Equal(t, test.contentType, got.contentType)
		})
	}
}

// The picture's second half is there only once the server has the first.
func TestPictureIsPassedThrough(t *testing.T) {
	const half = 1 << 20
	arrived := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, half)
		close(arrived)
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, goodAnswer)
	})
	body := io.MultiReader(
		bytes.NewReader(make([]byte, half)),
		readerFunc(func([]byte) (int, error) { <-arrived; return 0, io.EOF }),
		bytes.NewReader(make([]byte, half)),
	)
	_, err := c.Read(t.Context(), Picture{Size: 2 * half, Body: body})
	require.NoError(t, err)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestMisfilledPicture(t *testing.T) {
	c := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("called") })
	for name, p := range map[string]Picture{
		"zero":              {},
		"no body":           {Size: 5},
		"no size":           {Body: strings.NewReader("x")},
		"negative size":     {Size: -1, Body: strings.NewReader("x")},
		"type with a line":  {Size: 1, Body: strings.NewReader("x"), ContentType: "image/png\r\nX-Evil: 1"},
		"type without half": {Size: 1, Body: strings.NewReader("x"), ContentType: "image"},
	} {
		t.Run(name, func(t *testing.T) {
			failure := failing(t, c, t.Context(), p)
			require.Equal(t, BadPicture, failure.Kind)
			require.ErrorIs(t, failure, ErrPicture)
			require.False(t, failure.Sent)
		})
	}
}

func TestMisfilledClient(t *testing.T) {
	p, body := closingPicture(t, []byte("x"))
	failure := failing(t, &Client{}, t.Context(), p)
	require.Equal(t, BadKey, failure.Kind)
	require.True(t, body.closed)

	for _, address := range []string{"ftp://127.0.0.1/", "127.0.0.1", "https://", "http://[::1", "/mrz/"} {
		p, body := closingPicture(t, []byte("x"))
		c := &Client{Key: testKey, URL: address}
		failure := failing(t, c, t.Context(), p)
		require.Equal(t, Rejected, failure.Kind, address)
		require.False(t, failure.MayBeCharged())
		require.True(t, body.closed)
		_, err := c.Check(t.Context())
		require.Error(t, err)
	}
}

func TestDefaults(t *testing.T) {
	c := &Client{}
	require.Equal(t, DefaultTimeout, c.timeout())
	request, err := c.request(t.Context(), http.MethodGet, nil)
	require.NoError(t, err)
	require.Equal(t, "https://kyc.biometric.kz/api/v1/backend/mrz/retrieve/", request.URL.String())
	require.Nil(t, newTransport(nil).Proxy, "the environment brings no proxy in")
}

func TestManyAtOnce(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		s, err := see(r)
		if err != nil {
			t.Error(err)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"result": true, "mrz_string": string(s.image[:30])})
	})
	var group sync.WaitGroup
	for i := range 32 {
		group.Go(func() {
			mine := fmt.Sprintf("%030d", i)
			for range 4 {
				answer, err := c.Read(context.Background(), picture(mine+strings.Repeat("x", 50_000)))
				if err != nil || len(answer.Lines) != 1 || answer.Lines[0] != mine {
					t.Errorf("%s: %v, %v", mine, answer.Lines, err)
				}
			}
		})
	}
	group.Wait()
}

func TestKeyAndAnswerHideThemselves(t *testing.T) {
	answer := Answer{Lines: goodLines, Session: session, Status: "RECEIVED"}
	client := &Client{Key: testKey}
	var printed bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&printed, verb, Key(testKey))
		fmt.Fprintf(&printed, verb, client)
		fmt.Fprintf(&printed, verb, answer)
		fmt.Fprintf(&printed, verb, &answer)
		fmt.Fprintf(&printed, verb, []Answer{answer})
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&printed, nil), slog.NewJSONHandler(&printed, nil)} {
		slog.New(handler).Info("message", "key", Key(testKey), "answer", answer, "client", struct{ Key Key }{testKey})
	}
	fmt.Fprint(&printed, Key(testKey).String(), Key(testKey).GoString())
	asJSON, err := json.Marshal(struct{ Key Key }{testKey})
	require.NoError(t, err)
	require.JSONEq(t, `{"Key":"[hidden]"}`, string(asJSON))

	text := strings.ToLower(printed.String())
	for _, secret := range []string{testKey, "jhon", "0123456", fmt.Sprintf("%x", testKey[:8]), fmt.Sprintf("%x", "JHON")} {
		require.NotContains(t, text, strings.ToLower(secret))
	}
	require.Contains(t, text, session)
}

// BenchmarkRead measures a call of 200 KB over loopback: with a connection of its
// own, and beside it with one that is kept, which the client never does.
func BenchmarkRead(b *testing.B) {
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, goodAnswer)
	})
	content := make([]byte, 200<<10)
	for _, scheme := range []string{"plain", "TLS"} {
		start := httptest.NewServer
		if scheme == "TLS" {
			start = httptest.NewTLSServer
		}
		server := start(answer)
		b.Cleanup(server.Close)
		transport := newTransport(nil)
		if trusted := server.Client().Transport.(*http.Transport).TLSClientConfig; trusted != nil {
			transport.TLSClientConfig.RootCAs = trusted.RootCAs
		}
		c := &Client{URL: server.URL, Key: testKey, HTTPClient: &http.Client{Transport: transport}}
		kept := transport.Clone()
		kept.DisableKeepAlives = false
		b.Cleanup(kept.CloseIdleConnections)
		keeping := &Client{URL: server.URL, Key: testKey, HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			r.Close = false
			return kept.RoundTrip(r)
		})}}
		for name, client := range map[string]*Client{"own": c, "kept": keeping} {
			b.Run(scheme+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(content)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := client.Read(b.Context(), Picture{Size: int64(len(content)), Body: bytes.NewReader(content)}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
