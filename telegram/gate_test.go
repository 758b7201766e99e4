package telegram

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// requirePause gives the pause of an error that says 429.
func requirePause(t *testing.T, err error) time.Duration {
	t.Helper()
	e := requireError(t, err)
	require.Equal(t, http.StatusTooManyRequests, e.Code)
	after, ok := e.RetryAfter()
	require.True(t, ok)
	return after
}

func TestAChatThatNeedsAPauseIsNotAsked(t *testing.T) {
	tg, c, clock := play(t, slow("10"), done(`{"message_id":1}`))
	send := func(chat int64) error {
		_, err := c.Send(t.Context(), Message{Chat: chat, Text: "hi"})
		return err
	}
	require.Equal(t, 10*time.Second, requirePause(t, send(7)))
	clock.move(4 * time.Second)
	require.Equal(t, 6*time.Second, requirePause(t, send(7)))
	require.Equal(t, 6*time.Second, requirePause(t, c.Edit(t.Context(), 7, 1, "x", nil, nil)))
	require.Len(t, tg.asked(), 1, "Telegram is left alone")

	require.NoError(t, send(8), "other chats are not held up")
	require.NoError(t, c.AnswerCallback(t.Context(), "1", "", false))
	clock.move(6 * time.Second)
	require.NoError(t, send(7))
	require.Empty(t, c.gates.until, "a gate that is open is forgotten")
}

func TestAMethodThatNeedsAPauseHoldsUpNoChat(t *testing.T) {
	tg, c, clock := play(t, slow("10"), done(`true`))
	require.Equal(t, 10*time.Second, requirePause(t, c.SetCommands(t.Context(), Commands{})))
	require.Equal(t, 10*time.Second, requirePause(t, c.SetCommands(t.Context(), Commands{Chat: 7})))
	require.Len(t, tg.asked(), 1)
	require.NoError(t, c.Typing(t.Context(), 7, 0))
	clock.move(10 * time.Second)
	require.NoError(t, c.SetCommands(t.Context(), Commands{}))
}

func TestTypingHoldsUpNoMessage(t *testing.T) {
	tg, c, clock := play(t, slow("3600"), done(`true`))
	requirePause(t, c.Typing(t.Context(), 7, 0))
	require.NoError(t, c.Delete(t.Context(), 7, []int{1}))
	requirePause(t, c.Typing(t.Context(), 7, 0))
	require.Len(t, tg.asked(), 2, "it is not asked for again")
	clock.move(time.Hour)
	require.NoError(t, c.Typing(t.Context(), 7, 0))
}

// TestAsideHoldsUpNoMessage: nor does what can wait itself.
func TestAsideHoldsUpNoMessage(t *testing.T) {
	for name, aside := range map[string]func(c *Client) error{
		"change": func(c *Client) error { return c.EditAside(t.Context(), 7, 1, "x", nil, nil) },
		"message": func(c *Client) error {
			_, err := c.Send(t.Context(), Message{Chat: 7, Text: "x", Aside: true})
			return err
		},
	} {
		tg, c, _ := play(t, slow("3600"), done(`{"message_id":1}`))
		requirePause(t, aside(c))
		_, err := c.Send(t.Context(), Message{Chat: 7, Text: "hi"})
		require.NoError(t, err, name)
		require.NoError(t, c.Edit(t.Context(), 7, 1, "x", nil, nil), name)
		requirePause(t, aside(c))
		require.Len(t, tg.asked(), 3, name)
	}
}

func TestALimitOfTheWholeBot(t *testing.T) {
	tg, c, clock := play(t, slow("30"), slow("5"), slow("20"), done(`true`))
	for chat := range int64(3) {
		requirePause(t, c.Delete(t.Context(), chat+1, []int{1}))
		clock.move(100 * time.Millisecond)
	}
	require.Equal(t, 5*time.Second-200*time.Millisecond, requirePause(t, c.Delete(t.Context(), 99, []int{1})), "the shortest pause holds for all")
	require.Len(t, tg.asked(), 3)
	require.NoError(t, c.AnswerCallback(t.Context(), "1", "", false), "what is about no chat goes on")

	clock.move(5 * time.Second)
	require.NoError(t, c.Delete(t.Context(), 99, []int{1}))
	require.NoError(t, c.Delete(t.Context(), 2, []int{1}))
	require.Positive(t, requirePause(t, c.Delete(t.Context(), 1, []int{1})), "a chat's own pause stays")
}

func TestChatsThatAreSlowNowAndThenAreNotTheWholeBot(t *testing.T) {
	_, c, clock := play(t, slow("30"), slow("30"), slow("30"), slow("30"), slow("30"), done(`true`))
	for chat := range int64(4) {
		requirePause(t, c.Delete(t.Context(), chat+1, []int{1}))
		clock.move(manyWithin / 2)
	}
	clock.move(30 * time.Second)
	requirePause(t, c.Delete(t.Context(), 1, []int{1}))
	require.NoError(t, c.Delete(t.Context(), 99, []int{1}))
}

func TestOneChatIsNotTheWholeBot(t *testing.T) {
	var g gates
	now := newClock().now()
	for range 2 * manyChats { // calls that were on their way together
		g.shut(scope{chat: 1}, now, time.Minute)
	}
	require.Zero(t, g.wait(scope{chat: 2}, now))
}

func TestGatesAreBounded(t *testing.T) {
	var g gates
	now := newClock().now()
	for chat := range int64(maxGates + 50) {
		g.shut(scope{chat: chat + 1}, now.Add(time.Duration(chat)*time.Second), 1000*time.Hour)
	}
	require.Len(t, g.until, maxGates)
	require.LessOrEqual(t, len(g.last), manyChats)

	later := now.Add(2000 * time.Hour)
	g.shut(scope{chat: 1}, later, time.Minute)
	require.Len(t, g.until, 1, "what is over makes room")
	g.shut(scope{chat: 1}, later, time.Second)
	require.Equal(t, time.Minute, g.wait(scope{chat: 1}, later), "a shorter pause opens nothing earlier")
}

func TestNoticesOfOneChatKeepItsPace(t *testing.T) {
	tg, c, clock := play(t, done(`{"message_id":1}`))
	notice := func(chat int64) error {
		_, err := c.Send(t.Context(), Message{Chat: chat, Text: "hi", Notice: true})
		return err
	}
	require.NoError(t, notice(7))
	require.Equal(t, chatGap, requirePause(t, notice(7)))
	require.Equal(t, chatGap, requirePause(t, notice(7)), "asking takes no second turn")
	_, err := c.Send(t.Context(), Message{Chat: 7, Text: "a reply"})
	require.NoError(t, err, "a reply keeps no pace")
	require.Len(t, tg.asked(), 2)

	clock.move(chatGap)
	require.NoError(t, notice(7))
	require.Equal(t, chatGap, requirePause(t, notice(7)))
	clock.move(noticeGap)
	require.NoError(t, notice(8), "a chat that waits holds up no other")
}

// Each of many notices is put off once at most, and they go out at the pace.
func TestNoticesToManyChats(t *testing.T) {
	const chats = 100
	var p pace
	now := newClock().now()
	due := map[int64]time.Time{}
	for chat := range int64(chats) {
		due[chat] = now.Add(p.wait(chat, now))
	}
	for chat := range int64(chats) {
		require.Equal(t, now.Add(time.Duration(chat)*noticeGap), due[chat])
		if chat > 0 {
			require.Zero(t, p.wait(chat, due[chat].Add(time.Millisecond)))
		}
	}
	last := due[chats-1]
	require.Equal(t, noticeGap-2*time.Millisecond, p.wait(chats, last.Add(2*time.Millisecond)))
}

func TestATurnThatNobodyCameForIsOver(t *testing.T) {
	var p pace
	now := newClock().now()
	require.Zero(t, p.wait(1, now))
	require.Equal(t, noticeGap, p.wait(2, now))
	now = now.Add(turnKept + noticeGap)
	require.Zero(t, p.wait(3, now))
	require.Equal(t, noticeGap, p.wait(2, now), "an old turn is no right to go first")

	now = now.Add(2 * turnKept)
	require.Zero(t, p.wait(4, now))
	require.Len(t, p.chats, 1, "what is over is forgotten")
	for chat := range int64(maxTurns + 10) {
		p.wait(chat, now)
	}
	require.LessOrEqual(t, len(p.chats), maxTurns)
}

// TestAPauseHoldsUpWhatItConcerns: absurd pauses for one file or one press hold
// up neither the others nor anything for longer than a minute.
func TestAPauseHoldsUpWhatItConcerns(t *testing.T) {
	const years = "100000000"
	for name, ask := range map[string]func(c *Client, about string) error{
		"a file":  func(c *Client, about string) error { _, err := c.Download(t.Context(), about); return err },
		"a press": func(c *Client, about string) error { return c.AnswerCallback(t.Context(), about, "", false) },
	} {
		t.Run(name, func(t *testing.T) {
			next := []http.HandlerFunc{slow(years), done(`true`)}
			if name == "a file" {
				next = []http.HandlerFunc{slow(years), done(lies), gives([]byte("hello")), done(lies), gives([]byte("hello"))}
			}
			_, client, clock := play(t, next...)
			require.Equal(t, longestSharedPause, requirePause(t, ask(client, "one")))
			require.NoError(t, ask(client, "another"), "others go on")
			require.Equal(t, longestSharedPause, requirePause(t, ask(client, "one")))
			clock.move(longestSharedPause)
			require.NoError(t, ask(client, "one"))
		})
	}
}

// TestManyFilesAreTheWholeBot: what many files hear in a second is no matter of
// theirs, and bounded all the same.
func TestManyFilesAreTheWholeBot(t *testing.T) {
	tg, c, clock := play(t, slow("100000000"), slow("100000000"), slow("100000000"), done(lies), gives([]byte("hello")))
	for _, id := range []string{"a", "b", "c"} {
		_, err := c.Download(t.Context(), id)
		requirePause(t, err)
	}
	_, err := c.Download(t.Context(), "d")
	require.Equal(t, longestSharedPause, requirePause(t, err))
	require.Len(t, tg.asked(), 3)
	clock.move(longestSharedPause)
	_, err = c.Download(t.Context(), "d")
	require.NoError(t, err)
}

// TestAbsurdPauses: those of years hold one chat for an hour, and all of them
// together for a minute.
func TestAbsurdPauses(t *testing.T) {
	_, c, clock := play(t, slow("100000000"), slow("100000000"), slow("100000000"), done(`true`))
	for chat := range int64(3) {
		require.Equal(t, longestPause, requirePause(t, c.Delete(t.Context(), chat+1, []int{1})))
	}
	require.Equal(t, longestSharedPause, requirePause(t, c.Delete(t.Context(), 99, []int{1})))
	clock.move(longestSharedPause)
	require.NoError(t, c.Delete(t.Context(), 99, []int{1}))
	require.Equal(t, longestPause-longestSharedPause, requirePause(t, c.Delete(t.Context(), 1, []int{1})))
	clock.move(longestPause)
	require.NoError(t, c.Delete(t.Context(), 1, []int{1}))

	_, c, _ = play(t, slow("100000000"))
	_, err := c.WebhookInfo(t.Context())
	require.Equal(t, longestSharedPause, requirePause(t, err))
	_, err = c.Me(t.Context())
	require.Equal(t, longestSharedPause, requirePause(t, err))
	_, err = c.updates(t.Context(), 0, pollBatch)
	require.Equal(t, longestSharedPause, requirePause(t, err))
}
