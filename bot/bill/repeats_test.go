package bill

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

func TestRepeats(t *testing.T) {
	require.Equal(t, "repeats:2026-11", RepeatsKey("2026-11-29"))
	var raw []byte
	for _, d := range []storage.Day{"2026-11-28", "2026-11-29", "2026-11-29", "2026-11-30"} {
		var err error
		raw, err = AddRepeat(raw, d)
		require.NoError(t, err)
	}
	for days, want := range map[storage.Days]int{
		{From: "2026-11-29", To: "2026-11-29"}: 2, {From: "2026-11-01", To: "2026-11-30"}: 4,
		{From: "2026-10-01", To: "2026-11-28"}: 1, {From: "2026-12-01", To: "2026-12-02"}: 0,
	} {
		n, err := Repeats(raw, days)
		require.NoError(t, err)
		require.Equal(t, want, n, days)
	}
	n, err := Repeats(nil, storage.Days{From: "2026-11-01", To: "2026-11-30"})
	require.NoError(t, err)
	require.Zero(t, n)
	_, err = Repeats([]byte("{"), storage.Days{})
	require.Error(t, err)
	_, err = AddRepeat([]byte("{"), "2026-11-01")
	require.Error(t, err)
}
