package cli

import (
	"bytes"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/internal/control"
	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

var asel = faketelegram.Person{ID: 7, FirstName: "Asel", LanguageCode: "en"}

// busyBot starts a bot that has done something of everything: a person let in,
// an answered photo, an answer that Telegram does not take yet, a photo that
// waits for the service. heal ends Telegram's refusal.
func busyBot(t *testing.T) (b *bench, p *process, heal func()) {
	t.Parallel()
	return busyBotOn(t, nil)
}

// busyBotOn is busyBot with further settings.
func busyBotOn(t *testing.T, settings map[string]string) (b *bench, p *process, heal func()) {
	b = newBench(t, map[string]string{"ADMIN_IDS": "1001", "RETRY_FOR": "1h"})
	maps.Copy(b.environ, settings)
	b.mrz.Answer(fakemrz.Lines(card...))
	p = b.startProcess()
	b.telegram.Say(gulnara, "/allow 7 Asel")
	b.answered(gulnara, "Asel")
	b.telegram.Say(asel, "/start")
	b.answered(asel, "Hello")
	b.photo(gulnara)
	b.answered(gulnara, "1 of 50 today")

	heal = b.telegram.Fail(faketelegram.Fault{Method: "sendMessage", Status: http.StatusTooManyRequests, RetryAfter: 1})
	replies := len(b.telegram.CallsOf("sendMessage"))
	b.photo(asel)
	b.received(2) // other messages may be tried before
	b.until("the reply is tried", func() bool { return len(b.telegram.CallsOf("sendMessage")) > replies })
	b.mrz.Answer(answering(t, "unavailable"))
	b.photo(gulnara)
	b.received(3)
	b.until("both wait", func() bool { return b.backlog().Waiting[storage.KindPhoto] == 2 })
	return b, p, heal
}

// command runs a command with the bench's settings.
func (b *bench) command(args ...string) (code int, says string) {
	code, stdout, stderr := run(b.t, "", b.environ, args...)
	return code, stdout + stderr
}

// inFolder names files in a folder of the test's own.
func inFolder(t *testing.T) func(name string) string {
	folder := t.TempDir()
	return func(name string) string { return filepath.Join(folder, filepath.FromSlash(name)) }
}

// moveTo names another store.
func (b *bench) moveTo(path string) {
	b.store = path
	b.environ["STORAGE_URL"] = "bolt:" + path
}

// TestBackupRestore backs up a running bot, lets it go on, kills it, and starts
// the bot on what was restored: what was answered since is not paid for again.
func TestBackupRestore(t *testing.T) {
	b, p, heal := busyBot(t)
	file := filepath.Join(t.TempDir(), "mrzbot.backup")
	code, says := b.command("backup", file)
	require.Equal(t, exitFine, code, says)
	require.Contains(t, says, "holds 1 person, 3 tasks that wait and 2 attempts of the ledger")
	require.Contains(t, says, "same TELEGRAM_BOT_TOKEN")
	files, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing is left beside it")
	info, err := files[0].Info()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	// The bot goes on, and reads the photo that waits in the backup.
	b.mrz.Answer(fakemrz.Lines(card...))
	b.until("the photo is read", func() bool { return b.mrz.Counts().OK == 3 }) // it may be refused once more before
	require.NoError(t, p.cmd.Process.Kill())
	require.Error(t, p.wait())
	heal()

	code, says = b.command("restore", file)
	require.Equal(t, exitFailed, code)
	require.Contains(t, says, "nothing was restored: "+b.store+" holds something already")
	b.moveTo(filepath.Join(t.TempDir(), "restored", "mrzbot.db"))
	code, says = b.command("restore", file)
	require.Equal(t, exitFine, code, says)
	require.Contains(t, says, "holds 1 person, 3 tasks that wait and 2 attempts of the ledger, as they were on")
	require.Contains(t, says, "1 photo of it may have been sent to the service since")
	restored, err := os.ReadDir(filepath.Dir(b.store))
	require.NoError(t, err)
	require.Len(t, restored, 1)

	p = b.startProcess()
	b.answered(gulnara, "no answer that I can use")
	b.answered(asel, "1 of 50 today")
	b.mrz.Answer(fakemrz.Lines(card...))
	b.photo(asel)
	b.answered(asel, "2 of 50 today")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait())
	require.Equal(t, 4, b.mrz.Counts().OK, "the photo that was read after the backup is not paid for again")
}

// TestBackupOfStoppedBot, and of what is not there.
func TestBackupOfStoppedBot(t *testing.T) {
	t.Parallel()
	in := inFolder(t)
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	code, says := b.command("backup", in("x.backup"))
	require.Equal(t, exitFailed, code)
	require.Contains(t, says, "no backup was made: there is no store to be read")
	require.NoFileExists(t, b.store)

	b.mrz.Answer(fakemrz.Lines(card...))
	b.start()
	b.photo(gulnara)
	b.answered(gulnara, "1 of 50 today")
	b.quiet()
	b.end()
	delete(b.environ, "TELEGRAM_BOT_TOKEN") // of no use here
	code, says = b.command("backup", in("x.backup"))
	require.Equal(t, exitFine, code, says)
	require.Contains(t, says, in("x.backup")+" holds 0 people, 0 tasks that wait and 1 attempt of the ledger")
	before, err := os.ReadFile(in("x.backup"))
	require.NoError(t, err)
	code, says = b.command("backup", in("x.backup"))
	require.Equal(t, exitFailed, code)
	require.Contains(t, says, in("x.backup")+" is there already")
	after, err := os.ReadFile(in("x.backup"))
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after))
	code, says = b.command("backup", in("no/such/folder/x.backup"))
	require.Equal(t, exitFailed, code)
	require.Contains(t, says, "no such file or directory")
}

// TestRestoreRefuses: what cannot be restored changes nothing and leaves
// nothing.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	in := inFolder(t)
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.start()
	b.telegram.Say(gulnara, "/allow 7 Asel")
	b.answered(gulnara, "Asel")
	b.quiet()
	code, says := b.command("backup", in("good.backup"))
	require.Equal(t, exitFine, code, says)
	good, err := os.ReadFile(in("good.backup"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(in("cut.backup"), good[:len(good)-20], 0o600))
	scribbled := bytes.Clone(good)
	scribbled[len(scribbled)/2] ^= 0x55
	require.NoError(t, os.WriteFile(in("scribbled.backup"), scribbled, 0o600))
	require.NoError(t, os.WriteFile(in("text.backup"), []byte("hello"), 0o600))

	refuses := func(file, why string) {
		t.Helper()
		code, says := b.command("restore", file)
		require.Equal(t, exitFailed, code, says)
		require.Contains(t, says, why)
	}
	refuses(in("good.backup"), "another mrzbot runs with the store "+b.store)
	b.end()
	refuses(in("good.backup"), b.store+" holds something already")
	require.NoError(t, os.WriteFile(b.store, []byte("scribble"), 0o600))
	refuses(in("good.backup"), "move the file away")

	folder := t.TempDir()
	b.moveTo(filepath.Join(folder, "mrzbot.db"))
	refuses(in("cut.backup"), "cut.backup: the backup is damaged or cut short")
	refuses(in("scribbled.backup"), "scribbled.backup: the backup is damaged or cut short")
	refuses(in("text.backup"), "text.backup: this is no backup of mrzbot. Nothing was changed")
	refuses(in("absent.backup"), "no such file")
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, left)

	// A bot that was started before anybody restored has made an empty store.
	b.telegram.Say(faketelegram.Person{ID: 99}, "/start")
	b.start()
	b.answered(faketelegram.Person{ID: 99}, "")
	b.quiet()
	b.end()
	code, says = b.command("restore", in("good.backup"))
	require.Equal(t, exitFine, code, says)
	b.start()
	b.mrz.Answer(fakemrz.Lines(card...))
	b.photo(asel)
	b.answered(asel, "1 of 50 today")
}

// TestCopy moves a bot with all its work to another store: what waits there is
// read once, what was answered is delivered without another call.
func TestCopy(t *testing.T) {
	b, p, heal := busyBot(t)
	from := b.environ["STORAGE_URL"]
	to := filepath.Join(t.TempDir(), "moved.db")
	code, says := b.command("copy", from, "bolt:"+to)
	require.Equal(t, exitFailed, code)
	require.Contains(t, says, "a bot runs with "+b.store+": stop it first")
	require.NoFileExists(t, to)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait())

	code, says = b.command("copy", from, "bolt:"+to)
	require.Equal(t, exitFine, code, says)
	require.Contains(t, says, to+" holds 1 person, 3 tasks that wait and 2 attempts of the ledger, like "+b.store)
	code, says = b.command("copy", from, "bolt:"+to)
	require.Equal(t, exitFailed, code)
	require.Contains(t, says, "nothing was copied: "+to+" holds something already")
	code, says = b.command("copy", "bolt:"+to+".absent", "bolt:"+to+".other")
	require.Equal(t, exitUsage, code)
	require.Contains(t, says, "no store to be read")
	for _, args := range [][]string{{"copy", "x", "bolt:y"}, {"copy", from, "y"}, {"copy", from}} {
		code, says = b.command(args...)
		require.Equal(t, exitUsage, code, says)
	}
	code, says = b.command("copy", "bolt:"+to, "bolt:"+to)
	require.Equal(t, exitUsage, code, says)
	require.Contains(t, says, "both are the same store")
	code, says = b.command("copy", "STORAGE_URL", from)
	require.Equal(t, exitUsage, code, says)
	require.Contains(t, says, "both are the same store")

	b.moveTo(to)
	heal()
	b.mrz.Answer(fakemrz.Lines(card...))
	p = b.startProcess()
	b.answered(gulnara, "2 of 50 today")
	b.answered(asel, "1 of 50 today")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait())
	require.Equal(t, 3, b.mrz.Counts().OK)
	b.ledgerAgrees()
}

// TestBackupWithoutSocket: a bot that cannot be asked is not disturbed.
func TestBackupWithoutSocket(t *testing.T) {
	t.Parallel()
	in := inFolder(t)
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.moveTo(filepath.Join(t.TempDir(), strings.Repeat("long", 30), "mrzbot.db"))
	b.start()
	require.Contains(t, b.log.String(), "the path of the store is too long for a socket beside it")
	code, says := b.command("backup", in("x.backup"))
	require.Equal(t, exitFailed, code)
	require.Contains(t, says, "stop it first")
	b.end()
	code, says = b.command("backup", in("x.backup"))
	require.Equal(t, exitFine, code, says)
}

// TestBackupStaleSocket: a killed bot leaves a socket, which is in nobody's way.
func TestBackupStaleSocket(t *testing.T) {
	t.Parallel()
	in := inFolder(t)
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	p := b.startProcess()
	b.until("the socket is there", func() bool {
		_, err := control.Client{Path: control.Path(b.store)}.Status(t.Context())
		return err == nil
	})
	require.NoError(t, p.cmd.Process.Kill())
	require.Error(t, p.wait())
	_, err := os.Lstat(control.Path(b.store))
	require.NoError(t, err)
	code, says := b.command("backup", in("x.backup"))
	require.Equal(t, exitFine, code, says)
	p = b.startProcess()
	b.until("there is a new one", func() bool {
		_, err := control.Client{Path: control.Path(b.store)}.Status(t.Context())
		return err == nil
	})
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait())
	_, err = os.Lstat(control.Path(b.store))
	require.ErrorIs(t, err, os.ErrNotExist)
}
