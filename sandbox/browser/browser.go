// Package browser drives the chat page in a real Chromium, for its tests and
// for README's picture. It is no part of the program mrzbot.
package browser

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// ErrMissing says that there is no Chromium, and how to get it.
var ErrMissing = errors.New("browser: there is no Chromium (on Debian: apt-get install chromium)")

// names of the program, in the order in which they are looked for.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// Find looks for Chromium.
func Find() (path string, err error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrMissing
}

// Browser is a Chromium without a window, with a folder of its own that is
// gone with it.
type Browser struct {
	ctx    context.Context
	folder string
	stop   []context.CancelFunc
}

// Start starts it. Close ends it.
func Start(ctx context.Context) (*Browser, error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	b := &Browser{}
	if b.folder, err = os.MkdirTemp("", "mrzbot-browser-"); err != nil {
		return nil, err
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(b.folder), chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck, chromedp.Flag("hide-scrollbars", true), chromedp.Flag("mute-audio", true),
		// Nothing but the page is to be asked for anything.
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-extensions", true), chromedp.Flag("disable-dev-shm-usage", true),
	}
	if runtime.GOOS == "linux" && os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // as root it runs no other way
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	first, stopFirst := chromedp.NewContext(allocator)
	b.ctx, b.stop = first, []context.CancelFunc{stopFirst, stopAllocator}
	if err := chromedp.Do(first); err != nil {
		b.Close()
		return nil, fmt.Errorf("browser: Chromium does not start: %w", err)
	}
	return b, nil
}

// Close ends the browser and waits for it.
func (b *Browser) Close() {
	_ = chromedp.Cancel(b.ctx) // what it says of its end is of no use
	for _, stop := range b.stop {
		stop()
	}
	_ = os.RemoveAll(b.folder)
}

// Window is how a page is looked at.
type Window struct {
	Width, Height int64
	Dark          bool    // the person prefers a dark page
	Phone         bool    // fingers instead of a mouse
	Language      string  // that the person reads; "": as Chromium has it
	Scale         float64 // pixels of a screenshot for one of the page; 0: one
}

// Tab is a page that is open.
type Tab struct {
	ctx  context.Context
	stop context.CancelFunc
	ears sync.WaitGroup

	mu     sync.Mutex
	errors []string
}

// Open opens a page.
func (b *Browser) Open(url string, w Window) (*Tab, error) {
	t := &Tab{}
	t.ctx, t.stop = chromedp.NewContext(b.ctx)
	console := chromedp.Console(t.ctx)
	t.ears.Go(func() { t.hear(console) })
	if err := t.look(w); err != nil {
		return t, err
	}
	return t, t.Do(chromedp.Navigate(url))
}

// look sets how the page is looked at.
func (t *Tab) look(w Window) error {
	scheme := "light"
	if w.Dark {
		scheme = "dark"
	}
	return t.Do(func(ctx context.Context, _ *chromedp.Target) (none chromedp.Void, err error) {
		_, size := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: w.Width, Height: w.Height, DeviceScaleFactor: max(w.Scale, 1), Mobile: w.Phone,
		})
		_, touch := chromedp.Call(ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: w.Phone})
		_, media := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: scheme},
				{Name: "prefers-reduced-motion", Value: "reduce"}, // a picture is not to show half a movement
			},
		})
		if w.Language != "" {
			_, language := chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
				Headers: network.Headers{"Accept-Language": w.Language},
			})
			return none, errors.Join(size, touch, media, language)
		}
		return none, errors.Join(size, touch, media)
	})
}

// hear collects what the console complains about, until the page is closed.
func (t *Tab) hear(console iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range console {
		if err != nil {
			return
		}
		switch m.Type {
		case chromedp.ConsoleError, chromedp.ConsoleWarning, chromedp.ConsoleException:
			t.mu.Lock()
			t.errors = append(t.errors, fmt.Sprintf("%s: %s (%s:%d)", m.Type, m.Text, m.URL, m.Line))
			t.mu.Unlock()
		}
	}
}

// Errors is what the console has complained about so far.
func (t *Tab) Errors() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.errors)
}

// Close closes the page.
func (t *Tab) Close() {
	t.stop()
	t.ears.Wait()
}

// patience is how long something may take to come to be on a page.
const patience = time.Minute

// Do does something on the page, within the time that things may take.
func (t *Tab) Do(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// Until waits until an expression of JavaScript is true. It looks at every
// frame that is drawn.
func (t *Tab) Until(expression string) error {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool]("Boolean("+expression+")", chromedp.WithPollingTimeout(patience)))
	if err != nil {
		return fmt.Errorf("browser: never true: %s: %w", expression, err)
	}
	return nil
}

// Eval gives the value of an expression of JavaScript; that of a promise, when
// it is awaited.
func Eval[T any](t *Tab, expression string, await bool) (T, error) {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	if await {
		return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	}
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression))
}

// Shot takes a picture of the window: a PNG file, or a WebP file when the path
// ends so.
func (t *Tab) Shot(path string) error { return t.shoot(path, nil) }

// ShotOf takes a picture of the first element that a selector finds.
func (t *Tab) ShotOf(selector, path string) error {
	box, err := Eval[[]float64](t, fmt.Sprintf(`(({ x, y, width, height }) => [x, y, width, height])(document.querySelector(%q).getBoundingClientRect())`, selector), false)
	if err != nil {
		return err
	}
	return t.shoot(path, &page.Viewport{X: box[0], Y: box[1], Width: box[2], Height: box[3], Scale: 1})
}

// shoot takes a picture of a part of the window; nil: of all of it.
func (t *Tab) shoot(path string, part *page.Viewport) error {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	params := page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng, Clip: part}
	if filepath.Ext(path) == ".webp" {
		quality := int64(webpQuality)
		params.Format, params.Quality = page.CaptureScreenshotFormatWebp, &quality
	}
	taken, err := chromedp.Call(ctx, page.CaptureScreenshot, params)
	if err != nil {
		return err
	}
	return os.WriteFile(path, taken.Data, 0o644)
}

// webpQuality keeps letters sharp in a file of some ten kilobytes.
const webpQuality = 88
