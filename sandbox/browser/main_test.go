package browser

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"mrzbot/internal/cli"
)

const (
	// asProgram makes the test's binary run as the program mrzbot.
	asProgram = "MRZBOT_TEST_RUNS_AS_PROGRAM"
	// allTests of the page are run when this is set; otherwise one is, so that
	// "go test ./..." stays quick.
	allTests = "MRZBOT_BROWSER"
	// shots names a folder into which each test puts pictures of the page.
	shots = "MRZBOT_SHOTS"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		goleak.VerifyTestMain(m)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Run(ctx, cli.Process{Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Again: program}))
}

// program makes the test's binary run as the program.
func program(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = []string{asProgram + "=1"}
	return cmd
}

// bench is a sandbox and a browser that looks at it.
type bench struct {
	t       *testing.T
	browser *Browser
	url     string
	cmd     *exec.Cmd
}

// newBench starts both. Tests that are not the quick one ask for all.
func newBench(t *testing.T, quick bool, args ...string) *bench {
	if _, err := Find(); err != nil {
		t.Skip(err)
	}
	if !quick && os.Getenv(allTests) == "" {
		t.Skip("the page is tested with " + allTests + "=1 go test ./sandbox/browser")
	}
	b := &bench{t: t}
	b.start(append([]string{"--addr", "127.0.0.1:0"}, args...)...)
	var err error
	b.browser, err = Start(context.Background()) // the test's own context ends before its clean-up
	require.NoError(t, err)
	t.Cleanup(b.browser.Close)
	return b
}

var address = regexp.MustCompile(`http://\S+`)

// start starts the sandbox, and ends it with the test.
func (b *bench) start(args ...string) {
	b.cmd = program(append([]string{"sandbox"}, args...)...)
	b.cmd.Stderr = os.Stderr
	out, err := b.cmd.StdoutPipe()
	require.NoError(b.t, err)
	require.NoError(b.t, b.cmd.Start())
	cmd := b.cmd
	b.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(b.t, err)
	b.url = address.FindString(line)
	require.NotEmpty(b.t, b.url, line)
	go func() { _, _ = io.Copy(io.Discard, out) }()
}

var (
	desktop = Window{Width: 1440, Height: 900}
	phone   = Window{Width: 360, Height: 740, Phone: true, Scale: 2}
)

// view is a page under test: what fails fails the test.
type view struct {
	*Tab
	t *testing.T
}

// open opens the page, and holds it to having nothing to complain about but
// what is expected.
func (b *bench) open(w Window, expected ...string) view {
	b.t.Helper()
	tab, err := b.browser.Open(b.url, w)
	require.NoError(b.t, err)
	v := view{tab, b.t}
	b.t.Cleanup(func() {
		v.shot("end")
		tab.Close()
		complaints := slices.DeleteFunc(tab.Errors(), func(text string) bool {
			return slices.ContainsFunc(expected, func(part string) bool { return strings.Contains(text, part) })
		})
		require.Empty(b.t, complaints, "the console complains")
	})
	v.until(`document.querySelectorAll(".people li").length > 2 && document.querySelector(".pane")`)
	return v
}

func (v view) until(expression string) {
	v.t.Helper()
	if err := v.Until(expression); err != nil {
		v.shot("failed")
		require.NoError(v.t, err)
	}
}

// shot takes a picture of the page when pictures are wanted.
func (v view) shot(name string) {
	folder := os.Getenv(shots)
	if folder == "" {
		return
	}
	require.NoError(v.t, os.MkdirAll(folder, 0o755))
	require.NoError(v.t, v.Shot(filepath.Join(folder, strings.ReplaceAll(v.t.Name(), "/", "-")+"-"+name+".png")))
}
