// Package pgurl reads the URL of a PostgreSQL database, for everybody who gets
// one: the settings, the commands and the engine.
//
// It is stricter than the readers that it stands before, because they differ: of
// a password with an @ in it, one takes what stands behind the first @ for the
// host, another what stands behind the last. A URL that can be read in two ways
// is refused, so that no part of a password is ever looked up as a host or
// written to a log. The errors hold nothing of the URL.
//
// It connects to nothing and reads neither files nor the environment.
package pgurl

import (
	"errors"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Target is a database and how it is reached.
type Target struct {
	Hosts    []Host // one at least; they are tried in this order
	User     string // "": the account that runs the program
	Password string
	Database string
	Params   map[string]string // further parameters, all of them known
}

// Host is a server's name, its address or its socket's folder, and its port.
type Host struct {
	Name string
	Port uint16
}

const defaultPort = 5432

const (
	form    = "such as postgres://user:password@db.example.org:5432/mrzbot"
	encoded = "Write special characters of the password percent-encoded: %40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for %, %20 for a blank"
)

// What can be wrong with a URL. The texts hold nothing of it.
var (
	errScheme   = errors.New("not a postgres URL. Write postgres:// and the rest, " + form)
	errReserved = errors.New("a postgres URL that can be read in two ways. " + encoded)
	errHost     = errors.New("no host, or one that cannot be. Name the server, " + form + ", or a socket's folder with ?host=. If it is a part of the password: " + encoded)
	errPort     = errors.New("a port that does not exist. Write it behind the host, such as :5432. If it is a part of the password: " + encoded)
	errDatabase = errors.New("no database. Name one behind the host, " + form)
	errTwice    = errors.New("a postgres URL that says something twice. Name host, port, user, password and database once, and each parameter behind the ? once")
)

var hostForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)

// Is reports whether a text is meant to be such a URL.
func Is(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// Parse reads a URL: postgres://user:password@host:port,host:port/database?name=value&…
// Host, port, user, password and dbname may be parameters, as libpq has it.
func Parse(text string) (Target, error) {
	_, rest, found := strings.Cut(text, "://")
	switch {
	case !Is(text) || !found:
		return Target{}, errScheme
	case strings.Contains(rest, "#") || strings.Count(rest, "@") > 1 || strings.Count(rest, "?") > 1:
		return Target{}, errReserved
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	if strings.Contains(path, "@") || strings.Contains(query, "@") {
		return Target{}, errReserved // a / or ? of the password has cut it
	}
	params, err := parameters(query)
	if err != nil {
		return Target{}, err
	}
	t := Target{Params: params}
	who, hosts, named := strings.Cut(authority, "@")
	if !named {
		who, hosts = "", authority
	}
	if err := t.account(who); err != nil {
		return Target{}, err
	}
	if err := t.database(path); err != nil {
		return Target{}, err
	}
	if err := t.hosts(hosts); err != nil {
		return Target{}, err
	}
	return t, check(t.Params)
}

// take takes a parameter that has a place of its own in a URL, too.
func (t *Target) take(name, there string) (string, error) {
	value, given := t.Params[name]
	delete(t.Params, name)
	if given && there != "" {
		return "", errTwice
	}
	if given {
		return value, nil
	}
	return there, nil
}

func (t *Target) account(who string) error {
	name, password, _ := strings.Cut(who, ":")
	name, err1 := decode(name, "")
	password, err2 := decode(password, "") // a second : is refused here
	if err := errors.Join(err1, err2); err != nil {
		return errReserved
	}
	t.User, err1 = t.take("user", name)
	t.Password, err2 = t.take("password", password)
	if err1 != nil || err2 != nil {
		return errTwice
	}
	return nil
}

func (t *Target) database(path string) error {
	path = strings.TrimSuffix(path, "/")
	if strings.Contains(path, "/") {
		return errDatabase
	}
	name, err := decode(path, "")
	if err != nil {
		return err
	}
	if t.Database, err = t.take("dbname", name); err != nil {
		return err
	}
	if t.Database == "" {
		return errDatabase
	}
	return nil
}

// hosts reads the list of hosts and their ports, of the URL's front or of its
// parameters.
func (t *Target) hosts(list string) error {
	var names, ports []string
	if list != "" {
		for item := range strings.SplitSeq(list, ",") {
			name, port, err := hostAndPort(item)
			if err != nil {
				return err
			}
			names, ports = append(names, name), append(ports, port)
		}
	}
	inFront := strings.Join(ports, "")
	host, err1 := t.take("host", list)
	port, err2 := t.take("port", inFront)
	if err1 != nil || err2 != nil {
		return errTwice
	}
	if list == "" {
		names = strings.Split(host, ",")
	}
	if inFront == "" {
		ports = strings.Split(port, ",")
	}
	if len(ports) == 1 { // one for all of them
		ports = slices.Repeat(ports, len(names))
	}
	if len(ports) != len(names) {
		return errPort
	}
	for i, name := range names {
		number, err := portNumber(ports[i])
		if err != nil {
			return err
		}
		if !validHost(name) {
			return errHost
		}
		t.Hosts = append(t.Hosts, Host{Name: name, Port: number})
	}
	return nil
}

// hostAndPort cuts an item of the URL's front: name:port, [address]:port, or a
// socket's folder with its slashes encoded.
func hostAndPort(item string) (name, port string, err error) {
	name, port, _ = strings.Cut(item, ":")
	if strings.HasPrefix(item, "[") {
		address, rest, closed := strings.Cut(item[1:], "]")
		if !closed || rest != "" && rest[0] != ':' {
			return "", "", errHost
		}
		address, err1 := decode(address, ":")
		_, err2 := netip.ParseAddr(address)
		if err1 != nil || err2 != nil {
			return "", "", errHost
		}
		return address, strings.TrimPrefix(rest, ":"), nil
	}
	if name, err = decode(name, ""); err != nil {
		return "", "", errHost
	}
	return name, port, nil
}

func validHost(name string) bool {
	if _, err := netip.ParseAddr(name); err == nil {
		return true
	}
	folder := strings.HasPrefix(name, "/") || len(name) > 3 && name[1:3] == `:\`
	return folder && !strings.Contains(name, ",") || hostForm.MatchString(name)
}

func portNumber(port string) (uint16, error) {
	if port == "" {
		return defaultPort, nil
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return 0, errPort
	}
	return uint16(number), nil
}

// parameters reads what stands behind the ?.
func parameters(query string) (map[string]string, error) {
	params := map[string]string{}
	if query == "" {
		return params, nil
	}
	for item := range strings.SplitSeq(query, "&") {
		name, value, found := strings.Cut(item, "=")
		name, err1 := decode(name, "")
		value, err2 := decode(value, ":/") // a socket's folder is written as it is
		switch {
		case err1 != nil || err2 != nil || !found:
			return nil, errReserved
		case name == "database":
			name = "dbname"
		case name == "ssl" && value == "true": // as other programs write it
			name, value = "sslmode", "require"
		}
		if _, there := params[name]; there {
			return nil, errTwice
		}
		params[name] = value
	}
	return params, nil
}

// decode takes off the percent encoding. What may not stand in a URL as it is,
// but for the bytes in also, is refused: it is where two readers differ.
func decode(raw, also string) (string, error) {
	var text strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '%' {
			text.WriteByte(raw[i])
			continue
		}
		if i+2 >= len(raw) {
			return "", errReserved
		}
		b, err := strconv.ParseUint(raw[i+1:i+3], 16, 8)
		if err != nil || b == 0 {
			return "", errReserved
		}
		text.WriteByte(byte(b))
		i += 2
	}
	plain := func(r rune) bool {
		if r < utf8.RuneSelf {
			return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
				strings.ContainsRune("-._~!$&'()*+,;=%"+also, r)
		}
		return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r)
	}
	// A % that was meant as itself gives bytes that are no text, mostly.
	if !utf8.ValidString(text.String()) || strings.ContainsFunc(raw, func(r rune) bool { return !plain(r) }) {
		return "", errReserved
	}
	return text.String(), nil
}
