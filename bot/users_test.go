package bot

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/text"
	"mrzbot/storage"
)

// TestNamesOfOldStores: a name that was stored before names were cleaned forges
// no line anywhere.
func TestNamesOfOldStores(t *testing.T) {
	d := setTable(t, nil)
	_, err := d.store.ChangePerson(t.Context(), asker, func(p *storage.Person) error {
		p.Role, p.Name = storage.RoleAgent, "Bob\n999999 · today 0, no limit\u202e\u200b"
		return nil
	})
	require.NoError(t, err)
	for i, typed := range []string{"/users", "/limit 20 3", "/reset 20", "/allow 20", "/revoke 20"} {
		d.Handle(t.Context(), d.command("update:"+text.ID(int64(i)), typed, noon))
		require.Len(t, d.said, i+1, typed)
		said := d.said[i].Text
		require.Contains(t, said, "Bob 999999 · today 0, no limit", typed)
		require.NotContains(t, said, "\u202e", typed)
		for line := range strings.Lines(said) {
			require.False(t, strings.HasPrefix(line, "999999"), typed)
		}
	}
}
