// Package sandbox plays the two services mrzbot talks to, Telegram's Bot API
// and the Biometric MRZ API, over real HTTP on the loopback, with a chat page
// in front. Tests drive the real program against it; "mrzbot sandbox"
// shows the program to somebody who has neither a bot nor a key.
//
// Telegram is the Bot API stand-in: an http.Handler for the bot, and a Go API
// for the people on the other side. MRZ is the stand-in for the paid service.
// Page serves the chat, switches that break things, and a Journal of what
// happened behind. Start puts all together on free ports.
//
// The stand-ins are stricter than the services: what Telegram forgives
// (unknown fields, wrong types) is refused, so that a mistake shows in a test
// and not in production. They also misbehave on demand.
//
// Two clocks: dates, ages and expiry follow the Now that is passed in, so that
// a test can turn the calendar; pauses, time-outs and rates follow the
// machine's clock (in a testing/synctest bubble, the bubble's).
//
// It is not a copy of Telegram: only what methods.go of botapi lists is
// played. It starts no bot, reads no environment, keeps nothing on disk, and
// never talks to anything but the loopback.
package sandbox
