package cli

import (
	"os"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFolderOfOthers: a command that is run as the bot's user in root's home finds
// no .env there, and goes by its environment.
func TestFolderOfOthers(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	require.NoError(t, os.WriteFile(".env", []byte("WORKERS=3\n"), 0o600))
	require.NoError(t, os.Chmod(folder, 0))
	defer func() { require.NoError(t, os.Chmod(folder, 0o700)) }()
	if os.Getuid() == 0 { // to whom nothing is shut: this thread is nobody meanwhile
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		require.NoError(t, syscall.Setfsuid(65534))
		defer func() { require.NoError(t, syscall.Setfsuid(0)) }()
	}
	_, err := os.Stat(".env")
	require.ErrorIs(t, err, os.ErrPermission)

	environ, err := Process{Environ: []string{"TIMEZONE=UTC"}}.environ()
	require.NoError(t, err)
	require.Equal(t, map[string]string{"TIMEZONE": "UTC"}, environ)
	_, err = Process{EnvFile: ".env"}.environ()
	require.ErrorContains(t, err, "--env: ", "one that is named has to be there")
}
