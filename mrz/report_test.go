package mrz_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

// encode writes a report as the commands do.
func encode(t *testing.T, r mrz.Report) string {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	require.NoError(t, encoder.Encode(r))
	return strings.TrimSpace(text.String())
}

func TestReport(t *testing.T) {
	tests := []struct {
		name    string
		lines   []string
		repairs []mrz.Repair
		want    string
	}{
		{
			"a valid card", kyrgyz, nil,
			`{"file":"card.jpg","lines":["IDKGZID1234567320101199012345<","9001011M3101012KGZ<<<<<<<<<<<0","TESTOV<<TEST<<<<<<<<<<<<<<<<<<"],` +
				`"format":"TD1","valid":true,"fields":{"document_code":"ID","issuing_state":"KGZ","document_number":"ID1234567",` +
				`"optional1":"20101199012345","birth_date":"1990-01-01","sex":"M","expiry_date":"2031-01-01","nationality":"KGZ",` +
				`"optional2":"","surname":"TESTOV","given_names":"TEST","personal_number":"20101199012345"},` +
				`"checks":{"document_number":true,"birth_date":true,"expiry_date":true,"composite":true},` +
				`"warnings":[],"repairs":[],"error":null}`,
		},
		{
			"a passport with an error, a warning and a repair", put(specimens[7].lines, 2, 44, "O"),
			[]mrz.Repair{{Line: 2, Column: 44, From: "O", To: "0"}},
			`{"file":"card.jpg","lines":["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<","L898902C36UTO7408122F1204159ZE184226B<<<<<1O"],` +
				`"format":"TD3","valid":false,"fields":{"document_code":"P","issuing_state":"UTO","document_number":"L898902C3",` +
				`"optional1":"ZE184226B","birth_date":"1974-08-12","sex":"F","expiry_date":"2012-04-15","nationality":"UTO",` +
				`"optional2":"","surname":"ERIKSSON","given_names":"ANNA MARIA","personal_number":"ZE184226B"},` +
				`"checks":{"document_number":true,"birth_date":true,"expiry_date":true,"personal_number":true,"composite":false},` +
				`"warnings":[{"code":"expired","message":"line 2, column 22: the document has expired"}],` +
				`"repairs":[{"line":2,"column":44,"from":"O","to":"0"}],` +
				`"error":{"code":"check_composite","message":"line 2, column 44: the composite check digit does not fit"}}`,
		},
		{
			"no MRZ", nil, nil,
			`{"file":"card.jpg","lines":[],"format":"","valid":false,"fields":{"document_code":"","issuing_state":"","document_number":"",` +
				`"optional1":"","birth_date":"","sex":"","expiry_date":"","nationality":"","optional2":"","surname":"","given_names":"",` +
				`"personal_number":""},"checks":{"document_number":null,"birth_date":null,"expiry_date":null,"composite":null},` +
				`"warnings":[],"repairs":[],"error":{"code":"shape","message":"not the shape of an MRZ: 3 lines of 30, or 2 of 36 or 44 characters"}}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, encode(t, mrz.NewReport("card.jpg", mrz.Parse(tt.lines, today), tt.repairs)))
		})
	}
}

// A visa has no composite digit, the French card no expiry date.
func TestReportAbsentChecks(t *testing.T) {
	report := encode(t, mrz.NewReport("", mrz.Parse(specimens[9].lines, today), nil))
	require.Contains(t, report, `"checks":{"document_number":true,"birth_date":true,"expiry_date":true,"composite":null}`)
	report = encode(t, mrz.NewReport("", mrz.Parse(specimens[11].lines, today), nil))
	require.Contains(t, report, `"checks":{"document_number":true,"birth_date":true,"expiry_date":null,"composite":true}`)
}

func TestSplit(t *testing.T) {
	tests := []struct {
		name, text string
		want       [][]string
	}{
		{"nothing", "", nil},
		{"empty lines only", "\n\r\n\n", nil},
		{"one MRZ", "A\nB\nC", [][]string{{"A", "B", "C"}}},
		{"an end of line at the end", "A\nB\n", [][]string{{"A", "B"}}},
		{"two MRZs", "A\nB\n\nC\nD\n", [][]string{{"A", "B"}, {"C", "D"}}},
		{"many empty lines", "\n\nA\n\n\n\nB\n\n", [][]string{{"A"}, {"B"}}},
		{"Windows", "A\r\nB\r\n\r\nC\r\n", [][]string{{"A", "B"}, {"C"}}},
		{"empty lines within an MRZ", strings.Join(kyrgyz, "\n\n") + "\n\nA", [][]string{kyrgyz, {"A"}}},
		{"lost fillers, too", "IDKGZID1234567320101199012345\n\n9001011M3101012KGZ<<<<<<<<<<<0\n\nTESTOV<<TEST", [][]string{
			{"IDKGZID1234567320101199012345", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST"},
		}},
		{"a passport", strings.Join(specimens[7].lines, "\n\n"), [][]string{specimens[7].lines}},
		{"nothing is cleaned up", " A\nb \n \nC\r\r", [][]string{{" A", "b ", " ", "C\r"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, mrz.Split(tt.text))
		})
	}
}
