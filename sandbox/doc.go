// Package sandbox puts the two stand-ins and the chat page together, each on a
// port of the loopback: "mrzbot sandbox" shows the program with it to somebody
// who has neither a bot nor a key.
//
// The stand-in for Telegram is the room telegram, that for the MRZ API the room
// mrz; tests drive the real program against them, mostly without this package.
//
// It starts no bot, reads no environment, keeps nothing on disk, and never
// talks to anything but the loopback.
package sandbox
