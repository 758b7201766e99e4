package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/go-telegram/bot/models"
)

// uploadTimeout is the wait for a file to be sent and answered: 50 MB, the most that
// a bot may send, at some 3 Mbit/s.
const uploadTimeout = 150 * time.Second

// Upload is a file to be sent along.
type Upload struct {
	Name string
	// Open gives its content from the beginning. It may be called again.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// errContent marks an error of a file's own: nothing is wrong with Telegram.
type errContent struct{ error }

func (e errContent) Unwrap() error { return e.error }

// sendFile sends a picture or a document. What the content's reader fails with comes
// back as it is.
func (c *Client) sendFile(ctx context.Context, m Message) (Sent, error) {
	fields := map[string]any{"chat_id": m.Chat, "caption": m.Text}
	if m.Thread != 0 {
		fields["message_thread_id"] = m.Thread
	}
	if m.Entities != nil {
		fields["caption_entities"] = m.Entities
	}
	if m.Protect {
		fields["protect_content"] = true
	}
	if keys := markup(m.Markup); keys != nil {
		fields["reply_markup"] = keys
	}
	if m.ReplyTo != 0 {
		fields["reply_parameters"] = models.ReplyParameters{MessageID: m.ReplyTo, AllowSendingWithoutReply: true}
	}
	method, part, file := "sendDocument", "document", m.Document
	if m.Picture != nil {
		method, part, file = "sendPhoto", "photo", m.Picture
	}
	var sent Sent
	err := outcome(c.upload(ctx, call{method: method, chat: m.Chat, notice: m.Notice}, fields, part, *file, &sent))
	if err != nil {
		return Sent{}, err
	}
	return sent, nil
}

// EditPicture puts a picture with a caption and buttons in the place of a message's
// content. A message that shows so already is fine.
func (c *Client) EditPicture(ctx context.Context, chat int64, message int, picture Upload, caption string, entities []models.MessageEntity, buttons models.ReplyMarkup) error {
	media := map[string]any{"type": "photo", "media": "attach://picture", "caption": caption}
	if entities != nil {
		media["caption_entities"] = entities
	}
	fields := map[string]any{"chat_id": chat, "message_id": message, "media": media}
	if keys := markup(buttons); keys != nil {
		fields["reply_markup"] = keys
	}
	err := outcome(c.upload(ctx, call{method: "editMessageMedia", chat: chat}, fields, "picture", picture, nil))
	if refusedFor(err, "message is not modified") {
		return nil
	}
	return err
}

// EditCaption replaces the caption and the buttons of a message with a picture.
func (c *Client) EditCaption(ctx context.Context, chat int64, message int, caption string, entities []models.MessageEntity, buttons models.ReplyMarkup) error {
	fields := map[string]any{"chat_id": chat, "message_id": message, "caption": caption}
	if entities != nil {
		fields["caption_entities"] = entities
	}
	if keys := markup(buttons); keys != nil {
		fields["reply_markup"] = keys
	}
	err := outcome(c.traffic(ctx, call{method: "editMessageCaption", chat: chat}, fields, nil))
	if refusedFor(err, "message is not modified") {
		return nil
	}
	return err
}

// upload makes a call with a file in it.
func (c *Client) upload(ctx context.Context, what call, fields map[string]any, part string, file Upload, dest any) error {
	what.upload = true
	var content error
	err := c.run(ctx, what, func(ctx context.Context) error {
		result, err := c.wire.postFile(ctx, what.method, fields, part, file)
		if own, ok := errors.AsType[errContent](err); ok {
			content = own.error
			return &Error{Method: what.method, Description: "the file cannot be read"} // which repeating does not mend
		}
		if err != nil || dest == nil {
			return err
		}
		if err := json.Unmarshal(result, dest); err != nil {
			return &Error{Method: what.method, Code: http.StatusOK, Description: strange, After: usualPause, taken: true}
		}
		return nil
	})
	if content != nil {
		return content
	}
	return err
}

// postFile makes one call as multipart/form-data, and sends the file as it is read:
// no more of it is in memory than passes.
func (w *wire) postFile(ctx context.Context, method string, fields map[string]any, part string, file Upload) (json.RawMessage, error) {
	content, err := file.Open(ctx)
	if err != nil {
		return nil, errContent{err}
	}
	body, in := io.Pipe()
	form := multipart.NewWriter(in)
	written := make(chan error, 1)
	go func() {
		err := writeForm(form, fields, part, file.Name, content)
		_ = in.CloseWithError(err) // nil: the end
		written <- err
	}()
	// The end of the body ends a write that waits.
	end := func() error { return errors.Join(body.Close(), <-written, content.Close()) }

	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.base+"/bot"+w.token+"/"+method, body)
	if err != nil {
		_ = end()
		return nil, &Error{Method: method, Description: "the address cannot be used"}
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	_, a, err := w.exchange(req, maxAnswer)
	own, ok := errors.AsType[errContent](end())
	switch {
	case err == nil:
		return a.Result, nil
	case ok:
		return nil, own
	}
	return nil, err
}

// writeForm writes the body of a call.
func writeForm(form *multipart.Writer, fields map[string]any, part, name string, content io.Reader) error {
	for field, value := range fields {
		text, isText := value.(string)
		if !isText {
			raw, err := json.Marshal(value)
			if err != nil {
				return err
			}
			text = string(raw)
		}
		if err := form.WriteField(field, text); err != nil {
			return err
		}
	}
	w, err := form.CreateFormFile(part, name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, marked{content}); err != nil {
		return err
	}
	return form.Close()
}

// marked is a reader whose errors are told from those of the writer.
type marked struct{ io.Reader }

func (m marked) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = errContent{err}
	}
	return n, err
}
