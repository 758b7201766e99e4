package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/health"
	"mrzbot/bot/outcome"
	"mrzbot/queue"
	"mrzbot/storage"
)

// lookout is a bot that looks at facts of the test's.
type lookout struct {
	*tableau
	*Bot
	now    time.Time
	facts  health.Facts
	asked  int    // looks at the service's address
	silent string // why it does not answer
	frail  *frail // its store
}

// newLookout makes one with two admins: 1 of the settings, and 2 of the store, who
// has chosen Kyrgyz.
func newLookout(t *testing.T) *lookout {
	o := &lookout{tableau: setTable(t, nil), now: noon}
	o.restart()
	_, err := o.store.ChangePerson(t.Context(), 2, func(p *storage.Person) error {
		p.Role, p.Language = storage.RoleAdmin, "ky"
		return nil
	})
	require.NoError(t, err)
	return o
}

// restart makes the bot anew, as after a start.
func (o *lookout) restart() {
	config := o.tableau.Config
	o.frail = &frail{Store: o.store}
	config.Store = o.frail
	config.Now = func() time.Time { return o.now }
	config.Gather = func(_ context.Context, service bool) health.Facts {
		f := o.facts
		if service {
			o.asked++
			f.Service = &health.Service{Says: "HTTP 405", Trouble: o.silent}
		}
		f.Webhook = &health.Webhook{}
		if o.facts.Webhook != nil {
			hook := *o.facts.Webhook
			if hook.ErrorAt.IsZero() { // Telegram tries again, and has no better luck
				hook.ErrorAt = o.now.Truncate(2 * time.Minute)
			}
			f.Webhook = &hook
		}
		return f
	}
	var err error
	o.Bot, err = New(config)
	require.NoError(o.t, err)
}

// look has the bot look, after some time, and gives what was sent.
func (o *lookout) look(after time.Duration) []chat.Message {
	o.now = o.now.Add(after)
	v := o.Bot.Handle(o.t.Context(), storage.Task{ID: "watch", Kind: storage.KindWatch})
	require.Equal(o.t, queue.Later(o.now.Add(time.Minute)), v)
	return o.sent()
}

// sent delivers what waits and gives it.
func (o *lookout) sent() []chat.Message {
	ctx, before := o.t.Context(), len(o.said)
	for {
		tasks, err := o.store.Claim(ctx, storage.Claim{Kinds: []storage.Kind{storage.KindNotice}, Owner: "test", Now: o.now, Lease: time.Minute, Max: 9})
		require.NoError(o.t, err)
		if len(tasks) == 0 {
			return o.said[before:]
		}
		for _, task := range tasks {
			o.Bot.Handle(ctx, task)
			require.NoError(o.t, o.store.Done(ctx, task))
		}
	}
}

// TestWatch: each cause is told in each admin's language when it is there, again
// when it is time and not before, also across starts, and once when it is over.
func TestWatch(t *testing.T) {
	for name, cause := range map[string]struct {
		bad, good health.Facts
		again     time.Duration // told again after this; 0: never
		light     string
		says      string
		over      string
	}{
		"errors of the webhook": {
			bad: health.Facts{Webhook: &health.Webhook{
				Wanted: true, Set: true, Same: true, Pending: 7, Error: "connection refused",
			}},
			good:  health.Facts{Webhook: &health.Webhook{Wanted: true, Set: true, Same: true}},
			again: time.Hour, light: "🔴", says: "updates waiting: 7; Telegram says at 12:04: connection refused", over: "webhook set, updates waiting: 0",
		},
		"tasks pile up": {
			bad: health.Facts{Work: &storage.Backlog{
				Waiting:    map[storage.Kind]int{storage.KindPhoto: 40, storage.KindWatch: 1},
				ReadySince: map[storage.Kind]time.Time{storage.KindPhoto: noon.Add(-6 * time.Minute), storage.KindWatch: noon.Add(-time.Hour)},
			}},
			good:  health.Facts{Work: &storage.Backlog{ReadySince: map[storage.Kind]time.Time{storage.KindWatch: noon.Add(-time.Hour)}}},
			again: time.Hour, light: "🔴", says: "waiting 40, in work 0, in quarantine 0; the oldest is taken up by nobody since 11:54", over: "waiting 0",
		},
		"the disk is nearly full": {
			bad:   health.Facts{Store: &health.Store{Engine: "bbolt", Disk: &health.Disk{Free: 900 << 20, Size: 20 << 30}}},
			good:  health.Facts{Store: &health.Store{Engine: "bbolt", Disk: &health.Disk{Free: 2 << 30, Size: 20 << 30}}},
			again: time.Hour, light: "🔴", says: "943.7 MB free of 21.5 GB", over: "2.1 GB free",
		},
		"backups have ceased": {
			bad:   health.Facts{Backup: &health.Backup{Last: noon.Add(-49 * time.Hour)}},
			good:  health.Facts{Backup: &health.Backup{Last: noon}},
			again: 24 * time.Hour, light: "🟡", says: "last made 21.11.2026 11:00", over: "last made 23.11.2026 12:00",
		},
		"the subscription ends": {
			bad:   health.Facts{Subscription: "2026-12-07"},
			good:  health.Facts{Subscription: "2027-12-07"},
			light: "🟡", says: "ends on 07.12.2026, 14 days left", over: "good until 07.12.2027",
		},
		"the clock is wrong": {
			bad:   health.Facts{Clock: &health.Clock{Ahead: 90 * time.Second}},
			good:  health.Facts{Clock: &health.Clock{}},
			again: time.Hour, light: "🔴", says: "ahead of Telegram's by 1m30s", over: "agrees with Telegram's",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newLookout(t)
			o.facts = cause.good
			require.Empty(t, o.look(0))
			o.facts = cause.bad
			if name == "tasks pile up" || name == "errors of the webhook" {
				require.Empty(t, o.look(0), "once may be a clock that was set, or an update on its way")
			}
			told := o.look(5 * time.Minute)
			require.Len(t, told, 2, "each admin")
			english, kyrgyz := told[0].Text, told[1].Text
			if told[0].Chat == 2 {
				english, kyrgyz = kyrgyz, english
			}
			require.True(t, strings.HasPrefix(english, cause.light), english)
			require.Contains(t, english, cause.says)
			require.Contains(t, english, "\n→ ")
			require.NotEqual(t, english, kyrgyz)
			require.NotContains(t, english+kyrgyz, "health.")
			require.NotContains(t, english+kyrgyz, "<no value>")
			require.Empty(t, o.look(time.Minute))
			o.restart()
			require.Empty(t, o.look(time.Minute), "another process knows what was told")
			if cause.again > 0 {
				require.Len(t, o.look(cause.again), 2)
			} else {
				require.Empty(t, o.look(2*time.Hour))
			}
			o.facts = cause.good
			over := o.look(6 * time.Minute)
			require.Len(t, over, 2)
			both := over[0].Text + over[1].Text
			require.Equal(t, 2, strings.Count(both, "🟢"), both)
			require.Contains(t, both, cause.over)
			require.Empty(t, o.look(time.Minute), "once")
		})
	}
}

// TestWebhookMended: what waits at Telegram after an error is no cause for alarm once
// an update has come since: it may be the very one that is being answered. Nor is an
// error of long ago, which Telegram tells for good.
func TestWebhookMended(t *testing.T) {
	o := newLookout(t)
	broken := health.Webhook{Wanted: true, Set: true, Same: true, Pending: 1, Error: "connection refused", ErrorAt: noon}
	o.facts = health.Facts{Webhook: &broken}
	came := func(at time.Time) {
		o.Bot.Handle(t.Context(), storage.Task{ID: "update:1", Kind: storage.KindUpdate, Added: at})
	}
	came(noon.Add(-time.Second))
	came(noon.Add(24 * time.Hour)) // by a clock that is wrong
	require.Empty(t, o.look(time.Minute), "an update may just be on its way")
	require.Len(t, o.look(time.Minute), 2, "nothing came since")
	came(noon.Add(500 * time.Millisecond))
	came(noon.Add(-time.Minute)) // one that was worked late
	over := o.look(time.Minute)
	require.Len(t, over, 2)
	require.Contains(t, over[0].Text+over[1].Text, "webhook set, updates waiting: 1; Telegram said at 12:00: connection refused")

	broken.ErrorAt = o.now.Add(time.Hour) // it broke again, and the proxy asked for an hour's peace
	require.Empty(t, o.look(time.Hour))
	require.Len(t, o.look(time.Minute), 2)
	for range 60 {
		for _, m := range o.look(time.Minute) {
			require.Contains(t, m.Text, "🔴")
		}
	}
	require.Len(t, o.look(10*time.Minute), 2, "over: were it still so, Telegram would have tried again")
	require.Empty(t, o.look(2*time.Hour))
}

// TestWrongClockOfUpdates: a time that has not come hides no error of the webhook, also
// when the clock is set right after it was noted.
func TestWrongClockOfUpdates(t *testing.T) {
	o := newLookout(t)
	o.now = noon.Add(24 * time.Hour)
	o.Bot.Handle(t.Context(), storage.Task{ID: "update:1", Kind: storage.KindUpdate, Added: o.now})
	o.now = noon
	o.facts = health.Facts{Webhook: &health.Webhook{Wanted: true, Set: true, Same: true, Pending: 70, Error: "connection refused"}}
	require.Empty(t, o.look(time.Minute))
	require.Len(t, o.look(time.Minute), 2)
	o.facts.Webhook.ErrorAt = noon
	o.Bot.Handle(t.Context(), storage.Task{ID: "update:2", Kind: storage.KindUpdate, Added: noon.Add(time.Second)})
	require.Len(t, o.look(time.Minute), 2, "what comes by the right clock counts")
}

// TestSilentService: that the service does not answer is known before a photo has
// found out, at the second look at its address, and not told twice.
func TestSilentService(t *testing.T) {
	o := newLookout(t)
	o.look(time.Minute)
	o.silent = "connection refused"
	looks := 0
	for ; len(o.look(time.Minute)) == 0; looks++ {
		require.Less(t, looks, 20)
	}
	require.Equal(t, 8, looks, "the tenth look, of which the first was before")
	require.Contains(t, o.said[0].Text+o.said[1].Text, "🔴 Reading service: no good answer: connection refused\n→ look at the network")
	o.silent = ""
	for looks = 0; len(o.look(time.Minute)) == 0; looks++ {
		require.Less(t, looks, 20)
	}
	require.Contains(t, o.said[2].Text+o.said[3].Text, "🟢 Reading service: its address answers")

	// What photos have met says more.
	o.Bot.Alerts.Raise(t.Context(), &outcome.Failure{Code: outcome.Unavailable}, true)
	require.Len(t, o.sent(), 2)
	o.silent = "connection refused"
	for range 20 {
		require.Empty(t, o.look(time.Minute))
	}
}

// TestSubscriptionEnds: 14, 3 and 1 days before, at a time when people are awake.
func TestSubscriptionEnds(t *testing.T) {
	o := newLookout(t)
	o.now = noon.Add(-24*time.Hour - 5*time.Hour) // the 22nd at seven
	o.facts = health.Facts{Subscription: "2026-12-07"}
	var days []string
	for range 20 * 24 {
		for _, m := range o.look(time.Hour) {
			if m.Chat == 1 {
				days = append(days, o.now.Format("02.01. 15h ")+strings.SplitN(m.Text, "\n", 2)[0])
			}
		}
	}
	require.Equal(t, []string{
		"23.11. 09h 🟡 Subscription: ends on 07.12.2026, 14 days left",
		"04.12. 09h 🟡 Subscription: ends on 07.12.2026, 3 days left",
		"06.12. 09h 🟡 Subscription: ends on 07.12.2026, 1 day left",
		"08.12. 09h 🔴 Subscription: ended on 07.12.2026",
	}, days)
}

// TestOutlier: somebody who sends more than hands can, counted over all replicas.
func TestOutlier(t *testing.T) {
	o := newLookout(t)
	_, err := o.store.ChangePerson(t.Context(), 7, func(p *storage.Person) error {
		p.Role, p.Name = storage.RoleAgent, "Aibek"
		return nil
	})
	require.NoError(t, err)
	scan := func(n int) {
		ctx, name := t.Context(), fmt.Sprint("photo:", n)
		_, err := o.store.AddTask(ctx, storage.Task{ID: name, Kind: storage.KindPhoto, Person: 7, Chat: 7, Added: o.now})
		require.NoError(t, err)
		tasks, err := o.store.Claim(ctx, storage.Claim{Kinds: []storage.Kind{storage.KindPhoto}, Owner: "test", Now: o.now, Lease: time.Minute, Max: 1})
		require.NoError(t, err)
		_, err = o.store.Begin(ctx, tasks[0], storage.Begin{Now: o.now, Day: "2026-11-23"})
		require.NoError(t, err)
		_, err = o.store.Hold(ctx, tasks[0], storage.Hold{Now: o.now, Outcome: "ok", Counted: true, Charge: storage.ChargeYes, Payload: []byte("x")})
		require.NoError(t, err)
		require.NoError(t, o.store.Done(ctx, tasks[0]))
	}
	for n := range 39 {
		scan(n)
	}
	require.Empty(t, o.look(time.Minute))
	scan(39)
	told := o.look(time.Minute)
	require.Len(t, told, 2)
	require.Contains(t, told[0].Text+told[1].Text, "Aibek (7) has sent 40 photos in 10 minutes")
	require.Nil(t, told[0].Markup, "nothing is to be checked")
	require.Empty(t, o.look(time.Minute))
	over := o.look(10 * time.Minute)
	require.Len(t, over, 2)
	require.Contains(t, over[0].Text+over[1].Text, "🟢 Aibek (7) no longer sends")
}

// pressCheck presses a button under a message, as somebody.
func (o *lookout) pressCheck(by int64, message int, data string) {
	name := fmt.Sprint("update:press:", by, message, data, o.now.UnixNano())
	task := storage.Task{ID: name, Kind: storage.KindUpdate, Person: by, Chat: by, Message: message, Added: o.now}
	task.Payload = o.Bot.Seal.Seal(name, chat.SealUpdate, fmt.Appendf(nil,
		`{"callback_query":{"id":"1","from":{"id":%d},"data":%q,"message":{"message_id":%d,"date":1,"chat":{"id":%d,"type":"private"}}}}`, by, data, message, by))
	o.edits, o.heard = nil, nil
	o.Bot.Handle(o.t.Context(), task)
}

// buttonOf gives the data of the first button under a message.
func buttonOf(t *testing.T, m chat.Message) string {
	keys, ok := m.Markup.(*models.InlineKeyboardMarkup)
	require.True(t, ok)
	return keys.InlineKeyboard[0][0].CallbackData
}

// TestCheckNow: the button looks again without spending, for whoever is admin now
// and under the message that told them; twice at once it looks once; and it closes
// what is over.
func TestCheckNow(t *testing.T) {
	o := newLookout(t)
	o.facts = health.Facts{Backup: &health.Backup{Last: noon.Add(-49 * time.Hour)}}
	told := o.look(0)
	require.Len(t, told, 2)
	data := buttonOf(t, told[0])
	ids := map[int64]int{told[0].Chat: len(o.said) - 1, told[1].Chat: len(o.said)}

	o.restart()
	o.pressCheck(1, ids[1], data)
	require.Len(t, o.edits, 1)
	require.Contains(t, o.edits[0].Text, "🟡 Backup: last made 21.11.2026 11:00")
	require.Contains(t, o.edits[0].Text, "Checked at 12:00:00")
	o.pressCheck(1, ids[1], data)
	require.Empty(t, o.edits)
	require.Equal(t, []string{"Checked a moment ago"}, o.heard)

	o.now = o.now.Add(time.Minute)
	for _, forged := range []struct {
		by      int64
		message int
		data    string
	}{
		{1, 99, data},                       // under another message
		{1, ids[2], "check:backup"},         // under that of another admin
		{1, ids[1], "check:disk"},           // about something else
		{1, ids[1], "check:"},               //
		{1, ids[1], "check:outlier:999999"}, //
	} {
		o.pressCheck(forged.by, forged.message, forged.data)
		require.Empty(t, o.edits, "%+v", forged)
		require.Equal(t, []string{"This alert is old. /status says how the bot is now."}, o.heard, "%+v", forged)
	}

	// A former admin's button does nothing, and what was on its way does not come.
	_, err := o.store.ChangePerson(t.Context(), 2, func(p *storage.Person) error { p.Role = storage.RoleAgent; return nil })
	require.NoError(t, err)
	o.pressCheck(2, ids[2], data)
	require.Empty(t, o.edits)

	o.facts = health.Facts{Backup: &health.Backup{Last: o.now}}
	o.now = o.now.Add(time.Minute)
	o.pressCheck(1, ids[1], data)
	require.Len(t, o.edits, 1)
	require.True(t, strings.HasPrefix(o.edits[0].Text, "🟢 Backup: last made 12:01"), o.edits[0].Text)
	require.Nil(t, o.edits[0].Markup, "it is over")
	over := o.sent()
	require.Len(t, over, 1, "the admin who is left")
	require.Empty(t, o.look(time.Minute), "it was said")
}

// TestCheckService: of a refusal a look tells what it can, and nothing is spent.
func TestCheckService(t *testing.T) {
	o := newLookout(t)
	f := &outcome.Failure{Code: outcome.Subscription, Detail: outcome.DetailNotStarted, Reason: "mrz service: the subscription has not started (HTTP 400)"}
	for range 3 {
		o.Bot.Alerts.Raise(t.Context(), f, true)
	}
	o.Bot.Alerts.Raise(t.Context(), f, false)
	told := o.sent()
	require.Len(t, told, 2)
	require.Contains(t, told[0].Text+told[1].Text, "our subscription has not started yet")
	id := len(o.said)
	o.now = o.now.Add(time.Minute)
	o.pressCheck(told[1].Chat, id, buttonOf(t, told[1]))
	require.Len(t, o.edits, 1)
	require.Equal(t, 1, o.asked, "its address, and nothing more")
	require.Contains(t, o.edits[0].Text, "HTTP 405")
	require.Regexp(t, "🔴(.|\n)*3 (photos hit so far|сүрөткө)", o.edits[0].Text)
	o.Bot.Alerts.AllClear(t.Context())
	require.Len(t, o.sent(), 2)
	o.now = o.now.Add(time.Minute)
	o.pressCheck(told[1].Chat, id, buttonOf(t, told[1]))
	require.Len(t, o.edits, 1)
	require.True(t, strings.HasPrefix(o.edits[0].Text, "🟢"), o.edits[0].Text)
	require.Nil(t, o.edits[0].Markup)
}
