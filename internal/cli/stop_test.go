package cli

import (
	"net"
	"net/url"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStopWithUnusedConnection: a connection that Telegram, or a proxy, has
// opened for later and not used yet is no reason to end with an error.
func TestStopWithUnusedConnection(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.byWebhook()
	b.telegram.Say(gulnara, "/me")
	p := b.startProcess()
	b.answered(gulnara, "Your id")
	door, err := url.Parse(b.environ["WEBHOOK_URL"])
	require.NoError(t, err)
	unused, err := net.Dial("tcp", door.Host)
	require.NoError(t, err)
	defer func() { require.NoError(t, unused.Close()) }()
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait(), p.log.String())
}
