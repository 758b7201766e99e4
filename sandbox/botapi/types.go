package botapi

// objects is every object a played method takes. A type with "one of" lists
// the types it may be.
var objects = map[string][]field{
	"BotCommand": {
		{"command", "String", required},
		{"description", "String", required},
	},
	"BotCommandScopeDefault":               {{"type", "default", required}},
	"BotCommandScopeAllPrivateChats":       {{"type", "all_private_chats", required}},
	"BotCommandScopeAllGroupChats":         {{"type", "all_group_chats", required}},
	"BotCommandScopeAllChatAdministrators": {{"type", "all_chat_administrators", required}},
	"BotCommandScopeChat": {
		{"type", "chat", required},
		{"chat_id", "Integer or String", required},
	},
	"BotCommandScopeChatAdministrators": {
		{"type", "chat_administrators", required},
		{"chat_id", "Integer or String", required},
	},
	"BotCommandScopeChatMember": {
		{"type", "chat_member", required},
		{"chat_id", "Integer or String", required},
		{"user_id", "Integer", required},
	},
	"MessageEntity": {
		{"type", "String", required},
		{"offset", "Integer", required},
		{"length", "Integer", required},
		{"url", "String", optional},
		{"user", "User", optional},
		{"language", "String", optional},
		{"custom_emoji_id", "String", optional},
		{"unix_time", "Integer", optional},
		{"date_time_format", "String", optional},
	},
	"User": {
		{"id", "Integer", required},
		{"is_bot", "Boolean", required},
		{"first_name", "String", required},
		{"last_name", "String", optional},
		{"username", "String", optional},
		{"language_code", "String", optional},
		{"is_premium", "Boolean", optional},
		{"added_to_attachment_menu", "Boolean", optional},
		{"can_join_groups", "Boolean", optional},
		{"can_read_all_group_messages", "Boolean", optional},
		{"supports_guest_queries", "Boolean", optional},
		{"supports_inline_queries", "Boolean", optional},
		{"can_connect_to_business", "Boolean", optional},
		{"has_main_web_app", "Boolean", optional},
		{"has_topics_enabled", "Boolean", optional},
		{"allows_users_to_create_topics", "Boolean", optional},
		{"can_manage_bots", "Boolean", optional},
		{"supports_join_request_queries", "Boolean", optional},
	},
	"LinkPreviewOptions": {
		{"is_disabled", "Boolean", optional},
		{"url", "String", optional},
		{"prefer_small_media", "Boolean", optional},
		{"prefer_large_media", "Boolean", optional},
		{"show_above_text", "Boolean", optional},
	},
	"ReplyParameters": {
		{"message_id", "Integer", required},
		{"chat_id", "Integer or String", notPlayed},
		{"allow_sending_without_reply", "Boolean", optional},
		{"quote", "String", notPlayed},
		{"quote_parse_mode", "String", notPlayed},
		{"quote_entities", "Array of MessageEntity", notPlayed},
		{"quote_position", "Integer", notPlayed},
		{"checklist_task_id", "Integer", notPlayed},
		{"poll_option_id", "String", notPlayed},
	},
	"InputMediaPhoto": {
		{"type", "photo", required},
		{"media", "String", required},
		{"caption", "String", optional},
		{"parse_mode", "String", optional},
		{"caption_entities", "Array of MessageEntity", optional},
		{"show_caption_above_media", "Boolean", notPlayed},
		{"has_spoiler", "Boolean", notPlayed},
	},
	"InlineKeyboardMarkup": {
		{"inline_keyboard", "Array of Array of InlineKeyboardButton", required},
	},
	"InlineKeyboardButton": {
		{"text", "String", required},
		{"icon_custom_emoji_id", "String", notPlayed},
		{"style", "String", optional},
		{"url", "String", optional},
		{"callback_data", "String", optional},
		{"web_app", "WebAppInfo", notPlayed},
		{"login_url", "LoginUrl", notPlayed},
		{"switch_inline_query", "String", notPlayed},
		{"switch_inline_query_current_chat", "String", notPlayed},
		{"switch_inline_query_chosen_chat", "SwitchInlineQueryChosenChat", notPlayed},
		{"copy_text", "CopyTextButton", optional},
		{"callback_game", "CallbackGame", notPlayed},
		{"pay", "Boolean", notPlayed},
	},
	"CopyTextButton": {
		{"text", "String", required},
	},
	"ReplyKeyboardMarkup": {
		{"keyboard", "Array of Array of KeyboardButton", required},
		{"is_persistent", "Boolean", optional},
		{"resize_keyboard", "Boolean", optional},
		{"one_time_keyboard", "Boolean", optional},
		{"input_field_placeholder", "String", optional},
		{"selective", "Boolean", optional},
	},
	"KeyboardButton": {
		{"text", "String", required},
		{"icon_custom_emoji_id", "String", notPlayed},
		{"style", "String", optional},
		{"request_users", "KeyboardButtonRequestUsers", optional},
		{"request_chat", "KeyboardButtonRequestChat", notPlayed},
		{"request_managed_bot", "KeyboardButtonRequestManagedBot", notPlayed},
		{"request_contact", "Boolean", optional},
		{"request_location", "Boolean", optional},
		{"request_poll", "KeyboardButtonPollType", notPlayed},
		{"web_app", "WebAppInfo", notPlayed},
	},
	"KeyboardButtonRequestUsers": {
		{"request_id", "Integer", required},
		{"user_is_bot", "Boolean", optional},
		{"user_is_premium", "Boolean", optional},
		{"max_quantity", "Integer", optional},
		{"request_name", "Boolean", optional},
		{"request_username", "Boolean", optional},
		{"request_photo", "Boolean", optional},
	},
	"ReplyKeyboardRemove": {
		{"remove_keyboard", "Boolean", required},
		{"selective", "Boolean", optional},
	},
	"ForceReply": {
		{"force_reply", "Boolean", required},
		{"input_field_placeholder", "String", optional},
		{"selective", "Boolean", optional},
	},
	"ReactionTypeEmoji": {
		{"type", "emoji", required},
		{"emoji", "String", required},
	},
}

// unions are the types that stand for one of several.
var unions = map[string]string{
	"BotCommandScope": "BotCommandScopeDefault or BotCommandScopeAllPrivateChats or BotCommandScopeAllGroupChats or " +
		"BotCommandScopeAllChatAdministrators or BotCommandScopeChat or BotCommandScopeChatAdministrators or BotCommandScopeChatMember",
	"InputMedia":   "InputMediaPhoto",   // the sandbox plays no edit to another kind
	"ReactionType": "ReactionTypeEmoji", // custom and paid reactions are not for bots without a subscription
}
