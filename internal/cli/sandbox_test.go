package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"image"
	_ "image/jpeg"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
	"mrzbot/sandbox/journal"
	"mrzbot/sandbox/page"
)

// loopback leaves no connection open behind it.
var loopback = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// sandboxed is "mrzbot sandbox" as a process of its own.
type sandboxed struct {
	t     *testing.T
	cmd   *exec.Cmd
	temp  string // where it keeps what it forgets
	url   string
	ended chan error
}

func startSandbox(t *testing.T) *sandboxed {
	if runtime.GOOS == "windows" {
		t.Skip("signals are not sent to processes on Windows")
	}
	s := &sandboxed{t: t, temp: t.TempDir(), ended: make(chan error, 1)}
	s.cmd = exec.Command(os.Args[0], "sandbox", "--addr", "127.0.0.1:0")
	s.cmd.Env = []string{asProgram + "=1", "TMPDIR=" + s.temp}
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.ended <- s.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-over
	})
	require.NoError(t, err)
	s.url = regexp.MustCompile(`http://[^ ]+/`).FindString(line)
	require.NotEmpty(t, s.url, line)
	return s
}

// follow reads the page's events until one of that kind holds every word.
func (s *sandboxed) follow(kind string, words ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"api/events", nil)
	require.NoError(s.t, err)
	resp, err := loopback.Do(r)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	event := ""
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			event = name
		}
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if ok && event == kind && holdsAll(data, words) {
			return data
		}
	}
	s.t.Fatalf("no event %q holds %q: %v", kind, words, lines.Err())
	return ""
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (s *sandboxed) post(order, body string) {
	s.t.Helper()
	resp, err := loopback.Post(s.url+"api/"+order, "application/json", strings.NewReader(body))
	require.NoError(s.t, err)
	defer resp.Body.Close()
	require.Equal(s.t, 200, resp.StatusCode)
}

func (s *sandboxed) wait() error {
	s.t.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(patience):
		_ = s.cmd.Process.Signal(syscall.SIGQUIT) // it says where it stands
		select {
		case <-s.ended:
		case <-time.After(patience):
		}
		s.t.Fatal("the sandbox does not end")
		return nil
	}
}

// left is what lies in the folder for temporary files.
func (s *sandboxed) left() []string {
	names, err := filepath.Glob(filepath.Join(s.temp, "mrzbot-*"))
	require.NoError(s.t, err)
	return names
}

// TestSandboxKillsItsBot: the bot is killed, is started again by itself with
// the store it had, answers what came meanwhile, and everything is forgotten
// at the end.
func TestSandboxKillsItsBot(t *testing.T) {
	t.Parallel()
	s := startSandbox(t)
	s.follow("bot", `"state":"running"`)
	require.Len(t, s.left(), 1)
	s.post("down", `{"on":true}`)
	s.post("kill", `{}`)
	s.follow("bot", `"state":"down"`, `"kills":1`)
	s.post("say", `{"person":700001,"text":"/me"}`)
	s.post("down", `{"on":false}`)
	s.follow("bot", `"state":"running"`, `"kills":1`)
	s.follow("chat", `"person":700001`, `"own":false`)
	require.NoError(t, s.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, s.wait())
	require.Empty(t, s.left())
}

// TestSandboxTakesItsBotAlong: a sandbox that is killed leaves no bot behind.
func TestSandboxTakesItsBotAlong(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a process with its parent")
	}
	s := startSandbox(t)
	s.follow("bot", `"state":"running"`)
	door := webhookOf(t, s.follow("journal", `"setWebhook"`))
	resp, err := loopback.Get(door)
	require.NoError(t, err, "the bot listens")
	require.NoError(t, resp.Body.Close())
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGKILL))
	require.Error(t, s.wait())
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, door, nil)
		require.NoError(t, err)
		resp, err := loopback.Do(r)
		if err != nil {
			require.NoError(t, ctx.Err(), "the bot still listens")
			return
		}
		require.NoError(t, resp.Body.Close())
	}
}

// webhookOf finds the bot's own address in what the journal says.
func webhookOf(t *testing.T, told string) string {
	var event struct{ Entries []journal.Entry }
	require.NoError(t, json.Unmarshal([]byte(told), &event))
	for _, e := range event.Entries {
		for _, f := range e.Fields {
			if e.What == "setWebhook" && f.Name == "url" {
				return f.Value
			}
		}
	}
	t.Fatal("no webhook was set")
	return ""
}

// TestSamplesAreRead: the local reader reads what should be readable, to the
// letter, and not what should not.
func TestSamplesAreRead(t *testing.T) {
	t.Parallel()
	const width = 900 // pixels: enough for the smallest, and quicker to draw
	now := time.Date(2031, 5, 6, 0, 0, 0, 0, time.UTC)
	read := map[string]bool{
		page.SampleGood: true, page.SampleHeld: true, "Tilted": true, "Dark": true, "Far away": true, "Glare": false, page.SampleFront: false,
	}
	for i, s := range sampleKinds {
		should, asked := read[s.name]
		if !asked {
			continue // its photo is like the others'
		}
		delete(read, s.name)
		seed := uint64(100 + i)
		picture, err := s.picture(now, seed, width)
		require.NoError(t, err, s.name)
		got, err := readLines(t.Context(), picture)
		require.NoError(t, err, s.name)
		want, err := mrz.Render(s.fields(now, seed), mrz.TD1)
		require.NoError(t, err, s.name)
		require.Equal(t, should, slices.Equal(want, got), "%s: %q for %q", s.name, got, want)
	}
	require.Empty(t, read, "there is no such sample")
}

// TestSamples: each kind of card is what its name says.
func TestSamples(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Date(2031, 5, 6, 0, 0, 0, 0, time.UTC) }
	warnings := map[string]string{"Expired": mrz.CodeExpired, "Contradiction": mrz.CodePersonalNumberBirthDate}
	for i, s := range samples(now) {
		picture, err := s.Picture(64)
		require.NoError(t, err, s.Name)
		config, _, err := image.DecodeConfig(bytes.NewReader(picture))
		require.NoError(t, err, s.Name)
		require.Equal(t, image.Pt(64, 48), image.Pt(config.Width, config.Height), s.Name)
		for seed := range uint64(30) {
			lines, err := mrz.Render(sampleKinds[i].fields(now(), seed), mrz.TD1)
			require.NoError(t, err, s.Name)
			read := mrz.Parse(lines, now())
			require.True(t, read.Valid(), s.Name)
			if want := warnings[s.Name]; want != "" {
				require.Len(t, read.Warnings, 1, s.Name)
				require.Equal(t, want, read.Warnings[0].Code, s.Name)
			} else {
				require.Empty(t, read.Warnings, s.Name)
			}
		}
	}
}
