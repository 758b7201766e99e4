package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"
	"mrzbot/sandbox/botapi"
)

const (
	// maxDownload is the largest file a bot may fetch
	// (https://core.telegram.org/bots/api#getfile).
	maxDownload = 20 << 20
	// linkLifetime is how long a link of getFile holds; then getFile is
	// called again.
	linkLifetime = time.Hour
)

// file is one picture or document Telegram keeps.
type file struct {
	id, uniqueID string
	name, mime   string
	path         string // under /file/bot<token>/
	data         []byte
	expires      time.Time // of the link; zero: none was given
}

// fileStore keeps files by id and by path. Equal bytes are kept once, so that
// a load test may send one picture ten thousand times.
type fileStore struct {
	limit  int // bytes
	byID   map[string]*file
	byPath map[string]*file
	blobs  map[string]*blob
	order  []*file // oldest first
	bytes  int
	made   int
}

type blob struct {
	data  []byte
	users int
}

// folders of links, as Telegram's look.
var folders = map[string]string{
	"photo": "photos", "sticker": "stickers", "video": "videos", "video_note": "video_notes", "animation": "animations",
	"voice": "voice", "audio": "music",
}

func newFileStore(limit int) fileStore {
	return fileStore{limit: limit, byID: map[string]*file{}, byPath: map[string]*file{}, blobs: map[string]*blob{}}
}

func (s *fileStore) add(kind, name, mime string, data []byte) *file {
	s.made++
	sum := sha256.Sum256(data)
	unique := "AQAD" + base64.RawURLEncoding.EncodeToString(sum[:9])
	stored, ok := s.blobs[unique]
	if !ok {
		stored = &blob{data: data}
		s.blobs[unique] = stored
		s.bytes += len(data)
	}
	stored.users++
	number := sha256.Sum256([]byte(strconv.Itoa(s.made)))
	folder, ok := folders[kind]
	if !ok {
		folder = "documents"
	}
	ending := path.Ext(name)
	if ending == "" && kind == "photo" {
		ending = ".jpg"
	}
	f := &file{
		id:       "AgACAgIAAxkBAAI" + base64.RawURLEncoding.EncodeToString(number[:]) + unique,
		uniqueID: unique, name: name, mime: mime, data: stored.data,
		path: fmt.Sprintf("%s/file_%d%s", folder, s.made, ending),
	}
	s.byID[f.id], s.byPath[f.path] = f, f
	s.order = append(s.order, f)
	for s.bytes > s.limit && len(s.order) > 1 {
		s.drop(s.order[0])
		s.order = s.order[1:]
	}
	return f
}

func (s *fileStore) drop(f *file) {
	delete(s.byID, f.id)
	delete(s.byPath, f.path)
	stored := s.blobs[f.uniqueID]
	if stored.users--; stored.users == 0 {
		delete(s.blobs, f.uniqueID)
		s.bytes -= len(stored.data)
	}
}

func (s *fileStore) known(id string) (*file, *botapi.Error) {
	f, ok := s.byID[id]
	if !ok {
		return nil, botapi.BadRequest("wrong file identifier/HTTP URL specified")
	}
	return f, nil
}

func (f *file) document() *models.Document {
	return &models.Document{
		FileID: f.id, FileUniqueID: f.uniqueID, FileName: f.name, MimeType: f.mime, FileSize: int64(len(f.data)),
	}
}

func (t *Telegram) getFile(q *botapi.Request) (any, *botapi.Error) {
	f, ok := t.files.byID[q.Fields["file_id"]]
	switch {
	case !ok:
		return nil, botapi.BadRequest("invalid file_id")
	case len(f.data) > maxDownload:
		return nil, botapi.BadRequest("file is too big")
	}
	f.expires = t.now().Add(linkLifetime)
	link := models.File{FileID: f.id, FileUniqueID: f.uniqueID, FileSize: int64(len(f.data)), FilePath: f.path}
	if t.local == "" {
		return link, nil
	}
	link.FilePath = filepath.Join(t.local, t.token, filepath.FromSlash(f.path))
	err := os.MkdirAll(filepath.Dir(link.FilePath), 0o700)
	if err == nil {
		err = os.WriteFile(link.FilePath, f.data, 0o600)
	}
	if err != nil {
		return nil, &botapi.Error{Code: http.StatusInternalServerError, Description: "Internal Server Error"}
	}
	return link, nil
}

// RunLocal plays a Bot API server that runs with --local from now on: files are
// kept in the folder, and getFile gives their paths there.
func (t *Telegram) RunLocal(folder string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.local = folder
}

// File is the content of a file, as the people in the chat have it.
func (t *Telegram) File(fileID string) ([]byte, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, ok := t.files.byID[fileID]
	if !ok {
		return nil, false
	}
	return f.data, true
}

// ExpireLinks lets every link of getFile run out now.
func (t *Telegram) ExpireLinks() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.files.byID {
		f.expires = time.Time{}
	}
}

func (t *Telegram) serveFile(w http.ResponseWriter, r *http.Request, rest string) {
	started := time.Now()
	call := Call{At: t.now(), Method: FileCall}
	defer func() {
		call.Took = time.Since(started)
		t.note(call)
	}()
	fault := t.takeFault(&call)
	if fault.before(w, r, &call) {
		return
	}
	token, name, _ := strings.Cut(rest, "/")
	t.mu.Lock()
	f, ok := t.files.byPath[name]
	ok = ok && t.local == "" && token == t.token && t.now().Before(f.expires)
	t.mu.Unlock()
	if !ok {
		call.Status, call.Error = http.StatusNotFound, "Not Found"
		writeError(w, &botapi.Error{Code: call.Status, Description: call.Error})
		return
	}
	call.Status = http.StatusOK
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(len(f.data)))
	if fault != nil && fault.Cut == CutAfter { // half a file is worse than none: it must be noticed
		_, _ = w.Write(f.data[:len(f.data)/2])
		_ = http.NewResponseController(w).Flush()
	}
	fault.after(&call)
	if r.Method != http.MethodHead {
		_, _ = w.Write(f.data)
	}
}
