package faults

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// telegramFaults is every way in which a call to Telegram fails. Each happens
// so many times.
func telegramFaults(method string, times int, waits bool) []faketelegram.Fault {
	faults := []faketelegram.Fault{
		{Status: http.StatusTooManyRequests, RetryAfter: 1},
		{Status: http.StatusInternalServerError},
		{Status: http.StatusBadGateway, HTML: true},
		{Status: http.StatusServiceUnavailable, HTML: true},
		{Cut: faketelegram.CutBefore},
		{Cut: faketelegram.CutAfter},
		{Delay: time.Second},
	}
	if waits {
		// Of a gateway, not of Telegram: the program waits a minute then.
		faults = append(faults, faketelegram.Fault{Status: http.StatusNotFound, HTML: true})
	}
	for i := range faults {
		faults[i].Method, faults[i].Times = method, times
	}
	return faults
}

// TestTelegramFails has every method fail in every way, while people use the
// bot.
func TestTelegramFails(t *testing.T) {
	methods := map[string]how{
		"getUpdates": polling, "getFile": polling, faketelegram.FileCall: webhook, "sendChatAction": polling, "sendMessage": webhook,
		"answerCallbackQuery": polling, "editMessageText": webhook, "deleteMessages": polling,
	}
	onEach(t, func(t *testing.T, e engine) {
		form := formOf(t)
		for method, by := range methods {
			if !form.waits && method != "sendMessage" {
				continue // the pauses after a failure are what this takes its time for
			}
			t.Run(method, func(t *testing.T) {
				t.Parallel()
				telegramFails(t, e, method, by, form.long)
			})
		}
	})
}

func telegramFails(t *testing.T, e engine, method string, by how, long bool) {
	c := newCrowd(newStage(t, e, by, map[string]string{"DELETE_AFTER": "1s"}), 13)
	if method == "sendChatAction" { // nobody is told to wait who has an answer within half a second
		slow := fakemrz.Lines(card...)
		slow.Delay = time.Second
		c.mrz.Answer(slow)
	}
	wrong := 0
	for _, f := range telegramFaults(method, 2, long) {
		c.telegram.Fail(f)
		if f.Status != 0 || f.Cut != faketelegram.CutNever {
			wrong += f.Times
		}
	}
	c.list()
	c.up()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	deadline := within(t, 5*patience)
	for c.met(method) < wrong {
		if c.look(); len(c.unanswered()) < 6 && c.unordered() < 3 {
			for range 3 {
				c.photo(c.busyAgent(), 0)
			}
			c.order()
			c.list()
			c.press()
		}
		select {
		case <-again.C:
		case <-deadline.Done():
			t.Fatalf("%s went wrong %d times only", method, c.met(method))
		}
	}
	c.reckon(terms{doubles: method == "sendMessage"})
}

// met counts how often a method went wrong.
func (s *stage) met(method string) (n int) {
	for _, call := range s.telegram.CallsOf(method) {
		if call.Error != "" {
			n++
		}
	}
	return n
}

// TestTelegramFailsAtStart has what is asked at the start fail, in every way
// in turn.
func TestTelegramFailsAtStart(t *testing.T) {
	methods := map[string]how{
		"getMe": polling, "deleteWebhook": polling, "getMyCommands": polling, "getMyDescription": polling, "getWebhookInfo": webhook, "setWebhook": webhook,
	}
	onEach(t, func(t *testing.T, e engine) {
		form := formOf(t)
		for method, by := range methods {
			if !form.waits && method != "getMe" {
				continue
			}
			t.Run(method, func(t *testing.T) {
				t.Parallel()
				c := newCrowd(newStage(t, e, by, nil), 13)
				c.up() // the first life tells Telegram where it is, and the second asks whether that is so
				c.stop()
				for i, f := range telegramFaults(method, 1, form.long) {
					c.telegram.Fail(f)
					if method == "setWebhook" { // another secret has to be told to Telegram
						c.environ["WEBHOOK_SECRET"] = secret + strconv.Itoa(i)
					}
					before := c.met(method)
					c.photo(c.busyAgent(), 0)
					c.order()
					c.up()
					until(t, method+" fails", patience, func() bool { return f.Delay > 0 || c.met(method) > before })
					c.quiet(2 * patience)
					c.stop()
				}
				c.up()
				c.reckon(terms{})
			})
		}
	})
}

// TestTelegramFailsMixed mixes all faults and methods by the dice.
func TestTelegramFailsMixed(t *testing.T) {
	methods := []string{"", "getFile", faketelegram.FileCall, "sendMessage", "sendMessage", "sendChatAction", "answerCallbackQuery", "editMessageText"}
	onEach(t, func(t *testing.T, e engine) {
		form, most := formOf(t), 1 // a call that fails once is made again at once
		if form.waits {
			most = 4
		}
		c := newCrowd(newStage(t, e, webhook, nil), 13)
		c.up()
		for range 2 * form.rounds {
			for range 4 {
				all := telegramFaults(methods[c.dice.IntN(len(methods))], 1+c.dice.IntN(most), false)
				c.telegram.Fail(all[c.dice.IntN(len(all))])
			}
			for range 20 {
				c.photo(c.busyAgent(), 0)
			}
			c.order()
			c.list()
			c.press()
			c.quiet(2 * patience)
			c.look()
		}
		c.reckon(terms{doubles: true})
	})
}

// TestLongPause: Telegram wants an hour without a message to one chat. That
// chat's answer lies in the store until then, also after a kill; all others
// go on.
func TestLongPause(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		c := newCrowd(newStage(t, e, polling, nil), 4)
		slow, quick := c.agents[0], c.agents[1]
		c.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Chat: slow.ID, Status: http.StatusTooManyRequests, RetryAfter: 3600})
		c.up()
		held := c.photo(slow, 0)
		until(t, "the answer is held", patience, func() bool { return c.waiting("photo") == 1 && c.mrz.Counts().Received == 1 })
		until(t, "Telegram has refused the reply", patience, func() bool { return len(c.telegram.CallsOf("sendMessage")) > 0 })
		c.kill()
		c.up()
		for range 5 {
			c.photo(quick, 0)
		}
		until(t, "the others are answered", patience, func() bool { c.look(); return len(c.unanswered()) == 1 })
		c.stop()
		store := c.place.open(t)
		defer func() { require.NoError(t, store.Close()) }()
		work, err := store.Backlog(t.Context(), time.Now())
		require.NoError(t, err)
		require.Equal(t, 1, work.Waiting[storage.KindPhoto])
		at, ok, err := store.NextTask(t.Context(), time.Now(), []storage.Kind{storage.KindPhoto})
		require.NoError(t, err)
		require.True(t, ok)
		require.WithinRange(t, at, time.Now().Add(50*time.Minute), time.Now().Add(time.Hour))
		rows, err := store.Entries(t.Context(), time.Unix(0, 0), time.Now().Add(time.Hour), everyEntry)
		require.NoError(t, err)
		require.Len(t, rows, 6)
		require.Equal(t, "update:"+strconv.FormatInt(c.updateOf(held.message), 10), rows[0].Task)
		require.Equal(t, 6, c.mrz.Counts().Received)
		c.calm()
	})
}

// waiting gives how many tasks of a kind wait in the running program.
func (s *stage) waiting(kind string) int {
	tasks, _ := s.work()
	return tasks[kind+" waiting"]
}
