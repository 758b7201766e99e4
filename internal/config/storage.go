package config

import (
	"regexp"
	"strings"
	"unicode"

	"mrzbot/storage/postgres/pgurl"
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
	value, wrong := clean("STORAGE_URL", value)
	if wrong != "" {
		return Storage{}, complaint(wrong)
	}
	if path, ok := strings.CutPrefix(value, "bolt:"); ok {
		if wrong := wrongPath(path); wrong != "" {
			return Storage{}, complaint(wrong)
		}
		return Storage{Engine: Bolt, Path: path}, nil
	}
	switch {
	case pgurl.Is(value):
		if _, err := pgurl.Parse(value); err != nil {
			return Storage{}, complaint(err.Error())
		}
		return Storage{Engine: Postgres, URL: NewSecret(value)}, nil
	case keywordForm.MatchString(value):
		return Storage{}, complaint("names with values, as libpq has them. Write it as a URL, such as postgres://user:password@host:5432/database")
	}
	return Storage{}, complaint("not an address of a store. " + storageForms)
}

var (
	keywordForm = regexp.MustCompile(`(?i)\b(host|hostaddr|port|user|password|dbname)\s*=`)
	unfilled    = regexp.MustCompile(`^\$|\$\{|^%[A-Za-z_]+%|^~(/|\\|$)`)
)

// wrongPath says what keeps a path from being the one of a store's file, or "".
// Nobody fills in here what a shell does, and a comment is no part of a path:
// the file would be made, in a place where nobody looks for it.
func wrongPath(path string) string {
	last := path[strings.LastIndexAny(path, `/\`)+1:]
	switch {
	case path == "":
		return "no path after bolt:. " + storageForms
	case strings.HasPrefix(path, "//"):
		// bolt://data/x.db is meant to be data/x.db by some and /data/x.db by
		// others.
		return "two slashes after bolt:. Write bolt:data/mrzbot.db, or bolt:/var/lib/mrzbot.db for a path from the root"
	case last == "" || last == "." || last == "..":
		return "the path of a folder. Name a file in it, such as bolt:data/mrzbot.db"
	case unfilled.MatchString(path):
		return "a path with ~ or $, which nobody fills in here. Write the whole path, such as bolt:/home/me/mrzbot.db"
	case strings.Contains(path, " #"), strings.Contains(path, "\t#"):
		return "a path with a # behind a blank: a comment, it seems. Put the comment on a line of its own"
	case strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return "a path with a character that cannot be seen. Write the path again by hand"
	}
	return ""
}
