package mrz_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

func TestNames(t *testing.T) {
	tests := []struct{ line, surname, given string }{
		{"ERIKSSON<<ANNA<MARIA", "ERIKSSON", "ANNA MARIA"},
		{"VAN<DER<VELDEN<<GREET<HILDE", "VAN DER VELDEN", "GREET HILDE"},
		{"ARKFREITH", "ARKFREITH", ""},
		{"SATRIYA<SUDARPA", "SATRIYA SUDARPA", ""},
		{"<<ANNA<MARIA", "", "ANNA MARIA"},
		{"STEVENSON<<PETER<<JOHN", "STEVENSON", "PETER JOHN"},
		{"STEVENSON<<<PETER", "STEVENSON", "PETER"},
		{"<STEVENSON<<PETER", "STEVENSON", "PETER"},
		{"MUSTERMANNNNNNNNNNNNNNNNNNNNNN", "MUSTERMANNNNNNNNNNNNNNNNNNNNNN", ""},
		{"NILAVADHANANANDA<<CHAYAPA<DEJT", "NILAVADHANANANDA", "CHAYAPA DEJT"},
		{"UULU<ORNEK<<SYNTHETIC", "UULU ORNEK", "SYNTHETIC"},
		{"", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			z := mrz.Parse(put(put(icao, 3, 1, strings.Repeat("<", 30)), 3, 1, tt.line), today)
			require.Equal(t, tt.surname, z.Fields.Surname)
			require.Equal(t, tt.given, z.Fields.GivenNames)
		})
	}
}

// France's card parts the given names with two fillers and cuts both fields.
func TestNamesOfIDFRA(t *testing.T) {
	lines, err := mrz.Render(mrz.Fields{
		DocumentCode: "ID", IssuingState: "FRA", DocumentNumber: "880692310285", Optional1: "923060",
		Surname: "BERTHIER D ARDI DE LA POC", GivenNames: "CORINNE LO ANNE", BirthDate: "1965-12-06", Sex: "F",
	}, mrz.IDFRA)
	require.NoError(t, err)
	lines = put(lines, 2, 14, "CORINNE<<LO<<A")
	z := mrz.Parse(lines, today)
	require.Equal(t, "BERTHIER D ARDI DE LA POC", z.Fields.Surname)
	require.Equal(t, "CORINNE LO A", z.Fields.GivenNames)
	require.Equal(t, "923060", z.Fields.Optional1)
	require.Equal(t, []string{mrz.CodeNameTruncated}, codes(z.Warnings))
}
