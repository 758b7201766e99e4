package config

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Engine is what keeps the store.
type Engine string

// The engines STORAGE_URL can name.
const (
	Bolt     Engine = "bolt"
	Postgres Engine = "postgres"
)

// Storage says where the store is.
type Storage struct {
	Engine Engine
	Path   string // the file, for Bolt
	URL    Secret // the whole URL, for Postgres: it may hold a password
}

const storageForms = "Write bolt: and the path of a file, such as bolt:data/mrzbot.db, or postgres://user:password@host:5432/database"

// ParseStorage reads the form of STORAGE_URL: bolt:PATH, postgres://… or
// postgresql://…. Its errors do not repeat the value.
func ParseStorage(value string) (Storage, error) {
	if path, ok := strings.CutPrefix(value, "bolt:"); ok {
		switch {
		case path == "":
			return Storage{}, complaint("no path after bolt:. " + storageForms)
		case strings.HasPrefix(path, "//"):
			// bolt://data/x.db is meant to be data/x.db by some and /data/x.db
			// by others.
			return Storage{}, complaint("two slashes after bolt:. Write bolt:data/mrzbot.db, or bolt:/var/lib/mrzbot.db for a path from the root")
		}
		return Storage{Engine: Bolt, Path: path}, nil
	}
	if !strings.HasPrefix(value, "postgres://") && !strings.HasPrefix(value, "postgresql://") {
		return Storage{}, complaint("not an address of a store. " + storageForms)
	}
	u, err := url.Parse(value)
	if err != nil {
		return Storage{}, complaint("a postgres URL that cannot be read. Write special characters of the password percent-encoded, such as %40 for @")
	}
	if wrong := wrongPostgres(u); wrong != "" {
		return Storage{}, complaint(wrong)
	}
	return Storage{Engine: Postgres, URL: NewSecret(value)}, nil
}

// sslModes are what sslmode may be.
var sslModes = []string{"", "disable", "allow", "prefer", "require", "verify-ca", "verify-full"}

// maxPostgresPool is the most connections one replica may ask for.
const maxPostgresPool = 100

// wrongPostgres says what is wrong with a postgres URL, or "".
func wrongPostgres(u *url.URL) string {
	q, err := url.ParseQuery(u.RawQuery)
	database := strings.Trim(u.Path, "/")
	switch port := u.Port(); {
	case err != nil || u.Fragment != "" || u.Opaque != "":
		return "a postgres URL that cannot be read. Write special characters of the password percent-encoded, such as %23 for #"
	case port != "" && !validPort(port):
		return "a port that does not exist. Write it behind the host, such as :5432"
	case u.Hostname() == "" && q.Get("host") == "":
		return "no host. Name the server, such as postgres://user:password@db.example.org:5432/mrzbot, or a socket's folder with ?host="
	case database == "" && q.Get("dbname") == "" || strings.Contains(database, "/"):
		return "no database. Name one behind the host, such as postgres://user:password@db.example.org:5432/mrzbot"
	case !slices.Contains(sslModes, q.Get("sslmode")):
		return "an sslmode that does not exist. Write disable, prefer, require, verify-ca or verify-full"
	}
	if n := q.Get("pool_max_conns"); n != "" {
		if conns, err := strconv.Atoi(n); err != nil || conns < 1 || conns > maxPostgresPool {
			return fmt.Sprintf("a pool_max_conns out of bounds. Give a number from 1 to %d", maxPostgresPool)
		}
	}
	return ""
}
