package cli

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
)

// TestBrokenStore starts the program on stores that are not what they were: it
// says so once, names the file and the command that mends it, and leaves the
// file alone. Nothing ever starts with an empty store in its place.
func TestBrokenStore(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.mrz.Answer(fakemrz.Lines(card...))
	b.start()
	b.telegram.Say(gulnara, "/allow 7 Asel")
	b.photo(gulnara)
	b.answered(gulnara, "1 of 50 today")
	b.quiet()
	in := inFolder(t)
	code, says := b.command("backup", in("good.backup"))
	require.Equal(t, exitFine, code, says)
	b.end()
	whole, err := os.ReadFile(b.store)
	require.NoError(t, err)

	const page = 4096
	cut := func(n int) []byte { return whole[:n] }
	random := rand.New(rand.NewPCG(1, 2))
	scribbled := func(from, n int) []byte {
		data := bytes.Clone(whole)
		for i := range n {
			data[from+i] = byte(random.Uint32())
		}
		return data
	}
	for name, content := range map[string][]byte{
		"empty":                {},
		"a byte":               cut(1),
		"half a head":          cut(100),
		"one head":             cut(page),
		"both heads":           cut(2 * page),
		"some pages":           cut(5*page + 77),
		"a quarter":            cut(len(whole) / 4), // bbolt makes a file twice as long when it is full
		"zeros":                make([]byte, len(whole)),
		"a text":               []byte("dear store,\n"),
		"a long text":          bytes.Repeat([]byte("SQLite format 3\x00"), 4096),
		"heads scribbled":      scribbled(0, 2*page),
		"all but the heads":    scribbled(2*page, len(whole)-2*page),
		"a gzip of the backup": read(t, in("good.backup")),
	} {
		require.NoError(t, os.WriteFile(b.store, content, 0o600))
		b.refusesToStart(name)
		require.True(t, bytes.Equal(content, read(t, b.store)), "%s: the file is left as it is", name)
	}
	files, err := os.ReadDir(filepath.Dir(b.store))
	require.NoError(t, err)
	require.Len(t, files, 1, "and nothing beside it")

	require.NoError(t, os.Remove(b.store))
	require.NoError(t, os.Mkdir(b.store, 0o700))
	p := b.startProcess()
	require.Error(t, p.wait())
	require.Contains(t, p.log.String(), "is a folder. Name a file in it")
	require.Contains(t, p.log.String(), b.store)
	require.NoError(t, os.Remove(b.store))

	// What the message says works.
	code, says = b.command("restore", in("good.backup"))
	require.Equal(t, exitFine, code, says)
	b.startProcess()
	b.photo(asel)
	b.answered(asel, "1 of 50 today")
}

// refusesToStart starts the program and checks what it says.
func (b *bench) refusesToStart(name string) {
	b.t.Helper()
	p := b.startProcess()
	var exit *exec.ExitError
	require.True(b.t, errors.As(p.wait(), &exit), name)
	require.Equal(b.t, exitFailed, exit.ExitCode(), "%s: %s", name, p.log)
	says := p.log.String()
	for _, part := range []string{b.store, "mrzbot restore", "the store is damaged"} {
		require.Contains(b.t, says, part, name)
	}
	require.Equal(b.t, 1, bytes.Count([]byte(says), []byte("\n")), "one message: %s", says)
	require.NotContains(b.t, says, "goroutine")
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	data, err := io.ReadAll(f)
	require.NoError(t, err)
	return data
}
