package telegram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

const (
	// MaxFile is the largest file a bot can download (Bot API, getFile).
	MaxFile = 20 << 20

	// fileTimeout is the wait for a whole file: MaxFile at 350 KB a second.
	fileTimeout = time.Minute
)

// File is a downloaded file.
type File struct {
	Data []byte
	Name string // as Telegram names it: file_12.jpg
}

// Download reads a file into memory, and once more when it was cut on the way.
// ErrTooLarge says that it is larger than MaxFile.
func (c *Client) Download(ctx context.Context, fileID string) (File, error) {
	f, cut, err := c.download(ctx, fileID)
	if cut {
		f, _, err = c.download(ctx, fileID)
	}
	return f, err
}

// Open starts the download of a file that is passed on as it comes. The body
// gives size bytes, or fails: with ErrTooLarge, or with an *Error when the file
// is cut. The caller closes it, also to end a Read that waits.
//
// What Telegram says of the length has to be believed before the file is there.
// Where the answer says nothing, or something else than the link, the file is
// read into memory first.
func (c *Client) Open(ctx context.Context, fileID string) (body io.ReadCloser, size int64, err error) {
	b, _, err := c.open(ctx, fileID)
	if err != nil {
		return nil, 0, err
	}
	if b.agreed {
		return b, b.size, nil
	}
	defer b.Close()
	data, err := b.all()
	if err != nil {
		return nil, 0, err
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

func (c *Client) download(ctx context.Context, fileID string) (f File, cut bool, err error) {
	body, name, err := c.open(ctx, fileID)
	if err != nil {
		return File{}, false, err
	}
	defer body.Close()
	data, err := body.all()
	if err != nil {
		return File{}, body.cut, err
	}
	return File{Data: data, Name: name}, false, nil
}

// open asks for the link and follows it. A link lives for an hour; one that
// has expired is asked for again, once.
func (c *Client) open(ctx context.Context, fileID string) (*fileBody, string, error) {
	for again := false; ; again = true {
		file, err := c.link(ctx, fileID)
		if err != nil {
			return nil, "", err
		}
		body, err := c.reach(ctx, file)
		if err == nil {
			return body, path.Base(strings.ReplaceAll(file.FilePath, `\`, "/")), nil
		}
		e, ok := errors.AsType[*Error](err)
		gone := ok && e.Code >= 400 && e.Code < 500 && e.Code != http.StatusTooManyRequests
		if again && ok && e.Code == http.StatusNotFound && e.cause == nil && c.wire.base != DefaultURL {
			e.cause = ErrFilesDir // a server of one's own that serves no files
		}
		if again || !gone {
			return nil, "", err
		}
	}
}

// reach starts to read the file where it lies.
func (c *Client) reach(ctx context.Context, file models.File) (*fileBody, error) {
	if onDisk(file.FilePath) {
		return c.openLocal(ctx, file.FilePath)
	}
	if c.filesDir != "" {
		body, err := c.openLocal(ctx, file.FilePath)
		if err == nil || errors.Is(err, ErrTooLarge) {
			return body, err
		}
	}
	return c.follow(ctx, file)
}

// link asks where the file lies.
func (c *Client) link(ctx context.Context, fileID string) (models.File, error) {
	var file models.File
	err := c.traffic(ctx, call{method: "getFile", about: fileID}, &bot.GetFileParams{FileID: fileID}, &file)
	switch {
	case refusedFor(err, "file is too big"), err == nil && file.FileSize > MaxFile:
		return file, ErrTooLarge
	case err != nil:
		return file, err
	case file.FilePath == "":
		return file, &Error{Method: "getFile", Code: http.StatusOK, Description: "the file has no path yet", After: usualPause}
	}
	file.FileID = fileID // what it is asked for by, whatever the answer says
	return file, nil
}

// follow starts the download. The time for it runs until the body is closed.
func (c *Client) follow(ctx context.Context, file models.File) (*fileBody, error) {
	limited, stop := context.WithTimeout(ctx, fileTimeout)
	var res *http.Response
	err := c.run(ctx, call{method: "download", about: file.FileID}, func(context.Context) (err error) {
		// Not the context of one try: it is over before the body is read.
		res, err = c.wire.fetch(limited, file.FilePath)
		return err
	})
	if err != nil {
		stop()
		return nil, err
	}
	b := &fileBody{body: res.Body, size: res.ContentLength, ctx: ctx, stop: stop, wire: c.wire}
	b.agreed = b.size >= 0 && (file.FileSize == 0 || file.FileSize == b.size)
	if b.size < 0 && file.FileSize > 0 {
		b.size = file.FileSize
	}
	if b.size > MaxFile {
		b.Close()
		return nil, ErrTooLarge
	}
	return b, nil
}

// fileBody is a file on its way: bounded, with errors that are safe.
type fileBody struct {
	body   io.ReadCloser
	size   int64 // -1: not known
	agreed bool  // the answer says the size, and the link no other
	got    int64
	cut    bool // the connection ended before the file did

	ctx  context.Context // the caller's
	stop context.CancelFunc
	wire *wire
}

func (b *fileBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.got += int64(n)
	switch {
	case b.got > MaxFile:
		return n, ErrTooLarge
	case err == io.EOF && b.got < b.size:
		err = io.ErrUnexpectedEOF
	case err == nil || err == io.EOF:
		return n, err
	}
	e := b.wire.lost("download", err)
	e.cause = b.ctx.Err()
	b.cut = e.cause == nil && !errors.Is(err, context.DeadlineExceeded)
	return n, e
}

// all reads the file into memory.
func (b *fileBody) all() ([]byte, error) {
	var data bytes.Buffer
	if b.size > 0 {
		data.Grow(int(b.size) + bytes.MinRead)
	}
	_, err := data.ReadFrom(b)
	return data.Bytes(), err
}

func (b *fileBody) Close() error {
	err := b.body.Close()
	b.stop()
	if err != nil {
		return b.wire.lost("download", err)
	}
	return nil
}
