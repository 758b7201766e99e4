package faketelegram

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func id(n int) string { return strconv.Itoa(n) }

// updates decodes everything pending with the library the bot uses.
func updates(t *testing.T, tg *Server) []models.Update {
	t.Helper()
	answer := call(tg, "getUpdates")
	require.True(t, answer.OK, answer.Description)
	var list []models.Update
	require.NoError(t, json.Unmarshal(answer.Result, &list))
	return list
}

func TestBotMayNotWriteFirst(t *testing.T) {
	tg := newServer(t, Config{})
	answer := call(tg, "sendMessage", "chat_id", "1001", "text", "hello")
	require.Equal(t, 400, answer.Code)
	require.Equal(t, "Bad Request: chat not found", answer.Description)

	tg.AddPerson(aibek)
	answer = call(tg, "sendMessage", "chat_id", "1001", "text", "hello")
	require.Equal(t, 403, answer.Code)
	require.Equal(t, "Forbidden: bot can't initiate conversation with a user", answer.Description)

	tg.Say(aibek, "/start")
	require.True(t, call(tg, "sendMessage", "chat_id", "1001", "text", "hello").OK)

	tg.Block(aibek)
	answer = call(tg, "sendChatAction", "chat_id", "1001", "action", "typing")
	require.Equal(t, 403, answer.Code)
	require.Equal(t, "Forbidden: bot was blocked by the user", answer.Description)
	require.True(t, call(tg, "getChat", "chat_id", "1001").OK, "a chat may be looked at")

	tg.Say(aibek, "I am back")
	require.True(t, call(tg, "sendMessage", "chat_id", "1001", "text", "hello").OK)
	list := updates(t, tg)
	require.Len(t, list, 4)
	require.Equal(t, models.ChatMemberTypeBanned, list[1].MyChatMember.NewChatMember.Type)
	require.Equal(t, models.ChatMemberTypeMember, list[2].MyChatMember.NewChatMember.Type)
}

func TestSayMarksCommands(t *testing.T) {
	for text, want := range map[string][]models.MessageEntity{
		"/start":                  {{Type: "bot_command", Length: 6}},
		"  /start 42 ":            {{Type: "bot_command", Length: 6}},
		"привет /Start":           {{Type: "bot_command", Offset: 7, Length: 6}},
		"🙂 /me":                   {{Type: "bot_command", Offset: 3, Length: 3}},
		"/start@mrz_sandbox_bot!": {{Type: "bot_command", Length: 22}},
		"/a /b":                   {{Type: "bot_command", Length: 2}, {Type: "bot_command", Offset: 3, Length: 2}},
		"1/2":                     nil,
		"http://x/y":              nil,
		"/путь":                   nil,
		"/a/b":                    nil,
		"nothing":                 nil,
	} {
		tg := newServer(t, Config{})
		tg.Say(aibek, text)
		require.Equal(t, want, updates(t, tg)[0].Message.Entities, text)
	}
}

func TestReplies(t *testing.T) {
	tg := newServer(t, Config{})
	question := tg.Say(aibek, "question")
	answerID := sent(t, tg, "sendMessage", "chat_id", "1001", "text", "answer", "reply_parameters", `{"message_id":`+id(question)+`}`)
	m, ok := tg.Message(answerID)
	require.True(t, ok)
	require.Equal(t, question, m.ReplyTo)
	require.True(t, m.FromBot)

	tg.Say(aibek, "thanks", ReplyTo(answerID))
	require.Equal(t, "answer", updates(t, tg)[1].Message.ReplyToMessage.Text)
	require.Nil(t, updates(t, tg)[1].Message.ReplyToMessage.ReplyToMessage)

	tg.Erase(question)
	refused := call(tg, "sendMessage", "chat_id", "1001", "text", "x", "reply_parameters", `{"message_id":`+id(question)+`}`)
	require.Equal(t, "Bad Request: message to be replied not found", refused.Description)
	lone := sent(t, tg, "sendMessage", "chat_id", "1001", "text", "x",
		"reply_parameters", `{"message_id":`+id(question)+`,"allow_sending_without_reply":true}`)
	m, _ = tg.Message(lone)
	require.Zero(t, m.ReplyTo)
}

func TestTextsAreTidied(t *testing.T) {
	tg := newServer(t, Config{})
	tg.Say(aibek, "/start")
	n := sent(t, tg, "sendMessage", "chat_id", "1001", "text", "\n a\tb\r\n<b>c</b> ", "parse_mode", "HTML",
		"reply_markup", `{"inline_keyboard":[[{"text":"Copy\tall","copy_text":{"text":"x\ty"}}]]}`)
	m, _ := tg.Message(n)
	require.Equal(t, "a b\nc", m.Text)
	require.Equal(t, []models.MessageEntity{{Type: "bold", Offset: 4, Length: 1}}, m.Entities)
	require.Equal(t, "Copy all", m.Buttons[0][0].Text)
	require.Equal(t, "x y", m.Buttons[0][0].Copy.Text)
}

func TestEdits(t *testing.T) {
	days := newCalendar()
	tg := newServer(t, Config{Now: days.now})
	own := tg.Say(aibek, "mine")
	n := sent(t, tg, "sendMessage", "chat_id", "1001", "text", "one", "reply_markup",
		`{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}`)
	keep := []string{"chat_id", "1001", "message_id", id(n), "text", "one", "reply_markup", `{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}`}
	require.Contains(t, call(tg, "editMessageText", keep...).Description, "Bad Request: message is not modified")

	days.turn(time.Minute)
	require.True(t, call(tg, "editMessageText", "chat_id", "1001", "message_id", id(n), "text", "two").OK)
	m, _ := tg.Message(n)
	require.Equal(t, "two", m.Text)
	require.Empty(t, m.Buttons, "an edit without a keyboard takes it away")
	require.Equal(t, days.now().Unix(), m.EditDate.Unix())
	require.Contains(t, call(tg, "editMessageReplyMarkup", "chat_id", "1001", "message_id", id(n)).Description, "not modified")

	require.Contains(t, call(tg, "editMessageText", "chat_id", "1001", "message_id", id(own), "text", "x").Description, "message can't be edited")
	require.Contains(t, call(tg, "editMessageText", "chat_id", "1001", "message_id", "999", "text", "x").Description, "message to edit not found")

	require.True(t, tg.Edit(aibek, own, "/mine"))
	require.False(t, tg.Edit(gulnara, own, "not yours"))
	last := updates(t, tg)[1].EditedMessage
	require.Equal(t, "/mine", last.Text)
	require.NotZero(t, last.EditDate)
}

func TestDeletions(t *testing.T) {
	days := newCalendar()
	tg := newServer(t, Config{Now: days.now})
	old := tg.Say(aibek, "old")
	days.turn(deletableFor)
	fresh := tg.Say(aibek, "fresh")
	mine := sent(t, tg, "sendMessage", "chat_id", "1001", "text", "mine")

	require.Contains(t, call(tg, "deleteMessage", "chat_id", "1001", "message_id", id(old)).Description, "message can't be deleted")
	require.True(t, call(tg, "deleteMessage", "chat_id", "1001", "message_id", id(fresh)).OK)
	require.Contains(t, call(tg, "deleteMessage", "chat_id", "1001", "message_id", id(fresh)).Description, "message to delete not found")
	require.True(t, call(tg, "deleteMessages", "chat_id", "1001", "message_ids", "["+id(old)+","+id(mine)+",777]").OK)
	deleted := map[int]bool{}
	for _, m := range tg.Messages(1001) {
		deleted[m.ID] = m.Deleted
	}
	require.Equal(t, map[int]bool{old: false, fresh: true, mine: true}, deleted)
	tooMany := "[" + strings.TrimSuffix(strings.Repeat("1,", 101), ",") + "]"
	require.Equal(t, 400, call(tg, "deleteMessages", "chat_id", "1001", "message_ids", tooMany).Code)
	require.Equal(t, 400, call(tg, "deleteMessages", "chat_id", "1001", "message_ids", "[]").Code)
}

func TestPressAndAnswer(t *testing.T) {
	days := newCalendar()
	tg := newServer(t, Config{Now: days.now})
	tg.Say(aibek, "/start")
	n := sent(t, tg, "sendMessage", "chat_id", "1001", "text", "?", "reply_markup",
		`{"inline_keyboard":[[{"text":"Copy","copy_text":{"text":"1"}}],[{"text":"Yes","callback_data":"y","style":"success"}]]}`)
	_, err := tg.Press(aibek, n, "No")
	require.ErrorIs(t, err, ErrNoButton)
	_, err = tg.PressIndex(aibek, n, 0)
	require.ErrorIs(t, err, ErrNoButton, "a copy button sends nothing")
	_, err = tg.Press(aibek, 999, "y")
	require.ErrorIs(t, err, ErrNoMessage)
	asked, err := tg.Press(aibek, n, "Yes")
	require.NoError(t, err)

	query := updates(t, tg)[1].CallbackQuery
	require.Equal(t, asked, query.ID)
	require.Equal(t, "y", query.Data)
	require.Equal(t, n, query.Message.Message.ID)
	require.Equal(t, "success", query.Message.Message.ReplyMarkup.InlineKeyboard[1][0].Style)
	_, answered := tg.Answer(asked)
	require.False(t, answered)
	require.True(t, call(tg, "answerCallbackQuery", "callback_query_id", asked, "text", "Noted", "show_alert", "true").OK)
	answer, answered := tg.Answer(asked)
	require.True(t, answered)
	require.Equal(t, Answer{At: days.now(), Text: "Noted", Alert: true}, answer)
	require.Contains(t, call(tg, "answerCallbackQuery", "callback_query_id", asked).Description, "query is too old")

	late := tg.PressForgotten(aibek, n, "forged")
	require.Nil(t, updates(t, tg)[2].CallbackQuery.Message.Message)
	days.turn(queryLifetime + time.Second)
	require.Equal(t, 400, call(tg, "answerCallbackQuery", "callback_query_id", late).Code)
}

func TestOtherKindsReachTheBot(t *testing.T) {
	tg := newServer(t, Config{})
	for _, kind := range []string{"sticker", "video", "video_note", "animation", "voice", "audio", "contact", "location"} {
		n := tg.SendOther(aibek, kind)
		m, ok := tg.Message(n)
		require.True(t, ok, kind)
		require.Equal(t, kind, m.Kind)
	}
	require.Zero(t, tg.SendOther(aibek, "thought"))
	list := updates(t, tg)
	require.Len(t, list, 8)
	require.NotNil(t, list[0].Message.Sticker)
	require.NotNil(t, list[5].Message.Audio)
	require.EqualValues(t, 1001, list[6].Message.Contact.UserID)
}

func TestForwardsAlbumsAndSharing(t *testing.T) {
	tg := newServer(t, Config{})
	tg.Say(gulnara, "look", ForwardedFrom(bakyt))
	tg.Say(gulnara, "look", ForwardedHidden("Somebody"))
	tg.SendDocument(gulnara, "card.pdf", "application/pdf", []byte("%PDF"), "two", InAlbum("77"))
	tg.SendContact(gulnara, Person{FirstName: "Offline"})
	tg.ShareUsers(gulnara, 5, bakyt)

	list := updates(t, tg)
	require.EqualValues(t, bakyt.ID, list[0].Message.ForwardOrigin.MessageOriginUser.SenderUser.ID)
	require.Equal(t, "Somebody", list[1].Message.ForwardOrigin.MessageOriginHiddenUser.SenderUserName)
	require.Equal(t, "77", list[2].Message.MediaGroupID)
	require.Equal(t, "application/pdf", list[2].Message.Document.MimeType)
	require.Zero(t, list[3].Message.Contact.UserID)
	require.Equal(t, 5, list[4].Message.UsersShared.RequestID)
	require.EqualValues(t, bakyt.ID, list[4].Message.UsersShared.Users[0].UserID)
	messages := tg.Messages(gulnara.ID)
	require.Equal(t, "Bakyt", messages[0].Forwarded)
	require.Equal(t, "Somebody", messages[1].Forwarded)
}

func TestPeoplePicker(t *testing.T) {
	tg := newServer(t, Config{})
	tg.Say(gulnara, "/allow")
	sent(t, tg, "sendMessage", "chat_id", id(int(gulnara.ID)), "text", "Whom?", "reply_markup",
		`{"keyboard":[[{"text":"Choose","request_users":{"request_id":5,"max_quantity":2,"user_is_bot":false,"request_name":true}}]]}`)
	require.NotZero(t, tg.ShareUsers(gulnara, 5, bakyt, aibek))
	require.Zero(t, tg.ShareUsers(gulnara, 5, bakyt, aibek, gulnara), "the button takes two")
	require.NotZero(t, tg.ShareUsers(gulnara, 6, bakyt))
	list := updates(t, tg)
	require.Equal(t, []models.SharedUser{{UserID: bakyt.ID, FirstName: "Bakyt"}, {UserID: aibek.ID, FirstName: aibek.FirstName, LastName: aibek.LastName}}, list[1].Message.UsersShared.Users)
	require.Equal(t, []models.SharedUser{{UserID: bakyt.ID}}, list[2].Message.UsersShared.Users, "nobody asked for a name")
}

func TestGroupsAndChannels(t *testing.T) {
	tg := newServer(t, Config{})
	team := Group{ID: -100500, Title: "Team", Username: "team"}
	news := Group{ID: -100600, Title: "News", Channel: true}
	require.Zero(t, tg.Say(aibek, "nobody here", In(team)))
	tg.AddBot(gulnara, team)
	tg.AddBot(gulnara, news)
	asked := tg.Say(aibek, "/start@mrz_sandbox_bot", In(team))
	tg.Post(news, "hello all")
	require.True(t, call(tg, "sendMessage", "chat_id", "@team", "text", "hello").OK)

	list := updates(t, tg)
	require.EqualValues(t, -100500, list[0].MyChatMember.Chat.ID)
	require.Equal(t, models.ChatTypeSupergroup, list[2].Message.Chat.Type)
	require.Equal(t, "hello all", list[3].ChannelPost.Text)
	require.Nil(t, list[3].ChannelPost.From)
	require.Equal(t, 403, call(tg, "sendMessage", "chat_id", "1001", "text", "x").Code, "a group opens no private chat")
	require.Contains(t, call(tg, "deleteMessage", "chat_id", "@team", "message_id", id(asked)).Description, "can't be deleted")

	tg.RemoveBot(gulnara, team)
	require.Equal(t, "Forbidden: bot is not a member of the supergroup chat",
		call(tg, "sendMessage", "chat_id", "-100500", "text", "x").Description)
}
