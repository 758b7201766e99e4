package fakemrz

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	testKey  = strings.Repeat("k-Y_", 12)
	card     = []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
	errBlind = errors.New("the reader is broken")
)

func newServer(t *testing.T, read func(context.Context, []byte) ([]string, error)) *Server {
	t.Helper()
	m, err := New(Config{Key: testKey, Read: read, Random: strings.NewReader(strings.Repeat("0123456789abcdef", 1000))})
	require.NoError(t, err)
	return m
}

// pictureOf is a grey picture of that size.
func pictureOf(w, h int) []byte {
	var buffer bytes.Buffer
	_ = jpeg.Encode(&buffer, image.NewGray(image.Rect(0, 0, w, h)), nil) // a buffer takes everything
	return buffer.Bytes()
}

func sees(lines []string, err error) func(context.Context, []byte) ([]string, error) {
	return func(context.Context, []byte) ([]string, error) { return lines, err }
}

// form is a request as the vendor's page shows it.
func form(key string, picture []byte) (body *bytes.Buffer, contentType string) {
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	_ = w.WriteField("api_key", key)
	file, _ := w.CreateFormFile("image", "card.jpg")
	_, _ = file.Write(picture)
	_ = w.Close()
	return body, w.FormDataContentType()
}

func ask(m http.Handler, change func(*http.Request)) *httptest.ResponseRecorder {
	body, contentType := form(testKey, pictureOf(40, 30))
	r := httptest.NewRequest(http.MethodPost, Path, body)
	r.Header.Set("Content-Type", contentType)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	return w
}

func TestReadsThePicture(t *testing.T) {
	picture := pictureOf(40, 30)
	m := newServer(t, func(_ context.Context, got []byte) ([]string, error) {
		require.Equal(t, picture, got)
		return card, nil
	})
	w := ask(m, nil)
	require.Equal(t, 200, w.Code)
	require.JSONEq(t, `{"backend_session":"30313233-3435-4637-b839-616263646566","status":"RECEIVED","result":true,
		"mrz_string":"`+strings.Join(card, `\n`)+`","failure_reason":null}`, w.Body.String())
	require.Equal(t, Counts{Begun: 1, Received: 1, OK: 1}, m.Counts())
	require.Equal(t, picture, m.LastPicture())
	call := m.Calls()[0]
	require.Equal(t, sha256.Sum256(picture), call.Sum)
	require.Equal(t, "30313233-3435-4637-b839-616263646566", call.Session)

	require.Equal(t, 422, ask(newServer(t, sees(nil, nil)), nil).Code)
	require.Equal(t, 500, ask(newServer(t, sees(nil, errBlind)), nil).Code)
	require.Equal(t, 422, ask(newServer(t, nil), nil).Code, "without eyes nothing is readable")
	_, err := New(Config{Key: testKey[:46]})
	require.ErrorIs(t, err, ErrKey)
}

func TestIsStrict(t *testing.T) {
	body := func(r *http.Request, key string, picture []byte) {
		b, contentType := form(key, picture)
		r.Body, r.ContentLength = io.NopCloser(b), int64(b.Len())
		r.Header.Set("Content-Type", contentType)
	}
	text := func(s string) func(*http.Request) {
		return func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(s)), int64(len(s))
			r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		}
	}
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
		want   string
	}{
		"method":        {func(r *http.Request) { r.Method = "GET" }, 405, "not allowed"},
		"path":          {func(r *http.Request) { r.URL.Path = strings.TrimSuffix(Path, "/") }, 404, "Not found"},
		"chunked":       {func(r *http.Request) { r.ContentLength = -1 }, 411, "411 Length Required"},
		"too large":     {func(r *http.Request) { r.ContentLength = maxBody + 1 }, 413, "413"},
		"form":          {func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415, "Unsupported"},
		"wrong key":     {func(r *http.Request) { body(r, strings.Repeat("x", 48), pictureOf(9, 9)) }, 401, "Invalid api_key"},
		"no key":        {func(r *http.Request) { body(r, "", pictureOf(9, 9)) }, 400, "api_key"},
		"empty image":   {func(r *http.Request) { body(r, testKey, nil) }, 400, "empty"},
		"no picture":    {func(r *http.Request) { body(r, testKey, []byte("%PDF-1.4")) }, 400, "valid image"},
		"no image":      {text("--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n" + testKey + "\r\n--b--\r\n"), 400, "No file"},
		"image as text": {text("--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nx\r\n--b--\r\n"), 400, "Unexpected part"},
		"twice":         {text(strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\nx\r\n", 2) + "--b--\r\n"), 400, "Given twice"},
		"unknown part":  {text("--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nx\r\n--b--\r\n"), 400, "Unexpected part"},
		"broken off":    {text("--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\nx"), 400, "parse error"},
	} {
		m := newServer(t, sees(card, nil))
		m.AnswerNext(Answer{Status: 503})
		w := ask(m, c.change)
		require.Equal(t, c.status, w.Code, name)
		require.Contains(t, w.Body.String(), c.want, name)
		require.NotContains(t, w.Body.String(), testKey, name)
		counts := Counts{Begun: 1}
		if name == "method" {
			counts.Begun = 0 // that is no call
		}
		require.Equal(t, counts, m.Counts(), name)
		require.Equal(t, 503, ask(m, nil).Code, "%s: an answer is kept for a well-formed call", name)
	}
}

func TestNamedAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		want   string
		counts Counts
	}{
		"ok":                     {200, `\n`, Counts{OK: 1}},
		"misread":                {200, "IDKGZ1D1234567", Counts{OK: 1}},
		"misread_name":           {200, misreadName(card)[2], Counts{OK: 1}},
		"ok_crlf":                {200, `<\r\n9001011M`, Counts{OK: 1}},
		"ok_joined":              {200, strings.Join(card, ""), Counts{OK: 1}},
		"ok_session_id":          {200, `"backend_session_id":"3031`, Counts{OK: 1}},
		"unreadable":             {422, "Error while parsing MRZ", Counts{Unreadable: 1}},
		"failed_null":            {200, `"failure_reason":null`, Counts{Unreadable: 1}},
		"failed_object":          {200, `"failure_reason":{`, Counts{Unreadable: 1}},
		"failed_string":          {200, `"failure_reason":"`, Counts{Unreadable: 1}},
		"failed_list":            {200, `"failure_reason":[`, Counts{Unreadable: 1}},
		"not_started":            {400, "Subscription has not started", Counts{Refused: 1}},
		"no_subscription":        {400, "No active or future subscription for technology", Counts{Refused: 1}},
		"client_no_subscription": {400, "Client does not have subscription", Counts{Refused: 1}},
		"no_access":              {400, "Client does not have access to MRZ technology", Counts{Refused: 1}},
		"max_attempts":           {400, "MRZ max attempts exceeded", Counts{Refused: 1}},
		"bad_request_message":    {400, `"message"`, Counts{Refused: 1}},
		"bad_request_error":      {400, "doesn`t", Counts{Refused: 1}},
		"bad_request_field":      {400, `{"api_key":[`, Counts{Refused: 1}},
		"bad_request_general":    {400, "non_field_errors", Counts{Refused: 1}},
		"bad_request_plain":      {400, "MRZ max attempts exceeded", Counts{Refused: 1}},
		"bad_request_422":        {422, `"loc"`, Counts{Unreadable: 1}},
		"bad_key":                {401, "Invalid", Counts{Refused: 1}},
		"forbidden":              {403, "permission", Counts{Refused: 1}},
		"not_found":              {404, "Not found", Counts{Refused: 1}},
		"too_large":              {413, "<html>", Counts{Refused: 1}},
		"redirect":               {307, "", Counts{Broken: 1}},
		"government":             {424, "Government service error", Counts{Busy: 1}},
		"busy":                   {429, "throttled", Counts{Busy: 1}},
		"unavailable":            {503, "MRZ service not available now", Counts{Busy: 1}},
		"internal":               {500, "Internal", Counts{Broken: 1}},
		"bad_gateway":            {502, "<html>", Counts{Broken: 1}},
		"gateway_timeout":        {504, "<html>", Counts{Broken: 1}},
		"garbage":                {200, "tr", Counts{Broken: 1}},
		"empty":                  {200, "", Counts{Broken: 1}},
		"wrong_types":            {200, `"result":"yes"`, Counts{Broken: 1}},
		"ok_list":                {200, `"mrz_string":["ID`, Counts{OK: 1}},
		"ok_entities":            {200, `&lt;\n`, Counts{OK: 1}},
		"ok_blanks":              {200, `< 9001011M`, Counts{OK: 1}},
		"ok_gzip":                {200, "\x1f\x8b", Counts{OK: 1}},
		"service_error":          {200, `"SERVICE_ERROR"`, Counts{Broken: 1}},
		"service_timeout":        {200, `"TIMEOUT"`, Counts{Broken: 1}},
		"request_error":          {200, `"REQUEST_ERROR"`, Counts{Broken: 1}},
		"unsupported":            {415, "media type", Counts{Refused: 1}},
		"bad_image":              {400, `{"image":[`, Counts{Refused: 1}},
		"blocked":                {403, "<html>", Counts{Refused: 1}},
		"wrong_host":             {404, "<html>", Counts{Refused: 1}},
		"login_page":             {200, "<html>", Counts{Refused: 1}},
		"blank_zone":             {200, `"mrz_string":" "`, Counts{Broken: 1}},
	} {
		answer, ok := AnswerNamed(name)
		require.True(t, ok, name)
		m := newServer(t, sees(card, nil))
		m.Answer(answer)
		w := ask(m, nil)
		require.Equal(t, c.status, w.Code, name)
		require.Contains(t, w.Body.String(), c.want, name)
		c.counts.Begun, c.counts.Received = 1, 1
		require.Equal(t, c.counts, m.Counts(), name)
		if strings.HasPrefix(w.Body.String(), "{") && name != "garbage" {
			require.True(t, json.Valid(w.Body.Bytes()), name)
		}
	}
	require.Len(t, AnswerNames(), 59, "a new answer wants a row above or in the tests of cuts and of framing")
	_, ok := AnswerNamed("wise")
	require.False(t, ok)
}

// TestMisreadName: one letter of the name is wrong, and nothing else.
func TestMisreadName(t *testing.T) {
	for _, lines := range [][]string{
		card, {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
	} {
		wrong, differ := misreadName(lines), 0
		for i := range lines {
			for k := range lines[i] {
				if lines[i][k] != wrong[i][k] {
					differ++
				}
			}
		}
		require.Equal(t, 1, differ)
		require.Equal(t, lines[1], wrong[1])
	}
	require.Empty(t, misreadName(nil))
}

func TestZone(t *testing.T) {
	m := newServer(t, nil)
	m.Answer(Lines("A", "B"))
	require.Contains(t, ask(m, nil).Body.String(), `"mrz_string":"A\nB"`)
	require.Equal(t, []string{"A", "B"}, m.Usual().Lines)
}
