package telegram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A Bot API server of one's own that runs with --local serves no files: getFile
// gives the path on its disk, /var/lib/telegram-bot-api/TOKEN/photos/file_1.jpg.
// Where this machine sees that folder too, the file is read there.

// ErrFilesDir says that the Bot API server of TELEGRAM_API_URL gives files in a
// way that needs TELEGRAM_FILES_DIR, or another one.
var ErrFilesDir = errors.New("telegram: the files of the Bot API server cannot be read; " +
	"if it runs with --local, mount its folder and name it in TELEGRAM_FILES_DIR")

// drive begins an absolute path of Windows.
var drive = regexp.MustCompile(`^[A-Za-z]:[\\/]`)

// onDisk reports whether a file_path is one on the server's disk.
func onDisk(filePath string) bool {
	return strings.HasPrefix(filePath, "/") || drive.MatchString(filePath)
}

// filesTrouble is the error of a file on the server's disk. Somebody has to mend
// the settings, which a photo that waits may live to see.
func filesTrouble(what string) *Error {
	return &Error{Method: "download", Description: what, After: tokenPause, cause: ErrFilesDir}
}

// places are where a file of the server may lie in the folder, the likeliest
// first: the folder may be mounted at the server's own path or at another, and
// it may be the server's or that of this bot in it.
func (c *Client) places(filePath string) []string {
	slashed := strings.ReplaceAll(filePath, `\`, "/")
	if slices.Contains(strings.Split(slashed, "/"), "..") {
		return nil
	}
	own := []string{c.wire.token, strings.Replace(c.wire.token, ":", "~", 1)} // as Linux and as Windows name it
	if !onDisk(filePath) {
		return []string{path.Join(own[0], slashed), path.Join(own[1], slashed)}
	}
	var all []string
	if rest, ok := strings.CutPrefix(slashed, strings.TrimSuffix(filepath.ToSlash(c.filesDir), "/")+"/"); ok {
		all = append(all, rest)
	}
	for _, name := range own {
		if _, rest, ok := strings.Cut(slashed, "/"+name+"/"); ok {
			all = append(all, path.Join(name, rest), rest)
		}
	}
	return all
}

// openLocal reads a file in the folder. A folder that hangs, as a network may,
// costs no more than the time of a download.
func (c *Client) openLocal(ctx context.Context, filePath string) (*fileBody, error) {
	if c.filesDir == "" {
		return nil, filesTrouble("the Bot API server gives a path on its own disk, and TELEGRAM_FILES_DIR is not set")
	}
	limited, stop := context.WithTimeout(ctx, fileTimeout)
	defer stop()
	type file struct {
		data []byte
		err  error
	}
	read := make(chan file, 1)
	go func() {
		data, err := c.readLocal(filePath)
		read <- file{data, err}
	}()
	select {
	case f := <-read:
		if f.err != nil {
			return nil, f.err
		}
		return &fileBody{
			body: io.NopCloser(bytes.NewReader(f.data)), size: int64(len(f.data)), agreed: true,
			ctx: ctx, stop: func() {}, wire: c.wire,
		}, nil
	case <-limited.Done():
		e := filesTrouble("the folder of TELEGRAM_FILES_DIR does not answer in time")
		if ctx.Err() != nil {
			e.cause = ctx.Err()
		}
		return nil, e
	}
}

// readLocal reads a file of at most MaxFile bytes. What lies outside of the
// folder, by a link too, is not there.
func (c *Client) readLocal(filePath string) ([]byte, error) {
	root, err := os.OpenRoot(c.filesDir)
	if err != nil {
		return nil, filesTrouble("the folder of TELEGRAM_FILES_DIR cannot be opened")
	}
	defer root.Close()
	for _, place := range c.places(filePath) {
		name := filepath.FromSlash(place)
		info, err := root.Stat(name)
		switch {
		case errors.Is(err, fs.ErrPermission):
			return nil, filesTrouble("this user may not read in the folder of TELEGRAM_FILES_DIR")
		case err != nil:
			continue
		case !info.Mode().IsRegular(): // to open a pipe would wait for its writer
			return nil, filesTrouble("what lies in the folder of TELEGRAM_FILES_DIR is no file")
		case info.Size() > MaxFile:
			return nil, ErrTooLarge
		}
		return readPlace(root, name)
	}
	return nil, filesTrouble("the file is not in the folder of TELEGRAM_FILES_DIR")
}

func readPlace(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(name)
	if errors.Is(err, fs.ErrPermission) {
		return nil, filesTrouble("this user may not read in the folder of TELEGRAM_FILES_DIR")
	} else if err != nil {
		return nil, filesTrouble("a file in the folder of TELEGRAM_FILES_DIR cannot be opened")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	switch {
	case err != nil:
		return nil, filesTrouble("a file in the folder of TELEGRAM_FILES_DIR cannot be read")
	case len(data) > MaxFile:
		return nil, ErrTooLarge
	}
	return data, nil
}
