// Package bot is the conversation: who may do what, what happens to a photo,
// and what is answered. It turns a task of the queue into messages and into
// records of the store.
//
// The table of outcomes (bot/outcome) is its centre: every photo ends in one
// row of it, and reply, log line, metric and count all follow from that row.
//
// It knows the text of a zone (mrz), the two readers (mrzclient, mrzimage),
// the store's contract and Telegram's models. It does not know engines of the
// store, HTTP, or the library that talks to Telegram: those come in through
// the small interfaces declared here.
package bot
