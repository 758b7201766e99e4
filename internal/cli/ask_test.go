package cli

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// TestAskAcrossRestarts: a request and its decision lose nothing by a death of
// the program in between.
func TestAskAcrossRestarts(t *testing.T) {
	b := reading(t, map[string]string{"ADMIN_IDS": "1001,1002"})
	nurlan := faketelegram.Person{ID: 1002, FirstName: "Nurlan", LanguageCode: "en"}
	guest := faketelegram.Person{ID: 2001, FirstName: "<b>Guest</b>\n✅ Let in by Nurlan.\u202e", LastName: strings.Repeat("x", 60), Username: "guest_1"}
	b.telegram.Say(gulnara, "/start")
	b.telegram.Say(nurlan, "/start")
	b.telegram.Say(guest, "/start")
	p := b.startProcess()
	b.answered(guest, "You have no access yet")
	p.kill()
	b.pressed(guest, "Ask for access")
	p = b.startProcess()
	for _, admin := range []faketelegram.Person{gulnara, nurlan} {
		m := b.answered(admin, "asks for access")
		lines := strings.Split(m.Text, "\n")
		require.Len(t, lines, 3, "a name is one line, whatever is in it")
		require.True(t, strings.HasPrefix(lines[1], "<b>Guest</b> ✅ Let in by Nurlan. xx"), lines[1])
		require.True(t, strings.HasSuffix(lines[1], " @guest_1"), lines[1])
		require.Equal(t, "2001", lines[2])
	}
	p.finish()
	b.pressed(nurlan, "❌ Deny") // both at the same time
	b.pressed(gulnara, "✅ Allow")
	p = b.startProcess()
	yes := func() bool { return b.saying(guest, "You are let in") > 0 }
	no := func() bool { return b.saying(guest, "not to let you in") > 0 }
	b.until("one of them was good", func() bool { return yes() || no() })
	b.until("and all cards say whose", func() bool {
		n := 0
		for _, admin := range []faketelegram.Person{gulnara, nurlan} {
			n += b.saying(admin, "✅ Let in by Gulnara.") + b.saying(admin, "❌ Denied by Nurlan.")
		}
		return n == 2
	})
	p.kill()
	b.start()
	b.quiet()
	require.NotEqual(t, yes(), no())
	in, err := b.run.store.Person(t.Context(), guest.ID)
	require.NoError(t, err)
	require.Equal(t, yes(), in.Role == storage.RoleAgent)
	if in.Role == storage.RoleAgent {
		require.Len(t, []rune(in.Name), storage.MaxName)
	}
}

// TestFloodOfStrangers: a stranger is heard ten times an hour, and the admins
// see a bounded number of requests a day.
func TestFloodOfStrangers(t *testing.T) {
	b := reading(t, nil)
	b.telegram.Say(gulnara, "/start")
	b.start()
	loud := faketelegram.Person{ID: 7, FirstName: "Loud", LanguageCode: "en"}
	b.telegram.Say(loud, "/start")
	b.answered(loud, "You have no access yet")
	b.pressed(loud, "Ask for access")
	m := b.answered(loud, "I have asked the admins")
	for range 30 {
		b.telegram.PressForgotten(loud, m.ID, "ask")
		b.telegram.PressForgotten(loud, m.ID, "allow:update:1")
		b.telegram.Say(loud, "/start")
	}
	b.quiet()
	calls := 0
	for _, c := range append(b.telegram.CallsOf("sendMessage"), b.telegram.CallsOf("answerCallbackQuery")...) {
		if c.Chat == loud.ID || c.Method == "answerCallbackQuery" {
			calls++
		}
	}
	require.LessOrEqual(t, calls, 12)
	require.Equal(t, 1, b.saying(gulnara, "asks for access"))
	several := func(from, to int) {
		for i := from; i < to; i++ {
			p := faketelegram.Person{ID: int64(100 + i), FirstName: fmt.Sprint("Guest ", i), LanguageCode: "en"}
			b.telegram.Say(p, "/start")
			b.quiet()
			b.pressed(p, "Ask for access")
			b.quiet()
		}
	}
	several(0, 25)
	require.Equal(t, 20, b.saying(gulnara, "asks for access"), "so many wait at once")
	for range 15 {
		b.pressed(gulnara, "❌ Deny")
		b.quiet()
	}
	several(25, 45)
	require.Equal(t, 30, b.saying(gulnara, "asks for access"), "so many are taken in a day")
}
