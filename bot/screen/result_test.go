package screen

import (
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/mrz"
	"mrzbot/storage"
)

var today = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// read is the reply to a photo with these lines.
func read(t *testing.T, lines ...string) Photo {
	catalog, err := text.New()
	require.NoError(t, err)
	return Photo{
		Answer: Answer{Code: outcome.OK, Lines: lines, Limit: 50}, Localizer: catalog.Localizer("en"),
		Attempt: storage.Attempt{Counted: true, Number: 3}, Now: today,
	}
}

// keys gives the words of a message's buttons and what they copy.
func keys(m chat.Message) (rows [][]string) {
	markup, ok := m.Markup.(*models.InlineKeyboardMarkup)
	if !ok {
		return nil
	}
	for _, row := range markup.InlineKeyboard {
		var keys []string
		for _, k := range row {
			keys = append(keys, k.Text+"="+k.CopyText.Text)
		}
		rows = append(rows, keys)
	}
	return rows
}

// spans gives what entities of a kind cover.
func spans(m chat.Message, kind models.MessageEntityType) (found []string) {
	units := utf16.Encode([]rune(m.Text))
	for _, e := range m.Entities {
		if e.Type == kind {
			found = append(found, string(utf16.Decode(units[e.Offset:e.Offset+e.Length])))
		}
	}
	return found
}

// TestAnswer: the whole of an answer in which all is well.
func TestAnswer(t *testing.T) {
	lines := []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
	m := read(t, lines...).Message()
	require.Equal(t, `✅ All check digits hold.
№ ID1234567
PIN 20101199012345
Surname: TESTOV
Given names: TEST
Names: compare with the card.
Born: 01.01.1990
Valid until: 01.01.2031
Sex: M
`+strings.Join(lines, "\n")+`
3 of 50 today`, m.Text)
	require.Equal(t, []string{"ID1234567", "20101199012345"}, spans(m, models.MessageEntityTypeCode))
	require.Equal(t, []string{strings.Join(lines, "\n")}, spans(m, models.MessageEntityTypePre))
	require.Equal(t, [][]string{{"№=ID1234567", "PIN=20101199012345", "MRZ=" + strings.Join(lines, "\n")}}, keys(m))
}

// TestFindings: what is said first, and what is not said because something else is.
func TestFindings(t *testing.T) {
	const surname, pin = "TESTOV<<TEST<<<<<<<<<<<<<<<<<<", "IDKGZID1234567320101199012345<"
	for name, c := range map[string]struct {
		lines []string
		says  []string
		marks []string // fields that bear the sign
	}{
		"all well":          {[]string{pin, "9001011M3101012KGZ<<<<<<<<<<<0", surname}, []string{"✅ All check digits hold."}, nil},
		"expired yesterday": {[]string{"IDKGZID1234567320101199012345<", "9001011M2605030KGZ<<<<<<<<<<<2", surname}, []string{"⛔ Expired on 03.05.2026."}, nil},
		"expired, and the PIN is another's": {
			[]string{"IDKGZID1234567310207199012345<", "9001011M2501017KGZ<<<<<<<<<<<2", surname},
			[]string{"⛔ Expired on 01.01.2025.", "⚠️ The PIN names another birth date: look at the card.", "⚠️ The PIN names another sex: look at the card."},
			[]string{"PIN", "Born", "Sex"},
		},
		"the birth date's digit fails, and so it contradicts": {
			[]string{pin, "9007011M3101012KGZ<<<<<<<<<<<0", surname},
			[]string{"⚠️ The birth date's check digit fails.", "⚠️ The PIN names another birth date: look at the card."},
			[]string{"PIN", "Born"},
		},
		"the end's digit fails, and so it is over": {
			[]string{pin, "9001011M2101012KGZ<<<<<<<<<<<0", surname},
			[]string{"⚠️ The expiry date's check digit fails.", "⚠️ Perhaps expired on 01.01.2021: the date is in doubt."},
			[]string{"PIN", "Valid until"},
		},
		"the composite digit fails": {
			[]string{"IDKGZID1234567320101199012346<", "9001011M3101012KGZ<<<<<<<<<<<0", surname},
			[]string{"⚠️ The composite check digit fails."}, []string{"PIN"},
		},
		"no date": {
			[]string{pin, "9013011M3101012KGZ<<<<<<<<<<<0", surname},
			[]string{"⚠️ The birth date is no date."}, []string{"PIN", "Born"},
		},
		"characters missing": {
			[]string{pin, "9001011M310?012KGZ<<<<<<<<<<<0", "TEST?V<<TEST<<<<<<<<<<<<<<<<<<"},
			[]string{"⚠️ Characters shown as ? could not be read."}, []string{"PIN", "Surname", "Valid until"},
		},
		"no MRZ": {
			[]string{"IDKGZ", "9001011"},
			[]string{"⚠️ These lines are not a complete MRZ. Compare with the card, or photograph it again."}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := read(t, c.lines...)
			said := strings.Split(p.Message().Text, "\n")
			require.Equal(t, c.says, said[:len(c.says)])
			require.Equal(t, strings.HasPrefix(c.says[0], "✅"), strings.Contains(p.Message().Text, "✅"))
			var marked []string
			for _, line := range said[len(c.says):] {
				if before, ok := strings.CutSuffix(line, " ⚠️"); ok {
					marked = append(marked, strings.FieldsFunc(before+":", func(r rune) bool { return r == ':' })[0])
				}
			}
			for i, m := range marked {
				marked[i] = strings.TrimRight(strings.TrimSuffix(m, "?"), " 0123456789")
			}
			require.Equal(t, c.marks, marked)
		})
	}
}

// TestCopiedInDoubt: a button that copies what is in doubt says so, and one that
// would copy a number with a hole is left out.
func TestCopiedInDoubt(t *testing.T) {
	card := []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
	first := func(p Photo) (words []string) {
		for _, k := range keys(p.Message())[0] {
			word, _, _ := strings.Cut(k, "=")
			words = append(words, word)
		}
		return words
	}
	p := read(t, card...)
	require.Equal(t, []string{"№", "PIN", "MRZ"}, first(p))
	p.Doubtful = true
	require.Equal(t, []string{"⚠️ №", "⚠️ PIN", "⚠️ MRZ"}, first(p))
	require.NotContains(t, p.Message().Text, "✅")
	require.Equal(t, []string{"⚠️ №", "⚠️ PIN", "⚠️ MRZ"}, first(read(t, "IDKGZID1234567420101199012345<", card[1], card[2])))
	require.Equal(t, []string{"⚠️ PIN", "⚠️ MRZ"}, first(read(t, "IDKGZID123?567320101199012345<", card[1], card[2])))
	require.Equal(t, []string{"⚠️ MRZ"}, first(read(t, card[0], card[1])))
	long := read(t, strings.Repeat("A", 257))
	require.Nil(t, long.Message().Markup, "no button copies so much")
}

// TestOtherDocuments: passports, cards without a PIN, other states, and several at
// once.
func TestOtherDocuments(t *testing.T) {
	passport := []string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"}
	m := read(t, passport...).Message()
	require.Contains(t, m.Text, "\nPersonal number ZE184226B\n")
	require.Contains(t, m.Text, "\nNationality: UTO\n")
	require.NotContains(t, m.Text, "Issued by")
	require.NotContains(t, m.Text, "PIN")

	none := read(t, "I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<").Message()
	require.Equal(t, []string{"№=D23145890"}, keys(none)[0][:1])
	require.Len(t, keys(none)[0], 2)

	card := []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
	both := read(t, append(card, passport...)...).Message()
	require.Contains(t, both.Text, "Document 1 of 2\n✅ All check digits hold.\n№ ID1234567\n")
	require.Contains(t, both.Text, "Document 2 of 2\n⛔ Expired on 15.04.2012.\n№ L898902C3\n")
	require.Equal(t, "№ 2=L898902C3", keys(both)[1][0])
	require.Len(t, spans(both, models.MessageEntityTypePre), 2)

	left := read(t, append(card, passport[0])...).Message()
	require.Contains(t, left.Text, "not a complete MRZ", "a line is left over")
	require.NotContains(t, left.Text, "ID1234567\n")
}

// TestFitsOneScreen: the longest answer of one card, in which nearly everything is
// wrong, fits what a phone of 360 × 740 points shows between its bars: some 600
// points, so 28 lines of 21, of some 42 letters each. A row of buttons takes two.
func TestFitsOneScreen(t *testing.T) {
	p := read(t, "IDKGZID1234567310207199012345<", "9001011M2501017RUS<<<<<<<<<<<2", "PAPANDROPOULOUS<<JONATHON<ALEC")
	p.Doubtful, p.Restored = true, []mrz.Change{mrz.AllChanges()[0]}
	m := p.Message()
	rows := len(keys(m)) * 2
	for line := range strings.SplitSeq(m.Text, "\n") {
		rows += 1 + len([]rune(line))/42
	}
	require.LessOrEqual(t, rows, 28, m.Text)
	for _, line := range []string{"№ ", "Given names", "RUS", "Jonathon"} {
		require.Contains(t, strings.ToLower(m.Text), strings.ToLower(line))
	}
}

func TestDate(t *testing.T) {
	for iso, want := range map[string]string{"": "", "1990-01-31": "31.01.1990", "1990-XX-XX": "XX.XX.1990", "XX99-12-31": "31.12.XX99"} {
		require.Equal(t, want, Date(iso))
	}
}

// TestUncounted: what did not count says so, in the same place.
func TestUncounted(t *testing.T) {
	p := read(t)
	p.Code, p.Attempt = outcome.TooDark, storage.Attempt{}
	require.True(t, strings.HasSuffix(p.Message().Text, "\nNot counted."))
	p.Code, p.Attempt, p.Unanswered = outcome.Unknown, storage.Attempt{Counted: true, Number: 3}, 1
	require.True(t, strings.HasSuffix(p.Message().Text, "\n3 of 50 today, 1 without an answer"))
}
