package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"mrzbot/mrzimage"
)

// maxFile is the largest file a bot can fetch from Telegram, in bytes.
const maxFile = 20 << 20

// sent is what a photo's update says about the picture; everything else in the
// update stays sealed and unread.
type sent struct {
	Message struct {
		Date int64 `json:"date,omitempty"` // by Telegram's clock, in Unix seconds
		From struct {
			Language string `json:"language_code"`
		} `json:"from"`
		Thread  int  `json:"message_thread_id,omitempty"`
		InTopic bool `json:"is_topic_message,omitempty"`
		Photo   []struct {
			FileID string `json:"file_id"`
			Size   int64  `json:"file_size"`
			Width  int    `json:"width"`
			Height int    `json:"height"`
		} `json:"photo"`
		Document  *sentFile `json:"document"`
		Video     *sentFile `json:"video"`     // what its sender calls a video
		Animation *sentFile `json:"animation"` // or an animation
	} `json:"message"`
}

type sentFile struct {
	Size int64 `json:"file_size"`
}

// refuse finds what can be said of the picture before it is fetched. What kind
// of file it is, only its bytes say.
func (s *sent) refuse() *Failure {
	if s.size() > maxFile {
		return &Failure{Code: CodeTooLarge}
	}
	return nil
}

// isFile reports whether the picture came as a file, as its sender had it, and not
// as a photo that Telegram has compressed.
func (s *sent) isFile() bool {
	m := s.Message
	return m.Document != nil || m.Video != nil || m.Animation != nil
}

// size of the file in bytes, 0 when Telegram did not say.
func (s *sent) size() int64 {
	size := int64(0)
	for _, f := range []*sentFile{s.Message.Document, s.Message.Video, s.Message.Animation} {
		if f != nil {
			size = max(size, f.Size)
		}
	}
	for _, p := range s.Message.Photo {
		size = max(size, p.Size)
	}
	return size
}

// picture fetches the file and makes it ready to be read.
func (j *job) picture(ctx context.Context) (Picture, error) {
	if j.sent.isFile() {
		return j.file(ctx)
	}
	if j.Stream {
		return j.stream(ctx)
	}
	data, err := j.Files.Download(ctx, j.t.FileID)
	if err != nil {
		return Picture{}, downloadFailure(err)
	}
	p, err := inspect(data, false)
	p.Data, p.Person = data, j.t.Person
	return p, err
}

// filesInMemory bounds what files take of memory on their way to the service, in
// bytes: two of the largest, and their copies without metadata. Compressed photos
// are small.
const filesInMemory = 4 * maxFile

// file fetches a picture that was sent as a file. Its first bytes say whether the
// rest is worth fetching.
func (j *job) file(ctx context.Context) (Picture, error) {
	size := j.sent.size()
	if size <= 0 {
		size = maxFile
	}
	held, err := j.files.enter(ctx, j.t.Person, 2*size)
	if err != nil {
		return Picture{}, ErrInterrupted
	}
	p, err := j.fetch(ctx)
	if err != nil {
		held()
		return Picture{}, err
	}
	p.held, p.Person = held, j.t.Person
	return p, nil
}

func (j *job) fetch(ctx context.Context) (Picture, error) {
	body, head, size, err := j.begin(ctx)
	if err != nil {
		return Picture{}, err
	}
	defer body.Close()
	if kind, foreign := foreignKind(head); foreign {
		return Picture{}, &Failure{Code: CodeUnsupportedFile, Detail: kind}
	}
	data, err := readAll(body, size)
	if err != nil { // cut on the way: once more
		data, err = j.Files.Download(ctx, j.t.FileID)
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
	leave, err := j.stripping.enter(ctx, j.t.Person, 0)
	if err != nil {
		return Picture{}, ErrInterrupted
	}
	defer leave()
	p.Data, err = mrzimage.StripMetadata(data)
	if err != nil {
		return Picture{}, &Failure{Code: CodeUnsupportedFile, Detail: DetailDamaged}
	}
	return p, nil
}

// readAll reads what should be so many bytes.
func readAll(from io.Reader, size int64) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(max(size, 0), maxFile)) + bytes.MinRead)
	_, err := b.ReadFrom(from)
	return b.Bytes(), err
}

// inspect names the picture of which these are the first bytes, or says why it
// is not to be read. Only a file must be whole for that: what Telegram has
// compressed is a picture.
func inspect(data []byte, document bool) (Picture, error) {
	if kind, foreign := foreignKind(data); foreign {
		return Picture{}, &Failure{Code: CodeUnsupportedFile, Detail: kind}
	}
	info, err := mrzimage.Inspect(data)
	switch {
	case errors.Is(err, mrzimage.ErrTooLarge):
		return Picture{}, &Failure{Code: CodeTooLarge, Detail: DetailPixels}
	case errors.Is(err, mrzimage.ErrUnsupported):
		return Picture{}, &Failure{Code: CodeUnsupportedFile}
	case errors.Is(err, mrzimage.ErrDamaged) && document:
		return Picture{}, &Failure{Code: CodeUnsupportedFile, Detail: DetailDamaged}
	}
	kind := string(info.Kind)
	if kind == "" {
		kind = "jpeg" // Telegram's photos are
	}
	return Picture{Name: "photo." + strings.Replace(kind, "jpeg", "jpg", 1), Type: "image/" + kind}, nil
}

// downloadFailure sorts an error of the download.
func downloadFailure(err error) *Failure {
	var big interface{ TooLarge() bool }
	if errors.As(err, &big) && big.TooLarge() {
		return &Failure{Code: CodeTooLarge}
	}
	f := &Failure{Code: CodeDownloadFailed}
	if after, ok := retryAfter(err); ok {
		f.After = after
	} else {
		f.Detail = DetailGone
	}
	return f
}

// errorType names an error without its text, which may hold anything.
func errorType(err error) string { return fmt.Sprintf("%T", err) }
