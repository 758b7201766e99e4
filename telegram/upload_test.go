package telegram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// form reads the parts of a call.
func form(t *testing.T, r *http.Request) (fields map[string]string, files map[string]string) {
	fields, files = map[string]string{}, map[string]string{}
	_, boundary, _ := strings.Cut(r.Header.Get("Content-Type"), "boundary=")
	parts := multipart.NewReader(r.Body, boundary)
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return fields, files
		}
		require.NoError(t, err)
		data, err := io.ReadAll(part)
		require.NoError(t, err)
		if part.FileName() != "" {
			files[part.FormName()] = part.FileName() + ": " + string(data)
		} else {
			fields[part.FormName()] = string(data)
		}
	}
}

func content(s string) func(context.Context) (io.ReadCloser, error) {
	return func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
}

func TestSendFile(t *testing.T) {
	defer goleak.VerifyNone(t)
	var method string
	var fields, files map[string]string
	c, err := New(Config{Token: canary, Transport: carry(func(r *http.Request) (*http.Response, error) {
		method = r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		fields, files = form(t, r)
		return reply(200, `{"ok":true,"result":{"message_id":42,"date":1}}`), nil
	})})
	require.NoError(t, err)
	buttons := &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "<", CallbackData: "m"}}}}
	m := Message{
		Chat: 7, Text: "a < b", Entities: []models.MessageEntity{{Type: "bold", Length: 1}}, ReplyTo: 3, Thread: 8, Protect: true, Markup: buttons,
		Document: &Upload{Name: "days.csv", Open: content("day")},
	}
	sent, err := c.Send(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, Sent{ID: 42, At: 1}, sent)
	require.Equal(t, "sendDocument", method)
	require.Equal(t, map[string]string{"document": "days.csv: day"}, files)
	require.Equal(t, "a < b", fields["caption"])
	require.Equal(t, "7", fields["chat_id"])
	require.Equal(t, "8", fields["message_thread_id"])
	require.Equal(t, "true", fields["protect_content"])
	require.JSONEq(t, `[{"type":"bold","offset":0,"length":1}]`, fields["caption_entities"])
	require.JSONEq(t, `{"message_id":3,"allow_sending_without_reply":true}`, fields["reply_parameters"])
	require.JSONEq(t, `{"inline_keyboard":[[{"text":"<","callback_data":"m"}]]}`, fields["reply_markup"])

	_, err = c.Send(t.Context(), Message{Chat: 7, Picture: &Upload{Name: "a.png", Open: content("png")}})
	require.NoError(t, err)
	require.Equal(t, "sendPhoto", method)
	require.Equal(t, map[string]string{"photo": "a.png: png"}, files)
	require.Equal(t, map[string]string{"chat_id": "7", "caption": ""}, fields)

	require.NoError(t, c.EditPicture(t.Context(), 7, 42, Upload{Name: "b.png", Open: content("png2")}, "new", nil, nil))
	require.Equal(t, "editMessageMedia", method)
	require.Equal(t, map[string]string{"picture": "b.png: png2"}, files)
	require.JSONEq(t, `{"type":"photo","media":"attach://picture","caption":"new"}`, fields["media"])
}

// TestSendFileAgain: a server that hangs up without an answer is asked once more,
// with the whole file.
func TestSendFileAgain(t *testing.T) {
	defer goleak.VerifyNone(t)
	var bodies []string
	c, err := New(Config{Token: canary, Transport: carry(func(r *http.Request) (*http.Response, error) {
		if len(bodies) == 0 { // it has taken some of it
			_, err := io.CopyN(io.Discard, r.Body, 10)
			require.NoError(t, err)
			bodies = append(bodies, "cut")
			return nil, io.ErrUnexpectedEOF
		}
		_, files := form(t, r)
		bodies = append(bodies, files["document"])
		return reply(200, `{"ok":true,"result":{"message_id":1}}`), nil
	})})
	require.NoError(t, err)
	whole := strings.Repeat("row\n", 100_000)
	_, err = c.Send(t.Context(), Message{Chat: 7, Document: &Upload{Name: "x", Open: content(whole)}})
	require.NoError(t, err)
	require.Equal(t, []string{"cut", "x: " + whole}, bodies)
}

// TestSendFileBroken: what is wrong with the file itself comes back as it is, is not
// tried again, and Telegram does not take half of it for a whole one.
func TestSendFileBroken(t *testing.T) {
	defer goleak.VerifyNone(t)
	broken := errors.New("the store is gone")
	asked := 0
	c, err := New(Config{Token: canary, Transport: carry(func(r *http.Request) (*http.Response, error) {
		asked++
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		t.Error("the body ends as if it were whole")
		return reply(200, `{"ok":true,"result":{"message_id":1}}`), nil
	})})
	require.NoError(t, err)
	for name, open := range map[string]func(context.Context) (io.ReadCloser, error){
		"at the start": func(context.Context) (io.ReadCloser, error) { return nil, broken },
		"on the way": func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(bytes.NewReader(make([]byte, 1<<16)), iotest.ErrReader(broken))), nil
		},
	} {
		_, err = c.Send(t.Context(), Message{Chat: 7, Document: &Upload{Name: "x", Open: open}})
		require.ErrorIs(t, err, broken, name)
	}
	require.Equal(t, 1, asked)
}

// TestRefusedPicture: Telegram's word for it names the part.
func TestRefusedPicture(t *testing.T) {
	for _, words := range []string{"Bad Request: IMAGE_PROCESS_FAILED", "Bad Request: PHOTO_INVALID_DIMENSIONS"} {
		part, ok := refused("sendPhoto", 400, words, 0).Refused()
		require.True(t, ok)
		require.Equal(t, PartPicture, part, words)
	}
}
