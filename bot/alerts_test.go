package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outcome"
	"mrzbot/bot/people"
	"mrzbot/storage"
)

// frail is a store that does not take everything.
type frail struct {
	Store
	fails func(name string) bool // of a task or a setting that is to be written; nil: none does
	// meanwhile happens once, before a setting is changed.
	meanwhile func()
}

var errFrail = errors.New("the store does not answer")

func (f *frail) broken(name string) bool { return f.fails != nil && f.fails(name) }

func (f *frail) AddTask(ctx context.Context, t storage.Task) (bool, error) {
	if f.broken(t.ID) {
		return false, errFrail
	}
	return f.Store.AddTask(ctx, t)
}

func (f *frail) ChangeSetting(ctx context.Context, key string, change func(old []byte) ([]byte, error), audit ...*storage.AuditEntry) ([]byte, error) {
	if f.broken(key) {
		return nil, errFrail
	}
	if happens := f.meanwhile; happens != nil {
		f.meanwhile = nil
		happens()
	}
	return f.Store.ChangeSetting(ctx, key, change, audit...)
}

// breaks lets the store fail at what has one of these in its name; none: it is well.
func (o *lookout) breaks(names ...string) {
	o.frail.fails = func(name string) bool {
		return slices.ContainsFunc(names, func(part string) bool { return strings.Contains(name, part) })
	}
}

// sentTo delivers what waits and gives what one admin gets.
func (o *lookout) sentTo(admin int64) (texts []string) {
	for _, m := range o.sent() {
		if m.Chat == admin {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// TestAlertNotStored: what the store did not take of an alert the admins are told when
// it takes it, and nobody twice.
func TestAlertNotStored(t *testing.T) {
	raise := func(o *lookout) { o.Bot.Alerts.Raise(t.Context(), &outcome.Failure{Code: outcome.BadKey}, true) }
	budget := func(o *lookout) {
		o.Bot.Alerts.Budget(t.Context(), "2026-11-23", people.Budget{Day: 50}, storage.BudgetUse{Day: 50})
	}
	over := func(o *lookout) { o.Bot.Alerts.AllClear(t.Context()) }
	refused := func(o *lookout) { o.scan.Recovery.Reads(t.Context(), 9) }
	for name, c := range map[string]struct {
		before, tells func(o *lookout)
		breaks        string
		missed        []int64 // who hears nothing while it is broken
	}{
		"budget, nothing noted":            {nil, budget, "alerts", []int64{1, 2}},
		"budget, one message":              {nil, budget, ":50:1", []int64{1}},
		"budget, all messages":             {nil, budget, "alert:", []int64{1, 2}},
		"service, nothing noted":           {nil, raise, "alerts", []int64{1, 2}},
		"service, one message":             {nil, raise, "::2", []int64{2}},
		"it is over, one message":          {raise, over, fmt.Sprintf("over:bad_key:%d:1", noon.Unix()), []int64{1}},
		"it is over, all messages":         {raise, over, "over:", []int64{1, 2}},
		"it is over, nothing noted":        {raise, over, "alerts", nil},
		"those who were refused, one":      {refuse, refused, "reads_again:1:", []int64{1}},
		"those who were refused, all":      {refuse, refused, "reads_again:", []int64{1, 2}},
		"those who were refused, not done": {refuse, refused, "refused", nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := newLookout(t)
			if c.before != nil {
				c.before(o)
				o.sent()
			}
			o.breaks(c.breaks)
			c.tells(o)
			var heard []int64
			for _, m := range o.sent() {
				heard = append(heard, m.Chat)
			}
			for _, admin := range []int64{1, 2} {
				require.Equal(t, !slices.Contains(c.missed, admin), slices.Contains(heard, admin), "admin %d", admin)
			}
			o.breaks()
			o.now = o.now.Add(time.Second)
			c.tells(o)
			for _, m := range o.sent() {
				heard = append(heard, m.Chat)
			}
			require.ElementsMatch(t, []int64{1, 2}, heard)
			o.now = o.now.Add(2 * time.Minute)
			c.tells(o)
			require.Empty(t, o.sent())
		})
	}
}

// refuse has the photos of both admins refused.
func refuse(o *lookout) {
	for _, id := range []int64{1, 2} {
		o.scan.Recovery.Refused(o.t.Context(), id, id, 0)
	}
}

// TestHitsNotStored: photos that wait count also when the store did not take their
// number at first.
func TestHitsNotStored(t *testing.T) {
	o := newLookout(t)
	down := &outcome.Failure{Code: outcome.Unavailable}
	o.Bot.Alerts.Raise(t.Context(), down, true)
	require.Len(t, o.sent(), 2)
	for range 4 {
		o.Bot.Alerts.Hit()
	}
	o.breaks("alerts")
	o.Bot.Alerts.Raise(t.Context(), down, false)
	o.breaks()
	o.now = o.now.Add(time.Hour)
	o.Bot.Alerts.Raise(t.Context(), down, false)
	require.Contains(t, strings.Join(o.sentTo(1), "\n"), "5 photos hit so far")
}

// TestHitsOfTwoReads: of two photos that are read at once, when the service is back, none
// tells the admins of fewer photos because the other is about to note how many.
func TestHitsOfTwoReads(t *testing.T) {
	o := newLookout(t)
	o.Bot.Alerts.Raise(t.Context(), &outcome.Failure{Code: outcome.Unavailable}, true)
	require.Len(t, o.sent(), 2)
	o.Bot.Alerts.Hit()
	over := make(chan struct{})
	o.frail.meanwhile = func() {
		go func() {
			o.Bot.Alerts.AllClear(t.Context())
			close(over)
		}()
		for range 100_000 { // it must not come to an end before the first, as it would if it could
			runtime.Gosched()
		}
	}
	o.Bot.Alerts.AllClear(t.Context())
	<-over
	require.Contains(t, strings.Join(o.sentTo(1), "\n"), "2 photos were hit")
}
