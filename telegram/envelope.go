package telegram

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"mrzbot/storage"
)

const (
	// maxUpdateID is the largest update_id believed: what a Bot API id can be
	// (52 significant bits).
	maxUpdateID = 1<<52 - 1

	// maxFileID is far above the file ids there are, of 70 to 100 characters.
	maxFileID = 512
)

// envelope is the part of an update that decides where it goes. The rest stays
// in the bytes.
type envelope struct {
	ID       int64     `json:"update_id"`
	Message  *message  `json:"message"`
	Callback *callback `json:"callback_query"`
	Member   *message  `json:"my_chat_member"` // chat and from, like a message
}

type message struct {
	ID        int       `json:"message_id"`
	From      user      `json:"from"`
	Chat      chat      `json:"chat"`
	Photo     []photo   `json:"photo"`
	Document  *document `json:"document"`
	Video     *document `json:"video"`
	Animation *document `json:"animation"` // a document, too
}

type callback struct {
	From    user     `json:"from"`
	Message *message `json:"message"` // nil for a button of an inline message
}

type user struct {
	ID int64 `json:"id"`
}

type chat struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

type photo struct {
	FileID string `json:"file_id"`
	Unique string `json:"file_unique_id"`
	Width  int64  `json:"width"`
	Height int64  `json:"height"`
}

type document struct {
	FileID string `json:"file_id"`
	Unique string `json:"file_unique_id"`
	MIME   string `json:"mime_type"`
}

// sort makes the task of an update; nil for one that the bot has nothing to do
// with. The id is 0 when none can be read.
func sort(raw []byte, now time.Time) (t *storage.Task, id int64) {
	var e envelope
	// A wrong type somewhere leaves what was read before and after it in place.
	err := json.Unmarshal(raw, &e)
	if e.ID > 0 && e.ID <= maxUpdateID {
		id = e.ID
	}
	if err != nil || id == 0 {
		return undecodable(raw, id, now), id
	}

	m, from := e.Message, user{}
	switch {
	case m != nil:
		from = m.From
	case e.Callback != nil:
		m, from = e.Callback.Message, e.Callback.From
	case e.Member != nil:
		m, from = e.Member, e.Member.From
	}
	if m == nil || m.Chat.Type != "private" {
		return nil, id
	}
	if from.ID == 0 || m.Chat.ID == 0 || m.ID == 0 && e.Member == nil {
		return undecodable(raw, id, now), id
	}

	t = &storage.Task{
		ID:      taskID(id),
		Kind:    storage.KindUpdate,
		Order:   "chat:" + strconv.FormatInt(m.Chat.ID, 10),
		Person:  from.ID,
		Chat:    m.Chat.ID,
		Message: m.ID,
		Added:   now,
	}
	if fileID, unique, ok := picture(e.Message); ok {
		if !plausible(fileID) {
			return undecodable(raw, id, now), id
		}
		t.Kind, t.Order, t.FileID = storage.KindPhoto, photoOrder(from.ID, unique), fileID
	}
	return t, id
}

// photoOrder makes the order key of a picture. Pictures are worked side by
// side, one that waits holds up nothing, but for the same file of the same
// person: the second waits for what becomes of the first.
func photoOrder(person int64, unique string) string {
	if !plausible(unique) {
		return ""
	}
	return "photo:" + strconv.FormatInt(person, 10) + ":" + unique
}

// undecodable makes the task of an update that cannot be understood. Without
// an id it is named by its bytes, so that it, too, is stored once. It is nobody's,
// stored so that nothing is lost, and is to be quarantined.
func undecodable(raw []byte, id int64, now time.Time) *storage.Task {
	name := taskID(id)
	if id == 0 {
		sum := sha256.Sum256(raw)
		name = "update:" + hex.EncodeToString(sum[:])
	}
	return &storage.Task{ID: name, Kind: storage.KindUpdate, Added: now}
}

func taskID(update int64) string { return "update:" + strconv.FormatInt(update, 10) }

// picture gives the file to read in a message, and its name that is the same
// for the same file: the largest size of a photo, or a file. What a file holds,
// only its bytes say; but what Telegram plays as a video, and its sender calls
// one, is none.
func picture(m *message) (fileID, unique string, ok bool) {
	if m == nil {
		return "", "", false
	}
	var largest photo
	for _, p := range m.Photo {
		if p.Width*p.Height >= largest.Width*largest.Height {
			largest = p
		}
	}
	if len(m.Photo) > 0 {
		return largest.FileID, largest.Unique, true
	}
	for _, played := range []*document{m.Video, m.Animation} {
		if played != nil {
			mime := strings.ToLower(played.MIME)
			return played.FileID, played.Unique, mime != "" && !strings.HasPrefix(mime, "video/")
		}
	}
	if d := m.Document; d != nil {
		return d.FileID, d.Unique, true
	}
	return "", "", false
}

// plausible reports whether s can be a file id. It is stored in the clear and
// sent back to Telegram, so nothing else may pass for one.
func plausible(s string) bool {
	for _, c := range []byte(s) {
		if c != '-' && c != '_' && (c < '0' || c > '9') && !letter(rune(c)) {
			return false
		}
	}
	return s != "" && len(s) <= maxFileID
}

func letter(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
