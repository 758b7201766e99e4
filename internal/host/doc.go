// Package host is the machine as a process finds it: the reader of its log, which
// may stop, and the memory that its container allows. It knows nothing of the bot.
package host
