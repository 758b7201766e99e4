package cli

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/internal/config"
)

// TestStoreOfOthers: a file that somebody else has made, such as root by a restore,
// is refused with both mends. Nothing is shut to root, so the error stands for it.
func TestStoreOfOthers(t *testing.T) {
	err := explainStore(config.Storage{Engine: config.Bolt, Path: "/data/mrzbot.db"}, &fs.PathError{Op: "open", Path: "/data/mrzbot.db", Err: fs.ErrPermission})
	require.EqualError(t, err, "STORAGE_URL: open /data/mrzbot.db: permission denied. "+
		"Name a file that this user may write, or give the file and its folder to this user (chown)")
	var wrong usageError
	require.ErrorAs(t, err, &wrong, "so that systemd does not start it again")
}

// TestCannotStart: what keeps the bot from starting is said in a sentence that names
// the variable and the mend, and no try is made again.
func TestCannotStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	folder := t.TempDir()
	shut := filepath.Join(t.TempDir(), "shut")
	require.NoError(t, os.Mkdir(shut, 0o500))
	for name, c := range map[string]struct {
		settings map[string]string
		says     string
	}{
		"a port in use": {map[string]string{"LISTEN_ADDR": taken.Addr().String(), "WEBHOOK_URL": "https://bot.example.org/telegram"},
			"Give it an address of this machine at which nothing listens, or stop what does"},
		"a folder":                  {map[string]string{"STORAGE_URL": "bolt:" + folder}, "is a folder. Name a file in it"},
		"a folder that is not ours": {map[string]string{"STORAGE_URL": "bolt:" + shut + "/new/mrzbot.db"}, "Name a file that this user may write"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "a folder that is not ours" && (os.Getuid() == 0 || runtime.GOOS == "windows") {
				return // nothing is shut to root
			}
			b := newBench(t, c.settings)
			t.Chdir(t.TempDir())
			code, _, stderr := runAt(t, b.clock.now, "", b.environ, "serve")
			require.Equal(t, exitUsage, code, stderr)
			require.Contains(t, stderr, c.says)
			for variable := range c.settings {
				if variable != "WEBHOOK_URL" {
					require.Contains(t, stderr, variable+": ")
				}
			}
		})
	}
}
