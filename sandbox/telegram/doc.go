// Package faketelegram plays Telegram: a Server is the Bot API for the bot, an
// http.Handler, and a Go API for the people on the other side, who write to
// the bot and see what it shows them.
//
// It is stricter than Telegram: what Telegram forgives (unknown fields, wrong
// types) is refused, so that a mistake shows in a test and not in production.
// It also misbehaves on demand; see Fault.
//
// Two clocks: dates, ages and expiry follow Config.Now, so that a test can
// turn the calendar; pauses, time-outs and rates follow the machine's clock
// (in a testing/synctest bubble, the bubble's).
//
// It is not a copy of Telegram: only what methods.go of botapi lists is
// played. It keeps nothing on disk, unless RunLocal names a folder, and talks
// to nothing but the loopback.
package faketelegram
