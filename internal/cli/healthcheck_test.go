package cli

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHealthcheck(t *testing.T) {
	t.Chdir(t.TempDir())
	trouble := false
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" && trouble {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte("the store does not take writes\n"))
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	}))
	defer s.Close()
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	require.NoError(t, err)
	for _, addr := range []string{"127.0.0.1:" + port, ":" + port, "0.0.0.0:" + port} {
		code, stdout, stderr := run(t, "", map[string]string{"OPS_ADDR": addr, "HTTP_PROXY": "http://127.0.0.1:1"}, "healthcheck")
		require.Equal(t, exitFine, code, addr)
		require.Equal(t, "ok\n", stdout)
		require.Empty(t, stderr)
	}

	trouble = true
	here := map[string]string{"OPS_ADDR": "127.0.0.1:" + port}
	code, _, _ := run(t, "", here, "healthcheck")
	require.Equal(t, exitFine, code, "it runs")
	code, stdout, _ := run(t, "", here, "healthcheck", "--ready")
	require.Equal(t, exitFailed, code)
	require.Equal(t, "the store does not take writes\n", stdout)

	s.Close()
	code, _, stderr := run(t, "", here, "healthcheck")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "no bot answers at OPS_ADDR")
	require.Contains(t, stderr, "refused")

	code, _, stderr = run(t, "", map[string]string{"OPS_ADDR": "nowhere", "DAILY_ATTEMPTS": "many"}, "healthcheck")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "OPS_ADDR")
	require.NotContains(t, stderr, "DAILY_ATTEMPTS", "other settings do not matter")
}
