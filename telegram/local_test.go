package telegram

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// localServer plays a Bot API server that runs with --local, whose folder is
// mounted as it is at dir, and a client that is told so, or not.
func localServer(t *testing.T, filePath, dir string, files ...http.HandlerFunc) (*telegram, *Client) {
	tg, c, _ := play(t, append([]http.HandlerFunc{done(fmt.Sprintf(`{"file_id":"F","file_size":5,"file_path":%q}`, filePath))}, files...)...)
	c.filesDir = dir
	return tg, c
}

// folder makes the folder of a Bot API server with a file of this bot's.
func folder(t *testing.T) string {
	dir := t.TempDir()
	put(t, filepath.Join(dir, canary, "photos", "file_1.jpg"), "hello")
	return dir
}

func put(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

func TestFilesOfALocalServer(t *testing.T) {
	dir := folder(t)
	windows := t.TempDir()
	put(t, filepath.Join(windows, strings.Replace(canary, ":", "~", 1), "photos", "file_1.jpg"), "hello")
	for name, c := range map[string]struct{ path, dir string }{
		"mounted at its own path":   {filepath.Join(dir, canary, "photos", "file_1.jpg"), dir},
		"the same with a slash":     {filepath.Join(dir, canary, "photos", "file_1.jpg"), dir + "/"},
		"mounted elsewhere":         {"/var/lib/telegram-bot-api/" + canary + "/photos/file_1.jpg", dir},
		"only this bot's folder":    {"/var/lib/telegram-bot-api/" + canary + "/photos/file_1.jpg", filepath.Join(dir, canary)},
		"a server on Windows":       {`C:\bots\` + strings.Replace(canary, ":", "~", 1) + `\photos\file_1.jpg`, windows},
		"a path as without --local": {"photos/file_1.jpg", dir},
	} {
		t.Run(name, func(t *testing.T) {
			tg, client := localServer(t, c.path, c.dir)
			f, err := client.Download(t.Context(), "F")
			require.NoError(t, err)
			require.Equal(t, File{Data: []byte("hello"), Name: "file_1.jpg"}, f)
			body, size, err := client.Open(t.Context(), "F")
			require.NoError(t, err)
			require.Equal(t, int64(5), size)
			require.NoError(t, body.Close())
			require.Equal(t, []string{"getFile", "getFile"}, tg.asked(), "nothing is fetched")
		})
	}
}

func TestFilesThatALocalServerCannotGive(t *testing.T) {
	dir := folder(t)
	outside := filepath.Join(t.TempDir(), "secret.jpg")
	put(t, outside, "AN1234567 TESTOVA")
	photos := filepath.Join(dir, canary, "photos")
	require.NoError(t, os.Symlink(outside, filepath.Join(photos, "link.jpg")))
	require.NoError(t, os.Symlink(filepath.Dir(outside), filepath.Join(photos, "away")))
	require.NoError(t, os.Mkdir(filepath.Join(photos, "folder.jpg"), 0o700))
	huge := filepath.Join(photos, "huge.jpg")
	put(t, huge, "")
	require.NoError(t, os.Truncate(huge, MaxFile+1))

	for name, c := range map[string]struct{ path, dir, says string }{
		"no setting":            {filepath.Join(photos, "file_1.jpg"), "", "TELEGRAM_FILES_DIR is not set"},
		"no folder":             {filepath.Join(photos, "file_1.jpg"), filepath.Join(dir, "absent"), "cannot be opened"},
		"another folder":        {filepath.Join(photos, "file_1.jpg"), t.TempDir(), "is not in the folder"},
		"no file":               {filepath.Join(photos, "file_2.jpg"), dir, "is not in the folder"},
		"a way out":             {photos + "/../../../" + filepath.Base(filepath.Dir(outside)) + "/secret.jpg", dir, "is not in the folder"},
		"a way out by the name": {"/var/lib/" + canary + "/../../etc/passwd", dir, "is not in the folder"},
		"somewhere else":        {"/etc/passwd", dir, "is not in the folder"},
		"outside":               {outside, dir, "is not in the folder"},
		"a link out":            {filepath.Join(photos, "link.jpg"), dir, "is not in the folder"},
		"a folder that is one":  {filepath.Join(photos, "away", "secret.jpg"), dir, "is not in the folder"},
		"no file but a folder":  {filepath.Join(photos, "folder.jpg"), dir, "is no file"},
		"the folder itself":     {dir, dir, "is not in the folder"},
	} {
		t.Run(name, func(t *testing.T) {
			tg, client := localServer(t, c.path, c.dir)
			_, err := client.Download(t.Context(), "F")
			e := requireError(t, err)
			require.Contains(t, e.Description, c.says)
			require.ErrorIs(t, err, ErrFilesDir)
			after, ok := e.RetryAfter()
			require.True(t, ok, "a photo that waits may live to see it mended")
			require.LessOrEqual(t, after, time.Minute)
			require.NotContains(t, tg.asked(), "file "+c.path)
		})
	}

	_, client := localServer(t, huge, dir)
	_, err := client.Download(t.Context(), "F")
	require.ErrorIs(t, err, ErrTooLarge)
}

// TestAServerThatServesNoFiles: of one's own, it is a matter of the settings.
func TestAServerThatServesNoFiles(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{"as the Bot API": no(404, "Not Found"), "as a proxy": page(404)} {
		t.Run(name, func(t *testing.T) {
			_, c := localServer(t, "photos/file_1.jpg", "", answer, done(lies), answer)
			_, err := c.Download(t.Context(), "F")
			require.ErrorIs(t, err, ErrFilesDir)
			requireError(t, err)
		})
	}
	_, c := localServer(t, "photos/file_1.jpg", t.TempDir(), gives([]byte("hello")))
	f, err := c.Download(t.Context(), "F")
	require.NoError(t, err, "what is not in the folder is fetched")
	require.Equal(t, "hello", string(f.Data))
}
