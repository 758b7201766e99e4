package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	faketelegram "mrzbot/sandbox/telegram"
)

// TestInit plays the scripts of testdata/init: what init says, and between it what
// happens. A line "< TEXT" is typed, "! NAME ID" presses Start in the bot's chat.
// At the end stands the file that was written, without what is only an example.
func TestInit(t *testing.T) {
	scripts, err := filepath.Glob("testdata/init/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	example, err := os.ReadFile("../../.env.example")
	require.NoError(t, err)
	for _, file := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			script, err := os.ReadFile(file)
			require.NoError(t, err)
			file, err := filepath.Abs(file)
			require.NoError(t, err)
			t.Chdir(t.TempDir())
			got := newInit(newBench(t, nil), string(example)).play(string(script))
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
				return
			}
			require.Equal(t, string(script), got, "go test ./internal/cli -run TestInit -update rewrites the scripts")
		})
	}
}

// TestInitKeeps: a file that is there stays what it is, whatever it is, and nothing
// is asked. Where no file can be made, that is said before anything is asked, too.
func TestInitKeeps(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile(".env", []byte("WORKERS=3\n"), 0o600))
	require.NoError(t, os.Symlink("nowhere", "link.env"))
	for _, file := range []string{".env", "link.env", "."} {
		code, stdout, stderr := run(t, testToken+"\n", nil, "init", file)
		require.Equal(t, exitUsage, code)
		require.Empty(t, stdout)
		require.Contains(t, stderr, file+" is there already and was left as it is")
	}
	content, err := os.ReadFile(".env")
	require.NoError(t, err)
	require.Equal(t, "WORKERS=3\n", string(content))

	code, stdout, stderr := run(t, testToken+"\n", nil, "init", "absent/mrzbot.env")
	require.Equal(t, exitUsage, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "the folder for absent/mrzbot.env: no such file or directory")
}

// TestInitBlind: where what is written to the bot goes to a bot that runs, the id is
// asked for, and its updates stay its own.
func TestInitBlind(t *testing.T) {
	for _, says := range []string{"This bot has a webhook", "A bot runs with this token already"} {
		b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
		if strings.Contains(says, "webhook") {
			b.byWebhook()
		}
		b.start()
		t.Chdir(t.TempDir())
		in := newInit(b, "")
		for _, line := range []string{testToken, "", "", ""} {
			in.awaitPrompt()
			if line == "" {
				b.until("it is said", func() bool { return strings.Contains(in.said.String(), says) })
			}
			in.said.note("")
			_, err := io.WriteString(in.stdin, line+"\n")
			require.NoError(t, err)
		}
		require.Equal(t, exitFine, <-in.code)
		require.NotContains(t, in.said.String(), testToken)
		b.telegram.Say(faketelegram.Person{ID: 1001, FirstName: "Gulnara", LanguageCode: "en"}, "/users")
		b.until("the bot is asked", func() bool { return len(b.telegram.CallsOf("sendMessage")) > 0 })
	}
}

// TestCheckToken: a token that Telegram does not know is said to be one.
func TestCheckToken(t *testing.T) {
	b := newBench(t, nil)
	t.Chdir(t.TempDir())
	b.environ["TELEGRAM_BOT_TOKEN"] = "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	code, stdout, _ := runAt(t, b.clock.now, "", b.environ, "check")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stdout, "does not know this token")
}

// onInit is init while it runs.
type onInit struct {
	*bench
	stdin *io.PipeWriter
	said  *transcript
	stop  context.CancelFunc
	code  chan int
}

func newInit(b *bench, example string) *onInit {
	r, w := io.Pipe()
	in := &onInit{bench: b, stdin: w, said: &transcript{changed: make(chan struct{}, 1)}, code: make(chan int, 1)}
	var ctx context.Context
	ctx, in.stop = context.WithCancel(b.t.Context())
	p := Process{
		Args: []string{"init"}, Environ: []string{"TELEGRAM_API_URL=" + b.environ["TELEGRAM_API_URL"]},
		Stdin: r, Stdout: in.said, Stderr: in.said, Now: b.clock.now, Example: example,
	}
	b.t.Cleanup(func() { in.stop(); _ = r.Close() })
	go func() { in.code <- Run(ctx, p) }()
	return in
}

// play does what a script says each time init asks, and gives the script as it went.
func (in *onInit) play(script string) string {
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "< "), line == "<":
			in.awaitPrompt()
			in.said.note("\n" + line + "\n")
			_, err := io.WriteString(in.stdin, strings.ReplaceAll(strings.TrimPrefix(line[1:], " "), "TOKEN", testToken)+"\n")
			require.NoError(in.t, err)
		case strings.HasPrefix(line, "! "):
			in.awaitPrompt()
			in.said.note("\n" + line)
			var p faketelegram.Person
			_, err := fmt.Sscanf(line, "! %s %d", &p.FirstName, &p.ID)
			require.NoError(in.t, err)
			in.telegram.Say(p, "/start")
		case line == "^C":
			in.awaitPrompt()
			in.said.note("\n^C\n")
			in.stop()
		case line == "^D":
			in.awaitPrompt()
			in.said.note("\n^D\n")
			require.NoError(in.t, in.stdin.Close())
		}
	}
	_ = in.stdin.Close() // whatever is asked beyond the script
	code := <-in.code
	text := strings.ReplaceAll(in.said.String(), testToken, "TOKEN") + fmt.Sprintf("\nexit %d\n", code)
	content, err := os.ReadFile(".env")
	if err != nil {
		require.ErrorIs(in.t, err, os.ErrNotExist)
		return text + "no .env\n"
	}
	info, err := os.Stat(".env")
	require.NoError(in.t, err)
	text += fmt.Sprintf(".env, %v:\n", info.Mode())
	for line := range strings.Lines(string(content)) {
		if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			text += strings.NewReplacer(testToken, "TOKEN", in.environ["TELEGRAM_API_URL"], "STAND-IN").Replace(line)
		}
	}
	return text
}

// awaitPrompt waits until init waits.
func (in *onInit) awaitPrompt() {
	in.t.Helper()
	for {
		if in.said.asks() {
			return
		}
		select {
		case <-in.said.changed:
		case <-time.After(patience):
			in.t.Fatal("nothing is asked: ", in.said.String())
		}
	}
}

// transcript is what init says, with what happens written between.
type transcript struct {
	mu      sync.Mutex
	text    bytes.Buffer
	noted   int // bytes, up to the last that happened
	changed chan struct{}
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return s.text.Write(p)
}

// note writes what happens.
func (s *transcript) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.WriteString(text)
	s.noted = s.text.Len()
}

// asks reports whether a question was asked since the last that happened.
func (s *transcript) asks() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Len() > s.noted && bytes.HasSuffix(s.text.Bytes(), []byte(": "))
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
