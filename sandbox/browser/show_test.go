package browser

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/specimen"
	"mrzbot/sandbox"
	"mrzbot/sandbox/page"
	faketelegram "mrzbot/sandbox/telegram"
)

// stage is a sandbox without a bot: the test is the bot.
type stage struct {
	*bench
	sandbox *sandbox.Sandbox
}

func newStage(t *testing.T) stage {
	if _, err := Find(); err != nil {
		t.Skip(err)
	}
	if os.Getenv(allTests) == "" {
		t.Skip("the page is tested with " + allTests + "=1 go test ./sandbox/browser")
	}
	s, err := sandbox.Start(context.Background(), sandbox.Config{PageAddr: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	b := &bench{t: t, url: s.PageURL}
	b.browser, err = Start(context.Background())
	require.NoError(t, err)
	t.Cleanup(b.browser.Close)
	return stage{b, s}
}

// call calls a method as the bot would; fields come in pairs.
func (s stage) call(method string, fields ...string) {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.PostForm(s.sandbox.TelegramURL+"/bot"+s.sandbox.Token+"/"+method, form)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, resp.StatusCode, string(answer))
}

// newest is the id of the last message in somebody's chat.
func (s stage) newest(who faketelegram.Person) string {
	list := s.sandbox.Telegram.Messages(who.ID)
	return fmt.Sprint(list[len(list)-1].ID)
}

// TestShowsWhatBotsSend: what the Bot API lets a bot send is there to be seen
// and used: buttons that copy, quotes that unfold, changed texts, albums with an
// answer to each photo, reactions, keyboards.
func TestShowsWhatBotsSend(t *testing.T) {
	s := newStage(t)
	who := page.Characters()[5].Person // whose phone is shown first to English browsers
	chat := fmt.Sprint(who.ID)
	v := s.open(Window{Width: 1400, Height: 1000}, "api/file")
	card := drawCard(t)
	for range 3 {
		_, err := s.sandbox.Telegram.SendPhoto(who, card, "", faketelegram.InAlbum("one"))
		require.NoError(t, err)
	}
	photo := s.newest(who)
	v.until(`document.querySelectorAll(".album img").length === 3`)
	s.call("sendMessage", "chat_id", chat, "text", "1 of 3 read")
	progress := s.newest(who)
	v.until(`document.querySelector(".message:last-child .text")?.textContent.startsWith("1 of 3")`)
	s.call("editMessageText", "chat_id", chat, "message_id", progress, "text", "3 of 3 read")
	v.until(`document.querySelector(".message:last-child .text")?.textContent.startsWith("3 of 3") && document.querySelectorAll(".message:not(.own)").length === 1`)
	s.call("setMessageReaction", "chat_id", chat, "message_id", photo, "reaction", `[{"type":"emoji","emoji":"👌"}]`)
	v.until(`document.querySelector(".reaction")?.textContent === "👌"`)

	const number, lines = "ID1234567", "IDKGZID1234567320101199012345<\n9001011M3101012KGZ<<<<<<<<<<<0\nTESTOV<<TEST<<<<<<<<<<<<<<<<<<"
	s.call("sendMessage", "chat_id", chat, "text", number+"\n"+lines,
		"entities", fmt.Sprintf(`[{"type":"code","offset":0,"length":%d},{"type":"pre","offset":%d,"length":%d}]`, len(number), len(number)+1, len(lines)),
		"reply_parameters", `{"message_id":`+photo+`}`,
		"reply_markup", `{"inline_keyboard":[[{"text":"№","copy_text":{"text":"ID1234567"}},{"text":"ПИН","copy_text":{"text":"20101199012345"}},{"text":"MRZ","copy_text":{"text":"IDKGZ"}}],[{"text":"Read again","callback_data":"again","style":"primary"}]]}`)
	v.until(`document.querySelectorAll(".buttons button").length === 4`)
	v.click(`.buttons div:first-child button:nth-child(2)`)
	v.until(`document.querySelector(".pane .toast")?.checkVisibility() && document.querySelector(".pane .toast").textContent === "Copied: 20101199012345"`)
	v.click(`.message:not(.own) code`)
	v.until(`document.querySelector(".pane .toast").textContent === "Copied: ID1234567"`)
	v.until(`document.querySelector("body > .toast").hidden`) // it stays with its phone

	long := "What is kept, and for how long. "
	for range 4 {
		long += long
	}
	s.call("sendMessage", "chat_id", chat, "text", "Privacy\n"+long, "entities", fmt.Sprintf(`[{"type":"expandable_blockquote","offset":8,"length":%d}]`, len(long)-1))
	s.call("sendMessage", "chat_id", chat, "text", "Short\nquote", "entities", `[{"type":"expandable_blockquote","offset":6,"length":5}]`,
		"reply_markup", `{"keyboard":[[{"text":"Choose somebody","request_users":{"request_id":1}}]]}`)
	v.until(`document.querySelectorAll(".unfold").length === 2 && document.querySelectorAll(".unfold")[1].hidden`)
	v.until(`!document.querySelector(".unfold").hidden && document.querySelector(".unfold").ariaExpanded === "false"`)
	v.until(`document.querySelector(".keyboard button")?.textContent === "Choose somebody"`)
	v.shot("folded")
	const tall = `document.querySelector(".folded").clientHeight`
	folded, err := Eval[float64](v.Tab, tall, false)
	require.NoError(t, err)
	v.click(`.unfold:not([hidden])`)
	v.until(fmt.Sprintf(`document.querySelector(".unfold").ariaExpanded === "true" && %s > %f`, tall, 1.5*folded))
	v.shot("unfolded")
	s.call("sendMessage", "chat_id", chat, "text", "Come in", "entities", `[{"type":"text_link","offset":0,"length":7,"url":"https://t.me/mrz_sandbox_bot?start=C-0_de"}]`)
	v.click(`.text .link`)
	v.click(`dialog .choices button`)
	v.until(`[...document.querySelectorAll(".message.own .text")].some((text) => text.textContent.startsWith("/start C-0_de"))`)
	v.click(`.unfold:not([hidden])`)
	v.until(fmt.Sprintf(`%s <= %f`, tall, folded))
	v.accessible(axe(t), "messages")
}

// drawCard is the photo of an invented card.
func drawCard(t *testing.T) []byte {
	t.Helper()
	card, err := specimen.Exhibit{Fields: specimen.InventKyrgyz(1, time.Now()), PixelsPerMillimetre: 4}.Draw()
	require.NoError(t, err)
	picture, err := specimen.Snap(480, 360, 1).JPEG(card)
	require.NoError(t, err)
	return picture
}
