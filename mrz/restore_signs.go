package mrz

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Signs are the bytes in which Restore writes a line before it has decided:
// characters of the alphabet as they are, '?' for an unreadable one, a blank,
// and these.
const (
	foreign   = '|' // belongs to no MRZ: stands around a line or between two
	dash      = '-' // a hyphen, a dot or the like: foreign, or in a filler's place
	quotation = '"' // « and its like: one filler or two
	eitherO   = 'o' // the round letter of another alphabet: O or 0
	eitherI   = 'i' // the upright one: I or 1
)

// eitherOf are the characters that one of these signs may be.
func eitherOf(sign byte) string {
	switch sign {
	case eitherO:
		return "O0"
	case eitherI:
		return "I1"
	}
	return ""
}

// The letters of other alphabets that look like Latin ones, and what they look
// like: Cyrillic, Greek, and what Turkish makes of an i.
const (
	similar = "АВЕКМНРСТУХЅЈҮаеркмнтсухѕјү" + "ΑΒΕΖΗΚΜΝΡΤΥΧΙΟ" + "ОоІіӀ" + "İıK"
	latin   = "ABEKMHPCTYXSJYAEPKMHTCYXSJY" + "ABEZHKMNPTYXio" + "ooiii" + "IIK"

	// Signs for a filler, and those that may be two.
	fillers    = "‹〈⟨❮˂ᐸ﹤くㄑ"
	quotations = "«《≪"
	dashes     = "-_.·‐‑‒–—―"
)

// similarTo maps each of these letters and fillers to its sign.
var similarTo = func() map[rune]byte {
	table := map[rune]byte{}
	i := 0
	for _, r := range similar {
		table[r] = latin[i]
		i++
	}
	for _, r := range fillers {
		table[r] = '<'
	}
	for _, r := range quotations {
		table[r] = quotation
	}
	for _, r := range dashes {
		table[r] = dash
	}
	return table
}()

// signOf is the sign of a character; false for one that cannot be seen.
func signOf(r rune) (sign byte, seen bool) {
	const fullWidth = 0xFEE0 // between ASCII and its full-width twins
	if '！' <= r && r <= '～' {
		r -= fullWidth
	}
	switch {
	case r == '?' || r < utf8.RuneSelf && anyCharacter.Has(byte(r)):
		return byte(r), true
	case 'a' <= r && r <= 'z':
		return byte(r) - 'a' + 'A', true
	case similarTo[r] != 0:
		return similarTo[r], true
	case unicode.IsSpace(r):
		return ' ', true
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn):
		return 0, false
	}
	return foreign, true
}

// escapes are line breaks and fillers as other languages write them.
var escapes = strings.NewReplacer(
	`\r\n`, "\n", `\n`, "\n", `\r`, "\n", `\t`, "\t", "\r\n", "\n", "\r", "\n",
	"<br>", "\n", "<br/>", "\n", "<br />", "\n", "<BR>", "\n",
	`\u003c`, "<", `\u003C`, "<", "%3C", "<", "%3c", "<",
)

// decode reads the escapes and entities of a text.
func decode(text string) string {
	return html.UnescapeString(html.UnescapeString(escapes.Replace(text)))
}

// signs writes a text in signs, a line each, without those that are empty.
func signs(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(decode(text), "\n") {
		var written strings.Builder
		for _, r := range line {
			if sign, seen := signOf(r); seen {
				written.WriteByte(sign)
			}
		}
		if strings.Trim(written.String(), " |-") != "" {
			lines = append(lines, written.String())
		}
	}
	return lines
}

// lists are the ways to take a text apart into lines, its dashes taken for
// foreign and then for fillers.
func lists(text string) [][]string {
	read := signs(text)
	all := apart(read, string(rune(foreign)))
	if strings.IndexByte(strings.Join(read, ""), dash) >= 0 {
		all = append(all, apart(read, " ")...)
	}
	return slices.CompactFunc(all, slices.Equal)
}

// apart takes lines apart: what stands behind the last foreign sign, which ends
// a label; all that stands between them; all between blanks, too; and the
// characters in rows of a format's width.
func apart(lines []string, dashes string) [][]string {
	var unlabelled, segments, words []string
	for _, line := range lines {
		line = strings.ReplaceAll(line, string(rune(dash)), dashes)
		between := strings.FieldsFunc(line, func(r rune) bool { return r == foreign })
		between = slices.DeleteFunc(between, func(s string) bool { return strings.TrimSpace(s) == "" })
		if len(between) == 0 {
			continue
		}
		unlabelled = append(unlabelled, between[len(between)-1])
		segments = append(segments, between...)
		words = append(words, strings.FieldsFunc(line, func(r rune) bool { return r == foreign || r == ' ' })...)
	}
	all := [][]string{unlabelled, segments, words}
	joined := strings.Join(unlabelled, "")
	for _, join := range []string{joined, strings.ReplaceAll(joined, " ", "")} {
		for _, format := range [...]Format{TD1, TD2, TD3} {
			if len(unlabelled) != format.Lines() {
				all = append(all, rows(join, format))
			}
		}
	}
	return slices.DeleteFunc(all, func(list []string) bool { return len(list) == 0 })
}

// rows cuts a text into the lines of a format, of which only the last may have
// lost its end.
func rows(text string, format Format) []string {
	width, last := format.Length(), format.Lines()-1
	if len(text) <= last*width || len(text) > format.Lines()*width {
		return nil
	}
	var list []string
	for i := range last {
		list = append(list, text[i*width:(i+1)*width])
	}
	return append(list, text[last*width:])
}
