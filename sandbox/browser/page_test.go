package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

func (v view) click(selector string) {
	v.t.Helper()
	v.until(fmt.Sprintf(`document.querySelector(%q)?.checkVisibility()`, selector))
	err := v.Do(chromedp.Click(selector))
	for range redraws {
		if gone := (*cdproto.Error)(nil); !errors.As(err, &gone) || gone.Code != redrawn {
			break
		}
		err = v.Do(chromedp.Click(selector))
	}
	require.NoError(v.t, err, selector)
}

// The page may draw an element anew between the moment in which it is found and
// that in which the pointer is moved there: then nothing was pressed yet.
const (
	redrawn = -32000 // the protocol's code for a node that is not there
	redraws = 20     // how often in a row that may happen
)

// key presses keys, with modifiers held.
func (v view) key(keys string, held ...chromedp.Modifier) {
	v.t.Helper()
	require.NoError(v.t, v.Do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(held...))))
}

// person opens the chat of somebody by their place in the list, from 1.
func (v view) person(n int) {
	v.t.Helper()
	v.aside("side")
	v.click(fmt.Sprintf(`.people li:nth-child(%d) .item`, n))
	v.until(fmt.Sprintf(`document.querySelectorAll(".people .item")[%d].ariaCurrent === "true"`, n-1))
}

// aside opens the list of people ("side") or the tools, unless they are open.
func (v view) aside(name string) {
	v.t.Helper()
	closed, err := Eval[bool](v.Tab, fmt.Sprintf(`document.getElementById(%q).hidden`, name), false)
	require.NoError(v.t, err)
	if closed {
		v.click(".nav-" + name)
	}
}

// Places of the cast in the list.
const (
	agent    = 1
	admin    = 2
	stranger = 3
)

// specimen sends the n-th card of the sheet, from 1.
func (v view) specimen(n int) {
	v.t.Helper()
	v.click(`.pane:last-child [aria-label="Attach"]`)
	v.click(`.popover button:first-child`)
	v.click(fmt.Sprintf(`.specimens .specimen:nth-child(%d)`, n))
}

// The last chat's answers: with an MRZ in them, and any replies.
const (
	cards   = `document.querySelectorAll(".pane:last-child .message:not(.own) pre").length`
	replies = `document.querySelectorAll(".pane:last-child .message:not(.own) .quote").length`
)

// TestReadsACard is what somebody new does first.
func TestReadsACard(t *testing.T) {
	b := newBench(t, true)
	v := b.open(desktop)
	v.until(cards + " === 1") // it lies there already
	v.until(`document.querySelector("#side").hidden && document.querySelector("#tools").hidden && document.querySelector(".hero .play").checkVisibility()`)
	v.shot("first")
	v.click(`.hero .way`)
	v.until(`[...document.querySelectorAll(".specimen img")].slice(0, 6).every((i) => i.complete && i.naturalWidth > 0)`)
	v.shot("cards")
	v.click(`.specimens .specimen:first-child`)
	v.until(cards + " === 2")
	v.until(`document.querySelectorAll(".message.own .icon-taken").length === 2`)
	v.click(`.message:not(.own) pre`)
	v.until(`!document.querySelector(".pane .toast").hidden`)
	v.aside("tools")
	v.click(`#tab-1`)
	v.until(`document.querySelector(".photo-row .outcome")?.textContent === "ok"`)
	v.click(`.photo-row summary`)
	v.until(`/^delivered claimed .*begun held replied done$/.test([...document.querySelectorAll(".timeline b")].map((b) => b.textContent).join(" "))`)
	v.shot("photos")
	v.click(`#tab-2`)
	require.NoError(t, v.Do(chromedp.SendKeys(`.search input`, "mrz/retrieve 200")))
	v.until(`document.querySelectorAll(".entries .entry").length === 2`)
	v.click(`.entry summary`)
	v.until(`document.querySelector(".entry dl")?.textContent.includes("[hidden]")`)
	v.shot("wire")
}

// TestAsksForAccess: a stranger asks, an admin allows it, the stranger scans.
func TestAsksForAccess(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.person(stranger)
	v.click(`.pane:last-child .empty .primary:not([hidden])`)
	v.click(`.pane:last-child .message:not(.own) .buttons button`)
	v.until(`document.querySelector(".people li:nth-child(2) .unread")`)
	v.shot("asked")
	v.person(admin)
	v.click(`.pane:last-child .message:not(.own) .buttons button`)
	v.until(`document.querySelector(".people li:nth-child(3) .unread")`)
	v.until(`document.querySelector(".people li:nth-child(3) .part.agent")`)
	v.shot("allowed")
	v.person(stranger)
	v.specimen(1)
	v.until(cards + " === 1")
}

// TestStrangersPhoto: nobody looks at it, and the ledger says so.
func TestStrangersPhoto(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.person(stranger)
	v.click(`.pane:last-child .empty .primary:not([hidden])`)
	v.until(`document.querySelector(".pane:last-child .message:not(.own)")`)
	v.specimen(1)
	v.aside("tools")
	v.click(`#tab-1`)
	v.until(`document.querySelector(".photo-row .facts")?.textContent === "no attempt"`)
	v.shot("ledger")
}

// TestAlbum: three cards sent together are one album, with an answer for each and a
// message for all.
func TestAlbum(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.person(agent)
	v.click(`[aria-label="Attach"]`)
	v.click(`.popover button:first-child`)
	v.click(`.sheet .ends button:nth-of-type(1)`)
	v.until(`document.querySelectorAll(".album img").length === 3`)
	v.until(replies + " === 4")
	v.until(`document.querySelectorAll(".message.own").length === 1`)
}

// TestAlbumFits: an album of six, of which one is blurred, with its answers and its
// message takes two screens of a small phone.
func TestAlbumFits(t *testing.T) {
	v := newBench(t, false).open(phone)
	v.person(agent)
	_, err := Eval[bool](v.Tab, `(async () => {
		const { order } = await import("./server.js");
		for (const sample of [0, 1, 3, 0, 1, 0]) await order("sample", { person: 700001, sample, album: "six" });
		return true;
	})()`, true)
	require.NoError(t, err)
	v.until(replies + ` === 6 && [...document.querySelectorAll(".message:not(.own)")].some((m) => m.innerText.includes("5 / 6"))`)
	v.shot("album")
	v.until(`document.querySelector(".scroll").scrollHeight <= 2 * 740`)
}

// TestFault: the service is down, the photo waits; it is back, the photo is read.
func TestFault(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.person(agent)
	v.aside("tools")
	v.click(`#page-0 details:nth-of-type(3) summary`)
	v.click(`#answer-unavailable`)
	v.until(`!document.querySelector(".faults").hidden`)
	v.specimen(11) // a little out of focus: the bot is not sure of it
	v.until(replies + " === 1 && " + cards + " === 0")
	v.shot("waits")
	v.click(`.faults button`)
	v.until(`document.querySelector(".faults").hidden`)
	v.until(cards + " === 1")
}

// TestKill: the bot is killed with the page open, which says so; what is sent
// meanwhile is answered when it runs again.
func TestKill(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.person(agent)
	v.aside("tools")
	v.until(`document.querySelector(".pane .bar [role=status]").textContent === "бот"`) // Aibek's phone speaks Kyrgyz
	v.click(`#switch-stays`)
	v.click(`.danger-button`)
	v.until(`!document.querySelector(".alarm").hidden && document.querySelector(".pane .bar .lost")`)
	v.say("/help")
	v.until(`document.querySelector(".message.own .icon-sent")`)
	v.shot("down")
	v.click(`#switch-stays`)
	v.until(`document.querySelector(".message.own .icon-taken")`)
	v.until(`document.querySelector(".message:not(.own)")`)
	v.until(`document.querySelector(".alarm").hidden`)
}

func (v view) say(text string) {
	v.t.Helper()
	v.click(`.pane:last-child textarea`)
	require.NoError(v.t, v.Do(chromedp.SendKeys(`.pane:last-child textarea`, text)))
	v.key(kb.Enter)
}

// TestRestart: the sandbox itself is started again; the page says that it is
// away, and goes on with the new one by itself.
func TestRestart(t *testing.T) {
	b := newBench(t, false)
	v := b.open(desktop, "/api/events") // the stream breaks, and the console says so
	v.person(agent)
	v.say("/help")
	v.until(`document.querySelector(".message:not(.own)")`)
	require.NoError(t, b.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, b.cmd.Wait())
	v.until(`!document.querySelector(".alarm").hidden`)
	v.shot("away")
	b.start("--addr", b.url[len("http://"):len(b.url)-1])
	v.until(`document.querySelector(".alarm").hidden && document.querySelectorAll(".pane:last-child .message").length === 0`)
	v.say("/help")
	v.until(`document.querySelector(".message:not(.own)")`)
}

// TestKeys: everything goes without a mouse.
func TestKeys(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.person(agent)
	v.until(`document.querySelector(".field .menu:not([hidden])")`)
	require.NoError(t, v.Do(chromedp.Focus(`textarea`)))
	v.key("/")
	v.until(`document.querySelectorAll(".commands:not([hidden]) button").length > 2`)
	v.shot("commands")
	v.key(kb.ArrowDown)
	v.key(kb.Enter)
	v.until(`document.querySelector(".message:not(.own)")`)
	v.key("/")
	v.until(`document.querySelector(".commands:not([hidden])")`)
	v.key(kb.Escape)
	v.until(`!document.querySelector(".commands:not([hidden])")`)
	v.key(kb.ArrowDown, chromedp.ModifierAlt)
	v.until(`document.querySelector(".pane:last-child").ariaLabel.startsWith("Gulnara")`)
	require.NoError(t, v.Do(chromedp.Focus(`[aria-label="Attach"]`)))
	v.key(kb.Enter)
	v.until(`document.activeElement.matches(".popover button:first-child")`)
	v.key(kb.ArrowDown)
	v.until(`document.activeElement.matches(".popover button:nth-child(2)")`)
	v.key(kb.ArrowUp)
	v.key(kb.Enter)
	v.until(`document.querySelector("dialog[open] .specimen")`)
	v.key(kb.Escape)
	v.until(`!document.querySelector("dialog[open]")`)
	v.aside("tools")
	require.NoError(t, v.Do(chromedp.Focus(`#tab-0`)))
	v.key(kb.ArrowRight)
	v.until(`document.activeElement.id === "tab-1" && !document.querySelector("#page-1").hidden`)
}

// TestPhone: a window of 360 pixels shows the list or a chat, whole.
func TestPhone(t *testing.T) {
	const fits = `document.documentElement.scrollWidth <= 360 && [...document.querySelectorAll("body *")].every((n) => !n.checkVisibility() || n.closest("pre, .preview, .album, dialog") || n.getBoundingClientRect().right <= 361)`
	v := newBench(t, false).open(phone)
	v.until(cards + " === 1")
	v.until(`document.querySelector(".masthead .play").checkVisibility()`)
	v.until(fits)
	v.shot("first")
	v.aside("side")
	v.until(fits)
	v.shot("list")
	v.person(agent)
	v.until(`document.querySelector(".pane").checkVisibility() && !document.querySelector(".side").checkVisibility()`)
	v.specimen(1)
	v.until(cards + " === 1")
	v.until(fits)
	v.until(`document.querySelector(".message pre").scrollWidth <= document.querySelector(".message pre").clientWidth`)
	v.shot("chat")
	v.click(`.message:not(.own) .answer`)
	v.until(`document.querySelector(".strip").checkVisibility()`)
	v.click(`.strip .icon`)
	v.aside("tools")
	v.until(`document.querySelector("#tools").checkVisibility()`)
	v.until(fits)
	v.shot("break")
	v.click(`.tools-head .icon`)
	v.aside("side")
	v.until(`document.querySelector(".side").checkVisibility()`)
	said, err := Eval[bool](v.Tab, `fetch("api/say", { method: "POST", body: JSON.stringify({ person: Number(document.querySelector(".people li").dataset.key), text: "/help" }) }).then((r) => r.ok)`, true)
	require.NoError(t, err)
	require.True(t, said)
	v.until(`document.querySelector(".people li:first-child .unread")`) // the list covers the chat
	v.person(agent)
	v.until(`!document.querySelector(".people .unread")`)
}

// TestPressAndNews: news of a chat come while somebody presses its line in the
// list, and the press still opens it.
func TestPressAndNews(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.person(agent)
	place, err := Eval[[]float64](v.Tab, fmt.Sprintf(`(() => {
		const box = document.querySelector(".people li:nth-child(%d) .preview").getBoundingClientRect();
		return [box.x + 5, box.y + box.height / 2];
	})()`, admin), false)
	require.NoError(t, err)
	button := func(what input.DispatchMouseEventType) {
		require.NoError(t, v.Do(func(ctx context.Context, _ *chromedp.Target) (none chromedp.Void, err error) {
			_, err = chromedp.Call(ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{
				Type: what, X: place[0], Y: place[1], Button: input.MouseButtonLeft, ClickCount: 1,
			})
			return none, err
		}))
	}
	button(chromedp.MousePressed)
	said, err := Eval[bool](v.Tab, `fetch("api/say", { method: "POST", body: JSON.stringify({ person: 700002, text: "/help" }) }).then((r) => r.ok)`, true)
	require.NoError(t, err)
	require.True(t, said)
	v.until(fmt.Sprintf(`document.querySelector(".people li:nth-child(%d) .unread")`, admin))
	button(chromedp.MouseReleased)
	v.until(fmt.Sprintf(`document.querySelectorAll(".people .item")[%d].ariaCurrent === "true"`, admin-1))
}

// TestDropsAFile: a picture is dropped on the chat and sent as a file.
func TestDropsAFile(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.person(agent)
	require.NoError(t, v.Do(chromedp.Focus(`textarea`)))
	dropped, err := Eval[bool](v.Tab, `(async () => {
		const picture = await (await fetch("api/preview?sample=0")).blob();
		window.carried = new DataTransfer();
		for (const name of ["one.jpg", "two.jpg"]) carried.items.add(new File([picture], name, { type: "image/jpeg" }));
		document.querySelector(".scroll").dispatchEvent(new DragEvent("dragenter", { bubbles: true, dataTransfer: carried }));
		return true;
	})()`, true)
	require.NoError(t, err)
	require.True(t, dropped)
	v.until(`document.querySelector(".drop").checkVisibility()`)
	v.shot("drop")
	_, err = Eval[bool](v.Tab, `document.querySelector(".drop-half:last-child").dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: carried }))`, false)
	require.NoError(t, err)
	v.until(`document.querySelector(".send-box input[value=file]").checked`)
	require.NoError(t, v.Do(chromedp.SendKeys(`.send-box input[type=text]`, "two cards")))
	v.shot("send")
	v.click(`.send-box .primary`)
	v.until(`document.querySelectorAll(".message.own .files .file").length === 2`)
	v.until(`document.querySelector(".message.own .text").textContent.startsWith("two cards")`)
	v.until(replies + " === 3") // an answer for each, and the album's message
}
