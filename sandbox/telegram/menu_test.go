package faketelegram

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTypingAndReactions(t *testing.T) {
	days := newCalendar()
	tg := newServer(t, Config{Now: days.now})
	n := tg.Say(aibek, "/start")
	require.True(t, call(tg, "sendChatAction", "chat_id", "1001", "action", "typing").OK)
	require.Equal(t, 400, call(tg, "sendChatAction", "chat_id", "1001", "action", "thinking").Code)
	require.Len(t, tg.Typings(1001), 1)
	require.Equal(t, days.now().Add(TypingLasts), tg.TypingUntil(1001))
	sent(t, tg, "sendMessage", "chat_id", "1001", "text", "hello")
	require.Zero(t, tg.TypingUntil(1001), "a message ends the typing")
	require.True(t, call(tg, "sendChatAction", "chat_id", "1001", "action", "typing").OK)
	days.turn(TypingLasts)
	require.Zero(t, tg.TypingUntil(1001))

	react := func(reaction string) reply {
		return call(tg, "setMessageReaction", "chat_id", "1001", "message_id", id(n), "reaction", reaction)
	}
	require.True(t, react(`[{"type":"emoji","emoji":"👀"}]`).OK)
	m, _ := tg.Message(n)
	require.Equal(t, "👀", m.Reaction)
	require.Equal(t, "Bad Request: REACTION_INVALID", react(`[{"type":"emoji","emoji":"🧀"}]`).Description)
	require.True(t, react(`[]`).OK)
	m, _ = tg.Message(n)
	require.Empty(t, m.Reaction)
}

func TestCommandsMenu(t *testing.T) {
	tg := newServer(t, Config{})
	set := func(command string, fields ...string) reply {
		return call(tg, "setMyCommands", append([]string{"commands", `[{"command":"` + command + `","description":"d"}]`}, fields...)...)
	}
	require.Empty(t, tg.Commands(aibek))
	require.True(t, set("all").OK)
	require.True(t, set("kyrgyz", "language_code", "ky", "scope", `{"type":"all_private_chats"}`).OK)
	require.True(t, set("own", "scope", `{"type":"chat","chat_id":1002}`).OK)
	require.Equal(t, "kyrgyz", tg.Commands(aibek)[0].Command)
	require.Equal(t, "own", tg.Commands(gulnara)[0].Command)
	require.Equal(t, "all", tg.Commands(bakyt)[0].Command)
	require.True(t, call(tg, "deleteMyCommands", "scope", `{"type":"chat","chat_id":"1002"}`).OK)
	require.Equal(t, "all", tg.Commands(gulnara)[0].Command)
	require.JSONEq(t, `[{"command":"all","description":"d"}]`, string(call(tg, "getMyCommands").Result))
	require.JSONEq(t, `[]`, string(call(tg, "getMyCommands", "language_code", "en").Result))
	require.Equal(t, "Bad Request: BOT_COMMAND_INVALID", set("Upper").Description)
	require.Equal(t, 400, set("all", "language_code", "kyr").Code)
}

// TestProfile: each text of the profile is shown in the phone's language, or else
// as it is for all.
func TestProfile(t *testing.T) {
	tg := newServer(t, Config{})
	shows := func(p Person, long, short string) {
		t.Helper()
		l, s := tg.Description(p)
		require.Equal(t, []string{long, short}, []string{l, s})
	}
	shows(aibek, "", "")
	require.True(t, call(tg, "setMyDescription", "description", "All").OK)
	require.True(t, call(tg, "setMyShortDescription", "short_description", "all").OK)
	require.True(t, call(tg, "setMyDescription", "description", "Кыргызча", "language_code", "ky").OK)
	shows(aibek, "Кыргызча", "all")
	shows(bakyt, "All", "all")
	require.JSONEq(t, `{"description":"Кыргызча"}`, string(call(tg, "getMyDescription", "language_code", "ky").Result))
	require.JSONEq(t, `{"short_description":"all"}`, string(call(tg, "getMyShortDescription").Result))
	require.True(t, call(tg, "setMyDescription", "language_code", "ky").OK)
	shows(aibek, "All", "all")
	require.True(t, call(tg, "setMyDescription", "description", strings.Repeat("ң", 512)).OK)
	require.Equal(t, 400, call(tg, "setMyDescription", "description", strings.Repeat("ң", 513)).Code)
	require.True(t, call(tg, "setMyShortDescription", "short_description", strings.Repeat("ң", 120)).OK)
	require.Equal(t, 400, call(tg, "setMyShortDescription", "short_description", strings.Repeat("ң", 121)).Code)
	for _, method := range []string{"setMyDescription", "getMyDescription", "setMyShortDescription", "getMyShortDescription"} {
		require.Equal(t, 400, call(tg, method, "language_code", "kyr").Code, method)
	}
}

func TestKeyboardStaysUntilRemoved(t *testing.T) {
	tg := newServer(t, Config{})
	tg.Say(gulnara, "/start")
	sent(t, tg, "sendMessage", "chat_id", "1002", "text", "who?", "reply_markup",
		`{"keyboard":[[{"text":"Choose","request_users":{"request_id":3,"user_is_bot":false}}]],"input_field_placeholder":"Press"}`)
	sent(t, tg, "sendMessage", "chat_id", "1002", "text", "and?")
	rows, _ := tg.Keyboard(1002)
	require.Equal(t, 3, rows[0][0].RequestUsers.RequestID)
	require.False(t, *rows[0][0].RequestUsers.UserIsBot)
	sent(t, tg, "sendMessage", "chat_id", "1002", "text", "done", "reply_markup", `{"remove_keyboard":true}`)
	rows, _ = tg.Keyboard(1002)
	require.Empty(t, rows)
}
