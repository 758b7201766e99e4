package faults

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// perAlbum is how many pictures an album has here.
const perAlbum = 5

// patient: no photo is late because the machine has other things to do.
var patient = map[string]string{"RETRY_FOR": "1h"}

// TestAlbums has many albums come at once, from several people. Whether the program is
// killed meanwhile or not, each album has its message, which says in the end what
// became of its pictures; each picture that was read has its answer.
func TestAlbums(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		form := formOf(t)
		for name, kills := range map[string]int{"undisturbed": 0, "killed": max(2, form.kills/2)} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				c := newCrowd(newStage(t, e, webhook, patient), 13)
				albums := c.albums(form.albums)
				for c.killed() < kills {
					life := c.start()
					c.arm(c.deadlyPoint(), 1+c.dice.IntN(8), c.kill)
					select {
					case <-life.dead:
					case <-time.After(overdue):
						c.kill()
					}
					c.disarm()
				}
				c.up()
				c.reckonAlbums(albums)
			})
		}
	})
}

// TestAlbumsOfAFaultyTelegram: every kind of failure of the message of an album loses
// neither it nor an answer.
func TestAlbumsOfAFaultyTelegram(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		c := newCrowd(newStage(t, e, webhook, patient), 4)
		for _, f := range telegramFaults("editMessageText", 1, false) {
			c.telegram.Fail(f)
		}
		albums := c.albums(min(24, formOf(t).albums)) // so many that there is something to change
		c.up()
		c.reckonAlbums(albums)
	})
}

// albums has so many albums be sent at once.
func (c *crowd) albums(n int) (all [][]*photo) {
	for i := range n {
		p := c.busyAgent()
		var album []*photo
		for range perAlbum {
			answer := fakemrz.Lines(card...)
			if c.dice.IntN(10) == 0 {
				answer = named("unreadable")
			}
			answer.Delay = 100 * time.Millisecond
			c.mrz.AnswerNext(answer) // of whichever picture comes then
			data := c.picture(0)
			id, err := c.telegram.SendPhoto(p, data, "", faketelegram.Unchanged(), faketelegram.InAlbum(strconv.Itoa(1000+i)))
			require.NoError(c.t, err)
			album = append(album, c.sent(p, id, data, data))
		}
		all = append(all, album)
	}
	return all
}

var summaryOf = regexp.MustCompile(`^(\d) of (\d) photos (read · |done\n)`)

// reckonAlbums goes through the books when nothing but albums was sent.
func (c *crowd) reckonAlbums(albums [][]*photo) {
	c.t.Helper()
	c.quiet(4 * patience)
	c.stop()
	for _, ph := range c.photos {
		ph.died = c.killed() // all were sent before the first
	}
	b := &books{crowd: c, terms: terms{doubles: c.killed() > 0}, store: c.place.open(c.t)}
	defer func() { require.NoError(c.t, b.store.Close()) }()
	b.read()
	b.nothingLeft()
	b.nothingPaidTwice()
	b.totalsRight()
	b.nothingReserved()
	messages, answers := 0, 0
	for _, album := range albums {
		n, m := b.albumRight(album)
		messages, answers = messages+n, answers+m
	}
	c.calm()
	b.pace()
	c.t.Logf("%d kills, %d albums, %d messages of albums, %d answers to %d photos, %d edits",
		c.killed(), len(albums), messages, answers, len(c.photos), len(c.telegram.CallsOf("editMessageText")))
	if c.killed() == 0 {
		return
	}
	// A message that was sent when the program died is sent again; it works eight of
	// them at once, and sixteen photos.
	require.LessOrEqual(c.t, messages-len(albums), 8*c.killed())
	require.LessOrEqual(c.t, answers-len(c.photos), 16*c.killed())
}

func (b *books) nothingReserved() {
	counted := map[int64]int{}
	days := map[int64]storage.Day{}
	for _, e := range b.entries {
		if e.Counted {
			counted[e.Person]++
			days[e.Person] = e.Day
		}
	}
	for person, n := range counted {
		count, err := b.store.Attempts(b.t.Context(), person, days[person])
		require.NoError(b.t, err)
		require.Zero(b.t, count.Reserved)
		require.Equal(b.t, n, count.Settled)
	}
}

// albumRight holds the messages of an album, and the answers to its pictures, against
// the ledger.
func (b *books) albumRight(album []*photo) (messages, answers int) {
	replies := map[int][]string{}
	for _, m := range b.telegram.Messages(album[0].person.ID) {
		if m.FromBot && !m.Deleted {
			replies[m.ReplyTo] = append(replies[m.ReplyTo], m.Text)
		}
	}
	var summaries []string
	for _, ph := range album { // it replies to the first that came
		var own []string
		for _, text := range replies[ph.message] {
			if summaryOf.MatchString(text) {
				summaries = append(summaries, text)
			} else {
				own = append(own, text)
			}
		}
		replies[ph.message] = own
	}
	read, refused := 0, 0
	for i, ph := range album {
		rows := b.rows(ph)
		require.Len(b.t, rows, 1, "photo %d", ph.message)
		told := replies[ph.message]
		answers += len(told)
		switch rows[0].Outcome {
		case "ok":
			read++
			require.NotEmpty(b.t, told, "photo %d was read and not answered", ph.message)
			require.Contains(b.t, told[0], card[0])
		case "unknown":
			require.NotEmpty(b.t, told, "photo %d has no button", ph.message)
			require.Contains(b.t, told[0], "press Read again")
		default:
			refused++
			require.Empty(b.t, told, "photo %d stands in the summary", ph.message)
			require.True(b.t, slices.ContainsFunc(summaries, func(s string) bool { return namedIn(s, i+1) }), "photo %d is named in none of %q", ph.message, summaries)
		}
		if !b.doubles {
			require.LessOrEqual(b.t, len(told), 1, "photo %d was answered twice", ph.message)
		}
	}
	right := 0
	for _, s := range summaries {
		if strings.HasPrefix(s, fmt.Sprintf("%d of %d photos read · ", read, len(album))) && strings.Contains(s, "❌") == (refused > 0) {
			right++
		}
	}
	require.Positive(b.t, right, "album of photo %d: %d read, %d refused: %q", album[0].message, read, refused, summaries)
	if !b.doubles {
		require.Len(b.t, summaries, 1)
	}
	return len(summaries), answers
}

// namedIn reports whether a summary names a picture as one that was not read.
func namedIn(summary string, number int) bool {
	for line := range strings.Lines(summary) {
		numbers, isOne := strings.CutPrefix(line, "❌ ")
		numbers, _, _ = strings.Cut(numbers, ":")
		for part := range strings.SplitSeq(numbers, ", ") {
			first, last, through := strings.Cut(part, "–")
			if !through {
				last = first
			}
			from, _ := strconv.Atoi(first)
			to, _ := strconv.Atoi(last)
			if isOne && from <= number && number <= to {
				return true
			}
		}
	}
	return false
}

// pace: the messages of a person's albums change once a second, give or take what
// calls take on their way.
func (b *books) pace() {
	const onTheWay = 3
	first, number := map[int64]time.Time{}, map[int64]int{}
	for _, call := range b.telegram.CallsOf("editMessageText") {
		if call.Status != http.StatusOK {
			continue
		}
		if number[call.Chat]++; number[call.Chat] == 1 {
			first[call.Chat] = call.At
		}
		seconds := int(call.At.Sub(first[call.Chat])/time.Second) + 1
		require.LessOrEqual(b.t, number[call.Chat], seconds+onTheWay, "changes in the chat of %d", call.Chat)
	}
}
