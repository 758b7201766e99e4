package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// TestLevels: what only admins may is refused to agents and strangers, and each
// command and button stands in its table once.
func TestLevels(t *testing.T) {
	require.True(t, anybody.admits(storage.RoleNone))
	require.False(t, agents.admits(storage.RoleNone))
	require.True(t, agents.admits(storage.RoleAgent))
	require.True(t, agents.admits(storage.RoleAdmin))
	require.False(t, admins.admits(storage.RoleAgent))
	require.True(t, admins.admits(storage.RoleAdmin))
	seen := map[string]bool{}
	for _, c := range new(Bot).commands() {
		require.False(t, seen["/"+c.name], c.name)
		seen["/"+c.name] = true
	}
	for _, k := range new(Bot).buttons() {
		require.False(t, seen[k.verb], k.verb)
		seen[k.verb] = true
	}
}
