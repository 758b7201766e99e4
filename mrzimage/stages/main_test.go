package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRun: a picture for each stage, small enough to lie in the repository.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, run(t.Context(), dir))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 5)
	sum := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		require.Greater(t, info.Size(), int64(1000), e.Name())
		sum += info.Size()
	}
	require.Less(t, sum, int64(150_000))
}
