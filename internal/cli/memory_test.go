package cli

import (
	"log/slog"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/internal/config"
)

// TestMemoryIsLimited by the settings, unless somebody else has.
func TestMemoryIsLimited(t *testing.T) {
	for before, want := range map[int64]int64{math.MaxInt64: 64_000_000 + besidesPictures, 1 << 30: 0} {
		var set int64
		p := Process{LimitMemory: func(limit int64) int64 {
			if limit >= 0 {
				set = limit
			}
			return before
		}}
		p.limitMemory(config.Config{PictureMemory: 64_000_000}, slog.New(slog.DiscardHandler))
		require.LessOrEqual(t, set, want, "a container may allow less")
		require.Equal(t, want > 0, set > 0)
	}
}
