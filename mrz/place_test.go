package mrz

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestFieldAt: every cell of an MRZ has its field and its protection.
func TestFieldAt(t *testing.T) {
	now := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	m := Parse([]string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}, now)
	for _, c := range []struct {
		line, from, to int
		field          Field
		protection     Protection
	}{
		{1, 1, 2, FieldDocumentCode, Unprotected},
		{1, 3, 5, FieldIssuingState, Unprotected},
		{1, 6, 15, FieldDocumentNumber, ByOwnDigit},
		{1, 16, 30, FieldPersonalNumber, ByComposite},
		{2, 1, 7, FieldBirthDate, ByOwnDigit},
		{2, 8, 8, FieldSex, Unprotected},
		{2, 9, 15, FieldExpiryDate, ByOwnDigit},
		{2, 16, 18, FieldNationality, Unprotected},
		{2, 19, 29, FieldOptional2, ByComposite},
		{3, 1, 6, FieldSurname, Unprotected},
		{3, 7, 30, FieldGivenNames, Unprotected},
	} {
		for column := c.from; column <= c.to; column++ {
			field, protection, ok := m.FieldAt(c.line, column)
			require.True(t, ok, "%d:%d", c.line, column)
			require.Equal(t, c.field, field, "%d:%d", c.line, column)
			require.Equal(t, c.protection, protection, "%d:%d", c.line, column)
		}
	}
	_, protection, ok := m.FieldAt(2, 30)
	require.False(t, ok)
	require.Equal(t, ByComposite, protection)
	for _, outside := range [][2]int{{0, 1}, {1, 0}, {1, 31}, {4, 1}} {
		_, _, ok := m.FieldAt(outside[0], outside[1])
		require.False(t, ok, "%v", outside)
	}
	_, _, ok = Parse([]string{"no", "MRZ"}, now).FieldAt(1, 1)
	require.False(t, ok)
}

// TestFieldAtOfOthers: of a French card the composite digit protects the names, too,
// and the personal number of a passport has a digit of its own.
func TestFieldAtOfOthers(t *testing.T) {
	now := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	french := Parse([]string{"IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "8806923102858CORINNE<<<<<<<6512068F6"}, now)
	require.Equal(t, IDFRA, french.Format)
	field, protection, ok := french.FieldAt(1, 6)
	require.True(t, ok)
	require.Equal(t, FieldSurname, field)
	require.Equal(t, ByComposite, protection)
	passport := Parse([]string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"}, now)
	field, protection, ok = passport.FieldAt(2, 43)
	require.True(t, ok)
	require.Equal(t, FieldPersonalNumber, field)
	require.Equal(t, ByOwnDigit, protection)
	field, _, _ = passport.FieldAt(1, 16)
	require.Equal(t, FieldGivenNames, field)
}
