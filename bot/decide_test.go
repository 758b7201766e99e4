package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDecision(t *testing.T) {
	d := decision{verb: allowButton, by: 1 << 40, at: noon}
	got := parseDecision(d.String("update:7"))
	require.True(t, d.at.Equal(got.at))
	got.at = d.at
	require.Equal(t, d, got)
	for _, used := range []string{"", "again:update:7", "allow 1"} {
		require.Zero(t, parseDecision(used), used)
	}
}
