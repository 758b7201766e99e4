package screen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

// That characters could not be read is said once, in its own words.
func TestLegibleErrors(t *testing.T) {
	now := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	lines := func(second string) []string {
		return []string{"I<UTOD231458907<<<<<<<<<<<<<<<", second, "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"}
	}
	require.Empty(t, legible(mrz.Parse(lines("7408122F120?159UTO<<<<<<<<<<<6"), now)))
	lower := legible(mrz.Parse(lines("7408122F120?159uTO<<<<<<<<<<<6"), now))
	require.Len(t, lower, 1, "another character that cannot be there")
	require.Equal(t, 16, lower[0].Column)
	wrong := legible(mrz.Parse(lines("7408123F120?159UTO<<<<<<<<<<<6"), now))
	require.Len(t, wrong, 1, "and a digit that does not fit")
	require.Equal(t, mrz.CodeCheckBirthDate, wrong[0].Code)
}
