package faults

import (
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
)

const (
	// openPhotos are kept without an answer: more than the program works at
	// once, so that some wait in the store and some with Telegram.
	openPhotos = 24
	// longLife is the longest life that ends at a moment by the clock.
	longLife = 1200 * time.Millisecond
	// overdue is how long a point is waited for that may never be reached.
	overdue = 3 * time.Second
	// oldWork is how long that takes which earlier lives have left, with a
	// pause of a photo that waits.
	oldWork = 6 * time.Second
	// largePicture does not fit the buffers between program and service: it is
	// killed in the middle of the body.
	largePicture = 8 << 20
)

// TestKills kills the program again and again under load, at moments by the
// clock and at every point of a photo's life, and starts it again at once.
func TestKills(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		kills := formOf(t).kills
		for i, by := range []how{polling, webhook} {
			t.Run(string(by), func(t *testing.T) {
				t.Parallel()
				c := newCrowd(newStage(t, e, by, nil), 13)
				for c.killed() < (kills+i)/2 {
					c.liveAndDie(c.start())
				}
				c.up()
				c.reckon(terms{doubles: true})
			})
		}
	})
}

// liveAndDie feeds a life of the program until it is killed. A task over which
// the program died several times is given up, and rightly so: so every second
// life first gets to the end of what the ones before have left.
func (c *crowd) liveAndDie(life *program) {
	old := c.unanswered()
	c.trouble()
	if len(c.lives)%2 == 0 {
		c.finish(old)
	}
	end := time.Duration(c.dice.Int64N(int64(longLife)))
	if c.dice.IntN(3) > 0 {
		c.arm(c.deadlyPoint(), 1+c.dice.IntN(12), c.kill)
		end = overdue
	}
	timer, stopping := time.NewTimer(end), false
	defer timer.Stop()
	for {
		c.feed()
		select {
		case <-c.replied:
			c.look()
		case <-timer.C:
			if c.dice.IntN(4) > 0 || stopping {
				c.kill()
				continue
			}
			// It is asked to end, and killed before it has.
			stopping = true
			_ = life.stop() // it may have ended just now
			timer.Reset(time.Duration(c.dice.Int64N(int64(longLife))))
		case <-life.dead:
			c.disarm()
			return
		}
	}
}

// finish waits until these photos are answered, or until it is clear that they
// wait for a service that was down.
func (c *crowd) finish(old []*photo) {
	limit := time.After(oldWork + c.place.claimed)
	for slices.ContainsFunc(old, func(ph *photo) bool { return len(ph.answers) == 0 }) {
		select {
		case <-c.replied:
			c.look()
		case <-limit:
			return
		}
	}
}

// deadlyPoint is a point at which the program is killed.
func (c *crowd) deadlyPoint() point {
	all := []point{
		before("getFile"), after("getFile"), before(faketelegram.FileCall), after(faketelegram.FileCall),
		mrzBegun, mrzBody, mrzReceived, mrzAnswered, mrzReceived, mrzAnswered,
		before("sendMessage"), after("sendMessage"), before("sendMessage"), after("sendMessage"),
		before("answerCallbackQuery"), after("answerCallbackQuery"), before("editMessageText"), after("editMessageText"),
		before("sendChatAction"), before("getMyCommands"), after("getMe"),
	}
	if c.polling {
		all = append(all, before("getUpdates"), after("getUpdates"), after("getUpdates"))
	} else {
		all = append(all, doorAfter, doorAfter, before("getWebhookInfo"))
	}
	return all[c.dice.IntN(len(all))]
}

// feed keeps people busy: photos until enough are open, and with them
// commands, lists and buttons.
func (c *crowd) feed() {
	for open := len(c.unanswered()); open < openPhotos; open++ {
		c.mrz.AnswerNext(c.serviceAnswer())
		switch dice := c.dice.IntN(60); {
		case dice == 0:
			c.photo(c.busyAgent(), largePicture)
		case dice < 10:
			c.file(c.busyAgent())
		default:
			c.photo(c.busyAgent(), c.dice.IntN(20<<10))
		}
		c.aside()
	}
}

// aside has people do something else than send new photos, now and then.
func (c *crowd) aside() {
	photos := slices.Collect(maps.Values(c.photos))
	slices.SortFunc(photos, func(a, b *photo) int { return a.message - b.message })
	some := photos[max(0, len(photos)-openPhotos):]
	one := some[c.dice.IntN(len(some))]
	switch c.dice.IntN(16) {
	case 0, 1:
		c.order()
	case 2:
		c.list()
	case 3:
		c.press()
	case 4:
		if one.data != nil {
			c.twice(one)
		}
	case 5:
		for _, p := range c.agents {
			c.cancel(p)
		}
	case 6, 7, 8:
		for _, ph := range photos {
			if ph.unknown != 0 && c.dice.IntN(2) == 0 {
				c.readAgain(ph)
			}
		}
	}
}

// serviceAnswer is what a call gets: mostly a zone, sooner or later.
func (c *crowd) serviceAnswer() fakemrz.Answer {
	a := fakemrz.Lines(card...)
	switch c.dice.IntN(20) {
	case 0, 1:
		a = named("unreadable")
	case 2:
		a = named("unavailable")
	case 3:
		a = named("bad_gateway")
	case 4:
		a = named("cut_after")
	case 5:
		a = named("cut_in_answer")
		a.Lines = card
	}
	switch c.dice.IntN(20) {
	case 0:
		a.Delay = time.Second // long enough for the person to be shown that work goes on
	case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10:
		a.Delay = time.Duration(c.dice.Int64N(int64(300 * time.Millisecond)))
	}
	return a
}

// named is an answer of the service that there surely is.
func named(name string) fakemrz.Answer {
	a, ok := fakemrz.AnswerNamed(name)
	if !ok {
		panic("no such answer: " + name)
	}
	return a
}

// trouble has the service be down for some calls, and Telegram fail for a
// moment, now and then.
func (c *crowd) trouble() {
	if c.dice.IntN(4) == 0 {
		down := named("unavailable")
		c.mrz.AnswerNext(down, down) // from now on one photo asks for all, after growing pauses
	}
	if c.dice.IntN(3) > 0 {
		return
	}
	methods := []string{"getFile", faketelegram.FileCall, "sendMessage", "sendChatAction", "answerCallbackQuery", "getUpdates", ""}
	f := faketelegram.Fault{Method: methods[c.dice.IntN(len(methods))], Times: 1 + c.dice.IntN(3)}
	switch c.dice.IntN(5) {
	case 0:
		f.Status, f.RetryAfter = http.StatusTooManyRequests, 1
	case 1:
		f.Status, f.HTML = http.StatusBadGateway, true
	case 2:
		f.Cut = faketelegram.CutBefore
	case 3:
		f.Cut = faketelegram.CutAfter
	case 4:
		f.Delay = 300 * time.Millisecond
	}
	c.telegram.Fail(f)
}
