package mrz_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

// vectorsFile is a collection of test cases from the tests of many parsers,
// each with its check digits computed again. It lies beside a developer's
// checkout and is no part of this repository.
const vectorsFile = "../../shared/data/td1_vectors.jsonl"

// vector is one row of it.
type vector struct {
	ID     string         `json:"id"`
	Lines  []string       `json:"lines"`
	Expect map[string]any `json:"expect"`
	Mode   string         `json:"mode"`

	// Valid is what the project says, and whether that is what the arithmetic says.
	Valid    bool `json:"valid"`
	Agrees   bool `json:"agrees_with_arithmetic"`
	Computed struct {
		Shape    bool `json:"shape_ok"`
		Alphabet bool `json:"charset_ok"`
		Digits   bool `json:"all_check_digits_lenient"` // both conventions for long numbers
	} `json:"computed"`
	FieldsDisagree [][]any `json:"field_disagreement"`
}

// Where a project and the arithmetic disagree, the arithmetic is right here:
//   - cheminfo refuses Utopia, the state of ICAO's specimens. An unknown state
//     is no error, and UTO is a known one.
//   - gmrtd refuses a second pair of fillers in a name. No digit covers the name,
//     and such cards exist: a warning.
//   - datacheckerbv reads a Portuguese number of twelve characters although a
//     digit stands in its tenth place. By ICAO that is a number of nine with
//     a digit that does not fit. Reading it Portugal's way would turn the misread
//     digit of a real nine-character number into part of a longer one.
func TestVectors(t *testing.T) {
	for _, v := range readVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			z := mrz.Parse(v.Lines, today)
			require.Equal(t, v.Computed.Shape && v.Computed.Alphabet && v.Computed.Digits, z.Valid(), z.Errors)
			if v.Agrees && v.Mode != "repair" {
				require.Equal(t, v.Valid, z.Valid())
			}
			if v.Mode == "repair" {
				sets := mrz.Propose(z, today)
				require.Len(t, sets, 1)
				z = mrz.Parse(mrz.Apply(v.Lines, sets[0]), today)
				require.True(t, z.Valid())
			}
			if z.Valid() && len(v.FieldsDisagree) == 0 {
				v.compare(t, z.Fields)
			}
		})
	}
}

// compare holds the fields against the project's own, which it writes in its
// own way: fillers kept or not, dates with or without a century.
func (v vector) compare(t *testing.T, f mrz.Fields) {
	for _, field := range mrz.AllFields() {
		want, ok := v.Expect[field.String()].(string)
		if !ok {
			continue
		}
		got := f.Get(field)
		switch field {
		case mrz.FieldBirthDate, mrz.FieldExpiryDate:
			want, got = strings.ReplaceAll(want, "-", ""), strings.ReplaceAll(got, "-", "")
			got = got[max(0, len(got)-len(want)):] // with the century if the project has it
		default:
			want = strings.TrimSpace(strings.ReplaceAll(want, "<", " "))
		}
		require.Equal(t, want, got, field)
	}
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	file, err := os.Open(filepath.FromSlash(vectorsFile))
	if os.IsNotExist(err) {
		t.Skipf("there are no test cases of other parsers at %s", vectorsFile)
	}
	require.NoError(t, err)
	defer file.Close()
	var rows []vector
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		var row vector
		require.NoError(t, json.Unmarshal(scanner.Bytes(), &row))
		rows = append(rows, row)
	}
	require.NoError(t, scanner.Err())
	require.NotEmpty(t, rows)
	return rows
}
