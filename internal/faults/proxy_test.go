package faults

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestProxies puts three replicas with one PostgreSQL behind each proxy that
// deploy/ has a configuration for. Telegram delivers through it, over TLS, while
// replicas are killed and the proxy is stopped and started: nothing is lost.
//
//	MRZBOT_FAULTS=short go test -run TestProxies -v ./internal/faults
func TestProxies(t *testing.T) {
	several(t)
	t.Parallel()
	for name, prepare := range map[string]func(f *front, replicas []string){"nginx": (*front).nginx, "caddy": (*front).caddy} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addresses := freeAddresses(t, side+1)
			f := &front{t: t, address: addresses[side], dir: t.TempDir()}
			prepare(f, addresses[:side])
			n := newNetwork(t, false)
			c := newCrowd(newStage(t, func(t testing.TB) place { return placeBehind(t, n.server, n.url) }, webhook,
				map[string]string{"WEBHOOK_URL": "https://" + f.address + "/telegram"}), 13)
			f.start()
			c.front = f.trusting()
			replicas := map[string]*program{}
			for _, address := range addresses[:side] {
				c.environ["LISTEN_ADDR"] = address
				replicas[address] = c.up()
			}
			c.serve(between)
			f.refusesOthers()
			for blow := range max(1, min(formOf(t).kills/4, side)) {
				hit := addresses[blow]
				c.strikeOne(replicas[hit])
				c.serve(between) // the others are asked
				f.stop()
				c.feed() // and waits at Telegram
				f.start()
				c.telegram.RetryNow()
				c.serve(between)
				c.environ["LISTEN_ADDR"] = hit
				replicas[hit] = c.up()
				c.serve(between)
			}
			c.onlyOne()
			c.reckon(terms{doubles: true, atMost: slow})
		})
	}
}

// freeAddresses gives addresses at which nobody listens.
func freeAddresses(t testing.TB, n int) (addresses []string) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { require.NoError(t, l.Close()) }() // at the end, so that no port comes twice
		_, port, err := net.SplitHostPort(l.Addr().String())
		require.NoError(t, err)
		addresses = append(addresses, "localhost:"+port)
	}
	return addresses
}

// front is a proxy as deploy/ has it, but with addresses and files of the test's own.
type front struct {
	t       testing.TB
	address string   // of TLS
	dir     string   // of its files
	command []string // starts it, in the foreground
	environ []string
	root    string // the file with the certificate that signed its own
	running *exec.Cmd
}

// configure writes a configuration of deploy/ with some texts replaced, each of
// which has to be there.
func (f *front) configure(name string, texts ...string) (file string) {
	content, err := os.ReadFile(filepath.Join("../../deploy", name))
	require.NoError(f.t, err)
	for i := 0; i < len(texts); i += 2 {
		require.Contains(f.t, string(content), texts[i], name)
	}
	file = filepath.Join(f.dir, name)
	require.NoError(f.t, os.WriteFile(file, []byte(strings.NewReplacer(texts...).Replace(string(content))), 0o600))
	return file
}

// nginx prepares nginx, with a certificate of the test's own.
func (f *front) nginx(replicas []string) {
	tool := f.tool("nginx", "apt-get install nginx-light")
	key := filepath.Join(f.dir, "key.pem")
	f.root = filepath.Join(f.dir, "cert.pem")
	cert := exec.CommandContext(f.t.Context(), f.tool("openssl", "apt-get install openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
		"-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2", "-keyout", key, "-out", f.root)
	out, err := cert.CombinedOutput()
	require.NoError(f.t, err, "%s", out)
	temporary := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary += kind + "_temp_path " + filepath.Join(f.dir, kind) + "; "
	}
	file := f.configure("nginx.conf",
		"127.0.0.1:8080", replicas[0], "# server 10.0.0.2:8080", "server "+replicas[1], "# server 10.0.0.3:8080", "server "+replicas[2],
		"listen 443", "listen "+f.address, "\t\tlisten [::]:443 ssl;\n", "", "server_name bot.example.org", "server_name localhost",
		"/etc/letsencrypt/live/bot.example.org/fullchain.pem", f.root, "/etc/letsencrypt/live/bot.example.org/privkey.pem", key,
		"/run/nginx.pid", filepath.Join(f.dir, "pid"), "/var/log/nginx/error.log", filepath.Join(f.dir, "error.log"),
		"server_tokens off;", temporary+"server_tokens off;")
	f.command = []string{tool, "-g", "daemon off;", "-e", filepath.Join(f.dir, "early.log"), "-c", file}
}

// caddy prepares Caddy, which makes its certificates itself.
func (f *front) caddy(replicas []string) {
	tool := f.tool("caddy", "go build -modfile=tools/caddy/go.mod -o /usr/local/bin/ github.com/caddyserver/caddy/v2/cmd/caddy")
	_, port, _ := net.SplitHostPort(f.address)
	_, plain, _ := net.SplitHostPort(freeAddresses(f.t, 1)[0])
	file := f.configure("Caddyfile",
		"admin off\n", "admin off\nskip_install_trust\ndefault_bind 127.0.0.1\nhttps_port "+port+"\nhttp_port "+plain+"\n")
	extra := filepath.Join(f.dir, "extra")
	require.NoError(f.t, os.WriteFile(extra, []byte("tls internal\n"), 0o600))
	f.environ = []string{"DOMAIN=localhost", "UPSTREAM=" + strings.Join(replicas, " "), "CADDY_EXTRA=" + extra, "HOME=" + f.dir,
		"XDG_DATA_HOME=" + f.dir, "XDG_CONFIG_HOME=" + f.dir}
	f.root = filepath.Join(f.dir, "caddy/pki/authorities/local/root.crt")
	f.command = []string{tool, "run", "--adapter", "caddyfile", "--config", file}
}

func (f *front) tool(name, get string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		f.t.Skipf("%s is not installed: %s", name, get)
	}
	return path
}

// start starts the proxy and waits until it serves TLS.
func (f *front) start() {
	f.t.Helper()
	f.running = exec.CommandContext(context.WithoutCancel(f.t.Context()), f.command[0], f.command[1:]...)
	f.running.Env = append(os.Environ(), f.environ...)
	var says bytes.Buffer
	f.running.Stdout, f.running.Stderr = &says, &says
	require.NoError(f.t, f.running.Start())
	f.t.Cleanup(f.stop)
	until(f.t, "the proxy serves", patience, func() bool {
		conn, err := tls.Dial("tcp", f.address, &tls.Config{InsecureSkipVerify: true}) // only whether it does
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
}

// stop ends the proxy, and returns when it is gone.
func (f *front) stop() {
	if f.running == nil {
		return
	}
	_ = f.running.Process.Signal(os.Interrupt) // nginx takes its workers along
	_ = f.running.Wait()                       // how it ends is its own business
	f.running = nil
}

// trusting gives what Telegram delivers with: it trusts the proxy's certificate.
func (f *front) trusting() *http.Transport {
	pem, err := os.ReadFile(f.root)
	require.NoError(f.t, err)
	roots := x509.NewCertPool()
	require.True(f.t, roots.AppendCertsFromPEM(pem))
	wire := &http.Transport{MaxIdleConnsPerHost: 100, TLSClientConfig: &tls.Config{RootCAs: roots}}
	f.t.Cleanup(wire.CloseIdleConnections)
	return wire
}

// refusesOthers knocks as nobody but Telegram does.
func (f *front) refusesOthers() {
	f.t.Helper()
	wire := f.trusting()
	for _, c := range []struct {
		method, path string
		size         int
		refused      []int
	}{
		{http.MethodGet, "/telegram", 0, []int{http.StatusForbidden, http.StatusNotFound}},
		{http.MethodPost, "/", 2, []int{http.StatusNotFound}},
		{http.MethodPost, "/telegram/more", 2, []int{http.StatusNotFound}},
		{http.MethodPost, "/telegram", 2 << 20, []int{http.StatusRequestEntityTooLarge}},
		{http.MethodPost, "/telegram", 2, []int{http.StatusUnauthorized, http.StatusForbidden}}, // by the bot: no secret
	} {
		req, err := http.NewRequestWithContext(f.t.Context(), c.method, "https://"+f.address+c.path, bytes.NewReader(make([]byte, c.size)))
		require.NoError(f.t, err)
		req.Header.Set("Content-Type", "application/json")
		resp, err := wire.RoundTrip(req)
		require.NoError(f.t, err, "%s %s", c.method, c.path)
		require.NoError(f.t, resp.Body.Close())
		require.Contains(f.t, c.refused, resp.StatusCode, "%s %s", c.method, c.path)
	}
}
