package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// run has the page do what it does by itself, until the test ends.
func (b *bench) run() {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { b.page.Run(ctx) })
	b.t.Cleanup(func() { cancel(); running.Wait() })
}

// logs has the bot write a line of its log.
func (b *bench) logs(format string, args ...any) {
	_, err := fmt.Fprintf(b.journal.LogWriter(), format+"\n", args...)
	require.NoError(b.t, err)
}

func TestPartsFollowTheBotsLog(t *testing.T) {
	b := newBench(t)
	b.run()
	s := b.follow("")
	type people []struct {
		ID   int64
		Part string
	}
	is := func(part string) func(people) bool { return func(p people) bool { return p[2].Part == part } }
	until(s, "people", is(PartStranger))
	b.logs(`{"msg":"role changed","user_id":1003,"role":"agent","by":1002}`)
	until(s, "people", is(PartAgent))
	b.logs(`{"msg":"role changed","user_id":1003,"role":"","by":1002}`)
	until(s, "people", is(PartShutOut))
	b.logs(`{"msg":"role changed","user_id":1003,"role":"admin","by":1002}`)
	until(s, "people", is(PartAdmin))
}

func TestFirstPhoneSpeaksTheBrowsersLanguage(t *testing.T) {
	b := newBench(t)
	b.page.people = Characters()
	for accepted, want := range map[string]string{
		"ru-RU,ru;q=0.9,en;q=0.8": "Oksana", "ky": "Aibek", "KY-KG": "Aibek", "en-GB": "Daniel", "de-DE,en;q=0.5": "Daniel", "": "Daniel",
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/setup", nil)
		r.Header.Set("Accept-Language", accepted)
		require.Equal(t, want, b.page.first(languageOf(r)).FirstName, accepted)
	}
	for _, c := range Characters() {
		for _, part := range []string{PartAgent, PartAdmin} {
			found, ok := oneOf(Characters(), part, c.LanguageCode)
			require.True(t, ok)
			require.Equal(t, part, found.Part)
		}
	}
}

// TestOpens: the first browser finds a photo in the first phone, and no other
// browser brings a second one.
func TestOpens(t *testing.T) {
	b := newBench(t)
	b.page.cfg.Samples[0].Name = SampleHeld
	b.run()
	photo := func(e chatEvent) bool { return ofAgent(e) && len(e.Messages) == 1 && e.Messages[0].Own }
	until(b.follow(""), "chat", photo)
	until(b.follow(""), "chat", photo)
	require.Len(t, b.tg.Messages(agent.ID), 1)
}

// TestEndsWhileItDraws: nobody who ends the sandbox waits for a picture.
func TestEndsWhileItDraws(t *testing.T) {
	b := newBench(t)
	draws, drawn := make(chan struct{}), make(chan struct{})
	defer close(drawn)
	b.page.cfg.Samples[0] = Sample{SampleHeld, "", func(int) ([]byte, error) {
		close(draws)
		<-drawn
		return nil, errors.New("too late")
	}}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); b.page.Run(ctx) }()
	b.follow("")
	<-draws
	stop()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Error("it waits for the picture")
	}
}
