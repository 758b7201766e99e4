package config

import (
	"net/url"
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

const storageForms = "Write bolt: and the path of a file, such as bolt:data/mrzbot.db"

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
	if _, err := url.Parse(value); err != nil {
		return Storage{}, complaint("a postgres URL that cannot be read. Write special characters of the password percent-encoded, such as %40 for @")
	}
	return Storage{Engine: Postgres, URL: NewSecret(value)}, nil
}
