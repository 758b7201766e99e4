package text

import (
	"strconv"
	"unicode"
)

// MaxID is the largest user id: Telegram promises no more than 52 significant
// bits (Bot API, User.id).
const MaxID = 1<<52 - 1

// ValidID reports whether a number can be somebody's id.
func ValidID(id int64) bool { return id > 0 && id <= MaxID }

// ParseID reads a user id: one word of ASCII digits, as the bot and Telegram
// show it. A sign, a group of digits or a leading zero makes it something
// else, and guessing would let in a stranger.
func ParseID(s string) (int64, bool) {
	if !AllDigits(s) || s[0] == '0' {
		return 0, false
	}
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil && ValidID(id)
}

// AllDigits reports whether s is digits of ASCII and nothing else.
func AllDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// SameNumber reports whether a word behind an id is likely more of it, as in
// 512 345 678: it holds a digit of any script and no letter.
func SameNumber(word string) bool {
	digit := false
	for _, r := range word {
		if unicode.IsLetter(r) {
			return false
		}
		digit = digit || unicode.IsNumber(r)
	}
	return digit
}

// ID writes an id as people read it and as keys hold it.
func ID(n int64) string { return strconv.FormatInt(n, 10) }
