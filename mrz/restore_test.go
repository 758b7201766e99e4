package mrz_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

// trimmed is a text whose lines have lost the fillers at their ends.
func trimmed(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], "<")
	}
	return strings.Join(lines, "\n")
}

// fullWidth writes a text in the signs of Chinese and Japanese keyboards.
func fullWidth(text string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' {
			return r + 0xFEE0
		}
		return r
	}, text)
}

// changed are the ways in which the writing of an MRZ is changed on its way,
// each so that only one way back fits.
var changed = map[string]func(text string) string{
	"fillers lost at the ends":      trimmed,
	"blanks for fillers":            func(s string) string { return strings.ReplaceAll(s, "<", " ") },
	"blanks, lost at the ends":      func(s string) string { return strings.ReplaceAll(trimmed(s), "<", " ") },
	"no-break blanks":               func(s string) string { return strings.ReplaceAll(s, "<", "\u00a0") },
	"wide blanks":                   func(s string) string { return strings.ReplaceAll(s, "<", "\u3000") },
	"single quotation marks":        func(s string) string { return strings.ReplaceAll(s, "<", "‹") },
	"double ones for one":           func(s string) string { return strings.ReplaceAll(s, "<", "«") },
	"double ones for two":           func(s string) string { return strings.ReplaceAll(s, "<<", "«") },
	"double ones, lost at the ends": func(s string) string { return strings.ReplaceAll(trimmed(s), "<<", "«") },
	"hyphens for fillers":           func(s string) string { return strings.ReplaceAll(s, "<", "-") },
	"underscores for fillers":       func(s string) string { return strings.ReplaceAll(s, "<", "_") },
	"dashes after the lines":        func(s string) string { return strings.ReplaceAll(s, "\n", " — —\n") + " —" },
	"full-width fillers":            func(s string) string { return strings.ReplaceAll(s, "<", "＜") },
	"full-width letters":            fullWidth,
	"entities":                      func(s string) string { return strings.ReplaceAll(s, "<", "&lt;") },
	"entities of entities":          func(s string) string { return strings.ReplaceAll(s, "<", "&amp;lt;") },
	"entities by number":            func(s string) string { return strings.ReplaceAll(s, "<", "&#60;") },
	"escapes":                       func(s string) string { return strings.ReplaceAll(s, "<", `\u003c`) },
	"lower case":                    strings.ToLower,
	"Turkish capitals": func(s string) string {
		return strings.ToUpperSpecial(unicode.TurkishCase, strings.ToLower(s))
	},
	"Cyrillic look-alikes":         strings.NewReplacer("K", "К", "T", "Т", "E", "Е", "O", "О", "M", "М", "S", "Ѕ", "A", "А", "I", "І").Replace,
	"Cyrillic letters for zeros":   func(s string) string { return strings.ReplaceAll(s, "0", "О") },
	"small Cyrillic ones":          func(s string) string { return strings.NewReplacer("e", "е", "o", "о").Replace(strings.ToLower(s)) },
	"Greek look-alikes":            strings.NewReplacer("K", "Κ", "T", "Τ", "E", "Ε", "O", "Ο").Replace,
	"a byte order mark":            func(s string) string { return "\ufeff" + s },
	"marks that cannot be seen":    func(s string) string { return strings.NewReplacer("<", "<\u200b", "1", "1\u2060").Replace(s) },
	"Windows":                      func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"in one line":                  func(s string) string { return strings.ReplaceAll(s, "\n", "") },
	"in one line, lost at the end": func(s string) string { return strings.TrimRight(strings.ReplaceAll(s, "\n", ""), "<") },
	"in one line with blanks":      func(s string) string { return strings.ReplaceAll(s, "\n", " ") },
	"in one line with tabs":        func(s string) string { return strings.ReplaceAll(s, "\n", "\t") },
	"in one line with breaks":      func(s string) string { return strings.ReplaceAll(s, "\n", "<br>") },
	"in one line with escapes":     func(s string) string { return strings.ReplaceAll(s, "\n", `\n`) },
	"empty lines between":          func(s string) string { return strings.ReplaceAll(s, "\n", "\n\n") },
	"lines of blanks between":      func(s string) string { return strings.ReplaceAll(s, "\n", "\n \t\n") },
	"broken lines":                 func(s string) string { return s[:14] + "\n" + s[14:40] + "\n" + s[40:] },
	"a label":                      func(s string) string { return "MRZ: " + s },
	"a label on a line":            func(s string) string { return "The lines are:\n" + s + "\nThat is all." },
	"a label on each line":         func(s string) string { return "1) " + strings.ReplaceAll(s, "\n", "\n2) ") },
	"a word before each line":      func(s string) string { return "L1 " + strings.ReplaceAll(s, "\n", "\nL2 ") },
	"quotes":                       func(s string) string { return `"` + strings.ReplaceAll(s, "\n", "\"\n\"") + `"` },
	"a list":                       func(s string) string { return `["` + strings.ReplaceAll(s, "\n", `", "`) + `"]` },
	"a quotation":                  func(s string) string { return "> " + strings.ReplaceAll(s, "\n", "\n> ") },
	"a block of code":              func(s string) string { return "```\n" + s + "\n```" },
	"fillers too many at the end":  func(s string) string { return s + "<<<" },
	"lower case, entities, a label": func(s string) string {
		return "mrz: " + strings.ReplaceAll(strings.ToLower(s), "<", "&lt;")
	},
}

func TestRestore(t *testing.T) {
	for name, change := range changed {
		t.Run(name, func(t *testing.T) {
			for _, right := range [][]string{kyrgyz, specimens[1].lines, specimens[2].lines, icao} {
				read := strings.Split(change(strings.Join(right, "\n")), "\n")
				r, ok := mrz.Restore(read)
				require.True(t, ok, read)
				require.Equal(t, right, r.Lines, read)
				require.Equal(t, right, mrz.Apply(read, r.Repairs))
				_, ok = mrz.Restore(r.Lines)
				require.False(t, ok, "nothing is left to do")
			}
		})
	}
}

// What was done is said in kinds, and no kind that was not.
func TestRestoreChanges(t *testing.T) {
	for name, want := range map[string][]mrz.Change{
		"fillers lost at the ends": {mrz.ChangeFillers}, "blanks for fillers": {mrz.ChangeFillers}, "full-width fillers": {mrz.ChangeFillers},
		"double ones for two": {mrz.ChangeFillers}, "entities": {mrz.ChangeFillers}, "entities of entities": {mrz.ChangeFillers},
		"lower case": {mrz.ChangeLetters}, "Cyrillic look-alikes": {mrz.ChangeLetters}, "Cyrillic letters for zeros": {mrz.ChangeLetters},
		"in one line": {mrz.ChangeLines}, "broken lines": {mrz.ChangeLines}, "in one line, lost at the end": {mrz.ChangeFillers, mrz.ChangeLines},
		"a label": {mrz.ChangeSigns}, "a label on a line": {mrz.ChangeSigns}, "quotes": {mrz.ChangeSigns}, "a byte order mark": {mrz.ChangeSigns},
	} {
		r, ok := mrz.Restore(strings.Split(changed[name](strings.Join(kyrgyz, "\n")), "\n"))
		require.True(t, ok, name)
		require.Equal(t, want, r.Changes, name)
	}
}

// Other formats lose their fillers, too.
func TestRestoreOtherFormats(t *testing.T) {
	for _, s := range specimens {
		if s.format == mrz.TD1 || strings.HasSuffix(s.lines[0], "<") == strings.HasSuffix(s.lines[1], "<") {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			text := strings.Join(s.lines, "\n")
			for _, read := range []string{trimmed(text), strings.ReplaceAll(text, "<", " "), strings.ReplaceAll(text, "<", "&lt;"), strings.ReplaceAll(text, "\n", "")} {
				r, ok := mrz.Restore(strings.Split(read, "\n"))
				require.True(t, ok, read)
				require.Equal(t, s.lines, r.Lines)
			}
		})
	}
}

// Fillers that were lost inside a line come back where everything holds.
func TestRestoreInside(t *testing.T) {
	for name, lines := range map[string][]string{
		"a run cut short":                    {kyrgyz[0], "9001011M3101012KGZ<<<<<0", kyrgyz[2]},
		"a run too long":                     {kyrgyz[0], "9001011M3101012KGZ<<<<<<<<<<<<<<0", kyrgyz[2]},
		"a run lost":                         {kyrgyz[0], "9001011M3101012KGZ0", kyrgyz[2]},
		"a run of blanks as a single one":    {"IDKGZID1234567320101199012345", "9001011M3101012KGZ 0", "TESTOV TEST"},
		"groups with blanks between":         {"IDKGZ ID1234567 3 20101199012345 <", "900101 1 M 310101 2 KGZ <<<<<<<<<<< 0", "TESTOV << TEST <<<<<<<<<<<<<<<<<<"},
		"the name's single filler, with one": {kyrgyz[0], kyrgyz[1], "TESTOV<<TEST<<<<<<<<<<<<<<<<<"},
	} {
		t.Run(name, func(t *testing.T) {
			r, ok := mrz.Restore(lines)
			require.True(t, ok)
			require.Equal(t, kyrgyz, r.Lines)
		})
	}
}

// A misread digit does not keep the writing from being put right, and the
// digit that fails still says so.
func TestRestoreWithAMisreadDigit(t *testing.T) {
	read := put(kyrgyz, 2, 14, "2")
	for _, name := range []string{"fillers lost at the ends", "blanks for fillers", "entities", "lower case", "a byte order mark", "in one line"} {
		r, ok := mrz.Restore(strings.Split(changed[name](strings.Join(read, "\n")), "\n"))
		require.True(t, ok, name)
		require.Equal(t, read, r.Lines, name)
	}
	unreadable := put(kyrgyz, 3, 4, "?")
	r, ok := mrz.Restore(strings.Split(trimmed(strings.Join(unreadable, "\n")), "\n"))
	require.True(t, ok)
	require.Equal(t, unreadable, r.Lines)
}

// Where more than one way fits, or characters are missing, nothing is done.
func TestRestoreNothing(t *testing.T) {
	for name, lines := range map[string][]string{
		"nothing":                              nil,
		"what is right":                        kyrgyz,
		"digits that fail":                     put(kyrgyz, 2, 14, "2"),
		"no MRZ":                               {"Hello, how are you?"},
		"no MRZ of three lines":                {"Hello,", "how are you", "today?"},
		"two lines of three":                   kyrgyz[:2],
		"all fillers, the name's separator":    strings.Split(strings.ReplaceAll(strings.Join(kyrgyz, "\n"), "<", ""), "\n"),
		"blanks of which one separates":        {"IDKGZID1234567320101199012345", "9001011M3101012KGZ 0", "TESTOV TEST ONE"},
		"a name that may have lost a letter":   {kyrgyz[0], kyrgyz[1], strings.Repeat("N", 29)},
		"a name that is too long":              {kyrgyz[0], kyrgyz[1], strings.Repeat("N", 31)},
		"a digit after the name":               {kyrgyz[0], kyrgyz[1], kyrgyz[2] + "0"},
		"a misread digit, and no place for it": {icao[0], "7408132F1204159UTO<<6", icao[2]},
		"a stroke among digits":                {kyrgyz[0][:7] + "|" + kyrgyz[0][8:], kyrgyz[1], kyrgyz[2]},
		"a stroke and the rest of a line":      {icao[0][:15] + "|ABC", icao[1], icao[2]},
		"a name in two pieces":                 {"IDKGZID1234567320101199012345", kyrgyz[1], "TESTOV<<TE", "ST"},
		"a blank among digits":                 put(kyrgyz, 1, 8, " "),
		"a blank in a date":                    put(icao, 2, 3, " "),
		"too long a text":                      {strings.Repeat("<", 5000)},
		"two cards":                            append(strings.Split(trimmed(strings.Join(kyrgyz, "\n")), "\n"), specimens[1].lines...),
	} {
		t.Run(name, func(t *testing.T) {
			r, ok := mrz.Restore(lines)
			require.False(t, ok, r.Lines)
		})
	}
}

// Whatever is misread besides, a card is restored to what was read, or not at
// all: no filler hides a wrong digit.
func TestRestoreRates(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	names := []string{"fillers lost at the ends", "blanks for fillers", "blanks, lost at the ends", "double ones, lost at the ends", "in one line", "entities"}
	restored := 0
	const cards = 600
	for n := range cards {
		card := randomCard(t, random)
		line, column := random.IntN(2), random.IntN(30)
		if chars := misreadings[card[line][column]]; chars != "" && card[line][column] != '<' {
			card = put(card, line+1, column+1, chars[:1])
		}
		name := names[n%len(names)]
		r, ok := mrz.Restore(strings.Split(changed[name](strings.Join(card, "\n")), "\n"))
		if ok {
			restored++
			require.Equal(t, card, r.Lines, name)
		}
	}
	t.Logf("%d of %d restored", restored, cards)
	require.Greater(t, restored, cards*85/100)
}

// FuzzRestore restores any text. Nothing panics; what is right stays as it is;
// what is restored parses, and the repairs lead there.
func FuzzRestore(f *testing.F) {
	for _, s := range specimens {
		f.Add(strings.Join(s.lines, "\n"))
		f.Add(trimmed(strings.Join(s.lines, "\n")))
	}
	for _, change := range changed {
		f.Add(change(strings.Join(kyrgyz, "\n")))
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		before := mrz.Parse(lines, today)
		r, ok := mrz.Restore(lines)
		if !ok {
			require.Empty(t, r)
			return
		}
		require.False(t, before.Valid(), "what is right stays")
		require.Equal(t, r.Lines, mrz.Apply(lines, r.Repairs))
		z := mrz.Parse(r.Lines, today)
		require.NotEqual(t, mrz.Unknown, z.Format)
		require.Empty(t, strings.Trim(strings.Join(r.Lines, ""), mrz.Alphabet+"?"))
		_, again := mrz.Restore(r.Lines)
		require.False(t, again)
	})
}
