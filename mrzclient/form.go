package mrzclient

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/textproto"
	"regexp"
	"sync"
	"sync/atomic"
)

// What can be wrong with a Picture, found with errors.Is.
var (
	// ErrSize says that Body gave more or fewer bytes than Size.
	ErrSize = errors.New("the picture's size is not what was said")
	// ErrPicture says that a field of Picture is missing or malformed.
	ErrPicture = errors.New("the picture is not filled in right")
)

// errClosed ends the reading of a body nobody waits for any more.
var errClosed = errors.New("mrzclient: the call is over")

const (
	defaultName = "image.jpg"
	defaultType = "image/jpeg"
)

// mediaType is type/subtype of RFC 9110, 8.3.1, without parameters.
var mediaType = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+/[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// Picture is what is to be read.
type Picture struct {
	// Name is the file's name; empty: image.jpg.
	Name string
	// ContentType is the picture's media type; empty: image/jpeg.
	ContentType string
	// Size is how many bytes Body gives, exactly.
	Size int64
	// Body gives the picture once. If it is an io.Closer, Read closes it: at
	// its end, or when the time is up, so that a Body that waits for a network
	// must be one. Any other must not block. Body is not touched after Read
	// has returned.
	Body io.Reader
}

// form is the request's body: the key and the picture as multipart/form-data.
// The picture is passed through and never held.
type form struct {
	contentType string
	length      int64 // of the whole body in bytes

	// reading is held by Read, for as long as the picture's reader takes. What
	// others ask meanwhile is in the atomics below it.
	reading sync.Mutex
	head    []byte // what comes before the picture and is still to be given
	picture io.Reader
	left    int64 // of the picture
	checked bool  // the picture ended where it should
	tail    []byte

	once    sync.Once
	closing atomic.Bool           // nobody waits for the body any more
	stalled atomic.Bool           // the picture's reader was waited for then
	done    atomic.Bool           // the last byte was given
	unsent  atomic.Bool           // writing the request failed
	failed  atomic.Pointer[error] // why the picture could not be taken
}

func newForm(key Key, p Picture) (*form, error) {
	if p.Name == "" {
		p.Name = defaultName
	}
	if p.ContentType == "" {
		p.ContentType = defaultType
	}
	if p.Body == nil || p.Size <= 0 || !mediaType.MatchString(p.ContentType) {
		return nil, ErrPicture
	}

	// The writer's boundary is random: a picture made to contain it could
	// bring fields of its own along.
	var frame bytes.Buffer
	w := multipart.NewWriter(&frame)
	if err := w.WriteField("api_key", string(key)); err != nil {
		return nil, err
	}
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", multipart.FileContentDisposition("image", p.Name))
	header.Set("Content-Type", p.ContentType)
	if _, err := w.CreatePart(header); err != nil {
		return nil, err
	}
	before := frame.Len()
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &form{
		contentType: w.FormDataContentType(),
		length:      int64(frame.Len()) + p.Size,
		head:        frame.Bytes()[:before],
		picture:     p.Body,
		left:        p.Size,
		tail:        frame.Bytes()[before:],
	}, nil
}

// Read gives the next bytes. The end of the form is given only once the picture
// has proved to be of its size, so that a wrong one is never a whole request.
func (f *form) Read(p []byte) (int, error) {
	f.reading.Lock()
	defer f.reading.Unlock()
	if f.done.Load() {
		// Also when closed meanwhile: the transport looks once more for an end
		// after the last byte, and would take an error for a failure to write.
		return 0, io.EOF
	}
	if f.closing.Load() {
		return 0, errClosed
	}
	if err := f.failure(); err != nil {
		return 0, err
	}
	if len(f.head) > 0 {
		n := copy(p, f.head)
		f.head = f.head[n:]
		return n, nil
	}
	if f.left > 0 {
		return f.readPicture(p)
	}
	if err := f.checkEnd(); err != nil {
		return 0, err
	}
	n := copy(p, f.tail)
	f.tail = f.tail[n:]
	f.done.Store(len(f.tail) == 0)
	return n, nil
}

func (f *form) readPicture(p []byte) (int, error) {
	n, err := f.picture.Read(p[:min(int64(len(p)), f.left)])
	f.left -= int64(n)
	switch {
	case err == nil, err == io.EOF && f.left == 0:
		return n, nil
	case err == io.EOF:
		err = ErrSize
	}
	return n, f.fail(err)
}

// checkEnd sees to it that nothing comes after the picture's last byte.
func (f *form) checkEnd() error {
	if f.checked {
		return nil
	}
	var more [1]byte
	switch n, err := io.ReadFull(f.picture, more[:]); {
	case n > 0:
		return f.fail(ErrSize)
	case err != io.EOF:
		return f.fail(err)
	}
	f.checked = true
	return nil
}

// fail keeps the picture's own failure. One that comes from being closed says
// only that the reader was being waited for.
func (f *form) fail(err error) error {
	if f.closing.Load() {
		f.stalled.Store(true)
		return errClosed
	}
	f.failed.Store(&err)
	return err
}

// Close ends the reading and waits for a read under way. It may be called often.
func (f *form) Close() error {
	f.closing.Store(true)
	f.once.Do(func() { closePicture(f.picture) })
	f.reading.Lock()
	defer f.reading.Unlock()
	return nil
}

// wrote takes what httptrace says of the request's writing.
func (f *form) wrote(err error) {
	if err != nil {
		f.unsent.Store(true)
	}
}

// sent reports whether the last byte was written. The transport tells of that
// before it empties its last buffer, and some do not tell at all: where it is
// uncertain, a body that was given to its end counts as written.
func (f *form) sent() bool { return f.done.Load() && !f.unsent.Load() }

// failure is why the picture could not be taken, or nil.
func (f *form) failure() error {
	if err := f.failed.Load(); err != nil {
		return *err
	}
	return nil
}

func closePicture(picture io.Reader) {
	if closer, ok := picture.(io.Closer); ok {
		_ = closer.Close() // nothing is lost: what was needed was read
	}
}
