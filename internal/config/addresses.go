package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// mrzHost is where the MRZ API is, unless MRZ_API_URL says otherwise.
const mrzHost = "kyc.biometric.kz"

const maxPort = 65535

var (
	botPath     = regexp.MustCompile(`(?i)/bot(\d|/|$)`)
	pathForm    = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+/?$`)
	nameForm    = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	localSuffix = []string{".localhost", ".local", ".internal", ".home.arpa"}
	hookPorts   = []string{"", "443", "80", "88", "8443"} // Telegram calls no others
)

// wrongTelegramURL lets plain http through to this machine and to private
// networks, where a Bot API server of one's own stands: the token is in every
// address, so it must not cross the internet in the clear.
func wrongTelegramURL(value string) string {
	u, wrong := parseURL(value)
	if wrong != "" {
		return wrong
	}
	if u.Scheme == "http" && !isPrivate(u.Hostname()) {
		return "plain http to a public host would show the token to everybody on the way. Use https"
	}
	switch {
	case botPath.MatchString(u.Path):
		return "an address with /bot in it. Leave that and the token out: they are put behind it"
	case strings.EqualFold(u.Hostname(), mrzHost):
		return "the MRZ API's address, which would get the token. Set that as MRZ_API_URL"
	}
	return ""
}

func wrongMRZURL(c *Config) string {
	u, wrong := parseURL(c.MRZURL)
	if wrong != "" {
		return wrong
	}
	if telegram, err := url.Parse(c.TelegramURL); isTelegram(u) ||
		err == nil && strings.EqualFold(u.Host, telegram.Host) && strings.Trim(u.Path, "/") == strings.Trim(telegram.Path, "/") {
		return "Telegram's address, which would get the key and the cards. Set that as TELEGRAM_API_URL"
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return "plain http would show the key and the cards to everybody on the way. Use https"
	}
	return ""
}

// wrongWebhookURL: Telegram's own servers call https on four ports of public
// hosts; a Bot API server of one's own calls whatever it reaches.
func wrongWebhookURL(c *Config) string {
	if c.WebhookURL == "" {
		return ""
	}
	u, wrong := parseURL(c.WebhookURL)
	if wrong != "" {
		return wrong
	}
	api, err := url.Parse(c.TelegramURL)
	ownServer := err == nil && !isTelegram(api) && isPrivate(u.Hostname())
	if !ownServer && !isLoopback(u.Hostname()) {
		if u.Scheme == "http" {
			return "plain http. Telegram calls https addresses only"
		}
		if !slices.Contains(hookPorts, u.Port()) {
			return "a port that Telegram does not call. Use 443, 80, 88 or 8443"
		}
		if isTelegram(u) || strings.EqualFold(u.Hostname(), mrzHost) || isPrivate(u.Hostname()) {
			return "a host at which Telegram does not find the bot. Give the public address of this machine or of its proxy"
		}
	}
	if u.RawPath != "" || !pathForm.MatchString(u.Path) || strings.TrimSuffix(u.Path, "/") != path.Clean(u.Path) {
		return "no usable path. Add one of letters, digits and -, such as https://bot.example.org/telegram"
	}
	return ""
}

func isTelegram(u *url.URL) bool { return strings.EqualFold(u.Hostname(), "api.telegram.org") }

// parseURL reads an http or https address without anything that could carry a
// secret or be lost on the way.
func parseURL(value string) (*url.URL, string) {
	const form = "not an address. Write it as https://host/path"
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, form
	}
	if strings.Contains(u.Path, "//") && (u.Host == "http:" || u.Host == "https:") {
		return nil, "https:// stands in it twice. Write it once"
	}
	if port := u.Port(); port != "" && !validPort(port) {
		return nil, form
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, "more than host, port and path. Leave out name@, ? and #"
	}
	return u, ""
}

func wrongAddr(value string) string {
	const form = "not an address to listen at. Write host:port, such as 127.0.0.1:8080, or :8080 for all interfaces"
	host, port, err := net.SplitHostPort(value)
	if err != nil || !validPort(port) {
		return form
	}
	if _, err := netip.ParseAddr(host); host != "" && err != nil && !nameForm.MatchString(host) {
		return form
	}
	return ""
}

// wrongOpsAddr: two cannot listen at one place, and the second would be without
// health and metrics, or answer to Telegram.
func wrongOpsAddr(c *Config) string {
	if wrong := wrongAddr(c.OpsAddr); wrong != "" {
		return wrong
	}
	if c.WebhookURL != "" && sameAddr(c.OpsAddr, c.ListenAddr) {
		return "the same port as LISTEN_ADDR. Give one of the two another"
	}
	return ""
}

func sameAddr(a, b string) bool {
	host1, port1, err1 := net.SplitHostPort(a)
	host2, port2, err2 := net.SplitHostPort(b)
	number1, err3 := strconv.Atoi(port1)
	number2, err4 := strconv.Atoi(port2)
	if errors.Join(err1, err2, err3, err4) != nil || number1 != number2 || number1 == 0 {
		return false
	}
	all := func(host string) bool {
		address, err := netip.ParseAddr(host)
		return host == "" || err == nil && address.IsUnspecified()
	}
	return all(host1) || all(host2) || strings.EqualFold(host1, host2) || isLoopback(host1) && isLoopback(host2)
}

func validPort(port string) bool {
	number, err := strconv.ParseUint(port, 10, 32)
	return err == nil && number <= maxPort
}

func isLoopback(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Unmap().IsLoopback()
	}
	host = strings.ToLower(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// isPrivate reports whether a host is of a network of one's own: this machine, a
// private address, or a name no public server can have, such as a service of
// the same Compose file.
func isPrivate(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		address = address.Unmap()
		return address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast()
	}
	host = strings.ToLower(host)
	return !strings.Contains(host, ".") ||
		slices.ContainsFunc(localSuffix, func(suffix string) bool { return strings.HasSuffix(host, suffix) })
}
