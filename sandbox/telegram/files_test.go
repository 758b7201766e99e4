package faketelegram

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
)

func TestPhotoIsMadeAsTheAppsDo(t *testing.T) {
	tg := newServer(t, Config{})
	for name, c := range map[string]struct {
		w, h int
		want [][2]int
	}{
		"large": {1400, 875, [][2]int{{90, 56}, {320, 200}, {800, 500}, {1280, 800}}},
		"small": {600, 400, [][2]int{{90, 60}, {320, 213}, {600, 400}}},
	} {
		_, err := tg.SendPhoto(aibek, drawn(c.w, c.h), "/cap")
		require.NoError(t, err)
		list := updates(t, tg)
		m := list[len(list)-1].Message
		var got [][2]int
		for _, size := range m.Photo {
			got = append(got, [2]int{size.Width, size.Height})
		}
		require.Equal(t, c.want, got, name)
		require.Equal(t, models.MessageEntity{Type: "bot_command", Length: 4}, m.CaptionEntities[0])
		largest := m.Photo[len(m.Photo)-1]
		data, ok := tg.File(largest.FileID)
		require.True(t, ok)
		require.Len(t, data, largest.FileSize)
		config, err := jpeg.DecodeConfig(bytes.NewReader(data))
		require.NoError(t, err)
		require.Equal(t, largest.Width, config.Width)
	}
	_, err := tg.SendPhoto(aibek, []byte("no picture"), "")
	require.ErrorIs(t, err, ErrPicture)
	_, err = tg.SendPhoto(aibek, drawn(100, 4), "")
	require.ErrorIs(t, err, ErrPicture, "too narrow")
}

// withOrientation puts an EXIF segment into a JPEG.
func withOrientation(picture []byte, value byte) []byte {
	segment := append([]byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), value, 0, 0, 0, 0, 0, 0)
	head := []byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(segment) + 2)}
	return append(append(head, segment...), picture[2:]...)
}

func TestPhotoIsTurnedUprightAndLosesMetadata(t *testing.T) {
	// A picture with a white left half; what EXIF says decides where white
	// must be seen afterwards.
	stored := image.NewGray(image.Rect(0, 0, 80, 60))
	for y := range 60 {
		for x := range 40 {
			stored.SetGray(x, y, color.Gray{255})
		}
	}
	for y := range 30 { // and a grey top right quarter, to tell mirrored ones apart
		for x := 40; x < 80; x++ {
			stored.SetGray(x, y, color.Gray{128})
		}
	}
	var plain bytes.Buffer
	require.NoError(t, jpeg.Encode(&plain, stored, nil))
	for value, want := range map[byte][4]int{ // brightness at top left, top right, bottom left, bottom right
		1: {255, 128, 255, 0},
		2: {128, 255, 0, 255},
		3: {0, 255, 128, 255},
		4: {255, 0, 255, 128},
		5: {255, 255, 128, 0},
		6: {255, 255, 0, 128},
		7: {0, 128, 255, 255},
		8: {128, 0, 255, 255},
	} {
		tg := newServer(t, Config{})
		n, err := tg.SendPhoto(aibek, withOrientation(plain.Bytes(), value), "")
		require.NoError(t, err)
		m, _ := tg.Message(n)
		data, _ := tg.File(m.File.FileID)
		require.NotContains(t, string(data), "Exif")
		seen, err := jpeg.Decode(bytes.NewReader(data))
		require.NoError(t, err)
		w, h := seen.Bounds().Dx(), seen.Bounds().Dy()
		for i, at := range []image.Point{{w / 4, h / 4}, {3 * w / 4, h / 4}, {w / 4, 3 * h / 4}, {3 * w / 4, 3 * h / 4}} {
			r, _, _, _ := seen.At(at.X, at.Y).RGBA()
			require.InDelta(t, want[i], int(r>>8), 40, "orientation %d, corner %d", value, i)
		}
	}
}

func TestPhotoUnchanged(t *testing.T) {
	tg := newServer(t, Config{})
	picture := withOrientation(drawn(1400, 900), 1)
	first, err := tg.SendPhoto(aibek, picture, "", Unchanged())
	require.NoError(t, err)
	second, err := tg.SendPhoto(gulnara, picture, "", Unchanged())
	require.NoError(t, err)
	a, _ := tg.Message(first)
	b, _ := tg.Message(second)
	data, _ := tg.File(a.File.FileID)
	require.Equal(t, picture, data)
	require.NotEqual(t, a.File.FileID, b.File.FileID)
	list := updates(t, tg)
	require.Equal(t, list[0].Message.Photo[0].FileUniqueID, list[1].Message.Photo[0].FileUniqueID, "the same picture is known again")
}

func fetch(tg *Server, token, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	tg.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/file/bot"+token+"/"+path, nil))
	return w
}

func TestFileLinks(t *testing.T) {
	days := newCalendar()
	tg := newServer(t, Config{Now: days.now})
	n := tg.SendDocument(aibek, "card.jpg", "image/jpeg", []byte("content"), "")
	m, _ := tg.Message(n)
	var f models.File
	link := func() string {
		answer := call(tg, "getFile", "file_id", m.File.FileID)
		require.True(t, answer.OK, answer.Description)
		require.NoError(t, json.Unmarshal(answer.Result, &f))
		return f.FilePath
	}
	path := link()
	require.Equal(t, "documents/file_1.jpg", path)
	require.EqualValues(t, 7, f.FileSize)
	require.Equal(t, "content", fetch(tg, testToken, path).Body.String())
	require.Equal(t, 404, fetch(tg, "7000000001:wrongwrongwrongwrongwrongwrong0000", path).Code)
	require.Equal(t, 404, fetch(tg, testToken, "documents/file_2.jpg").Code)

	days.turn(linkLifetime)
	require.Equal(t, 404, fetch(tg, testToken, path).Code, "a link holds an hour")
	require.Equal(t, 200, fetch(tg, testToken, link()).Code)
	tg.ExpireLinks()
	require.Equal(t, 404, fetch(tg, testToken, path).Code)

	require.Equal(t, "Bad Request: invalid file_id", call(tg, "getFile", "file_id", "x").Description)
	big, _ := tg.Message(tg.SendDocument(aibek, "big.bin", "", make([]byte, maxDownload+1), ""))
	require.Equal(t, "Bad Request: file is too big", call(tg, "getFile", "file_id", big.File.FileID).Description)
}

func TestBotSendsFiles(t *testing.T) {
	tg := newServer(t, Config{})
	tg.Say(gulnara, "/export")
	answer := upload(tg, "sendDocument", "document", "ledger.csv", []byte("a;b\n"), "chat_id", "1002", "caption", "<b>All</b>", "parse_mode", "HTML")
	require.True(t, answer.OK, answer.Description)
	list := tg.Messages(1002)
	m := list[len(list)-1]
	require.Equal(t, "document", m.Kind)
	require.Equal(t, "All", m.Text)
	require.Equal(t, "ledger.csv", m.File.Name)
	data, _ := tg.File(m.File.FileID)
	require.Equal(t, "a;b\n", string(data))
	require.True(t, call(tg, "sendDocument", "chat_id", "1002", "document", m.File.FileID).OK, "a known file may be sent again")
	require.Equal(t, 400, call(tg, "sendDocument", "chat_id", "1002", "document", "https://x/y").Code)

	require.True(t, upload(tg, "sendPhoto", "photo", "a.jpg", drawn(300, 200), "chat_id", "1002").OK)
	require.Equal(t, "Bad Request: IMAGE_PROCESS_FAILED", upload(tg, "sendPhoto", "photo", "a.jpg", []byte("x"), "chat_id", "1002").Description)
	attached := upload(tg, "sendDocument", "f1", "x.txt", []byte("x"), "chat_id", "1002", "document", "attach://f1")
	require.True(t, attached.OK, attached.Description)
}

func TestMemoryOfFilesIsBounded(t *testing.T) {
	s := newFileStore(100)
	first := s.add("document", "a", "", make([]byte, 50))
	again := s.add("document", "a", "", make([]byte, 50))
	require.Equal(t, 50, s.bytes, "equal bytes are kept once")
	last := s.add("document", "b", "", bytes.Repeat([]byte("b"), 75))
	require.Len(t, s.byID, 1)
	require.Equal(t, 75, s.bytes)
	require.NotContains(t, s.byID, first.id)
	require.NotContains(t, s.byPath, again.path)
	require.Contains(t, s.byID, last.id)
}

func TestOldMessagesGo(t *testing.T) {
	tg := newServer(t, Config{Now: func() time.Time { return time.Unix(1, 0) }})
	first := tg.Say(aibek, "first")
	for range maxMessagesPerChat {
		tg.Say(aibek, "more")
	}
	_, ok := tg.Message(first)
	require.False(t, ok)
	require.Len(t, tg.Messages(1001), maxMessagesPerChat)
}
