package reply

import "strings"

// Command is what somebody typed after a slash.
type Command struct {
	Name string   // lower case, without the slash
	Args []string // separated by white space
}

// ParseCommand reads a command at the very start of a text. One that is
// addressed to another bot is none. It goes by the text and not by Telegram's
// entities, whose offsets are somebody else's arithmetic.
func ParseCommand(text, username string) (c Command, ok bool) {
	words := strings.Fields(text)
	if len(words) == 0 || !strings.HasPrefix(text, "/") {
		return c, false
	}
	name, to, addressed := strings.Cut(words[0][1:], "@")
	if name == "" || addressed && !strings.EqualFold(to, username) {
		return c, false
	}
	for _, r := range name {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return c, false
		}
	}
	return Command{Name: strings.ToLower(name), Args: words[1:]}, true
}
