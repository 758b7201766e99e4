package cli

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// unpack puts a store that another version of the program has written where the
// bench's is.
func (b *bench) unpack(name string) (content []byte) {
	packed, err := os.Open(filepath.Join("../../storage/bolt/testdata", name+".db.gz"))
	require.NoError(b.t, err)
	defer func() { require.NoError(b.t, packed.Close()) }()
	zip, err := gzip.NewReader(packed)
	require.NoError(b.t, err)
	content, err = io.ReadAll(zip)
	require.NoError(b.t, err)
	require.NoError(b.t, os.MkdirAll(filepath.Dir(b.store), 0o700))
	require.NoError(b.t, os.WriteFile(b.store, content, 0o600))
	return content
}

// TestUpgrade: the program starts with a store that an earlier one has left in the
// middle of its work. What was begun comes to its end, and nothing of it is paid for;
// people go on as before, after the next start too.
func TestUpgrade(t *testing.T) {
	for _, name := range []string{"schema2", "schema3", "schema4"} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
			b.unpack(name)
			agent := faketelegram.Person{ID: 5, FirstName: "Айгүл", LanguageCode: "en"}
			boss := faketelegram.Person{ID: 1001, FirstName: "Gulnara", LanguageCode: "en"}
			for life := range 2 {
				b.start()
				_, err := b.telegram.SendPhoto(agent, jpegOf(t), "", faketelegram.Unchanged())
				require.NoError(t, err)
				b.quiet()
				messages := b.telegram.Messages(agent.ID)
				require.Regexp(t, fmt.Sprintf(`\b%d of (50|7) today`, life+1), messages[len(messages)-1].Text, "the person's own limit went along, where there is one")
				b.telegram.Say(boss, "/users")
				b.quiet()
				messages = b.telegram.Messages(boss.ID)
				require.Contains(t, fmt.Sprint(messages[len(messages)-1].Buttons), "Айгүл", "as the label of a button")
				b.end()
			}
			require.Equal(t, 2, b.mrz.Counts().Received, "nothing of the earlier version's photos is sent")
		})
	}
}

// TestRollBack: each command refuses the store of a newer version, says what to do,
// and leaves it as it is.
func TestRollBack(t *testing.T) {
	b := newBench(t, nil)
	before := b.unpack("newer")
	t.Chdir(t.TempDir())
	for _, args := range [][]string{{"serve"}, {"check"}, {"backup", "x.backup"}, {"report"}, {"copy", b.environ["STORAGE_URL"], "bolt:other.db"}} {
		code, stdout, stderr := runAt(t, b.clock.now, "", b.environ, args...)
		require.Equal(t, exitFailed, code, args)
		require.Contains(t, stdout+stderr, storage.ErrSchema.Error(), args)
		require.Contains(t, stdout+stderr, "start the newer program, or move the file away and restore a backup", args)
	}
	after, err := os.ReadFile(b.store)
	require.NoError(t, err)
	require.Equal(t, before, after)
	left, err := filepath.Glob("*")
	require.NoError(t, err)
	require.Empty(t, left)
}
