package bot

import (
	"strconv"
	"unicode"
)

// maxID is the largest user id: Telegram promises no more than 52 significant
// bits (Bot API, User.id).
const maxID = 1<<52 - 1

// validID reports whether a number can be somebody's id.
func validID(id int64) bool { return id > 0 && id <= maxID }

// parseID reads a user id: one word of ASCII digits, as the bot and Telegram
// show it. A sign, a group of digits or a leading zero makes it something
// else, and guessing would let in a stranger.
func parseID(s string) (int64, bool) {
	if !allDigits(s) || s[0] == '0' {
		return 0, false
	}
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil && validID(id)
}

// allDigits reports whether s is digits of ASCII and nothing else.
func allDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// sameNumber reports whether a word behind an id is likely more of it, as in
// 512 345 678: it holds a digit of any script and no letter.
func sameNumber(word string) bool {
	digit := false
	for _, r := range word {
		if unicode.IsLetter(r) {
			return false
		}
		digit = digit || unicode.IsNumber(r)
	}
	return digit
}
