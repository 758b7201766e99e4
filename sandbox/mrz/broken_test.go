package fakemrz

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCuts(t *testing.T) {
	m := newServer(t, sees(card, nil))
	server := httptest.NewServer(m)
	defer server.Close()
	client := server.Client()
	send := func() error {
		body, contentType := form(testKey, pictureOf(400, 300))
		resp, err := client.Post(server.URL+Path, contentType, body)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
		return err
	}
	for _, c := range []struct {
		name   string
		counts Counts
	}{
		{"cut_before", Counts{Begun: 1}},
		{"cut_in_body", Counts{Begun: 2}},
		{"cut_after", Counts{Begun: 3, Received: 1, Broken: 1}},
		{"cut_in_answer", Counts{Begun: 4, Received: 2, Broken: 2}},
	} {
		answer, ok := AnswerNamed(c.name)
		require.True(t, ok)
		m.AnswerNext(answer)
		require.Error(t, send(), c.name)
		require.NoError(t, m.Wait(t.Context(), func() bool { return len(m.Calls()) == c.counts.Begun }))
		require.Equal(t, c.counts, m.Counts(), c.name)
	}
	require.NoError(t, send(), "the cuts were for one call each")
}

// TestFraming: what only the connection shows.
func TestFraming(t *testing.T) {
	m := newServer(t, sees(card, nil))
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
		answer, ok := AnswerNamed(name)
		require.True(t, ok)
		m.AnswerNext(answer)
		body, contentType := form(testKey, pictureOf(40, 30))
		resp, err := client.Post(server.URL+Path, contentType, body)
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

func TestSlowAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newServer(t, sees(card, nil))
		slow, _ := AnswerNamed("slow")
		m.AnswerNext(slow, Answer{Delay: 5 * time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		ask(m, func(r *http.Request) { *r = *r.WithContext(ctx) })
		require.Equal(t, Counts{Begun: 1, Received: 1, Broken: 1}, m.Counts())
		require.Equal(t, 30*time.Second, m.Calls()[0].Took)

		started := time.Now()
		require.Equal(t, 200, ask(m, nil).Code)
		require.Equal(t, 5*time.Second, time.Since(started))
	})
}

func TestNotesFollowedRedirects(t *testing.T) {
	m := newServer(t, sees(card, nil))
	redirect, _ := AnswerNamed("redirect")
	m.AnswerNext(redirect)
	server := httptest.NewServer(m)
	defer server.Close()
	body, contentType := form(testKey, pictureOf(9, 9))
	resp, err := server.Client().Post(server.URL+Path, contentType, bytes.NewReader(body.Bytes()))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 404, resp.StatusCode, "a client that follows takes its key along")
	require.Equal(t, 1, m.Counts().Followed)
}
