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

// noteUndecodable is how the door marks an update that says neither from whom
// it is nor where it belongs.
const noteUndecodable = "undecodable"

// update answers everything that is not a photo.
func (b *Bot) update(ctx context.Context, t storage.Task) queue.Verdict {
	raw, err := b.Seal.Open(t.ID, chat.SealUpdate, t.Payload)
	if err != nil {
		// Sealed under another token: a command of that time is not worth a word.
		return queue.Done()
	}
	var u models.Update
	if err := json.Unmarshal(raw, &u); err != nil || t.Note == noteUndecodable {
		b.Log.Warn("update put aside", "update_id", chat.UpdateID(t), "error_type", fmt.Sprintf("%T", err))
		return queue.Aside(noteUndecodable)
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
	req.Localizer = b.catalog.Localizer(req.From.LanguageCode)
	return req.Settle(ctx, answer(ctx))
}

// message answers a message.
func (b *Bot) message(ctx context.Context, req *reply.Request, m *models.Message) error {
	cmd, isCommand := reply.ParseCommand(m.Text, b.Username)
	none, err := b.people.Unclaimed(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	switch {
	case none:
		return b.access.ToStranger(ctx, req, isCommand, "unclaimed")
	case req.Person.Role == storage.RoleNone && cmd.Name == "privacy":
		return b.access.ToStranger(ctx, req, true, b.privacyText())
	case req.Person.Role == storage.RoleNone:
		return b.access.ToStranger(ctx, req, isCommand, "stranger")
	case isCommand:
		return b.command(ctx, req, cmd, m)
	default:
		return req.Reply(ctx, req.Localizer.Text(talkText(m, req.Person.Role), nil))
	}
}

// talkText says which friendly line fits a message that is neither a photo nor
// a command.
func talkText(m *models.Message, role storage.Role) string {
	switch {
	case m.Sticker != nil, m.Animation != nil:
		return "talk.sticker"
	case m.Video != nil, m.VideoNote != nil:
		return "talk.video"
	case m.Voice != nil, m.Audio != nil:
		return "talk.voice"
	case role == storage.RoleAdmin && (m.ForwardOrigin != nil || m.Contact != nil):
		return "talk.allow_hint"
	case m.Text != "":
		return "talk.text"
	default:
		return "talk.other"
	}
}
