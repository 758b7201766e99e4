package scan

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outbox"
	"mrzbot/bot/reply"
)

// DeleteButton is the verb of the button that removes a photo and its answer from
// the chat before their time. What follows it is the photo's message, or those of several. It needs no
// state: whoever presses it removes messages of their own chat, which they could do
// by hand.
const DeleteButton = "delete"

// deleteRow is that button, where messages are removed after a while anyway.
func (j *photoJob) deleteRow() []models.InlineKeyboardButton {
	if j.Outbox.DeleteAfter == 0 {
		return nil
	}
	return chat.Row(j.localizer, chat.Button{Name: "button.delete", Data: DeleteButton + ":" + strconv.Itoa(j.t.Message)})
}

// Delete removes the photo and the answer that was pressed. Those that were to be
// removed later are gone then, which is fine.
func (s *Scanner) Delete(ctx context.Context, req *reply.Request, q *models.CallbackQuery, photo string) error {
	photos := undeleted(photo)
	if photos == nil || req.Task.Message == 0 || req.Task.Chat != req.Task.Person {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	if oldest, known := sentAt(q.Message.Message); !known || outbox.Undeletable(oldest, s.Now()) {
		req.Toast(ctx, q, "delete.late") // Telegram would say that it is done
		return nil
	}
	err := s.Chat.API.Delete(ctx, req.Task.Chat, append(photos, req.Task.Message))
	if _, later := chat.RetryAfter(err); later {
		return err
	}
	if err != nil {
		req.Toast(ctx, q, "delete.late")
		return nil
	}
	req.Toast(ctx, q, "delete.done")
	return nil
}

// deleted writes which photos a button removes: the message of the first, and how
// far behind it those of the others are. A button's data has 64 bytes.
func deleted(messages []int) string {
	s := strconv.Itoa(messages[0])
	for _, m := range messages[1:] {
		if more := "+" + strconv.Itoa(m-messages[0]); len(DeleteButton)+1+len(s)+len(more) <= 64 {
			s += more
		}
	}
	return s
}

// undeleted reads what deleted writes; nil: it is nothing of that.
func undeleted(s string) (messages []int) {
	for i, part := range strings.Split(s, "+") {
		n, err := strconv.Atoi(part)
		if err != nil || n <= 0 || n > math.MaxInt32 {
			return nil
		}
		if i > 0 {
			n += messages[0]
		}
		messages = append(messages, n)
	}
	return messages
}

// sentAt gives when an answer was sent, or the photo that it replies to, whichever
// is older. Of a message that is too old Telegram tells nothing.
func sentAt(m *models.Message) (at time.Time, known bool) {
	if m == nil || m.Date == 0 {
		return at, false
	}
	date := m.Date
	if m.ReplyToMessage != nil && m.ReplyToMessage.Date > 0 {
		date = min(date, m.ReplyToMessage.Date)
	}
	return time.Unix(int64(date), 0), true
}
