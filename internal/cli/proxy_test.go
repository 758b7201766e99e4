package cli

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProxyOf(t *testing.T) {
	for name, c := range map[string]struct {
		environ map[string]string
		host    string // of a request by https
		want    string
	}{
		"none":        {map[string]string{}, "mrz.test", ""},
		"by https":    {map[string]string{"HTTPS_PROXY": "http://10.0.0.1:3128"}, "mrz.test", "http://10.0.0.1:3128"},
		"lower case":  {map[string]string{"https_proxy": "10.0.0.1:3128"}, "mrz.test", "http://10.0.0.1:3128"},
		"a login":     {map[string]string{"HTTPS_PROXY": "http://me:canary@proxy.test"}, "mrz.test", "http://me:canary@proxy.test"},
		"socks":       {map[string]string{"HTTPS_PROXY": "socks5://10.0.0.1:1080"}, "mrz.test", "socks5://10.0.0.1:1080"},
		"for http":    {map[string]string{"HTTP_PROXY": "http://10.0.0.1:3128"}, "mrz.test", ""},
		"not for it":  {map[string]string{"HTTPS_PROXY": "http://10.0.0.1:3128", "NO_PROXY": "other.test,mrz.test"}, "mrz.test", ""},
		"not for its": {map[string]string{"HTTPS_PROXY": "http://10.0.0.1:3128", "no_proxy": ".test"}, "mrz.test", ""},
		"quoted":      {map[string]string{"HTTPS_PROXY": `"http://10.0.0.1:3128/" # ours`}, "mrz.test", "http://10.0.0.1:3128/"},
		"none quoted": {map[string]string{"HTTPS_PROXY": "http://10.0.0.1:3128", "NO_PROXY": `'mrz.test'`}, "mrz.test", ""},
		"marked":      {map[string]string{"https_proxy": "\ufeffhttp://10.0.0.1:3128\r"}, "mrz.test", "http://10.0.0.1:3128"},
		"this host":   {map[string]string{"HTTPS_PROXY": "http://10.0.0.1:3128"}, "127.0.0.1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			of, err := proxyOf(c.environ)
			require.NoError(t, err)
			got, err := of(&http.Request{URL: &url.URL{Scheme: "https", Host: c.host}})
			require.NoError(t, err)
			if c.want == "" {
				require.Nil(t, got)
				return
			}
			require.Equal(t, c.want, got.String())
		})
	}
	for _, value := range []string{
		"http://", "://canary", "ftp://canary.test", "http://me:can ary@%zz", "http://canary:x:y",
		// What net/http takes for the host of these is a part of the password.
		"http://me:1@canary/x@proxy.test", "http://me:1@canary?x@proxy.test:3128", "socks5://me:1@canary#x@proxy.test", "me:8/canary@proxy.test",
		"http://me:x@canary@proxy.test:3128", `http://me:1@canary\x@proxy.test`,
	} {
		_, err := proxyOf(map[string]string{"HTTPS_PROXY": value})
		require.ErrorAs(t, err, new(usageError), value)
		require.Contains(t, err.Error(), "HTTPS_PROXY")
		require.NotContains(t, err.Error(), "canary")
	}
}

// TestProxyForBoth: Telegram and the MRZ API are reached through the same proxy,
// and what that refuses is told as the proxy's.
func TestProxyForBoth(t *testing.T) {
	b := reading(t, nil)
	telegram, err := url.Parse(b.environ["TELEGRAM_API_URL"])
	require.NoError(t, err)
	var passed, refused atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != "10.11.12.13" {
			refused.Add(1)
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		passed.Add(1)
		(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Host, p.Out.Host = telegram.Host, telegram.Host
		}}).ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	b.environ["TELEGRAM_API_URL"] = "http://10.11.12.13"
	b.environ["MRZ_API_URL"] = "https://10.11.12.14/"
	b.process = []string{"HTTP_PROXY=" + proxy.URL, "HTTPS_PROXY=" + proxy.URL}
	b.clock.stop() // the photo waits, and is not tried again because the machine is slow
	b.start()
	b.photo(gulnara)
	b.answered(gulnara, "Something on the way to the reading service answers in its place")
	b.quiet()
	require.NotZero(t, passed.Load())
	require.EqualValues(t, 1, refused.Load(), "one photo asked")
	require.Contains(t, b.log.String(), "the proxy wants a name and a password")
	require.Zero(t, b.mrz.Counts().Begun)
}
