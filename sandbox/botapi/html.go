package botapi

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
)

// tags of Telegram's HTML style (https://core.telegram.org/bots/api#html-style)
// and the entities they make. Attributes are looked at in open.
var tags = map[string]models.MessageEntityType{
	"b": "bold", "strong": "bold",
	"i": "italic", "em": "italic",
	"u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
	"span": "spoiler", "tg-spoiler": "spoiler",
	"a": "text_link", "tg-emoji": "custom_emoji", "tg-time": "date_time",
	"code": "code", "pre": "pre", "blockquote": "blockquote",
}

var (
	tagForm       = regexp.MustCompile(`^<(/?)([a-zA-Z-]+)((?:\s+[a-zA-Z-]+(?:="[^"]*")?)*)\s*>`)
	attributeForm = regexp.MustCompile(`([a-zA-Z-]+)(?:="([^"]*)")?`)
	characterForm = regexp.MustCompile(`^&(?:(lt|gt|amp|quot)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));`)
)

// htmlReader turns marked-up text into plain text and entities.
type htmlReader struct {
	in       string
	at       int // byte offset in in
	out      strings.Builder
	units    int // UTF-16 units in out
	open     []openTag
	entities []models.MessageEntity
}

type openTag struct {
	name   string
	entity models.MessageEntity
}

// ParseHTML reads a text with parse_mode HTML. Entities come sorted by place,
// the outer before the inner.
func ParseHTML(in string) (string, []models.MessageEntity, *Error) {
	h := &htmlReader{in: in}
	for h.at < len(in) {
		if err := h.step(); err != nil {
			return "", nil, err
		}
	}
	if n := len(h.open); n > 0 {
		return "", nil, cannotParse("Can't find end tag corresponding to start tag %q", h.open[n-1].name)
	}
	slices.SortStableFunc(h.entities, func(a, b models.MessageEntity) int {
		if a.Offset != b.Offset {
			return a.Offset - b.Offset
		}
		return b.Length - a.Length
	})
	return h.out.String(), h.entities, nil
}

func cannotParse(format string, args ...any) *Error {
	return BadRequest("can't parse entities: %s", fmt.Sprintf(format, args...))
}

func (h *htmlReader) step() *Error {
	rest := h.in[h.at:]
	switch rest[0] {
	case '<':
		match := tagForm.FindStringSubmatch(rest)
		if match == nil {
			return cannotParse("Unsupported start tag at byte offset %d", h.at)
		}
		var err *Error
		if match[1] == "" {
			err = h.start(strings.ToLower(match[2]), match[3])
		} else {
			err = h.end(strings.ToLower(match[2]), match[3])
		}
		h.at += len(match[0])
		return err
	case '&':
		if match := characterForm.FindStringSubmatch(rest); match != nil {
			h.write(character(match))
			h.at += len(match[0])
			return nil
		}
	}
	r, size := utf8.DecodeRuneInString(rest)
	h.write(r)
	h.at += size
	return nil
}

func (h *htmlReader) write(r rune) {
	h.out.WriteRune(r)
	h.units += utf16.RuneLen(r)
}

func character(match []string) rune {
	switch match[1] {
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "amp":
		return '&'
	case "quot":
		return '"'
	}
	digits, base := match[2], 10
	if match[3] != "" {
		digits, base = match[3], 16
	}
	n, err := strconv.ParseInt(digits, base, 32)
	if err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
		return utf8.RuneError
	}
	return rune(n)
}

func (h *htmlReader) start(name, rawAttributes string) *Error {
	kind, known := tags[name]
	if !known {
		return cannotParse("Unsupported start tag %q at byte offset %d", name, h.at)
	}
	e := models.MessageEntity{Type: kind, Offset: h.units}
	bad := cannotParse("Tag %q must have other attributes at byte offset %d", name, h.at)
	attributes := map[string]string{}
	for _, match := range attributeForm.FindAllStringSubmatch(rawAttributes, -1) {
		attributes[strings.ToLower(match[1])] = unescape(match[2])
	}
	take := func(attribute string) string {
		value := attributes[attribute]
		delete(attributes, attribute)
		return value
	}
	switch name {
	case "a":
		if e.URL = take("href"); e.URL == "" {
			return bad
		}
	case "span":
		if take("class") != "tg-spoiler" {
			return bad
		}
	case "code":
		if class := take("class"); class != "" {
			language, ok := strings.CutPrefix(class, "language-")
			if !ok || len(h.open) == 0 || h.open[len(h.open)-1].name != "pre" {
				return bad
			}
			e.Language = language
		}
	case "blockquote":
		if _, expandable := attributes["expandable"]; expandable {
			take("expandable")
			e.Type = "expandable_blockquote"
		}
	case "tg-emoji":
		if e.CustomEmojiID = take("emoji-id"); e.CustomEmojiID == "" {
			return bad
		}
	case "tg-time":
		seconds, err := strconv.Atoi(take("unix"))
		if err != nil {
			return bad
		}
		e.UnixTime, e.DateTimeFormat = seconds, take("format")
	}
	if len(attributes) > 0 {
		return bad
	}
	h.open = append(h.open, openTag{name: name, entity: e})
	return nil
}

func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if match := characterForm.FindStringSubmatch(s[i:]); match != nil {
			b.WriteRune(character(match))
			i += len(match[0])
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

func (h *htmlReader) end(name, attributes string) *Error {
	n := len(h.open)
	switch {
	case n == 0:
		return cannotParse("Unexpected end tag at byte offset %d", h.at)
	case h.open[n-1].name != name || attributes != "":
		return cannotParse("Unmatched end tag at byte offset %d, expected \"</%s>\"", h.at, h.open[n-1].name)
	}
	e := h.open[n-1].entity
	h.open = h.open[:n-1]
	if e.Length = h.units - e.Offset; e.Length == 0 {
		return nil
	}
	// <pre><code class="language-x"> is one entity: pre with a language. The
	// code was closed just before, and fills the pre.
	if last := len(h.entities) - 1; name == "pre" && last >= 0 {
		inner := h.entities[last]
		if inner.Type == "code" && inner.Offset == e.Offset && inner.Length == e.Length {
			e.Language = inner.Language
			h.entities = h.entities[:last]
		}
	}
	h.entities = append(h.entities, e)
	return nil
}
