package telegram

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-telegram/bot/models"

	"mrzbot/storage"
)

// nowhere is a store that keeps nothing.
type nowhere struct{}

func (nowhere) AddTask(context.Context, storage.Task) (bool, error) { return true, nil }

// photoUpdate is a photo as Telegram sends it.
const photoUpdate = `{"update_id":123456789,"message":{"message_id":4321,
	"from":{"id":1234567890,"is_bot":false,"first_name":"Aigul","last_name":"T","username":"aigul","language_code":"ky"},
	"chat":{"id":1234567890,"first_name":"Aigul","last_name":"T","username":"aigul","type":"private"},"date":1777880000,
	"photo":[
	{"file_id":"AgACAgIAAxkBAAIBZ2YAAWJ5YWJ5YWJ5YWJ5YWJ5YWJ5YWJ5YQACAQADAgADcwADNAQ","file_unique_id":"AQADAAFAAkF4","file_size":1234,"width":90,"height":57},
	{"file_id":"AgACAgIAAxkBAAIBZ2YAAWJ5YWJ5YWJ5YWJ5YWJ5YWJ5YWJ5YQACAQADAgADbQADNAQ","file_unique_id":"AQADAAFAAkFy","file_size":12345,"width":320,"height":202},
	{"file_id":"AgACAgIAAxkBAAIBZ2YAAWJ5YWJ5YWJ5YWJ5YWJ5YWJ5YWJ5YQACAQADAgADeAADNAQ","file_unique_id":"AQADAAFAAkF9","file_size":54321,"width":800,"height":505},
	{"file_id":"AgACAgIAAxkBAAIBZ2YAAWJ5YWJ5YWJ5YWJ5YWJ5YWJ5YWJ5YQACAQADAgADeQADNAQ","file_unique_id":"AQADAAFAAkF-","file_size":204800,"width":1280,"height":808}]}}`

func BenchmarkDoor(b *testing.B) {
	d, err := NewDoor(DoorConfig{Store: nowhere{}, Seal: wax{}, Secret: hookSecret})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("accept", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := d.Accept(b.Context(), []byte(photoUpdate)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("POST", func(b *testing.B) {
		s := httptest.NewServer(d)
		defer s.Close()
		client := s.Client()
		b.ReportAllocs()
		for b.Loop() {
			r, err := http.NewRequest(http.MethodPost, s.URL, strings.NewReader(photoUpdate))
			if err != nil {
				b.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set(secretHeader, hookSecret)
			res, err := client.Do(r)
			if err != nil || res.Body.Close() != nil || res.StatusCode != http.StatusOK {
				b.Fatal("not stored")
			}
		}
	})
}

// answerMessage is an answer like the bot's: an MRZ, the fields, two buttons.
func answerMessage() Message {
	return Message{
		Chat:     1234567890,
		Text:     strings.Repeat("IDKGZID12345678<<<<<<<<<<<<<<<\n", 3) + "Документ: ID1234567\nФамилия: SPECIMEN\nИмя: AIGUL\nСрок: 2030-01-01\n",
		Entities: []models.MessageEntity{{Type: models.MessageEntityTypePre, Length: 92}, {Type: models.MessageEntityTypeBold, Offset: 103, Length: 9}},
		ReplyTo:  4321,
		Markup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{
			{{Text: "Copy", CopyText: &models.CopyTextButton{Text: strings.Repeat("<", 92)}}},
			{{Text: "More", CallbackData: "more:4321"}, {Text: "Wrong", CallbackData: "wrong:4321"}},
		}},
	}
}

// answers plays what Telegram answers while a photo is worked.
func answers() http.HandlerFunc {
	sent := done(`{"message_id":4322,"from":{"id":1,"is_bot":true,"first_name":"Reader","username":"reader_bot"},
		"chat":{"id":1234567890,"first_name":"Aigul","type":"private"},"date":1777880001,
		"reply_to_message":` + photoUpdate[len(`{"update_id":123456789,"message":`):len(photoUpdate)-1] + `,"text":"IDKGZ"}`)
	file := gives(make([]byte, 200<<10))
	link := done(`{"file_id":"F","file_unique_id":"U","file_size":204800,"file_path":"photos/file_1.jpg"}`)
	typing := done(`true`)
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/sendMessage"):
			sent(w, r)
		case strings.HasSuffix(r.URL.Path, "/getFile"):
			link(w, r)
		case strings.HasPrefix(r.URL.Path, "/file/"):
			file(w, r)
		default:
			typing(w, r)
		}
	}
}

// The figures hold the played server's share too.
func BenchmarkClient(b *testing.B) {
	s := httptest.NewServer(answers())
	defer s.Close()
	c, err := New(Config{Token: canary, URL: s.URL})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	m := answerMessage()
	send := func(b *testing.B) {
		if sent, err := c.Send(b.Context(), m); err != nil || sent.ID != 4322 {
			b.Fatal(sent, err)
		}
	}
	b.Run("send", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			send(b)
		}
	})
	b.Run("photo", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := c.Typing(b.Context(), m.Chat, 0); err != nil {
				b.Fatal(err)
			}
			if f, err := c.Download(b.Context(), "F"); err != nil || len(f.Data) != 200<<10 {
				b.Fatal(err)
			}
			send(b)
		}
	})
}
