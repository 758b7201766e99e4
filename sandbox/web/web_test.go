package web

import (
	"context"
	"math"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestIsLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true,
		"": false, "0.0.0.0": false, "192.0.2.1": false, "127.0.0.1.example": false, "localhost.example": false,
	} {
		require.Equal(t, want, IsLoopback(host), host)
	}
}

func TestWriteJSON(t *testing.T) {
	w := httptest.NewRecorder()
	WriteJSON(w, 201, map[string]string{"text": "I<KGZ"})
	require.Equal(t, 201, w.Code)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	require.Equal(t, `{"text":"I<KGZ"}`, w.Body.String(), "as the services write it")
	require.Equal(t, "16", w.Header().Get("Content-Length"))

	w = httptest.NewRecorder()
	WriteJSON(w, 200, math.Inf(1))
	require.Equal(t, 500, w.Code, "what cannot be written is no answer")
}

func TestWriteHTMLEscapes(t *testing.T) {
	w := httptest.NewRecorder()
	WriteHTML(w, httptest.NewRequest("GET", "/%3Cb%3E", nil), 502)
	require.Equal(t, 502, w.Code)
	require.Contains(t, w.Body.String(), "502 Bad Gateway")
	require.Contains(t, w.Body.String(), "/&lt;b&gt;")
}

func TestPauseEndsWithTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := httptest.NewRequest("GET", "/", nil)
		require.True(t, Pause(r, time.Hour))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		require.False(t, Pause(r.WithContext(ctx), time.Hour))
		require.Equal(t, time.Minute, time.Since(began))
	})
}
