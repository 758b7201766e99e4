package browser

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

func (v view) click(selector string) {
	v.t.Helper()
	v.until(fmt.Sprintf(`document.querySelector(%q)?.checkVisibility()`, selector))
	require.NoError(v.t, v.Do(chromedp.Click(selector)), selector)
}

// key presses keys, with modifiers held.
func (v view) key(keys string, held ...chromedp.Modifier) {
	v.t.Helper()
	require.NoError(v.t, v.Do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(held...))))
}

// person opens the chat of somebody by their place in the list, from 1.
func (v view) person(n int) { v.click(fmt.Sprintf(`.people li:nth-child(%d) .item`, n)) }

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

// The last chat's answers: with a zone in them, and any replies.
const (
	zones   = `document.querySelectorAll(".pane:last-child .message:not(.own) pre").length`
	replies = `document.querySelectorAll(".pane:last-child .message:not(.own) .quote").length`
)

// TestReadsACard is what somebody new does first.
func TestReadsACard(t *testing.T) {
	b := newBench(t, true)
	v := b.open(desktop)
	v.shot("first")
	v.click(`.empty .primary:not([hidden])`)
	v.until(`[...document.querySelectorAll(".specimen img")].slice(0, 6).every((i) => i.complete && i.naturalWidth > 0)`)
	v.shot("cards")
	v.click(`.specimens .specimen:first-child`)
	v.until(zones + " === 1")
	v.until(`document.querySelector(".message.own .icon-taken")`)
	v.click(`.message:not(.own) pre`)
	v.until(`!document.querySelector("#toast").hidden`)
	v.click(`#tab-1`)
	v.until(`document.querySelector(".photo-row .outcome")?.textContent === "ok"`)
	v.click(`.photo-row summary`)
	v.until(`/^delivered claimed .*begun held replied done$/.test([...document.querySelectorAll(".timeline b")].map((b) => b.textContent).join(" "))`)
	v.shot("photos")
	v.click(`#tab-2`)
	require.NoError(t, v.Do(chromedp.SendKeys(`.search input`, "mrz/retrieve 200")))
	v.until(`document.querySelectorAll(".entries .entry").length === 1`)
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
	v.shot("allowed")
	v.person(stranger)
	v.specimen(1)
	v.until(zones + " === 1")
}

// TestStrangersPhoto: nobody looks at it, and the ledger says so.
func TestStrangersPhoto(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.person(stranger)
	v.click(`.pane:last-child .empty .primary:not([hidden])`)
	v.until(`document.querySelector(".pane:last-child .message:not(.own)")`)
	v.specimen(1)
	v.click(`#tab-1`)
	v.until(`document.querySelector(".photo-row .facts")?.textContent === "no attempt"`)
	v.shot("ledger")
}

// TestAlbum: three cards sent together are one album and get an answer each.
func TestAlbum(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.click(`[aria-label="Attach"]`)
	v.click(`.popover button:first-child`)
	v.click(`.sheet .ends button:nth-of-type(1)`)
	v.until(`document.querySelectorAll(".album img").length === 3`)
	v.until(replies + " === 3")
	v.until(`document.querySelectorAll(".message.own").length === 1`)
}

// TestFault: the service is down, the photo waits; it is back, the photo is read.
func TestFault(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.click(`#page-0 details:nth-of-type(3) summary`)
	v.click(`#answer-unavailable`)
	v.until(`!document.querySelector(".faults").hidden`)
	v.specimen(1)
	v.until(replies + " === 1 && " + zones + " === 0")
	v.shot("waits")
	v.click(`.faults button`)
	v.until(`document.querySelector(".faults").hidden`)
	v.until(zones + " === 1")
}

// TestKill: the bot is killed with the page open, which says so; what is sent
// meanwhile is answered when it runs again.
func TestKill(t *testing.T) {
	v := newBench(t, false).open(desktop)
	v.until(`document.querySelector(".pane .bar [role=status]").textContent === "bot"`)
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
	v.say("/help")
	v.until(`document.querySelector(".message:not(.own)")`)
	require.NoError(t, b.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, b.cmd.Wait())
	v.until(`!document.querySelector(".alarm").hidden`)
	v.shot("away")
	b.start("--addr", b.url[len("http://"):len(b.url)-1])
	v.until(`document.querySelector(".alarm").hidden && document.querySelectorAll(".message").length === 0`)
	v.say("/help")
	v.until(`document.querySelector(".message:not(.own)")`)
}

// TestKeys: everything goes without a mouse.
func TestKeys(t *testing.T) {
	v := newBench(t, false).open(desktop)
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
	require.NoError(t, v.Do(chromedp.Focus(`#tab-0`)))
	v.key(kb.ArrowRight)
	v.until(`document.activeElement.id === "tab-1" && !document.querySelector("#page-1").hidden`)
}

// TestPhone: a window of 360 pixels shows the list or a chat, whole.
func TestPhone(t *testing.T) {
	const fits = `document.documentElement.scrollWidth <= 360 && [...document.querySelectorAll("body *")].every((n) => !n.checkVisibility() || n.closest("pre, .preview, .album, dialog") || n.getBoundingClientRect().right <= 361)`
	v := newBench(t, false).open(phone)
	v.shot("list")
	v.until(fits)
	v.person(agent)
	v.until(`document.querySelector(".pane").checkVisibility() && !document.querySelector(".side").checkVisibility()`)
	v.specimen(1)
	v.until(zones + " === 1")
	v.until(fits)
	v.until(`document.querySelector(".message pre").scrollWidth <= document.querySelector(".message pre").clientWidth`)
	v.shot("chat")
	v.click(`.message:not(.own) .answer`)
	v.until(`document.querySelector(".strip").checkVisibility()`)
	v.click(`.strip .icon`)
	v.click(`.to-tools`)
	v.until(`document.querySelector("#tools").checkVisibility()`)
	v.until(fits)
	v.shot("break")
	v.click(`.tools-head .icon`)
	v.click(`.to-list`)
	v.until(`document.querySelector(".side").checkVisibility()`)
	said, err := Eval[bool](v.Tab, `fetch("api/say", { method: "POST", body: JSON.stringify({ person: Number(document.querySelector(".people .item").dataset.id), text: "/help" }) }).then((r) => r.ok)`, true)
	require.NoError(t, err)
	require.True(t, said)
	v.until(`document.querySelector(".people li:first-child .unread")`) // the list covers the chat
	v.person(agent)
	v.until(`!document.querySelector(".people .unread")`)
}

// TestDropsAFile: a picture is dropped on the chat and sent as a file.
func TestDropsAFile(t *testing.T) {
	v := newBench(t, false).open(desktop)
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
	v.until(replies + " === 2")
}

// TestDemo: the demonstration plays to its end by itself. It takes a minute
// and more; each scene has the patience of one thing.
func TestDemo(t *testing.T) {
	const over = `document.querySelector(".demo span")?.textContent.startsWith("That was it")`
	v := newBench(t, false, "--demo").open(desktop)
	v.until(`document.querySelector(".steps .now")`) // before it begins there are no steps either
	for scene := range 8 {
		v.until(fmt.Sprintf(`document.querySelectorAll(".steps .past").length >= %d || %s`, scene, over))
		v.shot(fmt.Sprint("scene-", scene+1))
	}
	v.until(`!document.querySelector(".steps .now") && ` + over)
}
