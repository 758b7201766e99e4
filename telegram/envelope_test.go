package telegram

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// want is what becomes of an update, in short: the kind, and the task's fields.
type want struct {
	kind    storage.Kind // "": not stored
	file    string
	person  int64
	message int
	strange bool // stored, to be quarantined
	hashed  bool // and named by its bytes
}

const (
	me      = `"from":{"id":77},"chat":{"id":77,"type":"private"}`
	group   = `"from":{"id":77},"chat":{"id":-100,"type":"supergroup"}`
	update1 = `{"update_id":1,`
)

var envelopes = []struct {
	name string
	raw  string
	want want
}{
	{"photo", update1 + `"message":{"message_id":5,` + me + `,"media_group_id":"9","photo":[
		{"file_id":"small","width":90,"height":60},{"file_id":"large","width":1280,"height":800},{"file_id":"mid","width":320,"height":200}]}}`,
		want{kind: storage.KindPhoto, file: "large", person: 77, message: 5}},
	{"photo without measures", update1 + `"message":{"message_id":5,` + me + `,"photo":[{"file_id":"a"},{"file_id":"b"}]}}`,
		want{kind: storage.KindPhoto, file: "b", person: 77, message: 5}},
	{"picture file", update1 + `"message":{"message_id":5,` + me + `,"document":{"file_id":"D-_1","mime_type":"Image/HEIC","file_name":"TESTOVA.heic"}}}`,
		want{kind: storage.KindPhoto, file: "D-_1", person: 77, message: 5}},
	{"picture file without a type", update1 + `"message":{"message_id":5,` + me + `,"document":{"file_id":"D","file_name":"IMG.0001.JPeG"}}}`,
		want{kind: storage.KindPhoto, file: "D", person: 77, message: 5}},
	{"a file that may be anything", update1 + `"message":{"message_id":5,` + me + `,"document":{"file_id":"D","mime_type":"application/octet-stream","file_name":"IMG_0001.JPG"}}}`,
		want{kind: storage.KindPhoto, file: "D", person: 77, message: 5}},
	{"a file of another type", update1 + `"message":{"message_id":5,` + me + `,"document":{"file_id":"D","mime_type":"application/pdf","file_name":"a.jpg"}}}`,
		want{kind: storage.KindPhoto, file: "D", person: 77, message: 5}},
	{"a file without type and name", update1 + `"message":{"message_id":5,` + me + `,"document":{"file_id":"D"}}}`,
		want{kind: storage.KindPhoto, file: "D", person: 77, message: 5}},
	{"a video that is called a picture", update1 + `"message":{"message_id":5,` + me + `,"video":{"file_id":"V","mime_type":"image/jpeg"}}}`,
		want{kind: storage.KindPhoto, file: "V", person: 77, message: 5}},
	{"a video", update1 + `"message":{"message_id":5,` + me + `,"video":{"file_id":"V","mime_type":"video/quicktime"}}}`,
		want{kind: storage.KindUpdate, person: 77, message: 5}},
	{"an animation that is called a picture", update1 + `"message":{"message_id":5,` + me + `,"animation":{"file_id":"A","mime_type":"image/gif"},"document":{"file_id":"A","mime_type":"image/gif"}}}`,
		want{kind: storage.KindPhoto, file: "A", person: 77, message: 5}},
	{"an animation", update1 + `"message":{"message_id":5,` + me + `,"animation":{"file_id":"A","mime_type":"video/mp4"},"document":{"file_id":"A","mime_type":"video/mp4"}}}`,
		want{kind: storage.KindUpdate, person: 77, message: 5}},
	{"no photo in the list", update1 + `"message":{"message_id":5,` + me + `,"photo":[]}}`,
		want{kind: storage.KindUpdate, person: 77, message: 5}},
	{"button", update1 + `"callback_query":{"id":"4","from":{"id":77},"data":"x","message":{"message_id":6,"from":{"id":1},"chat":{"id":77,"type":"private"},"photo":[{"file_id":"a"}]}}}`,
		want{kind: storage.KindUpdate, person: 77, message: 6}},
	{"button of a message that is gone", update1 + `"callback_query":{"id":"4","from":{"id":77},"message":{"message_id":6,"date":0,"chat":{"id":77,"type":"private"}}}}`,
		want{kind: storage.KindUpdate, person: 77, message: 6}},
	{"button of an inline message", update1 + `"callback_query":{"id":"4","from":{"id":77},"inline_message_id":"z"}}`, want{}},
	{"button in a group", update1 + `"callback_query":{"id":"4","from":{"id":77},"message":{"message_id":6,` + group + `}}}`, want{}},
	{"blocked by the person", update1 + `"my_chat_member":{` + me + `,"date":1,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked"}}}`,
		want{kind: storage.KindUpdate, person: 77}},
	{"added to a group", update1 + `"my_chat_member":{` + group + `}}`, want{}},
	{"photo in a group", update1 + `"message":{"message_id":5,` + group + `,"photo":[{"file_id":"a"}]}}`, want{}},
	{"channel post", update1 + `"channel_post":{"message_id":5,"chat":{"id":-100,"type":"channel"}}}`, want{}},
	{"edited message", update1 + `"edited_message":{"message_id":5,` + me + `}}`, want{}},
	{"a kind of tomorrow", update1 + `"telepathy":{"thought":1}}`, want{}},
	{"nothing but an id", `{"update_id":1}`, want{}},
	{"largest id", `{"update_id":4503599627370495,"message":{"message_id":5,` + me + `}}`,
		want{kind: storage.KindUpdate, person: 77, message: 5}},
	{"a key twice", `{"update_id":9,"update_id":1,"message":{"message_id":5,` + me + `}}`,
		want{kind: storage.KindUpdate, person: 77, message: 5}},
	{"bytes that are no UTF-8", update1 + `"message":{"message_id":5,` + me + ",\"text\":\"\xff\xfe\"}}",
		want{kind: storage.KindUpdate, person: 77, message: 5}},

	{"no sender", update1 + `"message":{"message_id":5,"chat":{"id":77,"type":"private"}}}`, want{strange: true}},
	{"no message id", update1 + `"message":{` + me + `}}`, want{strange: true}},
	{"no chat id", update1 + `"message":{"message_id":5,"from":{"id":77},"chat":{"type":"private"}}}`, want{strange: true}},
	{"photo without a file", update1 + `"message":{"message_id":5,` + me + `,"photo":[{"width":1,"height":1}]}}`, want{strange: true}},
	{"a file id that is none", update1 + `"message":{"message_id":5,` + me + `,"photo":[{"file_id":"../../bot?x"}]}}`, want{strange: true}},
	{"a file id without end", update1 + `"message":{"message_id":5,` + me + `,"photo":[{"file_id":"` + strings.Repeat("a", maxFileID+1) + `"}]}}`, want{strange: true}},
	{"message of a wrong type", update1 + `"message":"hello"}`, want{strange: true}},
	{"message id of a wrong type", update1 + `"message":{"message_id":"5",` + me + `}}`, want{strange: true}},
	{"a huge number", update1 + `"message":{"message_id":1e400,` + me + `}}`, want{strange: true}},
	{"a huge chat id", update1 + `"message":{"message_id":5,"from":{"id":77},"chat":{"id":99999999999999999999,"type":"private"}}}`, want{strange: true}},
	{"photo of a wrong type", update1 + `"message":{"message_id":5,` + me + `,"photo":{"file_id":"a"}}}`, want{strange: true}},
	{"the id comes after the fault", `{"message":7,"update_id":1}`, want{strange: true}},

	{"no id", `{"message":{"message_id":5,` + me + `}}`, want{strange: true, hashed: true}},
	{"id of a wrong type", `{"update_id":"1","message":{"message_id":5,` + me + `}}`, want{strange: true, hashed: true}},
	{"id zero", `{"update_id":0,"message":{"message_id":5,` + me + `}}`, want{strange: true, hashed: true}},
	{"id negative", `{"update_id":-1,"message":{"message_id":5,` + me + `}}`, want{strange: true, hashed: true}},
	{"id with a fraction", `{"update_id":1.5}`, want{strange: true, hashed: true}},
	{"id too large", `{"update_id":4503599627370496}`, want{strange: true, hashed: true}},
	{"id far too large", `{"update_id":1` + strings.Repeat("0", 400) + `}`, want{strange: true, hashed: true}},
	{"cut", `{"update_id":1,"message":{"message_id":5,`, want{strange: true, hashed: true}},
	{"two in one", `{"update_id":1}{"update_id":2}`, want{strange: true, hashed: true}},
	{"no object", `[1]`, want{strange: true, hashed: true}},
	{"null", `null`, want{strange: true, hashed: true}},
	{"nothing", ``, want{strange: true, hashed: true}},
	{"deep", update1 + `"message":` + strings.Repeat(`[`, 100_000) + strings.Repeat(`]`, 100_000) + `}`, want{strange: true, hashed: true}},
}

func TestSort(t *testing.T) {
	at := time.Unix(1777880000, 0)
	for _, c := range envelopes {
		t.Run(c.name, func(t *testing.T) {
			task, id := sort([]byte(c.raw), at)
			if c.want == (want{}) {
				require.Nil(t, task)
				require.EqualValues(t, 1, id)
				return
			}
			expected := storage.Task{ID: taskID(id), Kind: c.want.kind, Person: c.want.person, Message: c.want.message, FileID: c.want.file, Added: at}
			if c.want.hashed {
				sum := sha256.Sum256([]byte(c.raw))
				require.Zero(t, id)
				expected.ID = "update:" + hex.EncodeToString(sum[:])
			} else {
				require.Positive(t, id)
			}
			switch {
			case c.want.strange:
				expected.Kind = storage.KindUpdate
			case c.want.kind == storage.KindUpdate:
				expected.Chat, expected.Order = 77, "chat:77"
			default:
				expected.Chat = 77
			}
			require.Equal(t, expected, *task)
		})
	}
}
