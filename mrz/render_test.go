package mrz_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mrzbot/mrz"
)

func TestRenderSpecimens(t *testing.T) {
	for _, s := range specimens {
		t.Run(s.name, func(t *testing.T) {
			lines, err := mrz.Render(s.fields, s.format)
			require.NoError(t, err)
			require.Equal(t, s.fields, mrz.Parse(lines, today).Fields)
			switch {
			case s.number == mrz.NumberLongFiller: // written as ICAO says
			case s.format == mrz.TD3 && s.fields.PersonalNumber == "": // an empty field's digit is 0
			default:
				require.Equal(t, s.lines, lines)
			}
		})
	}
}

func TestRenderErrors(t *testing.T) {
	tests := []struct {
		name   string
		format mrz.Format
		change func(*mrz.Fields)
		field  mrz.Field
	}{
		{"a lower case name", mrz.TD1, func(f *mrz.Fields) { f.Surname = "Testov" }, mrz.FieldSurname},
		{"a hyphen", mrz.TD1, func(f *mrz.Fields) { f.GivenNames = "TEST-TEST" }, mrz.FieldSurname},
		{"two spaces", mrz.TD1, func(f *mrz.Fields) { f.GivenNames = "TEST  TEST" }, mrz.FieldGivenNames},
		{"a name of another script", mrz.TD1, func(f *mrz.Fields) { f.Surname = "ТЕСТОВ" }, mrz.FieldSurname},
		{"no date", mrz.TD1, func(f *mrz.Fields) { f.BirthDate = "1990-02-30" }, mrz.FieldBirthDate},
		{"another form of date", mrz.TD1, func(f *mrz.Fields) { f.ExpiryDate = "01.01.2031" }, mrz.FieldExpiryDate},
		{"a long code", mrz.TD1, func(f *mrz.Fields) { f.DocumentCode = "IDX" }, mrz.FieldDocumentCode},
		{"a long state", mrz.TD1, func(f *mrz.Fields) { f.IssuingState = "KGZZ" }, mrz.FieldIssuingState},
		{"a long sex", mrz.TD1, func(f *mrz.Fields) { f.Sex = "MALE" }, mrz.FieldSex},
		{"too long a number", mrz.TD1, func(f *mrz.Fields) { f.DocumentNumber = strings.Repeat("1", 24) }, mrz.FieldOptional1},
		{"a long number with a space", mrz.TD1, func(f *mrz.Fields) { f.DocumentNumber = "12345 67890" }, mrz.FieldDocumentNumber},
		{"a long number in a passport", mrz.TD3, func(f *mrz.Fields) { f.DocumentNumber = "1234567890" }, mrz.FieldDocumentNumber},
		{"two personal numbers", mrz.TD3, func(f *mrz.Fields) { f.Optional1 = "1" }, mrz.FieldPersonalNumber},
		{"data the format has no place for", mrz.TD3, func(f *mrz.Fields) { f.Optional2 = "1" }, mrz.FieldOptional2},
		{"an end where there is none", mrz.IDFRA, func(f *mrz.Fields) { f.Nationality, f.PersonalNumber, f.Optional1 = "", "", "" }, mrz.FieldExpiryDate},
		{"a visa that says it is none", mrz.MRVB, func(f *mrz.Fields) { f.PersonalNumber, f.Optional1 = "", "" }, mrz.FieldDocumentCode},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := specimens[0].fields
			tt.change(&f)
			lines, err := mrz.Render(f, tt.format)
			require.Nil(t, lines)
			var wrong *mrz.FieldError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, tt.field, wrong.Field)
			require.Contains(t, err.Error(), tt.field.String())
		})
	}
	_, err := mrz.Render(specimens[0].fields, mrz.Unknown)
	require.Error(t, err)
}

func TestRenderCutsNames(t *testing.T) {
	f := specimens[0].fields
	f.Surname, f.GivenNames = "BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL", "DINGO POTOROO"
	lines, err := mrz.Render(f, mrz.TD1)
	require.NoError(t, err)
	require.Equal(t, "BENNELONG<WOOLOOMOOLOO<WARR<<D", lines[2])
	require.Equal(t, []string{mrz.CodeNameTruncated}, codes(mrz.Parse(lines, today).Warnings))

	f.Surname, f.GivenNames = "PAPANDROPOULOUS", "JONATHON ALEC GREGORY"
	lines, err = mrz.Render(f, mrz.TD1)
	require.NoError(t, err)
	require.Equal(t, "PAPANDROPOULOUS<<JONATHON<ALEC", lines[2])
}

// drawFields makes fields that fit a format without a cut.
func drawFields(t *rapid.T, format mrz.Format) mrz.Fields {
	draw := func(pattern, label string) string { return rapid.StringMatching(pattern).Draw(t, label) }
	known := rapid.SampledFrom([]string{"KGZ", "UTO", "D", "XXA", "BEL"})
	name := `[A-Z]{1,6}( [A-Z]{1,5})?`
	birth := fmt.Sprintf("%d-%02d-%02d", rapid.IntRange(1930, 2024).Draw(t, "year"),
		rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"))
	f := mrz.Fields{
		IssuingState: known.Draw(t, "state"), Nationality: known.Draw(t, "nationality"),
		DocumentNumber: draw(`[A-Z0-9]{1,9}`, "number"), Sex: draw(`[MF]?`, "sex"),
		BirthDate:  rapid.SampledFrom([]string{birth, birth[:8] + "XX", "XXXX-XX-XX", "1990-XX-XX"}).Draw(t, "birth"),
		ExpiryDate: rapid.SampledFrom([]string{"2030-02-28", "2028-02-29", ""}).Draw(t, "expiry"),
		Surname:    draw(name, "surname"), GivenNames: draw(`(`+name+`)?`, "given"),
	}
	switch format {
	case mrz.TD1:
		f.DocumentCode = draw(`[ACI]D?`, "code")
		f.DocumentNumber = draw(`[A-Z0-9]{1,18}`, "number")
		f.Optional1 = draw(`([0-9A-Z]{1,4})?`, "optional1")
		f.Optional2 = draw(`([0-9A-Z]{1,4}( [0-9]{1,4})?)?`, "optional2")
	case mrz.TD2:
		f.DocumentCode = draw(`[ACI]P?`, "code")
		f.DocumentNumber = draw(`[A-Z0-9]{1,14}`, "number")
	case mrz.TD3:
		f.DocumentCode = "P"
		f.Optional1 = draw(`([0-9A-Z]{1,14})?`, "optional1")
		f.PersonalNumber = f.Optional1
	case mrz.MRVA, mrz.MRVB:
		f.DocumentCode = draw(`V[A-Z]?`, "code")
		f.Optional1 = draw(`([0-9A-Z]{1,8})?`, "optional1")
	case mrz.IDFRA:
		f.DocumentCode, f.IssuingState, f.Nationality, f.ExpiryDate = "ID", "FRA", "", ""
		f.DocumentNumber = draw(`[0-9]{1,12}`, "number")
		f.Optional1 = draw(`([0-9]{6})?`, "optional1")
	}
	return f
}

// What is written is valid and reads as it was, whatever the fields.
func TestRenderRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom(mrz.Formats()).Draw(t, "format")
		f := drawFields(t, format)
		lines, err := mrz.Render(f, format)
		require.NoError(t, err)
		z := mrz.Parse(lines, today)
		require.Empty(t, z.Errors)
		require.Equal(t, format, z.Format)
		require.Equal(t, f, z.Fields)
		require.True(t, format.Holds(lines))
	})
}

// A misread character shows, if it has another value and a digit covers it.
func TestEveryProtectedCellIsGuarded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom(mrz.Formats()).Draw(t, "format")
		lines, err := mrz.Render(drawFields(t, format), format)
		require.NoError(t, err)
		line := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		column := rapid.IntRange(0, len(lines[0])-1).Draw(t, "column")
		read := rapid.SampledFrom([]byte(mrz.Alphabet)).Draw(t, "read")
		before, _ := mrz.CheckDigit(lines[line][column : column+1])
		after, _ := mrz.CheckDigit(string(rune(read)))
		if before == after || !covered(format, line, column) {
			t.Skip("not a misreading that arithmetic can see")
		}
		require.False(t, mrz.Parse(put(lines, line+1, column+1, string(rune(read))), today).Valid())
	})
}

// covered says which cells check digits cover, from the tables of ICAO 9303.
func covered(format mrz.Format, line, column int) bool {
	in := func(spans ...[2]int) bool {
		for _, s := range spans {
			if s[0] <= column+1 && column+1 <= s[1] {
				return true
			}
		}
		return false
	}
	switch format {
	case mrz.TD1:
		return line == 0 && in([2]int{6, 30}) || line == 1 && in([2]int{1, 7}, [2]int{9, 15}, [2]int{19, 30})
	case mrz.TD2, mrz.TD3:
		return line == 1 && in([2]int{1, 10}, [2]int{14, 20}, [2]int{22, 44})
	case mrz.MRVA, mrz.MRVB:
		return line == 1 && in([2]int{1, 10}, [2]int{14, 20}, [2]int{22, 28})
	}
	// Another start would make IDFRA a card of another format.
	return line == 1 || in([2]int{6, 36})
}
