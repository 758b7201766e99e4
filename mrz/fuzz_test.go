package mrz_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

// FuzzParse reads any text. Nothing panics; Holds and Parse agree; a proposal
// is valid, short and inside its lines; and the fields of a valid MRZ, written
// again, read the same.
func FuzzParse(f *testing.F) {
	for _, s := range specimens {
		f.Add(strings.Join(s.lines, "\n"))
		f.Add(strings.Join(s.lines, "\r\n")[1:])
		f.Add(strings.ToLower(strings.Join(s.lines, "\n")))
	}
	f.Add("\n\n\xff\n«\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, lines := range mrz.Split(text) {
			z := mrz.Parse(lines, today)
			require.Equal(t, lines, z.Lines)
			require.Equal(t, z.Valid(), z.Format.Holds(lines))
			sets := mrz.Propose(z, today)
			require.LessOrEqual(t, len(sets), 4)
			for _, set := range sets {
				require.NotEmpty(t, set)
				require.True(t, mrz.Parse(mrz.Apply(lines, set), today).Valid())
			}
			if z.Valid() {
				roundTrip(t, z)
			}
		}
	})
}

func roundTrip(t *testing.T, z mrz.MRZ) {
	lines, err := mrz.Render(z.Fields, z.Format)
	var wrong *mrz.FieldError
	if errors.As(err, &wrong) {
		// What no rule allows has no way to be written: a filler inside a long
		// number, or before a code, which then is another.
		require.Contains(t, []mrz.Field{mrz.FieldDocumentNumber, mrz.FieldDocumentCode, mrz.FieldIssuingState}, wrong.Field)
		return
	}
	require.NoError(t, err)
	again := mrz.Parse(lines, today)
	require.True(t, again.Valid())
	require.Equal(t, z.Fields, again.Fields)
	once := slices.Clone(lines)
	lines, err = mrz.Render(again.Fields, again.Format)
	require.NoError(t, err)
	require.Equal(t, once, lines)
}
