// Package botapi holds the rules by which the sandbox judges a Bot API call:
// which methods exist, which fields they take, what a markup, an entity or an
// HTML text may look like. It is pure: no server, no state, no clock.
//
// It is deliberately stricter than Telegram, which ignores unknown fields and
// forgives wrong types; a mistake the real service swallows shows up here. It
// is not a description of the whole Bot API: it names what the sandbox plays.
package botapi
