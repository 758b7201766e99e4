package bot

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outcome"
	"mrzbot/storage"
)

// knowing is a store in which everybody has been told that their photos wait.
// Nothing else is asked of it.
type knowing struct {
	Store
	until time.Time
}

func (k knowing) Setting(context.Context, string) ([]byte, error) {
	return json.Marshal(notice{Message: 1, Until: k.until})
}

// TestWaitingOnlyReads: a photo that nobody asked the service about, of a person
// who knows, writes nothing: thousands may wait so, and come back together. Nor
// does it tell the admins what it has not heard itself.
func TestWaitingOnlyReads(t *testing.T) {
	b, err := New(Config{
		Store: knowing{until: noon.Add(time.Hour)}, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
		RetryFor: time.Hour, Random: rand.New(rand.NewPCG(1, 1)),
	})
	require.NoError(t, err)
	j := &job{Bot: b, t: storage.Task{ID: "update:1", Person: 1}}
	_, ok := j.wait(t.Context(), &outcome.Failure{Code: outcome.Unavailable, Detail: outcome.DetailNotAsked})
	require.True(t, ok)
}
