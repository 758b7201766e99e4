package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
	"mrzbot/storage/postgres/pgtest"
)

// asProgram makes the test's binary run as the program itself.
const asProgram = "MRZBOT_TEST_RUNS_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asFloor) != "" {
		log.Fatal(runFloor(os.Getenv))
	}
	if os.Getenv(asProgram) == "" {
		goleak.VerifyTestMain(pgtest.Tests{M: m, Server: cluster})
	}
	os.Exit(Run(Stopped(context.Background()), Process{
		Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now,
		Again: func(args ...string) *exec.Cmd {
			cmd := exec.Command(os.Args[0], args...)
			cmd.Env = []string{asProgram + "=1"}
			return cmd
		},
	}))
}

// process is the program as a process of its own.
type process struct {
	*bench
	cmd   *exec.Cmd
	log   *safeBuffer
	ended chan error
}

// startProcess starts the program with the bench's settings.
func (b *bench) startProcess() *process {
	log := &safeBuffer{}
	p := b.startLogging(log)
	p.log = log
	return p
}

// startLogging starts it with its log going elsewhere.
func (b *bench) startLogging(log io.Writer) *process {
	if runtime.GOOS == "windows" {
		b.t.Skip("signals are not sent to processes on Windows")
	}
	b.telegram.SetDateAhead(-time.Duration(b.clock.lead.Load())) // the process goes by the machine's clock
	p := &process{bench: b, cmd: exec.Command(b.program[0], append(b.program[1:], "serve")...), log: &safeBuffer{}, ended: make(chan error, 1)}
	environ := maps.Clone(b.environ)
	environ[asProgram] = "1"
	for name, value := range environ {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.Dir = b.t.TempDir()
	p.cmd.Stdout, p.cmd.Stderr = log, log
	require.NoError(b.t, p.cmd.Start())
	over := make(chan struct{})
	go func() {
		defer close(over)
		p.ended <- p.cmd.Wait()
	}()
	b.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-over
	})
	return p
}

// done waits until the ends of so many photos are on the disk: killed before that, the
// next life says the last answer again.
func (p *process) done(n int) {
	p.t.Helper()
	p.until("what was said is written down", func() bool {
		return strings.Count(p.log.String(), "kind=photo step=done") >= n
	})
}

// wait waits for the end of the process.
func (p *process) wait() error {
	select {
	case err := <-p.ended:
		return err
	case <-time.After(patience):
		p.t.Fatal("the process does not end: " + p.log.String())
		return nil
	}
}

// answered waits for a message to a person whose text holds something.
func (b *bench) answered(p faketelegram.Person, text string) faketelegram.Message {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	m, err := b.telegram.WaitMessage(ctx, p.ID, func(m faketelegram.Message) bool {
		return m.FromBot && strings.Contains(m.Text, text)
	})
	require.NoError(b.t, err, "%q was never said", text)
	return m
}

// received waits until the service has got that many pictures.
func (b *bench) received(n int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	require.NoError(b.t, b.mrz.Wait(ctx, func() bool { return b.mrz.Counts().Received >= n }))
}

var gulnara = faketelegram.Person{ID: 1001, FirstName: "Gulnara", LanguageCode: "en"}

// TestSignalFinishesPhoto: SIGTERM in the middle of a photo still answers it.
func TestSignalFinishesPhoto(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	slow := fakemrz.Lines(card...)
	slow.Delay = time.Second
	b.mrz.Answer(slow)
	p := b.startProcess()
	_, err := b.telegram.SendPhoto(gulnara, jpegOf(t), "")
	require.NoError(t, err)
	b.received(1)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait(), p.log.String())
	require.Contains(t, b.answered(gulnara, "TESTOV").Text, "1 of 50 today")
	require.Equal(t, 1, b.mrz.Counts().Received)
}

// TestKillDuringCall: killed between the call and its answer, the photo is
// never sent again by itself; the person is told, nothing counts, nothing
// stays reserved.
func TestKillDuringCall(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "DAILY_ATTEMPTS": "2"})
	never, _ := fakemrz.AnswerNamed("slow")
	b.mrz.AnswerNext(never)
	b.mrz.Answer(fakemrz.Lines(card...))
	p := b.startProcess()
	_, err := b.telegram.SendPhoto(gulnara, jpegOf(t), "")
	require.NoError(t, err)
	b.received(1)
	require.NoError(t, p.cmd.Process.Kill())
	require.Error(t, p.wait())

	p = b.startProcess()
	require.Contains(t, b.answered(gulnara, "no answer that I can use").Text, "1 of 2 today, 1 without an answer")
	_, err = b.telegram.SendPhoto(gulnara, jpegOf(t), "")
	require.NoError(t, err)
	require.Contains(t, b.answered(gulnara, "TESTOV").Text, "2 of 2 today")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait())
	require.Equal(t, 2, b.mrz.Counts().Received)
	b.ledgerAgrees()
}

// TestKillBeforeReply: an answer that is held is delivered after a kill,
// without another call.
func TestKillBeforeReply(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.mrz.Answer(fakemrz.Lines(card...))
	heal := b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusBadGateway})
	p := b.startProcess()
	_, err := b.telegram.SendPhoto(gulnara, jpegOf(t), "")
	require.NoError(t, err)
	b.until("the reply is tried", func() bool { return len(b.telegram.CallsOf("sendMessage")) > 0 })
	require.NoError(t, p.cmd.Process.Kill())
	require.Error(t, p.wait())
	heal()
	p = b.startProcess()
	require.Contains(t, b.answered(gulnara, "TESTOV").Text, "1 of 50 today")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait())
	require.Equal(t, 1, b.mrz.Counts().Received)
	b.ledgerAgrees()
}

// ledgerAgrees holds the ledger of a stopped program against the service's
// own count.
func (b *bench) ledgerAgrees() {
	b.t.Helper()
	s := b.lookInto()
	defer func() { require.NoError(b.t, s.Close()) }()
	totals, err := s.Totals(b.t.Context())
	require.NoError(b.t, err)
	charged, unknown := 0, 0
	for _, t := range totals {
		switch t.Charge {
		case storage.ChargeYes:
			charged += t.Number
		case storage.ChargeUnknown:
			unknown += t.Number
		}
	}
	c := b.mrz.Counts()
	require.Equal(b.t, c.OK+c.Unreadable, charged, "charged")
	require.Equal(b.t, c.Broken, unknown, "perhaps charged")
}

// TestChangedToken: what was sealed under the old token stays shut. Each person
// is told once to send again, and nothing counts.
func TestChangedToken(t *testing.T) {
	t.Parallel()
	old := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	down, _ := fakemrz.AnswerNamed("unavailable")
	old.mrz.Answer(down)
	old.start()
	for range 3 {
		_, err := old.telegram.SendPhoto(gulnara, jpegOf(t), "")
		require.NoError(t, err)
	}
	old.quiet()
	old.end()

	b := newBenchOf(t, "123456:the-new-token-the-new-token-the-new-token", map[string]string{
		"ADMIN_IDS": "1001", "STORAGE_URL": old.environ["STORAGE_URL"],
	})
	b.mrz.Answer(fakemrz.Lines(card...))
	b.telegram.RestartNumbering(700_000_000) // the numbers of the same bot go on
	b.clock.lead.Add(int64(time.Minute))     // their pauses are over
	b.telegram.Say(gulnara, "/start")
	b.start()
	b.quiet()
	told := 0
	for _, m := range b.telegram.Messages(gulnara.ID) {
		if strings.Contains(m.Text, "The bot has a new key") {
			told++
			require.Contains(t, m.Text, "those did not count")
		}
	}
	require.Equal(t, 1, told)
	require.NotEmpty(t, b.telegram.CallsOf("deleteMessages"), "the message that photos are kept in line goes")
	_, err := b.telegram.SendPhoto(gulnara, jpegOf(t), "")
	require.NoError(t, err)
	b.answered(gulnara, "1 of 50 today")
	require.Equal(t, 1, b.mrz.Counts().Received)
}

// TestSecondProcess: the store belongs to one process; a second one says so.
func TestSecondProcess(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.start()
	p := b.startProcess()
	var exit *exec.ExitError
	require.True(t, errors.As(p.wait(), &exit))
	require.Equal(t, exitFailed, exit.ExitCode())
	require.Contains(t, p.log.String(), "another mrzbot runs with the store")
}

// TestUndecodable: what is authentic and cannot be understood is quarantined,
// and Telegram hears 200, because bringing it again cannot help.
func TestUndecodable(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "WEBHOOK_SECRET": "s3cret"})
	b.byWebhook()
	b.start()
	for _, body := range []string{`not JSON`, `{}`, `[]`, `{"update_id":"x","message":{}}`} {
		req, err := http.NewRequest(http.MethodPost, b.environ["WEBHOOK_URL"], strings.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", "s3cret")
		resp, err := http.DefaultClient.Do(req)
		defer http.DefaultClient.CloseIdleConnections()
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusOK, resp.StatusCode, body)
	}
	b.quiet()
	work, err := b.run.store.Backlog(t.Context(), b.clock.now())
	require.NoError(t, err)
	require.Equal(t, 4, work.Quarantined)
	b.telegram.Say(gulnara, "/me")
	b.answered(gulnara, "Your id")
}

// TestMenus: an admin sees more commands than others, and no longer when the
// settings no longer name them.
func TestMenus(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.telegram.Say(gulnara, "/start")
	b.start()
	b.answered(gulnara, "Hello")
	b.until("the longer menu is set", func() bool { return len(b.telegram.Commands(gulnara)) == 18 })
	b.until("the shorter one is", func() bool { return len(b.telegram.Commands(faketelegram.Person{ID: 5})) == 6 })
	b.quiet()
	b.end()
	b.environ["ADMIN_IDS"] = "1002"
	b.start()
	b.until("the menu is taken back", func() bool { return len(b.telegram.Commands(gulnara)) == 6 })
	later := faketelegram.Person{ID: 1002, FirstName: "Nurlan", LanguageCode: "en"}
	b.telegram.Say(later, "/start")
	b.answered(later, "Hello")
	b.until("who starts later gets it then", func() bool { return len(b.telegram.Commands(later)) == 18 })
}

// TestOps: health, readiness and metrics are there, and name nobody.
func TestOps(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.mrz.Answer(fakemrz.Lines(card...))
	b.start()
	_, err := b.telegram.SendPhoto(gulnara, jpegOf(t), "")
	require.NoError(t, err)
	b.answered(gulnara, "TESTOV")
	b.quiet()
	base := b.ops()
	require.Equal(t, "ok\n", get(t, base+"/healthz"))
	require.Equal(t, "ready\n", get(t, base+"/readyz"))
	metrics := get(t, base+"/metrics")
	require.Contains(t, metrics, `mrzbot_photos_total{charge="yes",outcome="ok"} 1`)
	require.Contains(t, metrics, `mrzbot_photos_total{charge="no",outcome="busy"} 0`)
	require.Contains(t, metrics, `mrzbot_tasks{kind="photo",state="waiting"} 0`)
	require.Contains(t, metrics, `mrzbot_door_total{result="stored"} 1`)
	require.NotContains(t, metrics, "1001")
}

// ops gives where health and metrics are served.
func (b *bench) ops() string {
	m := regexp.MustCompile(`health and metrics" address=(\S+)`).FindStringSubmatch(b.log.String())
	require.NotNil(b.t, m)
	return fmt.Sprintf("http://%s", m[1])
}

func get(t *testing.T, url string) string {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(body)
}
