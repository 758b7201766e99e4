// Package page serves the sandbox's chat to a browser: several people side by
// side, switches that break things, what happened behind, and a demonstration.
// What the browser gets lies in static/.
//
// It is a view: what is said stands with faketelegram, what is read with
// fakemrz. It neither starts the bot nor ends it; who runs the bot passes in
// a BotProcess. It answers on this computer only.
package page
