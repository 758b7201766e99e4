// Command picture makes README's picture of the sandbox: it builds mrzbot, has
// the sandbox play its demonstration in Chromium, and takes a picture of the
// page at the end. Run it in the module's folder:
//
//	go run ./sandbox/picture [-o docs/sandbox.webp]
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

// window is wide enough for two chats and what is behind them, and small
// enough to be read where README shows it.
var window = browser.Window{Width: 1500, Height: 860}

func main() {
	out := flag.String("o", filepath.Join("docs", "sandbox.webp"), "file to write: .webp or .png")
	dark := flag.Bool("dark", false, "as somebody sees it who prefers dark pages")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	window.Dark = *dark
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
	tab, err := b.Open(url, window)
	if err != nil {
		return err
	}
	defer tab.Close()
	return take(tab, out)
}

var address = regexp.MustCompile(`http://\S+`)

// start starts the sandbox and gives what ends it.
func start(ctx context.Context, program string) (url string, end func(), err error) {
	cmd := exec.CommandContext(ctx, program, "sandbox", "--demo", "--addr", "127.0.0.1:0")
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

// take waits until the card was read and the fault is over, and takes the
// picture with the chats of both people and the ledger beside them.
func take(tab *browser.Tab, out string) error {
	const ended = `document.querySelector(".demo span")?.textContent.startsWith("That was it")`
	for scene := 1; ; scene++ { // each in the time that a scene may take
		over := fmt.Sprintf(`%s || document.querySelectorAll(".steps .past").length >= %d`, ended, scene)
		if err := tab.Until(over); err != nil {
			return err
		}
		if done, err := browser.Eval[bool](tab, ended, false); done || err != nil {
			if err != nil {
				return err
			}
			break
		}
	}
	// Not with the mouse, which would leave its mark on what is under it.
	for _, pressed := range []string{".demo button", "#tab-1", ".photo-row summary", ".people li:nth-child(2) .open-beside"} {
		if _, err := browser.Eval[bool](tab, fmt.Sprintf(`document.querySelector(%q).click() ?? true`, pressed), false); err != nil {
			return err
		}
	}
	if err := tab.Until(`document.querySelectorAll(".pane").length === 2`); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return tab.Shot(out)
}
