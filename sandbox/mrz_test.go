package sandbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	testKey  = strings.Repeat("k-Y_", 12)
	zone     = []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
	errBlind = errors.New("the reader is broken")
)

func newMRZ(t *testing.T, read func(context.Context, []byte) ([]string, error)) *MRZ {
	t.Helper()
	m, err := NewMRZ(MRZConfig{Key: testKey, Read: read, Random: strings.NewReader(strings.Repeat("0123456789abcdef", 1000))})
	require.NoError(t, err)
	return m
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
	body, contentType := form(testKey, drawn(40, 30))
	r := httptest.NewRequest(http.MethodPost, MRZPath, body)
	r.Header.Set("Content-Type", contentType)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	return w
}

func TestMRZReadsThePicture(t *testing.T) {
	picture := drawn(40, 30)
	m := newMRZ(t, func(_ context.Context, got []byte) ([]string, error) {
		require.Equal(t, picture, got)
		return zone, nil
	})
	w := ask(m, nil)
	require.Equal(t, 200, w.Code)
	require.JSONEq(t, `{"backend_session":"30313233-3435-4637-b839-616263646566","status":"RECEIVED","result":true,
		"mrz_string":"`+strings.Join(zone, `\n`)+`","failure_reason":null}`, w.Body.String())
	require.Equal(t, MRZCounts{Begun: 1, Received: 1, OK: 1}, m.Counts())
	require.Equal(t, picture, m.LastPicture())
	call := m.Calls()[0]
	require.Equal(t, sha256.Sum256(picture), call.Sum)
	require.Equal(t, "30313233-3435-4637-b839-616263646566", call.Session)

	require.Equal(t, 422, ask(newMRZ(t, sees(nil, nil)), nil).Code)
	require.Equal(t, 500, ask(newMRZ(t, sees(nil, errBlind)), nil).Code)
	require.Equal(t, 422, ask(newMRZ(t, nil), nil).Code, "without eyes nothing is readable")
	_, err := NewMRZ(MRZConfig{Key: testKey[:46]})
	require.ErrorIs(t, err, ErrKey)
}

func TestMRZIsStrict(t *testing.T) {
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
		"path":          {func(r *http.Request) { r.URL.Path = strings.TrimSuffix(MRZPath, "/") }, 404, "Not found"},
		"chunked":       {func(r *http.Request) { r.ContentLength = -1 }, 411, "411 Length Required"},
		"too large":     {func(r *http.Request) { r.ContentLength = maxMRZBody + 1 }, 413, "413"},
		"form":          {func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415, "Unsupported"},
		"wrong key":     {func(r *http.Request) { body(r, strings.Repeat("x", 48), drawn(9, 9)) }, 401, "Invalid api_key"},
		"no key":        {func(r *http.Request) { body(r, "", drawn(9, 9)) }, 400, "api_key"},
		"empty image":   {func(r *http.Request) { body(r, testKey, nil) }, 400, "empty"},
		"no picture":    {func(r *http.Request) { body(r, testKey, []byte("%PDF-1.4")) }, 400, "valid image"},
		"no image":      {text("--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n" + testKey + "\r\n--b--\r\n"), 400, "No file"},
		"image as text": {text("--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nx\r\n--b--\r\n"), 400, "Unexpected part"},
		"twice":         {text(strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\nx\r\n", 2) + "--b--\r\n"), 400, "Given twice"},
		"unknown part":  {text("--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nx\r\n--b--\r\n"), 400, "Unexpected part"},
		"broken off":    {text("--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\nx"), 400, "parse error"},
	} {
		m := newMRZ(t, sees(zone, nil))
		m.AnswerNext(MRZAnswer{Status: 503})
		w := ask(m, c.change)
		require.Equal(t, c.status, w.Code, name)
		require.Contains(t, w.Body.String(), c.want, name)
		require.NotContains(t, w.Body.String(), testKey, name)
		require.Equal(t, MRZCounts{Begun: 1}, m.Counts(), name)
		require.Equal(t, 503, ask(m, nil).Code, "%s: an answer is kept for a well-formed call", name)
	}
}

func TestMRZNamedAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		want   string
		counts MRZCounts
	}{
		"ok":                     {200, `\n`, MRZCounts{OK: 1}},
		"misread":                {200, "IDKGZ1D1234567", MRZCounts{OK: 1}},
		"ok_crlf":                {200, `<\r\n9001011M`, MRZCounts{OK: 1}},
		"ok_joined":              {200, strings.Join(zone, ""), MRZCounts{OK: 1}},
		"ok_session_id":          {200, `"backend_session_id":"3031`, MRZCounts{OK: 1}},
		"unreadable":             {422, "Error while parsing MRZ", MRZCounts{Unreadable: 1}},
		"failed_null":            {200, `"failure_reason":null`, MRZCounts{Unreadable: 1}},
		"failed_object":          {200, `"failure_reason":{`, MRZCounts{Unreadable: 1}},
		"failed_string":          {200, `"failure_reason":"`, MRZCounts{Unreadable: 1}},
		"failed_list":            {200, `"failure_reason":[`, MRZCounts{Unreadable: 1}},
		"not_started":            {400, "Subscription has not started", MRZCounts{Refused: 1}},
		"no_subscription":        {400, "No active or future subscription for technology", MRZCounts{Refused: 1}},
		"client_no_subscription": {400, "Client does not have subscription", MRZCounts{Refused: 1}},
		"no_access":              {400, "Client does not have access to MRZ technology", MRZCounts{Refused: 1}},
		"max_attempts":           {400, "MRZ max attempts exceeded", MRZCounts{Refused: 1}},
		"bad_request_message":    {400, `"message"`, MRZCounts{Refused: 1}},
		"bad_request_error":      {400, "doesn`t", MRZCounts{Refused: 1}},
		"bad_request_field":      {400, `{"api_key":[`, MRZCounts{Refused: 1}},
		"bad_request_general":    {400, "non_field_errors", MRZCounts{Refused: 1}},
		"bad_request_plain":      {400, "MRZ max attempts exceeded", MRZCounts{Refused: 1}},
		"bad_request_422":        {422, `"loc"`, MRZCounts{Unreadable: 1}},
		"bad_key":                {401, "Invalid", MRZCounts{Refused: 1}},
		"forbidden":              {403, "permission", MRZCounts{Refused: 1}},
		"not_found":              {404, "Not found", MRZCounts{Refused: 1}},
		"too_large":              {413, "<html>", MRZCounts{Refused: 1}},
		"redirect":               {307, "", MRZCounts{Broken: 1}},
		"government":             {424, "Government service error", MRZCounts{Busy: 1}},
		"busy":                   {429, "throttled", MRZCounts{Busy: 1}},
		"unavailable":            {503, "MRZ service not available now", MRZCounts{Busy: 1}},
		"internal":               {500, "Internal", MRZCounts{Broken: 1}},
		"bad_gateway":            {502, "<html>", MRZCounts{Broken: 1}},
		"gateway_timeout":        {504, "<html>", MRZCounts{Broken: 1}},
		"garbage":                {200, "tr", MRZCounts{Broken: 1}},
		"empty":                  {200, "", MRZCounts{Broken: 1}},
		"wrong_types":            {200, `"result":"yes"`, MRZCounts{Broken: 1}},
		"ok_list":                {200, `"mrz_string":["ID`, MRZCounts{OK: 1}},
		"ok_entities":            {200, `&lt;\n`, MRZCounts{OK: 1}},
		"ok_blanks":              {200, `< 9001011M`, MRZCounts{OK: 1}},
		"ok_gzip":                {200, "\x1f\x8b", MRZCounts{OK: 1}},
		"service_error":          {200, `"SERVICE_ERROR"`, MRZCounts{Broken: 1}},
		"service_timeout":        {200, `"TIMEOUT"`, MRZCounts{Broken: 1}},
		"request_error":          {200, `"REQUEST_ERROR"`, MRZCounts{Broken: 1}},
		"unsupported":            {415, "media type", MRZCounts{Refused: 1}},
		"bad_image":              {400, `{"image":[`, MRZCounts{Refused: 1}},
		"blocked":                {403, "<html>", MRZCounts{Refused: 1}},
		"wrong_host":             {404, "<html>", MRZCounts{Refused: 1}},
		"login_page":             {200, "<html>", MRZCounts{Refused: 1}},
		"blank_zone":             {200, `"mrz_string":" "`, MRZCounts{Broken: 1}},
	} {
		answer, ok := MRZAnswerNamed(name)
		require.True(t, ok, name)
		m := newMRZ(t, sees(zone, nil))
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
	require.Len(t, MRZAnswerNames(), 58, "a new answer wants a row above or in the tests of cuts and of framing")
	_, ok := MRZAnswerNamed("wise")
	require.False(t, ok)
}

func TestMRZCuts(t *testing.T) {
	m := newMRZ(t, sees(zone, nil))
	server := httptest.NewServer(m)
	defer server.Close()
	client := server.Client()
	send := func() error {
		body, contentType := form(testKey, drawn(400, 300))
		resp, err := client.Post(server.URL+MRZPath, contentType, body)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
		return err
	}
	for _, c := range []struct {
		name   string
		counts MRZCounts
	}{
		{"cut_before", MRZCounts{Begun: 1}},
		{"cut_in_body", MRZCounts{Begun: 2}},
		{"cut_after", MRZCounts{Begun: 3, Received: 1, Broken: 1}},
		{"cut_in_answer", MRZCounts{Begun: 4, Received: 2, Broken: 2}},
	} {
		answer, ok := MRZAnswerNamed(c.name)
		require.True(t, ok)
		m.AnswerNext(answer)
		require.Error(t, send(), c.name)
		require.NoError(t, m.Wait(t.Context(), func() bool { return len(m.Calls()) == c.counts.Begun }))
		require.Equal(t, c.counts, m.Counts(), c.name)
	}
	require.NoError(t, send(), "the cuts were for one call each")
}

// TestMRZFraming: what only the connection shows.
func TestMRZFraming(t *testing.T) {
	m := newMRZ(t, sees(zone, nil))
	server := httptest.NewServer(m)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for name, c := range map[string]struct {
		status int
		length int64
		text   string // what is read of the answer
		whole  bool
	}{
		"ok_unframed":  {200, -1, `"result":true`, true},
		"cut_unframed": {200, -1, `{"backend_session"`, false},
		"ok_twice":     {200, 224, `"result":true`, true},
		"switches":     {101, 0, "", true},
		"endless":      {200, -1, "  ", false},
	} {
		answer, ok := MRZAnswerNamed(name)
		require.True(t, ok)
		m.AnswerNext(answer)
		body, contentType := form(testKey, drawn(40, 30))
		resp, err := client.Post(server.URL+MRZPath, contentType, body)
		require.NoError(t, err, name)
		require.Equal(t, c.status, resp.StatusCode, name)
		require.Equal(t, c.length, resp.ContentLength, name)
		var text []byte
		switch name {
		case "endless":
			text = make([]byte, 2)
			_, err = io.ReadFull(resp.Body, text)
		case "switches":
		default:
			text, err = io.ReadAll(resp.Body)
		}
		require.NoError(t, err, name)
		require.Contains(t, string(text), c.text, name)
		require.Equal(t, c.whole && len(text) > 0, json.Valid(text), name)
		require.NoError(t, resp.Body.Close())
	}
}

func TestMRZSlowAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMRZ(t, sees(zone, nil))
		slow, _ := MRZAnswerNamed("slow")
		m.AnswerNext(slow, MRZAnswer{Delay: 5 * time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		ask(m, func(r *http.Request) { *r = *r.WithContext(ctx) })
		require.Equal(t, MRZCounts{Begun: 1, Received: 1, Broken: 1}, m.Counts())
		require.Equal(t, 30*time.Second, m.Calls()[0].Took)

		started := time.Now()
		require.Equal(t, 200, ask(m, nil).Code)
		require.Equal(t, 5*time.Second, time.Since(started))
	})
}

func TestMRZNotesFollowedRedirects(t *testing.T) {
	m := newMRZ(t, sees(zone, nil))
	redirect, _ := MRZAnswerNamed("redirect")
	m.AnswerNext(redirect)
	server := httptest.NewServer(m)
	defer server.Close()
	body, contentType := form(testKey, drawn(9, 9))
	resp, err := server.Client().Post(server.URL+MRZPath, contentType, bytes.NewReader(body.Bytes()))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 404, resp.StatusCode, "a client that follows takes its key along")
	require.Equal(t, 1, m.Counts().Followed)
}

func TestMRZZone(t *testing.T) {
	m := newMRZ(t, nil)
	m.Answer(MRZZone("A", "B"))
	require.Contains(t, ask(m, nil).Body.String(), `"mrz_string":"A\nB"`)
	require.Equal(t, []string{"A", "B"}, m.Usual().Lines)
}
