package cli

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// proxyFunc names the proxy of a request; nil for none.
type proxyFunc func(*http.Request) (*url.URL, error)

// proxy reads where requests to others go: HTTPS_PROXY, HTTP_PROXY and NO_PROXY,
// in capitals or not, of the environment or of .env. Telegram and the MRZ API are
// asked the same way. A problem names the variable and holds no value, because a
// proxy's address may hold a password.
func (p Process) proxy() (proxyFunc, error) {
	environ, err := p.environ()
	if err != nil {
		return nil, err
	}
	return proxyOf(environ)
}

func proxyOf(environ map[string]string) (proxyFunc, error) {
	first := func(names ...string) (name, value string) {
		for _, name = range names {
			if value = environ[name]; value != "" {
				return name, value
			}
		}
		return "", ""
	}
	secureName, secure := first("HTTPS_PROXY", "https_proxy")
	plainName, plain := first("HTTP_PROXY", "http_proxy")
	_, except := first("NO_PROXY", "no_proxy")
	var errs []error
	for name, value := range map[string]string{secureName: secure, plainName: plain} {
		if value != "" && !isProxy(value) {
			errs = append(errs, errors.New(name+": write it like http://proxy.example.org:3128, or with socks5://"))
		}
	}
	if len(errs) > 0 {
		return nil, usageError{errors.Join(errs...)}
	}
	of := (&httpproxy.Config{HTTPSProxy: secure, HTTPProxy: plain, NoProxy: except}).ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return of(r.URL) }, nil
}

// isProxy reports whether a text is an address of a proxy as net/http knows them.
// Without a scheme it is one of http.
func isProxy(text string) bool {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return false
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
		return true
	}
	return false
}
