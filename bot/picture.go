package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
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
		Document *sentFile `json:"document"`
	} `json:"message"`
}

type sentFile struct {
	Name string `json:"file_name"`
	Type string `json:"mime_type"`
	Size int64  `json:"file_size"`
}

// refuse finds what can be said of the picture before it is fetched.
func (s *sent) refuse() *Failure {
	size := int64(0)
	if d := s.Message.Document; d != nil {
		size = d.Size
		ext := strings.ToLower(path.Ext(d.Name))
		mime := strings.ToLower(d.Type)
		if mime == "image/heic" || mime == "image/heif" || ext == ".heic" || ext == ".heif" {
			return &Failure{Code: CodeUnsupportedFile, Detail: DetailHEIC}
		}
	}
	for _, p := range s.Message.Photo {
		size = max(size, p.Size)
	}
	if size > maxFile {
		return &Failure{Code: CodeTooLarge}
	}
	return nil
}

// picture fetches the file and makes it ready to be read.
func (j *job) picture(ctx context.Context) (Picture, error) {
	document := j.sent.Message.Document != nil
	if j.Stream && !document {
		return j.stream(ctx)
	}
	data, err := j.Files.Download(ctx, j.t.FileID)
	if err != nil {
		return Picture{}, downloadFailure(err)
	}
	p, err := inspect(data, document)
	if err != nil {
		return Picture{}, err
	}
	// A file still carries what the phone wrote into it, the place included.
	// Telegram has taken that out of a compressed photo already.
	if document {
		if data, err = mrzimage.StripMetadata(data); err != nil {
			return Picture{}, &Failure{Code: CodeUnsupportedFile, Detail: DetailDamaged}
		}
	}
	p.Data = data
	return p, nil
}

// inspect names the picture of which these are the first bytes, or says why it
// is not to be read. Only a file must be whole for that: what Telegram has
// compressed is a picture.
func inspect(data []byte, document bool) (Picture, error) {
	if isHEIC(data) {
		return Picture{}, &Failure{Code: CodeUnsupportedFile, Detail: DetailHEIC}
	}
	info, err := mrzimage.Inspect(data)
	switch {
	case errors.Is(err, mrzimage.ErrTooLarge):
		return Picture{}, &Failure{Code: CodeTooLarge, Detail: DetailPixels}
	case errors.Is(err, mrzimage.ErrUnsupported):
		return Picture{}, &Failure{Code: CodeUnsupportedFile}
	case err != nil && document:
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

// isHEIC knows Apple's pictures by their first bytes: a box "ftyp" with a
// brand of the HEIF family (ISO/IEC 23008-12).
func isHEIC(data []byte) bool {
	if len(data) < 12 || !bytes.Equal(data[4:8], []byte("ftyp")) {
		return false
	}
	switch string(data[8:12]) {
	case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1":
		return true
	}
	return false
}

// errorType names an error without its text, which may hold anything.
func errorType(err error) string { return fmt.Sprintf("%T", err) }
