package mrz_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

func TestFormats(t *testing.T) {
	require.Equal(t, []mrz.Format{mrz.TD1, mrz.TD2, mrz.TD3, mrz.MRVA, mrz.MRVB, mrz.IDFRA}, mrz.Formats())
	for _, s := range specimens {
		require.Equal(t, s.format.Lines(), len(s.lines), s.name)
		require.Equal(t, s.format.Length(), len(s.lines[0]), s.name)
		require.NotEmpty(t, s.format.String())
	}
	for _, none := range []mrz.Format{mrz.Unknown, 250} {
		require.Zero(t, none.Lines())
		require.Zero(t, none.Length())
		require.Empty(t, none.String())
		require.Zero(t, none.Alphabet(1, 1))
		require.False(t, none.Holds(icao))
	}
}

// Every cell of every format has a class, no cell beside it has one, and the
// specimens keep to them.
func TestAlphabet(t *testing.T) {
	for _, f := range mrz.Formats() {
		for line := range f.Lines() + 2 {
			for column := range f.Length() + 2 {
				inside := line >= 1 && line <= f.Lines() && column >= 1 && column <= f.Length()
				require.Equal(t, inside, f.Alphabet(line, column) != 0, "%s %d:%d", f, line, column)
			}
		}
	}
	for _, s := range specimens {
		for i, line := range s.lines {
			for j := range len(line) {
				require.True(t, s.format.Alphabet(i+1, j+1).Has(line[j]), "%s %d:%d", s.name, i+1, j+1)
			}
		}
	}
}

func TestAlphabetOfCells(t *testing.T) {
	tests := []struct {
		format       mrz.Format
		line, column int
		want         mrz.Class
	}{
		{mrz.TD1, 1, 1, mrz.Only("ACI")},
		{mrz.TD1, 1, 2, (mrz.Letters | mrz.Filler) &^ mrz.Only("V")},
		{mrz.TD1, 1, 3, mrz.Letters | mrz.Filler},
		{mrz.TD1, 1, 14, mrz.Digits | mrz.Letters | mrz.Filler},
		{mrz.TD1, 1, 15, mrz.Digits | mrz.Filler},
		{mrz.TD1, 2, 6, mrz.Digits | mrz.Filler},
		{mrz.TD1, 2, 7, mrz.Digits},
		{mrz.TD1, 2, 8, mrz.Only("FM<")},
		{mrz.TD1, 2, 30, mrz.Digits},
		{mrz.TD1, 3, 30, mrz.Letters | mrz.Filler},
		{mrz.TD3, 1, 1, mrz.Only("P")},
		{mrz.TD3, 2, 10, mrz.Digits},
		{mrz.TD3, 2, 43, mrz.Digits | mrz.Filler},
		{mrz.MRVA, 1, 1, mrz.Only("V")},
		{mrz.MRVB, 2, 36, mrz.Digits | mrz.Letters | mrz.Filler},
		{mrz.IDFRA, 2, 36, mrz.Digits},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, tt.format.Alphabet(tt.line, tt.column), "%s %d:%d", tt.format, tt.line, tt.column)
	}
}

// The Kyrgyz card is a TD1 with fewer characters in each cell, and the
// invented cards have them.
func TestKyrgyzCells(t *testing.T) {
	for line := 1; line <= mrz.TD1.Lines(); line++ {
		for column := 1; column <= mrz.TD1.Length(); column++ {
			class := mrz.Kyrgyz(line, column)
			require.NotZero(t, class)
			require.Zero(t, class&^mrz.TD1.Alphabet(line, column), "%d:%d", line, column)
			for _, s := range specimens[:3] {
				require.True(t, class.Has(s.lines[line-1][column-1]), "%s %d:%d", s.name, line, column)
			}
		}
	}
	require.Zero(t, mrz.Kyrgyz(0, 1))
	require.Zero(t, mrz.Kyrgyz(1, 31))
	require.Zero(t, mrz.Kyrgyz(4, 1))
}

func TestClass(t *testing.T) {
	require.Equal(t, mrz.Digits|mrz.Letters|mrz.Filler, mrz.Only(mrz.Alphabet))
	require.Equal(t, mrz.Digits, mrz.Only("0123456789 abc\u0410"))
	for char := range 256 {
		in := char >= '0' && char <= '9' || char >= 'A' && char <= 'Z' || char == '<'
		require.Equal(t, in, mrz.Only(mrz.Alphabet).Has(byte(char)))
	}
	require.False(t, mrz.Letters.Has('7'))
	require.False(t, mrz.Class(0).Has('<'))
}

// Three of each kind, and the whole list's size: a slip in the table of codes
// shifts everything behind it.
func TestKnownState(t *testing.T) {
	for _, code := range []string{
		"ABW", "KGZ", "ZWE", "KAZ", "UZB", "TJK", "RUS", "DEU", "GBR", "USA", "SSD", "CUW", "MAF",
		"D", "UTO", "XXA", "XXB", "XXC", "XXX", "EUE", "UNO", "UNA", "UNK", "RKS", "XXK", "GBN", "XPO", "XOM", "XCT", "IAO",
	} {
		require.True(t, mrz.KnownState(code), code)
	}
	for _, code := range []string{"", "DE", "KG", "D<<", "ZZZ", "UT0", "kgz", "GZK", "SUN", "XXD"} {
		require.False(t, mrz.KnownState(code), code)
	}
	known := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			for c := 'A'; c <= 'Z'; c++ {
				if mrz.KnownState(string([]rune{a, b, c})) {
					known++
				}
			}
		}
	}
	require.Equal(t, 249+31, known, "ISO 3166-1's codes and those of three letters beside them")
}

func TestProtection(t *testing.T) {
	const none, composite, own = mrz.Unprotected, mrz.ByComposite, mrz.ByOwnDigit
	tests := []struct {
		name  string
		lines []string
		want  [12]mrz.Protection // in the order of mrz.AllFields
	}{
		//                     code  state number opt1     birth sex   expiry nat   opt2   surname given personal
		{"TD1", icao, [12]mrz.Protection{none, none, own, composite, own, none, own, none, composite, none, none, none}},
		{"Kyrgyz", kyrgyz, [12]mrz.Protection{none, none, own, composite, own, none, own, none, composite, none, none, composite}},
		{"TD2", specimens[5].lines, [12]mrz.Protection{none, none, own, composite, own, none, own, none, none, none, none, none}},
		{"TD3", specimens[7].lines, [12]mrz.Protection{none, none, own, own, own, none, own, none, none, none, none, own}},
		{"MRV-A", specimens[9].lines, [12]mrz.Protection{none, none, own, none, own, none, own, none, none, none, none, none}},
		{"IDFRA", specimens[11].lines, [12]mrz.Protection{
			composite, composite, own, composite, own, composite, none, none, none, composite, composite, none,
		}},
		{"no MRZ", nil, [12]mrz.Protection{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := mrz.Parse(tt.lines, today)
			for i, field := range mrz.AllFields() {
				require.Equal(t, tt.want[i], z.Protection(field), field)
			}
			require.Equal(t, none, z.Protection(99))
		})
	}
	require.Equal(t, []string{"unprotected", "composite", "own digit"}, []string{none.String(), composite.String(), own.String()})
}

func TestFields(t *testing.T) {
	f := mrz.Fields{
		DocumentCode: "1", IssuingState: "2", DocumentNumber: "3", Optional1: "4", BirthDate: "5", Sex: "6",
		ExpiryDate: "7", Nationality: "8", Optional2: "9", Surname: "10", GivenNames: "11", PersonalNumber: "12",
	}
	var names, values []string
	for _, field := range mrz.AllFields() {
		names, values = append(names, field.String()), append(values, f.Get(field))
	}
	require.Equal(t, []string{
		"document_code", "issuing_state", "document_number", "optional1", "birth_date", "sex",
		"expiry_date", "nationality", "optional2", "surname", "given_names", "personal_number",
	}, names)
	require.Equal(t, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}, values)
	require.Empty(t, f.Get(99))
	require.Equal(t, "unknown", mrz.Field(99).String())
}
