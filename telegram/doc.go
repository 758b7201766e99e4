// Package telegram is the edge to Telegram: the door that updates come in by
// (Door for the webhook, Poller for long polling) and the Client that every
// call goes out by. It is the only package that imports the library's client.
//
// What it promises its callers:
//
//   - an update is durable before Telegram is told that it arrived, and it is
//     stored as the bytes that came, sealed;
//   - no call but AwaitMe sleeps: one that has to wait comes back at once with
//     the pause in its error, so that the caller can put the work off and go on;
//   - the bot's token is in no error and no log line, and neither is anything a
//     person wrote.
//
// It is not the place for what is said or who may say it: it knows the storage
// contract, and nothing of the conversation.
package telegram
