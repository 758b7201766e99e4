package page

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
)

// bot plays the bot as far as the demonstration needs it, until ctx is done.
// decide is what it does when an admin presses the card's button.
func (b *bench) bot(ctx context.Context, decide func(stranger int64)) {
	next, stranger := 0, int64(0)
	for b.tg.Wait(ctx, func() bool { return b.tg.Pending() > 0 }) == nil {
		for _, u := range b.updatesFrom(next) {
			next = int(u.ID) + 1
			if m := u.Message; m != nil && m.Photo == nil {
				stranger = m.Chat.ID
				b.call("sendMessage", "chat_id", fmt.Sprint(stranger), "text", "Who are you?", "reply_markup",
					`{"inline_keyboard":[[{"text":"My id","copy_text":{"text":"1"}}],[{"text":"Ask","callback_data":"ask"}]]}`)
			} else if m != nil {
				b.call("sendMessage", "chat_id", fmt.Sprint(m.Chat.ID), "text", "Read.",
					"reply_parameters", fmt.Sprintf(`{"message_id":%d}`, m.ID), "entities", `[{"type":"pre","offset":0,"length":4}]`)
			} else if u.CallbackQuery.Data == "ask" {
				b.call("sendMessage", "chat_id", fmt.Sprint(admin.ID), "text", "Somebody asks",
					"reply_markup", `{"inline_keyboard":[[{"text":"Allow","callback_data":"allow"}]]}`)
			} else {
				decide(stranger)
			}
		}
		b.updatesFrom(next) // which are none: those before have been done
	}
}

func (b *bench) updatesFrom(next int) (list []models.Update) {
	answer := b.call("getUpdates", "offset", strconv.Itoa(next))
	require.NoError(b.t, json.Unmarshal(answer.Result, &list))
	return list
}

func TestDemoEndsByItself(t *testing.T) {
	for name, c := range map[string]struct {
		bot     bool
		decide  func(*bench, int64)
		caption string
		scanner int64 // whose chat is looked at in the end
	}{
		"as it should": {true, func(b *bench, who int64) {
			b.logs(`{"msg":"role changed","user_id":%d,"role":"agent","by":1002}`, who)
		}, demoIsOver, firstGuest + 3},
		"the stranger is not let in": {true, func(*bench, int64) {}, demoFaltered, agent.ID},
		"there is no bot":            {false, nil, demoFaltered, agent.ID},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBenchWithout(t)
				b.page.cfg.Samples = []Sample{{SampleGood, "", drawn}, {SampleFront, "", drawn}, {SampleHeld, "", drawn}, {SampleSoft, "", drawn}}
				b.run()
				if c.bot {
					ctx, stop := context.WithCancel(t.Context())
					defer stop()
					go b.bot(ctx, func(who int64) { c.decide(b, who) })
				}
				began := time.Now()
				b.page.demo.want("ky")
				_, changed := b.page.cast()
				for !b.page.demo.scene().Over {
					<-changed
					_, changed = b.page.cast()
				}
				end := b.page.demo.scene()
				require.Equal(t, c.caption, end.Caption)
				require.False(t, end.Playing)
				require.Equal(t, []int64{c.scanner}, end.People)
				require.Less(t, time.Since(began), 6*time.Minute)
				answers, _ := b.page.switches.list()
				require.True(t, answers[0].On, "nothing stays broken")
			})
		})
	}
}

func drawn(int) ([]byte, error) { return somePicture(40, 30), nil }
