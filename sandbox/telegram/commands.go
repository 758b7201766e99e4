package faketelegram

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/sandbox/botapi"
)

const (
	maxCommands    = 100
	maxDescription = 256 // characters
)

var (
	commandForm  = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	languageForm = regexp.MustCompile(`^([a-z]{2})?$`)
)

// commandKey is a list's place: the scope in words, and the language.
type commandKey struct{ scope, language string }

func readCommandKey(q *botapi.Request) (commandKey, *botapi.Error) {
	scope := struct {
		Type   string          `json:"type"`
		ChatID json.RawMessage `json:"chat_id"` // a number, or a name in quotes
		UserID int64           `json:"user_id"`
	}{Type: "default"}
	if err := q.Decode("scope", &scope); err != nil {
		return commandKey{}, err
	}
	key := commandKey{scope: scope.Type, language: q.Fields["language_code"]}
	if scope.ChatID != nil {
		key.scope += " " + strings.Trim(string(scope.ChatID), `"`)
	}
	if scope.UserID != 0 {
		key.scope += fmt.Sprintf(" %d", scope.UserID)
	}
	if !languageForm.MatchString(key.language) {
		return commandKey{}, botapi.BadRequest("invalid language code specified")
	}
	return key, nil
}

func (t *Server) setMyCommands(q *botapi.Request) (any, *botapi.Error) {
	key, err := readCommandKey(q)
	if err != nil {
		return nil, err
	}
	var list []models.BotCommand
	if err := q.Decode("commands", &list); err != nil {
		return nil, err
	}
	if len(list) > maxCommands {
		return nil, botapi.BadRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for i := range list {
		if !commandForm.MatchString(list[i].Command) {
			return nil, botapi.BadRequest("BOT_COMMAND_INVALID")
		}
		list[i].Description = botapi.Plain(list[i].Description)
		if n := len([]rune(list[i].Description)); n < 1 || n > maxDescription {
			return nil, botapi.BadRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	t.commands[key] = list
	t.touch()
	return true, nil
}

func (t *Server) getMyCommands(q *botapi.Request) (any, *botapi.Error) {
	key, err := readCommandKey(q)
	if err != nil {
		return nil, err
	}
	return append([]models.BotCommand{}, t.commands[key]...), nil
}

func (t *Server) deleteMyCommands(q *botapi.Request) (any, *botapi.Error) {
	key, err := readCommandKey(q)
	if err != nil {
		return nil, err
	}
	delete(t.commands, key)
	t.touch()
	return true, nil
}

// Commands is the menu the person sees in their chat with the bot: the first
// list there is, from the chat's own to the default, each in their language
// before the one for all
// (https://core.telegram.org/bots/api#determining-list-of-commands).
func (t *Server) Commands(p Person) []models.BotCommand {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, scope := range []string{fmt.Sprintf("chat %d", p.ID), "all_private_chats", "default"} {
		for _, language := range []string{p.LanguageCode, ""} {
			if list := t.commands[commandKey{scope, language}]; len(list) > 0 {
				return append([]models.BotCommand(nil), list...)
			}
		}
	}
	return nil
}
