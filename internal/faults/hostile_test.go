package faults

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
)

// The people whose updates are mutated: an agent and a second admin. Nothing
// they do is reckoned, so whatever a mutant asks for in their names may happen.
var (
	strange      = faketelegram.Person{ID: 3001, FirstName: "Strange", LanguageCode: "en"}
	strangeAdmin = faketelegram.Person{ID: 1002, FirstName: "Strange", LanguageCode: "en"}
)

// mutantNumber is the first number of an update that Telegram did not number.
const mutantNumber = 900_000_000

// TestBuiltToCrash brings mutated updates of every kind through the door. The
// program takes all of them, none ends it or makes a handler panic, and every
// chat is answered afterwards.
func TestBuiltToCrash(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		c := newCrowd(newStage(t, e, webhook, map[string]string{"ADMIN_IDS": "1001,1002"}), 4)
		c.seed(strange)
		c.up()
		c.everyKind()
		c.quiet(patience)
		models := c.rawUpdates()
		require.Greater(t, len(models), 20)
		const batch = 250
		number := int64(mutantNumber)
		for left := formOf(t).mutants; left > 0; left -= batch {
			for range min(left, batch) {
				number++
				mutant := mutate(c.dice, models[c.dice.IntN(len(models))], models, number)
				until(t, "an answer at the door", patience, func() bool {
					status := c.knock(mutant)
					require.True(t, status == http.StatusOK || status == 0 && !c.life.crashed(), "%d for %s", status, mutant)
					return status != 0 // a busy machine may cut what takes too long; Telegram brings it again
				})
			}
			for _, p := range []faketelegram.Person{strange, strangeAdmin, c.agents[0]} {
				c.answersStill(p)
			}
			c.photo(c.busyAgent(), 0)
		}
		c.reckon(terms{strangers: true, doubles: true})
	})
}

// answersStill asks something and waits for the answer.
func (c *crowd) answersStill(p faketelegram.Person) {
	c.t.Helper()
	id := c.telegram.Say(p, "/me")
	_, err := c.telegram.WaitMessage(within(c.t, patience), p.ID, func(m faketelegram.Message) bool {
		return m.ID > id && strings.Contains(m.Text, "Your id:")
	})
	require.NoError(c.t, err, "%d is not answered any more", p.ID)
}

// everyKind has people send one of everything that there is.
func (c *crowd) everyKind() {
	group := faketelegram.Group{ID: -100, Title: "A group"}
	for _, p := range []faketelegram.Person{strange, strangeAdmin} {
		text := c.telegram.Say(p, "/start")
		for _, say := range []string{"/help", "/me", "hello <b>&amp;</b>", "/allow 5001 Somebody", "/limit 5001 3", "/reset 5001", "/users", "/revoke 5001", strings.Join(card, "\n")} {
			c.telegram.Say(p, say)
		}
		c.telegram.Edit(p, text, "/help")
		c.telegram.Say(p, "/allow", faketelegram.ReplyTo(c.telegram.SendContact(p, faketelegram.Person{ID: 5002, FirstName: "X"})))
		c.telegram.Say(p, "/allow", faketelegram.ReplyTo(c.telegram.Say(p, "hi", faketelegram.ForwardedFrom(faketelegram.Person{ID: 5003, FirstName: "Y"}))))
		c.telegram.Say(p, "hi", faketelegram.ForwardedHidden("Nobody"))
		c.telegram.ShareUsers(p, 1, faketelegram.Person{ID: 5004, FirstName: "Z"})
		for _, kind := range []string{"sticker", "video", "video_note", "animation", "voice", "audio", "location"} {
			c.telegram.SendOther(p, kind)
		}
		for range 3 {
			_, err := c.telegram.SendPhoto(p, c.picture(0), "a caption", faketelegram.Unchanged(), faketelegram.InAlbum("7"))
			require.NoError(c.t, err)
			c.telegram.SendDocument(p, "card.jpg", "image/jpeg", c.picture(0), "a caption")
		}
		c.telegram.SendDocument(p, "card.pdf", "application/pdf", []byte("%PDF-1.7"), "")
		for _, data := range []string{"users:", "again:update:528640001", "cancel", "ask", "allow:5001", "deny:5001", "allow:update:1@update:2", "let:update:1", "leave:", "invite:9:9", "invite:", "uninvite:x", "pick"} {
			c.telegram.PressForgotten(p, text, data)
		}
		c.telegram.AddBot(p, group)
		c.telegram.Say(p, "/start", faketelegram.In(group))
		c.telegram.Block(p)
		c.telegram.Unblock(p)
	}
}

// TestStrangersFlood: thousands of photos, texts and commands of people who
// were not let in cause no download and no call, a bounded number of replies,
// and leave nothing behind; agents are served meanwhile.
func TestStrangersFlood(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		c := newCrowd(newStage(t, e, webhook, nil), 4)
		life := c.up()
		total := formOf(t).crowd
		strangers := total / 25
		picture := c.picture(0)
		c.telegram.Hold()
		for i := range total {
			p := faketelegram.Person{ID: int64(10_000 + i%strangers), FirstName: "Stranger"}
			switch i / strangers % 3 {
			case 0:
				_, err := c.telegram.SendPhoto(p, picture, "", faketelegram.Unchanged())
				require.NoError(t, err)
			case 1:
				c.telegram.Say(p, "let me in")
			default:
				c.telegram.Say(p, "/start")
			}
		}
		c.telegram.Release()
		for range 10 {
			c.photo(c.busyAgent(), 0)
		}
		c.quiet(5 * patience)
		c.bounded(life)
		require.Len(t, c.telegram.CallsOf("getFile"), 10)
		require.Equal(t, 10, c.mrz.Counts().Begun)
		// One reply to photos and talk and ten signs, ten to commands; the window is an hour.
		sent := c.telegram.CallsOf("sendMessage")
		require.LessOrEqual(t, len(sent), 11*strangers+10)
		require.GreaterOrEqual(t, len(sent), 2*strangers)
		require.LessOrEqual(t, len(c.telegram.CallsOf("setMessageReaction")), 10*strangers)
		c.reckon(terms{})
		store := c.place.open(t)
		defer func() { require.NoError(t, store.Close()) }()
		kept, err := store.ListPeople(t.Context(), 9_999, 10)
		require.NoError(t, err)
		require.Empty(t, kept)
	})
}

// TestThousandsAtOnce: after an outage Telegram brings everything at once.
func TestThousandsAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		for _, by := range []how{polling, webhook} {
			t.Run(string(by), func(t *testing.T) {
				t.Parallel()
				c := newCrowd(newStage(t, e, by, nil), 40)
				life := c.up()
				c.telegram.Hold()
				for i := range formOf(t).crowd {
					switch i % 10 {
					case 0:
						c.telegram.Say(c.busyAgent(), "/me")
					case 1:
						c.order()
					default:
						c.photo(c.busyAgent(), 0)
					}
				}
				c.telegram.Release()
				c.quiet(10 * patience)
				c.bounded(life)
				c.reckon(terms{})
			})
		}
	})
}

// mostMemory is what the program may take at its peak, in bytes, when
// thousands of small pictures come at once: three times what it takes when
// sixteen are in work.
const mostMemory = 150 << 20

// bounded looks at the memory that the program has used at most.
func (s *stage) bounded(p *program) {
	if peak, ok := peakMemory(p.cmd.Process.Pid); ok && !raced {
		s.t.Logf("peak memory %d MB", peak>>20)
		require.Less(s.t, peak, int64(mostMemory), "the program's peak of memory")
	}
}

// TestStops stops the program properly again and again under load: then
// nothing is doubled and nothing unknown.
func TestStops(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		for i, by := range []how{polling, webhook} {
			t.Run(string(by), func(t *testing.T) {
				t.Parallel()
				// The time to stop is this and some seconds: enough on a busy machine.
				c := newCrowd(newStage(t, e, by, map[string]string{"MRZ_TIMEOUT": "30s"}), 13)
				for range (formOf(t).kills + i) / 2 {
					c.liveAndStop(c.up())
				}
				c.up()
				f := c.reckon(terms{})
				require.Zero(t, f.outcomes["unknown"])
			})
		}
	})
}

// liveAndStop feeds a life of the program for a while and stops it.
func (c *crowd) liveAndStop(life *program) {
	end := time.NewTimer(time.Duration(c.dice.Int64N(int64(longLife))))
	defer end.Stop()
	for {
		for open := len(c.unanswered()); open < openPhotos; open++ {
			slow := fakemrz.Lines(card...)
			slow.Delay = time.Duration(c.dice.Int64N(int64(500 * time.Millisecond)))
			c.mrz.AnswerNext(slow)
			c.photo(c.busyAgent(), c.dice.IntN(100<<10))
		}
		select {
		case <-c.replied:
			c.look()
			if c.dice.IntN(4) == 0 {
				c.order()
			}
		case <-end.C:
			c.stop()
			return
		case <-life.dead:
			c.t.Fatal("the program ended by itself")
		}
	}
}
