package mrz_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

// put writes a text over a line of an MRZ, line and column counted from 1.
func put(lines []string, line, column int, text string) []string {
	changed := slices.Clone(lines)
	changed[line-1] = changed[line-1][:column-1] + text + changed[line-1][column-1+len(text):]
	return changed
}

// sealed computes the digits of a TD1 MRZ again; a filler in the place of the
// number's digit stays.
func sealed(t *testing.T, lines []string) []string {
	t.Helper()
	digit := func(s string) string {
		d, ok := mrz.CheckDigit(s)
		require.True(t, ok)
		return string(rune(d))
	}
	if lines[0][14] != '<' {
		lines = put(lines, 1, 15, digit(lines[0][5:14]))
	}
	lines = put(lines, 2, 7, digit(lines[1][:6]))
	lines = put(lines, 2, 15, digit(lines[1][8:14]))
	return put(lines, 2, 30, digit(lines[0][5:]+lines[1][:7]+lines[1][8:15]+lines[1][18:29]))
}

var (
	kyrgyz = specimens[0].lines
	icao   = specimens[3].lines
)

// places lists problems as code@line:column.
func places(problems []mrz.Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, fmt.Sprintf("%s@%d:%d", p.Code, p.Line, p.Column))
	}
	return list
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  []string // code@line:column
	}{
		{"nothing", nil, []string{"shape@0:0"}},
		{"one line", kyrgyz[:1], []string{"shape@0:0"}},
		{"four lines", append(slices.Clone(kyrgyz), ""), []string{"shape@0:0"}},
		{"a short line", []string{icao[0], icao[1], icao[2][1:]}, []string{"shape@3:0"}},
		{"a long line", []string{icao[0] + "<", icao[1], icao[2]}, []string{"shape@1:0"}},
		{"lines of two formats", []string{specimens[5].lines[0], specimens[7].lines[1]}, []string{"shape@2:0"}},
		{"nearly a passport", []string{specimens[7].lines[0], specimens[7].lines[1][1:]}, []string{"shape@2:0"}},
		{"lower case", put(icao, 3, 1, "e"), []string{"character@3:1"}},
		{"a space", put(icao, 3, 9, " "), []string{"character@3:9"}},
		{"a space for a filler in protected data", put(icao, 1, 20, " "), []string{"character@1:20"}},
		{"an unreadable cell in the number", put(icao, 1, 8, "?"), []string{"character@1:8"}},
		{"an unreadable cell in a date", put(icao, 2, 9, "?"), []string{"character@2:9"}},
		{"an unreadable check digit", put(icao, 2, 15, "?"), []string{"character@2:15"}},
		{"an unreadable cell, and a wrong digit elsewhere", put(put(icao, 1, 8, "?"), 2, 7, "3"), []string{"character@1:8", "check_birth_date@2:7"}},
		{"a Cyrillic look-alike", []string{icao[0], icao[1], icao[2][:10] + "\u0410" + icao[2][11:]}, []string{"character@3:11"}},
		{"a broken byte", []string{icao[0], icao[1], icao[2][:10] + "\xff" + icao[2][11:]}, []string{"character@3:11"}},
		{"a digit of the number", put(icao, 1, 6, "C"), []string{"check_document_number@1:15", "check_composite@2:30"}},
		{"the number's digit", put(icao, 1, 15, "8"), []string{"check_document_number@1:15", "check_composite@2:30"}},
		{"no digit for a number", put(icao, 1, 15, "<"), []string{"check_document_number@1:15", "check_composite@2:30"}},
		{"the birth date's digit", put(icao, 2, 7, "3"), []string{"check_birth_date@2:7", "check_composite@2:30"}},
		{"the expiry date's digit", put(icao, 2, 15, "8"), []string{"check_expiry_date@2:15", "check_composite@2:30"}},
		{"the composite digit", put(icao, 2, 30, "7"), []string{"check_composite@2:30"}},
		{"a letter for the composite digit", put(icao, 2, 30, "G"), []string{"check_composite@2:30"}},
		{"a filler for the composite digit", put(icao, 2, 30, "<"), []string{"check_composite@2:30"}},
		{"optional data", put(kyrgyz, 1, 29, "6"), []string{"check_composite@2:30"}},
		{"TD3's personal number", put(specimens[7].lines, 2, 29, "Y"), []string{"check_personal_number@2:43", "check_composite@2:44"}},
		{"a filler for the digit of TD3's personal number", put(specimens[7].lines, 2, 43, "<"), []string{"check_personal_number@2:43", "check_composite@2:44"}},
		{"a visa's number", put(specimens[9].lines, 2, 1, "M"), []string{"check_document_number@2:10"}},
		{"IDFRA's name", put(specimens[11].lines, 1, 6, "D"), []string{"check_composite@2:36"}},
		{"two dates", put(put(icao, 2, 3, "13"), 2, 11, "00"), []string{
			"expiry_date@2:9", "birth_date@2:1", "check_birth_date@2:7", "check_expiry_date@2:15", "check_composite@2:30",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := mrz.Parse(tt.lines, today)
			require.False(t, z.Valid())
			require.Equal(t, tt.want, places(z.Errors))
			if z.Format != mrz.Unknown {
				require.False(t, z.Format.Holds(tt.lines))
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  []string // code@line:column, but for the expiry of ICAO's specimen
	}{
		{"a usual code", put(icao, 1, 1, "AC"), nil},
		{"C and a filler", put(icao, 1, 1, "C<"), nil},
		{"a passport's code", put(icao, 1, 1, "P<"), []string{"document_code_unusual@1:1"}},
		{"V in the second place", put(icao, 1, 1, "IV"), []string{"document_code_unusual@1:1"}},
		{"a digit in the code", put(icao, 1, 1, "C1"), []string{"document_code_unusual@1:1"}},
		{"a digit first", put(icao, 1, 1, "1D"), []string{"document_code_unusual@1:1"}},
		{"no code", put(icao, 1, 1, "<<"), []string{"document_code_unusual@1:1"}},
		{"a digit in the state", put(icao, 1, 3, "UT0"), []string{"state_unknown@1:3"}},
		{"no state", put(icao, 1, 3, "<<<"), []string{"state_unknown@1:3"}},
		{"an unknown nationality", put(icao, 2, 16, "ZZZ"), []string{"state_unknown@2:16"}},
		{"a refugee", put(icao, 2, 16, "XXB"), nil},
		{"Kosovo", put(icao, 1, 3, "RKS"), nil},
		{"a German abroad", put(icao, 2, 16, "D<<"), nil},
		{"sex not specified", put(icao, 2, 8, "<"), nil},
		{"sex X", put(icao, 2, 8, "X"), []string{"sex_unusual@2:8"}},
		{"sex as a digit", put(icao, 2, 8, "0"), []string{"sex_unusual@2:8"}},
		{"Mexico's M is a woman", put(put(icao, 1, 1, "IDMEX"), 2, 8, "M"), []string{"sex_unusual@2:8"}},
		{"no number", sealed(t, put(icao, 1, 6, "<<<<<<<<<")), []string{"document_number_missing@1:6"}},
		{"no number and a filler for its digit", sealed(t, put(icao, 1, 6, "<<<<<<<<<<")), []string{"document_number_missing@1:6"}},
		{"no name", put(icao, 3, 1, strings.Repeat("<", 30)), []string{"no_name@3:1"}},
		{"a surname only", put(icao, 3, 1, "ERIKSSON<ANNA<MARIA<<<<<<<<<<<"), []string{"name_single@3:1"}},
		{"given names only", put(icao, 3, 1, "<<ANNA<MARIA<<<<<<<<<<<<<<<<<<"), []string{"name_single@3:1"}},
		{"a third name", put(icao, 3, 1, "ERIKSSON<<ANNA<<MARIA<<<<<<<<<"), []string{"name_unusual@3:1"}},
		{"a filler first", put(icao, 3, 1, "<ERIKSSON<<ANNA<<<<<<<<<<<<<<<"), []string{"name_unusual@3:1"}},
		{"three fillers between", put(icao, 3, 1, "ERIKSSON<<<ANNA<<<<<<<<<<<<<<<"), []string{"name_unusual@3:1"}},
		{"a name to the end", put(icao, 3, 1, "PAPANDROPOULOUS<<JONATHON<ALEC"), []string{"name_truncated@3:1"}},
		{"a digit in the name", put(icao, 3, 1, "ER1KSSON"), []string{"name_character@3:1"}},
		{"a digit in a Russian name", put(put(icao, 3, 1, "KUZNE3OV"), 1, 3, "RUS"), nil},
		{"unknown day of birth", sealed(t, put(icao, 2, 1, "7408<<")), []string{"birth_date_incomplete@2:1"}},
		{"unknown birth", sealed(t, put(icao, 2, 1, "<<<<<<")), []string{"birth_date_incomplete@2:1"}},
		{"unknown birth and a filler for its digit", put(sealed(t, put(icao, 2, 1, "<<<<<<")), 2, 7, "<"), []string{"birth_date_incomplete@2:1"}},
		{"unknown day of expiry", sealed(t, put(icao, 2, 9, "2704<<")), []string{"expiry_date_incomplete@2:9"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := mrz.Parse(tt.lines, time.Date(2012, time.April, 15, 0, 0, 0, 0, time.UTC))
			require.Empty(t, z.Errors, "a card whose digits hold is accepted")
			require.Equal(t, tt.want, places(z.Warnings))
		})
	}
}

// What is odd about a part that cannot be read comes of that.
func TestNoWarningsOfWhatCannotBeRead(t *testing.T) {
	for name, lines := range map[string][]string{
		"state": put(icao, 1, 3, "U?O"), "sex": put(icao, 2, 8, "?"), "name": put(icao, 3, 3, "?"), "personal number": put(kyrgyz, 1, 20, "?"),
	} {
		t.Run(name, func(t *testing.T) {
			z := mrz.Parse(lines, time.Date(2012, time.April, 15, 0, 0, 0, 0, time.UTC))
			require.Len(t, z.Errors, 1)
			require.Equal(t, mrz.CodeCharacter, z.Errors[0].Code)
			if name == "personal number" { // nothing else tells the century
				require.Equal(t, []string{mrz.CodeBirthCentury}, codes(z.Warnings))
				return
			}
			require.Empty(t, z.Warnings)
		})
	}
}

func TestKyrgyzWarnings(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  []string
		born  string
	}{
		{"as it should be", kyrgyz, nil, "1990-01-01"},
		{"I and a filler", put(kyrgyz, 1, 1, "I<"), nil, "1990-01-01"},
		{"another day", put(kyrgyz, 1, 17, "02"), []string{"personal_number_birth_date@1:16"}, "1990-01-01"},
		{"another sex", put(kyrgyz, 2, 8, "F"), []string{"personal_number_sex@1:16"}, "1990-01-01"},
		{"no sex", put(kyrgyz, 2, 8, "<"), nil, "1990-01-01"},
		{"another first digit", put(kyrgyz, 1, 16, "3"), []string{"personal_number_unusual@1:16"}, "1990-01-01"},
		{"a letter in the PIN", put(kyrgyz, 1, 29, "S"), []string{"personal_number_unusual@1:16"}, "1990-01-01"},
		{"no PIN", put(kyrgyz, 1, 16, "<<<<<<<<<<<<<<"), []string{"personal_number_unusual@1:16"}, "1990-01-01"},
		{"another form of number", put(kyrgyz, 1, 6, "A12345678"), []string{"document_number_unusual@1:6"}, "1990-01-01"},
		{"a letter in the number", put(kyrgyz, 1, 13, "G"), []string{"document_number_unusual@1:6"}, "1990-01-01"},
		{"optional data", put(kyrgyz, 2, 29, "K"), []string{"optional_data_unusual@2:19"}, "1990-01-01"},
		{"unknown day", put(put(kyrgyz, 2, 1, "9001<<"), 1, 17, "31"), []string{"birth_date_incomplete@2:1"}, "1990-01-XX"},
		{"a hundred years old", put(put(kyrgyz, 2, 1, "240101"), 1, 17, "01011924"), nil, "1924-01-01"},
		{"two years old", put(put(kyrgyz, 2, 1, "240101"), 1, 17, "01012024"), nil, "2024-01-01"},
		{"not born yet by the PIN", put(put(kyrgyz, 2, 1, "900101"), 1, 17, "01012090"), nil, "1990-01-01"},
		{"too old by the PIN", put(put(kyrgyz, 2, 1, "900101"), 1, 17, "01011790"), nil, "1990-01-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := mrz.Parse(sealed(t, tt.lines), today)
			require.Empty(t, z.Errors)
			require.Equal(t, tt.want, places(z.Warnings))
			require.Equal(t, tt.born, z.Fields.BirthDate)
		})
	}
}

// The Kyrgyz passport has the PIN as its personal number.
func TestKyrgyzPassport(t *testing.T) {
	lines, err := mrz.Render(mrz.Fields{
		DocumentCode: "P", IssuingState: "KGZ", DocumentNumber: "PE1234567", Nationality: "KGZ", BirthDate: "1924-01-01",
		Sex: "F", ExpiryDate: "2031-01-01", PersonalNumber: "20101192412345", Surname: "TESTOVA", GivenNames: "AIDAI",
	}, mrz.TD3)
	require.NoError(t, err)
	z := mrz.Parse(lines, today)
	require.Equal(t, []string{"personal_number_sex"}, codes(z.Warnings))
	require.Equal(t, "1924-01-01", z.Fields.BirthDate, "the PIN names the century")
}
