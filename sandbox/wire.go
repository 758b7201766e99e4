package sandbox

import (
	"github.com/go-telegram/bot/models"
	"mrzbot/sandbox/botapi"
)

// The objects as they travel to the bot. Where the library's models write
// what they read, they are used; its unions do not, so those are built here.

// object is a JSON object with few uses.
type object = map[string]any

type wireUpdate struct {
	ID                int64          `json:"update_id"`
	Message           *wireMessage   `json:"message,omitempty"`
	EditedMessage     *wireMessage   `json:"edited_message,omitempty"`
	ChannelPost       *wireMessage   `json:"channel_post,omitempty"`
	EditedChannelPost *wireMessage   `json:"edited_channel_post,omitempty"`
	CallbackQuery     *wireQuery     `json:"callback_query,omitempty"`
	MyChatMember      *wireMemberNew `json:"my_chat_member,omitempty"`
}

type wireMessage struct {
	ID              int                    `json:"message_id"`
	Thread          int                    `json:"message_thread_id,omitempty"`
	InTopic         bool                   `json:"is_topic_message,omitempty"`
	From            *models.User           `json:"from,omitempty"`
	SenderChat      *models.Chat           `json:"sender_chat,omitempty"`
	Date            int64                  `json:"date"`
	Chat            models.Chat            `json:"chat"`
	ForwardOrigin   object                 `json:"forward_origin,omitempty"`
	ReplyTo         *wireMessage           `json:"reply_to_message,omitempty"`
	EditDate        int64                  `json:"edit_date,omitempty"`
	Protected       bool                   `json:"has_protected_content,omitempty"`
	AlbumID         string                 `json:"media_group_id,omitempty"`
	Text            string                 `json:"text,omitempty"`
	Entities        []models.MessageEntity `json:"entities,omitempty"`
	Photo           []models.PhotoSize     `json:"photo,omitempty"`
	Document        *models.Document       `json:"document,omitempty"`
	Animation       *models.Document       `json:"animation,omitempty"`
	Audio           *models.Voice          `json:"audio,omitempty"`
	Sticker         *models.Sticker        `json:"sticker,omitempty"`
	Video           *models.Video          `json:"video,omitempty"`
	VideoNote       object                 `json:"video_note,omitempty"`
	Voice           *models.Voice          `json:"voice,omitempty"`
	Caption         string                 `json:"caption,omitempty"`
	CaptionEntities []models.MessageEntity `json:"caption_entities,omitempty"`
	Contact         *models.Contact        `json:"contact,omitempty"`
	Location        *models.Location       `json:"location,omitempty"`
	UsersShared     *models.UsersShared    `json:"users_shared,omitempty"`
	ReplyMarkup     *wireInline            `json:"reply_markup,omitempty"`
}

type wireInline struct {
	Rows [][]botapi.Button `json:"inline_keyboard"`
}

type wireQuery struct {
	ID           string      `json:"id"`
	From         models.User `json:"from"`
	Message      any         `json:"message,omitempty"` // *wireMessage, or an object without content
	ChatInstance string      `json:"chat_instance"`
	Data         string      `json:"data"`
}

type wireMemberNew struct {
	Chat models.Chat `json:"chat"`
	From models.User `json:"from"`
	Date int64       `json:"date"`
	Old  object      `json:"old_chat_member"`
	New  object      `json:"new_chat_member"`
}
