// Package bot is the whole of the conversation: it turns a task of the queue into
// messages and into records of the store. It fits its rooms together (bot.go) and
// says in one table which command, button and kind of text goes where, and who
// may (route.go). What is done there stands in the rooms: bot/scan for photos,
// bot/access for strangers, bot/admin for admins.
//
// It does not know engines of the store, HTTP, or the library that talks to
// Telegram: those come in through small interfaces.
package bot
