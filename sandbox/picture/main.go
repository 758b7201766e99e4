// Command picture makes README's pictures: it builds mrzbot, opens the sandbox
// in Chromium as somebody who reads Russian, and takes a picture of an agent's
// phone and of an admin's. Run it in the module's folder:
//
//	go run ./sandbox/picture [-o docs] [-dark]
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"

	"mrzbot/sandbox/browser"
)

// window has room for one whole phone.
var window = browser.Window{Width: 1000, Scale: 2, Language: "ru"}

func main() {
	out := flag.String("o", "docs", "folder to write into")
	flag.BoolVar(&window.Dark, "dark", false, "as somebody sees it who prefers dark pages")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out string) error {
	folder, err := os.MkdirTemp("", "mrzbot-picture-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	program := filepath.Join(folder, "mrzbot")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, ".")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("mrzbot does not build: %w", err)
	}
	url, end, err := start(ctx, program)
	if err != nil {
		return err
	}
	defer end()
	b, err := browser.Start(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, p := range pictures {
		if err := p.take(b, url, window, out); err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
	}
	return nil
}

var address = regexp.MustCompile(`http://\S+`)

// start starts the sandbox and gives what ends it.
func start(ctx context.Context, program string) (url string, end func(), err error) {
	cmd := exec.CommandContext(ctx, program, "sandbox", "--addr", "127.0.0.1:0")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stderr = os.Stderr
	words, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	end = func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		_ = cmd.Wait()
	}
	line, err := bufio.NewReader(words).ReadString('\n')
	if url = address.FindString(line); url == "" {
		end()
		return "", nil, errors.Join(errors.New("the sandbox does not say where it is"), err)
	}
	return url, end, nil
}

// picture is one of a phone.
type picture struct {
	file   string
	tall   int64 // of the window
	person int64 // whose phone it is
	play   string
	shows  string // true when there is what the picture is of
}

// pictures of README. What is played is JavaScript of the page, with its
// modules at hand.
var pictures = []picture{
	{"agent.webp", 985, 700004, ``, `document.querySelector(".pane .message:not(.own) pre")`},
	{"admin.webp", 700, 700002, `
		await order("say", { person: 700002, text: "/users" });
		await order("say", { person: 700003, text: "/start" });
		for (;;) {
			const asked = [...chatOf(700003).messages.values()].find((m) => m.buttons?.flat().some((b) => b.callback_data));
			if (asked) {
				await order("press", { person: 700003, message: asked.id, button: asked.buttons.flat().findIndex((b) => b.callback_data) });
				return true;
			}
			await new Promise((wake) => setTimeout(wake, 50));
		}`, `document.querySelectorAll(".pane .message:not(.own)").length >= 2 && document.querySelector(".pane .message:last-child .buttons")`},
}

// take has it played, and takes the picture of the phone.
func (p picture) take(b *browser.Browser, url string, w browser.Window, folder string) error {
	w.Height = p.tall
	tab, err := b.Open(url, w)
	if err != nil {
		return err
	}
	defer tab.Close()
	item := fmt.Sprintf(`.people [data-id="%d"]`, p.person)
	if err := tab.Until(fmt.Sprintf(`document.querySelector(%q)`, item)); err != nil {
		return err
	}
	play := fmt.Sprintf(`(async () => {
		const [{ chatOf }, { order }] = await Promise.all([import("./store.js"), import("./server.js")]);
		document.querySelector(%q).click();
		document.activeElement.blur();
		const calm = new CSSStyleSheet(); // no mouse is there to answer a message with
		calm.replaceSync(".answer { visibility: hidden; }");
		document.adoptedStyleSheets.push(calm);
		%s
		return true;
	})()`, item, p.play)
	if _, err := browser.Eval[bool](tab, play, true); err != nil {
		return err
	}
	if err := tab.Until(p.shows); err != nil {
		return err
	}
	return tab.ShotOf(".pane", filepath.Join(folder, p.file))
}
