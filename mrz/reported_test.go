package mrz_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

// reported are inputs on which users of other programs reported errors in
// public. The lines are those of the report, or of its kind.
var reported = []struct {
	source, name string
	lines        []string
	restored     []string // nil: not changed
	want         map[mrz.Field]string
	errors       []string
	warnings     []string
}{
	{
		source: "tetrahydra/SolidusMRZ#1", name: "the end of a visa a century early",
		lines:    split("VCSVNBALJAJ<<FARUK<<<<<<<<<<<<<<<<<< 0321473<<8BIH6810111M0404251T0300225"),
		want:     map[mrz.Field]string{mrz.FieldExpiryDate: "2004-04-25", mrz.FieldBirthDate: "1968-10-11"},
		warnings: []string{mrz.CodeExpired},
	},
	{
		source: "microblink/blinkid-react-native#103", name: "a holder born in 1908 as a young one",
		lines:    split("I<UTOD231458907<<<<<<<<<<<<<<< 0807014M3001019UTO<<<<<<<<<<<0 ERIKSSON<<ANNA<MARIA<<<<<<<<<<"),
		want:     map[mrz.Field]string{mrz.FieldBirthDate: "2008-07-01"},
		warnings: []string{mrz.CodeBirthCentury},
	},
	{
		source: "italia/anpr#5393", name: "no end, as the first of January 9999",
		lines:    split("C<ITACA00000AA4<<<<<<<<<<<<<<< 4501011F9901018ITA<<<<<<<<<<<6 ROSSI<<BIANCA<<<<<<<<<<<<<<<<<"),
		want:     map[mrz.Field]string{mrz.FieldExpiryDate: "XX99-01-01", mrz.FieldBirthDate: "1945-01-01"},
		warnings: []string{mrz.CodeExpiryFar},
	},
	{
		source: "bencomtech/ThaiNationalIDCard.NET#1", name: "no end, as nines",
		lines:    split("I<UTOD231458907<<<<<<<<<<<<<<< 4501011F9999998UTO<<<<<<<<<<<2 ERIKSSON<<ANNA<MARIA<<<<<<<<<<"),
		want:     map[mrz.Field]string{mrz.FieldExpiryDate: "", mrz.FieldBirthDate: "1945-01-01"},
		warnings: []string{mrz.CodeNoExpiry},
	},
	{
		source: "microblink/blinkid-android#180", name: "a hyphen and a dot in the name",
		lines:    split("P<UTOERIKSSON<<ANNA-MARIA<J.<<<<<<<<<<<<<<<< L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
		restored: split("P<UTOERIKSSON<<ANNA<MARIA<J<<<<<<<<<<<<<<<<< L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
		want:     map[mrz.Field]string{mrz.FieldGivenNames: "ANNA MARIA J"},
		warnings: []string{mrz.CodeExpired},
	},
	{
		source: "cheminfo/mrz#7", name: "a blank in the name",
		lines:    []string{"P<UTOERIKSSON<<ANNA MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
		restored: split("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<< L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
		want:     map[mrz.Field]string{mrz.FieldGivenNames: "ANNA MARIA"},
		warnings: []string{mrz.CodeExpired},
	},
	{
		source: "newtondev/mrz-parser#2", name: "lines of other lengths",
		lines:    split("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<<<< L898902C36UTO7408122F1204159ZE184226B<<10"),
		restored: split("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<< L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
		want:     map[mrz.Field]string{mrz.FieldOptional1: "ZE184226B"},
		warnings: []string{mrz.CodeExpired},
	},
	{
		source: "naptha/tesseract.js#520", name: "dashes after the last line, and no line break",
		lines:    []string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10— —"},
		restored: split("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<< L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
		want:     map[mrz.Field]string{mrz.FieldSurname: "ERIKSSON"},
		warnings: []string{mrz.CodeExpired},
	},
	{
		source: "ZsBT/mrz-java#13", name: "a date that is none hides nothing else",
		lines:    split("P<GBRUK<SPECIMEN<<ANGELA<ZOE<<<<<<<<<<<<<<<< 9250764733GBR8809417F2007162<<<<<<<<<<<<<<08"),
		want:     map[mrz.Field]string{mrz.FieldBirthDate: "", mrz.FieldDocumentNumber: "925076473", mrz.FieldSurname: "UK SPECIMEN"},
		errors:   []string{mrz.CodeBirthDate, mrz.CodeCheckBirthDate, mrz.CodeCheckComposite},
		warnings: []string{mrz.CodeExpired},
	},
	{
		source: "cheminfo/mrz#9", name: "given names only",
		lines:    split("P<IND<<AHMADI<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<< K2578285<7IND5601240F2202288<<<<<<<<<<<<<<<4"),
		want:     map[mrz.Field]string{mrz.FieldSurname: "", mrz.FieldGivenNames: "AHMADI"},
		warnings: []string{mrz.CodeExpired, mrz.CodeNameSingle},
	},
	{
		source: "cheminfo/mrz#54", name: "the single line of a French driving licence",
		lines:  split("D1FRA13AA000002200101DUPONT<92"),
		want:   map[mrz.Field]string{mrz.FieldDocumentNumber: ""},
		errors: []string{mrz.CodeShape},
	},
}

func TestReported(t *testing.T) {
	for _, tt := range reported {
		t.Run(tt.source+" "+tt.name, func(t *testing.T) {
			lines := tt.lines
			r, ok := mrz.Restore(lines)
			require.Equal(t, tt.restored != nil, ok, strings.Join(r.Lines, "\n"))
			if ok {
				require.Equal(t, tt.restored, r.Lines)
				lines = r.Lines
			}
			z := mrz.Parse(lines, today)
			require.Equal(t, tt.errors, codes(z.Errors))
			require.Equal(t, tt.warnings, codes(z.Warnings))
			for field, want := range tt.want {
				require.Equal(t, want, z.Fields.Get(field), field)
			}
			for _, set := range mrz.Propose(z, today) {
				require.True(t, mrz.Parse(mrz.Apply(lines, set), today).Valid())
			}
		})
	}
}
