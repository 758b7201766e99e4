package botapi

import "strings"

// use says how a field is treated.
type use int

const (
	optional use = iota
	required
	notPlayed // Telegram knows the field, the sandbox cannot play it and says so
)

// field is one row of a table: name, type in the words of the Bot API, use.
type field struct {
	name string
	typ  string
	use  use
}

// replyMarkup is the type of reply_markup in every sending method.
const replyMarkup = "InlineKeyboardMarkup or ReplyKeyboardMarkup or ReplyKeyboardRemove or ForceReply"

// methods is everything the sandbox plays, as of Bot API 10.3
// (https://core.telegram.org/bots/api#available-methods).
var methods = map[string][]field{
	"getMe": {},
	"getUpdates": {
		{"offset", "Integer", optional},
		{"limit", "Integer", optional},
		{"timeout", "Integer", optional},
		{"allowed_updates", "Array of String", optional},
	},
	"setWebhook": {
		{"url", "String", required},
		{"certificate", "InputFile", notPlayed},
		{"ip_address", "String", notPlayed},
		{"max_connections", "Integer", optional},
		{"allowed_updates", "Array of String", optional},
		{"drop_pending_updates", "Boolean", optional},
		{"secret_token", "String", optional},
	},
	"deleteWebhook": {
		{"drop_pending_updates", "Boolean", optional},
	},
	"getWebhookInfo": {},
	"setMyCommands": {
		{"commands", "Array of BotCommand", required},
		{"scope", "BotCommandScope", optional},
		{"language_code", "String", optional},
	},
	"getMyCommands": {
		{"scope", "BotCommandScope", optional},
		{"language_code", "String", optional},
	},
	"deleteMyCommands": {
		{"scope", "BotCommandScope", optional},
		{"language_code", "String", optional},
	},
	"setMyDescription": {
		{"description", "String", optional},
		{"language_code", "String", optional},
	},
	"getMyDescription": {
		{"language_code", "String", optional},
	},
	"setMyShortDescription": {
		{"short_description", "String", optional},
		{"language_code", "String", optional},
	},
	"getMyShortDescription": {
		{"language_code", "String", optional},
	},
	"sendMessage": {
		{"business_connection_id", "String", notPlayed},
		{"chat_id", "Integer or String", required},
		{"message_thread_id", "Integer", optional},
		{"direct_messages_topic_id", "Integer", notPlayed},
		{"text", "String", required},
		{"parse_mode", "String", optional},
		{"entities", "Array of MessageEntity", optional},
		{"link_preview_options", "LinkPreviewOptions", optional},
		{"disable_notification", "Boolean", optional},
		{"protect_content", "Boolean", optional},
		{"allow_paid_broadcast", "Boolean", notPlayed},
		{"message_effect_id", "String", notPlayed},
		{"suggested_post_parameters", "SuggestedPostParameters", notPlayed},
		{"reply_parameters", "ReplyParameters", optional},
		{"reply_markup", replyMarkup, optional},
	},
	"sendPhoto": {
		{"business_connection_id", "String", notPlayed},
		{"chat_id", "Integer or String", required},
		{"message_thread_id", "Integer", optional},
		{"direct_messages_topic_id", "Integer", notPlayed},
		{"photo", "InputFile or String", required},
		{"caption", "String", optional},
		{"parse_mode", "String", optional},
		{"caption_entities", "Array of MessageEntity", optional},
		{"show_caption_above_media", "Boolean", notPlayed},
		{"has_spoiler", "Boolean", notPlayed},
		{"disable_notification", "Boolean", optional},
		{"protect_content", "Boolean", optional},
		{"allow_paid_broadcast", "Boolean", notPlayed},
		{"message_effect_id", "String", notPlayed},
		{"suggested_post_parameters", "SuggestedPostParameters", notPlayed},
		{"reply_parameters", "ReplyParameters", optional},
		{"reply_markup", replyMarkup, optional},
	},
	"sendDocument": {
		{"business_connection_id", "String", notPlayed},
		{"chat_id", "Integer or String", required},
		{"message_thread_id", "Integer", optional},
		{"direct_messages_topic_id", "Integer", notPlayed},
		{"document", "InputFile or String", required},
		{"thumbnail", "InputFile or String", notPlayed},
		{"caption", "String", optional},
		{"parse_mode", "String", optional},
		{"caption_entities", "Array of MessageEntity", optional},
		{"disable_content_type_detection", "Boolean", optional},
		{"disable_notification", "Boolean", optional},
		{"protect_content", "Boolean", optional},
		{"allow_paid_broadcast", "Boolean", notPlayed},
		{"message_effect_id", "String", notPlayed},
		{"suggested_post_parameters", "SuggestedPostParameters", notPlayed},
		{"reply_parameters", "ReplyParameters", optional},
		{"reply_markup", replyMarkup, optional},
	},
	"editMessageText": {
		{"business_connection_id", "String", notPlayed},
		{"chat_id", "Integer or String", required},
		{"message_id", "Integer", required},
		{"inline_message_id", "String", notPlayed},
		{"text", "String", required},
		{"parse_mode", "String", optional},
		{"entities", "Array of MessageEntity", optional},
		{"link_preview_options", "LinkPreviewOptions", optional},
		{"rich_message", "InputRichMessage", notPlayed},
		{"reply_markup", "InlineKeyboardMarkup", optional},
	},
	"editMessageMedia": {
		{"business_connection_id", "String", notPlayed},
		{"chat_id", "Integer or String", required},
		{"message_id", "Integer", required},
		{"inline_message_id", "String", notPlayed},
		{"media", "InputMedia", required},
		{"reply_markup", "InlineKeyboardMarkup", optional},
	},
	"editMessageCaption": {
		{"business_connection_id", "String", notPlayed},
		{"chat_id", "Integer or String", required},
		{"message_id", "Integer", required},
		{"inline_message_id", "String", notPlayed},
		{"caption", "String", optional},
		{"parse_mode", "String", optional},
		{"caption_entities", "Array of MessageEntity", optional},
		{"show_caption_above_media", "Boolean", notPlayed},
		{"reply_markup", "InlineKeyboardMarkup", optional},
	},
	"editMessageReplyMarkup": {
		{"business_connection_id", "String", notPlayed},
		{"chat_id", "Integer or String", required},
		{"message_id", "Integer", required},
		{"inline_message_id", "String", notPlayed},
		{"reply_markup", "InlineKeyboardMarkup", optional},
	},
	"deleteMessage": {
		{"chat_id", "Integer or String", required},
		{"message_id", "Integer", required},
	},
	"deleteMessages": {
		{"chat_id", "Integer or String", required},
		{"message_ids", "Array of Integer", required},
	},
	"answerCallbackQuery": {
		{"callback_query_id", "String", required},
		{"text", "String", optional},
		{"show_alert", "Boolean", optional},
		{"url", "String", optional},
		{"cache_time", "Integer", optional},
	},
	"sendChatAction": {
		{"business_connection_id", "String", notPlayed},
		{"chat_id", "Integer or String", required},
		{"message_thread_id", "Integer", optional},
		{"action", "String", required},
	},
	"getFile": {
		{"file_id", "String", required},
	},
	"getChat": {
		{"chat_id", "Integer or String", required},
	},
	"setMessageReaction": {
		{"chat_id", "Integer or String", required},
		{"message_id", "Integer", required},
		{"reaction", "Array of ReactionType", optional},
		{"is_big", "Boolean", optional},
	},
}

// mayBeEmpty names required fields for which "" is a value: an empty url
// takes the webhook away.
var mayBeEmpty = map[string]bool{"setWebhook.url": true}

// Canonical finds a method by its name in any case, as Telegram does.
func Canonical(name string) (method string, ok bool) {
	if _, ok := methods[name]; ok {
		return name, true
	}
	for method := range methods {
		if strings.EqualFold(method, name) {
			return method, true
		}
	}
	return "", false
}
