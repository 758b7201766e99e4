package faketelegram

import (
	"slices"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/sandbox/botapi"
)

// SendDocument sends a file as it is. mime is what the app says of it.
func (t *Server) SendDocument(p Person, name, mime string, data []byte, caption string, options ...Option) int {
	caption = botapi.Plain(caption)
	m := &message{wire: wireMessage{Caption: caption, CaptionEntities: commandsIn(caption)}}
	t.mu.Lock()
	m.wire.Document = t.files.add("document", name, mime, data).document()
	t.mu.Unlock()
	return t.send(p, drafted(options), m)
}

// SendOther sends something a scanner of cards has no use for: a "sticker",
// "video", "video_note", "animation", "voice", "audio", "contact" or
// "location". Unknown kinds are not sent: 0.
func (t *Server) SendOther(p Person, kind string, options ...Option) int {
	t.mu.Lock()
	m := &message{}
	ok := t.fill(&m.wire, p, kind)
	t.mu.Unlock()
	if !ok {
		return 0
	}
	return t.send(p, drafted(options), m)
}

func (t *Server) fill(w *wireMessage, p Person, kind string) bool {
	const seconds, side = 3, 512
	file := func(name, mime string) *file {
		return t.files.add(kind, name, mime, []byte("a "+kind+" that nobody plays"))
	}
	switch kind {
	case "sticker":
		f := file("sticker.webp", "image/webp")
		w.Sticker = &models.Sticker{
			FileID: f.id, FileUniqueID: f.uniqueID, Type: "regular", Width: side, Height: side, Emoji: "👍",
		}
	case "video":
		f := file("video.mp4", "video/mp4")
		w.Video = &models.Video{
			FileID: f.id, FileUniqueID: f.uniqueID, Width: side, Height: side, Duration: seconds, MimeType: f.mime,
		}
	case "video_note":
		f := file("note.mp4", "video/mp4")
		w.VideoNote = object{"file_id": f.id, "file_unique_id": f.uniqueID, "length": side, "duration": seconds}
	case "animation":
		w.Animation = file("animation.mp4", "video/mp4").document()
		w.Document = w.Animation // Telegram sets both, for old bots
	case "voice", "audio":
		f := file("voice.ogg", "audio/ogg")
		sound := &models.Voice{FileID: f.id, FileUniqueID: f.uniqueID, Duration: seconds, MimeType: f.mime}
		if w.Voice = sound; kind == "audio" {
			w.Voice, w.Audio = nil, sound
		}
	case "contact":
		w.Contact = &models.Contact{PhoneNumber: "+996000000000", FirstName: p.FirstName, LastName: p.LastName, UserID: p.ID}
	case "location":
		w.Location = &models.Location{Longitude: 74.6, Latitude: 42.9}
	default:
		return false
	}
	return true
}

// SendContact shares somebody's contact; one without an id is not on Telegram.
func (t *Server) SendContact(p, whose Person, options ...Option) int {
	return t.send(p, drafted(options), &message{wire: wireMessage{Contact: &models.Contact{
		PhoneNumber: "+996000000000", FirstName: whose.FirstName, LastName: whose.LastName, UserID: whose.ID,
	}}})
}

// ShareUsers answers a keyboard button that asked for users. Their names are told
// if it asked for them; more users than it takes cannot be chosen: 0.
func (t *Server) ShareUsers(p Person, requestID int, users ...Person) int {
	pick, ok := t.requestForUsers(p.ID, requestID)
	if ok && len(users) > max(1, pick.MaxQuantity) {
		return 0
	}
	shared := &models.UsersShared{RequestID: requestID}
	var names []string
	for _, u := range users {
		names = append(names, u.Name())
		told := models.SharedUser{UserID: u.ID}
		if pick.RequestName {
			told.FirstName, told.LastName = u.FirstName, u.LastName
		}
		if pick.RequestUsername {
			told.Username = u.Username
		}
		shared.Users = append(shared.Users, told)
	}
	return t.send(p, draft{}, &message{picked: strings.Join(names, ", "), wire: wireMessage{UsersShared: shared}})
}

// requestForUsers finds the button that asks for users under this number.
func (t *Server) requestForUsers(chat int64, requestID int) (botapi.UserPick, bool) {
	rows, _ := t.Keyboard(chat)
	for _, key := range slices.Concat(rows...) {
		if key.RequestUsers != nil && key.RequestUsers.RequestID == requestID {
			return *key.RequestUsers, true
		}
	}
	return botapi.UserPick{}, false
}
