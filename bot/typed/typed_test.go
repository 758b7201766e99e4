package typed

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

var (
	now  = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	card = []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
)

func TestLines(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		want     []string
		restored []mrz.Change
		like     bool
	}{
		"as it is":       {strings.Join(card, "\n"), card, nil, true},
		"lower case":     {strings.ToLower(strings.Join(card, "\n")), card, []mrz.Change{mrz.ChangeLetters}, true},
		"empty between":  {strings.Join(card, "\n\n"), card, nil, true},
		"a greeting too": {"вот карта:\n\n" + strings.Join(card, "\n"), card, nil, true},
		"quotes for fillers": {
			"IDKGZID1234567320101199012345<\n9001011M3101012KGZ«««««0\nTESTOV«TEST", card, []mrz.Change{mrz.ChangeFillers}, true},
		"blanks for fillers": {
			"IDKGZID1234567320101199012345\n9001011M3101012KGZ           0\nTESTOV  TEST", card, []mrz.Change{mrz.ChangeFillers}, true},
		"Cyrillic look-alikes": {
			"IDКGZID1234567320101199012345<\n9001011М3101012КGZ<<<<<<<<<<<0\nТЕSТОV<<ТЕSТ<<<<<<<<<<<<<<<<<<", card, []mrz.Change{mrz.ChangeLetters}, true},
		"two lines of three": {card[0] + "\n" + card[1], nil, nil, true},
		"a sentence":         {"Здравствуйте, можно ли мне\nузнать, сколько осталось на сегодня?", nil, nil, false},
		"a telephone number": {"+996 555 123456\nпозвоните мне", nil, nil, false},
		"nothing":            {"", nil, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			lines, restored, like := Lines(c.text, now)
			require.Equal(t, c.want, lines)
			require.Equal(t, c.restored, restored)
			require.Equal(t, c.like, like)
		})
	}
}

func TestCorrect(t *testing.T) {
	pin := strings.Replace(card[0], "20101199012345", "2O101199012345", 1)
	for name, c := range map[string]struct {
		before []string
		text   string
		fields []mrz.Field
		lines  []string // nil: as card
		why    Refusal
		none   bool
	}{
		"number":                 {before: []string{strings.Replace(card[0], "ID1234567", "ID1234S67", 1), card[1], card[2]}, text: "ID1234567", fields: []mrz.Field{mrz.FieldDocumentNumber}},
		"number, small":          {before: []string{strings.Replace(card[0], "ID1234567", "ID1234S67", 1), card[1], card[2]}, text: " id 1234567 ", fields: []mrz.Field{mrz.FieldDocumentNumber}},
		"PIN":                    {before: []string{pin, card[1], card[2]}, text: "20101199012345", fields: []mrz.Field{mrz.FieldPersonalNumber}},
		"surname":                {before: []string{card[0], card[1], strings.Replace(card[2], "TESTOV", "TESTDV", 1)}, text: "Testov", fields: []mrz.Field{mrz.FieldSurname}},
		"given name":             {before: []string{card[0], card[1], "TESTOV<<IEST<<<<<<<<<<<<<<<<<<"}, text: "TEST", fields: []mrz.Field{mrz.FieldGivenNames}},
		"birth date":             {before: []string{card[0], strings.Replace(card[1], "900101", "800101", 1), card[2]}, text: "01.01.1990", fields: []mrz.Field{mrz.FieldBirthDate}},
		"expiry date":            {before: []string{card[0], strings.Replace(card[1], "310101", "310701", 1), card[2]}, text: "01/01/2031", fields: []mrz.Field{mrz.FieldExpiryDate}},
		"a line":                 {before: []string{card[0], card[1], strings.Replace(card[2], "TESTOV", "TFSTDV", 1)}, text: card[2], fields: []mrz.Field{mrz.FieldSurname}},
		"a line, fillers lost":   {before: []string{card[0], card[1], strings.Replace(card[2], "TESTOV", "TFSTDV", 1)}, text: "testov<<test<<<<<<<<<<", fields: []mrz.Field{mrz.FieldSurname}},
		"a line with the number": {before: []string{strings.Replace(card[0], "ID1234567", "ID1234S67", 1), card[1], card[2]}, text: strings.ToLower(card[0]), fields: []mrz.Field{mrz.FieldDocumentNumber}},

		"names as a line":  {before: []string{card[0], card[1], strings.Replace(card[2], "TESTOV", "TESTDV", 1)}, text: "TESTOV<<TEST", fields: []mrz.Field{mrz.FieldSurname}},
		"names by a phone": {before: []string{card[0], card[1], strings.Replace(card[2], "TESTOV", "TESTDV", 1)}, text: "Testov«Test", fields: []mrz.Field{mrz.FieldSurname}},

		"the same":            {before: card, text: "ID1234567", why: Same},
		"Cyrillic name":       {before: card, text: "Асанов", why: NotLatin},
		"Kyrgyz name":         {before: card, text: "Өмүрбек", why: NotLatin},
		"too long":            {before: card, text: "ID12345678", why: Unfit},
		"a short PIN":         {before: card, text: "2010119901234", why: Unfit},
		"a name like neither": {before: card, text: "XYLOPHON", why: Unclear},
		"a line like none":    {before: card, text: "<<<<<<<<<<<<<<<<<<<<<<<<9999999999", why: Unclear},
		"thanks":              {before: card, text: "спасибо", none: true},
		"ok":                  {before: card, text: "ok", none: true},
		"a question":          {before: card, text: "что это за карта?", none: true},
		"a thumb":             {before: card, text: "👍", none: true},
		"a number of the day": {before: card, text: "5", none: true},
		"two lines":           {before: card, text: card[0] + "\n" + card[1], none: true},
		"what was no MRZ":     {before: []string{"HELLO"}, text: "ID1234567", none: true},
		"nothing":             {before: card, text: " ", none: true},
	} {
		t.Run(name, func(t *testing.T) {
			got := Correct(c.before, c.text, now)
			switch {
			case c.none:
				require.Equal(t, Correction{}, got)
			case c.why != "":
				require.Equal(t, Correction{Refused: c.why}, got)
			default:
				require.Equal(t, card, got.Lines)
				require.Equal(t, c.fields, got.Fields)
				require.Empty(t, got.Refused)
			}
		})
	}
}
