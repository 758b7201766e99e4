package reader

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"strings"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/mrzimage"
)

// MaxFile is the largest file a bot can fetch from Telegram, in bytes.
const MaxFile = 20 << 20

// File is what somebody has sent, as Telegram has it.
type File struct {
	ID     string
	Person int64
	// Whole: it came as a file, as its sender had it, and not as a photo that
	// Telegram has compressed.
	Whole bool
	Size  int64 // in bytes; 0: not known
}

// Fetcher fetches pictures from Telegram.
type Fetcher struct {
	Files chat.Files
	// Stream passes a compressed photo on to the Reader as it comes, instead of
	// holding it in memory. It is for a Reader that needs no more than that.
	Stream bool

	// Room for what is sent as a file, and for stripping it.
	files, stripping *room
}

// NewFetcher makes a fetcher; stream: see Fetcher.
func NewFetcher(files chat.Files, stream bool) *Fetcher {
	return &Fetcher{Files: files, Stream: stream, files: newRoom(filesInMemory, math.MaxInt32), stripping: newRoom(0, 1)}
}

// Fetch fetches the file and makes it ready to be read.
func (f *Fetcher) Fetch(ctx context.Context, what File) (Picture, error) {
	if what.Whole {
		return f.file(ctx, what)
	}
	if f.Stream {
		return f.stream(ctx, what)
	}
	data, err := f.Files.Download(ctx, what.ID)
	if err != nil {
		return Picture{}, downloadFailure(err)
	}
	p, err := inspect(data, false)
	p.Data, p.Person = data, what.Person
	return p, err
}

// filesInMemory bounds what files take of memory on their way to the service, in
// bytes: two of the largest, and their copies without metadata. Compressed photos
// are small.
const filesInMemory = 4 * MaxFile

// file fetches a picture that was sent as a file. Its first bytes say whether the
// rest is worth fetching.
func (f *Fetcher) file(ctx context.Context, what File) (Picture, error) {
	size := what.Size
	if size <= 0 {
		size = MaxFile
	}
	held, err := f.files.enter(ctx, what.Person, 2*size)
	if err != nil {
		return Picture{}, ErrInterrupted
	}
	p, err := f.fetch(ctx, what)
	if err != nil {
		held()
		return Picture{}, err
	}
	p.held, p.Person = held, what.Person
	return p, nil
}

func (f *Fetcher) fetch(ctx context.Context, what File) (Picture, error) {
	body, head, size, err := f.begin(ctx, what.ID)
	if err != nil {
		return Picture{}, err
	}
	defer body.Close()
	if kind, foreign := foreignKind(head); foreign {
		return Picture{}, &outcome.Failure{Code: outcome.UnsupportedFile, Detail: kind}
	}
	data, err := readAll(body, size)
	if err != nil { // Cut on the way: once more
		data, err = f.Files.Download(ctx, what.ID)
	}
	if err != nil {
		return Picture{}, downloadFailure(err)
	}
	p, err := inspect(data, true)
	if err != nil {
		return Picture{}, err
	}
	// A file still carries what the phone wrote into it, the place included.
	// Telegram has taken that out of a compressed photo already. Stripping a file
	// that was cut takes memory, so it is done to one after the other.
	leave, err := f.stripping.enter(ctx, what.Person, 0)
	if err != nil {
		return Picture{}, ErrInterrupted
	}
	defer leave()
	p.Data, err = mrzimage.StripMetadata(data)
	if err != nil {
		return Picture{}, &outcome.Failure{Code: outcome.UnsupportedFile, Detail: outcome.DetailDamaged}
	}
	return p, nil
}

// readAll reads what should be so many bytes.
func readAll(from io.Reader, size int64) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(max(size, 0), MaxFile)) + bytes.MinRead)
	_, err := b.ReadFrom(from)
	return b.Bytes(), err
}

// inspect names the picture of which these are the first bytes, or says why it
// is not to be read. Only a file must be whole for that: what Telegram has
// compressed is a picture.
func inspect(data []byte, document bool) (Picture, error) {
	if kind, foreign := foreignKind(data); foreign {
		return Picture{}, &outcome.Failure{Code: outcome.UnsupportedFile, Detail: kind}
	}
	info, err := mrzimage.Inspect(data)
	switch {
	case errors.Is(err, mrzimage.ErrTooLarge):
		return Picture{}, &outcome.Failure{Code: outcome.TooLarge, Detail: outcome.DetailPixels}
	case errors.Is(err, mrzimage.ErrUnsupported):
		return Picture{}, &outcome.Failure{Code: outcome.UnsupportedFile}
	case errors.Is(err, mrzimage.ErrDamaged) && document:
		return Picture{}, &outcome.Failure{Code: outcome.UnsupportedFile, Detail: outcome.DetailDamaged}
	}
	kind := string(info.Kind)
	if kind == "" {
		kind = "jpeg" // Telegram's photos are
	}
	return Picture{Name: "photo." + strings.Replace(kind, "jpeg", "jpg", 1), Type: "image/" + kind}, nil
}

// downloadFailure sorts an error of the download.
func downloadFailure(err error) *outcome.Failure {
	var big interface{ TooLarge() bool }
	if errors.As(err, &big) && big.TooLarge() {
		return &outcome.Failure{Code: outcome.TooLarge}
	}
	f := &outcome.Failure{Code: outcome.DownloadFailed}
	if after, ok := chat.RetryAfter(err); ok {
		f.After = after
	} else {
		f.Detail = outcome.DetailGone
	}
	return f
}
