package specimen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

func TestInventsKyrgyzPeople(t *testing.T) {
	today := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	seen := map[string]bool{}
	for seed := range uint64(200) {
		f := InventKyrgyz(seed, today)
		lines, err := mrz.Render(f, mrz.TD1)
		require.NoError(t, err)
		read := mrz.Parse(lines, today)
		require.True(t, read.Valid(), lines)
		require.Empty(t, read.Warnings, lines)
		require.GreaterOrEqual(t, f.BirthDate, today.AddDate(-oldest-2, 0, 0).Format(time.DateOnly))
		require.LessOrEqual(t, f.BirthDate, today.AddDate(-youngest, 0, 0).Format(time.DateOnly))
		require.Less(t, issued(f), today, "issued before it is shown")
		seen[f.Surname+" "+f.GivenNames] = true
	}
	require.Greater(t, len(seen), 100)
	require.Equal(t, InventKyrgyz(7, today), InventKyrgyz(7, today))
}

// TestSnapshotRepeats: the same seeds give the same picture, on a desk and in a
// hand, of both sides.
func TestSnapshotRepeats(t *testing.T) {
	f := InventKyrgyz(1, time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC))
	take := func(front, held bool) []byte {
		card, err := Exhibit{Fields: f, Seed: 5, Front: front, PixelsPerMillimetre: 2}.Draw()
		require.NoError(t, err)
		s := Snap(200, 150, 5)
		s.Held = held
		picture, err := s.JPEG(card)
		require.NoError(t, err)
		return picture
	}
	for _, front := range []bool{false, true} {
		require.Equal(t, take(front, false), take(front, false))
		require.Equal(t, take(front, true), take(front, true))
		require.NotEqual(t, take(front, false), take(front, true))
	}
	_, err := Exhibit{Fields: mrz.Fields{DocumentNumber: "№ 1"}}.Draw()
	require.Error(t, err, "it has no MRZ")
}
