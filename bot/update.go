package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/queue"
	"mrzbot/storage"
)

// update answers everything that is not a photo.
func (b *Bot) update(ctx context.Context, t storage.Task) queue.Verdict {
	raw, err := b.Seal.Open(t.ID, chat.SealUpdate, t.Payload)
	if err != nil {
		// Sealed under another token: a command of that time is not worth a word.
		return queue.Done()
	}
	var u models.Update
	if err := json.Unmarshal(raw, &u); err != nil || t.Person == 0 { // 0: the door could not read it either
		b.Log.Warn("update quarantined", "update_id", chat.UpdateID(t), "error_type", fmt.Sprintf("%T", err))
		return queue.Quarantine("undecodable")
	}
	req := &reply.Request{Parts: b.parts, Task: t}
	var answer func(context.Context) error
	switch {
	case u.Message != nil && u.Message.From != nil && u.Message.Chat.Type == models.ChatTypePrivate:
		req.From, req.Thread = *u.Message.From, chat.TopicOf(u.Message)
		answer = func(ctx context.Context) error { return b.message(ctx, req, u.Message) }
	case u.CallbackQuery != nil:
		req.From, req.Thread = u.CallbackQuery.From, chat.TopicOf(u.CallbackQuery.Message.Message)
		answer = func(ctx context.Context) error { return b.press(ctx, req, u.CallbackQuery) }
	case u.MyChatMember != nil:
		b.people.MarkBlocked(ctx, u.MyChatMember.From.ID, u.MyChatMember.NewChatMember.Type == models.ChatMemberTypeBanned)
		return queue.Done()
	default:
		return queue.Done()
	}
	if req.Person, err = b.people.Person(ctx, req.From.ID); err != nil {
		return outage.StoreFailed(b.Log, b.Now(), t, "who wrote it", err)
	}
	if req.Person.Role != storage.RoleNone {
		b.startWatch(ctx)
	}
	b.speak(ctx, req)
	return req.Settle(ctx, answer(ctx))
}
