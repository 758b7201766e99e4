// Package control lets the commands of this machine ask a running bot for what
// it alone can give: a store in a file is locked by the process that has it
// open, for readers too. It is a small HTTP server on a Unix socket beside the
// store, which only the store's owner may use (0600), and its client.
//
// It changes nothing in the store, and it is not for other machines.
package control
