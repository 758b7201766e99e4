package scan

import (
	"fmt"

	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
)

// sent is what a photo's update says about the picture; everything else in the
// update stays sealed and unread.
type sent struct {
	Message struct {
		Date    int64  `json:"date,omitempty"`           // by Telegram's clock, in Unix seconds
		Group   string `json:"media_group_id,omitempty"` // of those sent together
		Caption string `json:"caption,omitempty"`
		From    struct {
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
	// Anyway: it goes to the service whatever it looks like here, as its person wants.
	// No update has that: it is set by the button that asks (see copyOf).
	Anyway bool `json:"mrzbot_send_anyway,omitempty"`
}

type sentFile struct {
	Size int64 `json:"file_size"`
}

// refuse finds what can be said of the picture before it is fetched. What kind
// of file it is, only its bytes say.
func (s *sent) refuse() *outcome.Failure {
	if s.size() > reader.MaxFile {
		return &outcome.Failure{Code: outcome.TooLarge}
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

// errorType names an error without its text, which may hold anything.
func errorType(err error) string { return fmt.Sprintf("%T", err) }
