package screen

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/text"
	"mrzbot/mrz"
)

func TestTemplate(t *testing.T) {
	z := mrz.Parse(specimen, today)
	for raw, want := range map[string]string{
		"{surname};{given_names};{birth_date};{document_number};{personal_number}": "TESTOV;TEST;01.01.1990;ID1234567;20101199012345",
		"{ Surname }, {SEX}": "TESTOV, M",
		"{optional2}":        "",
		"№ {document_number} до {expiry_date} 😀": "№ ID1234567 до 01.01.2031 😀",
		"{today};{nationality};{document_code}":  "04.05.2026;KGZ;ID",
		"={surname};+{sex};-1;@{sex};\t=x":       "'=TESTOV;'+M;'-1;'@M;\t'=x",
		" = {surname}":                           "'= TESTOV",
		`"={surname}";"{sex}"`:                   `"'=TESTOV";"M"`,
		"{optional2}-{sex}":                      "'-M",
		"＝{sex}":                                 "'＝M",
		"{sex}=1":                                "M=1",
	} {
		p, err := ParseTemplate(raw)
		require.NoError(t, err, raw)
		require.Equal(t, want, p.Line(z, today), raw)
	}
	for raw, problem := range map[string]string{
		"": "nothing", "x;y": "nothing", "off ": "nothing", "{}": "unknown", "{gender}": "unknown", "{surname": "brace", "surname}": "brace",
		"{surname}}": "brace", "{{surname}}": "brace", "{sur{name}": "brace", "{surname}{x}": "unknown",
	} {
		_, err := ParseTemplate(raw)
		wrong, ok := errors.AsType[*TemplateError](err)
		require.True(t, ok, raw)
		require.Equal(t, problem, wrong.Problem, raw)
	}
	require.Empty(t, Template{}.Line(z, today))
}

// TestTemplateOfGarbage: whatever a service gives, no cell becomes a formula and no
// value leaves its cell.
func TestTemplateOfGarbage(t *testing.T) {
	p, err := ParseTemplate("{surname};{given_names};{document_number}")
	require.NoError(t, err)
	for _, name := range []string{"=1+1<<@SUM", "+1<<-1", "\t=1<<=1", "A;=1<<B,=1", "\"=1<<|=1", "<=1<<A\n=1", "＝1<<＋1"} {
		lines := []string{specimen[0], specimen[1], name + strings.Repeat("<", 30-len([]rune(name)))}
		line := p.Line(mrz.Parse(lines, today), today)
		cells := strings.Split(line, ";")
		require.Len(t, cells, 3, name)
		for _, cell := range append(cells, strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",|\t\n", r) })...) {
			cell = strings.TrimLeft(cell, " \"")
			require.False(t, cell != "" && strings.ContainsRune("=+-@＝＋－＠\t", []rune(cell)[0]), "%q of %q", cell, line)
		}
	}
}

// TestTemplateButton: one line under the copy buttons, in doubt like them, and left
// out with a word when it is too long, in UTF-16 units.
func TestTemplateButton(t *testing.T) {
	p := read(t, specimen...)
	under := func(raw string) (string, string) {
		var err error
		p.Team, err = ParseTemplate(raw)
		require.NoError(t, err)
		m := p.Message()
		if rows := keys(m); len(rows) > 1 {
			return rows[1][0], m.Text
		}
		return "", m.Text
	}
	key, said := under("{surname}")
	require.Equal(t, "Line=TESTOV", key)
	require.NotContains(t, said, "no button")
	key, said = under("{optional2}")
	require.Empty(t, key)
	require.NotContains(t, said, "no button")
	fits := strings.Repeat("😀", 125) // two units each
	key, _ = under(fits + "{surname}")
	require.Equal(t, "Line="+fits+"TESTOV", key)
	require.Equal(t, chat.MaxCopy, text.Units(strings.TrimPrefix(key, "Line=")))
	key, said = under(fits + "x{surname}")
	require.Empty(t, key)
	require.Contains(t, said, "The team's line is longer than 256 characters: no button copies it.")
	p.Lines = []string{specimen[0], "9001011M3101013KGZ<<<<<<<<<<<0", specimen[2]}
	key, _ = under("{surname}")
	require.Equal(t, "⚠️ Line=TESTOV", key)
	p.Lines = specimen[:2]
	key, _ = under("{surname}")
	require.Empty(t, key, "there are no fields")
}

func FuzzParseTemplate(f *testing.F) {
	f.Add("{surname};={sex}")
	f.Add("{{")
	z := mrz.Parse(specimen, today)
	f.Fuzz(func(t *testing.T, raw string) {
		p, err := ParseTemplate(raw)
		if err != nil {
			return
		}
		for cell := range strings.FieldsFuncSeq(p.Line(z, today), func(r rune) bool { return strings.ContainsRune(cellEnds, r) }) {
			cell = strings.TrimSpace(cell)
			require.False(t, strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "@"), "%q", raw)
		}
	})
}
