package reader

import (
	"bufio"
	"context"
	"io"

	"mrzbot/bot/outcome"
)

// A compressed photo need not be held in memory to be read by the service: it
// flows from Telegram's answer into the service's request. The service gets
// the end of the request only when the photo was whole. So a download that
// breaks on the way is a call that was surely not processed, and the photo
// waits like one whose download broke before.

// headBytes is how much of a photo is looked at before anything is sent: a
// JPEG of Telegram's tells its size in its first kilobyte.
const headBytes = 4 << 10

// flow is a picture on its way, of which the first bytes were looked at.
type flow struct {
	*bufio.Reader
	io.Closer
}

// stream begins to fetch a compressed photo.
func (f *Fetcher) stream(ctx context.Context, what File) (Picture, error) {
	body, head, size, err := f.begin(ctx, what.ID)
	if err != nil {
		return Picture{}, err
	}
	p, err := inspect(head, false)
	if err != nil {
		_ = body.Close()
		return Picture{}, err
	}
	p.Body, p.Size, p.Person = body, size, what.Person
	return p, nil
}

// begin begins to fetch a file, and gives its first bytes, too.
func (f *Fetcher) begin(ctx context.Context, fileID string) (body io.ReadCloser, head []byte, size int64, err error) {
	from, size, err := f.Files.Open(ctx, fileID)
	if err != nil {
		return nil, nil, 0, downloadFailure(err)
	}
	buffered := bufio.NewReaderSize(from, headBytes)
	head, err = buffered.Peek(headBytes)
	if err != nil && err != io.EOF {
		_ = from.Close()
		return nil, nil, 0, downloadFailure(err)
	}
	return flow{buffered, from}, head, size, nil
}

// streamFailure sorts the failure of a picture on its way to the service. The
// request was not written to its end.
func streamFailure(err error) error {
	f := downloadFailure(err)
	if f.Detail == outcome.DetailGone {
		f.Detail = outcome.DetailNone // it was there when its first bytes were
	}
	return f
}
