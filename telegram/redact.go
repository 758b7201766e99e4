package telegram

import (
	"net/url"
	"strings"
)

// maxDescription is the longest error text kept. Telegram's own are under a
// hundred characters; what is longer is somebody else's page.
const maxDescription = 160

// redactor makes foreign texts safe for errors and logs.
type redactor struct{ replace *strings.Replacer }

// newRedactor makes one for a token: the whole of it, its secret part alone,
// and both as they stand in an address.
func newRedactor(token string) redactor {
	_, secret, _ := strings.Cut(token, ":")
	const hidden = "[hidden]"
	return redactor{strings.NewReplacer(
		token, hidden,
		url.QueryEscape(token), hidden,
		url.PathEscape(token), hidden,
		secret, hidden,
	)}
}

// safe gives a text without the token, without what it quotes (Telegram quotes
// what it was sent, and transports quote what they received) and without
// characters that are not plain ASCII, cut to maxDescription.
func (r redactor) safe(text string) string {
	text = r.replace.Replace(text)
	var b strings.Builder
	var quote, before rune = 0, ' '
	for _, c := range text {
		if b.Len() >= maxDescription {
			break
		}
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
				b.WriteString("...")
				b.WriteRune(c)
			}
		case c == '"' || c == '`' || c == '\'' && !letter(before): // can't is no quotation
			quote = c
			b.WriteRune(c)
		case c < ' ' || c > '~':
			b.WriteByte('?')
		default:
			b.WriteRune(c)
		}
		before = c
	}
	return b.String()
}

func letter(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
