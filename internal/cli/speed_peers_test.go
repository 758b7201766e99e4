package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/specimen"
)

// peers are Telegram and the service as cheap as they can be: what they cost
// is taken from the bot. They check nothing; package sandbox does that.
type peers struct {
	telegram, service string
	photo             []byte
	replies           []chan time.Time // by user: when the reply to a photo came
}

func newPeers(b *testing.B, users int, reads time.Duration) *peers {
	drawn, err := specimen.Card{Lines: card, Pattern: 0.25}.Draw()
	require.NoError(b, err)
	photo, err := specimen.Plain.Photo(1280, 960, 1).JPEG(drawn)
	require.NoError(b, err)
	p := &peers{photo: photo}
	for range users {
		p.replies = append(p.replies, make(chan time.Time, 1))
	}
	tg := httptest.NewServer(http.HandlerFunc(p.serveTelegram))
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-time.After(reads)
		answer, _ := json.Marshal(map[string]any{"status": "RECEIVED", "result": true, "mrz_string": strings.Join(card, "\n")})
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}))
	b.Cleanup(tg.Close)
	b.Cleanup(service.Close)
	p.telegram, p.service = tg.URL, service.URL
	return p
}

func (p *peers) serveTelegram(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/file/") {
		w.Header().Set("Content-Length", strconv.Itoa(len(p.photo)))
		_, _ = w.Write(p.photo)
		return
	}
	result := "true"
	switch _, method, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/"); method {
	case "getMe":
		result = `{"id":123456,"is_bot":true,"first_name":"T","username":"t_bot"}`
	case "getWebhookInfo":
		result = `{"url":"","pending_update_count":0}`
	case "getFile":
		result = fmt.Sprintf(`{"file_id":"f","file_unique_id":"u","file_size":%d,"file_path":"photos/f.jpg"}`, len(p.photo))
	case "sendMessage":
		var m struct {
			Chat int    `json:"chat_id"`
			Text string `json:"text"`
		}
		if json.NewDecoder(r.Body).Decode(&m) == nil && strings.Contains(m.Text, card[0]) {
			p.replies[m.Chat-firstUser] <- time.Now()
		}
		result = `{"message_id":1,"date":1,"chat":{"id":1,"type":"private"}}`
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"ok":true,"result":`+result+`}`)
}

// asFloor makes the test's binary run as the floor.
const asFloor = "MRZBOT_TEST_RUNS_AS_FLOOR"

// floor makes the calls that the bot makes for a photo: getFile, the download,
// the service, sendMessage. It keeps nothing, checks nothing and answers the
// webhook before it has begun.
type floor struct {
	client    *http.Client
	api, file string
	service   string
}

func runFloor(getenv func(string) string) error {
	telegram, token := getenv("TELEGRAM_API_URL"), getenv("TELEGRAM_BOT_TOKEN")
	f := floor{
		client:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 512, DisableCompression: true}},
		api:     telegram + "/bot" + token + "/",
		file:    telegram + "/file/bot" + token + "/",
		service: getenv("MRZ_API_URL"),
	}
	return http.ListenAndServe(getenv("LISTEN_ADDR"), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var u struct {
			Message struct {
				Chat  struct{ ID int64 }
				Photo []struct {
					FileID string `json:"file_id"`
				}
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&u); err != nil || len(u.Message.Photo) == 0 {
			return
		}
		go func() {
			if err := f.photo(u.Message.Chat.ID, u.Message.Photo[len(u.Message.Photo)-1].FileID); err != nil {
				log.Print(err)
			}
		}()
	}))
}

func (f *floor) photo(chat int64, id string) error {
	var link struct {
		Result struct {
			Path string `json:"file_path"`
			Size int    `json:"file_size"`
		}
	}
	if err := f.call(f.api+"getFile", "application/json", jsonOf(map[string]any{"file_id": id}), &link); err != nil {
		return err
	}
	res, err := f.client.Get(f.file + link.Result.Path)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var form bytes.Buffer
	form.Grow(link.Result.Size + 1024)
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("image", "photo.jpg")
	if err == nil {
		_, err = io.Copy(part, res.Body)
	}
	if err != nil {
		return err
	}
	_ = w.Close()
	var read struct {
		MRZ string `json:"mrz_string"`
	}
	if err := f.call(f.service, w.FormDataContentType(), &form, &read); err != nil {
		return err
	}
	return f.call(f.api+"sendMessage", "application/json", jsonOf(map[string]any{"chat_id": chat, "text": read.MRZ}), nil)
}

func (f *floor) call(url, contentType string, body io.Reader, result any) error {
	res, err := f.client.Post(url, contentType, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if result != nil {
		err = json.NewDecoder(res.Body).Decode(result)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	return err
}

func jsonOf(v any) io.Reader {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return bytes.NewReader(raw)
}
