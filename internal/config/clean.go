package config

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Values come by ways that each read quotes and comments differently: Docker's
// --env-file passes both on, a shell and Compose take them off, systemd does
// part of it, and what is pasted from a chat or a page has characters that
// nobody sees. What can only be meant in one way is taken off here.

// quotes that surround a value, each with its end.
var quotes = map[rune]rune{'"': '"', '\'': '\'', '`': '`', '“': '”', '”': '”', '„': '“', '‘': '’', '’': '’', '«': '»'}

// clean takes off what is around the value of a variable: blanks and characters
// that cannot be seen, quotes, a comment, lines that are empty or comments, and
// the variable's own name with an equals sign. Inside a value characters that
// cannot be seen go too, but for paths and URLs of stores, where they may be
// meant. wrong says what is wrong with a value of which too little is left.
func clean(name, value string) (cleaned, wrong string) {
	store := strings.HasPrefix(name, "STORAGE_URL")
	for {
		before := value
		value = strings.TrimFunc(value, blank)
		if value = onlyLine(value); strings.Contains(value, "\n") {
			return value, "several lines. Leave the value in it and nothing else"
		}
		value = withoutName(name, value)
		value = unquoted(value)
		if !strings.HasPrefix(value, "bolt:") {
			value = withoutComment(value)
		}
		if !store {
			value = strings.Map(func(r rune) rune {
				if unicode.Is(unicode.Cf, r) {
					return -1
				}
				return r
			}, value)
		}
		if value == before {
			return value, ""
		}
	}
}

// blank reports whether a character is a blank or cannot be seen at all: a byte
// order mark, a zero-width space, a mark of direction.
func blank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// onlyLine gives the line that is neither empty nor a comment, if there is only
// one; otherwise all of them.
func onlyLine(value string) string {
	if !strings.ContainsAny(value, "\r\n") {
		return value
	}
	lines := strings.FieldsFunc(value, func(r rune) bool { return r == '\r' || r == '\n' })
	lines = slices.DeleteFunc(lines, func(line string) bool {
		line = strings.TrimFunc(line, blank)
		return line == "" || line[0] == '#'
	})
	return strings.Join(lines, "\n")
}

// withoutName takes off "NAME=" and "export NAME=": a line of a .env file that
// became a value.
func withoutName(name, value string) string {
	rest, exported := strings.CutPrefix(value, "export")
	if exported {
		rest = strings.TrimLeftFunc(rest, blank)
	}
	if rest, ok := strings.CutPrefix(rest, name); ok {
		rest = strings.TrimLeftFunc(rest, blank)
		if rest, ok := strings.CutPrefix(rest, "="); ok {
			return rest
		}
	}
	return value
}

// unquoted takes off quotes around a value, together with a comment behind them.
func unquoted(value string) string {
	for open, end := range quotes {
		inner, quoted := strings.CutPrefix(value, string(open))
		if !quoted {
			continue
		}
		inner, rest, closed := strings.Cut(inner, string(end))
		if rest = strings.TrimFunc(rest, blank); closed && (rest == "" || rest[0] == '#') {
			return inner
		}
	}
	return value
}

var comment = regexp.MustCompile(`(^|\s)#`)

func withoutComment(value string) string {
	if at := comment.FindStringIndex(value); at != nil {
		return value[:at[0]]
	}
	return value
}

// strange names what stands in a value that has no place in most of them, so
// that a message can say more than that the value is wrong; "" for nothing. It
// repeats nothing of the value.
func strange(value string) string {
	var found []string
	note := func(yes bool, what string) {
		if yes {
			found = append(found, what)
		}
	}
	note(strings.ContainsAny(value, "\"'`“”„‘’«»"), "a quotation mark")
	note(strings.Contains(value, "#"), "a # (a comment?)")
	note(strings.Contains(value, "$"), "a $ (nobody fills it in here)")
	note(strings.HasPrefix(value, "~"), "a ~ (nobody fills it in here)")
	note(strings.ContainsFunc(value, unicode.IsSpace), "a blank")
	note(strings.ContainsFunc(value, func(r rune) bool { return r == unicode.ReplacementChar || unicode.IsControl(r) }),
		"a character that cannot be seen")
	note(strings.ContainsFunc(value, func(r rune) bool {
		return r > unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsPunct(r) && !strings.ContainsRune("“”„‘’«»", r))
	}), "a letter, digit or sign of another alphabet (type it again)")
	decoded, err := base64.StdEncoding.DecodeString(value)
	note(err == nil && tokenForm.Match(bytes.TrimSpace(decoded)), "a token in base64 (encoded twice?)")
	return strings.Join(found, ", ")
}

// decodeText makes text of a file's bytes: without the mark that Notepad puts
// first, and from UTF-16, as PowerShell writes it. A mark where two files were
// put together goes too.
func decodeText(content []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(content, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(content, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return strings.ReplaceAll(strings.TrimPrefix(string(content), "\ufeff"), "\n\ufeff", "\n")
	}
	var units []uint16
	for pair := range slices.Chunk(content[2:], 2) {
		if len(pair) == 2 {
			units = append(units, order.Uint16(pair))
		}
	}
	return string(utf16.Decode(units))
}
